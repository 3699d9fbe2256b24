import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { barMoves } from '../../src/evidence/bar-moves.ts'
import { gatherEvidence } from '../../src/evidence/evidence.ts'
import { resolveEvidence } from '../../src/evidence/evidence-options.ts'
import { Ledger } from '../../src/evidence/ledger.ts'
import { levelPairs, placeboPairs } from '../../src/evidence/level-pairs.ts'
import { recordLevels } from '../../src/evidence/level-record.ts'
import { createScope } from '../../src/evidence/scope.ts'
import { scopeByTimeframe } from '../../src/evidence/timeframes.ts'
import { aggregateMaps } from '../../src/liquidation/aggregate.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import type { Market } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'
import type { Level, LevelSource } from '../../src/sfp/levels/level-source.ts'
import { pivotLevels } from '../../src/sfp/levels/pivots.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf } from '../market/fixtures.ts'
import { trueLevels } from './true-levels.ts'

const quick = { resamples: 200, horizon: 12 }

describe('planted effects are found in pooled markets', () => {
  const planted = (effect: Record<string, number>) =>
    gatherEvidence(
      [1, 2, 3].map(seed => simulateMarket({ seed, bars: 4000, ...effect })),
      undefined,
      { ...quick, levels: trueLevels },
      new Ledger(),
    )

  it('a magnet', () => {
    const claim = planted({ magnet: 3 }).magnet()
    expect(claim.verdict).toBe('supported')
    expect(claim.effect).toBeGreaterThan(0.03)
    expect(claim.low).toBeGreaterThan(0)
    expect(claim.rate).toBeGreaterThan(claim.baseRate)
  })

  it('a reversal, which is the opposite of a continuation', () => {
    const evidence = planted({ reversal: 1 })
    expect(evidence.reversal().verdict).toBe('supported')
    expect(evidence.continuation().effect).toBeLessThan(0)
  })
})

const zone = (kind: Level['kind'], inner: number, outer: number, since = 0): Level => ({
  ...{ kind, inner, outer, strength: 1, convergence: 1, since },
})
const source = (rows: Level[][]): LevelSource => ({
  name: 'given',
  forEachBar: visit => {
    for (const [t, levels] of rows.entries()) visit(t, levels)
  },
})
const flat = (n: number) => Array.from({ length: n }, () => [100, 101, 99, 100])

describe('a tracked level', () => {
  it('continues while it overlaps, and is another after a sweep or at another price', () => {
    const rows = [...flat(3), [100, 107, 99, 100], ...flat(2)]
    const record = recordLevels(
      marketOf(rows),
      source([
        [zone('high', 105, 106)],
        [zone('high', 105.5, 106.5), zone('low', 95, 94)],
        [zone('high', 105.2, 106.2), zone('low', 90, 89)],
        [],
        [zone('high', 105, 106, 4), zone('low', 90.5, 89.5)],
        [],
      ]),
    )
    expect([...record.levelId]).toEqual([0, 0, 1, 0, 2, 3, 2])
    expect([...record.offset]).toEqual([0, 1, 3, 5, 5, 7, 7])
    expect(record.levelCount).toBe(4)
  })
})

describe('a level that a source keeps reporting', () => {
  it('is consumed after a sweep, until it becomes known again', () => {
    const high = (since: number): Level => ({
      ...{ kind: 'high', inner: 105, outer: 105, strength: 1, convergence: 0, since },
    })
    const rows = [...flat(2), [100, 106, 99, 100], ...flat(1), [100, 108, 99, 107], ...flat(1)]
    const record = recordLevels(
      marketOf(rows),
      source([[high(0)], [high(0)], [high(0)], [high(0)], [high(0)], [high(5)]]),
    )
    expect([...record.levelId]).toEqual([0, 0, 0, 0, 0, 1])
    expect([...record.consumed]).toEqual([0, 0, 1, 1, 1, 0])
  })

  it('is consumed if price is already beyond it', () => {
    const record = recordLevels(
      marketOf(flat(1)),
      source([[{ ...{ kind: 'high', inner: 98, outer: 99, strength: 1, convergence: 0, since: 0 } }]]),
    )
    expect([...record.consumed]).toEqual([1])
  })
})

