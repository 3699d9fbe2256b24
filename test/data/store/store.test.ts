import { mkdir, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { parquetReadObjects } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import { HOUR } from '../../../src/common/duration.ts'
import { type Interval, subtract, unite } from '../../../src/data/store/intervals.ts'
import { listSeries, removeSeries, summarizeStore, verifyStore } from '../../../src/data/store/manage.ts'
import { sliceRecords } from '../../../src/data/store/part.ts'
import { parseSeriesFolder, type SeriesKey, seriesFolder } from '../../../src/data/store/series-key.ts'
import { Store } from '../../../src/data/store/store.ts'
import { at, candlesAt, KEY, opens, useFolder } from './helpers.ts'

const folder = useFolder()
const open = () => new Store(folder.path)
const FROM = at('2024-01-30')
const TO = at('2024-03-02')
const file = (part: string, key = KEY) => join(folder.path, seriesFolder(key), `${part}.parquet`)

describe('a series on disk', () => {
  it('is read as it was written, across the ends of months', async () => {
    const records = candlesAt(opens(FROM, TO))
    expect(await open().write(KEY, records, [FROM, TO])).toEqual({
      revised: 0,
      parts: ['2024-01', '2024-02', '2024-03'],
    })
    const loaded = await open().load(KEY, [FROM, TO])
    expect(loaded).toMatchObject({ coverage: [[FROM, TO]], drafts: [], damaged: [] })
    expect(loaded.records.time).toEqual(records.time)
    expect(loaded.records.columns).toMatchObject(records.columns)
    expect(loaded.records.columns.takerBuyVolume?.every(Number.isNaN)).toBe(true)
  })

  it('remembers that a range without records was fetched', async () => {
    await open().write(KEY, candlesAt([]), [at('2019-01-01'), at('2019-03-15')])
    const loaded = await open().load(KEY, [0, TO])
    expect(loaded.coverage).toEqual([[at('2019-01-01'), at('2019-03-15')]])
    expect(loaded.records.time.length).toBe(0)
    expect(await readdir(dirname(file('2019-01')))).toEqual([
      '2019-01.parquet',
      '2019-02.parquet',
      '2019-03.parquet',
      '_parts',
    ])
  })

  it('holds the last write of each moment, after any writes in any order', async () => {
    const hour = fc.integer({ min: 0, max: 1500 })
    const writes = fc.array(
      fc.record({
        a: hour,
        b: hour,
        shift: fc.integer({ min: 0, max: 3 }),
        every: fc.integer({ min: 1, max: 5 }),
        draft: fc.boolean(),
      }),
      { minLength: 1, maxLength: 5 },
    )
    await fc.assert(
      fc.asyncProperty(writes, async list => {
        await rm(folder.path, { recursive: true, force: true })
        const start = at('2024-01-15')
        const expected = new Map<number, number>()
        const written: Interval[] = []
        const store = open()
        for (const { a, b, shift, every, draft } of list) {
          const [from, to] = [start + Math.min(a, b) * HOUR, start + (Math.max(a, b) + 1) * HOUR]
          const times = opens(from, to, every * HOUR)
          const before = [...expected].filter(([time]) => time >= from && time < to)
          const records = candlesAt(times, shift)
          for (const [time] of before) expected.delete(time)
          for (const [i, time] of times.entries()) expected.set(time, records.columns.open?.[i] ?? Number.NaN)
          const { revised } = await store.write(KEY, records, [from, to], draft)
          expect(revised).toBe(before.filter(([time, open]) => expected.get(time) !== open).length)
          written.push([from, to])
        }
        const { records, coverage, damaged } = await open().load(KEY, [0, at('2030-01-01')])
        expect([...records.time].map((time, i) => [time, records.columns.open?.[i]])).toEqual(
          [...expected].sort((a, b) => a[0] - b[0]),
        )
        expect(coverage).toEqual(unite(written))
        expect(damaged).toEqual([])
        expect(await verifyStore(folder.path)).toEqual([])
      }),
      { numRuns: 15 },
    )
  })

  it('loses none of many concurrent writes to the same month', async () => {
    const hours = opens(at('2024-02-01'), at('2024-02-03'))
    await Promise.all(hours.map(hour => open().write(KEY, candlesAt([hour]), [hour, hour + HOUR], true)))
    const { records, coverage } = await open().load(KEY, [FROM, TO])
    expect([...records.time]).toEqual(hours)
    expect(coverage).toEqual([[at('2024-02-01'), at('2024-02-03')]])
  })

  it('is compressed by compact', async () => {
    const key: SeriesKey = { ...KEY, timeframe: '15m' }
    const store = open()
    await store.write(key, candlesAt(opens(FROM, TO, HOUR / 4)), [FROM, TO], true)
    const before = await store.load(key, [FROM, TO])
    // January and March hold too little to be compressed.
    expect(before.drafts).toEqual(['2024-02'])
    const large = (await readFile(file('2024-02', key))).length
    await store.compact(key, before.drafts)
    const after = await store.load(key, [FROM, TO])
    expect(after).toEqual({ ...before, drafts: [] })
    expect((await readFile(file('2024-02', key))).length).toBeLessThan(large / 2)
  })

  it('keeps events of the same millisecond, in one file per day', async () => {
    const key: SeriesKey = { series: 'trades', exchange: 'bybit', symbol: 'BTC/USDT:USDT', timeframe: '' }
    const time = Float64Array.of(FROM, FROM, FROM, FROM + 24 * HOUR)
    const columns = {
      price: Float64Array.of(1, 2, 3, 4),
      amount: Float64Array.of(1, 1, 1, 1),
      buy: Uint8Array.of(1, 0, 1, 0),
    }
    await open().write(key, { time, columns }, [FROM, FROM + 25 * HOUR])
    expect((await open().load(key, [FROM, TO])).records).toEqual({ time, columns })
    expect(await readdir(dirname(file('', key)))).toEqual(['2024-01-30.parquet', '2024-01-31.parquet', '_parts'])
  })

  it.each([
    ['out of order', [FROM + HOUR, FROM], /row 2, time: 2024-01-30 00:00 is before the row above/],
    ['twice', [FROM, FROM], /row 2, time: 2024-01-30 00:00 occurs twice/],
    ['outside', [FROM - HOUR], /row 1, time: 2024-01-29 23:00 is outside/],
    ['between two milliseconds', [FROM + 0.5], /row 1, time: .*\.5 is not a whole number of ms/],
  ])('refuses a record that is %s', async (_, times, message) => {
    await expect(open().write(KEY, candlesAt(times), [FROM, TO])).rejects.toThrow(message)
    expect(await readdir(folder.path)).toEqual([])
  })
})

describe('folders', () => {
  it('identify any key uniquely', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' })
    const key = fc.record({
      series: fc.constantFrom('candles' as const, 'trades' as const),
      exchange: text,
      symbol: text,
      timeframe: fc.constantFrom('', '1h', '15m'),
    })
    fc.assert(
      fc.property(key, key => {
        expect(parseSeriesFolder(seriesFolder(key))).toEqual(key)
      }),
    )
  })
  it('use Hive partitioning', () => {
    expect(seriesFolder(KEY).split(/[\\/]/)).toEqual([
      'series=candles',
      'exchange=binanceusdm',
      'symbol=BTC%2FUSDT%3AUSDT',
      'timeframe=1h',
    ])
  })
})

