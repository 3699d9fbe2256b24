/** What the variants of a sweep are compared with. */
import type { Market } from '../../market/market.ts'
import { randomLevels } from '../levels/placebo.ts'
import { periodReturns } from '../statistics/equity.ts'
import type { Sequence } from './outcomes.ts'
import type { RunOptions } from './run-variants.ts'
import { runSearch, type VariantSearch } from './sweep.ts'
import type { Variant } from './variants.ts'

/** `nothing`: a return of 0; `hold`: all of the equity in the market; `placebo`: the same variant at random levels. */
export const BENCHMARKS = ['nothing', 'hold', 'placebo'] as const
export type SweepBenchmark = (typeof BENCHMARKS)[number]

/** Random placebos of each variant; more of them add less noise. */
export const SWEEP_PLACEBOS = 5

/** Returns by period of the benchmark of a variant. */
export type BenchmarkReturns = (variant: number) => Float64Array

/** All of the equity in the market, whatever the variant. */
export function holdReturns(market: Market): BenchmarkReturns {
  const { returns } = periodReturns(market, market.close)
  return () => returns
}

/**
 * The mean of each variant at {@link SWEEP_PLACEBOS} placebos: random levels with the number, strength and distances of its own, seeds from
 * 1 on. They are run as the variants are, so it takes as often their time.
 */
export async function placeboReturns(
  market: Market,
  variants: readonly Variant[],
  search: VariantSearch,
  options: RunOptions,
): Promise<BenchmarkReturns> {
  let means: Float64Array[] = []
  for (let seed = 1; seed <= SWEEP_PLACEBOS; seed++) {
    const levels = {
      ...search.levels,
      source: (variant: Variant) => randomLevels(market, search.levels.source(variant), seed),
    }
    const outcomes = await runSearch(market, variants, { ...search, levels }, { ...options, keep: 'returns' })
    means = Array.from(outcomes.returns(), (returns, k) =>
      returns.map((value, i) => (means[k]?.[i] ?? 0) + value / SWEEP_PLACEBOS),
    )
  }
  return variant => means[variant]!
}

/**
 * Returns of each variant less those of its benchmark. A variant that never trades has no difference: else not to trade would be the best
 * variant wherever the benchmark loses.
 */
export function differences(returns: Sequence<Float64Array>, benchmark: BenchmarkReturns): Sequence<Float64Array> {
  const difference = (own: Float64Array, variant: number) => {
    if (own.every(value => value === 0)) return own
    const other = benchmark(variant)
    return own.map((value, i) => value - other[i]!)
  }
  return {
    length: returns.length,
    at(k) {
      const own = returns.at(k)
      return own && difference(own, k)
    },
    *[Symbol.iterator]() {
      let k = 0
      for (const own of returns) yield difference(own, k++)
    },
  }
}
