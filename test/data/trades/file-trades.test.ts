import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { publishTask } from '../../../src/common/host.ts'
import { readMarketFile } from '../../../src/data/load-file.ts'
import { fileTrades, type TradeFileSource } from '../../../src/data/trades/file-trades.ts'
import { loadTradeFlow } from '../../../src/data/trades/load-trade-flow.ts'
import type { TradeChunk } from '../../../src/market/trade-flow/trade-chunk.ts'
import { makeTrades, part } from '../../market/trade-flow/trades.ts'
import { zipOf } from '../import/archive-builders.ts'
import { lines, scratch } from '../import/helpers.ts'

const { write, dir } = scratch()
const HEADER = 'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker'

/** A file as in Binance's archive. */
function archive({ time, price, amount, buy }: TradeChunk): string {
  return lines(
    HEADER,
    ...Array.from(time, (ms, i) => `${i},${price[i]},${amount[i]},${i},${i},${ms},${buy[i] === 0}`),
    '',
  )
}

async function readAll(source: TradeFileSource): Promise<TradeChunk> {
  const rows: number[][] = []
  for await (const { time, price, amount, buy } of fileTrades(source))
    for (let i = 0; i < time.length; i++) rows.push([time[i]!, price[i]!, amount[i]!, buy[i]!])
  const column = (index: number) => Float64Array.from(rows, row => row[index]!)
  return { time: column(0), price: column(1), amount: column(2), buy: Uint8Array.from(column(3)) }
}

/** Faster than toEqual for long arrays. */
const isSame = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  a.length === b.length && Array.prototype.every.call(a, (value, i) => Object.is(value, b[i]))

describe('trades of files', () => {
  const trades = makeTrades(1, 18_000)
  const day1 = archive(part(trades, 0, 500))
  const day2 = archive(part(trades, 500, 17_200))
  const day3 = archive(part(trades, 17_200, 18_000))

  it('are read in order, in chunks, packed or not', async () => {
    write(day1, 'BTCUSDT-aggTrades-2024-01-01.csv')
    write(gzipSync(day2), 'BTCUSDT-aggTrades-2024-01-02.csv.gz')
    write(zipOf('BTCUSDT-aggTrades-2024-01-03.csv', day3), 'BTCUSDT-aggTrades-2024-01-03.zip')
    const read = await readAll({ file: `${dir}/BTCUSDT-aggTrades-*` })
    for (const column of ['time', 'price', 'amount', 'buy'] as const)
      expect(isSame(read[column], trades[column])).toBe(true)
    const flow = await loadTradeFlow({ file: `${dir}/BTCUSDT-aggTrades-*`, timeframe: '5m', symbol: 'BTC/USDT:USDT' })
    const direct = await loadTradeFlow({ trades: [trades], timeframe: '5m' })
    for (const column of ['time', 'close', 'volume', 'bin', 'buyUsd', 'sellUsd'] as const)
      expect(isSame(flow[column], direct[column])).toBe(true)
    expect(flow.symbol).toBe('BTC/USDT:USDT')
    const market = await readMarketFile({ file: `${dir}/BTCUSDT-aggTrades-*`, timeframe: '5m' })
    expect(market.close).toEqual(flow.market().close)
  })

  it('are refused where files overlap', async () => {
    const first = write(day1, 'first.csv')
    const again = write(archive(part(trades, 300, 700)), 'again.csv')
    await expect(loadTradeFlow({ file: [first, again], timeframe: '5m' })).rejects.toThrow(
      /^again.csv: Row 1, time: .* after a newer trade; it begins before the end of first.csv: list files in order of time/,
    )
  })

  it('are refused where they run backwards, naming the row', async () => {
    const backwards = lines(HEADER, ...day1.trim().split('\n').slice(1).reverse())
    await expect(loadTradeFlow({ file: write(backwards, 'back.csv'), timeframe: '5m' })).rejects.toThrow(
      /^back.csv: Row \d+, time: .* after a newer trade; at most 10s of disorder can be sorted/,
    )
  })

  it('may count contracts, of coins or of dollars', async () => {
    const file = write(lines('time,side,price,size', '1718830800000,Buy,50000,100'))
    const linear = { contractSize: 0.01, instrument: { kind: 'linear' } } as const
    expect([...(await readAll({ file, ...linear })).amount]).toEqual([1])
    const inverse = { contractSize: 100, instrument: { kind: 'inverse' } } as const
    expect([...(await readAll({ file, ...inverse })).amount]).toEqual([0.2])
    await expect(readAll({ file, contractSize: 0.01 })).rejects.toThrow(
      /size counts contracts, but nothing says of which kind/,
    )
    await expect(readAll({ file, contractSize: 0 })).rejects.toThrow(
      'liq.tradeFlow: contractSize: 0, but expected a number above 0',
    )
  })

  it('are refused where the file holds something else', async () => {
    const file = write(lines('time,open,high,low,close,volume', '1718830800000,1,1,1,1,1'), 'candles.csv')
    await expect(readAll({ file })).rejects.toThrow(/^candles.csv: holds candles, not trades/)
  })

  it('are refused with the file, row, column and value of an error', async () => {
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
  let unpublish: (() => void) | undefined
  afterEach(() => unpublish?.())

  it('reports progress, and stops when cancelled', async () => {
    const file = write(archive(makeTrades(2, 60_000)), 'long.csv')
    const controller = new AbortController()
    const reports: [string, number | null | undefined][] = []
    const task = {
      signal: controller.signal,
      progress: (message: string, fraction?: number | null) => {
        reports.push([message, fraction])
        controller.abort(new Error('cancelled'))
      },
    }
    unpublish = publishTask(globalThis, () => task)
    await expect(loadTradeFlow({ file, timeframe: '5m' })).rejects.toThrow('cancelled')
    expect(reports).toHaveLength(1)
    expect(reports[0]?.[0]).toBe('Reading long.csv')
    expect(reports[0]?.[1]).toBeGreaterThan(0)
    expect(reports[0]?.[1]).toBeLessThan(1)
  })
})
