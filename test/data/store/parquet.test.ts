import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR } from '../../../src/common/duration.ts'
import { DataError } from '../../../src/common/errors.ts'
import { decodeHeader, decodePart, encodePart } from '../../../src/data/store/parquet.ts'
import type { Part } from '../../../src/data/store/part.ts'
import { allocateRecords, SERIES_SCHEMAS, type SeriesName } from '../../../src/data/store/schema.ts'
import { partBounds, type SeriesKey } from '../../../src/data/store/series-key.ts'
import { at, candlesAt, KEY, opens } from './helpers.ts'

const bufferOf = (bytes: Uint8Array) =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
/** All bits of a column: distinguishes -0 from 0, and NaNs from each other. */
const bits = (column: Float64Array | Uint8Array) =>
  Buffer.from(column.buffer, column.byteOffset, column.byteLength).toString('hex')

const keyFor = (series: SeriesName): SeriesKey => ({
  series,
  exchange: 'okx',
  symbol: 'ETH/USD:ETH',
  timeframe: ['candles', 'openInterest', 'longShortRatio'].includes(series) ? '5m' : '',
})

/** Parts of any series with any values. */
const parts = fc
  .constantFrom(...(Object.keys(SERIES_SCHEMAS) as SeriesName[]))
  .chain(series => {
    const name = SERIES_SCHEMAS[series].partition === 'month' ? '2024-02' : '2024-02-29'
    const bounds = partBounds(name)
    const [from, to] = bounds
    const offsets = fc.uniqueArray(fc.integer({ min: 0, max: to - from - 1 }), { maxLength: 60 })
    // Files of more than 1024 records are compressed.
    const repeats = fc.constantFrom(1, 1, 40)
    const double = fc.oneof(
      fc.double(),
      fc.constantFrom(Number.NaN, -0, 0, 1 / 3, 5e-324, 1.7976931348623157e308, -Infinity, 65432.1),
    )
    return fc.record({
      series: fc.constant(series),
      name: fc.constant(name),
      bounds: fc.constant(bounds),
      repeats,
      times: offsets,
      values: fc.array(double, { minLength: 60 * 6, maxLength: 60 * 6 }),
    })
  })
  .map(({ series, name, bounds, times: offsets, values, repeats }): Part => {
    const step = Math.floor((bounds[1] - bounds[0]) / repeats)
    const distinct = new Set(offsets.map(offset => offset % step))
    const times = Array.from({ length: repeats }, (_, k) => [...distinct].map(offset => bounds[0] + k * step + offset))
      .flat()
      .sort((a, b) => a - b)
    const records = allocateRecords(series, times.length)
    records.time.set(times)
    let next = 0
    for (const column of Object.values(records.columns)) {
      for (let i = 0; i < times.length; i++) {
        const value = values[next++ % values.length]!
        column[i] = column instanceof Uint8Array ? Number(value > 0) : value
      }
    }
    return { key: keyFor(series), name, coverage: [bounds], records }
  })

const month = (): Part => {
  const bounds = partBounds('2024-02')
  return { key: KEY, name: '2024-02', coverage: [bounds], records: { ...candlesAt(opens(...bounds)) } }
}
/** The month with all columns of its series. */
const full = (): Part => {
  const part = month()
  const { time, columns } = part.records
  return { ...part, records: { time, columns: { ...columns, takerBuyVolume: new Float64Array(time.length).fill(3) } } }
}

/** Enough records for compression, few of them different. */
const compressed = (): Part => {
  const bounds = partBounds('2024-02')
  const records = candlesAt(opens(bounds[0], bounds[0] + 1100 * 60_000, 60_000))
  const { time, columns } = records
  return {
    ...month(),
    key: { ...KEY, timeframe: '1m' },
    records: { time, columns: { ...columns, takerBuyVolume: new Float64Array(time.length).fill(3) } },
  }
}

