/** Requests for the rows of long tables in the real kernel process. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { RowsAnswer, StatisticsAnswer, TextAnswer } from '../../src/kernel/table-channel.ts'
import type { MimeBundle } from '../../src/notebook/types.ts'
import { ALL_ROWS } from '../../src/table/query.ts'
import { type Bench, useKernel } from './harness.ts'

const kernel = useKernel()
const TABLE = 'application/vnd.dataresource+json'

interface Payload {
  channel?: string
  view: string
  data: object[]
  totalRows: number
  packed?: { rows: number }
}
const payloadOf = (bundle: MimeBundle | undefined) => bundle?.[TABLE] as unknown as Payload

const MILLION = `const big = aq.table({
  id: Int32Array.from({ length: 1e6 }, (_, i) => i),
  usd: Float64Array.from({ length: 1e6 }, (_, i) => (i * 7919) % 1000003),
  side: Array.from({ length: 1e6 }, (_, i) => i % 3 ? 'long' : 'short'),
  time: Array.from({ length: 1e6 }, (_, i) => new Date(1.7e12 + i * 60000)),
}); big`

describe('a table of a million rows', () => {
  let bench: Bench
  let channel = ''
  beforeAll(async () => {
    bench = kernel.shared()
    const payload = payloadOf((await bench.run(MILLION)).value())
    expect(payload.data).toHaveLength(10)
    expect(payload.packed?.rows).toBe(1000)
    expect(payload).toMatchObject({ totalRows: 1e6, view: 'table:id,usd,side,time' })
    channel = payload.channel ?? ''
  })

  const request = async <T>(message: object): Promise<{ value: T; ms: number }> => {
    const start = performance.now()
    const reply = await bench.session.request({ channel, message })
    const ms = performance.now() - start
    if (!reply.ok) throw new Error(reply.error)
    return { value: reply.value as T, ms }
  }
  const rows = (query: object, start = 0, count = 3) =>
    request<RowsAnswer>({ type: 'rows', query: { ...ALL_ROWS, ...query }, start, count })

  it('returns any page in its own order', async () => {
    const { value } = await rows({}, 999_998, 50)
    expect(value).toEqual({
      matching: 1e6,
      columns: [
        [999_998, 999_999],
        [999_998, 999_999].map(i => (i * 7919) % 1000003),
        ['long', 'short'],
        [1.7e12 + 999_998 * 60_000, 1.7e12 + 999_999 * 60_000].map(ms => new Date(ms).toISOString()),
      ],
    })
  })

  it('sorts by any column, and caches the order', async () => {
    const sorted = await rows({ sort: { column: 1, direction: 'descending' } })

    const [first, second] = sorted.value.columns[1] as number[]
    expect(first).toBeGreaterThan(Number(second))
    const pages: number[] = []
    for (let start = 100; start < 600; start += 100)
      pages.push((await rows({ sort: { column: 1, direction: 'descending' } }, start, 100)).ms)
    const byText = await rows({ sort: { column: 2, direction: 'ascending' } })
    expect(byText.value.columns[2]).toEqual(['long', 'long', 'long'])
    const byTime = await rows({ sort: { column: 3, direction: 'descending' } })
    expect(byTime.value.columns[0]).toEqual([999_999, 999_998, 999_997])
    const ms = [sorted, byText, byTime].map(answer => Math.round(answer.ms))
    console.info(`1e6 rows: sort numbers, texts, dates ${ms.join(', ')} ms; a page ${Math.min(...pages).toFixed(1)} ms`)
  })

  it('filters and searches', async () => {
    const { value } = await rows({
      filters: [
        { column: 0, text: '10..12' },
        { column: 2, text: 'long' },
      ],
    })
    expect(value).toMatchObject({
      matching: 2,
      columns: [[10, 11], expect.anything(), ['long', 'long'], expect.anything()],
    })
    const searched = await rows({ search: '2023-11-14T22:13' })
    expect(searched.value.matching).toBe(1)
    console.info(`1e6 rows: search ${Math.round(searched.ms)} ms`)
    await expect(rows({ filters: [{ column: 0, text: 'x' }] })).rejects.toThrow('id: expected a number')
  })

  it('returns the statistics of a column', async () => {
    const { value, ms } = await request<StatisticsAnswer>({ type: 'statistics', column: 0 })
    expect(value).toMatchObject({ count: 1e6, missing: 0, numbers: { min: 0, max: 999_999, mean: 499_999.5 } })
    console.info(`1e6 rows: statistics of a column ${Math.round(ms)} ms`)
  })

  it('returns all rows as text, in chunks', async () => {
    const query = { ...ALL_ROWS, filters: [{ column: 0, text: '<50000' }] }
    let text = ''
    let start: number | null = 0
    while (start !== null) {
      const { value }: { value: TextAnswer } = await request<TextAnswer>({ type: 'text', query, form: 'csv', start })
      text += value.text
      start = value.next
    }
    const lines = text.trimEnd().split('\n')
    expect(lines).toHaveLength(50_001)
    expect(lines.slice(0, 2)).toEqual(['id,usd,side,time', '0,0,short,2023-11-14T22:13:20.000Z'])
  })
})

describe('a table', () => {
  it('keeps the order and filter of the cell', async () => {
    const bench = kernel.shared()
    const run = await bench.run(
      "aq.table({ n: Array.from({ length: 5000 }, (_, i) => i) }).filter(aq.escape(d => d.n % 2 === 1)).orderby(aq.desc('n'))",
      2,
    )
    const { channel = '', totalRows } = payloadOf(run.value())
    expect(totalRows).toBe(2500)
    const message = { type: 'rows', query: ALL_ROWS, start: 0, count: 3 }
    const reply = await bench.session.request({ channel, message })
    expect(reply).toEqual({ ok: true, value: { matching: 2500, columns: [[4999, 4997, 4995]] } })
  })

  it.each([
    [null, 'expected an object, found null'],
    [{ type: 'drop' }, 'type: expected "rows" or "statistics" or "text", found "drop"'],
    [{ type: 'rows', query: ALL_ROWS, start: -1, count: 3 }, 'start: expected a whole number from 0, found -1'],
    [{ type: 'rows', query: {}, start: 0, count: 3 }, 'query.sort: required, but missing'],
    [{ type: 'statistics', column: '0' }, 'column: expected a whole number from 0, found "0"'],
  ])('refuses the malformed request %j', async (message, problem) => {
    const bench = kernel.shared()
    const run = await bench.run('aq.table({ n: Array.from({ length: 2000 }, (_, i) => i) })', 2)
    const reply = await bench.session.request({ channel: payloadOf(run.value()).channel ?? '', message })
    expect(reply).toEqual({ ok: false, error: `table request: ${problem}`, cancelled: false })
  })

  it('that fits into the output has no channel', async () => {
    const run = await kernel.shared().run('aq.table({ n: [1, 2] })', 2)
    expect(payloadOf(run.value())).not.toHaveProperty('channel')
  })
})
