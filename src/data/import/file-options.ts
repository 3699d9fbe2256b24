/** Options for reading files: which columns, which rows, and what their clocks showed. */
import { DAY, durationMs } from '../../common/duration.ts'
import {
  type Check,
  defineOptions,
  duration,
  isOptionsObject,
  nestedOptions,
  numberThat,
  oneOf,
  option,
  optional,
  type ResolvedOptions,
  text,
  valueThat,
} from '../../common/options.ts'
import { INSTRUMENT_KINDS, type Instrument } from '../../market/instrument.ts'
import { COLUMN_NAMES, type ColumnMapping } from './column-names.ts'
import type { FileKind, Unit } from './layouts/layout.ts'
import { isZone } from './time-zone.ts'

export interface FileOptions {
  /** For column names that are not recognized: our name → the file's. */
  columns?: ColumnMapping
  /** Decimal separator. Default a point. */
  decimal?: '.' | ','
  /** Time zone of dates that name none: `+09:00`, `America/New_York`. Default `UTC`. */
  zone?: string
  /** Only rows with this text in this column, e.g. `{ symbol: 'BTCUSDT' }`. */
  where?: Readonly<Record<string, string>>
  /** What the rows are. Default: detected by the columns. */
  kind?: FileKind
  /**
   * Whether times are those of the open or of the close: of a bar, or of the time that a record covers. A record of open interest
   * stamped at the open is known at the close. Default: as the layout has it; else the open of a bar, and the moment of a record.
   */
  stamp?: 'open' | 'close'
  /**
   * What amounts count: `coins`, the `quote` currency, or `contracts`. Default: as the layout has it; in a file of no known
   * layout contracts where `contractSize` is given, else coins; it is asked for where the contracts of the market may be counted.
   */
  unit?: Unit
  /** Size of one contract: coins, or of an inverse contract the quote currency. Default: as the venue has it, if that is known. */
  contractSize?: number
  /**
   * What the file's market is, where its columns, name and folders do not say it or are wrong, e.g. `{ kind: 'inverse' }`. What
   * they do not say, the files beside it do.
   * @see Instrument
   */
  instrument?: Partial<Instrument>
  /**
   * Whether the amount of a forced order that is filled in parts is what has been filled so far, or what its row adds. Default: as
   * the layout has it; where none is known, it is asked for.
   */
  cumulative?: boolean
  /** How often funding is due, e.g. `'8h'`, where records of a rate are more frequent than that. */
  fundingInterval?: string
  /** What an empty volume means. Default: it is refused; 0 where the file leaves it empty in bars without trades. */
  missingVolume?: 0
  /**
   * Added to the file's times, e.g. `'1h'` or `'-9h'`, where its clock was wrong. `'auto'` finds the shift by comparing with
   * the other files, or with `against`, and reports it. Default 0.
   */
  shift?: string | number
}

type WithoutDefault =
  | 'columns'
  | 'where'
  | 'kind'
  | 'stamp'
  | 'unit'
  | 'contractSize'
  | 'instrument'
  | 'cumulative'
  | 'fundingInterval'
  | 'missingVolume'

export type ResolvedFileOptions = ResolvedOptions<FileOptions, WithoutDefault> & {
  /** The symbol of the whole market, if the user gives one. */
  symbol?: string
  beside?: BesideFile
}

/** The market whose files this one is loaded beside: it says what the file itself does not. */
export interface BesideFile {
  instrument: Instrument
  /** Of its contracts, where its files state it or were read with one. */
  contractSize?: number
  /** The range of its prices. */
  prices?: { low: number; high: number }
}

const textByColumn: Check = valueThat(
  "an object of column names and strings, e.g. { symbol: 'BTCUSDT' }",
  value => isOptionsObject(value) && Object.values(value).every(cell => typeof cell === 'string'),
)

const instrumentCheck: Check = value => {
  const name = valueThat('a string', text => typeof text === 'string')
  return nestedOptions({
    kind: oneOf(...INSTRUMENT_KINDS),
    price: oneOf('mark', 'index', 'premium'),
    venue: name,
    symbol: name,
    base: name,
    quote: name,
    settle: name,
    expiry: name,
    timeframe: name,
  })(value)
}

export const fileOptions = defineOptions<FileOptions, WithoutDefault>('liq.market', {
  columns: optional(nestedOptions(Object.fromEntries(Object.keys(COLUMN_NAMES).map(field => [field, text])))),
  decimal: option('.', oneOf('.', ',')),
  zone: option('UTC', valueThat('UTC, an offset such as +09:00, or a place such as Asia/Tokyo', isZone)),
  where: optional(textByColumn),
  kind: optional(oneOf('candles', 'records', 'liquidations', 'trades')),
  stamp: optional(oneOf('open', 'close')),
  unit: optional(oneOf('coins', 'quote', 'contracts')),
  contractSize: optional(numberThat('a number above 0', size => size > 0 && size < Infinity)),
  instrument: optional(instrumentCheck),
  cumulative: optional(oneOf(true, false)),
  fundingInterval: optional(duration()),
  missingVolume: optional(oneOf(0)),
  shift: option(0, valueThat('a duration such as 1h or -9h, a number of milliseconds, or auto', isShift)),
})

/** A shift in ms; 0 for `auto`. */
export function shiftMs(shift: string | number): number {
  if (shift === 'auto') return 0
  if (typeof shift === 'number') return shift
  const ms = durationMs(unsigned(shift), 'shift')
  return shift.trim().startsWith('-') ? -ms : ms
}

const isDuration = duration()

function isShift(value: unknown): boolean {
  if (typeof value === 'string' && value !== 'auto' && isDuration(unsigned(value)) !== undefined) return false
  if (typeof value !== 'string' && typeof value !== 'number') return false
  // No clock is off by a century, and dates end.
  return Math.abs(shiftMs(value)) <= 36_500 * DAY
}

function unsigned(shift: string): string {
  return shift.trim().replace(/^[+-]/, '')
}
