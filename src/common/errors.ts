/** Errors that the user can mend: in data from outside, or in an option. */

/** The longest message: the names and values of a damaged or hostile source may be of any length. */
const MAX_MESSAGE = 1000
const MESSAGE_END = 300

/**
 * Unusable data from outside. The message names field, row (1-based, header not counted) or bar, and value, and says
 * what was expected. It is always one line.
 */
export class DataError extends Error {
  override readonly name = 'DataError'

  constructor(message: string, options?: ErrorOptions) {
    super(messageLine(message), options)
  }
}

/**
 * An unusable option of a public function. The message names function, option and value, and says what is allowed. It is
 * always one line.
 */
export class OptionError extends Error {
  override readonly name = 'OptionError'

  constructor(message: string, options?: ErrorOptions) {
    super(messageLine(message), options)
  }
}

/**
 * The same error with the stack of whoever waits for it. An error of work that is shared, or that fails in the background, has
 * a stack that leads nowhere.
 */
export function withCallerStack(error: unknown): unknown {
  const ErrorClass = error instanceof DataError ? DataError : error instanceof OptionError ? OptionError : undefined
  if (ErrorClass === undefined) return error
  const { message, cause } = error as Error
  return new ErrorClass(message, cause === undefined ? undefined : { cause })
}

/** One line that keeps the start of a message, which says where, and its end, which says what to do. */
function messageLine(message: string): string {
  if (message.length <= MAX_MESSAGE) return oneLine(message, MAX_MESSAGE)
  const start = oneLine(message.slice(0, MAX_MESSAGE), MAX_MESSAGE - MESSAGE_END)
  return `${start} ${oneLine(message.slice(-MESSAGE_END), MESSAGE_END).trim()}`
}

/** A value as messages show it: at most 60 characters, on one line, strings quoted, plain objects as JSON. */
export function quoteValue(value: unknown): string {
  return valueExcerpt(value, 58)
}

/** As {@link quoteValue}, cut off after `max` characters. */
export function valueExcerpt(value: unknown, max: number): string {
  return oneLine(valueText(value), max)
}

/** A text from outside as messages show it: on one line, without control characters, cut off after `max` characters. */
export function oneLine(text: string, max = 200): string {
  // Cut first: a text of any length costs the same.
  const line = text
    .slice(0, 4 * max)
    .replace(/\s*[\t\n\r\v\f\u0085\u2028\u2029]\s*/g, ' ')
    .replace(/\p{Cc}/gu, '\ufffd')
  return line.length > max + 2 || text.length > 4 * max ? `${line.slice(0, max - 1)}…` : line
}

function valueText(value: unknown): string {
  try {
    const text = typeof value === 'string' || isPlain(value) ? JSON.stringify(value) : String(value)
    if (typeof text === 'string') return text
  } catch {
    // A cycle, a bigint in an object, or no usable toString.
  }
  return Object.prototype.toString.call(value)
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || Array.isArray(value)
}

/** A name as messages show it: quoted where it is no plain word. */
export function quoteName(name: string): string {
  return /^[\w$.-]{1,60}$/.test(name) ? name : quoteValue(name)
}
