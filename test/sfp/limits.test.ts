/** The range of each option of detector, backtest, impact and levels: its ends are taken, what lies beyond is not. */
import { describe, expect, it } from 'vitest'
import { backtestOptions, resolveBacktest } from '../../src/sfp/backtest-options.ts'
import { detectOptions } from '../../src/sfp/detect-options.ts'
import { impactCheck, resolveImpact } from '../../src/sfp/impact.ts'
import { clusterLevelOptions } from '../../src/sfp/levels/clusters.ts'
import { pivotOptions } from '../../src/sfp/levels/pivots.ts'
import { roundOptions } from '../../src/sfp/levels/round.ts'
import { variantsOf, withValue } from '../../src/sfp/search/variants.ts'
import { walkForwardOptions } from '../../src/sfp/search/walk-forward.ts'
import { holdLimits, type Limits, named, share, whole } from '../option-limits.ts'

const INF = Infinity
const NAN = Number.NaN
const inAtr = (name: string): Limits => [name, [0, 0.5, INF], [-0.001, NAN, '1']]

describe('options of the detector', () => {
  it('have their range', () => {
    holdLimits(detectOptions.check, [
      whole('reclaimWithin', 0),
      inAtr('minMove'),
      share('minSweepDepth'),
      share('minConsumed'),
      inAtr('minDepth'),
      inAtr('maxDepth'),
      ['minDepthPct', [0, 99.9], [-0.1, 100, NAN]],
      ['openInside', [true, false], [0, 'true']],
      inAtr('minReclaim'),
      share('closePosition'),
      whole('confirmation', 0),
      ['minVolumeOutside', [0, INF], [-0.1, NAN]],
      ['maxVolumeOutside', [0, INF], [-0.1, NAN]],
      whole('volumePeriod', 1),
      named('trend', 'any', 'with', 'against'),
      whole('trendPeriod', 1),
      inAtr('invalidation'),
      inAtr('impulse'),
      named('both', 'none', 'short', 'long'),
      whole('atrPeriod', 1),
    ])
  })

  it('have the documented defaults', () => {
    expect(detectOptions.resolve({})).toEqual({
      reclaimWithin: 1,
      minMove: 0.75,
      minSweepDepth: 0.1,
      minConsumed: 0,
      minDepth: 0,
      maxDepth: INF,
      minDepthPct: 0,
      openInside: true,
      minReclaim: 0,
      closePosition: 0,
      confirmation: 0,
      minVolumeOutside: 0,
      maxVolumeOutside: INF,
      volumePeriod: 20,
      trend: 'any',
      trendPeriod: 200,
      invalidation: 1,
      impulse: INF,
      both: 'none',
      atrPeriod: 14,
    })
  })
})

