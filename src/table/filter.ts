/** Filters of rows: one for each column, and a search over all columns. */
import type { ColumnFormat } from '../common/column-format.ts'
import { type Column, type ColumnType, cellText, epochMsOf, sortKey } from './columns.ts'

type Test = (value: unknown) => boolean

/**
 * Parses a column's filter as a user types it. For numbers and dates: `>5`, `>=5`, `<5`, `<=5`, `=5`, `!=5`, `5..10` (also
 * open: `5..`), `>2024-03`. For other types: a part of the text, `=text` for the whole text, `!text` for rows without it.
 * For all types: `=` alone for rows without a value, `!=` alone for rows with one. Numbers are in the unit in which the column is
 * shown, and may be written as it writes them: `>1.5B`, `<20 %`.
 * @returns the test, or `problem` as a message for the user
 */
export function readFilter(
  filter: string,
  type: ColumnType,
  format: ColumnFormat = {},
): { test: Test } | { problem: string } {
  const typed = filter.trim()
  // As the screen shows numbers.
  const text = type === 'string' ? typed : typed.replaceAll('−', '-')
  if (text === '=') return { test: value => sortKey(value, type) === null }
  if (text === '!=') return { test: value => sortKey(value, type) !== null }
  if (type === 'number' || type === 'integer')
    return comparison(text, numberParser(format), type, 'a number: 5, >5, <=5, 1..9')
  if (type === 'datetime') {
    // A year, month or day alone means all of it.
    if (/^\d{4}(-\d\d){0,2}$/.test(text)) return { test: value => cellText(dateText(value)).startsWith(text) }
    return comparison(text, parseTime, type, 'a date: 2024-03, >2024-03-01, 2024..2025')
  }
  if (type === 'boolean') {
    const flag = ['true', 'false'].find(word => word.startsWith(text.toLowerCase()))
    return flag ? { test: value => String(value) === flag } : { problem: 'expected true or false' }
  }
  const sign = /^[=!]/.exec(text)?.[0]
  const needle = text
    .slice(sign?.length ?? 0)
    .trim()
    .toLowerCase()
  if (sign === '=') return { test: value => cellText(value).toLowerCase() === needle }
  const contains: Test = value => cellText(value).toLowerCase().includes(needle)
  return { test: sign === '!' ? value => !contains(value) : contains }
}

export interface RowFilter {
  /** Filters by column index. */
  filters: { column: number; text: string }[]
  /** A part of the text in any column; empty for all rows. */
  search: string
}

/**
 * The rows that match, in their order.
 * @throws RangeError naming the column if its filter cannot be parsed
 */
export function matchingRows(
  columns: readonly Column[],
  { filters, search }: RowFilter,
  rows: Uint32Array,
): Uint32Array<ArrayBuffer> {
  const tests = filters
    .filter(({ text }) => text.trim() !== '')
    .map(({ column: index, text }) => {
      const column = columns[index]
      if (!column) throw new RangeError(`there is no column ${index}`)
      const filter = readFilter(text, column.type, column.format)
      if ('problem' in filter) throw new RangeError(`${column.name}: ${filter.problem}`)
      return { values: column.values, test: filter.test }
    })
  const needle = search.trim().toLowerCase()
  // As the screen shows numbers.
  const number = needle.replaceAll('−', '-')
  const numeric = /^[-\d.e]+$/.test(number)
  // Formatting a million numbers is slow: numbers are searched only for what looks like a number.
  const isNumeric = ({ type }: Column) => type === 'number' || type === 'integer'
  const searched = columns
    .filter(column => numeric || !isNumeric(column))
    .map(column => ({ values: column.values, text: isNumeric(column) ? number : needle }))
  const matching = new Uint32Array(rows.length)
  let count = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    if (!tests.every(({ values, test }) => test(values[row]))) continue
    if (needle !== '' && !searched.some(({ values, text }) => cellText(values[row]).toLowerCase().includes(text)))
      continue
    matching[count++] = row
  }
  return matching.subarray(0, count)
}

/** Parses a bound; with `end`, the end of a year, month or day. */
type ParseBound = (text: string, end: boolean) => number

const FACTORS: { [letter: string]: number } = { k: 1e3, m: 1e6, b: 1e9, t: 1e12 }

function numberParser({ notation }: ColumnFormat): ParseBound {
  const divisor = notation === 'share' ? 100 : 1
  return text => {
    const [, number = '', letter] = /^(.*?)([kmbt])?%?$/i.exec(text.replace(/[,_\s]/g, '')) ?? []
    if (number === '') return Number.NaN
    return (Number(number) * (letter === undefined ? 1 : FACTORS[letter.toLowerCase()]!)) / divisor
  }
}

const parseTime: ParseBound = (text, end) => {
  const match = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(text)
  if (!match) return epochMsOf(text.replace(' ', 'T'))
  const year = Number(match[1])
  const [month, day] = match.slice(2).map(part => (part === undefined ? undefined : Number(part)))
  if (!end) return Date.UTC(year, (month ?? 1) - 1, day ?? 1)
  const next = day
    ? Date.UTC(year, (month ?? 1) - 1, day + 1)
    : month
      ? Date.UTC(year, month, 1)
      : Date.UTC(year + 1, 0, 1)
  return next - 1
}

function comparison(
  text: string,
  parseBound: ParseBound,
  type: ColumnType,
  expected: string,
): { test: Test } | { problem: string } {
  const problem = { problem: `expected ${expected}` }
  const test = (accepts: (key: number) => boolean): { test: Test } => ({
    test: value => {
      const key = sortKey(value, type)
      return typeof key === 'number' && accepts(key)
    },
  })
  const range = /^(.*?)\.\.(.*)$/s.exec(text)
  if (range) {
    const [from, to] = range.slice(1).map(part => part.trim())
    const low = from ? parseBound(from, false) : Number.NEGATIVE_INFINITY
    const high = to ? parseBound(to, true) : Number.POSITIVE_INFINITY
    return Number.isNaN(low) || Number.isNaN(high) ? problem : test(key => key >= low && key <= high)
  }
  const sign = /^(?:>=|<=|!=|>|<|=)/.exec(text)?.[0]
  const operand = text.slice(sign?.length ?? 0).trimStart()
  const [start, end] = [parseBound(operand, false), parseBound(operand, true)]
  if (Number.isNaN(start)) return problem
  switch (sign) {
    case '>':
      return test(key => key > end)
    case '>=':
      return test(key => key >= start)
    case '<':
      return test(key => key < start)
    case '<=':
      return test(key => key <= end)
    case '!=':
      return test(key => key < start || key > end)
    default:
      return test(key => key >= start && key <= end)
  }
}

function dateText(value: unknown): string {
  const ms = epochMsOf(value)
  return Number.isNaN(ms) ? cellText(value) : new Date(ms).toISOString()
}
