import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ColumnFormat } from '../../src/common/column-format.ts'
import type { Column, ColumnType } from '../../src/table/columns.ts'
import { readFilter } from '../../src/table/filter.ts'
import { ALL_ROWS, TableView } from '../../src/table/query.ts'
import { sortRows } from '../../src/table/sort.ts'
import { columnStatistics } from '../../src/table/statistics.ts'
import { rowsText } from '../../src/table/text.ts'

const column = (type: ColumnType, ...values: unknown[]): Column => ({ name: 'c', type, values })
const all = (count: number) => Uint32Array.from({ length: count }, (_, row) => row)

it('filters and searches numbers as the screen shows them: with the typographic minus', async () => {
  const view = new TableView([column('number', -5, 3, 5), column('string', 'a', '−5', 'b')], all(3))
  const rows = async (query: object) => [...(await view.rowsFor({ ...ALL_ROWS, ...query }))]
  expect(await rows({ filters: [{ column: 0, text: '<−4' }] })).toEqual([0])
  expect(await rows({ filters: [{ column: 0, text: '−6..−4' }] })).toEqual([0])
  expect(await rows({ search: '−5' })).toEqual([0, 1])
  expect(await rows({ filters: [{ column: 1, text: '−5' }] })).toEqual([1])
})

it('filters numbers in the unit of the heading', async () => {
  const matching = async (format: ColumnFormat, text: string, ...values: number[]) => {
    const view = new TableView([{ ...column('number', ...values), format }], all(values.length))
    return [...(await view.rowsFor({ ...ALL_ROWS, filters: [{ column: 0, text }] }))]
  }
  expect(await matching({ unit: '%', notation: 'share' }, '>20', 0.1, 0.25, 20)).toEqual([1, 2])
  expect(await matching({ unit: '%', notation: 'share' }, '10 %..20%', 0.1, 0.15, 15)).toEqual([0, 1])
  expect(await matching({ unit: '%' }, '>20', 0.25, 25)).toEqual([1])
  expect(await matching({ unit: 'USD', notation: 'compact' }, '>=1.5b', 1.4e9, 1.5e9)).toEqual([1])
  expect(await matching({}, '−2k..0', -2001, -2000, 0)).toEqual([1, 2])
  expect(readFilter('>5x', 'number')).toHaveProperty('problem')
  expect(readFilter('k', 'number')).toHaveProperty('problem')
})

