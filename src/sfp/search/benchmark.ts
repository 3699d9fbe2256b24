/** What the variants of a sweep are compared with. */
import { defineOptions, oneOf, option } from '../../common/options.ts'
import type { Market } from '../../market/market.ts'
import { mean, sum } from '../../stats/descriptive.ts'
import { randomLevels } from '../levels/placebo.ts'
import { periodReturns } from '../statistics/equity.ts'
import { performance } from '../statistics/performance.ts'
import type { Outcomes, Sequence } from './outcomes.ts'
import { METRICS, type Metric } from './run-variant.ts'
import type { RunOptions } from './run-variants.ts'
import { runSearch, type Sweep, type VariantSearch } from './sweep.ts'
import type { Variant } from './variants.ts'

/** `nothing`: a return of 0; `hold`: all of the equity in the market; `placebo`: the same variant at random levels. */
export const BENCHMARKS = ['nothing', 'hold', 'placebo'] as const
export type SweepBenchmark = (typeof BENCHMARKS)[number]

/** Random placebos of each variant; more of them add less noise. */
export const SWEEP_PLACEBOS = 5

/** The figures of a benchmark that a sweep keeps. */
export const BENCHMARK_METRICS = ['returnPct', 'sharpe', 'averageR'] as const satisfies readonly Metric[]
export type BenchmarkMetric = (typeof BENCHMARK_METRICS)[number]

/** Returns by period of the benchmark of a variant. */
export type BenchmarkReturns = (variant: number) => Float64Array

/** What variants are compared with. */
export interface Benchmark {
  name: Exclude<SweepBenchmark, 'nothing'>
  returns: BenchmarkReturns
  /** NaN where it has none: holding has no mean R. */
  figure(variant: number, metric: BenchmarkMetric): number
}

export const benchmarkOption = defineOptions<{ benchmark?: SweepBenchmark }>('liq.sweep', {
  benchmark: option('nothing', oneOf(...BENCHMARKS)),
})

/** Runs a benchmark beside the variants. */
export async function runBenchmark(
  name: Benchmark['name'],
  market: Market,
  variants: readonly Variant[],
  search: VariantSearch,
  options: RunOptions,
): Promise<Benchmark> {
  return name === 'hold' ? holdBenchmark(market) : placeboBenchmark(market, variants, search, options)
}

/** All of the equity in the market, whatever the variant. */
function holdBenchmark(market: Market): Benchmark {
  const { returns } = periodReturns(market, market.close)
  const rejected = { gap: 0, stop: 0, size: 0, unfilled: 0 }
  const held = performance(market, { trades: [], equity: market.close, skipped: 0, rejected, ruined: -1 })
  return { name: 'hold', returns: () => returns, figure: (_, metric) => held[metric] }
}

/**
 * The mean of each variant at {@link SWEEP_PLACEBOS} placebos: random levels with the number, strength and distances of its own, seeds from
 * 1 on. They are run as the variants are, so it takes as often their time. The mean R is that of all of their trades; the Sharpe ratio the
 * mean of those that trade.
 */
async function placeboBenchmark(
  market: Market,
  variants: readonly Variant[],
  search: VariantSearch,
  options: RunOptions,
): Promise<Benchmark> {
  let means: Float64Array[] = []
  const placebos: ((variant: number, metric: Metric) => number)[] = []
  for (let seed = 1; seed <= SWEEP_PLACEBOS; seed++) {
    const levels = {
      ...search.levels,
      source: (variant: Variant) => randomLevels(market, search.levels.source(variant), seed),
    }
    const outcomes = await runSearch(market, variants, { ...search, levels }, { ...options, keep: 'returns' })
    placebos.push(metricsOf(outcomes, ['trades', ...BENCHMARK_METRICS]))
    means = Array.from(outcomes.returns(), (returns, k) =>
      returns.map((value, i) => (means[k]?.[i] ?? 0) + value / SWEEP_PLACEBOS),
    )
  }
  const valuesOf = (variant: number, metric: Metric) => placebos.map(figure => figure(variant, metric))
  return {
    name: 'placebo',
    returns: variant => means[variant]!,
    figure(variant, metric) {
      const values = valuesOf(variant, metric)
      if (metric === 'returnPct') return mean(values)
      const weights = metric === 'averageR' ? valuesOf(variant, 'trades') : values.map(() => 1)
      const traded = values.map((_, k) => k).filter(k => !Number.isNaN(values[k]!))
      return sum(traded.map(k => values[k]! * weights[k]!)) / sum(traded.map(k => weights[k]!))
    },
  }
}

/** Columns of a benchmark beside each variant, and what the variant has more. One that never trades has no difference. */
export function benchmarkColumns(
  { variants, metric }: Pick<Sweep, 'variants' | 'metric'>,
  { name, figure }: Pick<Benchmark, 'name' | 'figure'>,
): [name: string, values: Float64Array][] {
  const names = BENCHMARK_METRICS.filter(each => name === 'placebo' || each !== 'averageR')
  const upper = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}`
  const more = (metricName: (typeof names)[number], k: number) =>
    metric('trades', k) > 0 ? metric(metricName, k) - figure(k, metricName) : Number.NaN
  return [
    ...names.map((each): [string, Float64Array] => [
      `${name}${upper(each)}`,
      Float64Array.from(variants, (_, k) => figure(k, each)),
    ]),
    ...names.map((each): [string, Float64Array] => [
      `more${upper(each)}`,
      Float64Array.from(variants, (_, k) => more(each, k)),
    ]),
  ]
}

/** Some of the metrics, without the returns beside them. */
function metricsOf(outcomes: Outcomes, names: readonly Metric[]): (variant: number, metric: Metric) => number {
  const values = Float64Array.from({ length: outcomes.length * names.length }, (_, i) =>
    outcomes.metric(Math.floor(i / names.length), METRICS.indexOf(names[i % names.length]!)),
  )
  return (variant, metric) => values[variant * names.length + names.indexOf(metric)]!
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
