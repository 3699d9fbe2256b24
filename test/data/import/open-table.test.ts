import { gzipSync } from 'node:zlib'
import { TimeUnit, tableFromArrays, timestamp } from '@uwdata/flechette'
import { describe, expect, it } from 'vitest'
import { HOUR } from '../../../src/common/duration.ts'
import { DataError } from '../../../src/common/errors.ts'
import { decompressLz4Frame } from '../../../src/data/import/lz4.ts'
import { zipOf } from './archive-builders.ts'
import { arrow, arrowBytes, column, csv, FIELDS, FORMATS, objects, parquet, ROWS } from './formats.ts'
import { scratch } from './helpers.ts'

const { read } = scratch()

async function expectRows(content: string | Uint8Array, options: Parameters<typeof read>[1] = {}) {
  const { columns, kind } = await read(content, options)
  expect(kind).toBe('candles')
  expect([...columns.time]).toEqual(column(0))
  for (const [k, field] of FIELDS.entries()) expect([...(columns[field] ?? [])], field).toEqual(column(k + 1))
}

describe('a market’s bars', () => {
  for (const [name, content] of FORMATS) {
    it(`are the same from ${name}`, async () => {
      await expectRows(content())
    })
  }

  it('are in the zone of the options, in typed files whose times have none', async () => {
    const table = tableFromArrays(
      { date: column(0), ...Object.fromEntries(FIELDS.map((name, k) => [name, column(k + 1)])) },
      { types: { date: timestamp(TimeUnit.MILLISECOND, null) } },
    )
    const bytes = arrowBytes(table)
    const { columns, assumedZone } = await read(bytes, { zone: '+02:00' })
    expect([...columns.time]).toEqual(column(0).map(ms => ms - 2 * HOUR))
    expect(assumedZone).toBe('+02:00')
  })

  it('can be selected by where and columns in typed files', async () => {
    const rows = objects.flatMap(row => [
      { ...row, symbol: 'A' },
      { ...row, symbol: 'B', close: 'x' },
    ])
    await expectRows(JSON.stringify(rows), { where: { symbol: 'A' } })
    await expect(read(JSON.stringify(rows))).rejects.toThrow(
      /Row 2, close: "x", but expected a number|Row 2, symbol: "B"/,
    )
    const renamed = objects.map(({ close, ...row }) => ({ ...row, last: close }))
    await expectRows(JSON.stringify(renamed), { columns: { close: 'last' } })
  })
})

describe('LZ4', () => {
  it('decompresses a frame of the lz4 program', () => {
    const packed = Buffer.from(LZ4_FRAME, 'base64')
    const values = new Float64Array(decompressLz4Frame(packed, 512).slice().buffer)
    expect([...values]).toEqual(Array.from({ length: 64 }, (_, i) => 1000 + (i % 7)))
    expect(() => decompressLz4Frame(packed, 511)).toThrow()
    expect(() => decompressLz4Frame(packed.subarray(0, 30), 512)).toThrow()
  })
})

/** `lz4 -9` of 64 doubles, 1000 to 1006 over and over. */
const LZ4_FRAME = 'BCJNGGRApywAAAAQAAEAMUCPQAgAE0gIABNQCAATWAgAE2AIABNoCAA/cI9AOAD/sVAAAECPQAAAAAA0qhtk'

