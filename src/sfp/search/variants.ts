/** The variants of a sweep: every combination of option values, or random ones. */
import { OptionError, quoteName } from '../../common/errors.ts'
import { invalidOption, isOptionsObject, nestedOptions, wholeNumber } from '../../common/options.ts'
import { random } from '../../stats/random.ts'
import { type BacktestOptions, backtestOptions } from '../backtest-options.ts'
import { type DetectOptions, detectOptions } from '../detect-options.ts'

/** Values of an option: a list, or for a random search also a range; `log` draws evenly on a logarithmic scale. */
export type OptionValues = readonly unknown[] | { from: number; to: number; log?: boolean; integer?: boolean }

/** Values by option; parts of an option are written with a dot, e.g. `'target.r'`. */
export type SearchSpace = Readonly<Record<string, OptionValues>>

/** One combination: a value for each option of the space. */
export type Variant = Readonly<Record<string, unknown>>

export interface RandomSearch {
  /** Number of combinations to draw. */
  n: number
  /** Default 1. */
  seed?: number
}

const MAX_VARIANTS = 1_000_000

const checkRandomSearch = nestedOptions({ n: wholeNumber(1, MAX_VARIANTS), seed: wholeNumber() })

/**
 * All combinations of a grid, the last option varying fastest; or `search.n` of them drawn at random, without repeats where
 * all values are listed.
 *
 * @throws OptionError when an option has no values, or there are too many combinations
 */
export function variantsOf(space: SearchSpace, search?: RandomSearch): Variant[] {
  const options = isOptionsObject(space) ? Object.entries(space) : []
  if (options.length === 0) throw invalidOption('liq.sweep', 'grid', space, 'at least one option with its values')
  for (const [name, values] of options) {
    const expected = expectedValues(values, search !== undefined)
    if (expected !== undefined)
      throw invalidOption('liq.sweep', 'grid', values, { expected, path: `.${quoteName(name)}` })
  }
  if (search) return drawVariants(options, search)
  const lists = options.filter(isList)
  const total = countCombinations(lists)
  if (total > MAX_VARIANTS)
    throw new OptionError(
      `liq.sweep: grid: ${total.toLocaleString('en-US')} combinations, but expected at most ${MAX_VARIANTS.toLocaleString('en-US')}; draw some with random: { n: 1000 }`,
    )
  return allCombinations(lists, total)
}

type NamedValues = [name: string, values: OptionValues]
type NamedList = [name: string, values: readonly unknown[]]

function isList(option: NamedValues): option is NamedList {
  return Array.isArray(option[1])
}

function countCombinations(lists: readonly NamedList[]): number {
  return lists.reduce((product, [, values]) => product * values.length, 1)
}

function allCombinations(lists: readonly NamedList[], total: number): Variant[] {
  return Array.from({ length: total }, (_, index) => combination(lists, index))
}

/** The combination number `index`, as digits of a number whose last digit counts fastest. */
function combination(lists: readonly NamedList[], index: number): Variant {
  let quotient = index
  const chosen = lists.toReversed().map(([name, values]) => {
    const value = values[quotient % values.length]
    quotient = Math.floor(quotient / values.length)
    return [name, value] as const
  })
  return Object.fromEntries(chosen.reverse())
}

function drawVariants(options: readonly NamedValues[], search: RandomSearch): Variant[] {
  const mismatch = checkRandomSearch(search) ?? (search.n === undefined ? { expected: '{ n }' } : undefined)
  if (mismatch) throw invalidOption('liq.sweep', 'random', search, mismatch)
  const { n, seed = 1 } = search
  const rng = random(seed)
  const lists = options.filter(isList)
  if (lists.length < options.length)
    return Array.from({ length: n }, () =>
      Object.fromEntries(options.map(([name, values]) => [name, drawValue(values, rng.uniform)])),
    )
  const total = countCombinations(lists)
  if (total <= n) return allCombinations(lists, total)
  const drawn = new Set<number>()
  return Array.from({ length: n }, () => {
    let index = rng.integer(total)
    while (drawn.has(index)) index = rng.integer(total)
    drawn.add(index)
    return combination(lists, index)
  })
}

function drawValue(values: OptionValues, uniform: () => number): unknown {
  if ('length' in values) return values[Math.floor(uniform() * values.length)]
  const { from, to, log = false, integer = false } = values
  if (integer) return from + Math.floor(uniform() * (to - from + 1))
  return log ? from * (to / from) ** uniform() : from + uniform() * (to - from)
}

/** @returns what was expected of values that cannot be used */
function expectedValues(values: unknown, isRandom: boolean): string | undefined {
  if (Array.isArray(values)) return values.length > 0 ? undefined : 'at least one value'
  const range = values as { from?: number; to?: number; log?: boolean } | null
  if (typeof range !== 'object' || range === null || range.from === undefined || range.to === undefined)
    return 'a list of values'
  if (!isRandom) return 'a list of values, or random: { n } to draw from a range'
  if (range.log && !(range.from > 0)) return 'a range above 0, as log is set'
  return range.to >= range.from ? undefined : 'a rising range'
}

/** `lowerTimeframe` is sent to a worker thread once, and a margin model cannot be sent at all. */
const VARIABLE_BACKTEST_OPTIONS: readonly string[] = backtestOptions.names.filter(
  name => name !== 'lowerTimeframe' && name !== 'margin',
)
const VARIABLE_DETECT_OPTIONS: readonly string[] = detectOptions.names

/** Options of the detector and of the backtest for one variant. */
export interface VariantOptions {
  detect: DetectOptions
  backtest: BacktestOptions
}

/**
 * Puts a variant's values into options. The caller handles the options in `levelOptions`.
 *
 * @throws OptionError naming an option that there is not
 */
export function applyVariant(base: VariantOptions, variant: Variant, levelOptions: readonly string[]): VariantOptions {
  let detect: Record<string, unknown> = { ...base.detect }
  let backtest: Record<string, unknown> = { ...base.backtest }
  for (const [path, value] of Object.entries(variant)) {
    const [name = path, ...parts] = path.split('.')
    if (levelOptions.includes(name)) continue
    const isDetectOption = VARIABLE_DETECT_OPTIONS.includes(name)
    const isBacktestOption = VARIABLE_BACKTEST_OPTIONS.includes(name)
    if (!isDetectOption && !isBacktestOption) {
      const names = new Set([...levelOptions, ...VARIABLE_DETECT_OPTIONS, ...VARIABLE_BACKTEST_OPTIONS])
      throw new OptionError(
        `liq.sweep: grid: ${quoteName(path)} is not an option that can vary; there are ${[...names].join(', ')}`,
      )
    }
    if (isDetectOption) detect = withValue(detect, name, parts, value)
    if (isBacktestOption) backtest = withValue(backtest, name, parts, value)
  }
  return { detect, backtest }
}

/** The paths that lead into one of these options, e.g. `target.r` into `target`. */
export function pathsOf(paths: readonly string[], options: readonly string[]): string[] {
  return paths.filter(path => options.includes(path.split('.', 1)[0]!))
}

/** A copy of an object with a value in place of `name`, or of a part of it. */
export function withValue(
  object: Record<string, unknown>,
  name: string,
  [part, ...parts]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  if (part === undefined) return { ...object, [name]: value }
  const inner = object[name]
  const changed = withValue(isObject(inner) ? inner : {}, part, parts, value)
  return { ...object, [name]: Array.isArray(inner) ? Object.values(changed) : changed }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
