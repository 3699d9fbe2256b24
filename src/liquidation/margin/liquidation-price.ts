import { quoteValue } from '../../common/errors.ts'
import type { Bracket } from './brackets.ts'
import type { MarginModel } from './margin-models.ts'
import {
  bracketOf,
  crossMargin,
  directionOf,
  isolatedMargin,
  liquidationNotional,
  notionalAt,
  priceAt,
  type Side,
} from './solve.ts'

export type { Side }

interface Exposure {
  side: Side
  /** Entry price p. */
  entry: number
  /** Size q above 0: base coins of a linear contract, contracts of an inverse one. */
  size: number
  /** The venue's rule, e.g. `binanceMargin('BTC/USDT:USDT')`. */
  margin: MarginModel
}

/** A position with a margin of its own: notional/leverage, and what was added. */
export interface IsolatedPosition extends Exposure {
  /** Leverage L at opening. */
  leverage: number
  /** Margin added later, in the settlement currency. Default 0. */
  extraMargin?: number
  balance?: undefined
}

/** A position that a whole account backs. */
export interface CrossPosition extends Exposure {
  /** Wallet balance in the settlement currency, without unrealised results. */
  balance: number
  /** Maintenance margin of the account's other positions. Default 0. */
  otherMaintenance?: number
  /** Unrealised result of the account's other positions. Default 0. */
  otherUnrealised?: number
  /** Only checked against the bracket's maximum: it has no influence on a cross position's liquidation. */
  leverage?: number
  extraMargin?: undefined
}

export type Position = IsolatedPosition | CrossPosition

/**
 * The mark price at which a position is force-closed: where its equity equals the maintenance margin that the venue's
 * rule asks for. Isolated with `leverage` and `extraMargin`, cross with `balance`. For a linear contract with
 * maintenance on the mark notional, margin M, rate m and amount c of the bracket that holds the notional AT THAT PRICE:
 *
 *     long  P = (p·q − M − c) / (q·(1 − m))        short  P = (p·q + M + c) / (q·(1 + m))
 *
 * The other rules are the same equation with other terms; see `liquidationNotional` and the margin models' sources.
 *
 * @returns a price; 0 for a long and Infinity for an inverse short that no price closes. A cross position that is due
 *   at once has its price beyond the entry
 * @throws RangeError naming the field when a value is out of range or the leverage is above the bracket's maximum
 * @example liquidationPrice({ side: 'long', entry: 60_000, size: 0.1, leverage: 25, margin: binanceMargin('BTCUSDT') })
 */
export function liquidationPrice(position: Position): number {
  const { side, entry, size, margin: model } = position
  checkSide(side, model)
  const bracket = openingBracket(model, entry, size, position.leverage)
  const notional = notionalAt(model, size, entry)
  const direction = directionOf(model, side)
  return priceAt(model, size, liquidationNotional(model, direction, notional, marginOf(position, notional), bracket))
}

/**
 * The price at which the position's margin is gone: p·(1 ∓ 1/L) for an isolated linear position, p/(1 ± 1/L) for an
 * inverse one. Charts that draw this as the liquidation price draw it too far away. Where the model counts a closing fee
 * at this price, the fee is paid from the margin.
 *
 * @returns a price; 0 for a long and Infinity for an inverse short whose margin no price exhausts
 * @throws RangeError as {@link liquidationPrice} does
 */
export function bankruptcyPrice(position: Position): number {
  const { side, entry, size, margin: model } = position
  checkSide(side, model)
  openingBracket(model, entry, size, position.leverage)
  const notional = notionalAt(model, size, entry)
  return priceAt(model, size, notional - directionOf(model, side) * marginOf(position, notional))
}

function marginOf(position: Position, notional: number): number {
  const { side, margin: model } = position
  const direction = directionOf(model, side)
  if (position.balance === undefined) {
    const { leverage, extraMargin = 0 } = position
    if (!(leverage >= 1)) throw new RangeError(`leverage: ${leverage}, but expected 1 or more (or a cross balance)`)
    checkExtraMargin(extraMargin)
    return isolatedMargin(model, direction, notional, leverage, extraMargin)
  }
  const { balance, otherMaintenance = 0, otherUnrealised = 0, extraMargin } = position
  if (!Number.isFinite(balance)) throw new RangeError(`balance: ${balance}, but expected an amount`)
  if (!(otherMaintenance >= 0 && otherMaintenance < Infinity))
    throw new RangeError(`otherMaintenance: ${otherMaintenance}, but expected 0 or more`)
  if (!Number.isFinite(otherUnrealised))
    throw new RangeError(`otherUnrealised: ${otherUnrealised}, but expected an amount`)
  if (extraMargin !== undefined)
    throw new RangeError(`extraMargin: ${extraMargin}, but a cross position has none: add it to the balance`)
  return crossMargin(model, direction, notional, balance - otherMaintenance + otherUnrealised)
}

/** @throws RangeError unless side and model are such */
export function checkSide(side: Side, model: MarginModel): void {
  if (side !== 'long' && side !== 'short') throw new RangeError(`side: ${side}, but expected long or short`)
  checkModel(model)
}

/** @throws RangeError unless it is a margin model */
export function checkModel(model: MarginModel): void {
  if (!(model?.brackets?.length > 0))
    throw new RangeError(
      `margin: ${quoteValue(model)}, but expected a margin model, e.g. liq.margin.binance('BTC/USDT:USDT')`,
    )
}

/** @throws RangeError when a margin is negative; `row` names it in a column */
export function checkExtraMargin(extraMargin: number, row?: number): void {
  if (!(extraMargin >= 0 && extraMargin < Infinity))
    throw new RangeError(`extraMargin${at(row)}: ${extraMargin}, but expected 0 or more`)
}

/**
 * The bracket that a position opens in.
 * @throws RangeError naming the field (and the `row` of a column) that is out of range, above the largest bracket, or
 *   above its bracket's maximum leverage
 */
export function openingBracket(
  model: MarginModel,
  entry: number,
  size: number,
  leverage?: number,
  row?: number,
): Bracket {
  if (!(entry > 0 && entry < Infinity)) throw new RangeError(`entry${at(row)}: ${entry}, but expected a price above 0`)
  if (!(size > 0 && size < Infinity)) throw new RangeError(`size${at(row)}: ${size}, but expected a size above 0`)
  const notional = notionalAt(model, size, entry)
  const bracket = bracketOf(model, notional, size)
  if (!bracket)
    throw new RangeError(
      `size${at(row)}: ${what(model, notional, size)} is above the largest bracket's cap ${model.brackets.at(-1)!.cap}`,
    )
  if (leverage === undefined) return bracket
  if (!(leverage >= 1 && leverage < Infinity))
    throw new RangeError(`leverage${at(row)}: ${leverage}, but expected 1 or more`)
  if (leverage > bracket.maxLeverage)
    throw new RangeError(
      `leverage${at(row)}: ${leverage}x, but ${what(model, notional, size)} may have at most ${bracket.maxLeverage}x`,
    )
  return bracket
}

const at = (row: number | undefined) => (row === undefined ? '' : `[${row}]`)

const what = ({ maintenanceOn }: MarginModel, notional: number, size: number) =>
  maintenanceOn === 'size' ? `a size of ${size}` : `a notional of ${notional}`
