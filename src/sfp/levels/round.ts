/** Round numbers as levels. */
import { multipleOf, roundStep, stepsIn } from '../../common/decimal-step.ts'
import { defineOptions, numberThat, option, optional, wholeNumber } from '../../common/options.ts'
import type { Market } from '../../market/market.ts'
import { createLevelSource, LevelPacker, type LevelSource } from './level-source.ts'

export interface RoundOptions {
  /**
   * Numbers with this many significant digits are round: at a price of 63,421 the multiples of 1,000 (2) or of 100 (3).
   * Default 2.
   */
  digits?: number
  /** Fixed distance between the numbers, in the quote currency, instead of `digits`. */
  step?: number
  /** How many of the nearest numbers on each side of the close. Default 1. */
  count?: number
}

export const roundOptions = defineOptions<RoundOptions, 'step'>('liq.levels.round', {
  digits: option(2, wholeNumber(1, 10)),
  step: optional(numberThat('a distance above 0', x => x > 0 && x < Infinity)),
  count: option(1, wholeNumber(1)),
})

/**
 * Round numbers above and below the close. Their strength is 1, 2 for every fifth and 3 for every tenth of them: stops and
 * targets cluster at the rounder ones (Osler 2003, Journal of Finance 58, 1791–1819). `since` is the bar from which on a
 * number is among the nearest.
 *
 * @throws OptionError naming the option that is out of range
 */
export function roundLevels(market: Market, options: RoundOptions = {}): LevelSource {
  const { digits, step, count } = roundOptions.resolve(options)
  const name = `round numbers (${step === undefined ? `${digits} digits` : `steps of ${step}`})`
  return createLevelSource(name, market, () => {
    const packer = new LevelPacker(market.length)
    let lastIds = new Map<number, number>()
    for (let t = 0; t < market.length; t++) {
      const close = market.close[t]!
      const grid = step ?? roundStep(close, digits)
      const whole = stepsIn(close, grid)
      const above = whole + 1
      const below = multipleOf(whole, grid) === close ? whole - 1 : whole
      const ids = new Map<number, number>()
      const add = (kind: 'high' | 'low', multiple: number) => {
        const price = multipleOf(multiple, grid)
        const key = kind === 'high' ? price : -price
        const id = lastIds.get(key) ?? packer.addLine(kind, price, t, roundness(multiple))
        ids.set(key, id)
        packer.markKnown(id)
      }
      for (let k = 0; k < count; k++) {
        add('high', above + k)
        if (below - k > 0) add('low', below - k)
      }
      lastIds = ids
      packer.closeBar()
    }
    return packer.columns()
  })
}

function roundness(multiple: number): number {
  return multiple % 10 === 0 ? 3 : multiple % 5 === 0 ? 2 : 1
}
