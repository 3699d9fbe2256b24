/** Options of public functions: each has its default and its check in one place, and every function refuses them alike. */
import leven from 'leven'
import { durationMs } from './duration.ts'
import { OptionError, quoteValue } from './errors.ts'
import { momentMs } from './iso-time.ts'

/** What is wrong with a value: what was expected instead, of which part of it. */
export interface Finding {
  expected: string
  /** Path of the part that is wrong, e.g. `.r` or `[1].share`; the whole value where there is none. */
  path?: string
  /** The part that is wrong; the whole value where there is no path. */
  value?: unknown
}

/** Looks at a value; undefined where it is all right. Never called with undefined: an option that is not given is not checked. */
export type Check = (value: unknown) => Finding | undefined

/** One option: its default and its check. */
export interface Option<Value> {
  readonly default: Value
  readonly check: Check
}

/** An option with a default. */
export function option<Value>(value: Value, check: Check): Option<Value> {
  return { default: value, check }
}

/** An option that may be left out and then has no value. */
export function optional(check: Check): Option<undefined> {
  return { default: undefined, check }
}

/** The options of one function; made by {@link defineOptions}. */
export interface OptionSet<Options extends object, WithoutDefault extends keyof Options = never> {
  readonly names: readonly (keyof Options & string)[]
  readonly defaults: Resolved<Options, WithoutDefault>
  /**
   * The options with their defaults. One that is there but undefined counts as left out.
   * @param caller the function as its user knows it, e.g. `liq.heatmap`; by default that of the set
   * @throws OptionError for a name that is no option, and for a value that its check refuses
   */
  resolve(options?: Options, caller?: string): Resolved<Options, WithoutDefault>
  /** Those of an object's properties that are options of this set; the others belong to another. */
  pick(from: object): Options
}

export type Resolved<Options extends object, WithoutDefault extends keyof Options = never> = Required<
  Omit<Options, WithoutDefault>
> & { [Name in WithoutDefault]?: Exclude<Options[Name], undefined> | undefined }

/**
 * Defines the options of a function, each with its default and its check.
 *
 * @param caller the function as its user knows it
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
  const defaults = Object.fromEntries(names.map(name => [name, options[name].default]))
  return {
    names,
    defaults: defaults as Resolved<Options, WithoutDefault>,
    resolve(given, as = caller) {
      if (given === undefined) return { ...defaults } as Resolved<Options, WithoutDefault>
      assertKnownOptions(given, names, as)
      const resolved = { ...defaults, ...dropUndefined(given) } as Record<string, unknown>
      for (const name of names) {
        const value = resolved[name]
        const finding = value === undefined ? undefined : options[name].check(value)
        if (finding) throw invalidOption(as, name, value, finding)
      }
      return resolved as Resolved<Options, WithoutDefault>
    },
    pick: from => pick(from as Options, names) as Options,
  }
}

/** The error for an option's value. Thrown by hand where a check needs several options, or the market. */
export function invalidOption(caller: string, name: string, value: unknown, expected: string | Finding): OptionError {
  const finding = typeof expected === 'string' ? { expected } : expected
  const shown = quoteValue('value' in finding ? finding.value : value)
  return new OptionError(`${caller}: ${name}${finding.path ?? ''}: ${shown}, but expected ${finding.expected}`)
}

/**
 * Refuses misspelt options, which would do nothing and say nothing.
 * @throws OptionError naming what is no option, the nearest that is one, and all there are
 */
export function assertKnownOptions(options: object, names: readonly string[], caller: string): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new OptionError(`${caller}: ${quoteValue(options)}, but expected options: { ${names[0]}: … }`)
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue
    const near = nearestName(name, names)
    const hint = near === undefined ? '' : ` (did you mean ${near}?)`
    throw new OptionError(`${caller}: ${name} is not one of its options${hint}; there are ${names.join(', ')}`)
  }
}

