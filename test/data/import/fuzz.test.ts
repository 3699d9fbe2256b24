/** Readers of numbers, times, CSV and JSON, and whole files, with random input. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataError } from '../../../src/common/errors.ts'
import { parseIsoUtc } from '../../../src/common/iso-time.ts'
import { numberReader } from '../../../src/data/import/cell-readers.ts'
import { csvRows } from '../../../src/data/import/csv.ts'
import { detectLayout } from '../../../src/data/import/csv-layout.ts'
import { parseDecimal } from '../../../src/data/import/decimal.ts'
import { jsonValues } from '../../../src/data/import/json.ts'
import { TimeReader } from '../../../src/data/import/time-reader.ts'
import { scratch } from './helpers.ts'

const { read } = scratch()

const parse = (text: string) => parseDecimal(Buffer.from(text), 0, text.length)

/** The bytes in chunks that end at the given positions. */
async function* chunksOf(bytes: Buffer, ends: readonly number[]): AsyncGenerator<Buffer> {
  const positions = [...new Set([...ends.map(end => Math.min(end, bytes.length)), bytes.length])].sort((a, b) => a - b)
  let from = 0
  for (const end of positions) {
    if (end > from) yield bytes.subarray(from, end)
    from = end
  }
}

describe('numbers', () => {
  it('equal Number() to the last bit, in any notation', () => {
    const notations = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc
        .double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 })
        .chain(value => fc.constantFrom(0, 2, 8, 20).map(digits => value.toFixed(digits))),
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .chain(value => fc.integer({ min: 0, max: 20 }).map(digits => value.toExponential(digits))),
      fc
        .tuple(fc.bigInt({ min: 0n, max: 10n ** 25n }), fc.bigInt({ min: 0n, max: 10n ** 25n }))
        .map(([whole, fraction]) => `${whole}.${fraction}`),
    )
    fc.assert(
      fc.property(notations, text => {
        // Above the largest double there is no number.
        if (Math.abs(Number(text)) === Infinity) {
          expect(parse(text)).toBeNaN()
          return
        }
        expect(Object.is(parse(text), Number(text)) || (Number(text) === 0 && parse(text) === 0), text).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })

  it('refuse what Number() refuses, and everything but decimal notation', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.,+-eE xXnNaAiI_'), maxLength: 8 }), text => {
        const value = parse(text)
        if (Number.isNaN(value)) return
        expect(value + 0).toBe(Number(text) + 0)
        expect(text).toMatch(/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/)
      }),
      { numRuns: 3000 },
    )
  })
})

describe('times', () => {
  const moment = fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2099, 0) })

  it('give the same moment in every unit and form', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: -14 * 60, max: 14 * 60 }), (ms, offset) => {
        const read = (text: string) => new TimeReader().fromBytes(Buffer.from(text), 0, text.length)
        expect(read(new Date(ms).toISOString())).toBe(ms)
        expect(read(String(ms))).toBe(ms)
        expect(read((ms / 1000).toFixed(3))).toBe(ms)
        expect(read(`${ms}000`)).toBe(ms)
        expect(read(`${ms}000000`)).toBe(ms)
        const localTime = new Date(ms + offset * 60_000).toISOString().slice(0, -1).replace('T', ' ')
        const zone = `${String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0')}:${String(Math.abs(offset) % 60).padStart(2, '0')}`
        expect(read(`${localTime}${offset < 0 ? '-' : '+'}${zone}`)).toBe(ms)
      }),
      { numRuns: 500 },
    )
  })

  it('agree with Date.parse on any text, or are not read', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'0123456789-:TZ .+'), maxLength: 26 }),
      moment.chain(ms =>
        fc.tuple(fc.nat(26), fc.constantFrom(...'0159-:TZ +')).map(([at, sign]) => {
          const iso = new Date(ms).toISOString()
          return `${iso.slice(0, at)}${sign}${iso.slice(at + 1)}`
        }),
      ),
    )
    fc.assert(
      fc.property(text, value => {
        const ms = parseIsoUtc(value)
        if (Number.isNaN(ms) || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/.test(value)) return
        expect(ms).toBe(Date.parse(value))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a CSV text', () => {
  /** A number and a cell that holds it. */
  const cell = fc
    .tuple(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }),
      fc.constantFrom('plain', 'quoted', 'blank'),
    )
    .map(([value, form]) => ({
      value: value + 0,
      text: form === 'plain' ? String(value) : form === 'quoted' ? `"${value}"` : ` ${value}\t`,
    }))
  const note = fc.constantFrom('x', '"a, b"', '"two\nlines"', '""', '"say ""so"""', 'é')

  it('gives the written numbers, wherever its chunks end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, note, cell), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(',', ';', '|'),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.array(fc.nat(400), { maxLength: 10 }),
        async (rows, separator, lineEnd, endsWithLine, ends) => {
          const text = [['a', 'note', 'b'], ...rows.map(([a, b, c]) => [a.text, b, c.text])]
            .map(row => row.join(separator))
            .join(lineEnd)
          const bytes = Buffer.from(endsWithLine ? text + lineEnd : text)
          const columns = [0, 2].map(index => ({ name: String(index), index, reader: numberReader('.') }))
          const result: number[][] = []
          for await (const { length, values } of csvRows(chunksOf(bytes, ends), detectLayout(bytes, true), columns))
            for (let i = 0; i < length; i++) result.push([values[0]![i]! + 0, values[1]![i]! + 0])
          expect(result).toEqual(rows.map(([a, , c]) => [a.value, c.value]))
        },
      ),
      { numRuns: 150 },
    )
  })
})

