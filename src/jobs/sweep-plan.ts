/** Plans of sweeps: what is to be run, as JSON that means the same on every machine with the same Liqnb. */
import * as v from 'valibot'
import { OptionError } from '../common/errors.ts'
import type { JsonObject } from '../common/json.ts'
import { wholeNumberFrom } from '../common/schema.ts'
import type { Market } from '../market/market.ts'
import { resolveBacktest } from '../sfp/backtest-options.ts'
import { detectOptions } from '../sfp/detect-options.ts'
import type { Levels } from '../sfp/levels/resolve-levels.ts'
import type { Benchmark, SweepBenchmark } from '../sfp/search/benchmark.ts'
import { LEVEL_NAMES, type SearchOptions, variantSearch } from '../sfp/search/search-options.ts'
import { applyVariant, type OptionValues, type Variant, variantsOf } from '../sfp/search/variants.ts'
import { portableLevels } from './level-values.ts'
import { fromJson, toJson } from './plain-options.ts'
import {
  assertDistinct,
  newPlan,
  optionsSchema,
  type PlanBase,
  planEntries,
  planHash,
  plannedMarket,
} from './plan-format.ts'

/** A sweep over several markets. Its hash, see {@link planHash}, names everything that belongs to it. */
export interface SweepPlan extends PlanBase {
  kind: 'sweep'
  grid: JsonObject
  random?: JsonObject | undefined
  /** Number of variants, which each market runs. */
  variants: number
  /** What they are compared with, other than nothing. */
  benchmark?: Benchmark['name'] | undefined
}

export const sweepPlanSchema = v.strictObject({
  ...planEntries,
  kind: v.literal('sweep'),
  grid: optionsSchema,
  random: v.exactOptional(optionsSchema),
  variants: wholeNumberFrom(1, 1_000_000),
  benchmark: v.exactOptional(v.picklist(['hold', 'placebo'])),
})

/** A plan and the values that it stands for. */
export interface OpenSweep {
  kind: 'sweep'
  plan: SweepPlan
  hash: string
  options: Omit<SearchOptions, 'grid' | 'random'>
  variants: readonly Variant[]
}

/**
 * Plans a sweep, and checks every value of its grid.
 * @throws OptionError naming an option that is out of range, or that options alone do not describe
 */
export function createSweepPlan(
  markets: readonly Market[],
  { grid, random, benchmark = 'nothing', ...options }: SearchOptions & { benchmark?: SweepBenchmark },
  caller = 'liq.sweep',
): OpenSweep {
  const portable = (levels: unknown, path: string) => portableLevels(levels as Levels, markets, path)
  const { levels } = options
  const base = { ...options, ...(levels !== undefined && { levels: portable(levels, `${caller}: levels`) }) }
  const variants = variantsOf(grid, random)
  const values = Object.entries(grid).map(([name, list]): [string, OptionValues] => {
    if (name !== 'levels' || !Array.isArray(list)) return [name, list]
    return [name, list.map((each, index) => portable(each, `${caller}: grid.levels[${index}]`))]
  })
  const planned = markets.map(plannedMarket)
  assertDistinct(planned, caller)
  const plan: SweepPlan = {
    ...newPlan(planned, toJson(base, caller) as JsonObject),
    kind: 'sweep',
    grid: toJson(Object.fromEntries(values), `${caller}: grid`) as JsonObject,
    ...(random && { random: toJson(random, `${caller}: random`) as JsonObject }),
    variants: variants.length,
    ...(benchmark !== 'nothing' && { benchmark }),
  }
  const opened = openSweep(plan)
  checkValues(markets[0]!, opened, Object.fromEntries(values), caller)
  return opened
}

/** @throws OptionError when its grid does not have as many variants as it says */
export function openSweep(plan: SweepPlan): OpenSweep {
  const grid = fromJson(plan.grid) as SearchOptions['grid']
  const random = plan.random && (fromJson(plan.random) as NonNullable<SearchOptions['random']>)
  const variants = variantsOf(grid, random)
  if (variants.length !== plan.variants)
    throw new OptionError(`plan: variants: ${plan.variants}, but its grid has ${variants.length}`)
  return {
    kind: 'sweep',
    plan,
    hash: planHash(plan),
    options: fromJson(plan.options) as OpenSweep['options'],
    variants,
  }
}

/** Checks each value of the grid once, in a variant whose other values are the first ones. */
function checkValues(
  market: Market,
  { options, variants }: OpenSweep,
  grid: SearchOptions['grid'],
  caller: string,
): void {
  const { detect = {}, backtest = {}, levels } = variantSearch(market, options, caller)
  const first = variants[0]!
  for (const [name, values] of Object.entries(grid)) {
    const ends = 'from' in values ? [values.from, values.to] : values
    for (const value of ends) {
      const variant = { ...first, [name]: fromJson(toJson(value, `${caller}: grid.${name}`)) }
      const applied = applyVariant({ detect, backtest }, variant, LEVEL_NAMES)
      detectOptions.resolve(applied.detect, caller)
      resolveBacktest(applied.backtest)
      levels.source(variant)
    }
  }
}
