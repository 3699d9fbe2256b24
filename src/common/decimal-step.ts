/** Multiples of a decimal step, such as a lot or a tick, without the error of binary fractions. */

/** Relative distance below a whole number of steps that is rounding alone. */
const ROUNDING = 1e-9

/**
 * A number of steps as a decimal: 3 steps of 0.1 are 0.3, not 0.30000000000000004.
 * @example multipleOf(3, 0.1)
 */
export function multipleOf(count: number, step: number): number {
  const scale = 10 ** decimals(step)
  const whole = Math.round(step * scale)
  // Both factors are whole, so the product is exact and the division rounds once.
  return Number.isFinite(scale) && Math.abs(count * whole) <= Number.MAX_SAFE_INTEGER
    ? (count * whole) / scale
    : count * step
}

/**
 * Whole steps in a value, rounded down. A value that is a multiple but for the rounding of binary fractions counts as one:
 * 0.3 holds 3 steps of 0.1, although 0.3 / 0.1 is 2.9999999999999996.
 */
export function stepsIn(value: number, step: number): number {
  const steps = value / step
  const nearest = Math.round(steps)
  return Math.abs(steps - nearest) <= ROUNDING * Math.max(1, Math.abs(nearest)) ? nearest : Math.floor(steps)
}

/** The largest multiple of a step that is not above a value. */
export function floorToStep(value: number, step: number): number {
  return multipleOf(stepsIn(value, step), step)
}

/**
 * Distance between the numbers with `digits` significant digits around a value: 1,000 at 63,421 with 2.
 * @example roundStep(63421, 2)
 */
export function roundStep(value: number, digits: number): number {
  return 10 ** (Math.floor(Math.log10(value)) + 1 - digits)
}

/** Digits after the point in the shortest decimal of a number; at most 22, up to which powers of ten are exact. */
function decimals(value: number): number {
  const [mantissa = '', exponent = '0'] = String(value).split('e')
  const fraction = mantissa.split('.')[1]?.length ?? 0
  return Math.min(22, Math.max(0, fraction - Number(exponent)))
}
