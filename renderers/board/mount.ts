/** Mounts a board in an element. */
import { type MountedChart, mountChart } from '../plot/chart-mount.ts'
import { type BoardOptions, openBoard } from './board.ts'
import { BOARD_CSS } from './css.ts'
import { unpackBoard } from './model.ts'
import { readBoard } from './payload.ts'

/** @param payload content of `application/vnd.liqnb.board+json`; for anything else `host` shows an error */
export function mountBoard(host: HTMLElement, payload: unknown, options: BoardOptions): MountedChart {
  return mountChart(host, payload, options.outputHost.views, {
    noun: 'board',
    style: ['board', BOARD_CSS],
    read(next) {
      const header = readBoard(next)
      return { view: header.view, model: unpackBoard(header) }
    },
    open: (frame, model, saved) => openBoard(frame, model, saved, options),
    rerun: state => state,
  })
}
