import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadTradeFlow } from '../../../src/data/trades/load-trade-flow.ts'
import { type LiquidationMap, liquidationMap } from '../../../src/liquidation/map.ts'
import { binOf } from '../../../src/market/bins.ts'
import type { TradeChunk } from '../../../src/market/trade-flow/trade-chunk.ts'
import type { TradeFlow } from '../../../src/market/trade-flow/trade-flow.ts'
import { cutAt, inOrder, MINUTE, makeTrades, part, START } from './trades.ts'

const COLUMNS = [
  'time',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'takerBuyVolume',
  'count',
  'starts',
  'bin',
  'buyUsd',
  'sellUsd',
] as const
const columnsOf = (flow: TradeFlow) => COLUMNS.map(column => flow[column])

/** Reference implementation with objects and maps. */
function referenceRows(trades: TradeChunk, barMs: number, binWidth: number, minUsd: number, maxUsd: number) {
  interface Bar {
    prices: number[]
    volume: number
    bought: number
    bins: Map<number, [number, number]>
  }
  const bars = new Map<number, Bar>()
  for (let i = 0; i < trades.time.length; i++) {
    const time = Math.floor(trades.time[i]! / barMs) * barMs
    const bar: Bar = bars.get(time) ?? { prices: [], volume: 0, bought: 0, bins: new Map() }
    bars.set(time, bar)
    bar.prices.push(trades.price[i]!)
    bar.volume += trades.amount[i]!
    if (trades.buy[i]) bar.bought += trades.amount[i]!
    const usd = trades.price[i]! * trades.amount[i]!
    if (usd < minUsd || usd >= maxUsd || usd === 0) continue
    const bin = binOf(trades.price[i]!, binWidth)
    const [bought, sold] = bar.bins.get(bin) ?? [0, 0]
    bar.bins.set(bin, trades.buy[i] ? [bought + usd, sold] : [bought, sold + usd])
  }
  return [...bars].map(([time, { prices, volume, bought, bins }]) => ({
    time,
    candle: [prices[0], Math.max(...prices), Math.min(...prices), prices.at(-1), volume, Math.min(bought, volume)],
    entries: [...bins].sort((a, b) => a[0] - b[0]),
  }))
}

function rowsOf(flow: TradeFlow) {
  return Array.from(flow.time, (time, t) => ({
    time,
    candle: [flow.open[t], flow.high[t], flow.low[t], flow.close[t], flow.volume[t], flow.takerBuyVolume[t]],
    entries: Array.from({ length: flow.starts[t + 1]! - flow.starts[t]! }, (_, k) => {
      const at = flow.starts[t]! + k
      return [flow.bin[at], [flow.buyUsd[at], flow.sellUsd[at]]]
    }),
  }))
}

