import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, it } from 'vitest'
import { loadMarket, type MarketSource } from '../../src/data/load-market.ts'

const dir = mkdtempSync(join(tmpdir(), 'liqnb-market-'))
afterAll(() => rmSync(dir, { recursive: true }))

const text = `date,open,high,low,close,volume
${Array.from({ length: 50 }, (_, i) => `${new Date(Date.UTC(2024, 0, 1, i)).toISOString()},${100 + i},${102 + i},${99 + i},${101 + i},${i}`).join('\n')}
`
const write = (name: string, content: string | Buffer) => {
  writeFileSync(join(dir, name), content)
  return join(dir, name)
}

it('reads plain and gzip files alike, by content rather than by name', async () => {
  const plain = await loadMarket({ file: write('a.csv', text) })
  const packed = await loadMarket({ file: write('b.csv', gzipSync(text)) })
  expect(plain.length).toBe(50)
  expect([...packed.close]).toEqual([...plain.close])
  expect(plain.symbol).toBe('a')
})

it('puts finer bars together and cuts a span', async () => {
  const file = write('c.csv', text)
  const market = await loadMarket({
    file,
    timeframe: '4h',
    since: '2024-01-01T08:00Z',
    until: '2024-01-02',
    symbol: 'X',
  })
  expect(market.timeframe).toBe('4h')
  expect(market.length).toBe(4)
  expect([market.open[0], market.high[0], market.low[0], market.close[0], market.volume[0]]).toEqual([
    108, 113, 107, 112, 38,
  ])
})

it('drops a bar that the data fills only in part, and says so', async () => {
  const market = await loadMarket({ file: write('d.csv', text), timeframe: '1d' })
  expect(market.length).toBe(2)
  expect(market.notes[0]).toMatch(/2 1h bars at the ends do not fill a 1d bar/)
})

const bad: [string, () => MarketSource, RegExp][] = [
  ['a file that is not there', () => ({ file: join(dir, 'none.csv') }), /There is no file .*none\.csv/],
  ['a folder', () => ({ file: dir }), /is a folder/],
  [
    'bytes that are not text',
    () => ({ file: write('x.csv', Buffer.from([0xff, 0xfe, 0x00, 0xd8])) }),
    /x\.csv: .*not UTF-8/,
  ],
  [
    'a truncated gzip file',
    () => ({ file: write('t.csv.gz', gzipSync(text).subarray(0, 60)) }),
    /t\.csv\.gz: .*cannot be unpacked/,
  ],
  [
    'a finer timeframe than the data',
    () => ({ file: write('e.csv', text), timeframe: '15m' }),
    /has 1h bars, which cannot be turned into 15m/,
  ],
  [
    'a timeframe that is none',
    () => ({ file: write('e.csv', text), timeframe: '1 fortnight' }),
    /timeframe: "1 fortnight"/,
  ],
  ['two sources at once', () => ({ file: 'a', sample: true }) as MarketSource, /names file and sample/],
  ['no source', () => ({}) as MarketSource, /names none/],
  ['a span without bars', () => ({ file: write('e.csv', text), since: '2030-01-01' }), /no bars between/],
]
for (const [what, source, message] of bad) {
  it(`refuses ${what}`, async () => {
    await expect(loadMarket(source())).rejects.toThrow(message)
  })
}
