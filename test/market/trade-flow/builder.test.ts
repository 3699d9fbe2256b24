/** Trades by hand: edges of bars, late trades, and incomplete bars at the ends. */
import { describe, expect, it } from 'vitest'
import { DataError } from '../../../src/common/errors.ts'
import type { TradeChunk } from '../../../src/market/trade-flow/trade-chunk.ts'
import { isTradeFlow } from '../../../src/market/trade-flow/trade-flow.ts'
import { resolveTradeFlowOptions, TradeFlowBuilder } from '../../../src/market/trade-flow/trade-flow-builder.ts'
import { START } from './trades.ts'

const MINUTE = 60_000

type Trade = [seconds: number, price: number, amount: number, buy: 0 | 1]

function chunkOf(trades: readonly Trade[], more: Partial<TradeChunk> = {}): TradeChunk {
  return {
    time: Float64Array.from(trades, ([seconds]) => START + seconds * 1000),
    price: Float64Array.from(trades, ([, price]) => price),
    amount: Float64Array.from(trades, ([, , amount]) => amount),
    buy: Uint8Array.from(trades, ([, , , buy]) => buy),
    ...more,
  }
}

function flowOf(trades: readonly Trade[], options: object = {}, meta: object = {}) {
  const builder = new TradeFlowBuilder({ timeframe: '1m', binWidth: Math.log(1.01), ...options })
  builder.add(chunkOf(trades))
  return builder.finish({ symbol: 'X', source: 'by hand', ...meta })
}

/** Trades at the begin and the end of so many minutes. */
const minutes = (count: number): Trade[] =>
  Array.from({ length: 2 * count }, (_, i) => [Math.floor(i / 2) * 60 + (i % 2) * 59.9, 100, 1, 1])

describe('a flow by hand', () => {
  const flow = flowOf([
    [0, 100.2, 2, 1],
    [10, 101.5, 1, 0],
    [20, 99.5, 4, 0],
    [59.999, 100.3, 1, 1],
    [60, 102.5, 3, 1],
  ])

  it('has candles with the taker volume, and the times of their trades', () => {
    const { time, open, high, low, close, volume, takerBuyVolume, count, firstTime, lastTime } = flow
    expect([...time]).toEqual([START, START + MINUTE])
    expect([open[0], high[0], low[0], close[0]]).toEqual([100.2, 101.5, 99.5, 100.3])
    expect([...volume, ...takerBuyVolume, ...count]).toEqual([8, 3, 3, 3, 4, 1])
    expect([...firstTime, ...lastTime]).toEqual([START, START + MINUTE, START + 59_999, START + MINUTE])
    expect(flow).toMatchObject({
      timeframe: '1m',
      length: 2,
      notes: [],
      symbol: 'X',
      source: 'by hand',
      from: 'trades',
    })
    expect('instrument' in flow).toBe(false)
    expect(flow.trades).toBe(flow)
  })

  it('has USD by bin and side, by ascending price', () => {
    // ln(100)/ln(1.01) = 462.8: bins from 1.01^462 = 99.19, 1.01^463 = 100.18 and 1.01^464 = 101.18.
    expect([...flow.starts]).toEqual([0, 3, 4])
    expect([...flow.bin]).toEqual([462, 463, 464, 465])
    expect([...flow.buyUsd]).toEqual([0, 2 * 100.2 + 100.3, 0, 307.5])
    expect([...flow.sellUsd]).toEqual([398, 0, 101.5, 0])
    const row = flow.table().objects()[1] as Record<string, number>
    expect(row).toMatchObject({ time: new Date(START), buyUsd: 300.7, sellUsd: 0 })
    expect([row.low, row.high]).toEqual([expect.closeTo(1.01 ** 463, 9), expect.closeTo(1.01 ** 464, 9)])
  })

  it('counts a size filter with its lower end and without its upper one', () => {
    const sizes: Trade[] = [100, 200, 300].map((usd, i) => [i, 100, usd / 100, 1])
    expect([...flowOf(sizes, { minUsd: 200, maxUsd: 300 }).buyUsd]).toEqual([200])
    expect([...flowOf(sizes, { minUsd: 101 }).buyUsd]).toEqual([500])
    expect([...flowOf([[0, 100, 0, 1]]).buyUsd]).toEqual([])
  })

  it('takes the first of equal times as the open and the last as the close', () => {
    const equal = flowOf([
      [5, 100, 1, 1],
      [5, 101, 1, 0],
      [5, 102, 1, 0],
    ])
    expect([equal.open[0], equal.close[0]]).toEqual([100, 102])
  })

  it('is told from other values', () => {
    expect(isTradeFlow(flow)).toBe(true)
    for (const other of [null, undefined, 1, {}, { starts: new Uint32Array(1) }, { bin: new Int32Array(1) }])
      expect(isTradeFlow(other)).toBe(false)
  })
})

