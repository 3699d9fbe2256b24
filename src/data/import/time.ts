import { type IsoTime, isoBytes } from '../../common/iso-time.ts'
import { CellError, type CellReader } from './cells.ts'
import { decimalOf } from './number.ts'
import { UTC, type Zone } from './zone.ts'

/** Units of an epoch number by its magnitude: seconds until the year 5138, milliseconds from 1973 on, and so on. */
const UNITS = [
  { name: 's', below: 1e11, ms: 1000 },
  { name: 'ms', below: 1e14, ms: 1 },
  { name: 'µs', below: 1e17, ms: 1e-3 },
  { name: 'ns', below: 1e20, ms: 1e-6 },
] as const
/** Smaller numbers are row numbers, Excel's dates, or times without a date. */
const EARLIEST = 1e8
/** In ms: takes a time on the edge of a millisecond for that millisecond, where the double lies just below. */
const ROUNDING = 1e-3

/** Reads epoch numbers in s, ms, µs or ns, or ISO dates, as the first cell has them. Parts of a millisecond are cut off. */
export class TimeReader implements CellReader {
  readonly #zone: Zone
  #unit: (typeof UNITS)[number] | null = null
  #form: 'epoch' | 'ISO with a zone' | 'ISO without a zone' | null = null
  readonly #iso: IsoTime = { ms: 0, zoned: false }
  /** Set by a typed file whose times are numbers of a clock without a zone. */
  localNumbers = false

  constructor(zone: Zone = UTC) {
    this.#zone = zone
  }

  /** True when dates without a zone were read, so that {@link Zone} was needed. */
  get assumedZone(): boolean {
    return this.#form === 'ISO without a zone' || (this.#form === 'epoch' && this.localNumbers)
  }

  fromBytes(bytes: Buffer, from: number, to: number): number {
    if (isoBytes(bytes, from, to, this.#iso)) return this.#fromIso(this.#iso.ms, this.#iso.zoned)
    const number = plainNumber(bytes, from, to) ? decimalOf(bytes, from, to) : Number.NaN
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
    if (!(value >= EARLIEST) || unit === undefined)
      throw new CellError('a date, or an epoch in s, ms, µs or ns; this number is none')
    this.#form ??= 'epoch'
    this.#unit ??= unit
    if (this.#form !== 'epoch' || this.#unit !== unit) throw new CellError(this.#expected())
    // Dividing is exact to the last bit where multiplying by 0.001 is not.
    const ms = unit.ms >= 1 ? value * unit.ms : value / (1 / unit.ms)
    const whole = Math.floor(ms + ROUNDING)
    return this.localNumbers ? this.#zone.toUtc(whole) : whole
  }

  #expected(): string {
    if (this.#form === null) return 'a date such as 2024-06-19T21:00:00Z, or an epoch in s, ms, µs or ns'
    if (this.#form === 'epoch') return `an epoch in ${this.#unit!.name} as in the rows above`
    return `a date (${this.#form}) as in the rows above`
  }
}

/** Digits and a point: an epoch with an exponent has lost its last digits. */
function plainNumber(bytes: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!
    if ((byte < 48 || byte > 57) && byte !== 46) return false
  }
  return to > from
}
