import { random } from '../../stats/random.ts'
import type { BacktestOptions } from '../backtest-options.ts'
import { type DetectOptions, detectOptions } from '../detect-options.ts'

/** Values to try for an option: a list, or for a random search also a range, even on a scale of logarithms with `log`. */
export type Values = readonly unknown[] | { from: number; to: number; log?: boolean; integer?: boolean }

/** Values by option; parts of an option are written with a dot, e.g. `'target.r'`. */
export type Space = Readonly<Record<string, Values>>

/** One choice: a value for each option of the space. */
export type Variant = Readonly<Record<string, unknown>>

export interface RandomSearch {
  /** How many choices are drawn. */
  n: number
  /** Default 1. */
  seed?: number
}

const MOST_VARIANTS = 1_000_000

/**
 * All combinations of a grid, the last option varying fastest; or so many drawn at random, without one twice where all values
 * are listed.
 *
 * @throws RangeError when an option has no values, or there are too many combinations
 */
export function variantsOf(space: Space, search?: RandomSearch): Variant[] {
  const names = Object.keys(space)
  if (names.length === 0) throw new RangeError('grid: there is no option in it')
  for (const name of names) checkValues(name, space[name]!, search !== undefined)
  if (search) return drawn(space, names, search)
  const lists = names.map(name => space[name] as readonly unknown[])
  const total = lists.reduce((product, list) => product * list.length, 1)
  if (total > MOST_VARIANTS)
    throw new RangeError(`grid: ${total.toLocaleString('en-US')} combinations; draw some with random: { n: 1000 }`)
  return Array.from({ length: total }, (_, index) => choice(names, lists, index))
}

function choice(names: readonly string[], lists: readonly (readonly unknown[])[], index: number): Variant {
  const variant: Record<string, unknown> = {}
  let rest = index
  for (let k = names.length - 1; k >= 0; k--) {
    variant[names[k]!] = lists[k]![rest % lists[k]!.length]
    rest = Math.floor(rest / lists[k]!.length)
  }
  return Object.fromEntries(names.map(name => [name, variant[name]]))
}

function drawn(space: Space, names: readonly string[], { n, seed = 1 }: RandomSearch): Variant[] {
  if (!(Number.isInteger(n) && n >= 1 && n <= MOST_VARIANTS))
    throw new RangeError(`random.n: ${n}, but expected a whole number from 1 to ${MOST_VARIANTS}`)
  const rng = random(seed)
  const lists = names.map(name => space[name]!)
  const listed = lists.every(list => 'length' in list)
  const total = listed
    ? (lists as (readonly unknown[])[]).reduce((product, list) => product * list.length, 1)
    : Infinity
  if (listed && total <= n) return variantsOf(space)
  const seen = new Set<number>()
  return Array.from({ length: n }, () => {
    if (!listed) return Object.fromEntries(names.map((name, k) => [name, draw(lists[k]!, rng.uniform)]))
    let index = rng.integer(total)
    while (seen.has(index)) index = rng.integer(total)
    seen.add(index)
    return choice(names, lists as (readonly unknown[])[], index)
  })
}

function draw(values: Values, uniform: () => number): unknown {
  if ('length' in values) return values[Math.floor(uniform() * values.length)]
  const { from, to, log = false, integer = false } = values
  if (integer) return from + Math.floor(uniform() * (to - from + 1))
  return log ? from * (to / from) ** uniform() : from + uniform() * (to - from)
}

function checkValues(name: string, values: Values, atRandom: boolean): void {
  if (Array.isArray(values)) {
    if (values.length === 0) throw new RangeError(`grid: ${name} has no values`)
    return
  }
  const range = values as { from?: number; to?: number; log?: boolean }
  if (typeof range !== 'object' || range === null || range.from === undefined || range.to === undefined)
    throw new RangeError(`grid: ${name} is ${String(values)}, but expected a list of values`)
  if (!atRandom) throw new RangeError(`grid: ${name} is a range, which needs random: { n }; or list its values`)
  if (!(range.to >= range.from && (!range.log || range.from > 0)))
    throw new RangeError(`grid: ${name} goes from ${range.from} to ${range.to}, but expected a rising range`)
}

const BACKTEST_OPTIONS: readonly (keyof BacktestOptions)[] = [
  'target',
  'stopBuffer',
  'stopBufferAtr',
  'minRisk',
  'trailingStop',
  'trendExit',
  'maxBars',
  'maxOpen',
  'maxPerSide',
  'takerFee',
  'makerFee',
  'slippageBps',
  'funding',
  'intrabar',
  'notional',
  'size',
  'leverage',
  'equity',
  'atrPeriod',
]

/** Options of the detector and of the backtest with a variant's values in their places. */
export interface Applied {
  detect: DetectOptions
  backtest: BacktestOptions
}

/**
 * Puts a variant's values into options; names that `others` holds (those of the levels) are left to the caller.
 *
 * @throws RangeError naming an option that is not known
 */
export function applyVariant(base: Applied, variant: Variant, others: readonly string[]): Applied {
  let detect: Record<string, unknown> = { ...base.detect }
  let backtest: Record<string, unknown> = { ...base.backtest }
  for (const [path, value] of Object.entries(variant)) {
    const [name, ...rest] = path.split('.') as [string, ...string[]]
    if (others.includes(name)) continue
    const ofDetector = (detectOptions.names as readonly string[]).includes(name)
    const ofBacktest = (BACKTEST_OPTIONS as readonly string[]).includes(name)
    if (!ofDetector && !ofBacktest)
      throw new RangeError(
        `grid: ${path} is not an option that can be varied; there are ${[...others, ...detectOptions.names, ...BACKTEST_OPTIONS].join(', ')}`,
      )
    if (ofDetector) detect = replaced(detect, [name, ...rest], value)
    if (ofBacktest) backtest = replaced(backtest, [name, ...rest], value)
  }
  return { detect, backtest }
}

function replaced(
  of: Record<string, unknown>,
  [name, ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const inner = of[name!]
  if (rest.length === 0) return { ...of, [name!]: value }
  const part = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {}
  const changed = replaced(part, rest, value)
  return { ...of, [name!]: Array.isArray(inner) ? Object.values(changed) : changed }
}