describe('an invalid level', () => {
  const wrong: [Partial<Level>, RegExp][] = [
    [{ strength: 0 }, /levels: given, bar of 2024-01-01 01:00, strength: 0, but expected a number above 0/],
    [{ strength: Number.NaN }, /strength: NaN/],
    [{ inner: Number.NaN }, /inner: NaN, but expected a price above 0/],
    [{ outer: -1 }, /outer: -1, but expected a price above 0/],
    [{ outer: 104 }, /outer: 104, but expected at least the inner edge 105, as it is a high/],
    [{ kind: 'low' }, /outer: 106, but expected at most the inner edge 105, as it is a low/],
  ]
  for (const [change, message] of wrong)
    it(`is refused: ${Object.entries(change)}`, () => {
      const rows = [[], [{ ...zone('high', 105, 106), ...change }]]
      expect(() => recordLevels(marketOf(flat(2)), source(rows))).toThrow(message)
    })
})

describe('a source whose levels are recorded', () => {
  it('must visit every bar of this market in order, and know no level early', () => {
    const record = (levels: LevelSource) => recordLevels(marketOf(flat(3)), levels)
    const skipping: LevelSource = { name: 'given', forEachBar: visit => [0, 2].forEach(t => void visit(t, [])) }
    expect(() => record(skipping)).toThrow('levels: given: forEachBar visits bar 2, but expected every bar once')
    expect(() => record(source([[], []]))).toThrow('forEachBar visits 2 bars of 3, but expected every bar')
    expect(() => record(source([[zone('high', 105, 106, 1)], [], []]))).toThrow('bar 0, since: 1, but expected the bar')
    const other = simulateMarket({ seed: 2, bars: 3 })
    expect(() => record({ ...source([[], [], []]), market: other })).toThrow(/^levels: given: built from /)
  })
})

