/** Mounts the view of a market in an element. */
import { type MountedChart, mountChart } from '../plot/chart-mount.ts'
import { MARKET_CSS } from './css.ts'
import { type MarketOptions, openMarket } from './market.ts'
import { readHeader } from './payload.ts'
import { unpack } from './unpack.ts'

/** @param payload content of `application/vnd.liqnb.market+json`; for anything else `host` shows an error */
export function mountMarket(host: HTMLElement, payload: unknown, options: MarketOptions): MountedChart {
  return mountChart(host, payload, options.states, {
    noun: 'market',
    style: ['market', MARKET_CSS],
    read(next) {
      const header = readHeader(next)
      return { view: header.view, model: unpack(header) }
    },
    open: (frame, model, saved) => openMarket(frame, model, saved, options),
    rerun: state => state,
  })
}
