/** Fitting a map's assumptions to recorded liquidations. */
import { describe, expect, it } from 'vitest'
import { calibrate as calibrateApi } from '../../../src/api/heatmap.ts'
import { DISPLAY } from '../../../src/common/host.ts'
import { liquidationMap } from '../../../src/liquidation/map.ts'
import { bracketTable } from '../../../src/liquidation/margin/brackets.ts'
import { binanceMargin } from '../../../src/liquidation/margin/margin-models.ts'
import { calibrate } from '../../../src/liquidation/validation/calibrate.ts'
import { impliedLiquidations } from '../../../src/liquidation/validation/implied.ts'
import { scoreMap } from '../../../src/liquidation/validation/score.ts'
import { createMarket } from '../../../src/market/market.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { random } from '../../../src/stats/random.ts'
import { existing } from '../helpers.ts'

const plain = simulateMarket({ seed: 12, bars: 600 })
const truth = {
  leverage: { 20: 20 ** 2, 100: 100 ** 2 },
  halfLife: '12h',
  triggerDepth: 0.002,
  flow: { from: 'volume' },
} as const
const { long, short } = impliedLiquidations(liquidationMap(plain, truth))
const rng = random(4)
const record = (usd: Float64Array) => usd.map((value, t) => (value * Math.exp(0.3 * rng.normal())) / plain.close[t]!)
const market = createMarket({ ...plain, longLiquidations: record(long), shortLiquidations: record(short) }, plain)
const few = {
  tiers: [20, 100],
  exponents: [-2, 2],
  halfLives: ['12h', '30d'],
  triggerDepths: [0, 0.002],
  flows: [{ from: 'volume' }, { from: 'openInterest' }],
  extraMargins: [{ 0: 1 }],
  score: { resamples: 50 },
} as const

