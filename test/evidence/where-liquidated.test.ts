/** The forecast of levels, scored by recorded liquidations: worked examples, a slow calculation, and markets whose levels are known. */
import { describe, expect, it } from 'vitest'
import { gatherEvidence } from '../../src/evidence/evidence.ts'
import { resolveEvidence } from '../../src/evidence/evidence-options.ts'
import { ewmaVolatility } from '../../src/evidence/ewma-volatility.ts'
import { Ledger } from '../../src/evidence/ledger.ts'
import { createScope } from '../../src/evidence/scope.ts'
import {
  forecastAgainstMirror,
  forecastAgainstPlacebo,
  logScore,
  mergeZones,
  type Range,
  type Reach,
  reachAfter,
} from '../../src/evidence/where-liquidated.ts'
import type { Market } from '../../src/market/market.ts'
import type { Level, LevelSource } from '../../src/sfp/levels/level-source.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { random } from '../../src/stats/random.ts'
import { marketOf, prefix } from '../market/fixtures.ts'
import { withBlindLiquidations } from './blind-liquidations.ts'
import { trueLevels } from './true-levels.ts'

const HORIZON = 12
const simulated = simulateMarket({ seed: 1, bars: 3000 })

describe('the steps of the price away from a close', () => {
  const market = {
    ...marketOf([
      [100, 100, 100, 100],
      [100, 102, 99, 100],
      [100, 101, 98, 100],
      [100, 104, 99, 100],
      [100, 103, 97, 100],
    ]),
    shortLiquidations: Float64Array.of(9, 3, 5, 1, 7),
    longLiquidations: Float64Array.of(9, 0, 6, 5, 2),
  }

  it('are those of bars that went farther than all bars before them, with their share of the liquidations', () => {
    const up = reachAfter(market, 0, 1, 4)!
    const [first, second] = [Math.log(1.02), Math.log(1.04)]
    expect(up.steps.flat()).toEqual([0, first, first, second].map(value => expect.closeTo(value, 12)))
    expect(up.shares).toEqual([0.75, 0.25])
    const down = reachAfter(market, 0, -1, 4)!
    expect(down.steps.flat().at(-1)).toBeCloseTo(-Math.log(0.97), 12)
    expect(down.shares).toEqual([0, 0.75, 0.25])
  })

  it('do not have a bar that comes exactly as far as the one before, though it has liquidations', () => {
    const again = {
      ...marketOf([
        [100, 100, 100, 100],
        [100, 102, 99, 100],
        [100, 102, 99, 100],
        [100, 103, 98, 100],
      ]),
      shortLiquidations: Float64Array.of(9, 3, 5, 1),
      longLiquidations: Float64Array.of(9, 1, 6, 3),
    }
    const up = reachAfter(again, 0, 1, 3)!
    expect(up.steps).toHaveLength(2)
    expect(up.shares).toEqual([0.75, 0.25])
    expect(logScore(up, [[0, 0.01]])).toBeGreaterThan(0)
    expect(reachAfter(again, 0, -1, 3)!.shares).toEqual([0.25, 0.75])
    // From a close at its own extreme no bar goes farther by staying there.
    expect(reachAfter(again, 0, 1, 2)).toBeNull()
  })

  it('tell nothing without a record of each bar, a second step, or a liquidation', () => {
    expect(reachAfter({ ...market, shortLiquidations: Float64Array.of(9, 3, Number.NaN, 1, 7) }, 0, 1, 4)).toBeNull()
    expect(reachAfter(market, 0, 1, 2)).toBeNull()
    expect(reachAfter({ ...market, longLiquidations: new Float64Array(5) }, 0, -1, 4)).toBeNull()
    const { longLiquidations, ...others } = market
    expect(longLiquidations).toBeDefined()
    expect(reachAfter(others, 0, -1, 4)).toBeNull()
  })
})