describe('options of the backtest', () => {
  const amount = (name: string): Limits => [name, [0.01, 1e9], [0, -1, INF, NAN]]
  const oneOrMore = (name: string): Limits => [name, [1, 1.5, INF], [0.99, 0, NAN]]

  it('have their range', () => {
    holdLimits(backtestOptions.check, [
      ['stopBuffer', [0, 0.49], [-0.001, 0.5, NAN]],
      ['stopBufferAtr', [0, 3], [-0.1, INF, NAN]],
      ['minRisk', [0, 3], [-0.1, INF, NAN]],
      ['breakeven', [true, false], [1]],
      named('entry', 'open', 'limit'),
      whole('limitBars', 1),
      oneOrMore('maxBars'),
      oneOrMore('maxOpen'),
      oneOrMore('maxPerSide'),
      ['takerFee', [-0.009, 0, 0.099], [-0.01, 0.1, NAN]],
      ['makerFee', [-0.009, 0, 0.099], [-0.01, 0.1, NAN]],
      ['slippageBps', [0, 999], [-0.1, 1000, NAN]],
      ['impact', [true, false, {}, { depth: 1 }], [1, 'true', { depth: 0 }]],
      whole('latency', 0),
      ['funding', [true, false], [1]],
      named('fill', 'touch', 'through'),
      named('intrabar', 'pessimistic', 'optimistic'),
      ['lowerTimeframe', [{ time: new Float64Array(1) }], [null, 5, {}, { time: [1] }]],
      amount('notional'),
      amount('equity'),
      oneOrMore('leverage'),
      whole('atrPeriod', 1),
      [
        'size',
        [{ notional: 1 }, { fraction: 125, lot: 0.1 }, { risk: 1, maxFraction: 0.1, lot: 1 }],
        [
          null,
          5,
          {},
          { notional: 0 },
          { notional: INF },
          { fraction: 0 },
          { fraction: 125.1 },
          { risk: 0 },
          { risk: 1.01 },
          { risk: 0.1, maxFraction: 0 },
          { risk: 0.1, lot: 0 },
          { notional: 1, lot: 0 },
          { fraction: 1, lot: 0 },
          { fraction: 1, risk: 0.1 },
          { other: 1 },
        ],
      ],
      [
        'target',
        [
          false,
          { r: 0.1 },
          { r: 2, from: 'signal', share: 1 },
          { percent: 0.1, share: 0.5 },
          { opposite: true, minR: 0, elseR: 1, share: 0.1 },
          [{ r: 1 }, { r: 2 }],
          [
            { r: 1, share: 0.5 },
            { r: 2, share: 0.5 },
          ],
          [],
        ].slice(0, 7),
        [
          true,
          null,
          {},
          { r: 0 },
          { r: 1, from: 'x' },
          { r: 1, share: 0 },
          { r: 1, share: 1.01 },
          { percent: 0 },
          { opposite: false },
          { opposite: true, minR: -0.1 },
          { opposite: true, elseR: 0 },
          { r: 1, percent: 1 },
          [
            { r: 1, share: 0.6 },
            { r: 2, share: 0.5 },
          ],
          [{ r: 1, share: 0.6 }, { r: 2 }],
          [{ r: 0 }],
        ],
      ],
      [
        'trailingStop',
        [false, { atr: 1 }, { r: 0.1, after: 0 }],
        [true, {}, { atr: 1, r: 1 }, { after: 1 }, { atr: 0 }, { r: 0 }, { r: 1, after: -0.1 }, { other: 1 }],
      ],
      [
        'trendExit',
        [false, 0, 3, INF, { beyond: 0, impulse: 0 }],
        [true, -0.1, NAN, {}, { beyond: 1 }, { impulse: 1 }, { beyond: -1, impulse: 0 }, { beyond: 0, impulse: -1 }],
      ],
    ])
  })

  it('have the documented defaults, in the form that the backtest works with', () => {
    expect(resolveBacktest({})).toEqual({
      targets: [{ r: 2 }],
      stopBuffer: 0.0005,
      stopBufferAtr: 0,
      minRisk: 0.05,
      trailingStop: false,
      trendExit: { beyond: 0.5, impulse: 0 },
      breakeven: false,
      entry: 'open',
      limitBars: 3,
      maxBars: INF,
      maxOpen: 1,
      maxPerSide: INF,
      takerFee: 0.0005,
      makerFee: 0.0005,
      slippageBps: 1,
      impact: null,
      latency: 0,
      funding: true,
      fill: 'touch',
      intrabar: 'pessimistic',
      lowerTimeframe: null,
      size: { notional: 10_000 },
      leverage: null,
      margin: null,
      equity: 100_000,
      atrPeriod: 14,
    })
  })

  it('complete each other', () => {
    expect(resolveBacktest({ takerFee: 0.001 }).makerFee).toBe(0.001)
    expect(resolveBacktest({ takerFee: 0.001, makerFee: 0 }).makerFee).toBe(0)
    expect(resolveBacktest({ target: false }).targets).toEqual([])
    expect(resolveBacktest({ target: [{ r: 1 }, { r: 3 }] }).targets).toEqual([{ r: 1 }, { r: 3 }])
    expect(resolveBacktest({ trailingStop: { r: 1 } }).trailingStop).toEqual({ r: 1, after: 0 })
    expect(resolveBacktest({ trailingStop: { atr: 2, after: 1 } }).trailingStop).toEqual({ atr: 2, after: 1 })
    expect(resolveBacktest({ trendExit: { beyond: 1, impulse: 2 } }).trendExit).toEqual({ beyond: 1, impulse: 2 })
    expect(resolveBacktest({ trendExit: false }).trendExit).toBe(false)
    expect(resolveBacktest({ notional: 5 }).size).toEqual({ notional: 5 })
    expect(resolveBacktest({ size: { risk: 0.1 } }).size).toEqual({ risk: 0.1 })
    expect(resolveBacktest({ impact: true }).impact).toEqual(resolveImpact({}))
    expect(resolveBacktest({ leverage: 5 }).leverage).toBe(5)
    expect(() => resolveBacktest({ notional: 5, size: { notional: 5 } })).toThrow('either size or notional, not both')
  })
})