describe('late trades', () => {
  it('go into their bar while it may be open, and are noted', () => {
    const late: Trade[] = [
      [58, 100, 1, 1],
      [61, 101, 1, 1],
      [59, 103, 2, 0],
    ]
    const flow = flowOf(late)
    expect([...flow.volume, ...flow.close, ...flow.high]).toEqual([3, 1, 103, 101, 103, 101])
    expect(flow.notes).toEqual(['1 of 3 trades arrived out of order and was sorted into its bar'])
    const two = flowOf([...late, [51, 99, 1, 1]], {}, { notes: ['before'] })
    expect(two.open[0]).toBe(99)
    expect(two.notes).toEqual(['before', '2 of 4 trades arrived out of order and were sorted into their bars'])
  })

  it('make a bar of their own before one that is there', () => {
    const flow = flowOf([
      [0, 100, 1, 1],
      [121, 101, 1, 1],
      [119, 102, 1, 1],
    ])
    expect([...flow.time].map(ms => (ms - START) / MINUTE)).toEqual([0, 1, 2])
    expect([...flow.close]).toEqual([100, 102, 101])
  })

  it('may come as late as the option says, and no later', () => {
    const by = (seconds: number, options: object) => () =>
      flowOf(
        [
          [20, 100, 1, 1],
          [20 - seconds, 100, 1, 1],
        ],
        options,
      )
    expect(by(10, {})().count[0]).toBe(2)
    expect(by(10.001, {})).toThrow(
      'trades: Row 2, time: 2024-01-01 00:00 comes 11s after a newer trade; at most 10s of disorder can be sorted',
    )
    expect(by(2, { reorder: '2s' })().count[0]).toBe(2)
    expect(by(0.001, { reorder: 0 })).toThrow('comes 1s after a newer trade')
    expect(by(0, { reorder: 0 })().count[0]).toBe(2)
    expect(() => resolveTradeFlowOptions({ timeframe: '1m', reorder: 'x' })).toThrow('but expected 0 or a duration')
  })

  it('of another file say so', () => {
    const late = (first: string | undefined, second: string | undefined) => () => {
      const builder = new TradeFlowBuilder({ timeframe: '1m' })
      builder.add(chunkOf([[60, 100, 1, 1]], first === undefined ? {} : { source: first }))
      builder.add(chunkOf([[0, 100, 1, 1]], { row: 7, ...(second !== undefined && { source: second }) }))
    }
    expect(late('a.csv', 'b.csv')).toThrow(
      'b.csv: Row 7, time: 2024-01-01 00:00 comes 1m after a newer trade; it begins before the end of a.csv: list files',
    )
    for (const [first, second] of [
      ['a.csv', 'a.csv'],
      [undefined, 'b.csv'],
      ['a.csv', undefined],
    ])
      expect(late(first, second)).toThrow('at most 10s of disorder can be sorted')
  })
})

