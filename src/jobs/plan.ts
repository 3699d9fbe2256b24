/** Plans of sweeps: what is to be run, as JSON that means the same on every machine with the same Liqnb. */
import { createHash } from 'node:crypto'
import * as v from 'valibot'
import { version } from '../../package.json'
import { DataError, OptionError, oneLine, quoteValue } from '../common/errors.ts'
import type { Json, JsonObject } from '../common/json.ts'
import { arrayOf, parse, record, wholeNumberFrom } from '../common/schema.ts'
import type { Market } from '../market/market.ts'
import { resolveBacktest } from '../sfp/backtest-options.ts'
import { detectOptions } from '../sfp/detect-options.ts'
import type { Levels } from '../sfp/levels/resolve-levels.ts'
import { LEVEL_NAMES, type SearchOptions, variantSearch } from '../sfp/search/search-options.ts'
import { applyVariant, type OptionValues, type Variant, variantsOf } from '../sfp/search/variants.ts'
import { portableLevels } from './level-values.ts'
import { marketHash } from './market-file.ts'
import { fromJson, toJson } from './plain-options.ts'

export interface PlannedMarket {
  /** Of its content: names its file, and tells whether it is that market. */
  hash: string
  symbol: string
  timeframe: string
  bars: number
}

/** A sweep over several markets. Its hash, see {@link planHash}, names everything that belongs to it. */
export interface SweepPlan {
  format: typeof FORMAT
  kind: 'sweep'
  /** The version that made it: another one may give other results, and refuses it. */
  liqnb: string
  markets: PlannedMarket[]
  /** Options of levels, detector and backtest, see {@link toJson}. */
  options: JsonObject
  grid: JsonObject
  random?: JsonObject | undefined
  /** Number of variants, which each market runs. */
  variants: number
}

const FORMAT = 1
const MAX_MARKETS = 10_000
const MAX_BYTES = 64 * 2 ** 20

export const HASH_PATTERN = /^[0-9a-f]{64}$/

const options = v.custom<JsonObject>(value => v.is(record, value), 'an object')
const planSchema = v.strictObject({
  format: v.literal(FORMAT),
  kind: v.literal('sweep'),
  liqnb: v.string(),
  markets: arrayOf(
    v.strictObject({
      hash: v.pipe(v.string(), v.regex(HASH_PATTERN, '64 hexadecimal digits')),
      symbol: v.string(),
      timeframe: v.string(),
      bars: wholeNumberFrom(1, 2 ** 31),
    }),
    1,
    MAX_MARKETS,
  ),
  options,
  grid: options,
  random: v.exactOptional(options),
  variants: wholeNumberFrom(1, 1_000_000),
})

/** A plan and the values that it stands for. */
export interface OpenPlan {
  plan: SweepPlan
  hash: string
  options: Omit<SearchOptions, 'grid' | 'random'>
  variants: readonly Variant[]
}

/**
 * Plans a sweep, and checks every value of its grid.
 * @throws OptionError naming an option that is out of range, or that options alone do not describe
 */
export function createPlan(
  markets: readonly Market[],
  { grid, random, ...options }: SearchOptions,
  caller = 'liq.sweep',
): OpenPlan {
  const portable = (levels: unknown, path: string) => portableLevels(levels as Levels, markets, path)
  const { levels } = options
  const base = { ...options, ...(levels !== undefined && { levels: portable(levels, `${caller}: levels`) }) }
  const variants = variantsOf(grid, random)
  const values = Object.entries(grid).map(([name, list]): [string, OptionValues] => {
    if (name !== 'levels' || !Array.isArray(list)) return [name, list]
    return [name, list.map((each, index) => portable(each, `${caller}: grid.levels[${index}]`))]
  })
  const plan: SweepPlan = {
    format: FORMAT,
    kind: 'sweep',
    liqnb: version,
    markets: markets.map(market => ({
      hash: marketHash(market),
      symbol: market.symbol,
      timeframe: market.timeframe,
      bars: market.length,
    })),
    options: toJson(base, caller) as JsonObject,
    grid: toJson(Object.fromEntries(values), `${caller}: grid`) as JsonObject,
    ...(random && { random: toJson(random, `${caller}: random`) as JsonObject }),
    variants: variants.length,
  }
  const opened = openPlan(plan)
  checkValues(markets[0]!, opened, Object.fromEntries(values), caller)
  return opened
}

/** @throws OptionError when its grid does not have as many variants as it says */
export function openPlan(plan: SweepPlan): OpenPlan {
  const grid = fromJson(plan.grid) as SearchOptions['grid']
  const random = plan.random && (fromJson(plan.random) as NonNullable<SearchOptions['random']>)
  const variants = variantsOf(grid, random)
  if (variants.length !== plan.variants)
    throw new OptionError(`plan: variants: ${plan.variants}, but its grid has ${variants.length}`)
  return { plan, hash: planHash(plan), options: fromJson(plan.options) as OpenPlan['options'], variants }
}

/** SHA-256 of a plan, as hexadecimal digits. */
export function planHash(plan: SweepPlan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex')
}

/** The text of a plan's file. The same plan gives the same text. */
export function planText(plan: SweepPlan): string {
  return `${JSON.stringify(plan, null, 2)}\n`
}

/**
 * Reads the text of a plan.
 * @throws DataError naming the property that is wrong; OptionError for a plan of another version
 */
export function parsePlan(text: string): OpenPlan {
  if (text.length > MAX_BYTES) throw new DataError(`the plan is longer than ${MAX_BYTES / 2 ** 20} MB`)
  let json: Json
  try {
    json = JSON.parse(text) as Json
  } catch (error) {
    throw new DataError(`it is not JSON: ${oneLine((error as Error).message)}`)
  }
  const made = (json as Partial<SweepPlan> | null)?.liqnb
  if (typeof made === 'string' && made !== version)
    throw new OptionError(
      `the plan was made by Liqnb ${quoteValue(made)}, but this is ${version}, which may give other results: run it with the version that made it, or plan again`,
    )
  return openPlan(parse(planSchema, json, problem => new DataError(problem)) as SweepPlan)
}

/** Checks each value of the grid once, in a variant whose other values are the first ones. */
function checkValues(
  market: Market,
  { options, variants }: OpenPlan,
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