describe('options of the impact', () => {
  it('have their range', () => {
    holdLimits(impactCheck, [
      ['depth', [0.1, 1e12], [0, -1, INF, NAN]],
      ['exponent', [0.01, 3], [0, 3.01, NAN]],
      ['coefficient', [0.01, 100], [0, INF, NAN]],
      [
        'cascade',
        [false, {}, { range: 0.1 }, { depth: 1 }, { depth: 0.01 }],
        [true, { range: 0 }, { range: INF }, { depth: 0 }, { depth: 1.01 }, { other: 1 }],
      ],
    ])
  })

  it('have the documented defaults, of which the exponent goes with a depth', () => {
    const cascade = { range: 3, depth: 0.6 }
    expect(resolveImpact({})).toEqual({ depth: null, exponent: 0.5, coefficient: 1, cascade })
    expect(resolveImpact({ depth: 7 })).toEqual({ depth: 7, exponent: 1, coefficient: 1, cascade })
    expect(resolveImpact({ depth: 7, exponent: 2, coefficient: 3, cascade: { range: 4 } })).toEqual({
      depth: 7,
      exponent: 2,
      coefficient: 3,
      cascade: { range: 4, depth: 0.6 },
    })
    expect(resolveImpact({ cascade: { depth: 0.5 } }).cascade).toEqual({ range: 3, depth: 0.5 })
    expect(resolveImpact({ cascade: false }).cascade).toBe(false)
  })
})

describe('options of levels', () => {
  it('have their range', () => {
    holdLimits(pivotOptions.check, [whole('leftBars', 1), whole('rightBars', 1)])
    holdLimits(roundOptions.check, [
      ['digits', [1, 10], [0, 11, 1.5]],
      ['step', [0.01, 1e6], [0, -1, INF, NAN]],
      whole('count', 1),
    ])
    holdLimits(clusterLevelOptions.check, [
      ['maxDistance', [0.01, 3], [0, 3.01, NAN]],
      ['brightness', [0.01, 100], [0, INF, NAN]],
      whole('gap', 0),
      share('minShare'),
      ['tierShare', [0, 100], [-0.1, 100.1]],
      named('rankBy', 'brightest', 'largest'),
      ['brightest', [1, INF], [0, 0.9, NAN]],
      ['converging', [[], [25, 50]], [[NAN], 25, ['25']]],
      ['minConvergence', [0, 3], [-1, NAN]],
      ['tiers', [[], [25]], [[INF], 25]],
      named('side', 'long', 'short', 'both'),
      ['where', [() => true], [1, {}]],
    ])
    expect(pivotOptions.resolve({}).leftBars).toBe(10)
    expect(roundOptions.resolve({})).toMatchObject({ digits: 2, count: 1 })
  })
})

describe('options of walk-forward', () => {
  it('have their range and the documented defaults', () => {
    holdLimits(walkForwardOptions.check, [
      ['train', ['90d', '1h', 5], [0, -1, 'a while', NAN]],
      ['test', ['90d', '1h', 5], [0, -1, 'a while', NAN]],
      ['embargo', [0, '1d', 5], [-1, 'a while', NAN]],
      ['anchored', [true, false], [1, 'true']],
      whole('minTrades', 0),
    ])
    expect(walkForwardOptions.resolve({})).toEqual({
      ...{ train: '365d', test: '90d', embargo: '1d', anchored: false, metric: 'averageR', minTrades: 10 },
    })
  })
})

