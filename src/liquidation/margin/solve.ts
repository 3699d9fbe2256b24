/** The equation of all margin models: where a position's equity meets its maintenance requirement. */
import type { Side } from '../side.ts'
import type { Bracket } from './brackets.ts'
import type { MarginModel } from './margin-models.ts'

/**
 * The one equation of all margin models, in terms of the notional x in the settlement currency: x = q·P for a linear
 * contract, x = q·face/P for an inverse one. A linear long and an inverse short gain when x rises (d = +1), a linear
 * short and an inverse long lose (d = −1):
 *
 *     equity       margin + d·(x − N),   N the notional at entry
 *     requirement  s·x − k
 *     ⇒            x = (N − d·(margin + k)) / (1 − d·s)
 */
function root(direction: 1 | -1, notional: number, margin: number, slope: number, amount: number): number {
  return (notional - direction * (margin + amount)) / (1 - direction * slope)
}

/** +1 where the equity rises with the notional, −1 where it falls. */
export function directionOf({ contract }: MarginModel, side: Side): 1 | -1 {
  return (side === 'long') === (contract === 'linear') ? 1 : -1
}

/** Notional of a size at a price, in the settlement currency. */
export function notionalAt({ contract, contractSize }: MarginModel, size: number, price: number): number {
  return contract === 'linear' ? size * price : (size * contractSize) / price
}

/** Price at which a size has a notional. No price reaches a notional of 0 or less: 0 (linear) or Infinity (inverse). */
export function priceAt({ contract, contractSize }: MarginModel, size: number, notional: number): number {
  if (!(notional > 0)) return contract === 'linear' ? 0 : Infinity
  return contract === 'linear' ? notional / size : (size * contractSize) / notional
}

/** The bracket that a position falls into when it opens, which caps its leverage; undefined above the largest. */
export function bracketOf(model: MarginModel, notional: number, size: number): Bracket | undefined {
  const measure = model.maintenanceOn === 'size' ? size : notional
  const { brackets } = model
  for (let i = 0; i < brackets.length; i++) if (measure <= brackets[i]!.cap) return brackets[i]
  return undefined
}

/**
 * Isolated margin after the closing fee at the bankruptcy price, if the model has one. The initial margin reserves
 * that fee, so only extra margin, which moves the bankruptcy price, pays for it: N/L + extra/(1 − d·fee).
 */
export function isolatedMargin(
  model: MarginModel,
  direction: 1 | -1,
  notional: number,
  leverage: number,
  extra: number,
): number {
  const fee = model.closingFeeAt === 'bankruptcy' ? model.closingFee : 0
  return notional / leverage + extra / (1 - direction * fee)
}

/** Cross balance after the closing fee at the bankruptcy price: (balance − fee·N)/(1 − d·fee). */
export function crossMargin(model: MarginModel, direction: 1 | -1, notional: number, balance: number): number {
  const fee = model.closingFeeAt === 'bankruptcy' ? model.closingFee : 0
  return (balance - fee * notional) / (1 - direction * fee)
}

/**
 * The notional at which the equity meets the requirement; 0 or less if it never does.
 *
 * With maintenance on the mark notional the bracket is that of the solution itself. The requirement is continuous and
 * its slope below 1, so equity − requirement rises (d = +1) or falls (d = −1) strictly and has one root x*. In a bracket
 * below that of x*, the bracket's line agrees with the requirement at its cap, where equity − requirement still has the
 * sign it has before x*. So the solution of that bracket's line lies above its cap, and the first bracket that contains the
 * solution of its line is the right one. A notional above the last cap keeps the last bracket's rule.
 */
export function liquidationNotional(
  model: MarginModel,
  direction: 1 | -1,
  notional: number,
  margin: number,
  bracket: Bracket,
): number {
  const { brackets, maintenanceOn, closingFeeAt } = model
  const fee = closingFeeAt === 'mark' ? model.closingFee : 0
  if (maintenanceOn === 'entry')
    return root(direction, notional, margin, fee, bracket.maintenanceAmount - bracket.maintenanceRate * notional)
  if (maintenanceOn === 'size')
    return root(direction, notional, margin, bracket.maintenanceRate + fee, bracket.maintenanceAmount)
  const last = brackets.length - 1
  for (let i = 0; i < last; i++) {
    const { cap, maintenanceRate, maintenanceAmount } = brackets[i]!
    const solution = root(direction, notional, margin, maintenanceRate + fee, maintenanceAmount)
    if (solution <= cap) return solution
  }
  const { maintenanceRate, maintenanceAmount } = brackets[last]!
  return root(direction, notional, margin, maintenanceRate + fee, maintenanceAmount)
}
