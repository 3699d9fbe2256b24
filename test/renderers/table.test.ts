import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextSorting } from '../../renderers/table/mount.ts'
import { describeCut, describePage, pageAfterResize, pageOf } from '../../renderers/table/paging.ts'
import { readTable, unpackTable } from '../../renderers/table/payload.ts'
import { packState, type TableState, unpackState } from '../../renderers/table/state.ts'
import type { ColumnFormat } from '../../src/common/column-format.ts'
import type { ColumnType } from '../../src/table/columns.ts'
import { createFormat, decimalsOf } from '../../src/table/format.ts'
import { ALL_ROWS } from '../../src/table/query.ts'
import type { TableColumn as Column } from '../../src/table/resource.ts'

const column = (type: ColumnType, ...values: unknown[]): Column => ({ name: 'c', type, values })
const texts = (type: ColumnType, ...values: unknown[]) => values.map(createFormat(column(type, ...values)).text)

describe('readTable', () => {
  const schema = { fields: [{ name: 'a', type: 'integer' }, { name: 'b' }] }

  it('turns rows into columns', () => {
    const table = readTable({ schema, data: [{ a: 1, b: 'x' }, { a: 2 }], totalRows: 58_623 })
    expect(table).toEqual({
      columns: [
        { name: 'a', type: 'integer', values: [1, 2] },
        { name: 'b', type: 'any', values: ['x', null] },
      ],
      rows: 2,
      totalRows: 58_623,
      view: 'table',
    })
    const talking = readTable({ schema, data: [], view: 'table:a', channel: 'c' })
    expect(talking).toMatchObject({ view: 'table:a', channel: 'c' })
  })

  it('counts the rows if the payload has no total, or too small a one', () => {
    expect(readTable({ schema, data: [{}, {}] }).totalRows).toBe(2)
    expect(readTable({ schema, data: [{}, {}], totalRows: 1 }).totalRows).toBe(2)
  })

  it('reads a column named like a member of Object', () => {
    const table = readTable({ schema: { fields: [{ name: 'constructor' }] }, data: [{}, { constructor: 1 }] })
    expect(table.columns[0]!.values).toEqual([null, 1])
  })

  it('unpacks the rows that are in one line, and refuses what is not them', async () => {
    const pack = (lists: unknown, rows: number, change = {}) => {
      const json = Buffer.from(typeof lists === 'string' ? lists : JSON.stringify(lists))
      const packed = { rows, bytes: json.length, data: deflateRawSync(json).toString('base64'), ...change }
      return readTable({ schema, data: [{ a: 1, b: 'ä' }], packed })
    }
    const table = pack(
      [
        [1, 2, null],
        ['ä', 'x', 'y'],
      ],
      3,
    ) // The first row is readable without.
    expect(table).toMatchObject({ rows: 1, totalRows: 3, columns: [{ values: [1] }, { values: ['ä'] }] })
    expect(await unpackTable(table)).toMatchObject({
      rows: 3,
      columns: [{ values: [1, 2, null] }, { values: ['ä', 'x', 'y'] }],
    })
    expect((await unpackTable(table)).packed).toBeUndefined()
    for (const wrong of [pack([[1]], 1), pack([[1], [2, 3]], 1), pack('{}', 1), pack('[[', 1)])
      await expect(unpackTable(wrong)).rejects.toThrow('"packed.data" is not')
    await expect(unpackTable(pack([[1], [2]], 1, { bytes: 3 }))).rejects.toThrow('"data" holds more than the 3 bytes')
    expect(() => pack([[1], [2]], 1, { bytes: 1e9 })).toThrow('packed.bytes')
  })

  it.each([
    ['x', 'expected an object, found "x"'],
    [{ data: [] }, 'schema: required, but missing'],
    [{ schema: {}, data: [] }, 'schema.fields: required, but missing'],
    [{ schema, data: {} }, 'data: expected an array, found an object'],
    [{ schema, data: [{}, 7] }, 'data[1]: expected an object, found 7'],
    [{ schema: { fields: [{ name: 1 }] }, data: [] }, 'schema.fields[0].name: expected text, found 1'],
    [
      { schema: { fields: Array(1001).fill({ name: 'x' }) }, data: [] },
      'schema.fields: expected an array of at most 1000 items, found an array of 1001 items',
    ],
  ])('refuses %j', (payload, message) => {
    expect(() => readTable(payload)).toThrow(message)
  })
})

describe('sorting', () => {
  it('cycles through ascending, descending and none', () => {
    const first = nextSorting(null, 2)
    const second = nextSorting(first, 2)
    expect([first, second, nextSorting(second, 2)]).toEqual([
      { column: 2, direction: 'ascending' },
      { column: 2, direction: 'descending' },
      null,
    ])
    expect(nextSorting(second, 1)).toEqual({ column: 1, direction: 'ascending' })
  })
})

