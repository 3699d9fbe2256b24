/** Errors for arguments of the wrong kind, as a cell passes them. */
import { describe, expect, it } from 'vitest'
import { liq } from '../../src/liqnb.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'

const market = simulateMarket({ seed: 2, bars: 50 })
const map = liq.heatmap(market)
const tiers = liq.brackets.table([[1e5, 0.004, 125]])

describe('an argument that is not a heatmap', () => {
  const wrong: [string, (value: never) => unknown, unknown, RegExp][] = [
    [
      'a market for liq.score',
      liq.score,
      market,
      /liq.score expects a heatmap.*got a market: write `liq.heatmap\(market\)`/,
    ],
    ['undefined for liq.score', liq.score, undefined, /liq.score expects a heatmap.*got undefined/],
    ['a list for liq.truth', liq.truth, [map], /liq.truth expects a heatmap.*got a list/],
    [
      'a market among the maps of liq.aggregate',
      liq.aggregate,
      [map, market],
      /liq.aggregate, map 2: expects a heatmap.*got a market/,
    ],
    ['a single map for liq.aggregate', liq.aggregate, map, /liq.aggregate expects a list of heatmaps/],
    [
      'a single map for liq.timeframeClusters',
      liq.timeframeClusters,
      map,
      /liq.timeframeClusters expects a list of heatmaps/,
    ],
    [
      'a single timeframe for liq.timeframes',
      (frames: never) => liq.timeframes(market, frames),
      '4h',
      /liq.timeframes: timeframes: "4h", but expected a list/,
    ],
  ]
  for (const [name, call, value, message] of wrong)
    it(`is refused: ${name}`, () => expect(() => call(value as never)).toThrow(message))
})

describe('a missing argument of a margin model', () => {
  const { okx, okxInverse, binanceCoin, hyperliquid } = liq.margin as unknown as Record<
    string,
    (tiers?: unknown) => unknown
  >
  it('is named in the error', () => {
    for (const model of [okx, okxInverse, binanceCoin])
      expect(() => model?.(tiers)).toThrow(/contractSize: undefined, but expected the face value of one contract/)
    expect(() => hyperliquid?.()).toThrow(
      /liq.margin.hyperliquid: market: undefined, but expected a maximum leverage, or a coin with bundled margin tiers/,
    )
    expect(() => liq.brackets.table(undefined as never)).toThrow(/brackets: undefined, but expected rows of \[cap/)
  })
})

it('names a position size above brackets in coins also in coins', () => {
  const margin = liq.margin.binanceCoin(liq.brackets.table([[50, 0.004, 125]]), { contractSize: 100 })
  const first = market.close[0]!
  const coins = +(1e7 / first).toPrecision(6)
  expect(() => liq.heatmap(market, { margin, positionNotional: 1e7 })).toThrow(
    `positionNotional: 10000000, but expected at most the largest bracket's cap 50, in the brackets' unit; the position is ${coins} at a price of ${first}`,
  )
})
