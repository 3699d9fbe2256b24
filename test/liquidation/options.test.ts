import { describe, expect, it } from 'vitest'
import { liquidationMap, type MapOptions } from '../../src/liquidation/map.ts'
import { bracketTable } from '../../src/liquidation/margin/brackets.ts'
import { binanceMargin } from '../../src/liquidation/margin/margin-models.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'

const market = simulateMarket({ seed: 2, bars: 50 })
const map = (options: unknown) => () => liquidationMap(market, options as MapOptions)

describe('options of a map that cells get wrong', () => {
  const steep = binanceMargin(bracketTable([[Infinity, 0.05, 125]]))
  const wrong: [string, unknown, RegExp][] = [
    ['misspelt', { halflife: '1d' }, /heatmap: halflife is not one of its options; there are leverage, flow, halfLife/],
    ['misspelt in the flow', { flow: { share: 0.2 } }, /flow: share is not one of its options; there are from, trades/],
    ['no options', '7d', /heatmap: "7d", but expected options/],
    ['a flow by name', { flow: 'volume' }, /flow: "volume", but expected options: \{ from: … \}/],
    ['one leverage', { leverage: 25 }, /leverage: 25, but expected shares by leverage, e.g. \{ 10: 0.5/],
    ['a list of leverages', { leverage: [10, 25] }, /leverage: 10,25, but expected shares by leverage/],
    [
      'a prior that is a method',
      { leverage: 'toString' },
      /leverage: toString, but the priors are retail, high, equal/,
    ],
    ['a weight as text', { leverage: { 10: '0.3' } }, /weight "0.3" of tier 10x, but expected 0 or more/],
    ['one extra margin', { extraMargin: 0.5 }, /extraMargin: 0.5, but expected shares by value/],
    ['a list of sizes', { positionNotional: [100, 200] }, /positionNotional: 100,200, but expected shares/],
    [
      'a margin by name',
      { margin: 'binance' },
      /margin: "binance", but expected a margin model, e.g. liq.margin.binance/,
    ],
    [
      'sizes of trades without trades',
      { flow: { minNotional: 1000 } },
      /flow.minNotional: only single trades have a size/,
    ],
    [
      'brackets that liquidate at once',
      { margin: steep, leverage: { 10: 0.5, 50: 0.5 } },
      /leverage: Binance, given brackets would liquidate longs of 10000 USD at 50x as they open/,
    ],
  ]
  for (const [what, options, message] of wrong) it(what, () => expect(map(options)).toThrow(message))

  it('those that are undefined are left out', () => {
    const { assumptions } = liquidationMap(market, { halfLife: undefined, flow: { minNotional: undefined } })
    expect(assumptions).toEqual(liquidationMap(market).assumptions)
  })
})