describe('the score', () => {
  const reach: Reach = {
    steps: [
      [0, 1],
      [1, 2],
      [2, 4],
    ],
    shares: [0.25, 0.5, 0.25],
  }

  it('is in bits: of one level in one of two equal steps', () => {
    const halves: Reach = {
      steps: [
        [0, 1],
        [1, 2],
      ],
      shares: [0, 1],
    }
    // Masses 1 and 2: the second step is given 2/3 instead of 1/2.
    expect(logScore(halves, [[1, 2]])).toBeCloseTo(Math.log2(2 / 3 / 0.5), 12)
    expect(logScore(halves, [[0, 1]])).toBeCloseTo(Math.log2(1 / 3 / 0.5), 12)
    expect(logScore(halves, [])).toBe(0)
    expect(logScore(halves, [[0, 2]])).toBeCloseTo(0, 12)
  })

  it('agrees with densities that are summed over a fine grid', () => {
    const rng = random(3, 1)
    for (let trial = 0; trial < 50; trial++) {
      const zones = mergeZones(
        Array.from({ length: 3 }, (): Range => {
          const from = rng.integer(400) / 100
          return [from, from + (1 + rng.integer(100)) / 100]
        }),
      )
      const masses = reach.steps.map(([from, to]) => {
        let sum = 0
        for (let at = from + 0.0005; at < to; at += 0.001)
          sum += zones.some(([low, high]) => at > low && at < high) ? 0.002 : 0.001
        return sum
      })
      const all = masses.reduce((a, b) => a + b)
      const slow = masses.reduce((sum, mass, k) => {
        const [from, to] = reach.steps[k]!
        return sum + reach.shares[k]! * Math.log2(mass / all / ((to - from) / 4))
      }, 0)
      expect(logScore(reach, zones)).toBeCloseTo(slow, 9)
    }
  })

  it('is proper: the forecast that is true expects the most', () => {
    const zones: Range[][] = [[[0, 1]], [[1, 2]], [[2.5, 3.5]], [[0.5, 1.5]], []]
    for (const truth of zones) {
      const shares = reach.steps.map(([from, to]) => {
        const within = truth.reduce((sum, [a, b]) => sum + Math.max(0, Math.min(to, b) - Math.max(from, a)), 0)
        return to - from + within
      })
      const total = shares.reduce((a, b) => a + b)
      const expected = { ...reach, shares: shares.map(share => share / total) }
      const scores = zones.map(forecast => logScore(expected, forecast))
      expect(Math.max(...scores)).toBeCloseTo(logScore(expected, truth), 12)
    }
  })
})

it('zones are merged where they overlap', () => {
  expect(
    mergeZones([
      [3, 4],
      [1, 2],
      [1.5, 2.5],
      [2.5, 2.7],
    ]),
  ).toEqual([
    [1, 2.7],
    [3, 4],
  ])
})

describe.each([
  ['the mirror image', forecastAgainstMirror],
  ['the levels of other times', forecastAgainstPlacebo],
])('a forecast against %s', (_, compare) => {
  const settings = resolveEvidence({ horizon: HORIZON })
  const gainsOf = (market: Market) => compare(createScope(market, 0, settings), settings).sample

  it('knows nothing after a bar and its horizon', () => {
    const whole = gainsOf(simulated)
    for (const length of [1200, 2101]) {
      const part = gainsOf(prefix(simulated, length))
      const closes = simulated.time[length - 1 - HORIZON]!
      for (const stratum of [0, 1]) {
        const of = (sample: typeof whole, until: number) =>
          sample.y.filter((_, i) => sample.stratum[i] === stratum && sample.time[i]! <= until)
        const expected = of(whole, closes)
        expect(expected.length).toBeGreaterThan(20)
        expect(of(part, closes)).toEqual(expected)
      }
    }
  })

  it('is of the sides that have a record', () => {
    const { longLiquidations, shortLiquidations, ...bare } = simulated
    const sidesOf = (record: object) => new Set(gainsOf({ ...bare, ...record } as Market).stratum)
    expect(sidesOf({ longLiquidations, shortLiquidations })).toEqual(new Set([0, 1]))
    expect(sidesOf({ shortLiquidations })).toEqual(new Set([0]))
    expect(sidesOf({ longLiquidations })).toEqual(new Set([1]))
    expect(sidesOf({})).toEqual(new Set())
  })

  it('gains where liquidations happen at the levels', () => {
    const { y } = gainsOf(simulated)
    expect(y.reduce((a, b) => a + b) / y.length).toBeGreaterThan(0.015)
  })
})

it('a forecast against the mirror image is the score of the levels less that of those of the other side, a sixth of the horizon apart', () => {
  const settings = resolveEvidence({ horizon: HORIZON })
  const market = prefix(simulated, 900)
  const scope = createScope(market, 0, settings)
  const { record, sigma } = scope
  const expected: { time: number; side: number; gain: number }[] = []
  for (let t = Math.max(100, 4 * HORIZON, record.firstBar); t < 900 - HORIZON; t += 2) {
    const from = Math.log(market.close[t]!)
    const zones = (sign: number) =>
      mergeZones(
        Array.from({ length: record.offset[t + 1]! - record.offset[t]! }, (_, k) => record.offset[t]! + k)
          .filter(i => record.sign[i] === sign && !record.consumed[i])
          .map((i): Range => {
            const inner = sign * (record.inner[i]! - from)
            // A line is a bin wide.
            return [inner, Math.max(inner + 0.001, sign * (record.outer[i]! - from))]
          }),
      )
    for (const sign of [1, -1] as const) {
      const reach = reachAfter(market, t, sign, HORIZON)
      if (!reach || !(sigma[t]! > 0)) continue
      const [own, other] = [zones(sign), zones(-sign)]
      const end = reach.steps.at(-1)![1]
      if (![...own, ...other].some(([near]) => near < end)) continue
      const gain = logScore(reach, own) - logScore(reach, other)
      expected.push({ time: market.time[t]! + market.barMs, side: sign === 1 ? 0 : 1, gain })
    }
  }
  const { sample, events } = forecastAgainstMirror(scope, settings)
  expect(sample.y.map((gain, i) => ({ time: sample.time[i]!, side: sample.stratum[i]!, gain }))).toEqual(
    expected.map(each => ({ ...each, gain: expect.closeTo(each.gain, 9) })),
  )
  expect(events).toBe(expected.length)
  expect(sample.hit).toEqual(sample.y.map(gain => Number(gain > 0)))
  expect(sample.base).toEqual(sample.y.map(gain => Number(gain < 0)))
  expect(expected.length).toBeGreaterThan(100)
})

