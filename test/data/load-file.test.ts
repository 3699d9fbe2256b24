import { describe, expect, it } from 'vitest'
import { HOUR } from '../../src/common/duration.ts'
import { readMarketFile } from '../../src/data/load-file.ts'
import { lines, scratch } from './import/helpers.ts'

const { write, dir } = scratch()
const T = Date.UTC(2024, 0, 1)
const HEADER = 'time,open,high,low,close,volume'
const bar = (hour: number, close = 100 + hour) => `${T + hour * HOUR},100,200,50,${close},${hour}`
const candles = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => bar(from + i))
const csv = (...rows: string[]) => lines(HEADER, ...rows)
const hours = (times: Float64Array) => [...times].map(ms => (ms - T) / HOUR)

describe('bars of several files', () => {
  it('are merged in order of time, whatever the order of the files', async () => {
    const files = [csv(...candles(48, 60)), csv(...candles(0, 24)), csv(...candles(24, 48))].map(text => write(text))
    const market = await readMarketFile({ instrument: { base: 'BTC' }, file: files })
    expect(hours(market.time)).toEqual(Array.from({ length: 60 }, (_, i) => i))
    expect(market.notes).toEqual([])
  })

  it('may be selected with a *', async () => {
    write(csv(...candles(0, 10)), 'star-1.csv')
    write(csv(...candles(10, 20)), 'star-2.csv')
    const market = await readMarketFile({ file: `${dir}/star-*.csv`, symbol: 'X' })
    expect([market.length, market.source, market.symbol]).toEqual([20, 'star-1.csv and 1 more', 'X'])
    await expect(readMarketFile({ file: `${dir}/moon-*.csv` })).rejects.toThrow(/There is no file .*moon-\*\.csv/)
  })

  it('that overlap: the later file wins, and the overlap is noted', async () => {
    const a = write(csv(...candles(0, 10)), 'a.csv')
    const b = write(csv(bar(8), bar(9, 150), ...candles(10, 12)), 'b.csv')
    const market = await readMarketFile({ file: [a, b], instrument: { base: 'BTC' } })
    expect(market.close[9]).toBe(150)
    expect(market.notes).toEqual([
      'b.csv: bars that an earlier file has too: 2, the first 2024-01-01 08:00; those of b.csv were used, and 1 of them differ',
    ])
  })

  it('are named in errors, and one note covers all assumed zones', async () => {
    const dated = (from: number, to: number) =>
      csv(
        ...candles(from, to).map(row => row.replace(/^\d+/, time => new Date(Number(time)).toISOString().slice(0, -1))),
      )
    const files = [write(dated(0, 3), 'd0.csv'), write(dated(3, 6), 'd1.csv'), write(csv(...candles(6, 8)), 'd2.csv')]
    expect((await readMarketFile({ file: files })).notes).toEqual([
      'd0.csv and 2 more: neither columns nor names say of which coin; they were taken as parts of one market',
      'd0.csv and 1 more: times without a zone were read as UTC',
    ])
    const wrong = write(csv(bar(9), bar(8, 500)), 'wrong.csv')
    await expect(readMarketFile({ file: [...files, wrong] })).rejects.toThrow(
      /wrong.csv: Row 2, close: 500, but expected within low 50 and high 200$/,
    )
  })

  it('are NaN in a series that only another file has', async () => {
    const a = write(lines(`${HEADER},openInterest`, ...candles(0, 3).map(row => `${row},7`)))
    const market = await readMarketFile({ file: [a, write(csv(...candles(3, 5)))] })
    expect([...(market.openInterest ?? [])]).toEqual([7, 7, 7, Number.NaN, Number.NaN])
  })
})

describe('the rows of a file', () => {
  it('may run from new to old', async () => {
    const market = await readMarketFile({ file: write(csv(...candles(0, 5).reverse()), 'reverse.csv') })
    expect(hours(market.time)).toEqual([0, 1, 2, 3, 4])
    expect(market.notes).toEqual(['reverse.csv runs from new to old; its rows were reversed'])
  })

  it('are sorted, and repeated ones are left out', async () => {
    const market = await readMarketFile({ file: write(csv(bar(0), bar(2), bar(1), bar(2), bar(3)), 'mixed.csv') })
    expect(hours(market.time)).toEqual([0, 1, 2, 3])
    expect(market.notes).toEqual([
      'mixed.csv was sorted by time; rows that came before the row above: 1',
      'mixed.csv: duplicate rows dropped: 1',
    ])
  })

  it('may not contradict each other', async () => {
    const file = write(csv(bar(0), bar(1), bar(1, 150)), 'twice.csv')
    await expect(readMarketFile({ file })).rejects.toThrow(
      'twice.csv: Rows 2 and 3 are both of 2024-01-01 01:00, but their close is 101 and 150',
    )
  })

  it('may be stamped at the close of the bar, with the option stamp', async () => {
    const rows = candles(0, 5).map(row => row.replace(/^\d+/, time => String(Number(time) + HOUR - 1)))
    const file = write(csv(...rows), 'close.csv')
    await expect(readMarketFile({ file })).rejects.toThrow(
      /close.csv: Row 1, time: 2024-01-01T00:59:59.999Z is the last millisecond of a 1h bar. Use stamp: 'close'/,
    )
    expect(hours((await readMarketFile({ file, stamp: 'close' })).time)).toEqual([0, 1, 2, 3, 4])
    const whole = write(csv(...candles(1, 6)))
    expect(hours((await readMarketFile({ file: whole, stamp: 'close' })).time)).toEqual([0, 1, 2, 3, 4])
  })

  it('are shifted by the option shift', async () => {
    const file = write(csv(...candles(9, 14)))
    expect(hours((await readMarketFile({ file, shift: '-9h' })).time)).toEqual([0, 1, 2, 3, 4])
    await expect(readMarketFile({ file, shift: 'soon' })).rejects.toThrow(
      /^liq.market: shift: "soon", but expected a duration such as 1h/,
    )
    await expect(readMarketFile({ file, shift: 'auto' })).rejects.toThrow(
      /^liq.market: shift: "auto", but expected something to compare with/,
    )
  })
})

