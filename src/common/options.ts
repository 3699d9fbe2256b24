/** Options of public functions: default and check of each in one place, and the same errors everywhere. */
import leven from 'leven'
import { durationHint, durationMs } from './duration.ts'
import { OptionError, quoteName, quoteValue } from './errors.ts'
import { momentHint, momentMs } from './iso-time.ts'

/** Why a check refuses a value. */
export interface Mismatch {
  /** What is allowed; follows "but expected" in the message. */
  expected: string
  /** Path of the wrong part, e.g. `.r` or `[1].share`. Default: the whole value. */
  path?: string
  /** The wrong part. Default: the whole value. */
  value?: unknown
}

/** Checks a value; undefined if it is allowed. Called with undefined only for a {@link required} option that is missing. */
export type Check = (value: unknown) => Mismatch | undefined

/** One option: its default and its check. */
export interface Option<Value> {
  readonly default: Value
  readonly check: Check
  /** Whether an error is thrown if the option is missing; its check then gets `undefined`. */
  readonly required?: true
}

/** An option with a default. */
export function option<Value>(value: Value, check: Check): Option<Value> {
  return { default: value, check }
}

/** An option without a default. */
export function optional(check: Check): Option<undefined> {
  return { default: undefined, check }
}

/** An option that must be set, and so has no default. Its check must refuse `undefined`. */
export function required(check: Check): Option<never> {
  return { default: undefined as never, check, required: true }
}

/** The options of one function; made by {@link defineOptions}. */
export interface OptionSet<Options extends object, WithoutDefault extends keyof Options = never> {
  readonly names: readonly (keyof Options & string)[]
  readonly defaults: ResolvedOptions<Options, WithoutDefault>
  /** Checks an object of these options that is an option of another function, e.g. `flow: { openShare }`. */
  readonly check: Check
  /**
   * Adds the defaults and checks every value. An option that is undefined counts as left out.
   * @param caller the public function, e.g. `liq.heatmap`. Default: the caller of the set.
   * @throws OptionError for an unknown name, a refused value, and a required option that is missing
   */
  resolve(options?: Options, caller?: string): ResolvedOptions<Options, WithoutDefault>
  /** The properties of an object that are options of this set. */
  pick(from: object): Options
}

/** Options after their defaults were added. */
export type ResolvedOptions<Options extends object, WithoutDefault extends keyof Options = never> = Required<
  Omit<Options, WithoutDefault>
> & { [Name in WithoutDefault]?: Exclude<Options[Name], undefined> | undefined }

/**
 * Defines the options of a function, each with its default and its check.
 *
 * @param caller the public function
 * @example
 * defineOptions<CurveOptions, 'at'>('curve', { brightness: option(3, numberThat('above 0', x => x > 0)), at: optional(anything) })
 */
export function defineOptions<Options extends object, WithoutDefault extends keyof Options = never>(
  caller: string,
  options: {
    [Name in keyof Options]-?: Name extends WithoutDefault
      ? Option<undefined>
      : Option<Exclude<Options[Name], undefined>>
  },
): OptionSet<Options, WithoutDefault> {
  const names = Object.keys(options) as (keyof Options & string)[]
  const withDefault = names.filter(name => !options[name].required)
  const defaults = Object.fromEntries(withDefault.map(name => [name, options[name].default]))
  return {
    names,
    defaults: defaults as ResolvedOptions<Options, WithoutDefault>,
    check: nestedOptions(Object.fromEntries(names.map(name => [name, options[name].check]))),
    resolve(input = {} as Options, callerName = caller) {
      assertKnownOptions(input, names, callerName)
      const resolved = { ...defaults, ...dropUndefined(input) } as Record<string, unknown>
      for (const name of names) {
        const value = resolved[name]
        if (value === undefined && !options[name].required) continue
        const mismatch = options[name].check(value)
        if (mismatch) throw invalidOption(callerName, name, value, mismatch)
      }
      return resolved as ResolvedOptions<Options, WithoutDefault>
    },
    pick: from => pick(from as Options, names) as Options,
  }
}

