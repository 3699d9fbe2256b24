import { describe, expect, it } from 'vitest'
import { newCodeCell } from '../../src/notebook/create.ts'
import { isRunnable } from '../../src/notebook/runnable.ts'
import { cellCode, sqlCode, tableDeclaration } from '../../src/notebook/sql-cell.ts'

/** The variables that a query is given. */
const variables = (query: string) =>
  [...sqlCode(query).matchAll(/(\S+): typeof \1 === 'undefined' \? undefined : \1/g)].map(match => match[1])

describe('a cell in SQL', () => {
  it('runs as a call of liq.sql; other languages do not', () => {
    const sql = newCodeCell('a', 'SELECT 1', { vscode: { languageId: 'sql' } })
    expect(isRunnable(sql)).toBe(true)
    expect(cellCode(sql)).toBe('await liq.sql("SELECT 1")')
    expect(isRunnable(newCodeCell('b', 'print(1)', { vscode: { languageId: 'python' } }))).toBe(false)
    expect(cellCode(newCodeCell('c', 'x'))).toBe('x')
  })

  it('declares a variable if its first line names one', () => {
    expect(sqlCode('-- name: top\nSELECT 1')).toBe('const top = await liq.sql("-- name: top\\nSELECT 1")\ntop')
    expect(sqlCode('SELECT 1\n-- name: top')).toBe('await liq.sql("SELECT 1\\n-- name: top")')
    expect(sqlCode('-- name: a b\nSELECT 1')).not.toContain('const')
  })

  it.each(['class', 'await', 'liq'])('declares no variable %s', name => {
    const query = `-- name: ${name}\nSELECT 1`
    expect(sqlCode(query)).toBe(`throw new SyntaxError("-- name: ${name} is no name for a variable")`)
    expect(tableDeclaration(query)).toBeUndefined()
  })

  it('says what it declares without running it', () => {
    expect(tableDeclaration('-- name: top\r\nSELECT * FROM x')).toBe("const top = await liq.sql('')")
    expect(tableDeclaration('SELECT 1\n-- name: top')).toBeUndefined()
  })

  it.each([
    ['SELECT * FROM clusters', ['clusters']],
    [
      'select c.side from clusters c join "trades" as t using (time) left join other on true',
      ['clusters', 'trades', 'other'],
    ],
    ['SELECT close, low FROM a, b AS x, c WHERE low > 1', ['a', 'b', 'c']],
    ['WITH t AS (SELECT * FROM bars) SELECT * FROM t', ['bars', 't']],
    ["SELECT 'FROM secret' -- FROM comment\n/* FROM block */ FROM `x", []],
    ['SELECT * FROM store.candles', []],
    ["SELECT * FROM read_csv('x.csv')", []],
    ["SELECT * FROM 'x.parquet'", []],
    ['SELECT extract(year FROM time) FROM bars', ['time', 'bars']],
    ['SELECT * FROM (SELECT 1)', []],
    ['SELECT * FROM lateral, new', []],
  ])('%j reads %j', (query, names) => {
    expect(variables(query)).toEqual(names)
  })
})
