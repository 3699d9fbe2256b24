/** The flow that a real ClickHouse server sums, held against reading the same trades. Needs `clickhouse-server`. */
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openClickHouse } from '../../../src/data/clickhouse/connection.ts'
import { encodeRows } from '../../../src/data/clickhouse/row-binary.ts'
import { tradeExpressions } from '../../../src/data/clickhouse/trade-columns.ts'
import { clickHouseTradeFlow } from '../../../src/data/clickhouse/trade-flow.ts'
import { liq } from '../../../src/liqnb.ts'
import { binPrice } from '../../../src/market/bins.ts'
import type { TradeChunk } from '../../../src/market/trade-flow/trade-chunk.ts'
import type { TradeFlow } from '../../../src/market/trade-flow/trade-flow.ts'
import { random } from '../../../src/stats/random.ts'
import { hasClickHouse, type LocalClickHouse, PASSWORD, startClickHouse, USER } from './server.ts'

it.skipIf(hasClickHouse)(
  'SKIPPED: there is no clickhouse-server here, so nothing of ClickHouse is tested: apt-get install clickhouse-server',
  () => {},
)

it('has SQL for DateTime64, which the servers of Debian do not know', () => {
  const columns = (time: string) => new Map(Object.entries({ time, price: 'Float64', amount: 'Float64', buy: 'UInt8' }))
  for (const type of ['DateTime64(3)', "Nullable(DateTime64(9, 'Asia/Tokyo'))"]) {
    const { ms, between } = tradeExpressions(columns(type), {}, 'x')
    expect(ms).toBe('ifNull(toFloat64(toUnixTimestamp64Micro(`time`)) / 1000, nan)')
    expect(between(7.5, 9)).toBe(
      '`time` >= fromUnixTimestamp64Milli(toInt64(8)) AND `time` < fromUnixTimestamp64Milli(toInt64(9))',
    )
  }
  expect(() => tradeExpressions(columns('Date'), {}, 'x')).toThrow(
    'x: column time is Date, but expected DateTime, DateTime64 or epoch ms; make a view that converts it',
  )
})

const N = 20_000
const START = Date.UTC(2024, 0, 5, 13)
const BIN = 0.0005

/** Trades of some days, several in the same millisecond, many at the exact edge of a bin, some of the sizes that limits name. */
function trades(): Required<Omit<TradeChunk, 'source' | 'row'>> {
  const { uniform } = random(7)
  const chunk = {
    time: new Float64Array(N),
    price: new Float64Array(N),
    amount: new Float64Array(N),
    buy: new Uint8Array(N),
  }
  let time = START
  for (let i = 0; i < N; i++) {
    if (uniform() < 0.7) time += Math.floor(uniform() * 120_000)
    chunk.time[i] = time
    // The logarithms of some of these prices have other last bits on the server.
    const bin = Math.floor(uniform() * 4000)
    chunk.price[i] = i % 3 === 0 ? binPrice(bin, BIN) : Math.round(20_000 + uniform() * 500 + (i % 977)) / 10
    chunk.amount[i] = i % 5 === 0 ? 10.1 / chunk.price[i]! : uniform() * 3
    chunk.buy[i] = uniform() < 0.5 ? 1 : 0
  }
  return chunk
}

const EXACT = ['time', 'open', 'high', 'low', 'close', 'count', 'firstTime', 'lastTime', 'starts', 'bin'] as const
const SUMS = ['volume', 'takerBuyVolume', 'buyUsd', 'sellUsd'] as const

function expectSame(actual: TradeFlow, expected: TradeFlow): void {
  for (const name of EXACT) expect([name, Array.from(actual[name])]).toEqual([name, Array.from(expected[name])])
  for (const name of SUMS) {
    const error = actual[name].map((value, i) => Math.abs(value - expected[name][i]!) / (expected[name][i]! || 1))
    expect(error.length).toBe(expected[name].length)
    expect(Math.max(...error), name).toBeLessThan(1e-12)
  }
}