/** The error for an option's value. Call it directly where a check needs several options or the market. */
export function invalidOption(caller: string, name: string, value: unknown, expected: string | Mismatch): OptionError {
  const mismatch = typeof expected === 'string' ? { expected } : expected
  const shown = quoteValue('value' in mismatch ? mismatch.value : value)
  return new OptionError(`${caller}: ${name}${mismatch.path ?? ''}: ${shown}, but expected ${mismatch.expected}`)
}

/**
 * Refuses unknown option names, which would be ignored silently.
 * @throws OptionError with the unknown name, the nearest known one and all known names
 */
export function assertKnownOptions(options: object, names: readonly string[], caller: string): void {
  if (!isOptionsObject(options))
    throw new OptionError(
      `${caller}: ${options === undefined ? 'no options' : quoteValue(options)}, but expected options: { ${names[0]}: … }`,
    )
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue
    throw new OptionError(
      `${caller}: ${quoteName(name)} is not one of its options${didYouMean(name, names)}; there are ${names.join(', ')}`,
    )
  }
}

/** An object whose properties can be options; a list, a Map or a Promise has none, and its content would be ignored. */
export function isOptionsObject(value: unknown): value is object {
  return typeof value === 'object' && Object.prototype.toString.call(value) === '[object Object]'
}

/** The known name nearest to `name`: at most a third of its letters differ, ignoring case. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  let nearest: string | undefined
  let minDistance = Number.POSITIVE_INFINITY
  for (const known of names) {
    const limit = Math.max(known.length > 3 ? 2 : known.length > 1 ? 1 : 0, Math.floor(known.length / 3))
    if (Math.abs(name.length - known.length) > limit) continue
    const distance = leven(name.toLowerCase(), known.toLowerCase())
    if (distance < minDistance && distance <= limit) {
      nearest = known
      minDistance = distance
    }
  }
  return nearest
}

/** A part of a name that is shorter says too little. */
const MIN_PART_CHARS = 3
const MAX_NEAR_NAMES = 3

/**
 * The known names that may have been meant: the nearest one by its letters, else those that contain the name or are contained in
 * it, such as `takerFee` and `makerFee` for `fee`.
 */
export function nearNames(name: string, names: readonly string[]): string[] {
  if (names.includes(name)) return []
  const nearest = nearestName(name, names)
  if (nearest !== undefined) return [nearest]
  const text = name.toLowerCase()
  const parts = names.filter(known => {
    const other = known.toLowerCase()
    const [short, long] = text.length < other.length ? [text, other] : [other, text]
    return short.length >= MIN_PART_CHARS && long.includes(short)
  })
  return parts.length > MAX_NEAR_NAMES ? [] : parts
}

/** A hint at the known names that may have been meant, to append to a message; empty if none is near. */
export function didYouMean(name: string, names: readonly string[], prefix = ''): string {
  const near = nearNames(name, names)
  return near.length === 0 ? '' : ` (did you mean ${listWords(near.map(known => prefix + known))}?)`
}

/** The options without those that are undefined, so that they do not overwrite a default. */
export function dropUndefined<T extends object>(options: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  const defined = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(defined) as { [Name in keyof T]: Exclude<T[Name], undefined> }
}

/** The named properties of an object, without those that are undefined. */
export function pick<T extends object, Name extends keyof T>(from: T, names: readonly Name[]): Partial<Pick<T, Name>> {
  const defined = names.filter(name => from[name] !== undefined).map(name => [name, from[name]])
  return Object.fromEntries(defined) as Partial<Pick<T, Name>>
}

/** Allows everything: for options that another function checks. */
export const anything: Check = () => undefined