describe('verify', () => {
  const write = () => open().write(KEY, candlesAt(opens(FROM, TO)), [FROM, TO])
  const problems = async () => (await verifyStore(folder.path)).map(({ file, problem }) => [file.slice(-15), problem])

  it('finds no problem in what was written', async () => {
    await write()
    expect(await verifyStore(folder.path)).toEqual([])
  })
  it('finds a changed bit, and files that are cut off, missing or misplaced', async () => {
    await write()
    const bytes = await readFile(file('2024-02'))
    bytes[2000]! ^= 4
    await truncate(file('2024-01'), 900)
    await writeFile(file('2024-05'), await readFile(file('2024-03')))
    await rm(file('2024-03'))
    await writeFile(file('2024-02'), bytes)
    expect(await problems()).toEqual([
      ['2024-01.parquet', expect.stringMatching(/^it is cut off or not a Parquet file/)],
      ['2024-02.parquet', expect.stringMatching(/checksum differs|cannot be read/)],
      ['2024-03.parquet', 'it is missing'],
      ['2024-05.parquet', 'it holds binanceusdm BTC/USDT:USDT 1h candles 2024-03 and is in the wrong place'],
    ])
  })
  it('lets a new download replace a damaged file, which is set aside', async () => {
    await write()
    await truncate(file('2024-02'), 900)
    const { damaged, coverage } = await open().load(KEY, [FROM, TO])
    expect(damaged).toMatchObject([{ name: '2024-02', file: file('2024-02') }])
    expect(subtract([FROM, TO], coverage)).toEqual([[at('2024-02-01'), at('2024-03-01')]])
    await write()
    expect(await verifyStore(folder.path)).toEqual([])
    expect(await readdir(dirname(file('2024-02')))).toContain('2024-02.parquet.damaged')
  })
})

