/** Merges the candles of several files into one series of bars. */
import { upperBound } from '../../common/binary-search.ts'
import { formatDuration, formatTime } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import {
  CANDLE_FIELDS,
  type CandleField,
  checkValues,
  commonStep,
  FLOW_FIELDS,
  type FlowField,
  type MarketColumns,
} from '../../market/market.ts'
import { addFileName, assumedZoneNotes, conversionNotes, type FileRows } from './read-rows.ts'
import { assertSameSeries } from './same-series.ts'

type SeriesField = CandleField | FlowField

interface MergedCandles {
  columns: MarketColumns
  notes: string[]
}

/**
 * Merges bars of files in order of time, each bar once. Unsorted rows are sorted, duplicate rows are dropped, and
 * where files overlap the later file wins; each of these is noted.
 *
 * @throws DataError naming the rows, when one file has two different bars of the same time
 */
export function mergeCandles(files: readonly FileRows[], barMs?: number): MergedCandles {
  const notes = [...assumedZoneNotes(files), ...conversionNotes(files), ...priceNotes(files)]
  const sorted = files.map(file => {
    widenRanges(file, notes)
    checkFileValues(file)
    return sortRows(withOpenTimes(file, barMs), notes)
  })
  const filled = sorted.filter(file => file.length > 0)
  assertSameStep(filled)
  assertSamePrices(filled)
  for (const { name } of sorted.filter(file => file.length === 0)) notes.push(`${name} has no rows`)
  const fields = [...CANDLE_FIELDS, ...FLOW_FIELDS.filter(field => filled.some(file => file.columns[field]))]
  const merged = filled.reduce<FileRows | null>(
    (sum, file) => (sum === null ? file : mergeTwo(sum, file, fields, notes)),
    null,
  )
  if (merged === null) throw new DataError('The file has column names, but no bars')
  const columns = { time: merged.columns.time } as MarketColumns
  for (const field of fields) columns[field] = seriesOf(merged, field)
  return { columns, notes }
}

/** Bars that show how long the bars of a file are. */
const MIN_BARS = 3

/** Bars of two lengths in one series would hide each other. @throws DataError naming two such files */
function assertSameStep(files: readonly FileRows[]): void {
  const long = files.filter(file => file.length >= MIN_BARS)
  const steps = long.map(file => commonStep(file.columns.time))
  const k = steps.findIndex(step => step !== steps[0])
  if (k > 0)
    throw new DataError(
      `${long[k]!.name} has bars of ${formatDuration(steps[k]!)}, but ${long[0]!.name} of ${formatDuration(steps[0]!)}: load each by itself`,
    )
}

/** Compares the first bar of each file with the bar of the file before that is at the same time, or the last before it. */
function assertSamePrices(files: readonly FileRows[]): void {
  const inTime = files.toSorted((a, b) => a.columns.time[0]! - b.columns.time[0]!)
  for (const [k, file] of inTime.entries()) {
    const before = inTime[k - 1]
    if (before === undefined) continue
    const start = file.columns.time[0]!
    const bar = upperBound(before.columns.time, start) - 1
    const same = before.columns.time[bar] === start
    const close = before.length > 1 ? before.columns.time[bar]! + commonStep(before.columns.time) : start
    assertSameSeries(
      { file: before, price: before.columns.close![bar]!, time: close },
      { file, price: (same ? file.columns.close! : file.columns.open!)[0]!, time: start },
    )
  }
}

/** Share of the price by which a bar's range may miss its open or close: about a tick, where a tool has rounded. */
const RANGE_TOLERANCE = 1e-6

/** Widens ranges that miss their open or close by rounding alone. */
function widenRanges({ name, columns }: FileRows, notes: string[]): void {
  const { open, high, low, close } = columns as MarketColumns
  let widened = 0
  let first = -1
  for (let i = 0; i < open.length; i++) {
    const top = Math.max(open[i]!, close[i]!)
    const bottom = Math.min(open[i]!, close[i]!)
    const above = top - high[i]!
    const below = low[i]! - bottom
    if (!(above > 0 || below > 0) || Math.max(above, below) > RANGE_TOLERANCE * top) continue
    if (above > 0) high[i] = top
    if (below > 0) low[i] = bottom
    widened++
    if (first < 0) first = i
  }
  if (widened > 0)
    notes.push(
      `${name}: ranges that miss their open or close by rounding were widened to it: ${widened}, the first in row ${first + 1}`,
    )
}

/** Prices that nobody traded at. */
function priceNotes(files: readonly FileRows[]): string[] {
  const prices = new Set(files.flatMap(({ plan }) => plan.instrument.price ?? []))
  return [...prices].map(price => `These are ${price} prices, not those of trades`)
}

/** Checks the values before the rows are reordered, so that messages name the rows of the file. */
function checkFileValues(file: FileRows): void {
  try {
    checkValues(file.columns as MarketColumns)
  } catch (error) {
    throw addFileName(file.name, error)
  }
}

function seriesOf(file: FileRows, field: SeriesField): Float64Array {
  return file.columns[field] ?? new Float64Array(file.length).fill(Number.NaN)
}

