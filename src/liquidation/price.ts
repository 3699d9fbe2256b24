import type { Bracket } from './brackets.ts'

export type Side = 'long' | 'short'

export interface Position {
  side: Side
  /** Entry price p. */
  entry: number
  /** Size q in base coins, above 0. */
  size: number
  /** Leverage L at opening: the isolated margin is p·q/L. */
  leverage: number
  /** Margin added later, in the quote currency. Default 0. */
  extraMargin?: number
  brackets: readonly Bracket[]
}

/**
 * The mark price at which an isolated linear position is force-closed: where its equity equals the maintenance margin
 * of the bracket that holds its notional AT THAT PRICE.
 *
 *     long   margin + q·(P − p) = m·q·P − c   ⇒   P = (p·q − margin − c) / (q·(1 − m))
 *     short  margin + q·(p − P) = m·q·P − c   ⇒   P = (p·q + margin + c) / (q·(1 + m))
 *
 * With margin = p·q/L that is p·(1 ∓ 1/L ∓ c/N)/(1 ∓ m). The requirement is continuous and convex in the notional and
 * its slope is below 1, so exactly one bracket holds its own solution.
 *
 * Source: Binance, "How to calculate liquidation price of USDⓈ-M futures contracts"
 * (https://www.binance.com/en/support/faq/b3c689c1f50a44cabb3a84e663b81d93); Hyperliquid's is the case c = 0.
 *
 * @returns a price; 0 when no price above 0 closes the position (a long at 1x)
 * @throws RangeError naming the field when a value is out of range or the leverage is above the bracket's maximum
 * @example liquidationPrice({ side: 'long', entry: 60_000, size: 0.1, leverage: 25, brackets })
 */
export function liquidationPrice(position: Position): number {
  checkPosition(position)
  const { side, entry, size, leverage, extraMargin = 0, brackets } = position
  const notional = entry * size
  const margin = notional / leverage + extraMargin
  const solve = (bracket: Bracket) =>
    side === 'long'
      ? (notional - margin - bracket.maintenanceAmount) / (size * (1 - bracket.maintenanceRate))
      : (notional + margin + bracket.maintenanceAmount) / (size * (1 + bracket.maintenanceRate))
  // A long's notional shrinks towards its liquidation, a short's grows. The solution of a bracket below the right one
  // lies above that bracket's cap, so the first bracket that reaches its own solution is the right one.
  for (const bracket of brackets) {
    const price = solve(bracket)
    if (size * price <= bracket.cap) return Math.max(0, price)
  }
  // A short may outgrow the last cap on its way; the last bracket's rule goes on.
  return Math.max(0, solve(brackets[brackets.length - 1]!))
}

/**
 * The price at which the position's margin is gone: entry·(1 ∓ 1/L) for a margin of notional/L. Charts that draw this
 * as the liquidation price draw it too far away.
 */
export function bankruptcyPrice(position: Omit<Position, 'brackets'>): number {
  const { side, entry, size, leverage, extraMargin = 0 } = position
  const margin = entry / leverage + extraMargin / size
  return side === 'long' ? Math.max(0, entry - margin) : entry + margin
}

function checkPosition({ side, entry, size, leverage, extraMargin = 0, brackets }: Position): void {
  if (side !== 'long' && side !== 'short') throw new RangeError(`side: ${side}, but expected long or short`)
  if (!(entry > 0 && entry < Infinity)) throw new RangeError(`entry: ${entry}, but expected a price above 0`)
  if (!(size > 0 && size < Infinity)) throw new RangeError(`size: ${size}, but expected a size above 0`)
  if (!(extraMargin >= 0 && extraMargin < Infinity))
    throw new RangeError(`extraMargin: ${extraMargin}, but expected 0 or more`)
  if (brackets.length === 0) throw new RangeError('brackets: the table is empty')
  if (!(leverage >= 1 && leverage < Infinity)) throw new RangeError(`leverage: ${leverage}, but expected 1 or more`)
  const notional = entry * size
  const bracket = brackets.find(candidate => notional <= candidate.cap)
  if (!bracket)
    throw new RangeError(`size: a notional of ${notional} is above the largest bracket's cap ${brackets.at(-1)!.cap}`)
  if (leverage > bracket.maxLeverage) {
    throw new RangeError(
      `leverage: ${leverage}x, but a notional of ${notional} may have at most ${bracket.maxLeverage}x`,
    )
  }
}
