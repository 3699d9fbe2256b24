/** Liquidation and bankruptcy price of one position. */
import { invalidOption } from '../../common/options.ts'
import type { Side } from '../side.ts'
import type { Bracket } from './brackets.ts'
import { type MarginModel, marginModel } from './margin-models.ts'
import {
  bracketOf,
  crossMargin,
  directionOf,
  isolatedMargin,
  liquidationNotional,
  notionalAt,
  priceAt,
} from './solve.ts'

export interface Exposure {
  side: Side
  /** Entry price p. */
  entry: number
  /** Size q above 0: base coins of a linear contract, contracts of an inverse one. */
  size: number
  /** The venue's rule, e.g. `binanceMargin('BTC/USDT:USDT')`. */
  margin: MarginModel
}

/** A position with its own margin: notional/leverage plus added margin. */
export interface IsolatedPosition extends Exposure {
  /** Leverage L at opening. */
  leverage: number
  /** Margin added later, in the settlement currency. Default 0. */
  extraMargin?: number
  balance?: undefined
}

/** A position backed by the whole account. */
export interface CrossPosition extends Exposure {
  /** Wallet balance in the settlement currency, without unrealised PnL. */
  balance: number
  /** Maintenance margin of the account's other positions. Default 0. */
  otherMaintenance?: number
  /** Unrealised PnL of the account's other positions. Default 0. */
  otherUnrealised?: number
  /** Only checked against the bracket's maximum; it does not affect a cross position's liquidation. */
  leverage?: number
  extraMargin?: undefined
}

export type Position = IsolatedPosition | CrossPosition

/**
 * The mark price at which a position is force-closed: where its equity equals the maintenance margin that the venue
 * requires. Isolated with `leverage` and `extraMargin`, cross with `balance`. For a linear contract with
 * maintenance on the mark notional, margin M, rate m and amount c of the bracket that holds the notional AT THAT PRICE:
 *
 *     long  P = (p·q − M − c) / (q·(1 − m))        short  P = (p·q + M + c) / (q·(1 + m))
 *
 * The other rules are the same equation with other terms; see `liquidationNotional` and the margin models' sources.
 *
 * @returns a price; 0 for a long and Infinity for an inverse short that no price closes. A cross position that is already
 *   due has its price beyond the entry
 * @throws OptionError naming the field that is out of range, also for a leverage above the bracket's maximum
 * @example liq.liquidationPrice({ side: 'long', entry: 60_000, size: 0.1, leverage: 25, margin: liq.margin.binance('BTCUSDT') })
 */
export function liquidationPrice(position: Position): number {
  return liquidationPriceFor('liq.liquidationPrice', position)
}

/** {@link liquidationPrice}, with the public function that errors name. */
export function liquidationPriceFor(caller: string, position: Position): number {
  const { side, entry, size, margin: model } = position
  checkSide(caller, side, model)
  const bracket = openingBracket(caller, model, entry, size, position.leverage)
  const notional = notionalAt(model, size, entry)
  const margin = marginOf(caller, position, notional)
  return priceAt(model, size, liquidationNotional(model, directionOf(model, side), notional, margin, bracket))
}

/**
 * The price at which the position's margin is exhausted: p·(1 ∓ 1/L) for an isolated linear position, p/(1 ± 1/L) for an
 * inverse one. Charts that draw this as the liquidation price draw it too far away. If the model has a closing fee
 * at this price, the margin pays it.
 *
 * @returns a price; 0 for a long and Infinity for an inverse short whose margin no price exhausts
 * @throws OptionError as {@link liquidationPrice} does
 * @example liq.bankruptcyPrice({ side: 'long', entry: 60_000, size: 0.1, leverage: 25, margin: liq.margin.binance('BTCUSDT') })
 */
export function bankruptcyPrice(position: Position): number {
  return bankruptcyPriceFor('liq.bankruptcyPrice', position)
}

