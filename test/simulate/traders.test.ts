import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { liquidationPrice } from '../../src/liquidation/margin/liquidation-price.ts'
import { binanceMargin } from '../../src/liquidation/margin/margin-models.ts'
import { ENDINGS } from '../../src/market/true-positions.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'

const market = simulateMarket({ seed: 4, bars: 1500 })
const { positions } = market.truth!
const rows = Array.from({ length: positions.length }, (_, i) => i)

describe('every position', () => {
  it('is liquidated at the price of the margin rule', () => {
    const margin = binanceMargin('BTC/USDT:USDT')
    for (const i of rows.slice(0, 2000)) {
      const [entry, leverage] = [positions.entry[i]!, positions.leverage[i]!]
      const size = 1000 / entry
      const extraMargin = (positions.extraMargin[i]! * 1000) / leverage
      const side = positions.side[i]! > 0 ? 'long' : 'short'
      const price = liquidationPrice({ side, entry, size, leverage, extraMargin, margin })
      expect(positions.liquidation[i]!).toBeCloseTo(Math.max(0, price), 6)
    }
  })

  it('is liquidated in the first bar that reaches its liquidation price', () => {
    const tick = 0.05001
    let liquidated = 0
    const wrong: number[] = []
    for (const i of rows) {
      const long = positions.side[i]! > 0
      const price = positions.liquidation[i]!
      const reached = (t: number, slack: number) =>
        long ? market.low[t]! <= price + slack : market.high[t]! >= price - slack
      const [from, to] = [positions.openBar[i]!, positions.endBar[i]!]
      if (ENDINGS[positions.ending[i]!] === 'liquidated') {
        liquidated++
        if (!reached(to, tick)) wrong.push(i)
      }
      for (let t = from + 1; t < to; t++) if (reached(t, -tick)) wrong.push(i)
    }
    expect(wrong).toEqual([])
    expect(liquidated).toBeGreaterThan(100)
  })

  it('counts in the sums of open interest and liquidations', () => {
    const longLiquidations = new Float64Array(market.length)
    const shortLiquidations = new Float64Array(market.length)
    const remaining = (i: number, t: number) =>
      positions.size[i]! - (positions.stopBar[i]! <= t ? positions.stoppable[i]! : 0)
    for (const i of rows) {
      const t = positions.endBar[i]!
      if (ENDINGS[positions.ending[i]!] !== 'liquidated') continue
      const into = positions.side[i]! > 0 ? longLiquidations : shortLiquidations
      into[t]! += remaining(i, t)
    }
    for (let t = 0; t < market.length; t++) {
      expect(Math.abs(longLiquidations[t]! - market.longLiquidations![t]!)).toBeLessThan(0.00051)
      expect(Math.abs(shortLiquidations[t]! - market.shortLiquidations![t]!)).toBeLessThan(0.00051)
    }
    for (let t = 0; t < market.length; t += 97) {
      const coins = { 1: 0, [-1]: 0 } as Record<number, number>
      for (const i of rows)
        if (positions.openBar[i]! <= t && positions.endBar[i]! > t) coins[positions.side[i]!]! += remaining(i, t)
      expect(Math.max(coins[1]!, coins[-1]!)).toBeCloseTo(market.openInterest![t]!, 2)
    }
  })
})

describe('truth.at', () => {
  it('is the book after a close: longs below, shorts above, and no level that the bar reached', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: market.length - 1 }), t => {
        const { long, short } = market.truth!.at(t)
        expect(long.price.every(price => price < market.low[t]! + 0.051 || price < market.close[t]!)).toBe(true)
        expect(short.price.every(price => price > market.close[t]!)).toBe(true)
        expect(long.openBar.every(bar => bar <= t)).toBe(true)
        const usd = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0)
        const coins = (side: typeof long) => usd(side.notional.map((notional, i) => notional / side.entry[i]!))
        expect(Math.max(coins(long), coins(short))).toBeCloseTo(market.openInterest![t]!, 2)
      }),
      { numRuns: 40 },
    )
  })

  it('refuses a bar that does not exist', () => {
    for (const bar of [-1, 1500, 0.5])
      expect(() => market.truth!.at(bar)).toThrow(/expected a whole number from 0 to 1499/)
  })
})

describe('the population', () => {
  it('has the given leverage, margin and holding time', () => {
    const { truth } = simulateMarket({
      seed: 1,
      bars: 4000,
      population: { leverage: { 4: 0.75, 20: 0.25 }, extraMargin: { 0: 0.5, 2: 0.5 }, stopShare: 0, holding: '1d' },
    })
    const { leverage, extraMargin, openBar, endBar, stopBar, ending, length } = truth!.positions
    const share = (test: (i: number) => boolean) => Array.from({ length }, (_, i) => i).filter(test).length / length
    expect(share(i => leverage[i] === 4)).toBeCloseTo(0.75, 1)
    expect(share(i => leverage[i] === 20)).toBeCloseTo(0.25, 1)
    expect(share(i => extraMargin[i] === 0)).toBeCloseTo(0.5, 1)
    expect(Math.max(...extraMargin)).toBeLessThanOrEqual(4)
    expect(stopBar.every(bar => bar === 4000)).toBe(true)
    const held = Array.from({ length }, (_, i) => i).filter(
      i => leverage[i] === 4 && ENDINGS[ending[i]!] === 'closed' && openBar[i]! < 3000,
    )
    // A day at 10x is √(10/4) days at 4x, less the liquidated positions.
    const hours = held.reduce((sum, i) => sum + endBar[i]! - openBar[i]!, 0) / held.length
    expect(hours).toBeGreaterThan(32)
    expect(hours).toBeLessThan(39)
  })

  it('closes a position at a stop that takes all of it', () => {
    const { truth, longLiquidations } = simulateMarket({ seed: 2, bars: 1000, population: { stopShare: 1 } })
    const { stopBar, endBar, ending, length } = truth!.positions
    const stopped = Array.from({ length }, (_, i) => i).filter(i => stopBar[i]! < 1000)
    expect(stopped.length).toBeGreaterThan(1000)
    for (const i of stopped) expect([endBar[i], ENDINGS[ending[i]!]]).toEqual([stopBar[i], 'closed'])
    expect(truth!.at(999).long.notional.every(usd => usd > 0)).toBe(true)
    expect(longLiquidations!.every(coins => coins === 0)).toBe(true)
  })

  it('is not liquidated before its price, also for positions of size 0', () => {
    const { high, low, truth } = simulateMarket({ seed: 2, bars: 400, population: { openShare: 0 } })
    const { ending, endBar, liquidation, side, length } = truth!.positions
    for (let i = 0; i < length; i++) {
      if (ENDINGS[ending[i]!] !== 'liquidated') continue
      const slack = 0.051
      if (side[i]! > 0) expect(low[endBar[i]!]!).toBeLessThan(liquidation[i]! + slack)
      else expect(high[endBar[i]!]!).toBeGreaterThan(liquidation[i]! - slack)
    }
  })

  it('may be empty', () => {
    const none = simulateMarket({ bars: 50, population: { positionsPerBar: 0 } })
    expect(none.truth!.positions.length).toBe(0)
    expect(none.openInterest!.every(value => value === 0)).toBe(true)
  })
})