const parts = (bytes: Uint8Array, to: number) => bytes.subarray(0, to)
const bad: [string, () => string | Uint8Array, RegExp][] = [
  ['a gzip file that is cut off', () => parts(gzipSync(csv), 60), /gzip file is cut off/],
  ['a gzip file that is damaged', () => damaged(gzipSync(csv), 40), /gzip file cannot be unpacked/],
  ['a zip file that is cut off', () => parts(zipOf('a.csv', csv), 80), /zip file is cut off/],
  [
    'a zip file whose content was changed',
    () => damaged(zipOf('a.csv', csv, { stored: true }), 70),
    /zip file is damaged: a.csv/,
  ],
  ['a zip file of two', () => zipOf('a.csv', csv, { twice: true }), /zip file holds 2 files \(a.csv, a.csv\)/],
  ['a Parquet file that is cut off', () => parts(parquet(), 200), /Parquet file cannot be read/],
  ['a Parquet file in gzip', () => gzipSync(parquet()), /packed with gzip on top of its own compression/],
  ['an Arrow file that is cut off', () => parts(arrow(), 300), /Arrow file cannot be read/],
  ['JSON that is cut off', () => JSON.stringify(ROWS).slice(0, -20), /cut off: value 2 or the list/],
  ['JSON with NaN', () => '[[1718830800000,1,1,1,NaN,1]]', /Value 1 of the file is not JSON: .*NaN/],
  ['JSON without rows', () => '[]', /holds no rows/],
  ['JSON with a number for a row', () => '[[1,2],3]', /Value 2 of the file begins with "3"/],
  [
    'JSON rows of different lengths',
    () => JSON.stringify([ROWS[0], [1, 2]]),
    /Row 2 has 2 values, but the first has 6/,
  ],
  [
    'JSON rows of different kinds',
    () => JSON.stringify([ROWS[0], objects[1]]),
    /Row 2 is an object, but the rows above are lists/,
  ],
  ['JSON lists one after the other', () => '[[1,2]]\n[[1,2]]', /several lists, one after the other/],
  ['JSON without a comma', () => '[[1,2] [3,4]]', /comma is missing after value 1/],
  [
    'JSON of two markets',
    () =>
      JSON.stringify([
        { symbol: 'A', history: objects },
        { symbol: 'B', history: objects },
      ]),
    /several lists of rows, perhaps of several markets/,
  ],
  [
    'a price that is a text',
    () => JSON.stringify([{ ...objects[0], low: 'low' }]),
    /Row 1, low: "low", but expected a number/,
  ],
  [
    'a price that is a boolean',
    () => JSON.stringify([{ ...objects[0], low: true }]),
    /Row 1, low: "true", but expected a number/,
  ],
  [
    'a price that is missing',
    () => JSON.stringify([objects[0], { ...objects[1], low: null }]),
    /Row 2, low: "", but expected a number, but the cell is empty/,
  ],
  [
    'a price that is nested, to any depth',
    () => JSON.stringify([objects[0]]).replace(/"low":[^,]*/, `"low":${'{"a":'.repeat(1e5)}1${'}'.repeat(1e5)}`),
    /Row 1, low: "\{…\}", but expected a number/,
  ],
  [
    'a time that is an object which has no text',
    () => JSON.stringify([{ ...objects[0], time: { toString: 1, valueOf: 2 } }]),
    /Row 1, time: "\{…\}", but expected a date/,
  ],
  ['JSON that is nested 100,000 deep', () => `${'['.repeat(1e5)}${']'.repeat(1e5)}`, /no column|expected|holds/],
  ...['0x64', '1_000', 'true', 'Infinity', '0b1', '1e999', '１', '1 000'].map((text): (typeof bad)[number] => [
    `a price of ${text}`,
    () => csv.replace('101.5', text),
    /Row 1, open: ".*", but expected a number/,
  ]),
  [
    'a price of 0x64 in JSON',
    () => JSON.stringify([{ ...objects[0], low: '0x64' }]),
    /Row 1, low: "0x64", but expected/,
  ],
  ['a time that is missing', () => JSON.stringify([objects[0], { ...objects[1], time: undefined }]), /Row 2, time: ""/],
]

function damaged(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at]! ^= 0x55
  return copy
}

describe('refuses, with the file’s name,', () => {
  for (const [what, content, message] of bad) {
    it(what, async () => {
      await expect(read(content(), {}, 'bad.bin')).rejects.toThrow(DataError)
      await expect(read(content(), {}, 'bad.bin')).rejects.toThrow(message)
      await expect(read(content(), {}, 'bad.bin')).rejects.toThrow(/^bad\.bin: /)
    })
  }
})
