/** SQL by the real DuckDB, held against arquero. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publishTask } from '../../src/common/host.ts'
import { Store } from '../../src/data/store/store.ts'
import { aq, liq } from '../../src/liqnb.ts'
import { at, candlesAt, KEY, opens } from '../data/store/helpers.ts'
import { withOptional } from '../optional/modules.ts'

const modules = withOptional('@duckdb/node-api')
const signal = new AbortController().signal

/** A cell in a notebook beside which DuckDB is installed, or not. */
function inNotebook(notebookDir: string | undefined, abort = signal) {
  return publishTask(globalThis, () => ({ signal: abort, progress() {}, ...(notebookDir && { notebookDir }) }))
}

describe('without DuckDB', () => {
  it('says what to install', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'liqnb-sql-'))
    const leave = inNotebook(folder)
    await expect(liq.sql('SELECT 1')).rejects.toThrow(
      'liq.sql needs DuckDB: run "npm install @duckdb/node-api" in the folder of the notebook, then run the cell again',
    )
    leave()
    rmSync(folder, { recursive: true })
  })
})

describe.skipIf(modules === undefined)('with DuckDB', () => {
  let leave = () => {}
  beforeAll(() => {
    leave = inNotebook(modules)
  })
  afterAll(() => leave())

  const rows = Array.from({ length: 5000 }, (_, i) => ({
    side: i % 3 ? 'long' : 'short',
    usd: i % 7 === 0 ? null : Math.sin(i) * 1000,
    time: new Date(1_700_000_000_000 + i * 60_000),
    big: i % 2 === 0,
  }))
  const table = aq.from(rows)

  it('gives the values of arquero, to the last bit, over chunks', async () => {
    const same = await liq.sql('SELECT * FROM t', { tables: { t: table } })
    expect(same.objects()).toEqual(table.objects())
    const sorted =
      await liq.sql`SELECT side, usd FROM ${table} WHERE usd > ${250.5} AND side = ${'long'} ORDER BY usd DESC LIMIT 10`
    const expected = table
      .filter((d: { usd: number; side: string }) => d.usd > 250.5 && d.side === 'long')
      .orderby(aq.desc('usd'))
      .slice(0, 10)
      .select('side', 'usd')
    expect(sorted.objects()).toEqual(expected.objects())
    const groups = await liq.sql('SELECT side, count(*) AS n, max(usd) AS top FROM t GROUP BY side ORDER BY side', {
      tables: { t: table },
    })
    const rolled = table
      .groupby('side')
      .rollup({ n: () => aq.op.count(), top: (d: { usd: number }) => aq.op.max(d.usd) })
      .orderby('side')
    expect(groups.objects()).toEqual(rolled.objects())
  })

  it('reads filtered and sorted tables as they are shown, typed arrays, and markets', async () => {
    const view = aq
      .table({ x: Float64Array.of(3, 1, 2), flag: [true, null, false], mixed: [1, 'a', { b: 2 }] })
      .filter((d: { x: number }) => d.x > 1)
      .orderby('x')
    expect((await liq.sql`SELECT * FROM ${view}`).objects()).toEqual([
      { x: 2, flag: false, mixed: '{"b":2}' },
      { x: 3, flag: true, mixed: '1' },
    ])
    const market = await liq.market({ sample: true })
    const [row] = (
      await liq.sql('SELECT count(*) AS n, max(high) AS top, min(time) AS first FROM m', { tables: { m: market } })
    ).objects() as { n: number; top: number; first: Date }[]
    expect(row).toEqual({ n: market.length, top: Math.max(...market.high), first: new Date(market.time[0]!) })
  })

  it('keeps values out of the query, whole numbers exact, and equal names apart', async () => {
    const [row] = (
      await liq.sql`SELECT ${"'; DROP TABLE x; --"} AS text, ${new Date(5)} AS t, ${null} AS nothing, 9007199254740993 AS big, 1 AS n, 2 AS n`
    ).objects() as Record<string, unknown>[]
    expect(row).toMatchObject({
      text: "'; DROP TABLE x; --",
      t: new Date(5),
      nothing: null,
      big: 9007199254740993n,
      n: 1,
    })
    expect(Object.values(row!).at(-1)).toBe(2)
  })

  it('reads the series of the store, with exchange, symbol and timeframe', async () => {
    const path = mkdtempSync(join(tmpdir(), 'liqnb-sql-store-'))
    const store = new Store(path)
    const [from, to] = [at('2024-01-01T00:00'), at('2024-02-03T00:00')]
    const records = candlesAt(opens(from, to))
    await store.write(KEY, records, [from, to])
    const query =
      'SELECT symbol, timeframe, count(*) AS n, sum(close) AS total, max(time) AS last FROM store.candles GROUP BY ALL'
    const [row] = (await liq.sql(query, { store: path })).objects() as Record<string, unknown>[]
    const total = (records.columns.close as Float64Array).reduce((sum, value) => sum + value, 0)
    expect(row).toMatchObject({
      symbol: KEY.symbol,
      timeframe: '1h',
      n: records.time.length,
      last: new Date(records.time.at(-1)!),
    })
    expect(row!.total as number).toBeCloseTo(total, 6)
    await expect(liq.sql('SELECT * FROM store.funding', { store: path })).rejects.toThrow(
      /the store in .* has no funding yet/,
    )
    rmSync(path, { recursive: true })
  })

  it('reads a shared store that LIQNB_STORE names, over the folders of several markets', async () => {
    const path = mkdtempSync(join(tmpdir(), "liqnb shared'store-"))
    const store = new Store(path)
    const [from, to] = [at('2024-01-30T00:00'), at('2024-02-03T00:00')]
    const keys = [KEY, { ...KEY, exchange: 'okx' }, { ...KEY, symbol: 'ETH/USDT:USDT', timeframe: '4h' }]
    for (const key of keys) {
      const step = key.timeframe === '4h' ? 4 * 3_600_000 : 3_600_000
      await store.write(key, candlesAt(opens(from, to, step)), [from, to])
    }
    const before = process.env.LIQNB_STORE
    process.env.LIQNB_STORE = path
    try {
      const query =
        'SELECT exchange, symbol, timeframe, count(*) AS n FROM store.candles GROUP BY ALL ORDER BY symbol, exchange'
      expect((await liq.sql(query)).objects()).toEqual(
        keys.map(({ exchange, symbol, timeframe }, i) => ({ exchange, symbol, timeframe, n: i === 2 ? 24 : 96 })),
      )
    } finally {
      if (before === undefined) delete process.env.LIQNB_STORE
      else process.env.LIQNB_STORE = before
      rmSync(path, { recursive: true })
    }
  })

  it('does not mind a variable that has the name of a column or of a part of the query', async () => {
    const tables = { t: table, time: 5 as never, recent: 'text' as never }
    const query =
      'WITH recent AS (SELECT extract(year FROM time) AS y FROM t) SELECT max(y) AS top, count(*) AS n FROM recent'
    expect((await liq.sql(query, { tables })).objects()).toEqual([{ top: 2023, n: 5000 }])
    await expect(liq.sql('SELECT * FROM time', { tables })).rejects.toThrow('liq.sql: tables.time is 5, but expected')
  })

  it.each([
    [
      'SELECT * FROM btd',
      { tables: { btc: table } },
      'liq.sql: there is no table btd (did you mean btc?): pass it as liq.sql(query, { tables: { btd } })',
    ],
    ['SELEC 1', {}, 'syntax error at or near "SELEC"'],
    ['SELECT * FROM t', { tables: { t: 5 as never } }, 'liq.sql: tables.t is 5, but expected a table or a market'],
    ['SELECT * FROM t', { table: {} } as never, 'table'],
  ])('refuses %j', async (query, options, message) => {
    await expect(liq.sql(query, options)).rejects.toThrow(message)
  })

  it('stops when the cell is interrupted', async () => {
    const stop = new AbortController()
    const back = inNotebook(modules, stop.signal)
    const query = liq.sql('SELECT count(*) FROM range(100000000000) a, range(1000) b')
    setTimeout(() => stop.abort(), 300)
    await expect(query).rejects.toThrow(/abort/i)
    back()
    leave = inNotebook(modules)
  })
})
