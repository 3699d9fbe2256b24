/** What files of the world have been read wrong by: run on the sources and on the built library. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { liq as Library } from '../../../src/liqnb.ts'
import { unifiedSymbol } from '../../../src/market/instrument.ts'
import { arrowStream, column } from './formats.ts'
import { lines } from './helpers.ts'
import { pandasFeather } from './pandas-feather.ts'
import { CANDLE_FILES, CANDLES, type PublishedFile, RECORD_FILES, TRADE_FILES } from './published-files.ts'
import { describeRightUnits } from './right-units.ts'

type Liq = Pick<
  typeof Library,
  'market' | 'tradeFlow' | 'heatmap' | 'backtest' | 'resample' | 'describe' | 'liquidationPrice'
>

const HOUR = 3_600_000
const T = Date.UTC(2024, 0, 1)
const at = (hour: number) => T + hour * HOUR
const HEADER = 'time,open,high,low,close,volume'
const bar = (hour: number, price = 100) => `${at(hour)},${price},${price * 1.01},${price * 0.99},${price},10`
const bars = (count: number, price = 100, from = 0) =>
  lines(HEADER, ...Array.from({ length: count }, (_, i) => bar(from + i, price)))
const SIGNAL = {
  side: 'long',
  level: { kind: 'low', inner: 98, outer: 98, strength: 1, convergence: 0, since: 0 },
  extreme: 50,
  move: 1,
  sweepDepth: 1,
  consumed: 1,
  depth: 1,
  depthPct: 3,
  volumeOutside: 1,
  opposite: Number.NaN,
} as const
const FREE = { takerFee: 0, slippageBps: 0, stopBuffer: 0, trendExit: false, target: false } as const

/**
 * @param liq of the sources, or of the built library
 * @param write writes a file and gives its path
 */