describe('sortRows', () => {
  const sorted = (items: Column, direction: 'ascending' | 'descending') => [
    ...sortRows(items, direction, all(items.values.length)),
  ]

  it.each<[ColumnType, unknown[], number[], number[]]>([
    ['number', [3, null, 1, 2], [2, 3, 0, 1], [0, 3, 2, 1]],
    ['integer', [10, 9, Number.NaN, -1], [3, 1, 0, 2], [0, 1, 3, 2]],
    ['string', ['b10', 'B9', null, 'a'], [3, 1, 0, 2], [0, 1, 3, 2]],
    ['boolean', [true, false, null, true], [1, 0, 3, 2], [0, 3, 1, 2]],
    ['datetime', ['2025-02-01', '2024-12-31T23:00Z', null, '2025-01-01'], [1, 3, 0, 2], [0, 3, 1, 2]],
    ['datetime', [new Date(2), new Date(Number.NaN), new Date(1)], [2, 0, 1], [0, 2, 1]],
    ['number', ['9', 10, '8'], [2, 0, 1], [1, 0, 2]],
    ['string', ['1.5', '1.25', '-3', '1e2'], [2, 1, 0, 3], [3, 0, 1, 2]],
    ['string', ['1.5', '1.25', 'x'], [0, 1, 2], [2, 1, 0]],
    ['any', ['x', 5, { a: 1 }, null, 7n], [1, 4, 0, 2, 3], [2, 0, 4, 1, 3]],
  ])('orders a %s column', (type, values, ascending, descending) => {
    expect(sorted(column(type, ...values), 'ascending')).toEqual(ascending)
    expect(sorted(column(type, ...values), 'descending')).toEqual(descending)
  })

  it('sorts all rows stably in both directions, with missing values last', () => {
    const values = fc.array(fc.option(fc.integer({ min: 0, max: 4 })), { maxLength: 60 })
    fc.assert(
      fc.property(values, fc.constantFrom('ascending' as const, 'descending' as const), (items, direction) => {
        const rows = sorted(column('integer', ...items), direction)
        expect([...rows].sort((a, b) => a - b)).toEqual(items.map((_, row) => row))
        const sign = direction === 'ascending' ? 1 : -1
        for (let i = 1; i < rows.length; i++) {
          const [before, after] = [items[rows[i - 1]!] ?? null, items[rows[i]!] ?? null]
          if (before === null) expect(after).toBeNull()
          else if (after !== null) expect(sign * (after - before)).toBeGreaterThanOrEqual(0)
          if (before === after) expect(rows[i]).toBeGreaterThan(rows[i - 1]!)
        }
      }),
    )
  })

  it('sorts long columns, which use a radix sort, in the same order', () => {
    const value = fc.oneof(
      fc.double(),
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom(null, 0, -0, Infinity, -Infinity),
    )
    const values = fc.array(value, { minLength: 2000, maxLength: 2200 })
    fc.assert(
      fc.property(values, fc.constantFrom('ascending' as const, 'descending' as const), (items, direction) => {
        const sign = direction === 'ascending' ? 1 : -1
        const isMissing = (row: number) => items[row] === null || Number.isNaN(items[row])
        const expected = [...items.keys()].sort((a, b) => {
          if (isMissing(a) || isMissing(b)) return Number(isMissing(a)) - Number(isMissing(b))
          return items[a] === items[b] ? 0 : items[a]! < items[b]! ? -sign : sign
        })
        expect(sorted(column('number', ...items), direction)).toEqual(expected)
      }),
      { numRuns: 20 },
    )
  })
})

describe('filters', () => {
  const passing = (filter: string, type: ColumnType, values: unknown[]) => {
    const parsed = readFilter(filter, type)
    if ('problem' in parsed) throw new Error(parsed.problem)
    return values.filter(parsed.test)
  }
  const numbers = [-1, 0, 5, 5.5, 10, null]

  it.each([
    ['5', [5]],
    ['=5', [5]],
    ['!=5', [-1, 0, 5.5, 10]],
    ['>5', [5.5, 10]],
    ['>= 5', [5, 5.5, 10]],
    ['<0', [-1]],
    ['<=0', [-1, 0]],
    ['0..5.5', [0, 5, 5.5]],
    ['5..', [5, 5.5, 10]],
    ['=', [null]],
    ['!=', [-1, 0, 5, 5.5, 10]],
  ])('of numbers: %s', (filter, expected) => expect(passing(filter, 'number', numbers)).toEqual(expected))

  const dates = ['2023-12-31T23:59:59Z', '2024-03-01T00:00:00Z', new Date('2024-03-31T12:00Z'), '2024-04-01']
  it.each([
    ['2024-03', [dates[1], dates[2]]],
    ['>2024-03', [dates[3]]],
    ['>=2024-03', [dates[1], dates[2], dates[3]]],
    ['<2024', [dates[0]]],
    ['2023..2024-03-01', [dates[0], dates[1]]],
  ])('of dates: %s', (filter, expected) => expect(passing(filter, 'datetime', dates)).toEqual(expected))

  it.each([
    ['ong', ['Long', 'long']],
    ['=LONG', ['Long', 'long']],
    ['!long', ['short', '', null]],
    ['=', [null]],
  ])('of texts: %s', (filter, expected) => {
    expect(passing(filter, 'string', ['Long', 'long', 'short', '', null])).toEqual(expected)
  })

  it('of booleans', () => expect(passing('t', 'boolean', [true, false, null])).toEqual([true]))

  it.each<[string, ColumnType]>([
    ['five', 'number'],
    ['1..x', 'integer'],
    ['five\n6', 'number'],
    ['1..2\n3', 'datetime'],
    ['soon', 'datetime'],
    ['maybe', 'boolean'],
  ])('that are invalid give a problem: %s', (filter, type) => {
    expect(readFilter(filter, type)).toHaveProperty('problem')
  })
})

