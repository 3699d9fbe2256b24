/** Units and instruments that a file shares with those beside it, or must be asked for. */
import { describe, expect, it } from 'vitest'
import type { liq as Library } from '../../../src/liqnb.ts'
import { lines } from './helpers.ts'

type Liq = Pick<typeof Library, 'market' | 'tradeFlow'>

const HOUR = 3_600_000
const T = Date.UTC(2024, 0, 1)
const at = (hour: number) => T + hour * HOUR
const HEADER = 'time,open,high,low,close,volume'
const ohlc = (price: number) => `${price},${price * 1.01},${price * 0.99},${price}`
const bars = (price = 60_000, hours = [0, 1, 2]) => lines(HEADER, ...hours.map(hour => `${at(hour)},${ohlc(price)},10`))
const KLINES =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore'
/** Binance COIN-M: 6,000 contracts of 100 USD at 60,000 are 10 BTC. */
const COIN_M = lines(
  KLINES,
  ...[0, 1, 2].map(h => `${at(h)},60000,60600,59400,60000,6000,${at(h + 1) - 1},10,9,3000,5,0`),
)

export function describeRightUnits(liq: Liq, write: (text: string | Uint8Array, name: string) => string): void {
  const values = (series: Float64Array | undefined) => [...(series ?? [])]

  describe('records of a file that names no instrument', () => {
    const inverse = () => write(COIN_M, 'BTCUSD_PERP-1h-2024-01.csv')
    const beside = (text: string, name: string, options = {}) =>
      liq.market({ file: [inverse(), { file: write(text, name), ...options }] })
    const rows = (row: (hour: number) => object) => JSON.stringify([0, 1, 2].map(row))

    it('are of the contract of the candles: open interest', async () => {
      const statistics = rows(h => ({
        sumOpenInterest: '60000',
        sumOpenInterestValue: '100',
        timestamp: at(h + 1),
      }))
      expect(values((await beside(statistics, 'oi.json')).openInterest)).toEqual([100, 100, 100])
      const metrics = lines(
        'create_time,sum_open_interest,sum_open_interest_value,count_long_short_ratio',
        ...[0, 1, 2].map(h => `${at(h + 1)},60000,100,2.25`),
      )
      expect(values((await beside(metrics, 'metrics.csv')).openInterest)).toEqual([100, 100, 100])
    })

    it('are of the contract of the candles: forced orders and their size', async () => {
      const orders = lines(
        'time,side,original_quantity,price,average_price,order_status,last_fill_quantity,accumulated_fill_quantity',
        `${at(0) + 1},SELL,6,59000,60000,FILLED,6,6`,
        `${at(2) + 1},SELL,6,59000,60000,FILLED,6,6`,
      )
      const market = await beside(orders, 'forced.csv')
      expect(values(market.longLiquidations)).toEqual([0.01, 0, 0.01])
    })

    it('have contracts of the size that was stated for the candles', async () => {
      const candles = { file: write(bars(), 'BTC-USD-SWAP-1h.csv'), unit: 'contracts', contractSize: 100 } as const
      const orders = lines('bkLoss,bkPx,ccy,posSide,side,sz,ts', `0,60000,,long,sell,6,${at(0) + 1}`)
      const market = await liq.market({ file: [candles, write(orders, 'liquidations.csv')] })
      expect(market.longLiquidations![0]).toBe(0.01)
    })

    it('are told by their figures where the candles name no contract either', async () => {
      const candles = write(bars(), 'candles.csv')
      const statistics = (amount: string, value: string) =>
        rows(h => ({ sumOpenInterest: amount, sumOpenInterestValue: value, timestamp: at(h + 1) }))
      const read = async (amount: string, value: string) =>
        values((await liq.market({ file: [candles, write(statistics(amount, value), 'oi.json')] })).openInterest)
      expect(await read('60000', '100')).toEqual([100, 100, 100])
      expect(await read('100', '6000000')).toEqual([100, 100, 100])
    })

    it('contradict candles of another contract by their figures and by their name', async () => {
      const linear = write(bars(), 'BTC_USDT_USDT-1h-futures.csv')
      const statistics = rows(h => ({ sumOpenInterest: '60000', sumOpenInterestValue: '100', timestamp: at(h + 1) }))
      await expect(liq.market({ file: [linear, write(statistics, 'oi.json')] })).rejects.toThrow(
        /oi.json is of another market than BTC_USDT_USDT-1h-futures.csv: inverse perpetual, binance/,
      )
      const named = rows(h => ({ symbol: 'BTCUSD_PERP', timestamp: at(h), fundingRate: '0.1', datetime: '' }))
      await expect(liq.market({ file: [linear, write(named, 'funding.json')] })).rejects.toThrow(
        /funding.json is of another market than BTC_USDT_USDT-1h-futures.csv: BTC\/USD:BTC, inverse/,
      )
      const stated = { file: write(named, 'funding.json'), instrument: { kind: 'linear', quote: 'USDT' } } as const
      expect((await liq.market({ file: [linear, stated] })).fundingRate![0]).toBe(0.1)
    })

    it('and other files of candles are of the contract that one of them names', async () => {
      const [header = '', ...rows] = COIN_M.split('\n')
      const rest = lines(header, ...rows.map((row, h) => row.replace(String(at(h)), String(at(h + 3)))))
      const market = await liq.market({ file: [inverse(), write(rest, 'more.csv')] })
      expect([...values(market.volume), market.instrument.kind]).toEqual([10, 10, 10, 10, 10, 10, 'inverse'])
    })
  })

  describe('an amount that may count contracts', () => {
    const volume = async (name: string, options = {}) =>
      (await liq.market({ file: write(bars(), name), ...options })).volume[0]
    const asked =
      /volume may count coins, contracts or the quote currency.*Set unit: 'coins', unit: 'quote', or contractSize/

    it('is asked for where the file does not say what it counts', async () => {
      for (const name of [
        'BTCUSD_PERP-1h.csv',
        'BINANCE_BTCUSD.P, 60.csv',
        'BTC-USDT-SWAP-1h.csv',
        'gate_BTC_USDT.csv',
      ])
        await expect(volume(name), name).rejects.toThrow(asked)
      await expect(volume('kucoin_BTCUSDT.csv')).rejects.toThrow(
        /or instrument: \{ kind: 'spot' \} if it is no contract/,
      )
      expect(await volume('BTCUSD_PERP-1h.csv', { unit: 'coins' })).toBe(10)
      expect(await volume('BTCUSD_PERP-1h.csv', { contractSize: 100 })).toBe(1000 / 60_000)
      expect(await volume('BINANCE_BTCUSD.P, 60.csv', { unit: 'quote' })).toBeCloseTo(10 / 60_000, 15)
      expect(await volume('gate_BTC_USDT.csv', { instrument: { kind: 'spot' } })).toBe(10)
      expect(await volume('gate_BTC_USDT.csv', { contractSize: 0.0001, instrument: { kind: 'linear' } })).toBe(0.001)
    })

    it('is in coins where nothing else may be meant', async () => {
      for (const name of [
        'BTCUSDT-1h.csv',
        'candles.csv',
        'BTC_USDT_USDT-1h-futures.csv',
        'BINANCE_BTCUSDT.P, 60.csv',
        'kraken/XBTUSD.csv',
        'okx_BTC-USDT_1h.csv',
        'Bitstamp_BTCUSD_1h.csv',
      ])
        expect(await volume(name.split('/').at(-1)!), name).toBe(10)
    })

    it('is what ccxt takes at each venue', async () => {
      const arrays = JSON.stringify([0, 1, 2].map(h => [at(h), 60_000, 60_600, 59_400, 60_000, 6_000_000]))
      const read = async (name: string, options = {}) =>
        (await liq.market({ file: write(arrays, name), ...options })).volume[0]
      expect(await read('krakenfutures_BTC_USD_BTC-1h-futures.json', { symbol: 'BTC/USD:BTC' })).toBeCloseTo(100, 9)
      expect(await read('bitmex_XBTUSD_1h.json')).toBeCloseTo(100, 9)
      expect(await read('okx_BTC-USD-SWAP.json')).toBe(6_000_000)
      expect(await read('binance_BTCUSDT.json')).toBe(6_000_000)
      const contracts = /6 counts contracts, but the file does not say how large one is/
      for (const venue of ['gateio', 'kucoinfutures', 'mexc'])
        await expect(read(`${venue}_a.json`, { symbol: 'BTC/USDT:USDT' }), venue).rejects.toThrow(contracts)
      expect(await read('gateio_a.json', { symbol: 'BTC/USDT:USDT', contractSize: 0.0001 })).toBeCloseTo(600, 9)
      expect(await read('gateio_a.json', { symbol: 'BTC/USDT' })).toBe(6_000_000)
      await expect(read('a.json', { symbol: 'BTC/USD:BTC' })).rejects.toThrow(/6 may count coins/)
    })
  })

  describe('the columns and the path of a file', () => {
    const read = (symbol: string, name: string, options = {}) =>
      liq.market({
        file: write(lines(`instId,${HEADER}`, ...[0, 1, 2].map(h => `${symbol},${at(h)},${ohlc(60_000)},10`)), name),
        unit: 'coins',
        ...options,
      })

    it('say together what the contract is', async () => {
      const symbol = async (...parts: [string, string]) => (await read(...parts)).symbol
      expect(await symbol('BTC-USDT', 'BTC-USDT-SWAP-1h.csv')).toBe('BTC/USDT:USDT')
      expect(await symbol('BTC/USD', 'BTC-USD-SWAP-1h.csv')).toBe('BTC/USD:BTC')
      expect(await symbol('BTC-USDT-SWAP', 'BTC-USDT.csv')).toBe('BTC/USDT:USDT')
      expect(await symbol('BTC-USDT', 'okx-BTC-USDT.csv')).toBe('BTC/USDT')
    })

    it('may not contradict each other, unless the user says which is right', async () => {
      const contradiction = /The rows are of .*, but the name of the file or of a folder says .*: say which is right/
      await expect(read('ETHUSDT', 'BTCUSDT-1h.csv')).rejects.toThrow(contradiction)
      await expect(read('BTC/USD:BTC', 'BTC-USDT-SWAP-1h.csv')).rejects.toThrow(contradiction)
      const named = await read('ETHUSDT', 'BTCUSDT-1h.csv', { instrument: { base: 'ETH' } })
      expect(named.instrument.base).toBe('ETH')
    })

    it('of messages call the market s', async () => {
      const messages = (symbols: string[]) =>
        lines('t,s,price,size,side', ...symbols.map((s, h) => `${at(0) + h},${s},60000,1,buy`))
      const flow = await liq.tradeFlow({ file: write(messages(['BTCUSDT', 'BTCUSDT']), 's.csv'), timeframe: '1h' })
      expect(flow.symbol).toBe('BTCUSDT')
      const mixed = write(messages(['BTCUSDT', 'ETHUSDT']), 's.csv')
      await expect(liq.tradeFlow({ file: mixed, timeframe: '1h' })).rejects.toThrow(/The file holds several markets/)
    })
  })

  describe('files that name no coin', () => {
    const message = /two.csv begins at 3500, where one.csv has 60000: these look like two markets/

    it('are refused where they join at prices of two markets', async () => {
      const one = write(bars(), 'one.csv')
      await expect(liq.market({ file: [one, write(bars(3500, [3, 4, 5]), 'two.csv')] })).rejects.toThrow(message)
      await expect(liq.market({ file: [one, write(bars(3500, [2, 3, 4]), 'two.csv')] })).rejects.toThrow(message)
      const trades = (price: number, name: string, hour: number) =>
        write(lines('time,price,amount,side', `${at(hour)},${price},1,buy`), name)
      const files = [trades(60_000, 'one.csv', 0), trades(3500, 'two.csv', 1)]
      await expect(liq.tradeFlow({ file: files, timeframe: '1h' })).rejects.toThrow(message)
      await expect(liq.market({ file: files, timeframe: '1h' })).rejects.toThrow(message)
    })

    it('are read and noted where the prices go on, or the user says that they are one', async () => {
      const one = write(bars(), 'one.csv')
      const market = await liq.market({ file: [one, write(bars(62_000, [3, 4, 5]), 'two.csv')] })
      expect(market.notes).toContain(
        'one.csv and 1 more: neither columns nor names say of which coin; they were taken as parts of one market',
      )
      const far = write(bars(40_000, [3, 4, 5]), 'far.csv')
      const stated = await liq.market({ file: [one, far], instrument: { base: 'BTC' } })
      expect([stated.length, stated.notes]).toEqual([6, []])
    })
  })

  describe('forced orders of a table of no known layout', () => {
    const table = () =>
      write(
        lines(
          'time,orderId,side,price,quantity,status',
          `${at(0) + 1},a,sell,60000,3,PARTIALLY_FILLED`,
          `${at(0) + 2},a,sell,60000,10,FILLED`,
          `${at(2)},b,buy,60000,1,FILLED`,
        ),
        'my-liquidations.csv',
      )
    const read = async (options = {}) => {
      const market = await liq.market({ file: [write(bars(), 'candles.csv'), { file: table(), ...options }] })
      return market.longLiquidations![0]
    }

    it('say whether an order filled in parts adds up', async () => {
      await expect(read()).rejects.toThrow(/filled in parts \(PARTIALLY_FILLED\).*set cumulative: true if each row/)
      expect(await read({ cumulative: true })).toBe(10)
      expect(await read({ cumulative: false })).toBe(13)
    })
  })

  describe('what a file looks like and is not', () => {
    it('a flag of complete bars is no volume', async () => {
      const mark = (flag: number) =>
        JSON.stringify([0, 1, 2].map(h => [at(h), 60_000, 60_600, 59_400, 60_000, flag].map(String)))
      const refused = /Column 6 is 1 in all rows: OKX states so whether a bar of mark or index prices is complete/
      await expect(liq.market({ file: write(mark(1), 'mark-price-candles.json') })).rejects.toThrow(refused)
      await expect(liq.market({ file: write(mark(1), 'dump.json') })).rejects.toThrow(refused)
      expect((await liq.market({ file: write(mark(1), 'dump.json'), columns: { volume: '6' } })).volume[0]).toBe(1)
      expect((await liq.market({ file: write(mark(7), 'dump.json') })).volume[0]).toBe(7)
    })

    it("Coinbase's side is asked for, as it may be the maker's", async () => {
      const trades = write(lines('time,price,quantity,side', `${at(0)},60000,1,sell`), 'coinbase-BTC-USD.csv')
      await expect(liq.tradeFlow({ file: trades, timeframe: '1h' })).rejects.toThrow(
        /Coinbase states the side of the maker/,
      )
      const taker = async (columns: object) =>
        (await liq.tradeFlow({ file: trades, timeframe: '1h', columns })).takerBuyVolume[0]
      expect([await taker({ buyerMaker: 'side' }), await taker({ side: 'side' })]).toEqual([1, 0])
    })

    it('messages of two channels are two markets', async () => {
      const message = (symbol: string) =>
        JSON.stringify({
          topic: `kline.60.${symbol}`,
          data: [{ start: at(0), open: 1, high: 1, low: 1, close: 1, volume: 1, turnover: 1 }],
        })
      const file = write(lines(message('BTCUSDT'), message('ETHUSDT')), 'messages.jsonl')
      await expect(liq.market({ file })).rejects.toThrow(/several lists of rows, perhaps of several markets/)
    })
  })
}
