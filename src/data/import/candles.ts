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
import { type FileRows, zoneNotes } from './rows.ts'

type Series = CandleField | FlowField

/** Candles of one or more files in one. */
export interface Candles {
  columns: MarketColumns
  notes: string[]
}

/**
 * Puts the bars of files together: in order of time, each once. Rows that run backwards or are mixed up are sorted, rows that occur
 * twice with the same values are taken once, and where files overlap the later one's bars count; each is said.
 *
 * @throws DataError naming the rows, when one file has two different bars of one time
 */
export function mergeCandles(files: readonly FileRows[], barMs?: number): Candles {
  const notes = zoneNotes(files)
  const tidy = files.map(file => {
    checked(file)
    return tidied(opensOf(file, barMs), notes)
  })
  const filled = tidy.filter(file => file.length > 0)
  for (const { name } of tidy.filter(file => file.length === 0)) notes.push(`${name} has no rows`)
  const fields = [...CANDLE_FIELDS, ...FLOW_FIELDS.filter(field => filled.some(file => file.columns[field]))]
  const merged = filled.reduce<FileRows | null>(
    (sum, file) => (sum === null ? file : joined(sum, file, fields, notes)),
    null,
  )
  if (merged === null) throw new DataError('The file has column names, but no bars')
  const columns = { time: merged.columns.time } as MarketColumns
  for (const field of fields) columns[field] = seriesOf(merged, field)
  return { columns, notes }
}

/** Looks at the values while their rows are still those of the file. */
function checked(file: FileRows): void {
  try {
    checkValues(file.columns as MarketColumns)
  } catch (error) {
    if (error instanceof DataError) throw new DataError(`${file.name}: ${error.message}`)
    throw error
  }
}

function seriesOf(file: FileRows, field: Series): Float64Array {
  return file.columns[field] ?? new Float64Array(file.length).fill(Number.NaN)
}

/** With the times of the bars' opens. */
function opensOf(file: FileRows, barMs?: number): FileRows {
  const { time } = file.columns
  if (time.length === 0) return file
  const step = barMs !== undefined && time.length < 2 ? barMs : commonStep(time.toSorted())
  const beforeOpen = time.every(ms => (ms + 1) % step === 0)
  if (file.entry.stamp === 'close') {
    // Some venues write the last millisecond of the bar.
    const end = beforeOpen ? 1 : 0
    return { ...file, columns: { ...file.columns, time: time.map(ms => ms + end - step) } }
  }
  if (beforeOpen && step > 1)
    throw new DataError(
      `${file.name}: Row 1, time: ${new Date(time[0]!).toISOString()} is the last millisecond of a ${formatDuration(step)} bar. Say stamp: 'close' for times at the end of bars, or choose the time of the open with columns: { time: '…' }`,
    )
  return file
}

function tidied(file: FileRows, notes: string[]): FileRows {
  const { time } = file.columns
  let falls = 0
  let equal = 0
  for (let i = 1; i < time.length; i++) {
    if (time[i]! < time[i - 1]!) falls++
    else if (time[i] === time[i - 1]) equal++
  }
  if (falls === 0 && equal === 0) return file
  // A stable sort keeps rows of one time in the order of the file.
  const order = Uint32Array.from(time, (_, row) => row)
  if (falls > 0) {
    order.sort((a, b) => time[a]! - time[b]! || a - b)
    notes.push(
      falls + equal === time.length - 1
        ? `${file.name} runs from new to old; it was turned round`
        : `${file.name} was sorted by time; rows that came before the row above: ${falls}`,
    )
  }
  const kept: number[] = []
  let doubled = 0
  for (const row of order) {
    const last = kept.at(-1)
    if (last === undefined || time[last] !== time[row]) kept.push(row)
    else {
      const field = CANDLE_FIELDS.find(field => file.columns[field]![last] !== file.columns[field]![row])
      if (field !== undefined)
        throw new DataError(
          `${file.name}: Rows ${last + 1} and ${row + 1} are both of ${formatTime(time[row]!)}, but their ${field} is ${file.columns[field]![last]} and ${file.columns[field]![row]}`,
        )
      doubled++
    }
  }
  if (doubled > 0) notes.push(`${file.name}: rows that repeat another one and were left out: ${doubled}`)
  const pick = (values: Float64Array) => Float64Array.from(kept, row => values[row]!)
  const columns = Object.fromEntries(Object.entries(file.columns).map(([field, values]) => [field, pick(values)]))
  return { ...file, length: kept.length, columns: columns as FileRows['columns'] }
}

/** Two tidy files in one: a merge in order of time, where the second counts at equal times. */
function joined(a: FileRows, b: FileRows, fields: readonly Series[], notes: string[]): FileRows {
  const ta = a.columns.time
  const tb = b.columns.time
  const most = a.length + b.length
  const time = new Float64Array(most)
  const from = fields.map(field => [seriesOf(a, field), seriesOf(b, field), new Float64Array(most)] as const)
  let n = 0
  let both = 0
  let differ = 0
  let first = Number.NaN
  for (let i = 0, j = 0; i < a.length || j < b.length; n++) {
    const takeB = j < b.length && (i >= a.length || tb[j]! <= ta[i]!)
    if (takeB && i < a.length && ta[i] === tb[j]) {
      if (both++ === 0) first = ta[i]!
      if (from.some(([fa, fb]) => !Object.is(fa[i], fb[j]))) differ++
      i++
    }
    time[n] = takeB ? tb[j]! : ta[i]!
    for (const [fa, fb, out] of from) out[n] = takeB ? fb[j]! : fa[i]!
    if (takeB) j++
    else i++
  }
  if (both > 0)
    notes.push(
      `${b.name}: bars that are in a file before it too: ${both}, the first ${formatTime(first)}; ${differ === 0 ? 'they agree' : `those of ${b.name} were taken, and ${differ} of them differ`}`,
    )
  const columns = { time: time.slice(0, n) } as FileRows['columns']
  for (const [k, field] of fields.entries()) columns[field] = from[k]![2].slice(0, n)
  return { ...a, length: n, columns }
}
