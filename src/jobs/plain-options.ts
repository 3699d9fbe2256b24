/** Options as JSON: values only, so that a plan can be sent anywhere and run no code. */
import { OptionError, quoteName } from '../common/errors.ts'
import { isRecord, type Json } from '../common/json.ts'

/** How the numbers that JSON does not have are written: `{ "$number": "Infinity" }`. */
const NUMBER = '$number'
const SPECIAL: Readonly<Record<string, number>> = {
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  NaN: Number.NaN,
  '-0': -0,
}

/**
 * Options as JSON that {@link fromJson} turns back into the same values. Undefined properties are left out.
 * @param path names the value in errors, e.g. `liq.sweep: backtest`
 * @throws OptionError for a function, and for data such as a market or a trade flow
 */
export function toJson(value: unknown, path: string): Json {
  if (typeof value === 'number') {
    const special = Object.keys(SPECIAL).find(name => Object.is(SPECIAL[name], value))
    return special === undefined ? value : { [NUMBER]: special }
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map((part, index) => toJson(part, `${path}[${index}]`))
  if (typeof value === 'function')
    throw new OptionError(
      `${path}: a function, but a plan holds values only, so that whoever runs it runs no code of others`,
    )
  if (isPlain(value) && 'time' in value && ArrayBuffer.isView(value.time))
    throw new OptionError(
      `${path}: bars of a market, but the only bars that a plan holds are those of its markets: run each market by itself`,
    )
  if (!isPlain(value))
    throw new OptionError(`${path}: ${kindOf(value)}, but a plan holds options only; its data are the markets`)
  const entries = Object.entries(value).filter(([, part]) => part !== undefined)
  return Object.fromEntries(entries.map(([name, part]) => [name, toJson(part, `${path}.${quoteName(name)}`)]))
}

/** The values that {@link toJson} was given. */
export function fromJson(json: Json): unknown {
  if (Array.isArray(json)) return json.map(fromJson)
  if (!isRecord(json)) return json
  const special = json[NUMBER]
  if (typeof special === 'string' && Object.hasOwn(SPECIAL, special)) return SPECIAL[special]
  return Object.fromEntries(Object.entries(json).map(([name, part]) => [name, fromJson(part)]))
}

/** Also true for objects of another realm, such as the values of a notebook cell. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || (typeof prototype === 'object' && Object.getPrototypeOf(prototype) === null)
}

function kindOf(value: unknown): string {
  const name = (value as { constructor?: { name?: string } } | undefined)?.constructor?.name
  return typeof value === 'object' && name ? `a ${name}` : `a ${typeof value}`
}
