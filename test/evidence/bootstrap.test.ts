import { describe, expect, it } from 'vitest'
import { infer } from '../../src/evidence/bootstrap.ts'
import { jackknifeBias } from '../../src/evidence/jackknife.ts'
import { Sample, stratumWeights } from '../../src/evidence/sample.ts'
import { type Random, random } from '../../src/stats/random.ts'

const HOUR = 3_600_000
const options = { slotMs: HOUR, minBlockMs: HOUR, resamples: 600, seed: 1 }
const stratum = { family: '', market: 0, side: 'both', sign: 1 } as const

/** AR(1) with unit innovations. */
function autoregression(rng: Random, n: number, phi: number): Float64Array {
  const out = new Float64Array(n)
  for (let t = 0; t < n; t++) out[t] = phi * (out[t - 1] ?? 0) + rng.normal()
  return out
}

function means(values: ArrayLike<number>): Sample {
  const sample = new Sample()
  sample.addStratum(stratum)
  for (let t = 0; t < values.length; t++) sample.add(0, t * HOUR, values[t]!, 1, 0)
  return sample
}

describe('infer', () => {
  it('agrees with Student’s t-test for independent observations', () => {
    const rng = random(5)
    const values = Float64Array.from({ length: 400 }, () => 0.1 + rng.normal())
    const mean = values.reduce((a, b) => a + b) / 400
    const error = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 399 / 400)
    const result = infer(means(values), { ...options, resamples: 4000 })
    expect(result.effect).toBeCloseTo(mean, 12)
    expect((result.high - result.low) / 2 / (1.966 * error)).toBeGreaterThan(0.85)
    expect((result.high - result.low) / 2 / (1.966 * error)).toBeLessThan(1.2)
    expect(result.p < 0.05).toBe(result.low > 0 || result.high < 0)
  })

  it('takes the bias of order 1/n off the effect, unless told not to', () => {
    // After an outcome below 0 events follow more often: three a block instead of one.
    const rng = random(12)
    const sample = new Sample()
    sample.addStratum(stratum)
    for (let block = 0; block < 60; block++) {
      const y = rng.normal()
      for (let i = 0; i < (y < 0 ? 3 : 1); i++) sample.add(0, (10 * block + i) * HOUR, i === 0 ? y : rng.normal(), 1, 0)
    }
    const mean = sample.y.reduce((sum, y) => sum + y, 0) / sample.y.length
    const bias = jackknifeBias(sample)
    expect(Math.abs(bias)).toBeGreaterThan(0.001)
    const corrected = infer(sample, options)
    expect(corrected.bias).toBeCloseTo(bias, 12)
    expect(corrected.effect).toBeCloseTo(mean - bias, 12)
    expect((corrected.low + corrected.high) / 2).toBeCloseTo(mean - bias, 9)
    expect(infer(sample, { ...options, jackknife: false })).toMatchObject({ bias: 0, effect: expect.closeTo(mean, 12) })
  })

  it('never lets p and the interval contradict each other', () => {
    const rng = random(21)
    const significant = Array.from({ length: 120 }, (_, run) => {
      const values = Float64Array.from({ length: 100 }, () => 0.2 + rng.normal())
      const { p, low, high } = infer(means(values), { ...options, resamples: 199 + (run % 3) })
      expect(p < 0.05).toBe(low > 0 || high < 0)
      return p < 0.05
    })
    expect(new Set(significant).size).toBe(2)
  })

  it('keeps its significance level for autocorrelated observations, unlike a t-test', () => {
    const rng = random(7)
    let rejected = 0
    let naive = 0
    const runs = 120
    for (let run = 0; run < runs; run++) {
      const values = autoregression(rng, 1200, 0.8)
      if (infer(means(values), { ...options, resamples: 200, minBlockMs: 24 * HOUR }).p < 0.05) rejected++
      const mean = values.reduce((a, b) => a + b) / values.length
      const error = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0)) / values.length
      if (Math.abs(mean / error) > 1.96) naive++
    }
    // 5 % of 120 is 6; more than 14 have a chance of one in a thousand.
    expect(rejected).toBeLessThanOrEqual(14)
    expect(naive).toBeGreaterThan(40)
  })

  it('is not biased by a trend: both sides weigh the same, regardless of their number of events', () => {
    const sample = new Sample()
    const high = sample.addStratum({ ...stratum, side: 'high' })
    const low = sample.addStratum({ ...stratum, side: 'low' })
    const rng = random(9)
    // A rising market: +0.5 for events above, −0.5 for events below; three times as many above.
    for (let t = 0; t < 2000; t++) {
      if (t % 4 > 0) sample.add(high, t * HOUR, 0.5 + rng.normal(), 1, 0)
      else sample.add(low, t * HOUR, -0.5 + rng.normal(), 1, 0)
    }
    const result = infer(sample, options)
    expect(Math.abs(result.effect)).toBeLessThan(0.1)
    expect(result.p).toBeGreaterThan(0.05)
  })

  it('resamples markets together, so that a copy of a market does not narrow the interval', () => {
    const rng = random(11)
    const values = Float64Array.from({ length: 800 }, () => rng.normal())
    const single = infer(means(values), options)
    const twice = new Sample()
    twice.append(means(values), { family: '', sign: 1 })
    twice.append(means(values), { family: '', sign: 1 })
    twice.strata[1] = { ...twice.strata[1]!, market: 1 }
    const both = infer(twice, options)
    expect(both.effect).toBeCloseTo(single.effect, 12)
    expect(both.standardError / single.standardError).toBeCloseTo(1, 6)
  })

  it('ignores the time span of strata without weight', () => {
    const rng = random(12)
    const values = Float64Array.from({ length: 60 }, () => rng.normal())
    const alone = infer(means(values), { ...options, minBlockMs: 10 * HOUR })
    const sample = means(values)
    const few = sample.addStratum({ ...stratum, market: 1 })
    sample.add(few, -1000 * HOUR, 5, 1, 0)
    const beside = infer(sample, { ...options, minBlockMs: 10 * HOUR })
    expect(alone.blocks).toBe(6)
    expect(beside).toEqual(alone)
  })

  it('gives the same numbers for the same seed and others for another seed', () => {
    const values = autoregression(random(1), 300, 0.2)
    expect(infer(means(values), options)).toEqual(infer(means(values), options))
    expect(infer(means(values), { ...options, seed: 2 }).low).not.toBe(infer(means(values), options).low)
  })

  it('gives no interval and no p if the outcomes do not vary', () => {
    for (const y of [0, 1, 0.1, -1])
      expect(infer(means(Array(40).fill(y)), options)).toMatchObject({
        effect: expect.closeTo(y, 12),
        low: Number.NaN,
        high: Number.NaN,
        p: Number.NaN,
        standardError: 0,
      })
    // Five treated units that were never touched say little, regardless of the number of controls.
    const sample = new Sample()
    sample.addStratum(stratum)
    const rng = random(2)
    for (let t = 0; t < 500; t++)
      sample.add(0, t * HOUR, t % 100 === 0 ? 0 : rng.integer(3) - 1, Number(t % 100 === 0), Number(t % 100 > 0))
    expect(infer(sample, options)).toMatchObject({ treated: 5, p: Number.NaN, standardError: 0 })
  })

  it('gives no interval for fewer than 20 events, which may hardly differ in a resample', () => {
    const rng = random(6)
    const outcomes = (n: number) =>
      means(Array.from({ length: n }, () => (rng.uniform() < 0.3 ? 2 : -1 - rng.uniform() / 100)))
    expect(infer(outcomes(19), options)).toMatchObject({
      treated: 19,
      low: Number.NaN,
      high: Number.NaN,
      p: Number.NaN,
    })
    const { low, high, p } = infer(outcomes(40), options)
    expect(high - low).toBeLessThan(10)
    expect(p).toBeGreaterThan(0)
  })

  it('gives no result for too few observations or too short a span', () => {
    expect(infer(new Sample(), options)).toMatchObject({ effect: Number.NaN, p: Number.NaN })
    expect(infer(means([1, 2]), options).p).toBeNaN()
    expect(infer(means([1, 2, 1, 2, 1, 2]), { ...options, minBlockMs: 3 * HOUR })).toMatchObject({
      effect: 1.5,
      p: Number.NaN,
    })
  })
})

describe('stratumWeights', () => {
  it('weighs families equally, markets by their events, sides equally, with the sign of the stratum', () => {
    const sample = new Sample()
    const fill = (count: number, stratum: Parameters<Sample['addStratum']>[0]) => {
      const s = sample.addStratum(stratum)
      for (let i = 0; i < count; i++) sample.add(s, i, 0, 1, 0)
    }
    fill(30, { family: '4h', market: 0, side: 'high', sign: 1 })
    fill(10, { family: '4h', market: 0, side: 'low', sign: 1 })
    fill(40, { family: '4h', market: 1, side: 'high', sign: 1 })
    fill(2, { family: '4h', market: 1, side: 'low', sign: 1 })
    fill(20, { family: '1h', market: 0, side: 'both', sign: -1 })
    fill(20, { family: '15m', market: 0, side: 'both', sign: -1 })
    expect([...stratumWeights(sample)]).toEqual([0.25, 0.25, 0.5, 0, -0.5, -0.5])
  })
})
