/** Which rows a reader wants to see: a filter for each column, and words to search for in all. */
import { type Column, type ColumnType, keyOf, textOf, timeOf } from './columns.ts'

type Test = (value: unknown) => boolean

/**
 * Reads a column's filter as a reader types it: `>5`, `>=5`, `<5`, `<=5`, `=5`, `!=5`, `5..10` (also open: `5..`) for numbers,
 * and for dates (`>2024-03`); a part of the text for the rest, `=text` for all of it, `!text` for none of it; `=` alone for
 * rows without a value, `!=` alone for rows with one.
 * @returns the test, or `problem` in words for the reader
 */
export function readFilter(filter: string, type: ColumnType): { test: Test } | { problem: string } {
  const text = filter.trim()
  if (text === '=') return { test: value => keyOf(value, type) === null }
  if (text === '!=') return { test: value => keyOf(value, type) !== null }
  if (type === 'number' || type === 'integer') return comparison(text, number, type, 'a number: 5, >5, <=5, 1..9')
  if (type === 'datetime') {
    // A bare month or day means all of it.
    if (/^\d{4}(-\d\d){0,2}$/.test(text)) return { test: value => textOf(dateText(value)).startsWith(text) }
    return comparison(text, time, type, 'a date: 2024-03, >2024-03-01, 2024..2025')
  }
  if (type === 'boolean') {
    const wanted = ['true', 'false'].find(word => word.startsWith(text.toLowerCase()))
    return wanted ? { test: value => String(value) === wanted } : { problem: 'expected true or false' }
  }
  const [, sign, word] = /^(=|!)?(.*)$/s.exec(text)!
  const needle = word!.trim().toLowerCase()
  if (sign === '=') return { test: value => textOf(value).toLowerCase() === needle }
  const has: Test = value => textOf(value).toLowerCase().includes(needle)
  return { test: sign === '!' ? value => !has(value) : has }
}

export interface Wanted {
  /** A filter by the column's number; one that cannot be read is an error. */
  filters: { column: number; text: string }[]
  /** A part of the text of any column; empty for all rows. */
  search: string
}

/**
 * Those of the rows that are wanted, in their order.
 * @throws RangeError naming the column whose filter cannot be read
 */
export function matchingRows(
  columns: readonly Column[],
  { filters, search }: Wanted,
  rows: Uint32Array,
): Uint32Array<ArrayBuffer> {
  const tests = filters
    .filter(({ text }) => text.trim() !== '')
    .map(({ column: index, text }) => {
      const column = columns[index]
      if (!column) throw new RangeError(`there is no column ${index}`)
      const filter = readFilter(text, column.type)
      if ('problem' in filter) throw new RangeError(`${column.name}: ${filter.problem}`)
      return { values: column.values, test: filter.test }
    })
  const needle = search.trim().toLowerCase()
  const numeric = /^[-\d.e]+$/.test(needle)
  // To write out a million numbers takes its time: only where it can lead to something.
  const searched = columns.filter(({ type }) => numeric || (type !== 'number' && type !== 'integer'))
  const matching = new Uint32Array(rows.length)
  let count = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    if (!tests.every(({ values, test }) => test(values[row]))) continue
    if (needle !== '' && !searched.some(({ values }) => textOf(values[row]).toLowerCase().includes(needle))) continue
    matching[count++] = row
  }
  return matching.subarray(0, count)
}

/** Reads one bound; `end` gives the end of a day or month that is named in part. */
type Bound = (text: string, end: boolean) => number

const number: Bound = text => (text.trim() === '' ? Number.NaN : Number(text.replace(/[,_\s]/g, '')))

const time: Bound = (text, end) => {
  const day = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(text)
  if (!day) return timeOf(text.replace(' ', 'T'))
  const [year, month, date] = day.slice(1).map(part => (part === undefined ? undefined : Number(part)))
  if (!end) return Date.UTC(year!, (month ?? 1) - 1, date ?? 1)
  return (
    (date ? Date.UTC(year!, month! - 1, date + 1) : month ? Date.UTC(year!, month, 1) : Date.UTC(year! + 1, 0, 1)) - 1
  )
}

function comparison(
  text: string,
  bound: Bound,
  type: ColumnType,
  expected: string,
): { test: Test } | { problem: string } {
  const problem = { problem: `expected ${expected}` }
  const test = (accepts: (key: number) => boolean): { test: Test } => ({
    test: value => {
      const key = keyOf(value, type)
      return typeof key === 'number' && accepts(key)
    },
  })
  const range = /^(.*?)\.\.(.*)$/s.exec(text)
  if (range) {
    const [from, to] = [range[1]!.trim(), range[2]!.trim()]
    const low = from === '' ? Number.NEGATIVE_INFINITY : bound(from, false)
    const high = to === '' ? Number.POSITIVE_INFINITY : bound(to, true)
    return Number.isNaN(low) || Number.isNaN(high) ? problem : test(key => key >= low && key <= high)
  }
  const [, sign = '=', operand] = /^(>=|<=|!=|>|<|=)?\s*(.*)$/s.exec(text)!
  const [start, end] = [bound(operand!, false), bound(operand!, true)]
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
  const at = timeOf(value)
  return Number.isNaN(at) ? textOf(value) : new Date(at).toISOString()
}
