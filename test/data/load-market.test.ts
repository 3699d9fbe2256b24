import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { HOUR } from '../../src/common/duration.ts'
import { OptionError } from '../../src/common/errors.ts'
import { loadMarket, type MarketSource } from '../../src/data/load-market.ts'
import { scratch } from './import/helpers.ts'

const { dir, write } = scratch()

const text = `date,open,high,low,close,volume
${Array.from({ length: 50 }, (_, i) => `${new Date(Date.UTC(2024, 0, 1, i)).toISOString()},${100 + i},${102 + i},${99 + i},${101 + i},${i}`).join('\n')}
`
it('reads plain and gzip files alike, by content rather than by name', async () => {
  const plain = await loadMarket({ file: write(text, 'a.csv') })
  const packed = await loadMarket({ file: write(gzipSync(text), 'b.csv') })
  expect(plain.length).toBe(50)
  expect([...packed.close]).toEqual([...plain.close])
  expect(plain.symbol).toBe('a')
})

it('resamples finer bars and keeps the bars between since and until', async () => {
  const file = write(text, 'c.csv')
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

it('drops bars that the data fills only in part, and notes it', async () => {
  const market = await loadMarket({ file: write(text, 'd.csv'), timeframe: '1d' })
  expect(market.length).toBe(2)
  expect(market.notes[0]).toMatch(/2 1h bars at the ends do not fill a 1d bar/)
})

const bad: [string, () => MarketSource, RegExp][] = [
  ['a file whose name is too long', () => ({ file: 'a'.repeat(100_000) }), /^There is no file .{200,300}$/],
  [
    'an exchange on two lines',
    () => ({ exchange: 'a\nb', symbol: 'X', timeframe: '1h', since: 0 }),
    /exchange: "a\\nb", but/,
  ],
  [
    'a symbol that is too long',
    () => ({ exchange: 'okx', symbol: 'a'.repeat(101), timeframe: '1h', since: 0 }),
    /symbol: "a+…, but/,
  ],
  ['a file that is not there', () => ({ file: join(dir, 'none.csv') }), /There is no file .*none\.csv/],
  ['a folder', () => ({ file: dir }), /is a folder/],
  [
    'bytes that are not text',
    () => ({ file: write(Buffer.from([0xff, 0xfe, 0x00, 0xd8]), 'x.csv') }),
    /x\.csv: .*not UTF-8/,
  ],
  [
    'a truncated gzip file',
    () => ({ file: write(gzipSync(text).subarray(0, 60), 't.csv.gz') }),
    /t\.csv\.gz: .*cannot be unpacked/,
  ],
  [
    'a finer timeframe than the data',
    () => ({ file: write(text, 'e.csv'), timeframe: '15m' }),
    /^liq.market: timeframe: 15m, but expected a multiple of 1h/,
  ],
  [
    'an unreadable timeframe',
    () => ({ file: write(text, 'e.csv'), timeframe: '1 fortnight' }),
    /timeframe: "1 fortnight"/,
  ],
  ['a time range without bars', () => ({ file: write(text, 'e.csv'), since: '2030-01-01' }), /no bars between/],
]
for (const [what, source, message] of bad) {
  it(`refuses ${what}`, async () => {
    await expect(loadMarket(source())).rejects.toThrow(message)
  })
}

const AT_EXCHANGE = { exchange: 'binanceusdm', symbol: 'BTC/USDT:USDT', timeframe: '1h', since: 0 }
const badOptions: [what: string, source: object, message: string | RegExp][] = [
  ['two sources at once', { file: 'a', sample: true }, 'liq.market: file and sample, but expected exactly one of'],
  ['no source', {}, 'liq.market: no source, but expected exactly one of file, exchange, sample or simulate'],
  [
    'an unknown option of a file',
    { file: 'a', tiemframe: '4h' },
    'tiemframe is not one of its options (did you mean timeframe?)',
  ],
  [
    'an unknown option of one file',
    { file: [{ file: 'a', zones: 'UTC' }] },
    'zones is not one of its options (did you mean zone?)',
  ],
  [
    'an unknown option of an exchange',
    { ...AT_EXCHANGE, offlin: true },
    'offlin is not one of its options (did you mean offline?)',
  ],
  ['an unknown option of the sample', { sample: true, bars: 10 }, 'bars is not one of its options'],
  ['an option beside a simulation', { simulate: {}, timeframe: '4h' }, 'timeframe is not one of its options'],
  ['a sample that is not true', { sample: 'btc' }, 'liq.market: sample: "btc", but expected true'],
  ['an unknown extra', { ...AT_EXCHANGE, with: ['oi'] }, 'liq.market: with[0]: "oi", but expected openInterest,'],
  [
    'extras that are not stored, while offline',
    { ...AT_EXCHANGE, with: ['trades'], offline: true },
    'liq.market: with: ["trades"]',
  ],
  [
    'liquidations without a store',
    { ...AT_EXCHANGE, with: ['liquidations'], store: false },
    'liq.market: store: false',
  ],
  ['no files', { file: [] }, 'liq.market: file: [], but expected at least one file'],
  ['a file that is not a name', { file: 7 }, 'liq.market: file: 7, but expected the name of a file'],
  [
    'an unknown column',
    { file: 'a', columns: { times: 'x' } },
    /columns\.times: "x", but expected .* \(did you mean time\?\)/,
  ],
  [
    'an unknown time zone',
    { file: 'a', zone: 'Mars' },
    'liq.market: zone: "Mars", but expected UTC, an offset such as +09:00',
  ],
  [
    'a filter that is not an object of texts',
    { file: 'a', where: { symbol: 1 } },
    'liq.market: where: {"symbol":1}, but expected',
  ],
  ['an unknown kind', { file: 'a', kind: 'bars' }, 'liq.market: kind: "bars", but expected candles, records'],
  ['an unknown stamp', { file: 'a', stamp: 'end' }, 'liq.market: stamp: "end", but expected open or close'],
  [
    'an against that is not a market',
    { file: 'a', against: 'btc' },
    'liq.market: against: "btc", but expected a market',
  ],
]

describe('options', () => {
  it.each(badOptions)('refuses %s', async (_, source, message) => {
    const loading = loadMarket(source as MarketSource)
    await expect(loading).rejects.toThrow(OptionError)
    await expect(loading).rejects.toThrow(message)
  })

  it('ignores sources that are undefined or false', async () => {
    const market = await loadMarket({ file: undefined, sample: true, simulate: false, timeframe: '1d' } as never)
    expect([market.timeframe, market.barMs]).toEqual(['1d', 24 * HOUR])
  })
})
