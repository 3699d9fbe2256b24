/** Reads the times of a file: epoch numbers or ISO dates. */
import { type IsoTime, parseIsoBytes } from '../../common/iso-time.ts'
import { CellError, type CellReader } from './cell-readers.ts'
import { parseDecimal } from './decimal.ts'
import { UTC, type Zone } from './time-zone.ts'

/** Units of an epoch number by its magnitude: seconds until the year 5138, milliseconds from 1973 on, and so on. */
const UNITS = [
  { name: 's', below: 1e11, ms: 1000 },
  { name: 'ms', below: 1e14, ms: 1 },
  { name: 'µs', below: 1e17, ms: 1e-3 },
  { name: 'ns', below: 1e20, ms: 1e-6 },
] as const
/** Smaller numbers are row numbers, Excel's dates, or times without a date. */
const MIN_EPOCH = 1e8
/** In ms: takes a time on the edge of a millisecond for that millisecond, where the double lies just below. */
const ROUNDING = 1e-3

/** Reads epoch numbers in s, ms, µs or ns, or ISO dates; the first cell decides which. Cuts off parts of a millisecond. */
export class TimeReader implements CellReader {
  readonly #zone: Zone
  #unit: (typeof UNITS)[number] | null = null
  #form: 'epoch' | 'ISO with a zone' | 'ISO without a zone' | null = null
  readonly #iso: IsoTime = { ms: 0, zoned: false }
  /** Set by a typed file whose epoch numbers count in local time. */
  epochIsLocal = false

  constructor(zone: Zone = UTC) {
    this.#zone = zone
  }

  /** True when times without a zone were read, so that the zone of the options was used. */
  get assumedZone(): boolean {
    return this.#form === 'ISO without a zone' || (this.#form === 'epoch' && this.epochIsLocal)
  }

  fromBytes(bytes: Buffer, from: number, to: number): number {
    if (parseIsoBytes(bytes, from, to, this.#iso)) return this.#fromIso(this.#iso.ms, this.#iso.zoned)
    const number = isPlainNumber(bytes, from, to) ? parseDecimal(bytes, from, to) : Number.NaN
    if (Number.isNaN(number)) throw new CellError(this.#expected())
    return this.#fromEpoch(number)
  }

  fromValue(value: unknown): number {
    if (value instanceof Date) return this.#fromIso(value.getTime(), true)
    if (typeof value === 'bigint' || typeof value === 'number') return this.#fromEpoch(Number(value))
    const text = Buffer.from(String(value ?? '').trim(), 'latin1')
    return this.fromBytes(text, 0, text.length)
  }

  #fromIso(ms: number, zoned: boolean): number {
    const form = zoned ? 'ISO with a zone' : 'ISO without a zone'
    this.#form ??= form
    if (this.#form !== form) throw new CellError(this.#expected())
    if (!Number.isFinite(ms)) throw new CellError('a date')
    return zoned ? ms : this.#zone.toUtc(ms)
  }

  #fromEpoch(value: number): number {
    const unit = UNITS.find(({ below }) => value < below)
    if (!(value >= MIN_EPOCH) || unit === undefined)
      throw new CellError('a date, or an epoch in s, ms, µs or ns; this number is neither')
    this.#form ??= 'epoch'
    this.#unit ??= unit
    if (this.#form !== 'epoch' || this.#unit !== unit) throw new CellError(this.#expected())
    // Dividing is exact to the last bit where multiplying by 0.001 is not.
    const ms = unit.ms >= 1 ? value * unit.ms : value / (1 / unit.ms)
    const whole = Math.floor(ms + ROUNDING)
    return this.epochIsLocal ? this.#zone.toUtc(whole) : whole
  }

  #expected(): string {
    if (this.#form === null) return 'a date such as 2024-06-19T21:00:00Z, or an epoch in s, ms, µs or ns'
    if (this.#form === 'epoch') return `an epoch in ${this.#unit?.name} as in the rows above`
    return `a date (${this.#form}) as in the rows above`
  }
}

/** Digits and a point: an epoch with an exponent has lost its last digits. */
function isPlainNumber(bytes: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!
    if ((byte < 48 || byte > 57) && byte !== 46) return false
  }
  return to > from
}
