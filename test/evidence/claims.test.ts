import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gatherEvidence } from '../../src/evidence/evidence.ts'
import { Ledger } from '../../src/evidence/ledger.ts'
import { levelPairs, placeboPairs } from '../../src/evidence/pairs.ts'
import { recordLevels } from '../../src/evidence/record.ts'
import { makeScope } from '../../src/evidence/scope.ts'
import { resolveSettings } from '../../src/evidence/settings.ts'
import { barMoves } from '../../src/evidence/sweeps.ts'
import { scopesByTimeframe } from '../../src/evidence/timeframes.ts'
import { aggregateMaps } from '../../src/liquidation/aggregate.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import type { Market } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'
import type { Level, LevelSource } from '../../src/sfp/levels/columns.ts'
import { pivotLevels } from '../../src/sfp/levels/pivots.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf } from '../market/fixtures.ts'
import { trueLevels } from './true-levels.ts'

const quick = { resamples: 200, horizon: 12 }

describe('planted effects are found, pooled over markets', () => {
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

  it('a reversal, which is the opposite of going on', () => {
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

describe('levels are followed', () => {
  it('as one while they overlap, as another after price went through or at another place', () => {
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
    expect([...record.life]).toEqual([0, 0, 1, 0, 2, 3, 2])
    expect([...record.offset]).toEqual([0, 1, 3, 5, 5, 7, 7])
    expect(record.lives).toBe(4)
  })
})

describe('levels that a source goes on showing', () => {
  it('are spent once price went through them, until they become known anew', () => {
    const high = (since: number): Level => ({
      ...{ kind: 'high', inner: 105, outer: 105, strength: 1, convergence: 0, since },
    })
    const rows = [...flat(2), [100, 106, 99, 100], ...flat(1), [100, 108, 99, 107], ...flat(1)]
    const record = recordLevels(
      marketOf(rows),
      source([[high(0)], [high(0)], [high(0)], [high(0)], [high(0)], [high(5)]]),
    )
    expect([...record.life]).toEqual([0, 0, 0, 0, 0, 1])
    expect([...record.spent]).toEqual([0, 0, 1, 1, 1, 0])
  })

  it('and those that price lies beyond already', () => {
    const record = recordLevels(
      marketOf(flat(1)),
      source([[{ ...{ kind: 'high', inner: 98, outer: 99, strength: 1, convergence: 0, since: 0 } }]]),
    )
    expect([...record.spent]).toEqual([1])
  })
})

describe('levels that cannot be right', () => {
  const wrong: [Partial<Level>, RegExp][] = [
    [{ strength: 0 }, /levels: given, bar of 2024-01-01 01:00, strength: 0, but expected a number above 0/],
    [{ strength: Number.NaN }, /strength: NaN/],
    [{ inner: Number.NaN }, /inner: NaN, but expected a price above 0/],
    [{ outer: -1 }, /outer: -1, but expected a price above 0/],
    [{ outer: 104 }, /outer: 104, but expected at least the inner edge 105, as it is a high/],
    [{ kind: 'low' }, /outer: 106, but expected at most the inner edge 105, as it is a low/],
  ]
  for (const [change, message] of wrong)
    it(`are refused: ${Object.entries(change)}`, () => {
      const rows = [[], [{ ...zone('high', 105, 106), ...change }]]
      expect(() => recordLevels(marketOf(flat(2)), source(rows))).toThrow(message)
    })
})

describe('what is observed', () => {
  const market = simulateMarket({ seed: 2, bars: 1500 })
  const settings = resolveSettings({ horizon: 12, levels: of => pivotLevels(of, 4) })
  const scope = makeScope(market, 0, settings)

  it('a level is a pair once in its life, never with one as bright at its mirror image', () => {
    const { pairs, levels, rivalled } = levelPairs(scope, settings)
    expect(pairs.length).toBeGreaterThan(30)
    expect(levels).toBe(pairs.length + rivalled)
    for (const { bar, sign, distance, touched, mirrorTouched } of pairs) {
      expect(distance >= 0.5 && distance <= 2.5).toBe(true)
      // By hand: was the price at this distance reached within the horizon?
      const way = distance * scope.sigma[bar]! * Math.sqrt(12)
      const high = Math.max(...market.high.slice(bar + 1, bar + 13))
      const low = Math.min(...market.low.slice(bar + 1, bar + 13))
      const above = Math.log(high / market.close[bar]!) >= way - 1e-12
      const below = Math.log(market.close[bar]! / low) >= way - 1e-12
      expect([touched, mirrorTouched]).toEqual(sign > 0 ? [above, below] : [below, above])
    }
  })

  it('a placebo has no level on either side, and another market has other placebos', () => {
    const real = levelPairs(scope, settings).pairs
    const placebos = placeboPairs(scope, settings, real)
    expect(placebos.length).toBeGreaterThan(100)
    const { offset, sign, inner } = scope.record
    for (const { bar, distance } of placebos) {
      const unit = scope.sigma[bar]! * Math.sqrt(12)
      for (let i = offset[bar]!; i < offset[bar + 1]!; i++) {
        const own = (sign[i]! * (inner[i]! - Math.log(market.close[bar]!))) / unit
        expect(Math.abs(own - distance)).toBeGreaterThan(0.1 - 1e-9)
      }
    }
    const others = placeboPairs({ ...scope, index: 1 }, settings, real)
    const same = others.filter(one =>
      placebos.some(({ bar, distance }) => one.bar === bar && one.distance === distance),
    )
    expect(same.length).toBeLessThan(0.1 * others.length)
    const seeds = [0, 1].flatMap(index =>
      makeScope(market, index, settings)
        .placebos()
        .map(({ name }) => name),
    )
    expect(new Set(seeds).size).toBe(5)
  })

  it('a level reached to the tick is touched, whatever its price', () => {
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
        const one = zone(sign > 0 ? 'high' : 'low', level, level)
        const own = resolveSettings({ ...settings, reach: [0.01, 100], levels: () => source(rows.map(() => [one])) })
        const { pairs } = levelPairs(makeScope(marketOf(rows), 0, own), own)
        expect(pairs[0]).toMatchObject({ bar: 100, sign, touched: true, mirrorTouched: false })
      }),
    )
  })

  it('a move is swept by what was known before it, and its outcome starts at its close', () => {
    const moves = barMoves(scope, settings)
    const swept = moves.filter(({ met }) => met === 'swept')
    expect(swept.length).toBeGreaterThan(20)
    let last: readonly Level[] = []
    const known: (readonly Level[])[] = []
    scope.source.forEachBar((_, levels) => {
      known.push(last)
      last = [...levels]
    })
    const wentThrough = ({ kind, inner, since }: Level, until: number) => {
      for (let t = since + 1; t <= until; t++)
        if (kind === 'high' ? market.high[t]! >= inner : market.low[t]! <= inner) return true
      return false
    }
    for (const { bar, sign, met, after, closedBeyond } of moves) {
      const before = market.close[bar - 1]!
      const own = known[bar]!.filter(
        level =>
          level.kind === (sign > 0 ? 'high' : 'low') &&
          sign * (level.inner - before) > 0 &&
          !wentThrough(level, bar - 1),
      )
      const reached = own.filter(({ inner }) => (sign > 0 ? market.high[bar]! >= inner : market.low[bar]! <= inner))
      expect(met === 'free').toBe(reached.length === 0)
      if (closedBeyond) expect(own.some(({ outer }) => sign * (market.close[bar]! - outer) > 0)).toBe(true)
      const usual = scope.sigma[bar]! * Math.sqrt(12)
      expect(after).toBeCloseTo((sign * Math.log(market.close[bar + 12]! / market.close[bar]!)) / usual, 9)
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

  it('are six claims with everything that is needed to doubt them', () => {
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

  it('correct for every test made, also after they were first shown', () => {
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

  it('do not change when asked for again, and the ledger says that they were', () => {
    const own = new Ledger()
    const ask = () => gatherEvidence([market], [map], quick, own).magnet()
    const first = ask()
    const again = ask()
    expect([again.effect, again.p, again.low]).toEqual([first.effect, first.p, first.low])
    expect([own.tests, own.runs]).toEqual([2, 4])
    expect(again.pAdjusted).toBe(first.pAdjusted)
  })

  it('count every filter as another test, and correct it by its own p', () => {
    const own = new Ledger()
    const tests = [2, 5].flatMap(k =>
      gatherEvidence([market], [map], { ...quick, clusters: { where: (_, t) => t % 7 < k } }, own)
        .magnet()
        .tests.filter(({ p }) => !Number.isNaN(p)),
    )
    expect(tests.length).toBeGreaterThan(2)
    expect([own.tests, own.runs]).toEqual([tests.length, tests.length])
    for (const { p, pAdjusted } of tests) expect(pAdjusted).toBeGreaterThanOrEqual(p)
  })

  it('say which timeframes the data does not have', () => {
    const { assumptions, descriptive } = evidence.timeframes()
    expect(assumptions.at(-1)).toMatch(/^timeframes left out because the data is too coarse or too short .*: 15m$/)
    expect(descriptive.map(({ question }) => question.name)).toContain('pull 4h')
    expect(descriptive[0]!.pAdjusted).toBeNaN()
    // The effect is a difference between timeframes; its rates are not.
    const [pulls] = evidence.timeframes().tests
    expect(pulls!.sentence).toContain('touched in the longer ones')
    const longer = descriptive.find(({ question }) => question.name === 'pull 4h')!
    expect([pulls!.rate, pulls!.baseRate]).toEqual([longer.rate, longer.baseRate])
  })

  it('make the levels of longer bars as the given heatmap was made, also from single trades', () => {
    const trades = {
      time: Float64Array.from({ length: 4 * market.length }, (_, i) => market.time[0]! + i * 900_000),
      price: Float64Array.from({ length: 4 * market.length }, (_, i) => market.close[i >> 2]!),
      amount: new Float64Array(4 * market.length).fill(1),
      takerBuy: Uint8Array.from({ length: 4 * market.length }, (_, i) => i % 2),
    }
    const settings = resolveSettings({ ...quick, timeframes: ['1h', '4h'], stronger: ['4h'] })
    const asked = { flow: { trades }, leverage: { 20: 0.5, 50: 0.5 }, halfLife: '1d', triggerDepth: 0.001 }
    const from = liquidationMap(market, asked)
    const longer = scopesByTimeframe([makeScope(market, 0, settings, from)], settings, [from]).get('4h')![0]!
    expect(longer.assumptions).toEqual(liquidationMap(resample(market, 14_400_000), asked).assumptions)
  })

  it('compare no timeframes where the data has only shorter ones, or only longer ones', () => {
    for (const [timeframes, stronger] of [
      [['1h', '1w'], ['1w']],
      [
        ['1h', '4h'],
        ['1h', '4h'],
      ],
    ]) {
      const own = new Ledger()
      const { tests, descriptive, verdict, sentence } = gatherEvidence(
        [market],
        [map],
        { ...quick, timeframes, stronger },
        own,
      ).timeframes()
      expect(descriptive[0]!.effect).not.toBeNaN()
      for (const { effect, p, n } of tests) expect([effect, p, n]).toEqual([Number.NaN, Number.NaN, 0])
      expect([verdict, own.tests]).toEqual(['inconclusive', 0])
      expect(sentence).toMatch(/0 of \d+ events can be compared, too few to say anything/)
    }
  })

  it('leave longer bars out where the heatmap is of several markets', () => {
    const both = aggregateMaps([map, liquidationMap(simulateMarket({ seed: 6, bars: 1300 }), map.inputOptions)])
    const options = { ...quick, timeframes: ['1h', '4h'], stronger: ['4h'] }
    const { descriptive, assumptions } = gatherEvidence([market], [both], options, new Ledger()).timeframes()
    expect(descriptive.map(({ question }) => question.name)).toEqual(['pull 1h', 'turn 1h', 'pay 1h'])
    expect(assumptions.at(-1)).toMatch(/or the heatmap is one of several markets: 4h$/)
  })

  it('refuse what cannot be tested', () => {
    expect(() => gatherEvidence([], undefined)).toThrow('the list of markets is empty')
    expect(() => gatherEvidence([market], [map, map])).toThrow('1 markets, but 2 heatmaps')
    expect(() => gatherEvidence([simulateMarket({ seed: 1, bars: 1300 })], [map])).toThrow('of another market')
    expect(() => gatherEvidence([simulateMarket({ seed: 1, bars: 300 })], undefined)).toThrow('needs at least 324')
    expect(() => gatherEvidence([market], [map], { reach: [2, 1] })).toThrow('reach: 2,1, but expected')
    expect(() => gatherEvidence([market], [map], { stronger: ['2d'] })).toThrow('stronger: 2d, but expected')
    expect(() => gatherEvidence([market], [map], { seed: 0.5 })).toThrow('seed: 0.5, but expected a whole number')
    expect(() => gatherEvidence([market], [map], { timeframes: ['1h', 'x'] })).toThrow('timeframes: "x" is not a')
    expect(() => gatherEvidence([market], [map], { stronger: '4h' as never })).toThrow(
      'stronger: 4h, but expected a list',
    )
    expect(() => gatherEvidence([market], undefined, { levels: 'pivots' as never })).toThrow('levels: pivots, but')
  })

  it('refuse levels from two places, of which one would do nothing', () => {
    const levels = (of: Market) => pivotLevels(of, 4)
    expect(() => gatherEvidence([market], [map], { levels })).toThrow('evidence, levels: a heatmap is given as well')
    expect(() => gatherEvidence([market], [map], { map: { halfLife: '1d' } })).toThrow('evidence, map: a heatmap is')
    expect(() => gatherEvidence([market], undefined, { levels, clusters: {} })).toThrow('clusters: levels are given')
    expect(() => gatherEvidence([market], [map], { levels: undefined, map: undefined })).not.toThrow()
  })

  it('are refused with levels of another market, though it has as many bars', () => {
    const market = simulateMarket({ seed: 1, bars: 1300 })
    const levels = () => pivotLevels(simulateMarket({ seed: 2, bars: 1300 }))
    expect(() => gatherEvidence([market], undefined, { levels }).magnet()).toThrow(
      /they are of other prices: the close at/,
    )
  })
})