describe.skipIf(!hasClickHouse)('a flow summed by ClickHouse', () => {
  const all = trades()
  let server: LocalClickHouse
  let clickhouse = ''

  beforeAll(async () => {
    server = await startClickHouse()
    clickhouse = server.url
    await server.run(
      'CREATE TABLE trades (time Int64, price Float64, amount Float64, buy UInt8, id UInt64) ENGINE = MergeTree() PARTITION BY tuple() ORDER BY time',
    )
    // In another order than that of time.
    const order = Array.from({ length: N }, (_, i) => (i * 7919) % N)
    const pick = (values: Float64Array) => Float64Array.from(order, i => values[i]!)
    const columns = [
      BigInt64Array.from(order, i => BigInt(all.time[i]!)),
      pick(all.price),
      pick(all.amount),
      Uint8Array.from(order, i => all.buy[i]!),
      BigInt64Array.from(order, BigInt),
    ]
    // Old servers read decimals with an error, so not as text.
    const { query } = openClickHouse(clickhouse, new AbortController().signal, 'test')
    await query('INSERT INTO trades FORMAT RowBinary', encodeRows(columns, 0, N))
    await server.run(
      "CREATE VIEW others AS SELECT toNullable(toDateTime(intDiv(time, 1000))) AS at, toDecimal64(round(price, 1), 4) AS px, amount AS qty, if(buy = 1, 'Buy', 'SELL') AS taker, 1 - buy AS maker, toString(n) AS id, if(n % 2 = 0, 'o\\'B\\\\U', 'x') AS symbol FROM (SELECT time, price, amount, buy, id AS n FROM trades)",
    )
    for (const [name, column, value] of [
      ['price', 'price', 'if(id = 7, nan, price)'],
      ['amount', 'amount', 'if(id = 7, -1, amount)'],
      ['side', 'buy', 'if(id = 7, 2, buy)'],
      ['time', 'time', 'if(id = 7, NULL, time)'],
      ['seconds', 'time', 'intDiv(time, 1000)'],
    ]) {
      const others = ['time', 'price', 'amount', 'buy', 'id'].map(each =>
        each === column ? `${value} AS v_${each}` : each,
      )
      const renamed = ['time', 'price', 'amount', 'buy', 'id'].map(each =>
        each === column ? `v_${each} AS ${each}` : each,
      )
      await server.run(`CREATE VIEW bad_${name} AS SELECT ${renamed} FROM (SELECT ${others} FROM trades)`)
    }
  })
  afterAll(() => server?.close())

  it.each([
    ['as it comes', { timeframe: '1h' }],
    ['by weeks', { timeframe: '2w', binWidth: 0.01 }],
    ['by sizes', { timeframe: '4h', minUsd: 10.1, maxUsd: 1234.567 }],
    ['by fine bins', { timeframe: '1d', binWidth: 0.00001 }],
    ['of a time', { timeframe: '30m', since: '2024-01-06T01:07', until: START + 3 * 86_400_000 + 1 }],
  ])('equals that of the trades read here, %s', async (_, options) => {
    const settings = { binWidth: BIN, ...options }
    const flow = await liq.tradeFlow({ clickhouse, table: 'default.trades', ...settings })
    expectSame(flow, await liq.tradeFlow({ trades: [all], ...settings }))
    expect([flow.symbol, flow.source, flow.notes]).toEqual(['default.trades', 'ClickHouse default.trades', []])
    expect(inspect(flow, { depth: 9 })).not.toMatch(/quant|s3.cr/)
  })

  it('is the same in many queries', async () => {
    const [since, until] = [START + 5 * 3_600_000 + 7, START + 9 * 86_400_000]
    const source = { clickhouse, table: 'trades', timeframe: '1h' }
    const flow = await clickHouseTradeFlow(source, since, until, 500)
    expectSame(flow, await liq.tradeFlow({ trades: [all], timeframe: '1h', since, until }))
  })

  it('reads other names and types, of the market that where names', async () => {
    const even = Array.from({ length: N / 2 }, (_, i) => 2 * i)
    const chunk = {
      time: Float64Array.from(even, i => Math.floor(all.time[i]! / 1000) * 1000),
      price: Float64Array.from(even, i => Math.round(all.price[i]! * 10) / 10),
      amount: Float64Array.from(even, i => all.amount[i]!),
      buy: Uint8Array.from(even, i => all.buy[i]!),
    }
    const expected = await liq.tradeFlow({ trades: [chunk], timeframe: '1h' })
    const columns = { time: 'at', price: 'px', amount: 'qty' }
    const source = { clickhouse, table: 'others', where: { symbol: "o'B\\U" }, timeframe: '1h' }
    for (const side of [{ side: 'taker' }, { buyerMaker: 'maker' }]) {
      const flow = await liq.tradeFlow({ ...source, columns: { ...columns, ...side } })
      // Nothing orders trades of the same second.
      expectSame({ ...flow, open: expected.open, close: expected.close }, expected)
      expect(flow.symbol).toBe("o'B\\U")
      expect(flow.notes).toEqual([expect.stringMatching(/^others has no column that orders trades of the same time/)])
    }
    await expect(
      liq.tradeFlow({ clickhouse, table: 'others', columns: { ...columns, side: 'taker' }, timeframe: '1h' }),
    ).rejects.toThrow("table others, column symbol: there are several; choose one with where: { symbol: '…' }")
  })

  it.each<[what: string, options: object, message: RegExp]>([
    [
      'a missing table',
      { table: 'nothing' },
      /ClickHouse at 127\.0\.0\.1:\d+ answered: Table default\.nothing doesn't exist/,
    ],
    [
      'a missing column',
      { columns: { price: 'prize' } },
      /table trades: there is no column prize \(did you mean price\?\); name it with columns: \{ price: '…' \}. The table has time, price/,
    ],
    ['a missing column of where', { where: { coin: 'BTC' } }, /where: there is no column coin; it has time, price/],
    [
      'a column of text for numbers',
      { table: 'others', columns: { time: 'at', price: 'taker', side: 'taker' } },
      /column taker is String, but expected a number/,
    ],
    [
      'an id of text',
      { table: 'others', columns: { time: 'at', price: 'px', amount: 'qty', side: 'taker', id: 'id' } },
      /column id is String, but expected a whole number/,
    ],
    [
      'a value that is no price',
      { table: 'bad_price' },
      /table bad_price, column price: 1 trade from 2024-.*expected a price above 0/,
    ],
    ['a value that is no amount', { table: 'bad_amount' }, /column amount: 1 trade .*expected 0 or more/],
    ['a value that is no side', { table: 'bad_side' }, /column buy: 1 trade .*expected buy and sell/],
    ['a missing time', { table: 'bad_time' }, /column time: 1 trade without a time/],
    ['times in seconds', { table: 'bad_seconds' }, /column time: holds 17\d{8}, but expected epoch ms/],
    ['no trades', { since: '2030-01-01' }, /there are no trades in this time/],
    ['a table with SQL in it', { table: 'trades; DROP TABLE trades' }, /table: .*expected the name of a table/],
    [
      'a column with SQL in it',
      { columns: { price: 'price`' } },
      /columns\.price: "price`", but expected the name of a column/,
    ],
    ['a column of where with SQL in it', { where: { '1=1 OR x': 1 } }, /where: .*expected names of columns/],
    ['another kind of value', { where: { buy: [1] } }, /where\.buy: \[1\], but expected a text, a number/],
    ['an option of files', { zone: 'UTC' }, /zone is not one of its options/],
  ])('refuses %s', async (_, options, message) => {
    const error = await liq.tradeFlow({ clickhouse, table: 'trades', timeframe: '1h', ...options }).catch(e => e)
    expect(error.message).toMatch(message)
    expect(`${error.message} ${error.stack}`).not.toMatch(/s3.cr|s3%3A|quant/)
  })

  it('names neither user nor password when the server refuses them, or is not there', async () => {
    const flow = (address: string) =>
      liq.tradeFlow({ clickhouse: address, table: 'trades', timeframe: '1h' }).catch(e => e.message)
    expect(await flow(`http://${USER}:wrong@${server.host}`)).toBe(
      `liq.tradeFlow: ClickHouse at ${server.host} refuses the user or the password: write them as http://user:password@HOST, special characters as %XX`,
    )
    expect(await flow(`http://${USER}:wrong@127.0.0.1:1`)).toMatch(
      /at 127\.0\.0\.1:1 cannot be reached \(.*\): check host and port/,
    )
    expect(await flow(`http://${server.host}?user=${USER}&password=wrong`)).toMatch(
      /^liq\.tradeFlow: clickhouse: "http:[^?]*\?…", but expected/,
    )
    expect(await flow(`ftp://${USER}:wrong@x`)).toMatch(/^liq\.tradeFlow: clickhouse: "ftp:\/\/…", but/)
    const missing = await flow(`${clickhouse}/?database=${encodeURIComponent(PASSWORD)}`)
    expect(missing).toMatch(/Database `…` doesn't exist/)
  })

  it('ends a query on the server when it is interrupted', async () => {
    const stop = new AbortController()
    const { query } = openClickHouse(clickhouse, stop.signal, 'test')
    const running = () => server.run("SELECT count() FROM system.processes WHERE query LIKE '%liqnb_endless%'")
    // Counts itself.
    expect(await running()).toBe('1\n')
    const endless = query('SELECT count() AS liqnb_endless FROM system.numbers WHERE number < 0')
    await expect.poll(running).toBe('2\n')
    stop.abort(new Error('stopped'))
    await expect(endless).rejects.toThrow('stopped')
    await expect.poll(running, { timeout: 5000 }).toBe('1\n')
  })

  it('fetches nothing offline', async () => {
    process.env.LIQNB_OFFLINE = '1'
    const call = liq.tradeFlow({ clickhouse, table: 'trades', timeframe: '1h' })
    await expect(call).rejects.toThrow('liq.tradeFlow needs ClickHouse, but LIQNB_OFFLINE is set')
    delete process.env.LIQNB_OFFLINE
  })
})
