import { upperBound } from '../../common/binary-search.ts'
import { formatDuration } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import { commonStep, FLOW_FIELDS, type FlowField, type Market } from '../../market/market.ts'
import { type FileRows, namesOf, zoneNotes } from './rows.ts'

/** Series of a market from files of records or forced orders: as yet unaligned, in order of time. */
export interface Records {
  name: string
  kind: FileRows['kind']
  fields: readonly FlowField[]
  time: Float64Array
  values: Partial<Record<FlowField, Float64Array>>
  /** Stretches of time that a file covers, from its first to its last row. */
  covered: readonly (readonly [number, number])[]
  notes: string[]
}

/** Records of files that hold the same fields, in order of time, equal rows once. */
export function mergeRecords(files: readonly FileRows[]): Records {
  const events = files.map(file => (file.kind === 'liquidations' ? liquidationColumns(file) : file))
  const fields = FLOW_FIELDS.filter(field => events.some(file => file.columns[field]))
  const notes = zoneNotes(files)
  const total = events.reduce((sum, file) => sum + file.length, 0)
  const time = new Float64Array(total)
  const raw = fields.map(() => new Float64Array(total).fill(Number.NaN))
  let at = 0
  for (const file of events) {
    time.set(file.columns.time, at)
    for (const [k, field] of fields.entries()) if (file.columns[field]) raw[k]!.set(file.columns[field], at)
    at += file.length
  }
  const order = Uint32Array.from(time, (_, row) => row)
  if (time.some((ms, i) => i > 0 && ms < time[i - 1]!)) order.sort((a, b) => time[a]! - time[b]! || a - b)
  const kept: number[] = []
  for (const row of order) {
    const last = kept.at(-1)
    const twice =
      last !== undefined && time[last] === time[row] && raw.every(values => Object.is(values[last], values[row]))
    if (!twice) kept.push(row)
  }
  const name = namesOf(files)
  if (kept.length < total) notes.push(`${name}: rows that repeat another one and were left out: ${total - kept.length}`)
  const pick = (values: Float64Array) => Float64Array.from(kept, row => values[row]!)
  return {
    name,
    kind: files[0]!.kind,
    fields,
    time: pick(time),
    values: Object.fromEntries(fields.map((field, k) => [field, pick(raw[k]!)])),
    covered: files
      .filter(file => file.length > 0)
      .map(file => [
        file.columns.time.reduce((a, b) => Math.min(a, b)),
        file.columns.time.reduce((a, b) => Math.max(a, b)),
      ]),
    notes,
  }
}

/** A forced sell closes a long position, a forced buy a short one. */
function liquidationColumns(file: FileRows): FileRows {
  const { time, side, amount } = file.columns
  const longLiquidations = amount!.map((coins, i) => (side![i] === 0 ? coins : 0))
  const shortLiquidations = amount!.map((coins, i) => (side![i] === 1 ? coins : 0))
  return { ...file, columns: { time, longLiquidations, shortLiquidations } }
}

/**
 * Records by the bars of a market, so that a bar knows nothing that came after its close:
 * - open interest and long/short ratio: the last record after the bar's open and not after its close; NaN when there is none
 * - funding: the sum of what fell due from the bar's open to before its close; 0 where none did, NaN beyond the records
 * - liquidated amounts: the sum of the records from the bar's open to before its close. Of single forced orders 0 where there
 *   was none, and NaN beyond the files; of records NaN where there is none
 *
 * @throws DataError when amounts were recorded over longer times than a bar
 */
export function alignRecords(
  records: Records,
  market: Pick<Market, 'time' | 'barMs'>,
): Partial<Record<FlowField, Float64Array>> {
  const out: Partial<Record<FlowField, Float64Array>> = {}
  for (const field of records.fields) {
    const values = records.values[field]!
    if (field === 'openInterest' || field === 'longShortRatio') out[field] = lastInBar(records.time, values, market)
    else if (field === 'fundingRate') out[field] = summed(records.time, values, market, fundingCover(records))
    else if (records.kind === 'liquidations') out[field] = summed(records.time, values, market, records.covered)
    else {
      const step = records.time.length > 1 ? commonStep(records.time) : 0
      if (step > market.barMs)
        throw new DataError(
          `${records.name}: ${field} is recorded every ${formatDuration(step)}, which cannot be divided into bars of ${formatDuration(market.barMs)}`,
        )
      out[field] = summed(records.time, values, market, [])
    }
  }
  return out
}

/** Funding is known until as long after its last record as records lie apart. */
function fundingCover({ time }: Records): [number, number][] {
  if (time.length < 2) return []
  return [[time[0]!, time.at(-1)! + commonStep(time) - 1]]
}

function lastInBar(time: Float64Array, values: Float64Array, market: Pick<Market, 'time' | 'barMs'>): Float64Array {
  const out = new Float64Array(market.time.length).fill(Number.NaN)
  let i = 0
  for (let t = 0; t < out.length; t++) {
    const open = market.time[t]!
    while (i < time.length && time[i]! <= open) i++
    for (; i < time.length && time[i]! <= open + market.barMs; i++) if (!Number.isNaN(values[i])) out[t] = values[i]!
    // A record at the close of this bar lies at the open of the next one, where it is not wanted again.
  }
  return out
}

function summed(
  time: Float64Array,
  values: Float64Array,
  market: Pick<Market, 'time' | 'barMs'>,
  covered: readonly (readonly [number, number])[],
): Float64Array {
  const out = new Float64Array(market.time.length).fill(Number.NaN)
  for (const [from, to] of covered)
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
