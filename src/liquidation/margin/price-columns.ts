/** Liquidation prices of many positions, by column. */
import { invalidOption } from '../../common/options.ts'
import type { Side } from '../side.ts'
import { checkExtraMargin, checkSide, openingBracket } from './liquidation-price.ts'
import type { MarginModel } from './margin-models.ts'
import { directionOf, isolatedMargin, liquidationNotional, notionalAt, priceAt } from './solve.ts'

/** Isolated positions of one side under one rule, one column per quantity. */
export interface PositionColumns {
  side: Side
  entry: Float64Array
  /** As in `liquidationPrice`: base coins, or contracts of an inverse contract. */
  size: Float64Array
  leverage: Float64Array
  /** Margin added, in the settlement currency. Default none. */
  extraMargin?: Float64Array
  margin: MarginModel
}

/**
 * Liquidation prices of many isolated positions: the same numbers as `liquidationPrice`, to the last bit. One position
 * costs one division per bracket up to the right one.
 *
 * @param out array for the prices; default a new one
 * @throws OptionError naming the column and the row; `out` then holds the rows before it
 * @example liq.liquidationPrices({ side: 'long', entry, size, leverage, margin: liq.margin.binance('BTCUSDT') })
 */
export function liquidationPrices(positions: PositionColumns, out?: Float64Array): Float64Array {
  const caller = 'liq.liquidationPrices'
  const { side, entry, size, leverage, extraMargin, margin: model } = positions
  checkSide(caller, side, model)
  const prices = out ?? new Float64Array(entry.length)
  for (const [name, column] of Object.entries({ size, leverage, extraMargin, out: prices }))
    if (column && column.length !== entry.length)
      throw invalidOption(caller, `${name}.length`, column.length, `${entry.length}, the length of entry`)
  const direction = directionOf(model, side)
  for (let row = 0; row < entry.length; row++) {
    const extra = extraMargin ? extraMargin[row]! : 0
    checkExtraMargin(caller, extra, row)
    const bracket = openingBracket(caller, model, entry[row]!, size[row]!, leverage[row]!, row)
    const notional = notionalAt(model, size[row]!, entry[row]!)
    const margin = isolatedMargin(model, direction, notional, leverage[row]!, extra)
    prices[row] = priceAt(model, size[row]!, liquidationNotional(model, direction, notional, margin, bracket))
  }
  return prices
}
