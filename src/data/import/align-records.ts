/** Records of open interest, funding, long/short ratio and liquidations, aligned to the bars of a market. */
import { upperBound } from '../../common/binary-search.ts'
import { formatDuration } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import type { FundingEvents } from '../../market/funding.ts'
import { commonStep, FLOW_FIELDS, type FlowField, type Market } from '../../market/market.ts'
import { fileFeedNotes } from '../liquidation-bias.ts'
import { AMOUNT_FIELDS, type AmountField, type Conversion, convertAmounts } from './amount-units.ts'
import { summarizeNames } from './find-files.ts'
import { OrderCounter } from './forced-orders.ts'
import { type FundingRecords, fundingPayments, hasHourlyFunding } from './funding-records.ts'
import { assumedZoneNotes, conversionNotes, type FileRows, pendingConversion } from './read-rows.ts'

type TimeRange = readonly [from: number, to: number]

/** Series of a market from files of records or forced orders: not yet aligned, in order of time. */
export interface FileRecords {
  name: string
  kind: FileRows['kind']
  time: Float64Array
  values: Partial<Record<FlowField, Float64Array>>
  /** Conversions to coins by the price of a bar. */
  pending: Partial<Record<FlowField, Conversion>>
  /** Whether times are those of the open or the close of what a record covers. */
  stamp: 'open' | 'close' | undefined
  /** How often funding is due, as the user states it, and when, as the file does. */
  fundingInterval?: string
  fundingTime?: Float64Array
  /** Whether each record of funding is a payment. */
  payments: boolean
  /** Time ranges of the files, from first to last row. */
  coverage: readonly TimeRange[]
  notes: string[]
}

/** Merges files that hold the same fields: in order of time, without repeated rows. */
export function mergeRecords(files: readonly [FileRows, ...FileRows[]]): FileRecords {
  const [{ kind, plan, options }] = files
  const name = summarizeNames(files.map(file => file.name))
  const notes = [...assumedZoneNotes(files), ...conversionNotes(files)]
  const events: readonly FileRows[] = kind === 'liquidations' ? liquidationColumns(files, name, notes) : files
  if (kind === 'records' && files.some(file => file.columns.longLiquidations ?? file.columns.shortLiquidations))
    notes.push(...fileFeedNotes(plan.layout?.name, undefined))
  const fields = FLOW_FIELDS.filter(field => events.some(file => file.columns[field]))
  const withDue = fields.includes('fundingRate') && events.some(file => file.columns.fundingTime)
  const total = events.reduce((sum, file) => sum + file.length, 0)
  const time = new Float64Array(total)
  const column = () => new Float64Array(total).fill(Number.NaN)
  const series = fields.map(field => ({ field, values: column() }))
  const due = withDue ? column() : null
  let offset = 0
  for (const file of events) {
    time.set(file.columns.time, offset)
    for (const { field, values } of series) values.set(file.columns[field] ?? [], offset)
    due?.set(file.columns.fundingTime ?? [], offset)
    offset += file.length
  }
  const order = Uint32Array.from(time, (_, row) => row)
  if (time.some((ms, i) => i > 0 && ms < time[i - 1]!)) order.sort((a, b) => time[a]! - time[b]! || a - b)
  const rows = kind === 'liquidations' ? order : distinctRows(order, time, series)
  if (rows.length < total) notes.push(`${name}: duplicate rows dropped: ${total - rows.length}`)
  const select = (values: Float64Array) => Float64Array.from(rows, row => values[row]!)
  const pending = Object.fromEntries(
    fields.flatMap(field => {
      const conversion = isAmount(field) ? pendingConversion(plan, field) : undefined
      return conversion ? [[field, conversion]] : []
    }),
  )
  return {
    name,
    kind,
    time: select(time),
    values: Object.fromEntries(series.map(({ field, values }) => [field, select(values)])),
    pending,
    stamp: plan.stamp,
    ...(options.fundingInterval !== undefined && { fundingInterval: options.fundingInterval }),
    ...(due && { fundingTime: select(due) }),
    payments: plan.layout?.payments === true || hasHourlyFunding(plan.instrument),
    coverage: files.filter(file => file.length > 0).map(file => timeRange(file.columns.time)),
    notes,
  }
}

function isAmount(field: FlowField): field is FlowField & AmountField {
  return (AMOUNT_FIELDS as readonly string[]).includes(field)
}

/** The rows in order, of those with the same time and values one. */
function distinctRows(
  order: Uint32Array,
  time: Float64Array,
  series: readonly { values: Float64Array }[],
): readonly number[] {
  const rows: number[] = []
  let seen = new Set<string>()
  for (const [k, row] of order.entries()) {
    const afterSame = k > 0 && time[order[k - 1]!] === time[row]
    const beforeSame = k + 1 < order.length && time[order[k + 1]!] === time[row]
    if (!afterSame) seen = new Set()
    if (afterSame || beforeSame) {
      const key = series.map(({ values }) => values[row]).join()
      if (seen.has(key)) continue
      seen.add(key)
    }
    rows.push(row)
  }
  return rows
}