describe('flow from trades', () => {
  it('equals a reference implementation bit for bit, also with a size filter', async () => {
    const trades = makeTrades(1, 3000)
    for (const [minUsd, maxUsd] of [
      [0, Infinity],
      [200, 600],
    ] as const) {
      const flow = await loadTradeFlow({ trades: [trades], timeframe: '5m', binWidth: 0.002, minUsd, maxUsd })
      expect(rowsOf(flow)).toEqual(referenceRows(trades, 5 * MINUTE, 0.002, minUsd, maxUsd))
    }
  })

  it('does not depend on the chunks', async () => {
    const trades = makeTrades(2, 600)
    const whole = await loadTradeFlow({ trades: [trades], timeframe: '1m' })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 12 }), async ends => {
        const flow = await loadTradeFlow({ trades: cutAt(trades, ends), timeframe: '1m' })
        expect(columnsOf(flow)).toEqual(columnsOf(whole))
      }),
      { numRuns: 30 },
    )
  })

  it('does not change closed bars with later trades', async () => {
    const trades = makeTrades(3, 600)
    const whole = await loadTradeFlow({ trades: [trades], timeframe: '1m' })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 600 }), async end => {
        const flow = await loadTradeFlow({ trades: [part(trades, 0, end)], timeframe: '1m' })
        const bars = flow.length - 1
        expect(rowsOf(flow).slice(0, bars)).toEqual(rowsOf(whole).slice(0, bars))
      }),
      { numRuns: 30 },
    )
  })

  it('sorts in late trades across bars and chunks, and notes how many', async () => {
    const trades = makeTrades(4, 400)
    const sorted = await loadTradeFlow({ trades: [trades], timeframe: '1m' })
    const arrival = (i: number) => trades.time[i]! + ((i * 7919) % 8000)
    const order = Array.from(trades.time, (_, i) => i).sort((x, y) => arrival(x) - arrival(y))
    const flow = await loadTradeFlow({ trades: cutAt(inOrder(trades, order), [100, 101, 250]), timeframe: '1m' })
    for (const column of ['time', 'open', 'high', 'low', 'close', 'count', 'starts', 'bin'] as const)
      expect(flow[column], column).toEqual(sorted[column])
    for (const column of ['volume', 'buyUsd', 'sellUsd'] as const)
      for (const [i, value] of flow[column].entries()) expect(value).toBeCloseTo(sorted[column][i]!, 8)
    expect(flow.notes[0]).toMatch(/^\d+ of 400 trades arrived out of order and were sorted into their bars$/)
  })

  it('counts only the trades in a time range', async () => {
    const trades = makeTrades(5, 600)
    const since = START + 4 * MINUTE
    const flow = await loadTradeFlow({ trades: [trades], timeframe: '1m', since, until: START + 9 * MINUTE })
    expect([...flow.time]).toEqual([4, 5, 6, 7, 8].map(minute => START + minute * MINUTE))
  })

  it('gives candles without incomplete bars at the ends', async () => {
    const trades = makeTrades(6, 2000)
    const cut = trades.time.findIndex(time => time >= START + 90_000)
    const flow = await loadTradeFlow({ trades: [part(trades, cut, 2000)], timeframe: '1m', symbol: 'X' })
    const market = flow.market()
    expect(market.time[0]).toBe(START + 2 * MINUTE)
    expect(flow.time[0]).toBe(START + MINUTE)
    expect(market.takerBuyVolume!.every((bought, t) => bought <= market.volume[t]!)).toBe(true)
    expect(market.notes[0]).toMatch(/^The first bar was dropped: its trades begin at 2024-01-01 00:01:3/)
  })

  const bad: [string, () => Promise<unknown>, RegExp][] = [
    [
      'a trade that is too late',
      () => flowOf({ time: Float64Array.of(START + 60_000, START) }),
      /trades: Row 2, time: 2024-01-01 00:00 comes 1m after a newer trade; at most 10s of disorder can be sorted/,
    ],
    [
      'a price of 0',
      () => flowOf({ price: Float64Array.of(1, 0) }),
      /trades: Row 2, price: 0, but expected a price above 0/,
    ],
    ['a negative amount', () => flowOf({ amount: Float64Array.of(-1, 1) }), /Row 1, amount: -1/],
    ['a NaN time', () => flowOf({ time: Float64Array.of(START, Number.NaN) }), /Row 2, time: NaN/],
    [
      'columns of different lengths',
      () => flowOf({ buy: Uint8Array.of(1) }),
      /2 times, 2 prices, 2 amounts and 1 sides/,
    ],
    ['no trades', () => loadTradeFlow({ trades: [], timeframe: '1m' }), /there are no trades/],
    [
      'no timeframe',
      () => loadTradeFlow({ trades: [] } as never),
      /^liq.tradeFlow: timeframe: undefined, but expected a duration/,
    ],
    [
      'no source of trades',
      () => loadTradeFlow({ timeframe: '1m' } as never),
      /no source, but expected exactly one of file, exchange, trades or clickhouse/,
    ],
    [
      'an empty size filter',
      () => loadTradeFlow({ trades: [], timeframe: '1m', minUsd: 5, maxUsd: 5 }),
      /liq.tradeFlow: maxUsd: 5, but expected more than minUsd \(5\)/,
    ],
  ]
  const flowOf = (change: Partial<TradeChunk>) => {
    const good = {
      time: Float64Array.of(START, START),
      price: Float64Array.of(1, 1),
      amount: Float64Array.of(1, 1),
      buy: Uint8Array.of(1, 0),
    }
    return loadTradeFlow({ trades: [{ ...good, ...change }], timeframe: '1m' })
  }
  for (const [what, load, message] of bad) {
    it(`refuses ${what}`, async () => {
      await expect(load()).rejects.toThrow(message)
    })
  }
})

