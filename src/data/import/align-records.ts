/** Records of open interest, funding, long/short ratio and liquidations, aligned to the bars of a market. */
import { upperBound } from '../../common/binary-search.ts'
import { formatDuration } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import { commonStep, FLOW_FIELDS, type FlowField, type Market } from '../../market/market.ts'
import { summarizeNames } from './find-files.ts'
import { assumedZoneNotes, type FileRows } from './read-rows.ts'

type TimeRange = readonly [from: number, to: number]

/** Series of a market from files of records or forced orders: not yet aligned, in order of time. */
export interface FileRecords {
  name: string
  kind: FileRows['kind']
  time: Float64Array
  values: Partial<Record<FlowField, Float64Array>>
  /** Time ranges of the files, from first to last row. */
  coverage: readonly TimeRange[]
  notes: string[]
}

/** Merges files that hold the same fields: in order of time, without repeated rows. */
export function mergeRecords(files: readonly [FileRows, ...FileRows[]]): FileRecords {
  const events = files.map(file => (file.kind === 'liquidations' ? toLiquidationColumns(file) : file))
  const fields = FLOW_FIELDS.filter(field => events.some(file => file.columns[field]))
  const notes = assumedZoneNotes(files)
  const total = events.reduce((sum, file) => sum + file.length, 0)
  const time = new Float64Array(total)
  const series = fields.map(field => ({ field, values: new Float64Array(total).fill(Number.NaN) }))
  let offset = 0
  for (const file of events) {
    time.set(file.columns.time, offset)
    for (const { field, values } of series) {
      const column = file.columns[field]
      if (column) values.set(column, offset)
    }
    offset += file.length
  }
  const order = Uint32Array.from(time, (_, row) => row)
  if (time.some((ms, i) => i > 0 && ms < time[i - 1]!)) order.sort((a, b) => time[a]! - time[b]! || a - b)
  const rows: number[] = []
  for (const row of order) {
    const last = rows.at(-1)
    const repeated =
      last !== undefined &&
      time[last] === time[row] &&
      series.every(({ values }) => Object.is(values[last], values[row]))
    if (!repeated) rows.push(row)
  }
  const name = summarizeNames(files.map(file => file.name))
  if (rows.length < total) notes.push(`${name}: duplicate rows dropped: ${total - rows.length}`)
  const select = (values: Float64Array) => Float64Array.from(rows, row => values[row]!)
  return {
    name,
    kind: files[0].kind,
    time: select(time),
    values: Object.fromEntries(series.map(({ field, values }) => [field, select(values)])),
    coverage: files.filter(file => file.length > 0).map(file => timeRange(file.columns.time)),
    notes,
  }
}

function timeRange(time: Float64Array): TimeRange {
  return [time.reduce((a, b) => Math.min(a, b)), time.reduce((a, b) => Math.max(a, b))]
}

/** A forced sell closes a long position, a forced buy a short one. */
function toLiquidationColumns(file: FileRows): FileRows {
  const { time, side, amount } = file.columns
  if (side === undefined || amount === undefined)
    throw new DataError(`${file.name}: forced orders need columns for side and amount`)
  const longLiquidations = amount.map((coins, i) => (side[i] === 0 ? coins : 0))
  const shortLiquidations = amount.map((coins, i) => (side[i] === 1 ? coins : 0))
  return { ...file, columns: { time, longLiquidations, shortLiquidations } }
}

/**
 * Records per bar of a market, so that a bar knows nothing that came after its close:
 * - open interest and long/short ratio: the last record after the bar's open and not after its close; NaN without one
 * - funding: the sum of what was due from the bar's open to before its close; 0 where none was due, NaN beyond the records
 * - liquidated amounts: the sum of the records from the bar's open to before its close. For single forced orders 0 without
 *   one, and NaN beyond the files; for records NaN without one
 *
 * @throws DataError when amounts were recorded over longer times than a bar
 */
export function alignRecords(
  records: FileRecords,
  market: Pick<Market, 'time' | 'barMs'>,
): Partial<Record<FlowField, Float64Array>> {
  const aligned: Partial<Record<FlowField, Float64Array>> = {}
  for (const field of FLOW_FIELDS) {
    const values = records.values[field]
    if (values === undefined) continue
    if (field === 'openInterest' || field === 'longShortRatio') aligned[field] = lastInBar(records.time, values, market)
    else if (field === 'fundingRate') aligned[field] = sumInBar(records.time, values, market, fundingCoverage(records))
    else if (records.kind === 'liquidations') aligned[field] = sumInBar(records.time, values, market, records.coverage)
    else {
      const step = records.time.length > 1 ? commonStep(records.time) : 0
      if (step > market.barMs)
        throw new DataError(
          `${records.name}: ${field} is recorded every ${formatDuration(step)}, which cannot be divided into bars of ${formatDuration(market.barMs)}`,
        )
      aligned[field] = sumInBar(records.time, values, market, [])
    }
  }
  return aligned
}

/** Funding is known until one interval after the last record. */
function fundingCoverage({ time }: FileRecords): TimeRange[] {
  const first = time[0]
  const last = time.at(-1)
  if (first === undefined || last === undefined || time.length < 2) return []
  return [[first, last + commonStep(time) - 1]]
}

function lastInBar(time: Float64Array, values: Float64Array, market: Pick<Market, 'time' | 'barMs'>): Float64Array {
  const out = new Float64Array(market.time.length).fill(Number.NaN)
  let i = 0
  for (let t = 0; t < out.length; t++) {
    const open = market.time[t]!
    while (i < time.length && time[i]! <= open) i++
    for (; i < time.length && time[i]! <= open + market.barMs; i++) if (!Number.isNaN(values[i])) out[t] = values[i]!
    // A record at this bar's close is at the next bar's open, where the loop above skips it.
  }
  return out
}

function sumInBar(
  time: Float64Array,
  values: Float64Array,
  market: Pick<Market, 'time' | 'barMs'>,
  coverage: readonly TimeRange[],
): Float64Array {
  const out = new Float64Array(market.time.length).fill(Number.NaN)
  for (const [from, to] of coverage)
    for (let t = upperBound(market.time, from - market.barMs); t < out.length && market.time[t]! <= to; t++) out[t] = 0
  let i = 0
  for (let t = 0; t < out.length; t++) {
    const open = market.time[t]!
    while (i < time.length && time[i]! < open) i++
    for (; i < time.length && time[i]! < open + market.barMs; i++) {
      const value = values[i]!
      if (!Number.isNaN(value)) out[t] = Number.isNaN(out[t]!) ? value : out[t]! + value
    }
  }
  return out
}
