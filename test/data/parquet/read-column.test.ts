/** What a damaged or hostile file states is checked before it costs time or memory. */
import { parquetSchema } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { checkDelta } from '../../../src/data/parquet/check-delta.ts'
import { checkThrift } from '../../../src/data/parquet/check-thrift.ts'
import { decompress } from '../../../src/data/parquet/decompress.ts'
import { readHybrid } from '../../../src/data/parquet/hybrid.ts'
import { decompressLz4Block } from '../../../src/data/parquet/lz4-block.ts'
import { readColumn } from '../../../src/data/parquet/read-column.ts'
import { decodeMetadata, readMetadata } from '../../../src/data/parquet/read-metadata.ts'

const bytes = (...values: number[]) => Uint8Array.from(values)
const hybrid = (width: number, count: number, ...values: number[]) => [
  ...readHybrid(bytes(...values), 0, values.length, width, count),
]

describe('run lengths and packed bits', () => {
  it('give the integers', () => {
    expect(hybrid(3, 8, 0x03, 0x88, 0xc6, 0xfa)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(hybrid(1, 5, 0x0a, 1)).toEqual([1, 1, 1, 1, 1])
    expect(hybrid(10, 3, 0x06, 0xff, 0x03)).toEqual([1023, 1023, 1023])
    expect(hybrid(32, 1, 0x02, 0xff, 0xff, 0xff, 0xff)).toEqual([2 ** 32 - 1])
    // Eight numbers of 30 bits, all ones but the last.
    expect(hybrid(30, 2, 0x03, ...Array<number>(30).fill(255))).toEqual([2 ** 30 - 1, 2 ** 30 - 1])
    // Each of many widths, against a plain way to pack bits.
    for (let width = 1; width <= 32; width++) {
      const values = Array.from({ length: 16 }, (_, i) => Math.floor(((i * 2654435761) % 2 ** 32) / 2 ** (32 - width)))
      const packed = new Uint8Array(2 * width)
      let bits = 0n
      for (const [i, value] of values.entries()) bits |= BigInt(value) << BigInt(i * width)
      for (let i = 0; i < packed.length; i++) packed[i] = Number((bits >> BigInt(8 * i)) & 255n)
      expect(hybrid(width, 16, 0x05, ...packed), `width ${width}`).toEqual(values)
    }
  })
  it('are refused where they do not fit', () => {
    const refused: [number, number, number[]][] = [
      // A run of 2^27 values, and of none at all for ever.
      [1, 10, [0x80, 0x80, 0x80, 0x80, 0x01, 1]],
      [1, 10, [0, 0, 0, 0]],
      [1, 10, []],
      [0, 10, [0xff, 0xff, 0xff, 0xff, 0x0f]],
      [8, 10, [0x05, 1, 2, 3]],
      [40, 10, [0x05, 1, 2, 3]],
      [1, 10, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80]],
    ]
    for (const [width, count, values] of refused)
      expect(() => hybrid(width, count, ...values), String(values)).toThrow()
  })
})

describe('headers', () => {
  it('are walked over in linear time', () => {
    expect(checkThrift(bytes(0x15, 0x02, 0x00), 0)).toBe(3)
    const refused = [
      bytes(0x15),
      // A list of 2^31 structs, a text of 2^40 bytes, integers and structs without end.
      bytes(0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07),
      bytes(0x18, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20),
      new Uint8Array(1e6).fill(0xff),
      new Uint8Array(1e6).fill(0x1c),
      bytes(0x1e, 0x00),
    ]
    for (const header of refused) expect(() => checkThrift(header, 0)).toThrow(/header/)
  })
  it('of deltas are too', () => {
    // Blocks of 128 in 4, 200 numbers, first 0; then two blocks of deltas that are all equal.
    const block = [0x02, 0, 0, 0, 0]
    expect(checkDelta(bytes(0x80, 0x01, 0x04, 0xc8, 0x01, 0, ...block, ...block), 0, 200)).toBe(16)
    const wrong = [
      bytes(0x80, 0x01, 0x00, 0xc8, 0x01, 0, ...block),
      bytes(0x80, 0x01, 0x04, 0xc9, 0x01, 0, ...block, ...block),
      bytes(0x80, 0x01, 0x04, 0xc8, 0x01, 0, ...block),
      bytes(0x80, 0x01, 0x04, 0xc8, 0x01, 0, 0x02, 65, 0, 0, 0),
      new Uint8Array(1000).fill(0xff),
    ]
    for (const page of wrong) expect(() => checkDelta(page, 0, 200)).toThrow(/page/)
  })
})

