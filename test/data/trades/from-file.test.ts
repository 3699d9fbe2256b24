import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { readMarketFile } from '../../../src/data/load-file.ts'
import { fileTrades, type TradeFileSource } from '../../../src/data/trades/from-file.ts'
import { loadTradeFlow } from '../../../src/data/trades/load-trade-flow.ts'
import type { TradeChunk } from '../../../src/market/trade-flow/trade-chunk.ts'
import { makeTrades, part } from '../../market/trade-flow/trades.ts'
import { lines, scratch } from '../import/files.ts'
import { zipOf } from '../import/pack.ts'

const { write, dir } = scratch()
const HEADER = 'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker'
const TASK = Symbol.for('liqnb.task')

/** A file as Binance's archive has it. */
function archive({ time, price, amount, buy }: TradeChunk): string {
  return lines(
    HEADER,
    ...Array.from(time, (ms, i) => `${i},${price[i]},${amount[i]},${i},${i},${ms},${buy[i] === 0}`),
    '',
  )
}

async function all(source: TradeFileSource): Promise<TradeChunk> {
  const rows: number[][] = []
  for await (const { time, price, amount, buy } of fileTrades(source))
    for (let i = 0; i < time.length; i++) rows.push([time[i]!, price[i]!, amount[i]!, buy[i]!])
  const column = (index: number) => Float64Array.from(rows, row => row[index]!)
  return { time: column(0), price: column(1), amount: column(2), buy: Uint8Array.from(column(3)) }
}

/** Without the patience that toEqual needs for long arrays. */
const same = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  a.length === b.length && Array.prototype.every.call(a, (value, i) => Object.is(value, b[i]))

describe('trades of files', () => {
  const trades = makeTrades(1, 18_000)
  const ends = [0, 500, 17_200, 18_000]
  const days = [1, 2, 3].map(k => archive(part(trades, ends[k - 1]!, ends[k]!)))

  it('are read in order, in pieces, packed or not', async () => {
    write(days[0]!, 'BTCUSDT-aggTrades-2024-01-01.csv')
    write(gzipSync(days[1]!), 'BTCUSDT-aggTrades-2024-01-02.csv.gz')
    write(zipOf('BTCUSDT-aggTrades-2024-01-03.csv', days[2]!), 'BTCUSDT-aggTrades-2024-01-03.zip')
    const read = await all({ file: `${dir}/BTCUSDT-aggTrades-*` })
    for (const column of ['time', 'price', 'amount', 'buy'] as const)
      expect(same(read[column], trades[column])).toBe(true)
    const flow = await loadTradeFlow({ file: `${dir}/BTCUSDT-aggTrades-*`, timeframe: '5m', symbol: 'BTC/USDT:USDT' })
    const direct = await loadTradeFlow({ trades: [trades], timeframe: '5m' })
    for (const column of ['time', 'close', 'volume', 'bin', 'buyUsd', 'sellUsd'] as const)
      expect(same(flow[column], direct[column])).toBe(true)
    expect(flow.symbol).toBe('BTC/USDT:USDT')
    const market = await readMarketFile({ file: `${dir}/BTCUSDT-aggTrades-*`, timeframe: '5m' })
    expect(market.close).toEqual(flow.market().close)
  })

  it('are counted once: files that overlap are refused', async () => {
    const first = write(days[0]!, 'first.csv')
    const again = write(archive(part(trades, 300, 700)), 'again.csv')
    await expect(loadTradeFlow({ file: [first, again], timeframe: '5m' })).rejects.toThrow(
      /^again.csv: Row 1, time: .* after a newer trade; it begins before the end of first.csv: name files in order of time/,
    )
  })

  it('that run backwards are refused, naming the row', async () => {
    const backwards = lines(HEADER, ...days[0]!.trim().split('\n').slice(1).reverse())
    await expect(loadTradeFlow({ file: write(backwards, 'back.csv'), timeframe: '5m' })).rejects.toThrow(
      /^back.csv: Row \d+, time: .* after a newer trade; at most 10s can be put right/,
    )
  })

  it('may count contracts, of coins or of dollars', async () => {
    const file = write(lines('time,side,price,size', '1718830800000,Buy,50000,100'))
    expect([...(await all({ file, contractSize: 0.01 })).amount]).toEqual([1])
    expect([...(await all({ file, contractSize: 100, inverse: true })).amount]).toEqual([0.2])
    await expect(all({ file, contractSize: 0 })).rejects.toThrow(/contractSize: 0/)
  })

  it('that hold something else are refused', async () => {
    const file = write(lines('time,open,high,low,close,volume', '1718830800000,1,1,1,1,1'), 'candles.csv')
    await expect(all({ file })).rejects.toThrow(/^candles.csv: holds candles, not trades/)
  })

  it('are refused with the file, row, column and value that is wrong', async () => {
    const file = write(lines(HEADER, '1,100,1,1,1,1718830800000,true', '2,100,1,1,1,1718830800000,perhaps'), 'bad.csv')
    await expect(loadTradeFlow({ file, timeframe: '1h' })).rejects.toThrow(
      'bad.csv: Row 2, is_buyer_maker: "perhaps", but expected true or false',
    )
    const free = write(lines(HEADER, '1,0,1,1,1,1718830800000,true'), 'free.csv')
    await expect(loadTradeFlow({ file: free, timeframe: '1h' })).rejects.toThrow(
      'free.csv: Row 1, price: 0, but expected a price above 0',
    )
  })
})

describe('reading a long file', () => {
  afterEach(() => {
    delete (globalThis as { [key: symbol]: unknown })[TASK]
  })

  it('says how far it is, and ends when it is cancelled', async () => {
    const file = write(archive(makeTrades(2, 60_000)), 'long.csv')
    const controller = new AbortController()
    const said: [string, number | null | undefined][] = []
    const task = {
      signal: controller.signal,
      progress: (message: string, fraction?: number | null) => {
        said.push([message, fraction])
        controller.abort(new Error('cancelled'))
      },
    }
    ;(globalThis as { [key: symbol]: unknown })[TASK] = task
    await expect(loadTradeFlow({ file, timeframe: '5m' })).rejects.toThrow('cancelled')
    expect(said).toHaveLength(1)
    expect(said[0]![0]).toBe('Reading long.csv')
    expect(said[0]![1]).toBeGreaterThan(0)
    expect(said[0]![1]).toBeLessThan(1)
  })
})
