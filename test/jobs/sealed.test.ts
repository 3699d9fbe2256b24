/** Tables that carry a checksum, and options as JSON. */
import { describe, expect, it } from 'vitest'
import { decodeTable, encodeTable } from '../../src/data/sealed-table.ts'
import { fromJson, toJson } from '../../src/jobs/plain-options.ts'

const buffer = (bytes: Uint8Array) => new Uint8Array(bytes).buffer

describe('a sealed table', () => {
  const table = {
    header: { plan: 'x' },
    columns: { a: Float64Array.of(-0, Number.NaN, 1 / 3, Infinity), b: Int32Array.of(1, -2, 3, 2 ** 31 - 1) },
  }

  it('is the same to the last bit after a round trip, and gives the same bytes', async () => {
    const bytes = encodeTable(table)
    const read = await decodeTable(buffer(bytes))
    expect(read).toEqual(table)
    expect(Object.is(read.columns.a![0], -0)).toBe(true)
    expect(encodeTable(table)).toEqual(bytes)
    const empty = { header: {}, columns: { a: new Float64Array(0) } }
    expect(await decodeTable(buffer(encodeTable(empty)))).toEqual(empty)
  })

  it('is refused when its header or checksum has changed', async () => {
    const text = '"plan":"x","digest":"'
    for (const at of ['"plan":"'.length, text.length]) {
      const bytes = Buffer.from(encodeTable(table))
      const place = bytes.indexOf(text) + at
      bytes[place] = bytes[place] === 0x61 ? 0x62 : 0x61
      await expect(decodeTable(buffer(bytes))).rejects.toThrow('the checksum differs')
    }
    await expect(decodeTable(new ArrayBuffer(3))).rejects.toThrow('it is cut off or damaged')
  })
})

describe('options as JSON', () => {
  it('are the same values again', () => {
    const options = {
      a: -0,
      b: Number.NaN,
      c: -Infinity,
      d: [1, 'x', null, true, { e: Infinity }],
      f: { $number: 'other' },
    }
    const json = JSON.parse(JSON.stringify(toJson({ ...options, g: undefined }, 'x')))
    expect(fromJson(json)).toEqual(options)
    expect(Object.is((fromJson(json) as typeof options).a, -0)).toBe(true)
  })

  it.each([
    [{ a: [() => 1] }, 'x.a[0]: a function, but a plan holds values only'],
    [{ a: new Map() }, 'x.a: a Map, but a plan holds options only'],
    [{ a: Float64Array.of(1) }, 'x.a: a Float64Array'],
    [{ a: 1n }, 'x.a: a bigint'],
  ])('%s is refused', (value, message) => {
    expect(() => toJson(value, 'x')).toThrow(message)
  })
})
