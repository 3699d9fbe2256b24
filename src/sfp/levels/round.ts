import type { Market } from '../../market/market.ts'
import { LevelPacker, type LevelSource, levelSource } from './columns.ts'

export interface RoundOptions {
  /**
   * Numbers with so many significant digits are round: at a price of 63,421 the multiples of 1,000 (2) or of 100 (3).
   * Default 2.
   */
  digits?: number
  /** A fixed distance between the numbers in place of `digits`, in the quote currency. */
  step?: number
  /** The so many nearest on each side of the close. Default 1. */
  count?: number
}

/**
 * Round numbers above and below the close. Their strength is 1, 2 for every fifth and 3 for every tenth of them: stops and
 * targets gather at the rounder ones (Osler 2003, Journal of Finance 58, 1791–1819). `since` is the bar from which on a
 * number is among the nearest.
 *
 * @throws RangeError naming the option that is out of range
 */
export function roundLevels(market: Market, { digits = 2, step, count = 1 }: RoundOptions = {}): LevelSource {
  if (!(Number.isInteger(digits) && digits >= 1 && digits <= 10))
    throw new RangeError(`digits: ${digits}, but expected a whole number from 1 to 10`)
  if (step !== undefined && !(step > 0 && step < Infinity))
    throw new RangeError(`step: ${step}, but expected a distance above 0`)
  if (!(Number.isInteger(count) && count >= 1)) throw new RangeError(`count: ${count}, but expected 1 or more`)
  return levelSource(`round numbers (${step === undefined ? `${digits} digits` : `steps of ${step}`})`, market, () => {
    const packer = new LevelPacker(market.length)
    let known = new Map<number, number>()
    for (let t = 0; t < market.length; t++) {
      const close = market.close[t]!
      const grid = step ?? 10 ** (Math.floor(Math.log10(close)) + 1 - digits)
      const below = Math.ceil(close / grid) - 1
      const above = Math.floor(close / grid) + 1
      const next = new Map<number, number>()
      const add = (kind: 'high' | 'low', index: number) => {
        const price = index * grid
        const key = kind === 'high' ? price : -price
        const id = known.get(key) ?? packer.line(kind, price, t, roundness(index))
        next.set(key, id)
        packer.add(id)
      }
      for (let k = 0; k < count; k++) {
        add('high', above + k)
        if (below - k > 0) add('low', below - k)
      }
      known = next
      packer.closeBar()
    }
    return packer.columns()
  })
}

function roundness(index: number): number {
  return index % 10 === 0 ? 3 : index % 5 === 0 ? 2 : 1
}
