/** Scores against recorded liquidations. */
import { describe, expect, it } from 'vitest'
import { liquidationMap } from '../../../src/liquidation/map.ts'
import { defaultBlockBars, movingBlocks } from '../../../src/liquidation/validation/bar-bootstrap.ts'
import { impliedLiquidations } from '../../../src/liquidation/validation/implied.ts'
import { type ScoreOptions, scoreMap } from '../../../src/liquidation/validation/score.ts'
import { createMarket, type Market } from '../../../src/market/market.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { random } from '../../../src/stats/random.ts'
import { existing } from '../helpers.ts'

describe('movingBlocks', () => {
  it('samples runs of neighbouring rows', () => {
    const rows = existing(movingBlocks(100, 10, 1, 3)[0])
    expect(rows.length).toBe(100)
    for (let i = 0; i < 100; i++) if (i % 10 > 0) expect(rows[i]).toBe(rows[i - 1]! + 1)
  })
})

describe('scoreMap', () => {
  const market = simulateMarket({ seed: 21, bars: 700 })
  const map = liquidationMap(market)
  const { long, short } = impliedLiquidations(map)
  /** A market whose recorded liquidations are the implied ones times noise (mix 1), or independent of them (mix 0). */
  const recorded = (mix: number, seed = 1): Market => {
    const rng = random(seed)
    const coins = (implied: Float64Array) =>
      implied.map((usd, t) => (usd ** mix * Math.exp(rng.normal()) * 10 ** (6 * (1 - mix))) / market.close[t]!)
    return createMarket({ ...market, longLiquidations: coins(long), shortLiquidations: coins(short) }, market)
  }

  it('scores a correct map high, with an interval around the value', () => {
    const score = scoreMap(map, recorded(1), { resamples: 100 })
    for (const side of ['long', 'short'] as const) {
      const { partial, spearman: plain, topDecileLift, bars } = score[side]
      expect(bars).toBe(699)
      expect(plain.value).toBeGreaterThan(0.5)
      expect(partial.value).toBeGreaterThan(0.3)
      expect(partial.low).toBeLessThan(partial.value)
      expect(partial.high).toBeGreaterThan(partial.value)
      expect(topDecileLift).toBeGreaterThan(2)
      const { calibration } = score[side]
      expect(existing(calibration.at(-1)).real).toBeGreaterThan(existing(calibration[0]).real)
    }
  })

  it('scores an unrelated record about 0', () => {
    for (const seed of [1, 2, 3]) {
      const { partial } = scoreMap(map, recorded(0, seed), { resamples: 100 }).long
      expect(Math.abs(partial.value)).toBeLessThan(0.12)
      expect(partial.low).toBeLessThan(0.05)
      expect(partial.high).toBeGreaterThan(-0.05)
    }
  })

  it('finds skill where volume tells of the levels, and none in a map that knows geometry alone', () => {
    // The volume jumps at random, so the map knows which levels are large and a constant flow does not.
    const rng = random(5)
    const volume = market.volume.map(() => 1000 * Math.exp(2 * rng.normal()))
    const { takerBuyVolume: _, ...columns } = market
    const uneven = createMarket({ ...columns, volume }, market)
    const flow = { from: 'volume' as const, split: 'even' as const }
    const real = liquidationMap(uneven, { flow, halfLife: '3d' })
    const implied = impliedLiquidations(real)
    const coins = (side: 'long' | 'short') => implied[side].map((usd, t) => usd / market.close[t]!)
    const withRecord = createMarket(
      { ...uneven, longLiquidations: coins('long'), shortLiquidations: coins('short') },
      market,
    )
    const options: ScoreOptions = { resamples: 50 }
    const { long } = scoreMap(real, withRecord, options)
    expect(long.skill.low).toBeGreaterThan(0.3)
    expect(long.partialPriorLevels.value).toBeGreaterThan(long.geometryPriorLevels)
    const constant = liquidationMap(uneven, { flow: { from: 'constant' }, halfLife: '3d' })
    const geometry = scoreMap(constant, withRecord, options).long
    expect(geometry.partial.value).toBeCloseTo(geometry.geometry, 9)
    expect(geometry.partialPriorLevels.value).toBeCloseTo(geometry.geometryPriorLevels, 9)
    expect(geometry.geometry).toBeGreaterThan(0.2)
    expect(Math.abs(geometry.skill.value)).toBeLessThan(0.05)
  })

  it('compares USD with the record, in all and with an interval', () => {
    const options: ScoreOptions = { resamples: 50 }
    const coins = (implied: Float64Array) => implied.map((usd, t) => (usd / market.close[t]!) * (t % 2 === 0 ? 0.5 : 0))
    const half = createMarket({ ...market, longLiquidations: coins(long), shortLiquidations: coins(short) }, market)
    const { impliedOverRecorded } = scoreMap(map, half, options).long
    const even = [...long].filter((_, t) => t > 0 && t % 2 === 0).reduce((sum, usd) => sum + usd, 0)
    const all = [...long].filter((_, t) => t > 0).reduce((sum, usd) => sum + usd, 0)
    expect(impliedOverRecorded.value).toBeCloseTo(all / (0.5 * even), 9)
    expect(impliedOverRecorded.low).toBeLessThan(impliedOverRecorded.value)
    expect(impliedOverRecorded.high).toBeGreaterThan(impliedOverRecorded.value)
  })

  it('takes blocks of one day unless told', () => {
    expect(market.barMs).toBe(3_600_000)
    const score = (options: ScoreOptions) => scoreMap(map, recorded(1), { resamples: 20, ...options }).long.partial
    expect(score({})).toEqual(score({ blockBars: 24 }))
    expect(score({})).not.toEqual(score({ blockBars: 25 }))
    expect([3, 4, 1 / 12].map(hours => defaultBlockBars({ barMs: hours * 3_600_000 }))).toEqual([8, 8, 288])
  })

  it('ignores bars without a record', () => {
    const some = recorded(1)
    const gaps = existing(some.longLiquidations).map((value, t) => (t % 3 === 0 ? Number.NaN : value))
    const score = scoreMap(map, createMarket({ ...some, longLiquidations: gaps }, some), { resamples: 20 })
    expect(score.long.bars).toBe(466)
    expect(score.short.bars).toBe(699)
  })

  it('names what is missing', () => {
    const { longLiquidations: _, ...withoutRecord } = recorded(1)
    expect(() => scoreMap(map, withoutRecord)).toThrow(/has no longLiquidations/)
    expect(() => scoreMap(map, recorded(1), { from: 0, to: 20 })).toThrow(/recorded in only 20 bars/)
    expect(() => scoreMap(map, recorded(1), { from: 1, to: 29 })).toThrow(/recorded in only 29 bars/)
    expect(scoreMap(map, recorded(1), { from: 1, to: 30, resamples: 1 }).long.bars).toBe(30)
    const later = { ...recorded(1), time: market.time.map(open => open + market.barMs) }
    expect(() => scoreMap(map, later)).toThrow(/differ from the map’s/)
    expect(() => scoreMap(map, simulateMarket({ seed: 1, bars: 50 }))).toThrow(/differ from the map’s/)
  })

  it('refuses options that are out of range', () => {
    const wrong: [ScoreOptions, RegExp][] = [
      [{ blockBars: 0 }, /liq.score: blockBars: 0, but expected a whole number above 0/],
      [{ blockBars: 2.5 }, /liq.score: blockBars: 2.5/],
      [{ resamples: 0 }, /liq.score: resamples: 0/],
      [{ bars: 9 } as ScoreOptions, /liq.score: bars is not one of its options.*; there are from, to, blockBars/],
      [{ from: -1 }, /liq.score: from: -1, but expected a whole number of 0 or more/],
      [{ to: 5000 }, /liq.score: to: 5000, but expected a bar from 0 to 699/],
      [{ from: 700 }, /liq.score: from: 700, but expected a bar from 0 to 699/],
      [{ from: 699 }, /recorded in only 1 bar;/],
      [{ from: 50, to: 50 }, /recorded in only 1 bar;/],
      [{ from: 100, to: 50 }, /liq.score: to: 50, but expected a bar from 100 to 699/],
    ]
    for (const [options, message] of wrong) expect(() => scoreMap(map, recorded(1), options)).toThrow(message)
  })
})