describe('observations', () => {
  const market = simulateMarket({ seed: 2, bars: 1500 })
  const settings = resolveEvidence({ horizon: 12, levels: of => pivotLevels(of, 4) })
  const scope = createScope(market, 0, settings)

  it('pair each level once, and never with a level as bright at its mirror image', () => {
    const { pairs, levels, unpaired } = levelPairs(scope, settings)
    expect(pairs.length).toBeGreaterThan(30)
    expect(levels).toBe(pairs.length + unpaired)
    for (const { bar, sign, distance, touched, mirrorTouched } of pairs) {
      expect(distance >= 0.5 && distance <= 2.5).toBe(true)
      // Recomputed: was the price at this distance reached within the horizon?
      const reach = distance * scope.sigma[bar]! * Math.sqrt(12)
      const high = Math.max(...market.high.slice(bar + 1, bar + 13))
      const low = Math.min(...market.low.slice(bar + 1, bar + 13))
      const above = Math.log(high / market.close[bar]!) >= reach - 1e-12
      const below = Math.log(market.close[bar]! / low) >= reach - 1e-12
      expect([touched, mirrorTouched]).toEqual(sign > 0 ? [above, below] : [below, above])
    }
  })

  it('place placebos away from levels on both sides, and differently in each market', () => {
    const real = levelPairs(scope, settings).pairs
    const placebos = placeboPairs(scope, settings, real)
    expect(placebos.length).toBeGreaterThan(100)
    const { offset, sign, inner } = scope.record
    for (const { bar, distance } of placebos) {
      const unit = scope.sigma[bar]! * Math.sqrt(12)
      for (let i = offset[bar]!; i < offset[bar + 1]!; i++) {
        const levelDistance = (sign[i]! * (inner[i]! - Math.log(market.close[bar]!))) / unit
        expect(Math.abs(levelDistance - distance)).toBeGreaterThan(0.1 - 1e-9)
      }
    }
    const others = placeboPairs({ ...scope, index: 1 }, settings, real)
    const same = others.filter(other =>
      placebos.some(({ bar, distance }) => other.bar === bar && other.distance === distance),
    )
    expect(same.length).toBeLessThan(0.1 * others.length)
    const seeds = [0, 1].flatMap(index =>
      createScope(market, index, settings)
        .placebos()
        .map(({ name }) => name),
    )
    expect(new Set(seeds).size).toBe(5)
  })

  it('count a level reached to the exact tick as touched, at any price', () => {
    const prices = fc.record({ close: fc.integer({ min: 500, max: 2000 }), ticks: fc.integer({ min: 30, max: 60 }) })
    fc.assert(
      fc.property(prices, fc.constantFrom(1, -1), ({ close, ticks }, sign) => {
        const at = close / 10
        const level = (close + sign * ticks) / 10
        const rows = Array.from({ length: 140 }, (_, t) => {
          const end = at * (t % 2 ? 1 : 1.004)
          const row = [end, end * 1.001, end * 0.999, end]
          return t === 105 ? [end, Math.max(end, level), Math.min(end, level), end] : row
        })
        const line = zone(sign > 0 ? 'high' : 'low', level, level)
        const levels = () => source(rows.map(() => [line]))
        const wide = resolveEvidence({ horizon: 12, reach: [0.01, 100], levels })
        const { pairs } = levelPairs(createScope(marketOf(rows), 0, wide), wide)
        expect(pairs[0]).toMatchObject({ bar: 100, sign, touched: true, mirrorTouched: false })
      }),
    )
  })

  it('match a move with the levels known before it, and measure its outcome from its close', () => {
    const moves = barMoves(scope, settings)
    const swept = moves.filter(({ contact }) => contact === 'swept')
    expect(swept.length).toBeGreaterThan(20)
    let last: readonly Level[] = []
    const knownBefore: (readonly Level[])[] = []
    scope.source.forEachBar((_, levels) => {
      knownBefore.push(last)
      last = [...levels]
    })
    const wentThrough = ({ kind, inner, since }: Level, until: number) => {
      for (let t = since + 1; t <= until; t++)
        if (kind === 'high' ? market.high[t]! >= inner : market.low[t]! <= inner) return true
      return false
    }
    for (const { bar, sign, contact: met, futureReturn, closedBeyond } of moves) {
      const before = market.close[bar - 1]!
      const live = knownBefore[bar]!.filter(
        level =>
          level.kind === (sign > 0 ? 'high' : 'low') &&
          sign * (level.inner - before) > 0 &&
          !wentThrough(level, bar - 1),
      )
      const reached = live.filter(({ inner }) => (sign > 0 ? market.high[bar]! >= inner : market.low[bar]! <= inner))
      expect(met === 'none').toBe(reached.length === 0)
      if (closedBeyond) expect(live.some(({ outer }) => sign * (market.close[bar]! - outer) > 0)).toBe(true)
      const usual = scope.sigma[bar]! * Math.sqrt(12)
      expect(futureReturn).toBeCloseTo((sign * Math.log(market.close[bar + 12]! / market.close[bar]!)) / usual, 9)
    }
  })
})