/** {@link bankruptcyPrice}, with the public function that errors name. */
export function bankruptcyPriceFor(caller: string, position: Position): number {
  const { side, entry, size, margin: model } = position
  checkSide(caller, side, model)
  openingBracket(caller, model, entry, size, position.leverage)
  const notional = notionalAt(model, size, entry)
  return priceAt(model, size, notional - directionOf(model, side) * marginOf(caller, position, notional))
}

function marginOf(caller: string, position: Position, notional: number): number {
  const { side, margin: model } = position
  const direction = directionOf(model, side)
  if (position.balance === undefined) {
    const { leverage, extraMargin = 0 } = position
    if (!(leverage >= 1)) throw invalidOption(caller, 'leverage', leverage, '1 or more (or a cross balance)')
    checkExtraMargin(caller, extraMargin)
    return isolatedMargin(model, direction, notional, leverage, extraMargin)
  }
  const { balance, otherMaintenance = 0, otherUnrealised = 0, extraMargin } = position
  if (!Number.isFinite(balance)) throw invalidOption(caller, 'balance', balance, 'an amount')
  if (!(otherMaintenance >= 0 && otherMaintenance < Infinity))
    throw invalidOption(caller, 'otherMaintenance', otherMaintenance, '0 or more')
  if (!Number.isFinite(otherUnrealised)) throw invalidOption(caller, 'otherUnrealised', otherUnrealised, 'an amount')
  if (extraMargin !== undefined)
    throw invalidOption(caller, 'extraMargin', extraMargin, 'none for a cross position: add it to the balance')
  return crossMargin(model, direction, notional, balance - otherMaintenance + otherUnrealised)
}

/** @throws OptionError unless `side` is a side and `model` a margin model */
export function checkSide(caller: string, side: Side, model: MarginModel): void {
  if (side !== 'long' && side !== 'short') throw invalidOption(caller, 'side', side, 'long or short')
  const mismatch = marginModel(model)
  if (mismatch) throw invalidOption(caller, 'margin', model, mismatch)
}

/** @throws OptionError for a negative margin; `row` names it in a column */
export function checkExtraMargin(caller: string, extraMargin: number, row?: number): void {
  if (!(extraMargin >= 0 && extraMargin < Infinity))
    throw invalidOption(caller, `extraMargin${at(row)}`, extraMargin, '0 or more')
}

/**
 * The bracket that a position opens in.
 * @throws OptionError naming the field (and the `row` of a column) that is out of range, above the largest bracket, or
 *   above its bracket's maximum leverage
 */
export function openingBracket(
  caller: string,
  model: MarginModel,
  entry: number,
  size: number,
  leverage?: number,
  row?: number,
): Bracket {
  if (!(entry > 0 && entry < Infinity)) throw invalidOption(caller, `entry${at(row)}`, entry, 'a price above 0')
  if (!(size > 0 && size < Infinity)) throw invalidOption(caller, `size${at(row)}`, size, 'a size above 0')
  const notional = notionalAt(model, size, entry)
  const bracket = bracketOf(model, notional, size)
  if (!bracket) {
    const cap = model.brackets.at(-1)!.cap
    const expected = `a position within the largest bracket's cap ${cap}, not ${measureText(model, notional, size)}`
    throw invalidOption(caller, `size${at(row)}`, size, expected)
  }
  if (leverage === undefined) return bracket
  if (!(leverage >= 1 && leverage < Infinity)) throw invalidOption(caller, `leverage${at(row)}`, leverage, '1 or more')
  if (leverage > bracket.maxLeverage) {
    const expected = `at most ${bracket.maxLeverage}x for ${measureText(model, notional, size)}`
    throw invalidOption(caller, `leverage${at(row)}`, leverage, expected)
  }
  return bracket
}

const at = (row: number | undefined) => (row === undefined ? '' : `[${row}]`)

const measureText = ({ maintenanceOn }: MarginModel, notional: number, size: number) =>
  maintenanceOn === 'size' ? `a size of ${size}` : `a notional of ${notional}`