function timeRange(time: Float64Array): TimeRange {
  return [time.reduce((a, b) => Math.min(a, b)), time.reduce((a, b) => Math.max(a, b))]
}

/** A forced sell closes a long position, a forced buy a short one. Each order counts once. */
function liquidationColumns(files: readonly FileRows[], name: string, notes: string[]): FileRows[] {
  const counter = new OrderCounter()
  const events = files.map((file): FileRows => {
    const counted = counter.count(file)
    const { time, side } = file.columns
    const coins = (sign: number) =>
      Float64Array.from(counted.rows, row => (side![row] === sign ? counted.added[row]! : 0))
    const columns = {
      time: Float64Array.from(counted.rows, row => time[row]!),
      longLiquidations: coins(0),
      shortLiquidations: coins(1),
    }
    return { ...file, length: counted.rows.length, columns }
  })
  if (files.some(({ plan }) => plan.layout === null))
    notes.push(
      `${name}: a sell was taken as closing a long position. Where side is that of the position, as Bybit's is, swap longLiquidations and shortLiquidations`,
    )
  const { repeated, parts } = counter
  notes.push(
    ...new Set(files.flatMap(({ plan: { layout, instrument } }) => fileFeedNotes(layout?.name, instrument.venue))),
  )
  if (repeated > 0) notes.push(`${name}: duplicate rows dropped: ${repeated}`)
  if (parts > 0) notes.push(`${name}: rows that continue an order, of which only what they add counts: ${parts}`)
  return events
}

/** The prices that records in other units are converted by. */
type Bars = Pick<Market, 'time' | 'barMs' | 'high' | 'low' | 'close'>

/** Records per bar, and the payments of funding at their own times. */
export interface AlignedRecords {
  values: Partial<Record<FlowField, Float64Array>>
  funding: FundingEvents | null
  notes: string[]
}

/**
 * Records per bar of a market, so that a bar knows nothing that came after its close:
 * - open interest and long/short ratio: the last record after the bar's open and not after its close; NaN without one. A record
 *   stamped at the open of what it covers is known when that ends
 * - funding: the sum of what was due from the bar's open to before its close; 0 where none was due, NaN beyond the records
 * - liquidated amounts: the sum of the records from the bar's open to before its close. For single forced orders 0 without
 *   one, and NaN beyond the files; for records NaN without one
 *
 * @throws DataError when amounts were recorded over longer times than a bar
 */
export function alignRecords(records: FileRecords, market: Bars): AlignedRecords {
  const values: Partial<Record<FlowField, Float64Array>> = {}
  const notes: string[] = []
  let funding: FundingEvents | null = null
  const { time, stamp } = records
  const step = time.length > 1 ? commonStep(time) : 0
  for (const field of FLOW_FIELDS) {
    const column = records.values[field]
    if (column === undefined) continue
    if (field === 'fundingRate') {
      const { payments, known } = fundingPayments(fundingRecords(records, column), notes)
      funding = payments
      values[field] = sumInBar(payments.time, payments.rate, market, known === null ? [] : [known])
    } else if (field === 'openInterest' || field === 'longShortRatio') {
      if (stamp === 'open' && time.length === 1)
        throw new DataError(
          `${records.name}: one record of ${field} stamped at its open does not show when it ends; use stamp: 'close' with the time at which it is known`,
        )
      values[field] = lastInBar(stamp === 'open' ? time.map(ms => ms + step) : time, column, market)
    } else if (records.kind === 'liquidations') values[field] = sumInBar(time, column, market, records.coverage)
    else {
      if (step > market.barMs)
        throw new DataError(
          `${records.name}: ${field} is recorded every ${formatDuration(step)}, which cannot be divided into bars of ${formatDuration(market.barMs)}`,
        )
      values[field] = sumInBar(stamp === 'close' ? time.map(ms => ms - step) : time, column, market, [])
    }
    const conversion = records.pending[field]
    if (conversion) convertAmounts(values[field]!, conversion, priceOfBar(field, market))
  }
  return { values, funding, notes }
}

/** Open interest is known at the close, liquidations happen over the bar. */
function priceOfBar(field: FlowField, { high, low, close }: Bars): (bar: number) => number {
  return field === 'openInterest' ? t => close[t]! : t => (high[t]! + low[t]! + close[t]!) / 3
}

function fundingRecords(
  { name, time, fundingInterval, fundingTime, payments }: FileRecords,
  rate: Float64Array,
): FundingRecords {
  return {
    name,
    time,
    rate,
    payments,
    ...(fundingInterval !== undefined && { interval: fundingInterval }),
    ...(fundingTime && { dueTime: fundingTime }),
  }
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