describe('packed bytes', () => {
  it('that are said to hold too much are refused before memory is reserved', () => {
    for (const codec of ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZ4', 'LZ4_RAW', 'BROTLI', 'ZSTD'])
      expect(() => decompress(bytes(1, 2, 3), codec, 2 ** 40), codec).toThrow(/said to hold/)
    expect(() => decompress(bytes(1), 'LZO', 1)).toThrow(/LZO, which is not supported/)
  })
  it('of LZ4 hold exactly what they should', () => {
    // Three letters, then a match that repeats them.
    const block = bytes(0x32, 97, 98, 99, 3, 0, 0x10, 100)
    expect(Buffer.from(decompressLz4Block(block, 10)).toString()).toBe('abcabcabcd')
    const refused: [Uint8Array, number][] = [
      [block, 9],
      [block, 11],
      [block.subarray(0, 5), 10],
      [bytes(0x32, 97, 98, 99, 4, 0, 0x10, 100), 10],
      [bytes(0x32, 97, 98, 99, 0, 0, 0x10, 100), 10],
      [bytes(0xf0, 255, 255), 1000],
    ]
    for (const [packed, length] of refused) expect(() => decompressLz4Block(packed, length)).toThrow(/LZ4/)
  })
  it('of ZSTD are walked over first', () => {
    const frame = (flags: number, ...rest: number[]) => bytes(0x28, 0xb5, 0x2f, 0xfd, flags, ...rest)
    // One segment of three bytes that are all 7.
    expect([...decompress(frame(0x20, 3, 0x1b, 0, 0, 7), 'ZSTD', 3)]).toEqual([7, 7, 7])
    const refused = [
      frame(0x20, 200, 0x1b, 0, 0, 7),
      frame(0xe0, 0, 0, 0, 0, 0, 1, 0, 0, 0x1b, 0, 0, 7),
      frame(0x00, 0xff, 0x1b, 0, 0, 7),
      frame(0x21, 5, 3, 0x1b, 0, 0, 7),
      frame(0x20, 3, 0x1a, 0, 0, 7),
      frame(0x20, 3, 0x1f, 0, 0, 7),
      bytes(0, 1, 2, 3),
    ]
    for (const packed of refused) expect(() => decompress(packed, 'ZSTD', 3), String(packed)).toThrow(/ZSTD/)
  })
})

describe('a file', () => {
  const ROWS = 40
  const whole = new Uint8Array(
    parquetWriteBuffer({
      columnData: [{ name: 'x', data: Float64Array.from({ length: ROWS }, (_, i) => i), type: 'DOUBLE' as const }],
      codec: 'UNCOMPRESSED',
    }),
  )
  const fileOf = (data: Uint8Array) => {
    const { buffer } = Uint8Array.from(data)
    return { byteLength: data.length, slice: (start: number, end?: number) => buffer.slice(start, end) }
  }
  const readAll = async (data: Uint8Array) => {
    const metadata = await readMetadata(fileOf(data))
    const tree = parquetSchema(metadata)
    const [group] = metadata.row_groups
    return [...(await readColumn(fileOf(data), group!, tree, 'x'))]
  }

  it('gives its values', async () => expect(await readAll(whole)).toEqual(Array.from({ length: ROWS }, (_, i) => i)))

  it('with any one byte changed gives as many values or an error, at once', async () => {
    let refused = 0
    for (let at = 0; at < whole.length; at++)
      for (const change of [1, 0x80, 0xff]) {
        const data = Uint8Array.from(whole)
        data[at]! ^= change
        const values = await readAll(data).catch((error: unknown) => error)
        if (values instanceof Error) refused++
        else expect(values).toHaveLength(ROWS)
      }
    expect(refused).toBeGreaterThan(200)
  }, 60_000)

  it('with a dictionary gives no value that is in none', async () => {
    const data = Float64Array.from({ length: ROWS }, (_, i) => 1 + (i % 3))
    const coded = new Uint8Array(
      parquetWriteBuffer({ columnData: [{ name: 'x', data, type: 'DOUBLE' as const }], codec: 'UNCOMPRESSED' }),
    )
    expect(await readAll(coded)).toEqual([...data])
    let refused = 0
    for (let at = 0; at < coded.length; at++) {
      const changed = Uint8Array.from(coded)
      changed[at] = 0xff
      const values = await readAll(changed).catch((error: Error) => error.message)
      if (typeof values !== 'string') expect(values.some(Number.isNaN), `byte ${at}`).toBe(false)
      else if (/entry 3 of a dictionary of 3/.test(values)) refused++
    }
    // Ten bytes of packed entries.
    expect(refused).toBeGreaterThan(5)
  }, 60_000)

  it('that is cut off anywhere is an error', async () => {
    for (let length = 0; length < whole.length; length++)
      await expect(readAll(whole.subarray(0, length)), String(length)).rejects.toThrow()
  })

  it('with a number of rows that its groups do not have is an error', () => {
    const metadata = decodeMetadata(whole.slice().buffer, whole.length)
    expect(metadata.num_rows).toBe(40n)
    // The count is the only zigzag 80 after a field header of a 64-bit integer.
    const at = whole.findLastIndex((byte, i) => byte === 80 && whole[i - 1] === 0x16)
    const data = Uint8Array.from(whole)
    data[at] = 82
    expect(() => decodeMetadata(data.buffer, data.length)).toThrow(/row/)
  })
})