describe('records beside candles', () => {
  const candleFile = () => write(csv(...candles(0, 6)))
  const at = (hour: number) => T + hour * HOUR

  it('are known at the close of their bar', async () => {
    const metrics = write(
      lines(
        'create_time,sum_open_interest,count_long_short_ratio',
        `${at(0)},1,1`,
        `${at(0.5)},2,1.5`,
        `${at(1)},3,1.25`,
        `${at(1) + 1},4,`,
        `${at(3.5)},5,2`,
      ),
    )
    const market = await readMarketFile({ file: [candleFile(), metrics] })
    // The record at 01:00 belongs to the bar that closes then; the one a millisecond later to the next bar.
    expect([...(market.openInterest ?? [])]).toEqual([3, 4, Number.NaN, 5, Number.NaN, Number.NaN])
    expect([...(market.longShortRatio ?? [])]).toEqual([1.25, Number.NaN, Number.NaN, 2, Number.NaN, Number.NaN])
    expect(market.notes.join()).toMatch(/openInterest: 3 of 6 bars have no record in file/)
  })

  it('of funding count where they are due from the open on, and are 0 elsewhere', async () => {
    const funding = write(
      lines('calc_time,last_funding_rate', `${at(0) + 5},0.01`, `${at(2)},0.02`, `${at(4) + 3},-0.03`),
    )
    const market = await readMarketFile({ file: [candleFile(), funding] })
    expect([...(market.fundingRate ?? [])]).toEqual([0.01, 0, 0.02, 0, -0.03, 0])
  })

  it('of single forced orders are summed by side, without repeated rows', async () => {
    const header =
      'time,side,order_type,time_in_force,original_quantity,price,average_price,order_status,last_fill_quantity,accumulated_fill_quantity'
    const order = (hour: number, side: string, coins: number) =>
      `${at(hour)},${side},LIMIT,IOC,99,1,1,FILLED,1,${coins}`
    const file = write(
      lines(
        header,
        order(1.1, 'SELL', 2),
        order(1.1, 'SELL', 2),
        order(1.5, 'SELL', 3),
        order(1.6, 'BUY', 1),
        order(3.5, 'BUY', 4),
      ),
      'forced.csv',
    )
    const market = await readMarketFile({ file: [candleFile(), file] })
    expect([...(market.longLiquidations ?? [])]).toEqual([Number.NaN, 5, 0, 0, Number.NaN, Number.NaN])
    expect([...(market.shortLiquidations ?? [])]).toEqual([Number.NaN, 1, 0, 4, Number.NaN, Number.NaN])
    expect(market.notes).toContain('forced.csv: duplicate rows dropped: 1')
  })

  it('in several files form one series', async () => {
    const metrics = [0, 1, 2].map(day =>
      write(lines('create_time,sum_open_interest', ...[1, 2].map(hour => `${at(2 * day + hour)},${2 * day + hour}`))),
    )
    const market = await readMarketFile({ file: [...metrics, candleFile()] })
    expect([...(market.openInterest ?? [])]).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('need candles at the same times, and only one source per series', async () => {
    const metrics = write(lines('create_time,sum_open_interest', `${at(1)},1`), 'metrics.csv')
    await expect(readMarketFile({ file: metrics })).rejects.toThrow(/no candles to align them to/)
    const late = write(lines('create_time,sum_open_interest', `${at(100)},1`), 'late.csv')
    await expect(readMarketFile({ file: [candleFile(), late] })).rejects.toThrow(
      /late.csv: its only row is not within the time of the candles/,
    )
    const both = write(lines(`${HEADER},openInterest`, ...candles(0, 3).map(row => `${row},7`)))
    await expect(readMarketFile({ file: [both, metrics] })).rejects.toThrow(
      /metrics.csv: openInterest comes from another file too/,
    )
    const daily = write(JSON.stringify([0, 24, 48].map(hour => ({ t: at(hour) / 1000, l: 1, s: 1 }))), 'daily.json')
    await expect(readMarketFile({ file: [candleFile(), daily] })).rejects.toThrow(
      /daily.json: longLiquidations is recorded every 1d, which cannot be divided into bars of 1h/,
    )
  })
})

describe('a file of trades', () => {
  it('gives candles of the chosen timeframe', async () => {
    const rows = Array.from(
      { length: 600 },
      (_, i) => `${i},${100 + (i % 7)},2,${i},${i},${T + i * 60_000},${i % 3 === 0}`,
    )
    const file = write(
      lines('agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker', ...rows),
      'trades.csv',
    )
    const market = await readMarketFile({ file, timeframe: '1h' })
    expect([market.length, market.volume[0], market.takerBuyVolume?.[0], market.high[0]]).toEqual([10, 120, 80, 106])
    await expect(readMarketFile({ file })).rejects.toThrow(
      /^liq.market: timeframe: undefined, but expected the length of the bars, e.g. 1h: trades.csv holds trades/,
    )
    await expect(readMarketFile({ file: [file, write(csv(...candles(0, 3)))], timeframe: '1h' })).rejects.toThrow(
      /holds trades and .* candles/,
    )
  })
})