describe('a view of a table', () => {
  const columns: Column[] = [
    { name: 'side', type: 'string', values: ['long', 'short', 'long', 'short'] },
    { name: 'usd', type: 'number', values: Float64Array.of(3, 1, 2, Number.NaN) },
  ]
  const view = () => new TableView(columns, Uint32Array.of(3, 2, 1, 0))
  const order = async (query: object) => [...(await view().rowsFor({ ...ALL_ROWS, ...query }))]

  it("keeps the table's own order, filters, searches and sorts", async () => {
    expect(await order({})).toEqual([3, 2, 1, 0])
    expect(await order({ filters: [{ column: 0, text: 'long' }] })).toEqual([2, 0])
    expect(await order({ search: 'SHO' })).toEqual([3, 1])
    expect(await order({ search: '3' })).toEqual([0])
    expect(await order({ sort: { column: 1, direction: 'ascending' } })).toEqual([1, 2, 0, 3])
    const both = { filters: [{ column: 1, text: '>1' }], sort: { column: 1, direction: 'descending' } }
    expect(await order(both)).toEqual([0, 2])
  })

  it('names an invalid filter or column', async () => {
    await expect(order({ filters: [{ column: 1, text: 'x' }] })).rejects.toThrow('usd: expected a number')
    await expect(order({ sort: { column: 9, direction: 'ascending' } })).rejects.toThrow('no column 9')
  })

  it('pauses, and stops if the pause throws', async () => {
    const long = new TableView([{ name: 'n', type: 'integer', values: all(350_000) }], all(350_000))
    let pauses = 0
    const query = { ...ALL_ROWS, filters: [{ column: 0, text: '>349990' }] }
    expect((await long.rowsFor(query, async () => void pauses++)).length).toBe(9)
    expect(pauses).toBe(3)
    const stop = async () => {
      throw new Error('stopped')
    }
    await expect(long.rowsFor({ ...ALL_ROWS, search: '7' }, stop)).rejects.toThrow('stopped')
    expect((await long.rowsFor(query, stop)).length).toBe(9)
  })
})

describe('statistics', () => {
  const statisticsOf = (type: ColumnType, ...values: unknown[]) =>
    columnStatistics(column(type, ...values), all(values.length))

  it('of numbers', () => {
    const { numbers, ...others } = statisticsOf('number', 1, 2, 3, null, Number.NaN)
    expect(others).toEqual({ count: 3, missing: 2, texts: null })
    expect(numbers).toMatchObject({ min: 1, max: 3, mean: 2 })
    expect([0, 12, 23].map(bin => numbers?.bins[bin])).toEqual([1, 1, 1])
  })

  it('of texts', () => {
    expect(statisticsOf('string', 'b', 'a', 'b', null)).toEqual({
      count: 3,
      missing: 1,
      numbers: null,
      texts: {
        distinct: 2,
        more: false,
        top: [
          { text: 'b', count: 2 },
          { text: 'a', count: 1 },
        ],
      },
    })
  })

  it('count every number once', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true })), values => {
        const finite = values.filter(Number.isFinite)
        const { numbers } = statisticsOf('number', ...values)
        if (finite.length === 0) expect(numbers).toBeNull()
        else expect(numbers?.bins.reduce((sum, bin) => sum + bin, 0)).toBe(finite.length)
      }),
    )
  })
})

describe('text', () => {
  const columns: Column[] = [
    { name: 'a,b', type: 'string', values: ['x "y"', 'line\nend', null] },
    { name: 'n', type: 'number', values: [0.1 + 0.2, Number.NaN, 1e21] },
    { name: 't', type: 'datetime', values: [new Date(0), '2024-01-01', null] },
  ]
  it('as CSV has values in full', () => {
    expect(rowsText(columns, [0, 1, 2], 'csv', true)).toBe(
      '"a,b",n,t\n"x ""y""",0.30000000000000004,1970-01-01T00:00:00.000Z\n"line\nend",,2024-01-01\n,1e+21,\n',
    )
  })
  it('as TSV has one line per row', () => {
    expect(rowsText(columns, [1], 'tsv', false)).toBe('line end\t\t2024-01-01\n')
  })
})