describe('a heatmap from trade flow', () => {
  it('equals that of the single trades', async () => {
    const trades = makeTrades(7, 8000)
    const flow = await loadTradeFlow({ trades: cutAt(trades, [3000]), timeframe: '5m', minUsd: 100, maxUsd: 800 })
    const market = flow.market()
    const { time, price, amount, buy: takerBuy } = trades
    const single = liquidationMap(market, {
      flow: { trades: { time, price, amount, takerBuy }, minNotional: 100, maxNotional: 800 },
    })
    const summed = liquidationMap(market, { flow })
    close(openedIn(summed), openedIn(single))
    close(longShareOf(summed), longShareOf(single))
    close(lastColumn(summed), lastColumn(single))
  })

  it('accepts flow in fractions of its bars and bins', async () => {
    const trades = makeTrades(8, 8000)
    const market = (await loadTradeFlow({ trades: [trades], timeframe: '15m' })).market()
    const fine = await loadTradeFlow({ trades: [trades], timeframe: '1m', binWidth: 0.0005 })
    const same = await loadTradeFlow({ trades: [trades], timeframe: '15m', binWidth: 0.002 })
    const [a, b] = [fine, same].map(flow =>
      liquidationMap(market, { flow: { trades: flow, openShare: 0.3 }, binWidth: 0.002 }),
    )
    close(openedIn(a!), openedIn(b!))
    close(lastColumn(a!), lastColumn(b!))
  })

  it('refuses flow that does not fit', async () => {
    const trades = makeTrades(9, 2000)
    const flow = await loadTradeFlow({ trades: [trades], timeframe: '5m' })
    const market = flow.market()
    const map =
      (tradeFlow: TradeFlow, options: object = {}, binWidth = 0.001) =>
      () =>
        liquidationMap(market, { flow: { trades: tradeFlow, ...options }, binWidth })
    expect(map(flow, { minNotional: 5 })).toThrow(
      /flow.minNotional: 5, but expected 0, the minUsd that the trades were summed with/,
    )
    expect(map(flow, {}, 0.0015)).toThrow(
      /flow.trades.binWidth: 0.001, but expected a width that divides the map's binWidth of 0.0015/,
    )
    const coarse = await loadTradeFlow({ trades: [trades], timeframe: '15m' })
    expect(map(coarse)).toThrow(
      /flow.trades.timeframe: "15m", but expected a timeframe that divides the market's 5m bars/,
    )
    const elsewhere = await loadTradeFlow({
      trades: [{ ...trades, time: trades.time.map(ms => ms + 1e10) }],
      timeframe: '5m',
    })
    expect(map(elsewhere)).toThrow(/none of the trades .* lies within the market's bars/)
  })

  function close(a: ArrayLike<number>, b: ArrayLike<number>) {
    expect(a.length).toBe(b.length)
    for (let i = 0; i < a.length; i++) expect(Math.abs(a[i]! - b[i]!)).toBeLessThanOrEqual(1e-9 * Math.abs(b[i]!))
  }

  const openedIn = ({ market, flow }: LiquidationMap) => market.close.map((_, t) => flow.notional(t))
  const longShareOf = ({ market, flow }: LiquidationMap) => market.close.map((_, t) => flow.longShare(t))

  /** Both sides of the book at the end, from 81 to 122 USD. */
  function lastColumn(map: LiquidationMap) {
    const { binWidth } = map.options
    const from = Math.round(4.4 / binWidth)
    const size = Math.round(0.4 / binWidth)
    let out: number[] = []
    map.replay((t, book) => {
      if (t === map.market.length - 1)
        out = (['long', 'short'] as const).flatMap(side => [...book.column(side, from, new Float64Array(size))])
    })
    expect(out.some(usd => usd > 0)).toBe(true)
    return out
  }
})
