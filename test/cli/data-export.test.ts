/** `liqnb data export` into a real ClickHouse server. Needs `clickhouse-server`. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SeriesKey } from '../../src/data/store/series-key.ts'
import { Store } from '../../src/data/store/store.ts'
import { liq } from '../../src/liqnb.ts'
import { hasClickHouse, type LocalClickHouse, startClickHouse } from '../data/clickhouse/server.ts'
import { at, candlesAt, KEY, opens } from '../data/store/helpers.ts'
import { runCommand, useFolder } from './harness.ts'

it.skipIf(hasClickHouse)(
  'SKIPPED: there is no clickhouse-server here, so no export is tested: apt-get install clickhouse-server',
  () => {},
)

const FROM = at('2024-01-30')
const TO = at('2024-02-02')
const TRADES: SeriesKey = { series: 'trades', exchange: 'okx', symbol: "E'T\\H/USDT:USDT", timeframe: '' }

/** Some in the same millisecond. */
function tradesAt(seed: number) {
  const time = Float64Array.from({ length: 3000 }, (_, i) => FROM + Math.floor(i / 3) * 200_000)
  return {
    time,
    columns: {
      price: time.map((_, i) => 100 + Math.sin(i + seed)),
      amount: time.map((_, i) => 1 + (i % 7)),
      buy: Uint8Array.from(time, (_, i) => i % 2),
    },
  }
}

describe.skipIf(!hasClickHouse)('export', () => {
  const folder = useFolder()
  let server: LocalClickHouse
  const liqnb = (...args: string[]) => runCommand(folder.path, 'data', 'export', ...args)
  const load = (...args: string[]) => liqnb('--to', 'clickhouse', '--url', server.url, ...args)
  const before = process.env.LIQNB_STORE

  beforeAll(async () => {
    server = await startClickHouse()
  })
  beforeEach(() => {
    process.env.LIQNB_STORE = folder.path
  })
  afterAll(async () => {
    if (before === undefined) delete process.env.LIQNB_STORE
    else process.env.LIQNB_STORE = before
    await server?.close()
  })

  it('loads the store, replaces what it loaded before, and gives the same flow', async () => {
    const store = new Store(folder.path)
    await store.write(KEY, candlesAt(opens(FROM, TO)), [FROM, TO])
    await store.write(TRADES, tradesAt(1), [FROM, TO])
    const first = await load()
    expect(first).toEqual({
      code: 0,
      stdout:
        "binanceusdm BTC/USDT:USDT 1h candles: 72 rows in liqnb_candles\nokx E'T\\H/USDT:USDT trades: 3,000 rows in liqnb_trades\n",
      stderr: '',
    })
    const candles = 'SELECT count(), sum(close), max(time), countIf(isNaN(takerBuyVolume)) FROM liqnb_candles'
    const stored = candlesAt(opens(FROM, TO))
    const sum = Array.from(stored.columns.close!).reduce((a, b) => a + b)
    expect(await server.run(candles)).toBe(`72\t${sum}\t${TO - 3_600_000}\t72\n`)

    await store.write(TRADES, tradesAt(2), [FROM, TO])
    expect((await load('-q')).stdout).toBe(first.stdout)
    expect(await server.run(candles)).toBe(`72\t${sum}\t${TO - 3_600_000}\t72\n`)
    const flow = await liq.tradeFlow({
      clickhouse: server.url,
      table: 'liqnb_trades',
      where: { exchange: 'okx', symbol: TRADES.symbol },
      timeframe: '1h',
    })
    const { records } = await store.load(TRADES, [FROM, TO])
    const { price, amount, buy } = records.columns as ReturnType<typeof tradesAt>['columns']
    const expected = await liq.tradeFlow({ trades: [{ time: records.time, price, amount, buy }], timeframe: '1h' })
    for (const name of ['time', 'open', 'close', 'count', 'bin', 'starts'] as const)
      expect([...flow[name]]).toEqual([...expected[name]])
    expect(flow.symbol).toBe(TRADES.symbol)
    expect(await server.run('SHOW TABLES')).toBe('liqnb_candles\nliqnb_trades\n')
  })

  it('loads one series into a table of another name', async () => {
    await new Store(folder.path).write(KEY, candlesAt(opens(FROM, TO)), [FROM, TO])
    const { code, stdout } = await load('--table', 'default.own', '--json', '--symbol', KEY.symbol)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual([{ ...KEY, table: 'default.own', rows: 72 }])
    expect(await server.run('SELECT count() FROM own')).toBe('72\n')
  })

  it('says what is wrong, and leaves no table behind', async () => {
    const nothing = await load()
    expect(nothing.stderr).toMatch(/data export: nothing that matches is stored in .*"liqnb data list" shows what is/)
    const store = new Store(folder.path)
    await store.write(KEY, candlesAt(opens(FROM, TO)), [FROM, TO])
    await store.write(TRADES, tradesAt(1), [FROM, TO])
    const tables = await server.run('SHOW TABLES')
    await server.run('CREATE TABLE other (time Int64) ENGINE = Log')
    for (const [args, message] of [
      [
        ['--table', 'other', '--series', 'candles'],
        /table other has other columns \(time Int64\), but expected exchange String, .*name another with --table/,
      ],
      [['--table', 'other'], /table other cannot hold candles and trades: choose one by series/],
      [['--table', 'a b'], /data export: table: "a b", but expected the name of a table/],
      [['--series', 'nothing'], /data export: series: "nothing", but expected candles/],
      [['--all'], /data export does not take --all/],
    ] as const) {
      const { code, stdout, stderr } = await load(...args)
      expect([stdout, stderr]).toEqual(['', expect.stringMatching(message)])
      expect(code).not.toBe(0)
      expect(stderr).not.toMatch(/quant|s3.cr|s3%3A/)
    }
    expect((await liqnb('--to', 'duckdb')).stderr).toMatch(/data export needs --to clickhouse, found duckdb/)
    expect((await liqnb('--to', 'clickhouse')).stderr).toMatch(/data export needs --url, or the variable/)
    await server.run('DROP TABLE other')
    expect(await server.run('SHOW TABLES')).toBe(tables)
  })
})
