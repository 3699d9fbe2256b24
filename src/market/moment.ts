import { DataError, quote } from './errors.ts'

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i

/** Epoch ms of an ISO date; UTC where it names no zone. NaN when it is not one. */
export function parseIsoUtc(text: string): number {
  const match = ISO.exec(text)
  if (!match) return Number.NaN
  const [, date, clock = '00:00', zone = 'Z'] = match
  const offset = /^[+-]/.test(zone) ? zone.replace(/^([+-]\d{2}):?(\d{2})$/, '$1:$2') : 'Z'
  return Date.parse(`${date}T${clock}${offset}`)
}

/**
 * Epoch ms of a moment given as an ISO date (UTC where it names no zone) or epoch ms.
 * @throws DataError naming `name` and the value
 */
export function momentMs(value: string | number, name: string): number {
  const ms = typeof value === 'number' ? value : parseIsoUtc(value)
  if (!Number.isFinite(ms))
    throw new DataError(`${name}: ${quote(value)} is not a date such as 2023-01-01 or 2023-01-01T12:00Z`)
  return ms
}
