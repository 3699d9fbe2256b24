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
import type { Plan } from './plan.ts'
import { count, textTable, times } from './table.ts'

/** Liquidation prices per second, one call a position and one call for all. */
export function pricesBench({ positions, repeats }: Plan): string {
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
    const together = time(() => liquidationPrices(columns, out), repeats).cpu
    const alone = new Float64Array(positions)
    const single = time(() => oneByOne(columns, alone), repeats).cpu
    const differs = out.findIndex((price, row) => price !== alone[row])
    if (differs >= 0)
      throw new Error(
        `${name}: position ${differs} is closed at ${alone[differs]} alone, at ${out[differs]} in a column`,
      )
    const perSecond = (took: number) => count(Math.round(positions / took) * 1000)
    return [name, String(model.brackets.length), perSecond(single), perSecond(together), times(single / together)]
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

/** Longs of all sizes, log-uniform from a ten-thousandth of the largest, at leverages that their brackets allow. */
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