describe('calibrate', () => {
  it('finds the assumptions behind the record, and scores them on bars that the fit never saw', async () => {
    const result = await calibrate(market, few)
    expect(result.options).toMatchObject({
      flow: { from: 'volume' },
      triggerDepth: 0.002,
      leverage: { 20: 400, 100: 10_000 },
    })
    expect(result.trainBars).toEqual([0, 299])
    expect(result.testBars).toEqual([300, 599])
    expect(result.test.long.bars).toBe(300)
    expect(result.test.long.partial.value).toBeGreaterThan(0.6)
    expect(result.trials.numRows()).toBe(16)
    const trained = result.trials.array('train') as number[]
    expect(result.train).toBe(Math.max(...trained))
    const again = scoreMap(liquidationMap(market, result.options), market, { from: 300, to: 599, resamples: 50 })
    expect(result.test).toEqual(again)
  })

  it('finds how many USD of record one USD of the map is, and scales the map so', async () => {
    // The record is the truth times noise of mean exp(0.3² / 2); the map of the same assumptions, 1,000 times as large.
    const base = { scale: 1000 }
    const result = await calibrate(market, { ...few, base })
    const noise = Math.exp(0.3 ** 2 / 2)
    expect(result.scale.value * 1000).toBeGreaterThan(0.9 * noise)
    expect(result.scale.value * 1000).toBeLessThan(1.1 * noise)
    expect(result.scale.low).toBeLessThan(result.scale.value)
    expect(result.scale.high).toBeGreaterThan(result.scale.value)
    const { value, low, high } = result.scale
    expect(result.options.scale).toEqual({
      value: value * 1000,
      low: low * 1000,
      high: high * 1000,
      to: 'the liquidations on record of SYNTH/USDT:USDT',
    })
    expect(result.test.long.impliedOverRecorded.value).toBeGreaterThan(0.9)
    expect(result.test.long.impliedOverRecorded.value).toBeLessThan(1.1)
    expect(liquidationMap(market, result.options).assumptions.join()).toContain(
      'scale: calibrated to the liquidations on record of SYNTH/USDT:USDT (×',
    )
  })

  it('takes the interval of the scale from blocks of a day, unless told', async () => {
    const scaleWith = async (score: object) => (await calibrate(market, { ...few, score })).scale
    const day = await scaleWith({ blockBars: 24, resamples: 50 })
    expect(await scaleWith({ resamples: 50 })).toEqual(day)
    expect(await scaleWith({ blockBars: 48, resamples: 50 })).not.toEqual(day)
  })

  it('says where the fit lies on an edge of the values tried, unless nothing lies beyond', async () => {
    const { edges, options } = await calibrate(market, few)
    expect(options.halfLife).toBe('12h')
    expect(edges).toEqual([
      { option: 'exponents', value: 2, end: 'highest' },
      { option: 'halfLives', value: '12h', end: 'lowest' },
      { option: 'triggerDepths', value: 0.002, end: 'highest' },
    ])
    const wider = { exponents: [2], halfLives: ['1m', '12h', '30d'], triggerDepths: [0, 0.002, 0.1] }
    expect((await calibrate(market, { ...few, ...wider })).edges).toEqual([])
    const single = { exponents: [2], halfLives: [Infinity], triggerDepths: [0] }
    expect((await calibrate(market, { ...few, ...single })).edges).toEqual([])
  })

  it('shows an edge above the fold', async () => {
    const shown = await calibrateApi(market, few)
    const bundle = await (shown as unknown as Record<symbol, () => Record<string, string>>)[DISPLAY]!()
    expect(bundle['text/plain']).toContain(
      'The fit is at the lowest value of halfLives that was tried, 12h, so the best may lie beyond: try lower ones',
    )
    expect(bundle['text/html']!.split('<details>')[0]).toContain('The fit is at the highest value of exponents')
  })

  it('fits without looking at the scored part', async () => {
    const other = createMarket(
      {
        ...market,
        longLiquidations: existing(market.longLiquidations).map((value, t) => (t < 300 ? value : 1000 - t)),
      },
      market,
    )
    const [a, b] = [await calibrate(market, few), await calibrate(other, few)]
    expect(b.options).toEqual(a.options)
    expect(b.train).toBe(a.train)
    expect(b.test.long.partial.value).not.toBe(a.test.long.partial.value)
  })

  it('reports the score of the best map on the fitted part, also when brackets cap the leverage', async () => {
    for (const cap of [125, 75]) {
      const margin = binanceMargin(bracketTable([[Infinity, 0.005, cap]]))
      const options = { ...few, tiers: [20, 50, 100], halfLives: ['12h'], base: { margin } }
      const { train, trainBars, options: fitted } = await calibrate(market, options)
      const map = liquidationMap(market, fitted)
      expect(map.positionCohorts.capped > 0).toBe(cap < 100)
      const { long, short } = scoreMap(map, market, { to: trainBars[1], resamples: 1 })
      expect(train).toBeCloseTo((long.partial.value + short.partial.value) / 2, 9)
    }
  })

  it('tries the documented values where none are given', async () => {
    const tried = async (options: object) => {
      const { trials } = await calibrate(market, { tiers: [20, 100], score: { resamples: 2 }, ...options })
      const values = (name: string) => [...new Set(trials.array(name) as unknown[])]
      return { rows: trials.numRows(), ...Object.fromEntries(trials.columnNames().map(name => [name, values(name)])) }
    }
    const one = { triggerDepths: [0], extraMargins: [{ 0: 1 }] }
    const volume = await tried({ ...one, flows: [{ from: 'volume' }] })
    expect(volume.rows).toBe(7 * 6)
    expect((volume as unknown as { flow: string[] }).flow).toEqual(['"volume"'])
    const { exponent, halfLife } = volume as unknown as { exponent: number[]; halfLife: string[] }
    expect(exponent.sort((a, b) => a - b)).toEqual([-2, -1, -0.5, 0, 0.5, 1, 2])
    expect(new Set(halfLife)).toEqual(new Set(['3h', '12h', '2d', '7d', '30d', 'Infinity']))
    const turnover = await tried({ ...one, flows: [{ from: 'turnover' }], exponents: [0] })
    expect(new Set((turnover as unknown as { halfLife: string[] }).halfLife)).toEqual(new Set(['6h', '1d', 'Infinity']))
    const depths = (await tried({ flows: [{ from: 'volume' }], exponents: [0], halfLives: ['1d'] })) as unknown as {
      triggerDepth: number[]
      extraMargin: string[]
    }
    expect(depths.triggerDepth.sort()).toEqual([0, 0.001, 0.002, 0.003, 0.005])
    expect(depths.extraMargin.length).toBe(2)
  })

  it('refuses records of the two sides that have no bar of the fitted part in common, and empty ones', async () => {
    const within = (values: Float64Array, from: number, to: number) =>
      values.map((value, t) => (t >= 300 || (t >= from && t < to) ? value : Number.NaN))
    const apart = createMarket(
      {
        ...plain,
        longLiquidations: within(market.longLiquidations!, 0, 150),
        shortLiquidations: within(market.shortLiquidations!, 150, 300),
      },
      plain,
    )
    await expect(calibrate(apart, few)).rejects.toThrow('has no liquidations in bars that have both')
    const none = new Float64Array(600)
    const silent = createMarket({ ...plain, longLiquidations: none, shortLiquidations: none }, plain)
    await expect(calibrate(silent, few)).rejects.toThrow('no trial could be scored')
  })

  it('names what is missing or out of range', async () => {
    const { longLiquidations: _, ...withoutRecord } = plain
    await expect(calibrate(withoutRecord, few)).rejects.toThrow(
      /^liq.calibrate: SYNTH\/USDT:USDT has no longLiquidations/,
    )
    await expect(calibrate(market, { ...few, tires: [1] } as object)).rejects.toThrow(/liq.calibrate: tires is not one/)
    await expect(calibrate(market, { ...few, train: 1 })).rejects.toThrow(/liq.calibrate: train: 1/)
    const unrecorded = (values: Float64Array) => values.map((value, t) => (t < 310 ? value : Number.NaN))
    const half = createMarket(
      {
        ...plain,
        longLiquidations: unrecorded(market.longLiquidations!),
        shortLiquidations: unrecorded(market.shortLiquidations!),
      },
      plain,
    )
    await expect(calibrate(half, few)).rejects.toThrow(/^liq.calibrate: longLiquidations are recorded in only 10 bars/)
    await expect(calibrate(market, { ...few, train: 0.02 })).rejects.toThrow(
      /^liq.calibrate: the fitted part has a record of longLiquidations in only 11 bars/,
    )
  })
})
