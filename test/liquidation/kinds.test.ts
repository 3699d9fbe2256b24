import { describe, expect, it } from 'vitest'
import { liq } from '../../src/liqnb.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'

const market = simulateMarket({ seed: 2, bars: 50 })
const map = liq.heatmap(market)
const tiers = liq.brackets.table([[1e5, 0.004, 125]])

describe('what a cell gives instead of a heatmap', () => {
  const wrong: [string, (given: never) => unknown, unknown, RegExp][] = [
    [
      'a market to score',
      liq.score,
      market,
      /liq.score takes a heatmap.*was given a market: write `liq.heatmap\(market\)`/,
    ],
    ['nothing to score', liq.score, undefined, /liq.score takes a heatmap.*was given undefined/],
    ['a list to compare', liq.truth, [map], /liq.truth takes a heatmap.*was given a list/],
    ['a market to add up', liq.aggregate, [map, market], /liq.aggregate, map 2: takes a heatmap.*was given a market/],
    ['one map to add up', liq.aggregate, map, /liq.aggregate takes a list of heatmaps/],
    ['one map of several timeframes', liq.timeframeClusters, map, /liq.timeframeClusters takes a list of heatmaps/],
    ['one timeframe', (frames: never) => liq.timeframes(market, frames), '4h', /timeframes: "4h", but expected a list/],
  ]
  for (const [name, call, given, message] of wrong)
    it(`${name}: is told so`, () => expect(() => call(given as never)).toThrow(message))
})

describe('what a cell leaves out of a margin model', () => {
  const { okx, okxInverse, binanceCoin, hyperliquid } = liq.margin as unknown as Record<
    string,
    (given?: unknown) => unknown
  >
  it('is named', () => {
    for (const model of [okx!, okxInverse!, binanceCoin!])
      expect(() => model(tiers)).toThrow(/contractSize: undefined, but expected the face value of one contract/)
    expect(() => hyperliquid!()).toThrow(/no bundled margin tiers for undefined .* give its maximum leverage/)
    expect(() => liq.brackets.table(undefined as never)).toThrow(/brackets: undefined, but expected rows of \[cap/)
  })
})

it('a size above brackets in coins is given in coins too', () => {
  const margin = liq.margin.binanceCoin(liq.brackets.table([[50, 0.004, 125]]), { contractSize: 100 })
  const first = market.close[0]!
  const coins = +(1e7 / first).toPrecision(6)
  expect(() => liq.heatmap(market, { margin, positionNotional: 1e7 })).toThrow(
    `positionNotional: 10000000 USD (${coins} as the brackets count, at a price of ${first}) is above the largest bracket's cap 50`,
  )
})