it.each([true, false])('decodes every value to the last bit (draft: %s)', async draft => {
  await fc.assert(
    fc.asyncProperty(parts, async part => {
      const read = await decodePart(bufferOf(encodePart(part, { draft })))
      expect(read.part).toMatchObject({ key: part.key, name: part.name, coverage: part.coverage })
      expect(bits(read.part.records.time)).toBe(bits(part.records.time))
      expect(Object.keys(read.part.records.columns)).toEqual(Object.keys(part.records.columns))
      for (const [name, column] of Object.entries(part.records.columns))
        expect(bits(read.part.records.columns[name] ?? new Uint8Array()), name).toBe(bits(column))
    }),
    { numRuns: 60 },
  )
})

it('has a header that can be read without the values', () => {
  const part = full()
  const bytes = encodePart({
    ...part,
    records: {
      time: part.records.time.filter((_, i) => i < 5 || i > 9),
      columns: Object.fromEntries(
        Object.entries(part.records.columns).map(([name, column]) => [name, column.filter((_, i) => i < 5 || i > 9)]),
      ),
    },
  })
  expect(decodeHeader(bufferOf(bytes.subarray(-3000)))).toMatchObject({
    exchange: 'binanceusdm',
    symbol: 'BTC/USDT:USDT',
    series: 'candles',
    timeframe: '1h',
    part: '2024-02',
    records: 29 * 24 - 5,
    first: at('2024-02-01'),
    last: at('2024-03-01') - HOUR,
    gaps: 1,
  })
})

describe('a damaged file', () => {
  it('is noticed when a single bit has changed', async () => {
    for (const good of [encodePart({ ...full(), records: cut(full(), 40) }), encodePart(compressed())]) {
      let unnoticed = 0
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: good.length - 1 }),
          fc.integer({ min: 0, max: 7 }),
          async (i, bit) => {
            const bytes = good.slice()
            bytes[i]! ^= 1 << bit
            const [before, after] = await Promise.all([good, bytes].map(read))
            // Some bits of a Parquet file have no effect (statistics, the writer's name): then all values are unchanged.
            if (after !== 'damaged') unnoticed++
            if (after !== 'damaged') expect(after).toBe(before)
          },
        ),
        { numRuns: 300 },
      )
      expect(unnoticed).toBeLessThan(200)
    }
  })

  it('is noticed wherever it is cut off', async () => {
    const good = encodePart(full())
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: good.length - 1 }), async length => {
        expect(await read(good.subarray(0, length))).toBe('damaged')
      }),
    )
  })

  it.each([
    [
      'times out of order',
      (time: Float64Array) => time.reverse(),
      /row 2, time: 2024-02-29 22:00 is before the row above/,
    ],
    ['a time twice', (time: Float64Array) => time.fill(time[0]!), /row 2, time: 2024-02-01 00:00 occurs twice/],
    [
      'a time that was never fetched',
      (time: Float64Array) => time.map(t => t + 30 * 24 * HOUR),
      /row 1, time: 2024-03-02 00:00 is outside the fetched ranges/,
    ],
  ])('is noticed by %s', async (_, change, message) => {
    const part = full()
    const bytes = encodePart({ ...part, records: { ...part.records, time: change(part.records.time) } })
    await expect(decodePart(bufferOf(bytes))).rejects.toThrow(message)
  })

  it('is not confused with one of a later format', async () => {
    const bytes = encodePart(full())
    const text = Buffer.from(bytes).toString('latin1').replace('{"format":1', '{"format":2')
    await expect(decodePart(bufferOf(Buffer.from(text, 'latin1')))).rejects.toThrow(
      'it has format 2, but this Liqnb reads format 1',
    )
  })
})

function cut(part: Part, rows: number) {
  return {
    time: part.records.time.slice(0, rows),
    columns: Object.fromEntries(
      Object.entries(part.records.columns).map(([name, column]) => [name, column.slice(0, rows)]),
    ),
  }
}

async function read(bytes: Uint8Array): Promise<string> {
  try {
    const { part } = await decodePart(bufferOf(bytes))
    return JSON.stringify([
      part.key,
      part.name,
      part.coverage,
      bits(part.records.time),
      Object.values(part.records.columns).map(bits),
    ])
  } catch (error) {
    // Whatever error the library throws, the user gets a DataError: a damaged file, or a later format if that bit changed.
    expect(error).toBeInstanceOf(DataError)
    return 'damaged'
  }
}