/** The file with the open times of its bars. */
function withOpenTimes(file: FileRows, barMs?: number): FileRows {
  const { time } = file.columns
  const first = time[0]
  if (first === undefined) return file
  const step = barMs !== undefined && time.length < 2 ? barMs : commonStep(time.toSorted())
  const endsBeforeNext = time.every(ms => (ms + 1) % step === 0)
  if (file.plan.stamp === 'close') {
    // Some venues write the last millisecond of the bar.
    const end = endsBeforeNext ? 1 : 0
    return { ...file, columns: { ...file.columns, time: time.map(ms => ms + end - step) } }
  }
  if (endsBeforeNext && step > 1)
    throw new DataError(
      `${file.name}: Row 1, time: ${new Date(first).toISOString()} is the last millisecond of a ${formatDuration(step)} bar. Use stamp: 'close' for times at the end of bars, or choose the time of the open with columns: { time: '…' }`,
    )
  return file
}

/** The file in order of time, without repeated rows. */
function sortRows(file: FileRows, notes: string[]): FileRows {
  const { time } = file.columns
  let falls = 0
  let equal = 0
  for (let i = 1; i < time.length; i++) {
    if (time[i]! < time[i - 1]!) falls++
    else if (time[i] === time[i - 1]) equal++
  }
  if (falls === 0 && equal === 0) return file
  // A stable sort keeps rows of the same time in the order of the file.
  const order = Uint32Array.from(time, (_, row) => row)
  if (falls > 0) {
    order.sort((a, b) => time[a]! - time[b]! || a - b)
    notes.push(
      falls + equal === time.length - 1
        ? `${file.name} runs from new to old; its rows were reversed`
        : `${file.name} was sorted by time; rows that came before the row above: ${falls}`,
    )
  }
  const rows: number[] = []
  let repeated = 0
  for (const row of order) {
    const last = rows.at(-1)
    if (last === undefined || time[last] !== time[row]) rows.push(row)
    else {
      const field = CANDLE_FIELDS.find(field => file.columns[field]?.[last] !== file.columns[field]?.[row])
      if (field !== undefined)
        throw new DataError(
          `${file.name}: Rows ${last + 1} and ${row + 1} are both of ${formatTime(time[row]!)}, but their ${field} is ${file.columns[field]?.[last]} and ${file.columns[field]?.[row]}`,
        )
      repeated++
    }
  }
  if (repeated > 0) notes.push(`${file.name}: duplicate rows dropped: ${repeated}`)
  const select = (values: Float64Array) => Float64Array.from(rows, row => values[row]!)
  const columns = Object.fromEntries(Object.entries(file.columns).map(([field, values]) => [field, select(values)]))
  return { ...file, length: rows.length, columns: columns as FileRows['columns'] }
}

/** No two files of one market differ by so much, as a logarithm, in all of several bars. */
const OTHER_MARKET = 0.1
const MIN_COMPARED = 3

/** Merges two sorted files in order of time; at equal times the second one wins. */
function mergeTwo(a: FileRows, b: FileRows, fields: readonly SeriesField[], notes: string[]): FileRows {
  const timeA = a.columns.time
  const timeB = b.columns.time
  const maxLength = a.length + b.length
  const time = new Float64Array(maxLength)
  const series = fields.map(field => ({
    field,
    valuesA: seriesOf(a, field),
    valuesB: seriesOf(b, field),
    merged: new Float64Array(maxLength),
  }))
  let n = 0
  let inBoth = 0
  let different = 0
  let far = 0
  let first = Number.NaN
  for (let i = 0, j = 0; i < a.length || j < b.length; n++) {
    const takeB = j < b.length && (i >= a.length || timeB[j]! <= timeA[i]!)
    if (takeB && i < a.length && timeA[i] === timeB[j]) {
      if (inBoth++ === 0) first = timeA[i]!
      if (series.some(({ valuesA, valuesB }) => !Object.is(valuesA[i], valuesB[j]))) different++
      if (Math.abs(Math.log(b.columns.close![j]! / a.columns.close![i]!)) > OTHER_MARKET) far++
      i++
    }
    time[n] = takeB ? timeB[j]! : timeA[i]!
    for (const { valuesA, valuesB, merged } of series) merged[n] = takeB ? valuesB[j]! : valuesA[i]!
    if (takeB) j++
    else i++
  }
  if (far > 0 && far === inBoth && inBoth >= MIN_COMPARED)
    throw new DataError(
      `${b.name}: all ${inBoth} bars that an earlier file has too close more than ${OTHER_MARKET * 100} % away from it, the first ${formatTime(first)}: these are two markets`,
    )
  if (inBoth > 0)
    notes.push(
      `${b.name}: bars that an earlier file has too: ${inBoth}, the first ${formatTime(first)}; ${different === 0 ? 'they agree' : `those of ${b.name} were used, and ${different} of them differ`}`,
    )
  const columns = { time: time.slice(0, n) } as FileRows['columns']
  for (const { field, merged } of series) columns[field] = merged.slice(0, n)
  return { ...a, length: n, columns }
}
