/** Backtests of many combinations of options. */
import { invalidOption, listWords } from '../../common/options.ts'
import type { Market } from '../../market/market.ts'
import type { BacktestOptions } from '../backtest-options.ts'
import type { DetectOptions } from '../detect-options.ts'
import { type LevelSource, toLevelColumns } from '../levels/level-source.ts'
import type { OpenSpill, Outcomes, SweepOutcomes } from './outcomes.ts'
import { METRICS, type Metric } from './run-variant.ts'
import { type LevelGroup, type RunOptions, runVariants } from './run-variants.ts'
import { applyVariant, pathsOf, type RandomSearch, type SearchSpace, type Variant, variantsOf } from './variants.ts'

/** How variants are run. */
export interface VariantSearch {
  detect?: DetectOptions
  backtest?: BacktestOptions
  /** Names of options that the levels depend on, and the source of levels for a variant. */
  levels: { names: readonly string[]; source: (variant: Variant) => LevelSource }
}

export interface SweepOptions extends VariantSearch, RunOptions {
  /** Values by option. */
  grid: SearchSpace
  /** Draw some of the combinations. Default: all are run. */
  random?: RandomSearch
}

export interface Sweep {
  readonly variants: readonly Variant[]
  /** What was kept of each, in the order of the variants. */
  readonly outcomes: SweepOutcomes
  /** A metric of a variant. */
  metric(name: Metric, variant: number): number
  /** The variant with the largest value among those with at least `minTrades` trades; −1 when there is none. */
  best(name: Metric, minTrades?: number): number
}

/**
 * Detects, trades and measures every variant. Variants with the same levels share them.
 *
 * @param openSpill takes returns and trades that do not fit into memory. Default: they stay in memory
 * @throws OptionError naming the option that is out of range; the signal's reason when it is cancelled
 */
export async function sweep(market: Market, options: SweepOptions, openSpill?: OpenSpill): Promise<Sweep> {
  const variants = variantsOf(options.grid, options.random)
  return sweepOf(variants, await runSearch(market, variants, options, options, openSpill))
}

/**
 * What is kept of these variants, in their order.
 * @throws OptionError naming the option that is out of range; the signal's reason when it is cancelled
 */
export async function runSearch(
  market: Market,
  variants: readonly Variant[],
  { detect = {}, backtest = {}, levels }: VariantSearch,
  options: RunOptions = {},
  openSpill?: OpenSpill,
): Promise<Outcomes> {
  const list = {
    length: variants.length,
    options: (k: number) => applyVariant({ detect, backtest }, variants[k]!, levels.names),
  }
  return runVariants(market, groupByLevels(market, variants, levels), list, options, openSpill)
}

/** A sweep of variants whose outcomes are known. */
export function sweepOf(variants: readonly Variant[], outcomes: Outcomes): Sweep {
  const metric = (name: Metric, variant: number) => {
    if (!(Number.isInteger(variant) && variant >= 0 && variant < variants.length))
      throw invalidOption('sweep.metric', 'variant', variant, `0 to ${variants.length - 1}`)
    const index = METRICS.indexOf(name)
    if (index < 0) throw invalidOption('sweep.metric', 'name', name, listWords(METRICS))
    return outcomes.metric(variant, index)
  }
  return {
    variants,
    outcomes,
    metric,
    best(name, minTrades = 0) {
      let best = -1
      for (let k = 0; k < variants.length; k++) {
        if (metric('trades', k) < minTrades || Number.isNaN(metric(name, k))) continue
        if (best < 0 || metric(name, k) > metric(name, best)) best = k
      }
      return best
    },
  }
}

function groupByLevels(
  market: Market,
  variants: readonly Variant[],
  { names, source }: VariantSearch['levels'],
): LevelGroup[] {
  const groups: { first: Variant; values: unknown[]; members: number[] }[] = []
  const varied = pathsOf(Object.keys(variants[0] ?? {}), names)
  for (const [k, variant] of variants.entries()) {
    const values = varied.map(name => variant[name])
    const group = groups.find(({ values: others }) => others.every((value, i) => value === values[i]))
    if (group) group.members.push(k)
    else groups.push({ first: variant, values, members: [k] })
  }
  return groups.map(({ first, members }) => ({ members, levels: () => toLevelColumns(source(first), market) }))
}
