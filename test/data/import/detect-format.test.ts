import { describe, expect, it } from 'vitest'
import { HOUR } from '../../../src/common/duration.ts'
import { lines, scratch } from './helpers.ts'

const { read } = scratch()
const T = Date.UTC(2024, 5, 19, 21)

/** Files as exchanges and tools write them, and what is read from their first row. */
const archives: [what: string, text: string, kind: string, first: Record<string, number>][] = [
  [
    'Binance’s candles without names',
    lines(
      `${T},1.5,2,1,1.75,10,${T + HOUR - 1},17,5,4,7,0`,
      `${T + HOUR},1.5,2,1,1.75,10,${T + 2 * HOUR - 1},17,5,4,7,0`,
    ),
    'candles',
    { time: T, open: 1.5, high: 2, low: 1, close: 1.75, volume: 10, takerBuyVolume: 4 },
  ],
  [
    'Binance’s candles in µs, as its spot archive has them since 2025',
    `${T}000,1.5,2,1,1.75,10,${T + HOUR - 1}999,17,5,4,7,0`,
    'candles',
    { time: T, open: 1.5, close: 1.75, takerBuyVolume: 4 },
  ],
  [
    'Binance’s futures candles',
    lines(
      'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore',
      `${T},1.5,2,1,1.75,10,${T + HOUR - 1},17,5,4,7,0`,
    ),
    'candles',
    { time: T, open: 1.5, high: 2, low: 1, close: 1.75, volume: 10, takerBuyVolume: 4 },
  ],
  [
    'Binance’s aggregated trades without names',
    `26129,0.01633102,4.70443515,27781,27781,${T},true,true`,
    'trades',
    { time: T, price: 0.01633102, amount: 4.70443515, buyerMaker: 0 },
  ],
  [
    'Binance’s futures aggregated trades',
    lines(
      'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker',
      `1,64000.1,0.5,7,9,${T},false`,
    ),
    'trades',
    { time: T, price: 64000.1, amount: 0.5, buyerMaker: 1 },
  ],
  [
    'Binance’s single trades without names',
    `3,64000.1,0.5,32000.05,${T},True,True`,
    'trades',
    { time: T, price: 64000.1, amount: 0.5, buyerMaker: 0 },
  ],
  [
    'Bybit’s trades',
    lines(
      'timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional',
      `${T / 1000}.1234,BTCUSD,Sell,100,50000,MinusTick,x-y,200000,0.002,100`,
    ),
    'trades',
    { time: T + 123, price: 50000, amount: 0.002, side: 0 },
  ],
  [
    'Binance’s metrics, with an empty row at the end',
    lines(
      'create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio',
      '2024-06-19 21:00:00,BTCUSDT,75000.5,4800000000,1.5,1.2,2.25,0.9',
      ',,,,,,,',
    ),
    'records',
    { time: T, openInterest: 75000.5, longShortRatio: 2.25 },
  ],
  [
    'Binance’s funding',
    lines('calc_time,funding_interval_hours,last_funding_rate', `${T},8,0.0001`),
    'records',
    { time: T, fundingRate: 0.0001 },
  ],
  [
    'Binance’s liquidations',
    lines(
      'time,side,order_type,time_in_force,original_quantity,price,average_price,order_status,last_fill_quantity,accumulated_fill_quantity',
      `${T},SELL,LIMIT,IOC,10,29000,29100.5,FILLED,3,7`,
    ),
    'liquidations',
    { time: T, amount: 7, side: 0 },
  ],
  [
    'TradingView’s export in s',
    lines('time,open,high,low,close,Volume', `${T / 1000},1.5,2,1,1.75,10`),
    'candles',
    { time: T, volume: 10 },
  ],
  [
    'TradingView’s export with dates',
    lines('time,open,high,low,close,Volume', '2024-06-19T23:00:00+02:00,1.5,2,1,1.75,10'),
    'candles',
    { time: T, volume: 10 },
  ],
  [
    'CryptoDataDownload’s two times that agree',
    lines('unix,date,symbol,open,high,low,close,volume', `${T},2024-06-19 21:00:00,BTCUSDT,1.5,2,1,1.75,10`),
    'candles',
    { time: T, volume: 10 },
  ],
  ['Kraken’s candles without names', `${T / 1000},1.5,2,1,1.75,10,33`, 'candles', { time: T, volume: 10 }],
  [
    'Coinalyze’s liquidations',
    JSON.stringify([{ symbol: 'X', history: [{ t: T / 1000, l: 5, s: 2.5 }] }]),
    'records',
    { time: T, longLiquidations: 5, shortLiquidations: 2.5 },
  ],
  [
    'Coinalyze’s long/short ratio',
    JSON.stringify([{ symbol: 'X', history: [{ t: T / 1000, r: 1.5, l: 60, s: 40 }] }]),
    'records',
    { time: T, longShortRatio: 1.5 },
  ],
]

describe('detects by its columns', () => {
  for (const [what, text, kind, first] of archives) {
    it(what, async () => {
      const rows = await read(text)
      expect(rows.kind).toBe(kind)
      for (const [field, value] of Object.entries(first)) expect(rows.columns[field as 'time']?.[0], field).toBe(value)
    })
  }

  it('Coinalyze’s open interest, once its column is named', async () => {
    const text = JSON.stringify([{ symbol: 'X', history: [{ t: T / 1000, o: 5, h: 7, l: 4, c: 6 }] }])
    await expect(read(text)).rejects.toThrow(/no column for volume/)
    const { kind, columns } = await read(text, { columns: { openInterest: 'c' } })
    expect([kind, columns.openInterest?.[0]]).toEqual(['records', 6])
  })

  it('columns without names, once their numbers are given', async () => {
    const text = lines(`x,${T},5,1,2,1,2`, `y,${T + HOUR},5,1,2,1,2`)
    await expect(read(text)).rejects.toThrow(
      /no column names, and its first row, "x, 1718830800000, 5, 1, 2, 1, 2", is of no known archive. Name columns by their numbers/,
    )
    const columns = { time: '2', volume: '3', open: '4', high: '5', low: '6', close: '7' }
    expect([...((await read(text, { columns })).columns.volume ?? [])]).toEqual([5, 5])
  })

  it('liquidations that look like trades, once their kind is given', async () => {
    const text = lines('time,side,price,quantity', `${T},sell,100,3`)
    expect((await read(text)).kind).toBe('trades')
    expect((await read(text, { kind: 'liquidations' })).kind).toBe('liquidations')
    await expect(read(lines('time,price,quantity', `${T},100,3`), { kind: 'trades' })).rejects.toThrow(
      /no column for side/,
    )
  })

  it('nothing of unknown columns, and lists them', async () => {
    await expect(read(lines('when,what', '1,2'))).rejects.toThrow(
      /no column for open \(known names: open, o, openprice\). Its columns are when \(1\), what \(2\). Name the right one with columns: \{ open: '…' \}/,
    )
    await expect(read(lines('close_time,open,high,low,close,volume', `${T},1,1,1,1,1`))).rejects.toThrow(
      /columns: \{ time: 'close_time' \}, stamp: 'close'/,
    )
  })
})