describe('list and remove', () => {
  const eth: SeriesKey = { ...KEY, symbol: 'ETH/USDT:USDT' }
  const funding: SeriesKey = { ...KEY, series: 'funding', timeframe: '' }
  const fill = async () => {
    const times = opens(FROM, TO).filter(time => time !== at('2024-02-03') && time !== at('2024-03-01'))
    await open().write(KEY, candlesAt(times), [FROM, TO])
    await open().write(eth, candlesAt([]), [FROM, TO])
    await open().write(funding, { time: Float64Array.of(FROM), columns: { fundingRate: Float64Array.of(1e-4) } }, [
      FROM,
      TO,
    ])
  }

  it('list what is stored', async () => {
    await fill()
    const rows = await summarizeStore(folder.path)
    expect(rows).toMatchObject([
      { ...KEY, from: FROM, to: TO - HOUR, bars: 32 * 24 - 2, gaps: 2 },
      { ...eth, from: null, to: null, bars: 0, gaps: 0 },
      { ...funding, from: FROM, to: FROM, bars: 1, gaps: 0 },
    ])
    for (const { bytes } of rows) expect(bytes).toBeGreaterThan(500)
    expect(await listSeries(folder.path, { symbol: 'BTC/USDT:USDT' })).toEqual([KEY, funding])
  })
  it('remove what is selected, and nothing else', async () => {
    await fill()
    expect(await removeSeries(folder.path, { series: 'candles', symbol: 'BTC/USDT:USDT' })).toMatchObject([KEY])
    expect(await listSeries(folder.path)).toEqual([eth, funding])
    await removeSeries(folder.path, { all: true })
    expect(await readdir(folder.path)).toEqual([])
  })
  it.each([
    [{}, /^liq.store.remove: all: false, but expected exchange, symbol, series or timeframe of what to remove/],
    [{ symbl: 'BTC' }, /^liq.store.remove: symbl is not one of its options \(did you mean symbol\?\)/],
    [{ series: 'candle' }, /^liq.store.remove: series: "candle", but expected candles, /],
    [{ symbol: 3 }, /^liq.store.remove: symbol: 3, but expected a string/],
  ])('refuse %j', async (filter, message) => {
    await expect(removeSeries(folder.path, filter as never)).rejects.toThrow(message)
  })
  it('return nothing without a store', async () => {
    expect(await summarizeStore(join(folder.path, 'none'))).toEqual([])
    expect(await verifyStore(join(folder.path, 'none'))).toEqual([])
  })
})

describe('what a killed process leaves behind', () => {
  const DEAD = 2 ** 22 - 7

  it('is removed by the next write', async () => {
    await mkdir(dirname(file('2024-01')), { recursive: true })
    await writeFile(`${file('2024-01')}.lock`, JSON.stringify({ pid: DEAD, host: hostname(), token: 'dead' }))
    await writeFile(`${file('2024-01')}.dead.tmp`, 'half a file')
    await open().write(KEY, candlesAt([FROM]), [FROM, FROM + HOUR])
    expect(await readdir(dirname(file('2024-01')))).toEqual(['2024-01.parquet', '_parts'])
  })
  it.each([
    [
      'an owner whose process id is in use again',
      JSON.stringify({ pid: process.pid, host: hostname(), token: 'dead' }),
    ],
    ['no owner, because the process died before it wrote its name', ''],
  ])('is removed when it is old: %s', async (_, text) => {
    await mkdir(dirname(file('2024-01')), { recursive: true })
    await writeFile(`${file('2024-01')}.lock`, text)
    const longAgo = Date.now() / 1000 - 20
    await utimes(`${file('2024-01')}.lock`, longAgo, longAgo)
    const start = performance.now()
    await open().write(KEY, candlesAt([FROM]), [FROM, FROM + HOUR])
    // Waiting for a lock that is not old takes up to 15 s.
    expect(performance.now() - start).toBeLessThan(10_000)
    expect(await readdir(dirname(file('2024-01')))).toEqual(['2024-01.parquet', '_parts'])
  })
  it('is removed by clean, unless its owner may be alive', async () => {
    const at = dirname(file('2024-01'))
    await mkdir(at, { recursive: true })
    const owners = {
      '2024-01': [DEAD, hostname()],
      '2024-02': [process.pid, hostname()],
      '2024-03': [DEAD, 'elsewhere'],
    } as const
    for (const [part, [pid, host]] of Object.entries(owners)) {
      await writeFile(`${file(part)}.lock`, JSON.stringify({ pid, host, token: part }))
      await writeFile(`${file(part)}.${part}.tmp`, 'half a file')
    }
    await utimes(`${file('2024-03')}.2024-03.tmp`, 0, 0)
    await open().clean(KEY)
    expect(await readdir(at)).toEqual(['2024-02.parquet.2024-02.tmp', '2024-02.parquet.lock', '2024-03.parquet.lock'])
  })
})

it('gives any Parquet reader dates, numbers and flags', async () => {
  await open().write(KEY, candlesAt(opens(FROM, TO)), [FROM, TO])
  const bytes = await readFile(file('2024-02'))
  const [first] = await parquetReadObjects({
    file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  })
  const { columns } = candlesAt([at('2024-02-01')])
  expect(first).toEqual({
    time: new Date('2024-02-01T00:00:00Z'),
    ...Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column[0]])),
    takerBuyVolume: Number.NaN,
  })
})

it('slices the records of a time range', () => {
  const time = Float64Array.of(1, 3, 3, 7)
  expect(sliceRecords({ time, columns: {} }, [2, 7]).time).toEqual(Float64Array.of(3, 3))
})