describe('results', () => {
  const market = simulateMarket({ seed: 5, bars: 1300 })
  const map = liquidationMap(market, { leverage: { 20: 0.3, 50: 0.4, 100: 0.3 }, halfLife: '2d' })
  const ledger = new Ledger()
  const evidence = gatherEvidence(
    [market],
    [map],
    { ...quick, timeframes: ['15m', '1h', '4h'], stronger: ['4h'] },
    ledger,
  )

  it('are six claims with effect, interval, p-value, null and counts', () => {
    const claims = evidence.all()
    expect(claims.map(({ claim }) => claim)).toEqual([
      'magnet',
      'reversal',
      'sfp',
      'timeframes',
      'convergence',
      'continuation',
    ])
    for (const claim of claims) {
      expect(claim.sentence).toContain(claim.title)
      expect(claim.null.length).toBeGreaterThan(20)
      for (const { p, pAdjusted, low, high, effect, n, events, verdict, sentence } of claim.tests) {
        expect(n).toBeLessThanOrEqual(events)
        expect(['supported', 'not supported', 'inconclusive']).toContain(verdict)
        if (Number.isNaN(p)) continue
        expect(low <= effect && effect <= high).toBe(true)
        expect(pAdjusted).toBeGreaterThanOrEqual(p)
        expect(p < 0.05).toBe(low > 0 || high < 0)
        expect(sentence).toMatch(/corrected for \d+ tests?/)
      }
    }
  })

  it('are corrected for every test of the session, including later ones', () => {
    const tests = evidence
      .all()
      .flatMap(claim => claim.tests)
      .filter(({ p }) => !Number.isNaN(p))
    expect(ledger.tests).toBe(tests.length)
    const before = tests[0]!.pAdjusted
    for (let i = 0; i < 50; i++) ledger.enter(`other ${i}`, 'another look', 0.9)
    expect(tests[0]!.testsMade).toBe(tests.length + 50)
    expect(tests[0]!.pAdjusted).toBeGreaterThanOrEqual(before)
  })

  it('do not change when tested again, and the ledger counts the repetition', () => {
    const separate = new Ledger()
    const run = () => gatherEvidence([market], [map], quick, separate).magnet()
    const first = run()
    const again = run()
    expect([again.effect, again.p, again.low]).toEqual([first.effect, first.p, first.low])
    expect([separate.tests, separate.runs]).toEqual([2, 4])
    expect(again.pAdjusted).toBe(first.pAdjusted)
  })

  it('count each filter as another test, corrected by its own p', () => {
    const separate = new Ledger()
    const tests = [2, 5].flatMap(k =>
      gatherEvidence([market], [map], { ...quick, clusters: { where: (_, t) => t % 7 < k } }, separate)
        .magnet()
        .tests.filter(({ p }) => !Number.isNaN(p)),
    )
    expect(tests.length).toBeGreaterThan(2)
    expect([separate.tests, separate.runs]).toEqual([tests.length, tests.length])
    for (const { p, pAdjusted } of tests) expect(pAdjusted).toBeGreaterThanOrEqual(p)
  })

  it('name the timeframes that the data does not support', () => {
    const { assumptions, descriptive } = evidence.timeframes()
    expect(assumptions.at(-1)).toMatch(/^timeframes excluded, as the data is too coarse or too short .*: 15m$/)
    expect(descriptive.map(({ question }) => question.name)).toContain('magnet 4h')
    expect(descriptive[0]!.pAdjusted).toBeNaN()
    // The effect is a difference between timeframes; its rates are not.
    const [magnets] = evidence.timeframes().tests
    expect(magnets!.sentence).toContain('touched in the longer ones')
    const longer = descriptive.find(({ question }) => question.name === 'magnet 4h')!
    expect([magnets!.rate, magnets!.baseRate]).toEqual([longer.rate, longer.baseRate])
  })

  it('make the heatmaps of longer bars with the options of the given one, also from single trades', () => {
    const trades = {
      time: Float64Array.from({ length: 4 * market.length }, (_, i) => market.time[0]! + i * 900_000),
      price: Float64Array.from({ length: 4 * market.length }, (_, i) => market.close[i >> 2]!),
      amount: new Float64Array(4 * market.length).fill(1),
      takerBuy: Uint8Array.from({ length: 4 * market.length }, (_, i) => i % 2),
    }
    const settings = resolveEvidence({ ...quick, timeframes: ['1h', '4h'], stronger: ['4h'] })
    const mapOptions = { flow: { trades }, leverage: { 20: 0.5, 50: 0.5 }, halfLife: '1d', triggerDepth: 0.001 }
    const from = liquidationMap(market, mapOptions)
    const longer = scopeByTimeframe(createScope(market, 0, settings, from), settings, from).get('4h')!
    expect(longer.assumptions).toEqual(liquidationMap(resample(market, 14_400_000), mapOptions).assumptions)
  })

  it('do not compare timeframes if the data has only stronger ones or none of them', () => {
    for (const [reason, timeframeOptions] of [
      ['longer timeframe to compare 1h with', { timeframes: ['1h', '1w'], stronger: ['1w'] }],
      ['shorter timeframe to compare 1h, 4h with', { timeframes: ['1h', '4h'], stronger: ['1h', '4h'] }],
    ] as const) {
      const separate = new Ledger()
      const { tests, descriptive, verdict, sentence } = gatherEvidence(
        [market],
        [map],
        { ...quick, ...timeframeOptions },
        separate,
      ).timeframes()
      expect(descriptive[0]!.effect).not.toBeNaN()
      for (const { effect, p, n } of tests) expect([effect, p, n]).toEqual([Number.NaN, Number.NaN, 0])
      expect([verdict, separate.tests]).toEqual(['inconclusive', 0])
      expect(sentence).toContain(`: cannot be tested, as there is no ${reason}.`)
    }
  })

  it('leave out longer bars if the heatmap combines several markets', () => {
    const both = aggregateMaps([map, liquidationMap(simulateMarket({ seed: 6, bars: 1300 }), map.inputOptions)])
    const options = { ...quick, timeframes: ['1h', '4h'], stronger: ['4h'] }
    const { descriptive, assumptions } = gatherEvidence([market], [both], options, new Ledger()).timeframes()
    expect(descriptive.map(({ question }) => question.name)).toEqual(['magnet 1h', 'reversal 1h', 'sfp 1h'])
    expect(assumptions.at(-1)).toMatch(/or the heatmap combines several markets or is of observed positions: 4h$/)
  })

  it('refuse unusable options and markets', () => {
    expect(() => gatherEvidence([], undefined)).toThrow('the list of markets is empty')
    expect(() => gatherEvidence([market], [map, map])).toThrow('2 heatmaps, but expected 1, one per market')
    expect(() => gatherEvidence([simulateMarket({ seed: 1, bars: 1300 })], [map])).toThrow(
      'heatmap 1 is not of the market',
    )
    expect(() => gatherEvidence([simulateMarket({ seed: 1, bars: 300 })], undefined)).toThrow('needs at least 324')
    expect(() => gatherEvidence([market], [map], { reach: [2, 1] })).toThrow('reach: [2,1], but expected two distances')
    expect(() => gatherEvidence([market], [map], { stronger: ['2d'] })).toThrow(
      'stronger: ["2d"], but expected some of the timeframes',
    )
    expect(() => gatherEvidence([market], [map], { seed: 0.5 })).toThrow('seed: 0.5, but expected a whole number')
    expect(() => gatherEvidence([market], [map], { timeframes: ['1h', 'x'] })).toThrow(
      'timeframes[1]: "x", but expected a duration',
    )
    expect(() => gatherEvidence([market], [map], { stronger: '4h' as never })).toThrow(
      'stronger: "4h", but expected a list',
    )
    expect(() => gatherEvidence([market], undefined, { levels: 'pivots' as never })).toThrow(
      'levels: "pivots", but expected a function',
    )
  })

  it('refuse levels from two sources, as one would be ignored', () => {
    const levels = (market: Market) => pivotLevels(market, 4)
    expect(() => gatherEvidence([market], [map], { levels })).toThrow(
      'but expected no levels, as the heatmap already determines the levels',
    )
    expect(() => gatherEvidence([market], [map], { map: { halfLife: '1d' } })).toThrow(
      'liq.evidence: map: {"halfLife":"1d"}, but expected no map',
    )
    expect(() => gatherEvidence([market], undefined, { levels, clusters: {} })).toThrow(
      'liq.evidence: clusters: {}, but expected no clusters, as the option levels already determines',
    )
    expect(() => gatherEvidence([market], [map], { levels: undefined, map: undefined } as never)).not.toThrow()
  })

  it('refuse levels of another market with the same number of bars', () => {
    const market = simulateMarket({ seed: 1, bars: 1300 })
    const levels = () => pivotLevels(simulateMarket({ seed: 2, bars: 1300 }))
    expect(() => gatherEvidence([market], undefined, { levels }).magnet()).toThrow(
      /built from other prices: the close at/,
    )
  })
})
