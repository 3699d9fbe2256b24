/** Times liquidation prices. */
import { liquidationPrice } from '../../src/liquidation/margin/liquidation-price.ts'
import {
  binanceCoinMargin,
  binanceMargin,
  bybitMargin,
  hyperliquidMargin,
  type MarginModel,
  okxMargin,
} from '../../src/liquidation/margin/margin-models.ts'
import { liquidationPrices, type PositionColumns } from '../../src/liquidation/margin/price-columns.ts'
import { random } from '../../src/stats/random.ts'
import { coins, contracts, sizeOf, usd } from '../liquidation/margin/models.ts'
import { time } from './measure.ts'
import type { BenchPlan } from './plan.ts'
import { count, textTable, times } from './table.ts'

/** Liquidation prices per second: one call per position, and one call for all. */
export function pricesBench({ positions, repeats }: BenchPlan): string {
  const models: [string, MarginModel][] = [
    ['Binance', binanceMargin('BTC/USDT:USDT')],
    ['Bybit', bybitMargin(usd)],
    ['OKX', okxMargin(contracts, { contractSize: 0.01 })],
    ['Hyperliquid', hyperliquidMargin('BTC')],
    ['Binance COIN-M (inverse)', binanceCoinMargin(coins, { contractSize: 100 })],
  ]
  const rows = models.map(([name, model]) => {
    const columns = portfolio(model, positions)
    const out = new Float64Array(positions)
    liquidationPrices(columns, out)
    const columnar = time(() => liquidationPrices(columns, out), repeats).cpu
    const singlePrices = new Float64Array(positions)
    const single = time(() => oneByOne(columns, singlePrices), repeats).cpu
    const different = out.findIndex((price, row) => price !== singlePrices[row])
    if (different >= 0)
      throw new Error(
        `${name}: the price of position ${different} is ${singlePrices[different]} by itself, but ${out[different]} in a column`,
      )
    const perSecond = (ms: number) => count(Math.round(positions / ms) * 1000)
    return [name, String(model.brackets.length), perSecond(single), perSecond(columnar), times(single / columnar)]
  })
  return textTable(
    `Liquidation prices per second (${count(positions)} isolated positions in all brackets)`,
    ['model', 'brackets', 'one by one', 'typed arrays', 'ratio'],
    rows,
  )
}

function oneByOne({ side, entry, size, leverage, margin }: PositionColumns, out: Float64Array): Float64Array {
  for (let row = 0; row < out.length; row++)
    out[row] = liquidationPrice({ side, entry: entry[row]!, size: size[row]!, leverage: leverage[row]!, margin })
  return out
}

/** Longs of log-uniform size, down to a ten-thousandth of the largest, at leverages that their brackets allow. */
function portfolio(margin: MarginModel, count: number): PositionColumns {
  const rng = random(1)
  const { brackets } = margin
  const cap = brackets.at(-1)!.cap
  const largest = cap === Infinity ? 10 * brackets[0]!.cap : cap
  const entry = Float64Array.from({ length: count }, () => 20_000 + 80_000 * rng.uniform())
  const leverage = new Float64Array(count)
  const size = entry.map((price, row) => {
    const measure = largest * 1e-4 ** rng.uniform() * (1 - 1e-9)
    leverage[row] = 1 + rng.uniform() * (brackets.find(bracket => measure <= bracket.cap)!.maxLeverage - 1)
    return sizeOf(margin, measure, price)
  })
  return { side: 'long', entry, size, leverage, margin }
}