describe('a JSON text', () => {
  it('gives the written values, wherever its chunks end', async () => {
    const row = fc.oneof(
      fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 4 }),
      fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 4 }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('list', 'pretty', 'lines'),
        fc.array(fc.nat(300), { maxLength: 8 }),
        async (rows, form, ends) => {
          // The first row holds no list: lines of lists would look like one list.
          const values = form === 'lines' ? [{ first: 1 }, ...rows] : rows
          const text =
            form === 'lines'
              ? values.map(value => JSON.stringify(value)).join('\n')
              : JSON.stringify(values, null, form === 'pretty' ? 1 : 0)
          const result: unknown[] = []
          for await (const values of jsonValues(chunksOf(Buffer.from(text), ends))) result.push(...values)
          expect(result).toEqual(JSON.parse(JSON.stringify(values)))
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('any file', () => {
  const HEADER = 'time,open,high,low,close,volume\n'
  const good = Array.from({ length: 6 }, (_, i) => `${1718830800000 + i * 3_600_000},1.5,2.5,0.5,1.25,10\n`)
  const whole = Buffer.from(HEADER + good.join(''))
  const json = Buffer.from(JSON.stringify(good.map(row => row.trim().split(',').map(Number))))

  it('of any bytes is read or refused with a DataError, and never hangs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc
            .tuple(
              fc.constantFrom('PAR1', 'ARROW1\0\0', '\x1f\x8b\x08\0', 'PK\x03\x04', '[[', '{"a":', 'FEA1'),
              fc.uint8Array({ maxLength: 80 }),
            )
            .map(([magic, bytes]) => Buffer.concat([Buffer.from(magic, 'latin1'), bytes])),
          fc
            .string({ unit: fc.constantFrom(...'0123456789.,;"\n\r\t-:eabc[]{}'), maxLength: 120 })
            .map(text => Buffer.from(text)),
        ),
        async bytes => {
          await readOrRefused(bytes)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('with one changed byte gives the other numbers unchanged, or is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(whole, json), fc.nat(400), fc.nat(255), async (bytes, at, byte) => {
        const changed = Buffer.from(bytes)
        changed[at % changed.length] = byte
        const rows = await readOrRefused(changed)
        if (rows === null || rows.kind !== 'candles') return
        // One byte changes at most two rows, if it is a line end; a row can only be lost to a blank line.
        const intact = [...(rows.columns.close ?? [])].filter(close => close === 1.25).length
        expect(intact).toBeGreaterThanOrEqual(bytes === whole ? 4 : 5)
      }),
      { numRuns: 150 },
    )
  })

  async function readOrRefused(bytes: Uint8Array) {
    try {
      return await read(bytes)
    } catch (error) {
      expect(error).toBeInstanceOf(DataError)
      return null
    }
  }
})