/** A check by a test; `expected` follows "but expected" in the message. */
export function valueThat(expected: string, test: (value: unknown) => boolean): Check {
  return value => (test(value) ? undefined : { expected })
}

/** A number (not NaN) that passes a test. */
export function numberThat(expected: string, test: (value: number) => boolean): Check {
  return valueThat(expected, value => typeof value === 'number' && !Number.isNaN(value) && test(value))
}

/** A safe integer from `min` to `max`. */
export function wholeNumber(min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): Check {
  return numberThat(wholeNumberText(min, max), value => Number.isSafeInteger(value) && value >= min && value <= max)
}

function wholeNumberText(min: number, max: number): string {
  if (max < Number.MAX_SAFE_INTEGER) return `a whole number from ${min} to ${max}`
  if (min === Number.MIN_SAFE_INTEGER) return 'a whole number'
  return min === 1 ? 'a whole number above 0' : `a whole number of ${min} or more`
}

/** One of these values. */
export function oneOf(...values: readonly (string | number | boolean)[]): Check {
  const names = values.map(String)
  return value => {
    if ((values as readonly unknown[]).includes(value)) return undefined
    return { expected: `${listWords(names)}${typeof value === 'string' ? didYouMean(value, names) : ''}` }
  }
}

/** A boolean. */
export const trueOrFalse: Check = oneOf(true, false)

/** A string. */
export const text: Check = valueThat('a string', value => typeof value === 'string')

/** A duration such as `'4h'`, or a number of ms; also `Infinity` if `endless`. */
export function duration(endless = false): Check {
  return value => {
    if (endless && value === Number.POSITIVE_INFINITY) return undefined
    const text = `a duration such as 30s, 15m, 4h, 7d or 1w${endless ? ', or Infinity' : ''}${durationHint(value)}`
    return succeeds(() => durationMs(value as string | number)) ? undefined : { expected: text }
  }
}

/** A moment: an ISO date (UTC unless it names a zone) or epoch ms. */
export const moment: Check = value =>
  succeeds(() => momentMs(value as string | number, ''))
    ? undefined
    : { expected: `a date such as 2023-01-01 or 2023-01-01T12:00Z, or epoch ms${momentHint(value)}` }

/** `false`, or what another check allows. */
export function orFalse(check: Check): Check {
  return value => (value === false ? undefined : check(value))
}

/** A list whose entries all pass a check. */
export function listOf(check: Check, expected = 'a list'): Check {
  return value => {
    if (!Array.isArray(value)) return { expected }
    for (const [index, entry] of value.entries()) {
      const mismatch = check(entry)
      if (mismatch) return within(`[${index}]`, entry, mismatch)
    }
    return undefined
  }
}

/** Options inside an option, e.g. `matters: { share }`. Each one that is defined must pass its own check. */
export function nestedOptions(checks: Readonly<Record<string, Check>>): Check {
  const names = Object.keys(checks)
  return value => {
    if (!isOptionsObject(value)) return { expected: `an object with ${listWords(names)}` }
    for (const [name, part] of Object.entries(value)) {
      if (part === undefined) continue
      const check = Object.hasOwn(checks, name) ? checks[name] : undefined
      if (check === undefined)
        return { expected: `${listWords(names)}${didYouMean(name, names)}`, path: `.${quoteName(name)}`, value: part }
      const mismatch = check(part)
      if (mismatch) return within(`.${name}`, part, mismatch)
    }
    return undefined
  }
}

/** The mismatch of a part, as one of the whole. */
function within(path: string, part: unknown, mismatch: Mismatch): Mismatch {
  return {
    expected: mismatch.expected,
    path: `${path}${mismatch.path ?? ''}`,
    value: 'value' in mismatch ? mismatch.value : part,
  }
}

/** `['a', 'b', 'c']` → `a, b or c`. */
export function listWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

function succeeds(call: () => void): boolean {
  try {
    call()
    return true
  } catch {
    return false
  }
}
