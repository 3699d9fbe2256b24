/** Reads the fields of a payload that came from outside. All throw a {@link PayloadError} that names the field. */
import { isRecord, type JsonRecord, kindOf, PayloadError } from './json.ts'

const MOST_TEXT = 500

export function recordAt(value: unknown, where: string): JsonRecord {
  if (!isRecord(value)) throw new PayloadError(`${where} must be an object, found ${kindOf(value)}`)
  return value
}

export function listAt(value: unknown, where: string, least: number, most: number): unknown[] {
  if (!Array.isArray(value)) throw new PayloadError(`${where} must be a list, found ${kindOf(value)}`)
  if (value.length < least || value.length > most) {
    const expected = least === most ? `${least}` : `${least} to ${most}`
    throw new PayloadError(`${where} has ${value.length} entries, expected ${expected}`)
  }
  return value
}

/** Text, cut where it is longer than a line. */
export function textAt(value: unknown, where: string): string {
  if (typeof value !== 'string') throw new PayloadError(`${where} must be text, found ${kindOf(value)}`)
  return cut(value)
}

export const cut = (text: string): string => (text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text)

export function whole(value: unknown, where: string, least: number, most: number): number {
  const number = between(value, where, least, most)
  if (!Number.isInteger(number)) throw new PayloadError(`${where} is ${number}, expected a whole number`)
  return number
}

export function between(value: unknown, where: string, least: number, most: number): number {
  if (typeof value !== 'number' || !(value >= least && value <= most))
    throw new PayloadError(`${where} is ${shown(value)}, expected a number from ${least} to ${most}`)
  return value
}

/** The version of a payload must be the one that this Liqnb reads. */
export function versionAt(value: unknown, known: number): void {
  if (value === known) return
  throw new PayloadError(
    `"version" is ${shown(value)}, but this Liqnb reads ${known}: update Liqnb or run the cell again`,
  )
}

/** Base64 text, not yet looked into. */
export function dataAt(value: unknown): string {
  if (typeof value !== 'string') throw new PayloadError(`"data" must be base64 text, found ${kindOf(value)}`)
  return value
}

const shown = (value: unknown): string => (typeof value === 'number' ? String(value) : kindOf(value))