describe('a space of variants', () => {
  it('needs values for each option', () => {
    const wrong: readonly [object, object | undefined, string][] = [
      [{}, undefined, 'at least one option with its values'],
      [5 as never, undefined, 'at least one option with its values'],
      [{ a: [] }, undefined, 'at least one value'],
      [{ a: 5 }, undefined, 'a list of values'],
      [{ a: null }, undefined, 'a list of values'],
      [{ a: { from: 1 } }, { n: 1 }, 'a list of values'],
      [{ a: { to: 1 } }, { n: 1 }, 'a list of values'],
      [{ a: { from: 1, to: 2 } }, undefined, 'a list of values, or random: { n } to draw from a range'],
      [{ a: { from: 0, to: 2, log: true } }, { n: 1 }, 'a range above 0, as log is set'],
      [{ a: { from: 2, to: 1 } }, { n: 1 }, 'a rising range'],
      [{ a: [1] }, {}, '{ n }'],
      [{ a: [1] }, { n: 0 }, 'n: 0'],
      [
        { a: Array(1001).fill(0), b: Array(1000).fill(0) },
        undefined,
        '1,001,000 combinations, but expected at most 1,000,000',
      ],
    ]
    for (const [space, search, message] of wrong)
      expect(() => variantsOf(space as never, search as never)).toThrow(message)
    expect(variantsOf({ a: Array(1000).fill(0), b: Array(1000).fill(0) }).length).toBe(1_000_000)
  })

  it('is all combinations, the last option varying fastest', () => {
    expect(variantsOf({ a: [1, 2], b: ['x', 'y', 'z'] })).toEqual(
      [1, 2].flatMap(a => ['x', 'y', 'z'].map(b => ({ a, b }))),
    )
    expect(variantsOf({ a: [1, 2] }, { n: 5 })).toEqual([{ a: 1 }, { a: 2 }])
  })

  it('draws each combination once, and ranges evenly on their scale', () => {
    const drawn = variantsOf({ a: [1, 2, 3, 4], b: [1, 2, 3] }, { n: 11, seed: 5 })
    expect(drawn.length).toBe(11)
    expect(new Set(drawn.map(({ a, b }) => `${a} ${b}`)).size).toBe(11)
    expect(variantsOf({ a: [1, 2, 3, 4], b: [1, 2, 3] }, { n: 11, seed: 6 })).not.toEqual(drawn)
    const values = (range: object) =>
      variantsOf({ a: { from: 1, to: 100, ...range } }, { n: 2000 }).map(({ a }) => a as number)
    const below = (list: number[], limit: number) => list.filter(value => value < limit).length / list.length
    // The middle of the scale: 50.5, or 10 by logarithm. The standard error of a share is 1.1 %.
    expect(below(values({}), 50.5)).toBeCloseTo(0.5, 1)
    expect(below(values({ log: true }), 10)).toBeCloseTo(0.5, 1)
    for (const list of [values({}), values({ log: true })]) {
      expect(Math.min(...list)).toBeGreaterThanOrEqual(1)
      expect(Math.max(...list)).toBeLessThanOrEqual(100)
      expect(Math.max(...list)).toBeGreaterThan(95)
      expect(Math.min(...list)).toBeLessThan(1.5)
    }
    const wholes = variantsOf({ a: { from: 2, to: 4, integer: true } }, { n: 900 }).map(({ a }) => a as number)
    expect(new Set(wholes)).toEqual(new Set([2, 3, 4]))
    for (const value of [2, 3, 4]) expect(wholes.filter(each => each === value).length).toBeGreaterThan(240)
    expect(variantsOf({ a: { from: 3, to: 3 } }, { n: 1 })).toEqual([{ a: 3 }])
  })

  it('puts a value into a copy, also into a part of it', () => {
    const base = { target: { r: 1, from: 'entry' }, list: [{ r: 1 }, { r: 2 }], other: 5 }
    expect(withValue(base, 'other', [], 6)).toEqual({ ...base, other: 6 })
    expect(withValue(base, 'target', ['r'], 2)).toEqual({ ...base, target: { r: 2, from: 'entry' } })
    expect(withValue(base, 'list', ['1', 'r'], 3)).toEqual({ ...base, list: [{ r: 1 }, { r: 3 }] })
    expect(withValue(base, 'new', ['x'], 3)).toEqual({ ...base, new: { x: 3 } })
    expect(withValue({ a: null }, 'a', ['x'], 3)).toEqual({ a: { x: 3 } })
    expect(base.target.r).toBe(1)
  })
})