describe('the builder', () => {
  it('says the newest time, and counts only what is asked for', () => {
    const builder = new TradeFlowBuilder({ timeframe: '1m' })
    expect([builder.newest, builder.barMs]).toEqual([-Infinity, MINUTE])
    builder.add(chunkOf(minutes(3)), START + MINUTE, START + 2 * MINUTE)
    expect(builder.newest).toBe(START + MINUTE + 59_900)
    expect(builder.finish({ symbol: 'X', source: 'y' }).length).toBe(1)
    expect(() => new TradeFlowBuilder({ timeframe: '1m' }).finish({ symbol: 'X', source: 'y' })).toThrow(
      new DataError('y: there are no trades'),
    )
  })

  it('refuses options out of range', () => {
    const resolve = (options: object) => () => resolveTradeFlowOptions({ timeframe: '1m', ...options })
    expect(resolve({})()).toEqual({ barMs: MINUTE, binWidth: 0.001, minUsd: 0, maxUsd: Infinity, reorderMs: 10_000 })
    for (const binWidth of [1e-5, 0.1]) expect(resolve({ binWidth })().binWidth).toBe(binWidth)
    for (const binWidth of [9e-6, 0.11]) expect(resolve({ binWidth })).toThrow(`binWidth: ${binWidth}`)
    expect(resolve({ minUsd: -1 })).toThrow('minUsd: -1')
    expect(resolve({ maxUsd: 0 })).toThrow('maxUsd: 0')
    expect(resolve({ minUsd: 5, maxUsd: 4 })).toThrow('maxUsd: 4, but expected more than minUsd (5)')
  })

  it('refuses columns of different lengths, and values that cannot be', () => {
    const add = (change: Partial<TradeChunk>) => () =>
      new TradeFlowBuilder({ timeframe: '1m' }).add({ ...chunkOf([[0, 100, 1, 1]]), ...change })
    for (const change of [{ price: new Float64Array(2) }, { amount: new Float64Array(2) }, { buy: new Uint8Array(2) }])
      expect(add(change)).toThrow(/^trades: 1 times, \d prices, \d amounts and \d sides$/)
    expect(add({ price: Float64Array.of(Infinity) })).toThrow('Row 1, price: Infinity, but expected a price above 0')
    expect(add({ amount: Float64Array.of(Infinity) })).toThrow('Row 1, amount: Infinity, but expected 0 or more')
    expect(add({ buy: Uint8Array.of(2) })).toThrow('Row 1, buy: 2, but expected 0 or 1')
  })
})

describe('the market of a flow', () => {
  const market = (trades: readonly Trade[], meta: object = {}) => {
    const { time, notes } = flowOf(trades, {}, meta).market()
    return { minutes: [...time].map(ms => (ms - START) / MINUTE), notes }
  }

  it('has every bar where trades reach the edges, within a hundredth of a bar', () => {
    expect(market(minutes(3))).toEqual({ minutes: [0, 1, 2], notes: [] })
    const [first, ...others] = minutes(3)
    expect(first![0]).toBe(0)
    expect(market([[0.6, 100, 1, 1], ...others])).toEqual({ minutes: [0, 1, 2], notes: [] })
  })

  it('leaves out a first and a last bar that are not covered, and says so', () => {
    // A hundred trades from second 30 to 50: ten pauses are 2 seconds.
    const part = (from: number, to: number): Trade[] =>
      Array.from({ length: 100 }, (_, i) => [from + ((to - from) * i) / 99, 100, 1, 1])
    const middle = minutes(3).slice(2, 4)
    expect(market([...part(30, 59.9), ...middle, ...part(120, 150)], { notes: ['a note'] })).toEqual({
      minutes: [1],
      notes: [
        'a note',
        'The first bar was dropped: its trades begin at 2024-01-01 00:00:30.000',
        'The last bar was dropped: its trades end at 2024-01-01 00:02:30.000',
      ],
    })
    // Within ten mean pauses of the edges: 55 s / 99 · 10 = 5.6 s.
    expect(market([...part(4, 59.9), ...middle, ...part(120, 175)])).toEqual({ minutes: [0, 1, 2], notes: [] })
    expect(market([...part(6, 59.9), ...middle, ...part(120, 175)]).minutes).toEqual([1, 2])
    expect(market([...part(4, 59.9), ...middle, ...part(120, 174)]).minutes).toEqual([0, 1])
  })

  it('counts a bar of one trade by its share alone', () => {
    const middle = minutes(3).slice(2, 4)
    expect(market([[0.6, 100, 1, 1], ...middle, [179.4, 100, 1, 1]]).minutes).toEqual([0, 1, 2])
    expect(market([[0.7, 100, 1, 1], ...middle, [179.3, 100, 1, 1]]).minutes).toEqual([1])
  })

  it('has the columns of the flow, and its contract', () => {
    const flow = flowOf(minutes(2), {}, { instrument: { kind: 'spot', base: 'X' } })
    const bars = flow.market()
    for (const field of ['open', 'high', 'low', 'close', 'volume', 'takerBuyVolume'] as const)
      expect(bars[field]).toEqual(flow[field])
    expect(bars).toMatchObject({
      symbol: 'X',
      source: 'by hand',
      barMs: MINUTE,
      instrument: { kind: 'spot', base: 'X' },
    })
  })
})