export function describeRightNumbers(liq: Liq, write: (text: string | Uint8Array, name: string) => string): void {
  const named = ({ venue, series, layout }: PublishedFile) => `${venue}: ${series}, ${layout}`
  const expectSeries = (read: object, expected: PublishedFile['expected']) => {
    for (const [field, values] of Object.entries(expected)) {
      const series = [...(read as Record<string, Float64Array>)[field]!]
      expect(series.length, field).toBe(values.length)
      for (const [i, value] of values.entries()) expect(series[i], `${field}[${i}]`).toBeCloseTo(value, 12)
    }
  }

  describe('candles of', () => {
    for (const file of CANDLE_FILES)
      it(named(file), async () => {
        const market = await liq.market({ file: write(file.text, file.file.split('/').at(-1)!), ...file.options })
        expectSeries(market, file.expected)
        expect(market.symbol).toBe(file.instrument)
      })
  })

  describe('records beside candles of', () => {
    for (const file of RECORD_FILES)
      it(named(file), async () => {
        const entry = { file: write(file.text, file.file), ...file.options }
        expectSeries(await liq.market({ file: [write(CANDLES, 'candles.csv'), entry] }), file.expected)
      })
  })

  describe('trades of', () => {
    for (const file of TRADE_FILES)
      it(named(file), async () => {
        const flow = await liq.tradeFlow({ file: write(file.text, file.file), timeframe: '1h', ...file.options })
        expectSeries(flow, file.expected)
        expect(flow.symbol).toBe(file.instrument)
      })
  })

  it('candles of freqtrade: Feather', async () => {
    const market = await liq.market({ file: write(pandasFeather(), 'BTC_USDT_USDT-1h-futures.feather') })
    expect([market.length, market.symbol, market.time[1]! - market.time[0]!]).toEqual([300, 'BTC/USDT:USDT', HOUR])
    expect([...market.volume.slice(0, 5), market.close[299]]).toEqual([0, 1, 2, 3, 0, 60_000])
  })

  it('candles of an Arrow stream', async () => {
    const market = await liq.market({ file: write(arrowStream(), 'BTCUSDT-1h.arrows') })
    expect([...market.time]).toEqual(column(0))
    expect([...market.volume]).toEqual(column(5))
  })

  describe('contracts', () => {
    it('whose size or kind the file does not state are asked for', async () => {
      const trades = lines(
        'instrument_name,trade_id,side,price,size,created_time',
        `ETH-USDT-SWAP,1,buy,3500,5,${at(0)}`,
      )
      const file = write(trades, 'okx.csv')
      await expect(liq.tradeFlow({ file, timeframe: '1h' })).rejects.toThrow(
        /size counts contracts, but the file does not say how large one is: set contractSize/,
      )
      await expect(liq.tradeFlow({ file, timeframe: '1h', instrument: { kind: 'unknown' } })).rejects.toThrow(
        /size counts contracts, but nothing says of which kind/,
      )
      expect((await liq.tradeFlow({ file, timeframe: '1h', unit: 'coins' })).volume[0]).toBe(5)
    })

    it('are told from coins by the figures, whatever a file is called', async () => {
      const klines = (volume: number, quote: number) =>
        lines(...[0, 1].map(h => `${at(h)},100,101,99,100,${volume},${at(h + 1) - 1},${quote},9,1,1,0`))
      expect((await liq.market({ file: write(klines(100, 100), 'a.csv') })).volume[0]).toBe(100)
      expect((await liq.market({ file: write(klines(100, 10_000), 'b.csv') })).volume[0]).toBe(100)
      await expect(liq.market({ file: write(klines(100, 7), 'c.csv') })).rejects.toThrow(
        /8 \/ 6 is no price of these rows, so 6 may not count coins/,
      )
    })

    it('are not taken for those of another venue where cells have no names', async () => {
      // Older candles of OKX: contracts, then coins.
      const rows = (contracts: number, coins: number) =>
        JSON.stringify(
          [1, 0].map(h => [at(h), '100', '101', '99', '100', String(contracts), String(coins)].map(String)),
        )
      const refused = /is no price of these rows, so 6 may not count coins|no column|columns/
      await expect(liq.market({ file: write(rows(70_000, 110.3666), 'BTC-USD-SWAP-1h.json') })).rejects.toThrow(refused)
      await expect(liq.market({ file: write(rows(70_000, 700), 'BTC-USDT-SWAP-1h.json') })).rejects.toThrow(refused)
      await expect(liq.market({ file: write(rows(70_000, 110.3666), 'candles-7.json') })).rejects.toThrow(refused)
      // Kraken's last cell counts trades.
      expect((await liq.market({ file: write(rows(70, 12), 'XBTUSD_60.json') })).volume[0]).toBe(70)
    })

    it('of a table with two common names follow the venue that the file names', async () => {
      const candles = write(lines(HEADER, bar(0), bar(1), bar(2)), 'BTCUSD_PERP-1h.csv')
      const file = write(
        lines('timestamp,openInterest', ...[1, 2, 3].map(h => `${at(h)},${999 + h}`)),
        'BTCUSD_PERP-oi.csv',
      )
      const entry = { file, stamp: 'close' as const, unit: 'coins' as const }
      const { openInterest } = await liq.market({ file: [{ file: candles, unit: 'coins' }, entry] })
      expect([...openInterest!]).toEqual([1000, 1001, 1002])
    })
  })

  describeRightUnits(liq, write)

  describe('the instrument', () => {
    const margin = async (name: string, price = 65_000) =>
      liq.heatmap(await liq.market({ file: write(bars(3, price), name), unit: 'coins' }))

    it('decides on the margin rule', async () => {
      for (const name of ['BTCUSD_PERP-1h-2024-06.csv', 'BTC-USD-SWAP-candles-2024-06.csv']) {
        const { options } = await margin(name)
        expect(options.margin.contract).toBe('inverse')
        const position = { side: 'long', entry: 65_000, size: 1000, leverage: 2, margin: options.margin } as const
        expect(liq.liquidationPrice(position)).toBeCloseTo((65_000 * 1.004) / 1.5, 6)
      }
      const { options } = await margin('BTC-USDT-SWAP-candles-2024-06.csv')
      const position = { side: 'long', entry: 65_000, size: 0.1, leverage: 2, margin: options.margin } as const
      expect(liq.liquidationPrice(position)).toBeCloseTo((65_000 * 0.5) / 0.996, 6)
    })

    it('decides on the brackets, and what is not known is said', async () => {
      expect((await margin('ETH_USDT_USDT-1h-futures.csv', 3500)).options.margin.name).toBe(
        'Binance ETHUSDT, October 2024',
      )
      expect((await margin('WIF_USDT_USDT-1h-futures.csv', 3)).options.margin.name).toBe(
        'Binance BTCUSDT, October 2024, as WIF’s own are not bundled',
      )
      const unknown = await margin('eth.csv', 3500)
      expect(unknown.options.margin.name).toContain('Binance ETHUSDT, October 2024, assuming a linear contract')
      expect(unknown.assumptions.join()).toContain('instrument: ETH, contract unknown')
      expect((await margin('BINANCE_BTCUSDT, 60.csv')).options.margin.name).toContain('as if this spot market were')
    })

    it('can be stated', async () => {
      const file = write(bars(3, 65_000), 'candles.csv')
      const stated = await liq.market({
        file,
        unit: 'coins',
        instrument: { kind: 'inverse', base: 'ETH', quote: 'USD' },
      })
      expect([stated.symbol, stated.instrument.kind]).toEqual(['ETH/USD:ETH', 'inverse'])
      expect(liq.heatmap(stated).options.margin.contract).toBe('inverse')
      const named = await liq.market({ file, unit: 'coins', symbol: 'BTC/USD:BTC' })
      expect(liq.heatmap(named).options.margin.contract).toBe('inverse')
    })
  })

  describe('files of two markets', () => {
    it('are refused, by list and by *', async () => {
      const btc = write(bars(3, 65_000), 'two-BTCUSDT-1h.csv')
      const eth = write(bars(3, 3500, 3), 'two-ETHUSDT-1h.csv')
      const message = /two-ETHUSDT-1h.csv is of another market than two-BTCUSDT-1h.csv: ETH\/USDT/
      await expect(liq.market({ file: [btc, eth] })).rejects.toThrow(message)
      await expect(liq.market({ file: join(btc, '../two-*.csv') })).rejects.toThrow(message)
      await expect(liq.market({ file: [btc, eth], symbol: 'BTC/USDT:USDT' })).rejects.toThrow(message)
    })

    it('are refused by their columns and by their prices', async () => {
      const symbols = (symbol: string, price: number, from: number) =>
        lines(`symbol,${HEADER}`, ...[0, 1, 2].map(i => `${symbol},${bar(from + i, price)}`))
      const one = write(symbols('BTCUSDT', 65_000, 0), 'one.csv')
      await expect(liq.market({ file: [one, write(symbols('ETHUSDT', 3500, 3), 'two.csv')] })).rejects.toThrow(
        /two.csv is of another market than one.csv/,
      )
      const plain = write(bars(5, 65_000), 'BTC-plain.csv')
      await expect(liq.market({ file: [plain, write(bars(5, 3500), 'BTC-other.csv')] })).rejects.toThrow(
        /BTC-other.csv: all 5 bars that an earlier file has too close more than 10 % away/,
      )
    })

    it('are refused where only the length of their bars differs', async () => {
      const long = lines(HEADER, ...[0, 4, 8].map(hour => bar(hour)))
      const files = [write(bars(12), 'BTCUSDT-1h.csv'), write(long, 'BTCUSDT-4h.csv')]
      await expect(liq.market({ file: files })).rejects.toThrow(
        /BTCUSDT-4h.csv has bars of 4h, but BTCUSDT-1h.csv of 1h: load each by itself/,
      )
    })

    it('are refused for trades, for records of another coin, and for marks beside trades', async () => {
      const header = 'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker'
      const trades = (name: string, price: number) =>
        write(lines(header, `1,${price},1,1,1,${at(0)},true`), `${name}-aggTrades-2024-01.csv`)
      await expect(
        liq.tradeFlow({ file: [trades('BTCUSDT', 65_000), trades('ETHUSDT', 3500)], timeframe: '1h' }),
      ).rejects.toThrow(/of another market/)
      const oi = write(lines('timestamp,openInterest', `${at(1)},9`, `${at(2)},9`), 'ETHUSDT-open-interest.csv')
      const btc = write(bars(3, 65_000), 'BTCUSDT-1h.csv')
      await expect(liq.market({ file: [btc, oi] })).rejects.toThrow(
        /ETHUSDT-open-interest.csv is of another market than BTCUSDT-1h.csv/,
      )
      const futures = write(bars(3, 65_000), 'BTC_USDT_USDT-1h-futures.csv')
      const mark = write(bars(3, 65_001), 'BTC_USDT_USDT-1h-mark.csv')
      await expect(liq.market({ file: [futures, mark] })).rejects.toThrow(/mark price, not BTC\/USDT:USDT/)
      expect((await liq.market({ file: mark })).notes.join()).toContain('These are mark prices')
    })
  })

  describe('funding', () => {
    const candles = () => write(bars(24), 'candles.csv')
    const polled = (minutes: number) =>
      write(
        lines(
          'timestamp,funding_rate',
          ...Array.from({ length: (24 * 60) / minutes }, (_, i) => `${T + i * minutes * 60_000},0.0001`),
        ),
        `polled-${minutes}.csv`,
      )
    const sum = (values: Float64Array | undefined) => values!.reduce((total, value) => total + value, 0)

    it('that was polled is refused, or taken as often as stated', async () => {
      const file = polled(1)
      await expect(liq.market({ file: [candles(), file] })).rejects.toThrow(
        /a funding rate every 1m, from 2024-01-01 00:00 on, is one that was polled: it would be charged 1440 times a day/,
      )
      const market = await liq.market({ file: [candles(), { file, fundingInterval: '8h' }] })
      expect(sum(market.fundingRate)).toBeCloseTo(0.0003, 15)
      const [trade] = liq.backtest(market, [{ ...SIGNAL, bar: 0, sweepBar: 0 }], { ...FREE, notional: 10_000 }).trades
      // Due at 08:00 and 16:00.
      expect(trade!.funding).toBeCloseTo(2, 9)
    })

    it('whose due times are an empty column is refused like any other', async () => {
      const rows = Array.from({ length: 240 }, (_, i) => `${T + i * 60_000},${T + i * 60_000 + 5},,0.0001`)
      const file = write(lines('timestamp,local_timestamp,funding_timestamp,funding_rate', ...rows), 'no-due-times.csv')
      await expect(liq.market({ file: [candles(), file] })).rejects.toThrow(/a funding rate every 1m/)
    })

    it('that is recorded every hour and changes every eight is taken once in each', async () => {
      const market = await liq.market({ file: [candles(), polled(60)] })
      expect(sum(market.fundingRate)).toBeCloseTo(0.0003, 15)
      expect(market.notes.join()).toContain('changes only every 8h: it was taken once in each')
      const hourly = write(
        lines('coin,fundingRate,premium,time', ...Array.from({ length: 24 }, (_, i) => `BTC,0.0001,0,${at(i)}`)),
        'hyperliquid.csv',
      )
      expect(sum((await liq.market({ file: [candles(), hourly] })).fundingRate)).toBeCloseTo(0.0024, 15)
    })

    it('in a column of the candles is no different', async () => {
      const rows = Array.from({ length: 24 }, (_, i) => `${bar(i)},0.0001`)
      const market = await liq.market({ file: write(lines(`${HEADER},fundingRate`, ...rows), 'with.csv') })
      expect(sum(market.fundingRate)).toBeCloseTo(0.0003, 15)
    })

    it('is charged at its own times in bars of a day', async () => {
      const days = lines(HEADER, ...[0, 1, 2].map(day => `${at(24 * day)},100,101,99,100,10`))
      const events = lines('fundingTime,fundingRate', ...Array.from({ length: 9 }, (_, i) => `${at(8 * i) + 5},0.001`))
      const market = await liq.market({ file: [write(days, 'days.csv'), write(events, 'events.csv')] })
      const [trade] = liq.backtest(market, [{ ...SIGNAL, bar: 0, sweepBar: 0 }], { ...FREE, notional: 10_000 }).trades
      expect([...market.fundingRate!]).toEqual([0.003, 0.003, 0.003])
      expect(trade!.funding).toBeCloseTo(50, 9)
    })
  })

  describe('forced orders', () => {
    const header = 'timestamp,id,side,price,amount'
    const order = (id: number, price: number, ms = 1) => `${at(0) + ms},${id},sell,${price},2`
    const read = async (...orders: string[]) => {
      const file = { file: write(lines(header, ...orders), 'liquidations.csv'), kind: 'liquidations' as const }
      const market = await liq.market({ file: [write(bars(3), 'candles.csv'), file] })
      return { coins: market.longLiquidations![0], notes: market.notes.join() }
    }

    it('of the same time, side and amount are two', async () => {
      expect((await read(order(1, 100), order(2, 100.5), order(3, 100, 9))).coins).toBe(6)
    })

    it('in parts count once, whichever way the file runs, and across files', async () => {
      const snapshot =
        'time,side,order_type,time_in_force,original_quantity,price,average_price,order_status,last_fill_quantity,accumulated_fill_quantity'
      const part = (ms: number, status: string, last: number, done: number) =>
        `${at(0) + ms},SELL,LIMIT,IOC,10,99,100,${status},${last},${done}`
      const first = part(1, 'PARTIALLY_FILLED', 3, 3)
      const rest = part(2, 'FILLED', 7, 10)
      const other = part(9, 'FILLED', 10, 10)
      const sum = async (...texts: string[]) => {
        const files = texts.map((text, i) => write(text, `BTCUSDT-liquidationSnapshot-${i}.csv`))
        return (await liq.market({ file: [write(bars(3), 'candles.csv'), ...files] })).longLiquidations![0]
      }
      expect(await sum(lines(snapshot, first, rest, other))).toBe(20)
      expect(await sum(lines(snapshot, other, rest, first))).toBe(20)
      expect(await sum(lines(snapshot, first), lines(snapshot, rest, other))).toBe(20)
    })

    it('of one id are one, however its cells are written', async () => {
      const file = (name: string, price: string) => ({
        file: write(lines('timestamp,orderId,side,price,amount', `${at(0) + 1},7,sell,${price},2`), name),
        kind: 'liquidations' as const,
      })
      const candles = write(bars(3), 'candles.csv')
      const market = await liq.market({ file: [candles, file('a.csv', '100'), file('b.csv', '100.00')] })
      expect(market.longLiquidations![0]).toBe(2)
    })

    it('that are repeated count once, also among others', async () => {
      const repeated = await read(order(1, 100), order(2, 100), order(1, 100), order(2, 100), order(3, 100, 9))
      expect(repeated.coins).toBe(6)
      expect(repeated.notes).toContain('liquidations.csv: duplicate rows dropped: 2')
    })
  })

  it('sizes keep every whole lot', async () => {
    const market = await liq.market({ file: write(bars(4), 'candles.csv') })
    const trade = (notional: number, lot: number) =>
      liq.backtest(market, [{ ...SIGNAL, bar: 0, sweepBar: 0 }], { ...FREE, size: { notional, lot } }).trades[0]?.size
    expect(trade(30, 0.1)).toBe(0.3)
    expect(trade(70, 0.1)).toBe(0.7)
    expect(trade(29.99, 0.1)).toBe(0.2)
  })

  it('open interest of 0, or of less than a tenth, is missing', async () => {
    const values = [5000, 5001, 0, 5002, 3, 5003]
    const oi = write(lines('timestamp,openInterest', ...values.map((value, i) => `${at(i + 1)},${value}`)), 'oi.csv')
    const market = await liq.market({ file: [write(bars(6), 'candles.csv'), oi] })
    expect([...market.openInterest!]).toEqual([5000, 5001, Number.NaN, 5002, Number.NaN, 5003])
    expect(market.notes.join()).toContain(
      'openInterest: 2 values are 0, or less than a tenth or more than ten times the one before, and were taken as missing; the first at 2024-01-01 02:00',
    )
    const inCandles = lines(`${HEADER},openInterest`, ...values.map((value, i) => `${bar(i)},${value}`))
    expect((await liq.market({ file: write(inCandles, 'both.csv') })).openInterest![2]).toBeNaN()
  })

  describe('records stamped at their open', () => {
    const history = [0, 1, 2, 3].map(h => ({ t: at(h) / 1000, o: 1, h: 9, l: 1, c: 100 + h }))
    const candles = () => write(bars(4), 'candles.csv')
    const file = () => write(JSON.stringify([{ symbol: 'X', history }]), 'coinalyze.json')

    it('are known at their end, however their column is named', async () => {
      const market = await liq.market({ file: [candles(), { file: file(), columns: { openInterest: 'c' } }] })
      expect([...market.openInterest!]).toEqual([100, 101, 102, 103])
    })

    it('may be said to be stamped otherwise', async () => {
      const entry = { file: file(), columns: { openInterest: 'c' }, stamp: 'close' } as const
      expect([...(await liq.market({ file: [candles(), entry] })).openInterest!]).toEqual([101, 102, 103, Number.NaN])
      const plain = lines('timestamp,openInterest', ...[0, 1, 2].map(h => `${at(h)},${50 + h}`))
      const open = { file: write(plain, 'oi.csv'), stamp: 'open' } as const
      expect([...(await liq.market({ file: [candles(), open] })).openInterest!]).toEqual([50, 51, 52, Number.NaN])
    })
  })

  describe('a file that cannot be read as it is', () => {
    it('says what it looks like, and shows its columns with two values each', async () => {
      const marks = lines('time,open,high,low,close', `${at(0)},1,2,1,1.5`, `${at(1)},1.5,2,1,1.75`)
      await expect(liq.market({ file: write(marks, 'marks.csv') })).rejects.toThrow(
        /looks like bars of something without a volume: open interest or a funding rate .* close \(1.5, 1.75\)/,
      )
      const book = lines('timestamp,bids,asks', `${at(0)},1,2`)
      await expect(liq.market({ file: write(book, 'book.csv') })).rejects.toThrow(/looks like an order book/)
      await expect(liq.market({ file: write(book, 'book.csv'), columns: { open: 'opening' } })).rejects.toThrow(
        /no column "opening", but timestamp \(1704067200000\), bids \(1\), asks \(2\)/,
      )
    })

    it('is repaired where a range misses its close by rounding', async () => {
      const rows = lines(HEADER, `${at(0)},100,101,99,101.000000001,1`, `${at(1)},100,101,99,100,1`)
      const market = await liq.market({ file: write(rows, 'tick.csv') })
      expect(market.high[0]).toBe(101.000000001)
      expect(market.notes).toEqual([
        'tick.csv: ranges that miss their open or close by rounding were widened to it: 1, the first in row 1',
      ])
      const wrong = lines(HEADER, `${at(0)},100,101,99,101.01,1`, `${at(1)},100,101,99,100,1`)
      await expect(liq.market({ file: write(wrong, 'wrong.csv') })).rejects.toThrow(/Row 1, close: 101.01/)
    })

    it('says how to go on where a volume is empty', async () => {
      const rows = JSON.stringify([
        [at(0), 1, 1, 1, 1, null],
        [at(1), 1, 1, 1, 1, 2],
      ])
      const named = lines(HEADER, `${at(0)},1,1,1,1,`, `${at(1)},1,1,1,1,2`)
      const file = write(named, 'empty.csv')
      await expect(liq.market({ file })).rejects.toThrow(/volume: "", but expected .* missingVolume: 0/)
      expect([...(await liq.market({ file, missingVolume: 0 })).volume]).toEqual([0, 2])
      expect(rows).toContain('null')
    })
  })

  describe('describe', () => {
    it('says what a file is taken for', async () => {
      const published = CANDLE_FILES.find(({ file }) => file.startsWith('ETH-USDT-SWAP'))!
      const file = await liq.describe(write(published.text, published.file))
      expect(file).toMatchObject({
        kind: 'candles',
        layout: 'OKX candles of a contract',
        instrument: { kind: 'linear', base: 'ETH', quote: 'USDT', venue: 'okx' },
        stamp: 'open',
        timeframe: '1h',
        rows: 3,
        odd: [],
      })
      expect(file.columns.map(({ name, field, unit }) => [name, field, unit])).toEqual([
        ['ts', 'time', null],
        ['open', 'open', null],
        ['high', 'high', null],
        ['low', 'low', null],
        ['close', 'close', null],
        ['vol', null, 'contracts'],
        ['vol_ccy', 'volume', 'ETH'],
        ['vol_usd', null, 'USDT'],
        ['confirm', null, null],
      ])
      expect(file.columns[5]!.samples).toEqual(['23503.2', '23503.2'])
    })

    it('says what is not known, and why a file cannot be read', async () => {
      const plain = await liq.describe(write(bars(3), 'plain.csv'))
      expect(plain).toMatchObject({ kind: 'candles', instrument: { kind: 'unknown' } })
      expect(plain.odd.join()).toContain('neither columns, name nor folders say the contract')
      const named = await liq.describe(write(bars(3), 'BTCUSDT-5m.csv'))
      expect(named.odd.join()).toContain('its name says 5m, its bars are of 1h')
      const wrong = await liq.describe(write(lines('when,what', '1,2'), 'what.csv'))
      expect([wrong.kind, wrong.columns.map(({ name }) => name)]).toEqual([null, ['when', 'what']])
      expect(wrong.odd[0]).toContain('no column for open')
    })

    it('describes records, forced orders and trades', async () => {
      for (const { file, text, options, instrument: symbol } of [...RECORD_FILES, ...TRADE_FILES]) {
        const described = await liq.describe(write(text, file), options)
        expect(described.kind, `${file}: ${described.odd.join()}`).not.toBeNull()
        expect(described.layout, file).not.toBeNull()
        const { instrument } = described
        expect(unifiedSymbol(instrument) ?? instrument.symbol ?? file.split('.')[0], file).toBe(symbol)
        expect(described.columns.some(({ field }) => field === 'time')).toBe(true)
      }
    })
  })
}