/** The known name that was probably meant: at most a third of its letters differ, case apart. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  let nearest: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const known of names) {
    const distance = leven(name.toLowerCase(), known.toLowerCase())
    if (distance < least && distance <= Math.max(1, Math.floor(known.length / 3))) {
      nearest = known
      least = distance
    }
  }
  return nearest
}

/** The options that are given: one that is there but `undefined` counts as left out, so that a default is not overwritten by it. */
export function dropUndefined<T extends object>(options: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as { [Name in keyof T]: Exclude<T[Name], undefined> }
}

/** The properties of an object that have one of these names and a value. */
export function pick<T extends object, Name extends keyof T>(from: T, names: readonly Name[]): Partial<Pick<T, Name>> {
  const given = names.filter(name => from[name] !== undefined).map(name => [name, from[name]])
  return Object.fromEntries(given) as Partial<Pick<T, Name>>
}

/** Takes everything: for options that another function checks. */
export const anything: Check = () => undefined

/** A check by a test; `expected` goes on after "but expected". */
export function valueThat(expected: string, test: (value: unknown) => boolean): Check {
  return value => (test(value) ? undefined : { expected })
}

/** A number (not NaN) that passes a test. */
export function numberThat(expected: string, test: (value: number) => boolean): Check {
  return valueThat(expected, value => typeof value === 'number' && !Number.isNaN(value) && test(value))
}

/** A whole number that JavaScript holds exactly, from `least` to `most`. */
export function wholeNumber(least = Number.MIN_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER): Check {
  return numberThat(
    wholeNumberText(least, most),
    value => Number.isSafeInteger(value) && value >= least && value <= most,
  )
}

function wholeNumberText(least: number, most: number): string {
  if (most < Number.MAX_SAFE_INTEGER) return `a whole number from ${least} to ${most}`
  if (least === Number.MIN_SAFE_INTEGER) return 'a whole number'
  return least === 1 ? 'a whole number above 0' : `a whole number of ${least} or more`
}

/** One of some values. */
export function oneOf(...values: readonly (string | number | boolean)[]): Check {
  return valueThat(listWords(values.map(String)), value => (values as readonly unknown[]).includes(value))
}

export const trueOrFalse: Check = oneOf(true, false)

/** A duration such as `'4h'`, in ms as a number; `Infinity` where `endless`. */
export function duration(endless = false): Check {
  return value => {
    if (endless && value === Number.POSITIVE_INFINITY) return undefined
    const text = `a duration such as 30s, 15m, 4h, 7d or 1w${endless ? ', or Infinity' : ''}`
    return succeeds(() => durationMs(value as string | number)) ? undefined : { expected: text }
  }
}

/** A moment: an ISO date, UTC where it names no zone, or epoch ms. */
export const moment: Check = value =>
  succeeds(() => momentMs(value as string | number, ''))
    ? undefined
    : { expected: 'a date such as 2023-01-01 or 2023-01-01T12:00Z, or epoch ms' }

/** `false`, or what another check takes. */
export function orFalse(check: Check): Check {
  return value => (value === false ? undefined : check(value))
}

/** A list whose entries all pass a check. */
export function listOf(check: Check, expected = 'a list'): Check {
  return value => {
    if (!Array.isArray(value)) return { expected }
    for (const [index, entry] of value.entries()) {
      const finding = check(entry)
      if (finding)
        return {
          ...finding,
          path: `[${index}]${finding.path ?? ''}`,
          value: 'value' in finding ? finding.value : entry,
        }
    }
    return undefined
  }
}

/** Options within an option, e.g. `matters: { share }`: those that are given, each by its own check. */
export function nestedOptions(checks: Readonly<Record<string, Check>>): Check {
  return value => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { expected: `an object with ${listWords(Object.keys(checks))}` }
    for (const [name, part] of Object.entries(value)) {
      if (part === undefined) continue
      const check = checks[name]
      if (check === undefined) {
        const near = nearestName(name, Object.keys(checks))
        const hint = near === undefined ? '' : ` (did you mean ${near}?)`
        return { expected: `${listWords(Object.keys(checks))}${hint}`, path: `.${name}`, value: part }
      }
      const finding = check(part)
      if (finding)
        return { ...finding, path: `.${name}${finding.path ?? ''}`, value: 'value' in finding ? finding.value : part }
    }
    return undefined
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
