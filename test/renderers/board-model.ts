/** A small real board for tests of its view. */
import { liq } from '../../src/liqnb.ts'
import { bundleOf } from '../charts/helpers.ts'

const rename = async (seed: number, symbol: string) => {
  const market = await liq.market({ simulate: { seed, bars: 1200 } })
  return liq.createMarket(market, { symbol, source: 'simulated', synthetic: true, barMs: market.barMs })
}

export const scan = await liq.scan(
  [await rename(1, 'BTC/USDT:USDT'), await rename(2, 'ETH/USDT:USDT'), { file: 'missing.csv' }],
  { timeframes: ['4h', '1h'] },
)

/** As parsed from JSON. */
export const boardOf = (of = scan) =>
  JSON.parse(JSON.stringify(bundleOf<Record<string, unknown>>(of)['application/vnd.liqnb.board+json']))
