/** Holds an option to its range: values that a check takes, and values that it refuses. */
import { expect } from 'vitest'

type Check = (value: unknown) => unknown
export type Limits = readonly [name: string, taken: readonly unknown[], refused: readonly unknown[]]

const INF = Infinity
const NAN = Number.NaN

/** @param check of the object with all options */
export function holdLimits(check: Check, limits: readonly Limits[]): void {
  for (const [name, taken, refused] of limits) {
    for (const value of taken) expect([name, value, check({ [name]: value })]).toEqual([name, value, undefined])
    for (const value of refused)
      expect([name, value, check({ [name]: value }) !== undefined]).toEqual([name, value, true])
  }
}

export const share = (name: string): Limits => [name, [0, 0.5, 1], [-0.001, 1.001, NAN]]
export const whole = (name: string, from: number): Limits => [name, [from, from + 1], [from - 1, from + 0.5, NAN, '1']]
export const named = (name: string, ...names: string[]): Limits => [name, names, ['other', 1, true]]
/** Above 0, up to `to`, or finite. */
export const above0 = (name: string, to = INF): Limits =>
  to === INF ? [name, [1e-9, 1e12], [0, -1, INF, NAN]] : [name, [1e-9, to], [0, -1, to * 1.001, NAN]]