describe('formats', () => {
  it('aligns numbers by their decimals, with thousands separators', () => {
    expect(texts('number', 102_027.13, 81_356.9, -5, null)).toEqual(['102,027.13', '81,356.90', '−5.00', ''])
    expect(texts('integer', 58_623, 7)).toEqual(['58,623', '7'])
    expect(texts('number', 0.77885, 0.5)).toEqual(['0.7789', '0.5000'])
    expect(texts('number', 12.5, 3.25)).toEqual(['12.50', '3.25'])
    expect(texts('number', -0, 0)).toEqual(['0', '0'])
  })

  const shown = (format: ColumnFormat, ...values: number[]) => {
    const cells = createFormat({ ...column('number', ...values), format })
    return { unit: cells.unit, texts: values.map(cells.text), full: cells.full(values[0]) }
  }

  it('shortens large amounts, and keeps the value in the tooltip', () => {
    expect(shown({ unit: 'USD', notation: 'compact' }, 4_832_100_000.5, -69_629_000, 950)).toEqual({
      unit: 'USD',
      texts: ['4.83B', '−69.6M', '950'],
      full: '4832100000.5',
    })
    // A column of small amounts is shown in full.
    expect(shown({ unit: 'USD', notation: 'compact', signed: true }, 999_999, -12.345, 0).texts).toEqual([
      '+999,999.00',
      '−12.35',
      '0.00',
    ])
  })

  it('shows shares as percentages, signs and at most two decimals in a column with a unit', () => {
    expect(shown({ unit: '%', notation: 'share' }, 0.264_933, 0.5, 0.000_001).texts).toEqual([
      '26.49',
      '50.00',
      '1.0e−4',
    ])
    expect(shown({ unit: '%', signed: true }, 9.447_33, -1.36, 0).texts).toEqual(['+9.45', '−1.36', '0.00'])
    expect(shown({ unit: '%' }, 0.012_345).texts).toEqual(['0.01235'])
    expect(shown({ unit: '%', notation: 'share' }, 0.264_933).full).toBe('0.264933')
  })

  it('uses exponents for values too small or too large to read', () => {
    expect(texts('number', 0.5, 2e-7)).toEqual(['0.5', '2.0e−7'])
    expect(texts('number', 1.5e21)).toEqual(['1.500e+21'])
  })

  it('shows at most six decimals, and the full value in the tooltip', () => {
    expect(decimalsOf([0.000_012_345])).toBe(6)
    const format = createFormat(column('number', 0.123_456_789))
    expect(format.text(0.123_456_789)).toBe('0.1235')
    expect(format.full(0.123_456_789)).toBe('0.123456789')
    expect(format.align).toBe('right')
  })

  it('shows times in UTC to the minute, or to the second if a column needs it', () => {
    expect(texts('datetime', '2025-01-01T04:00:00.000Z', '2025-01-01')).toEqual([
      '2025-01-01 04:00',
      '2025-01-01 00:00',
    ])
    expect(texts('datetime', '2025-01-01T04:00:07Z', 0)).toEqual(['2025-01-01 04:00:07', '1970-01-01 00:00:00'])
    expect(texts('datetime', '2025-01-01T04:00+02:00')).toEqual(['2025-01-01 02:00'])
    expect(texts('datetime', '2025-01-01T04:00')).toEqual(['2025-01-01 04:00'])
    expect(texts('datetime', 'soon', 1e300)).toEqual(['soon', '1e+300'])
  })

  it('shows everything else as text', () => {
    expect(texts('boolean', true, false, null)).toEqual(['true', 'false', ''])
    expect(texts('any', 'x', { a: [1] })).toEqual(['x', '{"a":[1]}'])
    expect(texts('string', 'y'.repeat(600))[0]).toBe(`${'y'.repeat(500)}…`)
  })
})

describe('pages', () => {
  it('describe the rows shown', () => {
    expect(describePage(pageOf(1234, 10, 0), 1234)).toBe('1–10 of 1,234')
    expect(describePage(pageOf(1234, 100, 12), 1234)).toBe('1,201–1,234 of 1,234')
    expect(describePage(pageOf(11, 10, 1), 11)).toBe('11 of 11')
    expect(describePage(pageOf(0, 10, 0), 0)).toBe('no rows')
    expect(describeCut(1000, 58_623)).toBe('first 1,000 of 58,623 rows shown')
    expect(describeCut(10, 10)).toBe('')
  })

  it('cover every row once', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.constantFrom(10, 25, 50, 100), (rows, size) => {
        const { count } = pageOf(rows, size, 0)
        const shown = Array.from({ length: count }, (_, index) => pageOf(rows, size, index)).flatMap(page =>
          Array.from({ length: page.end - page.start }, (_, i) => page.start + i),
        )
        expect(shown).toEqual(Array.from({ length: rows }, (_, i) => i))
      }),
    )
  })

  it('stay in range, and keep the first row when the size changes', () => {
    expect(pageOf(95, 10, 99)).toMatchObject({ index: 9, start: 90, end: 95 })
    expect(pageOf(95, 10, -1).index).toBe(0)
    expect(pageAfterResize(30, 25)).toBe(1)
  })
})

describe('the saved state', () => {
  const columns = readTable({ schema: { fields: [{ name: 'a' }, { name: 'b' }] }, data: [] }).columns
  const plain: TableState = { query: ALL_ROWS, size: 10, filters: false, statistics: true }
  const chosen: TableState = {
    query: { sort: { column: 1, direction: 'descending' }, filters: [{ column: 0, text: '>5' }], search: 'x' },
    size: 50,
    filters: true,
    statistics: false,
  }

  it('is restored as it was', () => {
    expect(unpackState(packState(chosen, columns), columns, plain)).toEqual(chosen)
  })
  it('ignores unknown columns and invalid values', () => {
    const others = readTable({ schema: { fields: [{ name: 'b' }] }, data: [] }).columns
    expect(unpackState(packState(chosen, columns), others, plain).query).toEqual({
      sort: { column: 0, direction: 'descending' },
      filters: [],
      search: 'x',
    })
    const partly = { size: 25, filters: 'yes', statistics: false, sort: { column: 'a', direction: 'up' } }
    expect(unpackState(partly, columns, plain)).toEqual({ ...plain, size: 25, statistics: false })
    for (const nonsense of [null, 7, { size: 7, sort: 'a', where: [], search: {} }])
      expect(unpackState(nonsense, columns, plain)).toEqual(plain)
  })
})