it('the levels of other times are held against those of now at their distances in σ', () => {
  // Zones always as far away in σ: those of any other time are the same zones.
  const market = prefix(simulated, 1500)
  const sigma = ewmaVolatility(market)
  const levels = (bars: Market): LevelSource => ({
    name: 'in σ',
    forEachBar(visit) {
      for (let t = 0; t < bars.length; t++) {
        const unit = sigma[t]! * Math.sqrt(HORIZON)
        const at = (sign: number, distance: number) => bars.close[t]! * Math.exp(sign * distance * unit)
        const zone = (kind: Level['kind'], sign: number): Level => ({
          ...{ kind, inner: at(sign, 0.5), outer: at(sign, 0.9), strength: 1, convergence: 0, since: t },
        })
        visit(t, unit > 0 ? [zone('high', 1), zone('low', -1)] : [])
      }
    },
  })
  const settings = resolveEvidence({ horizon: HORIZON, levels })
  const { y } = forecastAgainstPlacebo(createScope(market, 0, settings), settings).sample
  expect(y.length).toBeGreaterThan(100)
  expect(Math.max(...y.map(Math.abs))).toBeLessThan(1e-6)
})

describe('the claim', () => {
  const options = { horizon: HORIZON, levels: trueLevels, resamples: 400 }
  const claimOf = (market: Market) => gatherEvidence([market], undefined, options, new Ledger()).forecast()

  it('is supported where liquidations are at the levels, and not where they know of none', () => {
    const claim = claimOf(simulated)
    expect(claim.verdict).toBe('supported')
    expect(claim.tests.map(({ question }) => question.name)).toEqual(['forecast', 'forecast: against placebo'])
    expect(claim.sentence).toContain('bit')
    for (const seed of [1, 2, 3])
      expect(claimOf(withBlindLiquidations(simulateMarket({ seed, bars: 3000 }), seed)).verdict).not.toBe('supported')
  })

  it('says which data it needs', () => {
    const { longLiquidations, shortLiquidations, ...bare } = simulated
    expect([longLiquidations, shortLiquidations]).not.toContain(undefined)
    const claim = claimOf(bare)
    expect(claim.verdict).toBe('inconclusive')
    expect(claim.sentence).toContain('longLiquidations and shortLiquidations')
    expect(claim.sentence).not.toContain('NaN')
  })
})

describe('claims of stops and observed positions', () => {
  const market = simulateMarket({ seed: 4, bars: 1500 })
  const evidence = gatherEvidence([market], undefined, { horizon: HORIZON, resamples: 200 }, new Ledger())

  it('tests the levels of the layer of stops as those of a heatmap of stops', () => {
    const map = { survival: { 0.5: 0.5 }, stops: { at: 'swings' as const }, layer: 'stops' as const }
    const alone = gatherEvidence([market], undefined, { horizon: HORIZON, resamples: 200, map }, new Ledger())
    const { tests } = evidence.stops()
    expect(tests.map(({ question }) => question.name)).toEqual(['stops: magnet', 'stops: reversal'])
    expect(tests[0]!.n).toBeGreaterThan(50)
    expect(tests.map(({ effect }) => effect)).toEqual([alone.magnet().effect, alone.reversal().effect])
    expect(tests[0]!.effect).not.toBe(evidence.magnet().effect)
    expect(evidence.stops().assumptions.join()).toContain('stops: the layer of stops')
  })

  it('says that an estimate is not observed, and levels of other kinds have no stops', () => {
    const observed = evidence.observed()
    expect(observed.verdict).toBe('inconclusive')
    expect(observed.sentence).toContain('liq.observedMap')
    const other = gatherEvidence([market], undefined, { levels: trueLevels, resamples: 200 }, new Ledger()).stops()
    expect(other.sentence).toContain('an estimated heatmap')
    expect(other.sentence).not.toContain('NaN')
  })

  it('are not among the six that all() tests', () => {
    const ledger = new Ledger()
    gatherEvidence([market], undefined, { horizon: HORIZON, resamples: 200 }, ledger).all()
    expect(
      ledger
        .rows()
        .map(({ name }) => name)
        .join(),
    ).not.toMatch(/stops|observed|forecast/)
  })
})
