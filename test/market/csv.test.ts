import { describe, expect, it } from 'vitest'
import { parseCsv } from '../../src/market/csv.ts'
import { parseIsoUtc } from '../../src/market/moment.ts'

const T = Date.UTC(2024, 5, 19, 21)
const csv = (...lines: string[]) => lines.join('\n')

describe('parseCsv', () => {
  it('reads ISO dates and leaves empty flow cells as no record', () => {
    const columns = parseCsv(
      csv(
        'date,open,high,low,close,volume,longLiquidations',
        '2024-06-19T21:00:00Z,1,2,0.5,1.5,10,',
        '2024-06-19T22:00:00Z,1,2,0.5,1.5,10,3.5',
      ),
    )
    expect([...columns.time]).toEqual([T, T + 3_600_000])
    expect([...columns.longLiquidations!]).toEqual([Number.NaN, 3.5])
    expect(columns.openInterest).toBeUndefined()
  })

  const epochs: [string, string][] = [
    ['s', String(T / 1000)],
    ['ms', String(T)],
    ['µs', String(T * 1000)],
    ['ISO without zone, taken as UTC', '2024-06-19 21:00:00'],
    ['ISO with an offset', '2024-06-19T23:00:00+02:00'],
  ]
  for (const [name, text] of epochs) {
    it(`reads a time in ${name}`, () => {
      expect([...parseCsv(csv('time,open,high,low,close,volume', `${text},1,2,1,2,0`)).time]).toEqual([T])
    })
  }

  it('knows the column names of exchange archives whatever their case, and other separators', () => {
    const columns = parseCsv(
      csv('open_time;Open;High;Low;Close;Volume;ignore;taker_buy_base_asset_volume', `${T};1;2;1;2;7;x;3`),
    )
    expect([columns.volume[0], columns.takerBuyVolume![0]]).toEqual([7, 3])
  })

  it('takes other names by a mapping', () => {
    expect(parseCsv(csv('when,o,h,l,c,qty', `${T},1,2,1,2,7`), { time: 'when', volume: 'qty' }).volume[0]).toBe(7)
  })

  const bad: [string, string, RegExp][] = [
    ['nothing', '', /empty/],
    [
      'a missing column',
      csv('date,open,high,low,close', '2024-01-01,1,1,1,1'),
      /no column for volume .* date, open, high, low, close/,
    ],
    [
      'a word for a number',
      csv('date,open,high,low,close,volume', '2024-01-01,1,1,1,1,1', '2024-01-02,1,n\u002fa,1,1,1'),
      /Row 2, high: "n\/a"/,
    ],
    ['an empty price', csv('date,open,high,low,close,volume', '2024-01-01,1,1,,1,1'), /Row 1, low: the cell is empty/],
    ['a short row', csv('date,open,high,low,close,volume', '2024-01-01,1,1'), /Row 1, low/],
    [
      'a date that is none',
      csv('date,open,high,low,close,volume', '2024-01-01,1,1,1,1,1', 'soon,1,1,1,1,1'),
      /Row 2, date: "soon"/,
    ],
    ['a mapping to nowhere', csv('date,open', '2024-01-01,1'), /columns.time: the file has no column "when"/],
    [
      'two columns for one field',
      csv('date,time,open,high,low,close,close_', '1,1,1,1,1,1,1'),
      /close: the file has 2 columns/,
    ],
  ]
  for (const [what, text, message] of bad) {
    it(`refuses ${what}`, () => {
      const mapping = what.includes('mapping') ? { time: 'when' } : {}
      expect(() => parseCsv(text, mapping)).toThrow(message)
    })
  }
})

describe('parseIsoUtc', () => {
  it('refuses what is not an ISO date', () => {
    for (const text of ['', '19.06.2024', '2024-13-01', '2024-06-19T25:00', 'June 2024', '2024'])
      expect(parseIsoUtc(text)).toBeNaN()
  })
})
