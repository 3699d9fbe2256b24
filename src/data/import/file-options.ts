/** Options for reading files: which columns, which rows, and what their clocks showed. */
import { DAY, durationMs } from '../../common/duration.ts'
import {
  type Check,
  defineOptions,
  duration,
  isOptionsObject,
  nestedOptions,
  oneOf,
  option,
  optional,
  type ResolvedOptions,
  text,
  valueThat,
} from '../../common/options.ts'
import { COLUMN_NAMES, type ColumnMapping } from './column-names.ts'
import { isZone } from './time-zone.ts'

/**
 * What the rows of a file are:
 * - `candles` bars with open, high, low, close and volume, and other series of a market
 * - `records` of open interest, funding, long/short ratio or liquidated amounts, at their own times
 * - `liquidations` single forced orders
 * - `trades` single or aggregated trades
 */
export type FileKind = 'candles' | 'records' | 'liquidations' | 'trades'

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
  /** Whether the time of a bar is that of its open or of its close. Default `open`. */
  stamp?: 'open' | 'close'
  /**
   * Added to the file's times, e.g. `'1h'` or `'-9h'`, where its clock was wrong. `'auto'` finds the shift by comparing with
   * the other files, or with `against`, and reports it. Default 0.
   */
  shift?: string | number
}

export type ResolvedFileOptions = ResolvedOptions<FileOptions, 'columns' | 'where' | 'kind'>

const textByColumn: Check = valueThat(
  "an object of column names and strings, e.g. { symbol: 'BTCUSDT' }",
  value => isOptionsObject(value) && Object.values(value).every(cell => typeof cell === 'string'),
)

export const fileOptions = defineOptions<FileOptions, 'columns' | 'where' | 'kind'>('liq.market', {
  columns: optional(nestedOptions(Object.fromEntries(Object.keys(COLUMN_NAMES).map(field => [field, text])))),
  decimal: option('.', oneOf('.', ',')),
  zone: option('UTC', valueThat('UTC, an offset such as +09:00, or a place such as Asia/Tokyo', isZone)),
  where: optional(textByColumn),
  kind: optional(oneOf('candles', 'records', 'liquidations', 'trades')),
  stamp: option('open', oneOf('open', 'close')),
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
