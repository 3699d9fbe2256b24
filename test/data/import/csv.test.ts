import { describe, expect, it } from 'vitest'
import { HOUR } from '../../../src/common/duration.ts'
import { lines, scratch } from './helpers.ts'

const { read } = scratch()
const T = Date.UTC(2024, 5, 19, 21)
const HEADER = 'date,open,high,low,close,volume'

describe('a CSV file', () => {
  it('gives ISO dates, and NaN for empty flow cells', async () => {
    const { columns } = await read(
      lines(
        'date,open,high,low,close,volume,longLiquidations,openInterest,fundingRate',
        '2024-06-19T21:00:00Z,1,2,0.5,1.5,10,,NaN,null',
        '2024-06-19T22:00:00Z,1,2,0.5,1.5,10,3.5,1e-05,-2.5E+3',
      ),
    )
    expect([...columns.time]).toEqual([T, T + HOUR])
    expect([...(columns.longLiquidations ?? [])]).toEqual([Number.NaN, 3.5])
    expect([...(columns.openInterest ?? [])]).toEqual([Number.NaN, 0.00001])
    expect([...(columns.fundingRate ?? [])]).toEqual([Number.NaN, -2500])
    expect(columns.shortLiquidations).toBeUndefined()
  })

  const times: [string, string, string?][] = [
    ['s', String(T / 1000)],
    ['s with a fraction', `${T / 1000}.0004`],
    ['ms', String(T)],
    ['µs', String(T * 1000)],
    ['ns', `${T}000999`],
    ['ISO without zone, read as UTC', '2024-06-19 21:00:00'],
    ['ISO with an offset', '2024-06-19T23:00:00+02:00'],
    ['ISO with a short offset', '2024-06-19 13:00:00.000-08'],
    ['ISO with a named zone', '2024-06-19 21:00:00 UTC'],
    ['ISO without zone, in the summer time of a place', '2024-06-19 17:00:00', 'America/New_York'],
    ['ISO without zone, with an offset as option', '2024-06-20 06:00:00', '+09:00'],
    ['slashes', '2024/06/19 21:00'],
  ]
  for (const [name, text, zone] of times) {
    it(`may give times in ${name}`, async () => {
      const { columns } = await read(lines(HEADER, `${text},1,2,1,2,0`), zone === undefined ? {} : { zone })
      expect([...columns.time]).toEqual([T])
    })
  }

  it('resolves the hour that clocks show twice by the order of the rows, and refuses the one they skip', async () => {
    const row = (time: string) => `${time},1,1,1,1,1`
    const zone = 'America/New_York'
    const back = await read(
      lines(HEADER, ...['00:30', '01:30', '01:30', '02:30'].map(time => row(`2024-11-03 ${time}`))),
      { zone },
    )
    expect([...back.columns.time].map(ms => new Date(ms).toISOString().slice(11, 16))).toEqual([
      '04:30',
      '05:30',
      '06:30',
      '07:30',
    ])
    await expect(read(lines(HEADER, row('2024-03-10 02:30')), { zone })).rejects.toThrow(
      /Row 1, date: "2024-03-10 02:30".*set forward/,
    )
  })

  it('reports when times without a zone were read as UTC', async () => {
    expect((await read(lines(HEADER, '2024-01-01,1,1,1,1,1'))).assumedZone).toBe('UTC')
    expect((await read(lines(HEADER, '2024-01-01T00:00Z,1,1,1,1,1'))).assumedZone).toBeNull()
  })

  const dialects: [string, string | Uint8Array][] = [
    ['semicolons', 'date;open;high;low;close;volume\n2024-06-19T21:00Z;1;2;1;2;7.5\n'],
    ['tabs and carriage returns', 'date\topen\thigh\tlow\tclose\tvolume\r\n2024-06-19T21:00Z\t1\t2\t1\t2\t7.5\r\n'],
    ['carriage returns alone', `${HEADER}\r2024-06-19T21:00Z,1,2,1,2,7.5\r`],
    [
      'a byte order mark',
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(`${HEADER}\n2024-06-19T21:00Z,1,2,1,2,7.5`)]),
    ],
    [
      'quotes, blanks and blank lines',
      `\n"date", "open" ,high,low,close,"volume"\n\n"2024-06-19T21:00Z", "1",2,1,2,  7.5 \n\n,,,,,\n \n`,
    ],
    ['an address above the names', `https://www.example.com\n${HEADER}\n2024-06-19T21:00Z,1,2,1,2,7.5`],
    ['a separator declared as Excel does', 'sep=;\ndate;open;high;low;close;volume\n2024-06-19T21:00Z;1;2;1;2;7.5'],
    ['a separator at the end of lines', `${HEADER}\n2024-06-19T21:00Z,1,2,1,2,7.5,\n`],
    ['a column of row numbers', `,${HEADER}\n0,2024-06-19T21:00Z,1,2,1,2,7.5\n`],
    ['texts with separators and line ends', `note,${HEADER}\n"a ""b"", c\nd",2024-06-19T21:00Z,1,2,1,2,7.5\n`],
  ]
  for (const [what, text] of dialects) {
    it(`may have ${what}`, async () => {
      const { columns } = await read(text)
      expect([[...columns.time], [...(columns.volume ?? [])]]).toEqual([[T], [7.5]])
    })
  }

  it('may have decimal commas, with the option decimal', async () => {
    const text = lines('date;open;high;low;close;volume', '2024-01-01;1,5;2;1;2;7,25')
    expect([...((await read(text, { decimal: ',' })).columns.open ?? [])]).toEqual([1.5])
    await expect(read(text)).rejects.toThrow(/Row 1, open: "1,5", but expected a number. If the comma .* decimal: ','/)
  })

  it('gives the rows of one market of several, with the option where', async () => {
    const text = lines(
      `symbol,${HEADER}`,
      'BTCUSDT,2024-01-01,1,1,1,1,5',
      'ETHUSDT,2024-01-01,1,1,x,1,6',
      'BTCUSDT,2024-01-02,1,1,1,1,7',
    )
    expect([...((await read(text, { where: { symbol: 'BTCUSDT' } })).columns.volume ?? [])]).toEqual([5, 7])
    await expect(read(text)).rejects.toThrow(
      /Row 2, symbol: "ETHUSDT", but expected "BTCUSDT".*several markets.*where: \{ "symbol": "ETHUSDT" \}/,
    )
  })

  const bad: [what: string, text: string | Uint8Array, message: RegExp][] = [
    ['no content', '', /is empty/],
    ['only blanks', ' \n \n', /is empty/],
    [
      'a missing column',
      lines('date,open,high,low,close', '2024-01-01,1,1,1,1'),
      /no column for volume .* date \(2024-01-01\), open \(1\), high/,
    ],
    [
      'a word for a number',
      lines(HEADER, '2024-01-01,1,1,1,1,1', '2024-01-02,1,n\u002fa,1,1,1'),
      /Row 2, high: "n\/a"/,
    ],
    [
      'an empty price',
      lines(HEADER, '2024-01-01,1,1,,1,1'),
      /Row 1, low: "", but expected a number, but the cell is empty/,
    ],
    ['a price that is NaN', lines(HEADER, '2024-01-01,1,1,NaN,1,1'), /Row 1, low: "NaN"/],
    ['an infinite price', lines(HEADER, '2024-01-01,1,Infinity,1,1,1'), /Row 1, high: "Infinity"/],
    ['a hexadecimal price', lines(HEADER, '2024-01-01,1,0x1f,1,1,1'), /Row 1, high: "0x1f"/],
    ['a number above the largest double', lines(HEADER, '2024-01-01,1,1e999,1,1,1'), /Row 1, high: "1e999"/],
    [
      'a short row',
      lines(HEADER, '2024-01-01,1,1,1,1,1', '2024-01-02,1,1'),
      /Row 2 has 3 cells, but the first line has 6; low is missing/,
    ],
    [
      'a long row',
      lines(HEADER, '2024-01-01,1,1,1,1,1,234'),
      /Row 1 has more cells than the 6 of the first line: is there a comma inside a number/,
    ],
    [
      'thousands separators',
      lines(HEADER, '2024-01-01,"1,000.5",1,1,1,1'),
      /Row 1, open: "1,000.5", but expected a number without thousands separators/,
    ],
    ['text for a date', lines(HEADER, '2024-01-01,1,1,1,1,1', 'soon,1,1,1,1,1'), /Row 2, date: "soon"/],
    ['a day that does not exist', lines(HEADER, '2023-02-29,1,1,1,1,1'), /Row 1, date: "2023-02-29"/],
    [
      'dates with and without zone',
      lines(HEADER, '2024-01-01T00:00Z,1,1,1,1,1', '2024-01-02T00:00,1,1,1,1,1'),
      /Row 2, date: .*with a zone.* as in the rows above/,
    ],
    [
      'epochs in two units',
      lines(HEADER, `${T / 1000},1,1,1,1,1`, `${T},1,1,1,1,1`),
      /Row 2, date: "1718830800000", but expected an epoch in s/,
    ],
    ['row numbers for times', lines(HEADER, '1,1,1,1,1,1'), /Row 1, date: "1", but expected a date, or an epoch/],
    ['an epoch in exponent notation', lines(HEADER, '1.71883E+12,1,1,1,1,1'), /Row 1, date: "1.71883E\+12"/],
    [
      'two columns of one name',
      lines('date,open,high,low,close,close_,volume', '1,1,1,1,1,1,1'),
      /close: the file has 2 columns/,
    ],
    [
      'two times that differ',
      lines(`time,${HEADER}`, '2024-01-01T00:00Z,2024-01-01T09:00Z,1,1,1,1,1'),
      /time: the file has 2 columns for it \(time, date\)/,
    ],
    [
      'a quote that is never closed',
      lines(HEADER, '2024-01-01,"1,1,1,1,1', '2024-01-02,1,1,1,1,1'),
      /Row 1: a quotation mark is opened and never closed/,
    ],
    ['UTF-16', Buffer.from(`\ufeff${HEADER}\n`, 'utf16le'), /UTF-16, not UTF-8/],
    ['UTF-16 without a mark', Buffer.from(`${HEADER}\n`, 'utf16le'), /zero bytes/],
    ['bytes that are not UTF-8', Buffer.from([0xc3, 0x28, 0x2c, 0x61]), /not UTF-8/],
  ]
  for (const [what, text, message] of bad) {
    it(`is refused with ${what}`, async () => {
      await expect(read(text, {}, 'bad.csv')).rejects.toThrow(message)
      await expect(read(text, {}, 'bad.csv')).rejects.toThrow(/^bad\.csv: /)
    })
  }

  it('may have other column names, with the option columns, and an unknown one is refused', async () => {
    const text = lines('when,o,h,l,c,qty', `${T},1,2,1,2,7`)
    expect((await read(text, { columns: { time: 'when', volume: 'qty' } })).columns.volume?.[0]).toBe(7)
    await expect(read(text, { columns: { time: 'then' } })).rejects.toThrow(
      /columns.time: the file has no column "then", but when \([^)]*\), o \(/,
    )
  })
})
