/** Files whose amounts or sides would be read wrong without a word: they are refused, or it is said. */
import { describe, expect, it } from 'vitest'
import type { FileOptions } from '../../../src/data/import/file-options.ts'
import { implausibleNote } from '../../../src/data/import/plausible-amounts.ts'
import { liq } from '../../../src/liqnb.ts'
import { lines, scratch } from './helpers.ts'
import { at, iso, json, rows, START } from './published-rows.ts'

const { write } = scratch()

const refusal = (text: string, name: string, options: FileOptions & { timeframe?: string } = {}) =>
  expect(liq.market({ file: write(text, name), ...options })).rejects

const CANDLES = 'time,open,high,low,close,volume'
const candles = (volume: number, extra = '') =>
  rows(h => `${at(h)},60000,60600,59400,60000,${volume}${extra === '' ? '' : `,${extra}`}`)

describe('volumes in two currencies', () => {
  it('are refused where CryptoDataDownload has swapped their names', async () => {
    const names = 'unix,date,symbol,open,high,low,close,Volume BTC,Volume USD'
    const file = (coins: number, usd: number) =>
      lines(names, ...rows(h => `${at(h) / 1000},${iso(h)},BTC/USD,60000,60600,59400,60000,${coins},${usd}`))
    await refusal(file(600000, 10), 'Gemini_BTCUSD_1h.csv').toThrow(/Volume USD \/ Volume BTC is no price/)
    const market = await liq.market({ file: write(file(10, 600000), 'Gemini_BTCUSD_1h.csv') })
    expect([...market.volume]).toEqual([10, 10, 10])
  })

  it('are compared in a file of no known layout, unless the user states the unit', async () => {
    const text = lines(`${CANDLES},quoteVolume`, ...candles(600000, '10'))
    await refusal(text, 'any.csv').toThrow(/quoteVolume \/ volume is no price of these rows.*unit: 'coins'/)
    const stated = await liq.market({ file: write(text, 'any.csv'), unit: 'quote' })
    expect([...stated.volume]).toEqual([10, 10, 10])
    const right = await liq.market({
      file: write(lines(`${CANDLES},quoteVolume`, ...candles(10, '600000')), 'any.csv'),
    })
    expect([...right.volume]).toEqual([10, 10, 10])
  })

  it('are told apart where only that in the quote currency is there', async () => {
    const text = lines('time,open,high,low,close,quote_volume', ...candles(600000))
    await refusal(text, 'any.csv').toThrow(/columns: \{ volume: 'quote_volume' \} and unit: 'quote'/)
  })
})

describe('a unit', () => {
  it('is asked for where a venue settles what is quoted in USD in the coin', async () => {
    const text = JSON.stringify({
      data: rows(h => ({ open: '60000', close: '60000', high: '60600', low: '59400', volume: '6000', time: at(h) })),
    })
    await refusal(text, 'bingx-BTC-USD.json').toThrow(/volume may count coins, contracts or the quote currency/)
    expect([...(await liq.market({ file: write(text, 'bingx-BTC-USDT.json') })).volume]).toEqual([6000, 6000, 6000])
  })

  it('is asked for of trades of Kraken Futures whose contract is not known, and their side is the taker’s', async () => {
    const text = JSON.stringify({
      result: 'success',
      history: rows(k => ({
        time: new Date(START + 1000 * k).toISOString(),
        trade_id: k,
        price: 60000,
        size: 600,
        side: 'buy',
        type: 'fill',
        uid: `x${k}`,
      })),
    })
    await refusal(text, 'history.json', { timeframe: '1s' }).toThrow(/size counts contracts, but nothing says/)
    const flow = await liq.market({ file: write(text, 'PI_XBTUSD.json'), timeframe: '1s' })
    expect([flow.volume[0], flow.takerBuyVolume?.[0]]).toEqual([0.01, 0.01])
  })
})

describe('integers that are scaled', () => {
  it('are refused, with what they are', async () => {
    const scaled = json(h => [at(h) / 1000, 3600, 6e8, 6e8, 6.06e8, 5.94e8, 6e8, 600000, 1e9])
    await refusal(scaled, 'phemex-BTCUSD.json').toThrow(/as integers, each times a power of 10/)
  })
})

describe('the side of trades', () => {
  it('is asked for where Coinbase states either', async () => {
    const text = JSON.stringify({
      trades: rows(k => ({
        trade_id: String(k),
        product_id: 'BTC-USD',
        price: '60000',
        size: '0.5',
        time: new Date(START + 1000 * k).toISOString(),
        side: 'BUY',
      })),
    })
    const options = { timeframe: '1s' }
    await refusal(text, 'trades.json', options).toThrow(/side of the maker.*columns: \{ buyerMaker: 'side' \}/)
    const bought = async (columns: NonNullable<FileOptions['columns']>) =>
      (await liq.market({ file: write(text, 'trades.json'), columns, ...options })).takerBuyVolume?.[0]
    expect(await bought({ side: 'side' })).toBe(0.5)
    expect(await bought({ buyerMaker: 'side' })).toBe(0)
  })

  it('is said where it is that of the maker', async () => {
    const text = json(k => ({
      trade_id: k,
      side: 'sell',
      size: '0.5',
      price: '60000',
      time: new Date(START + 1000 * k).toISOString(),
    }))
    const { notes } = await liq.market({ file: write(text, 'trades.json'), timeframe: '1s' })
    expect(notes.join()).toContain('side was read as the side of the maker')
  })
})

describe('a size of contracts', () => {
  it('that no amount needs is said', async () => {
    const text = lines(`${CANDLES},turnover`, ...candles(10, '600000'))
    const { notes, volume } = await liq.market({ file: write(text, 'any.csv'), contractSize: 0.01 })
    expect([...volume]).toEqual([10, 10, 10])
    expect(notes.join()).toContain('contractSize: 0.01 was not used, as volume does not count contracts')
    const counted = await liq.market({
      file: write(lines(CANDLES, ...candles(1000)), 'BTC-USDT-SWAP.csv'),
      contractSize: 0.01,
    })
    expect([...counted.volume]).toEqual([10, 10, 10])
    expect(counted.notes.join()).not.toContain('was not used')
  })
})

describe('records', () => {
  it('that name a coin beside candles that do not are said', async () => {
    const oi = lines('timestamp,symbol,openInterest', ...rows(h => `${at(h + 1)},ETHUSDT,1000`))
    const file = [write(lines(CANDLES, ...candles(10)), 'candles.csv'), write(oi, 'oi.csv')]
    expect((await liq.market({ file })).notes.join()).toContain(
      'oi.csv is of ETH/USDT, contract unknown, but neither columns nor name of candles.csv say of which coin it is',
    )
  })

  it('that no market has are noted', () => {
    const market = { volume: Float64Array.of(100, 100, 100), barMs: 3_600_000 }
    const note = (field: Parameters<typeof implausibleNote>[0], value: number) =>
      implausibleNote(field, Float64Array.of(value, value, value), market)
    // A day's volume is 2,400.
    expect(note('openInterest', 240_000)).toBeNull()
    expect(note('openInterest', 6_000_000)).toContain('the volume of 2500 days')
    expect(note('longLiquidations', 100)).toBeNull()
    expect(note('longLiquidations', 101)).toContain('more than the volume')
    expect(note('fundingRate', -0.0019)).toBeNull()
    expect(note('fundingRate', -0.01)).toContain('1 % or more')
    expect(note('longShortRatio', 9)).toBeNull()
  })
})
