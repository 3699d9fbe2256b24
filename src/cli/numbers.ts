/** Numbers of the command line. */
import { UsageError } from './environment.ts'

/** @throws UsageError unless it is a whole number from `min` to `max` */
export function readWholeNumber(option: string, text: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text)
  if (/^\d+$/.test(text.trim()) && value >= min && value <= max) return value
  const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`
  throw new UsageError(`${option} takes a whole number ${range}, found ${JSON.stringify(text)}`)
}

/** setTimeout fires at once for longer times. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** A time limit in ms. @throws UsageError unless it is a number of seconds above 0 */
export function readTimeout(text: string | undefined, option = '--timeout'): number | undefined {
  if (text === undefined) return undefined
  const seconds = Number(text)
  if (text.trim() !== '' && seconds > 0) return Math.min(seconds * 1000, MAX_TIMER_MS)
  throw new UsageError(`${option} takes a number of seconds above 0, found ${JSON.stringify(text)}`)
}
