/** What each claim observes in a market: events, controls, outcomes and strata, against moves and pairs that are tested by themselves. */
import { describe, expect, it } from 'vitest'
import { barMoves } from '../../src/evidence/bar-moves.ts'
import { claimTests } from '../../src/evidence/claim-tests.ts'
import { resolveEvidence } from '../../src/evidence/evidence-options.ts'
import { levelPairs, placeboPairs } from '../../src/evidence/level-pairs.ts'
import { match } from '../../src/evidence/match.ts'
import {
  emptyObservations,
  type Observations,
  ObservationsPool,
  timeframeContrast,
} from '../../src/evidence/observations.ts'
import {
  continuation,
  convergingMagnet,
  convergingReversal,
  magnet,
  magnetAgainstPlacebo,
  reversal,
} from '../../src/evidence/observe.ts'
import { createScope } from '../../src/evidence/scope.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import type { Market } from '../../src/market/market.ts'
import type { Level, LevelSource } from '../../src/sfp/levels/level-source.ts'
import { random } from '../../src/stats/random.ts'
import { HOUR, marketOf } from '../market/fixtures.ts'

function walk(seed: number, bars: number): Market {
  const rng = random(seed)
  let price = 100
  return marketOf(
    Array.from({ length: bars }, () => {
      const open = price
      price *= Math.exp(0.01 * rng.normal())
      return [open, Math.max(open, price) * 1.003, Math.min(open, price) / 1.003, price]
    }),
  )
}

const line = (kind: Level['kind'], price: number, since: number, convergence = 0): Level => ({
  ...{ kind, inner: price, outer: price, strength: 1, convergence, since },
})

/** A line on each side of each close, alternately near and far, where two tiers or none meet. */
const lines = (bars: Market): LevelSource => ({
  name: 'lines',
  forEachBar(visit) {
    for (let t = 0; t < bars.length; t++) {
      const by = t % 3 === 0 ? 1.006 : 1.02
      const tiers = t % 2 === 0 ? 2 : 0
      visit(
        t,
        t % 5 === 4
          ? []
          : [line('high', bars.close[t]! * by, t, tiers), line('low', (bars.close[t]! / by) * 0.9999, t, tiers)],
      )
    }
  },
})

const market = walk(11, 500)
const settings = resolveEvidence({ levels: lines, horizon: 4, reach: [0.1, 3], converging: 2 })
const scope = createScope(market, 3, settings)
const closes = (bar: number) => market.time[bar]! + HOUR

/** Rows of a sample as they were added. */
const rowsOf = ({ sample }: Observations) =>
  sample.y.map((y, i) => ({
    side: sample.strata[sample.stratum[i]!]!.side,
    time: sample.time[i]!,
    y,
    a: sample.a[i]!,
    b: sample.b[i]!,
    hit: sample.hit[i]!,
  }))

interface Unit {
  bar: number
  sign: 1 | -1
}

/** The observations of matched units, put together from the matching. */
function matched<T extends Unit>(
  units: T[],
  isTreated: (unit: T) => boolean,
  features: [(unit: T) => number, number][],
  outcome: (unit: T) => number,
  hit = (unit: T) => Number(outcome(unit) > 0),
) {
  const found = match(
    {
      treated: units.map(unit => Number(isTreated(unit))),
      group: units.map(({ sign }) => sign),
      features: features.map(([value]) => units.map(value)),
    },
    features.map(([, bins]) => bins),
  )
  const rows = units.flatMap((unit, i) =>
    found.a[i]! > 0 || found.b[i]! > 0
      ? [
          {
            side: unit.sign > 0 ? 'high' : 'low',
            time: closes(unit.bar),
            y: outcome(unit),
            a: found.a[i]!,
            b: found.b[i]!,
            hit: hit(unit),
          },
        ]
      : [],
  )
  return { rows, events: found.treated, lost: found.treated - found.matched }
}

const exclusion = (lost: number) => (lost > 0 ? [{ why: 'without a match in BTC/USDT:USDT 1h', count: lost }] : [])

function expectMatched(observed: Observations, expected: ReturnType<typeof matched>) {
  expect(rowsOf(observed)).toEqual(expected.rows)
  expect(observed.events).toBe(expected.events)
  expect(observed.exclusions).toEqual(exclusion(expected.lost))
  expect(observed.sample.strata).toEqual(
    (['high', 'low'] as const).map(side => ({ family: '', market: 3, side, sign: 1 })),
  )
  expect(expected.rows.some(({ a }) => a > 0) && expected.rows.some(({ b }) => b > 0)).toBe(true)
}

describe('a claim observes', () => {
  const moves = barMoves(scope, settings)
  const { pairs, levels, unpaired } = levelPairs(scope, settings)
  const byMove: [(move: (typeof moves)[number]) => number, number][] = [
    [move => move.move, 6],
    [move => move.closeMove, 5],
    [move => move.logSigma, 3],
    [move => move.momentum, 3],
  ]
  const drawn = (pair: (typeof pairs)[number]) => Number(pair.touched) - Number(pair.mirrorTouched)

  it('pairs: touched less mirror touched, by side', () => {
    const { sample, events, exclusions } = magnet(scope, settings)
    expect(rowsOf({ sample, events, exclusions })).toEqual(
      pairs.map(pair => ({
        side: pair.sign > 0 ? 'high' : 'low',
        time: closes(pair.bar),
        y: drawn(pair),
        a: 1,
        b: 0,
        hit: Number(pair.touched),
      })),
    )
    expect(sample.base).toEqual(pairs.map(pair => Number(pair.mirrorTouched)))
    expect(events).toBe(levels)
    expect(exclusions).toEqual(
      unpaired > 0 ? [{ why: 'with a level as bright at the mirror image', count: unpaired }] : [],
    )
  })

  it('pairs against placebo pairs of the same distance and past', () => {
    const units = [...pairs, ...placeboPairs(scope, settings, pairs)]
    const expected = matched(
      units,
      pair => !Number.isNaN(pair.brightness),
      [
        [pair => pair.distance, 6],
        [pair => pair.momentum, 5],
        [pair => pair.trend, 5],
      ],
      drawn,
      pair => Number(pair.touched),
    )
    expectMatched(magnetAgainstPlacebo(scope, settings), expected)
  })

  it('returns against moves that swept a level, beside those that reached none', () => {
    const units = moves.filter(({ contact }) => contact !== 'touched')
    const expected = matched(
      units,
      ({ contact }) => contact === 'swept',
      byMove,
      move => -move.futureReturn,
    )
    expectMatched(reversal(scope, settings), expected)
  })

  it('returns along closes beyond a level, beside closes of that side that reached none', () => {
    const units = moves.filter(
      ({ contact, closedBeyond, closeMove }) => closedBeyond || (contact === 'none' && closeMove > 0),
    )
    expectMatched(
      continuation(scope, settings),
      matched(
        units,
        ({ closedBeyond }) => closedBeyond,
        byMove,
        move => move.futureReturn,
      ),
    )
  })

  it('levels at which tiers converge beside others as bright', () => {
    expectMatched(
      convergingMagnet(scope, settings),
      matched(
        pairs,
        ({ convergence }) => convergence >= 2,
        [
          [pair => pair.brightness, 5],
          [pair => pair.distance, 5],
        ],
        drawn,
        pair => Number(pair.touched),
      ),
    )
    expectMatched(
      convergingReversal(scope, settings),
      matched(
        moves.filter(({ contact }) => contact === 'swept'),
        ({ convergence }) => convergence >= 2,
        [
          [move => move.brightness, 5],
          [move => move.move, 3],
          [move => move.closeMove, 3],
        ],
        move => -move.futureReturn,
      ),
    )
    const none = { ...scope, converging: Infinity }
    for (const observe of [convergingMagnet, convergingReversal])
      expect(observe(none, settings).incomparable).toBe(
        'the map of BTC/USDT:USDT has fewer than two of the tiers that are to converge',
      )
    expect(convergingMagnet(scope, settings).incomparable).toBeUndefined()
  })
})

describe('tiers that converge', () => {
  const bars = walk(2, 30)
  const map = liquidationMap(bars, { flow: { from: 'volume' }, leverage: { 10: 0.5, 25: 0.3, 50: 0.2 } })
  const converging = (value?: number | number[]) =>
    createScope(bars, 0, resolveEvidence(value === undefined ? {} : { converging: value }), map).converging

  it('are those that the map has, by default, and all that are named', () => {
    expect(converging()).toBe(2)
    expect(converging([10, 25, 50])).toBe(3)
    expect(converging(3)).toBe(3)
    expect(() => converging([25, 100])).toThrow(
      'converging: [25,100], but expected tiers of the map of BTC/USDT:USDT: 10x, 25x, 50x',
    )
    const few = liquidationMap(bars, { flow: { from: 'volume' }, leverage: { 10: 0.5, 25: 0.5 } })
    expect(createScope(bars, 0, resolveEvidence({}), few).converging).toBe(Infinity)
    expect(scope.converging).toBe(2)
    expect(createScope(market, 0, resolveEvidence({ levels: lines, converging: [5, 6, 7] })).converging).toBe(3)
  })

  it('name the tests of the claim', () => {
    const effect = (value: number | number[]) =>
      claimTests('convergence', resolveEvidence({ converging: value }), new Set())
        .map(({ question }) => question.effect)
        .join()
    expect(effect(3)).toContain('3+ tiers')
    expect(effect([25, 50])).toContain('Clusters of 25x, 50x together')
  })
})

describe('observations put together', () => {
  const poolObservations = (parts: readonly Observations[]): Observations => {
    const pool = new ObservationsPool()
    for (const part of parts) pool.add(part)
    return pool.finish()
  }
  const part = (events: number, exclusions: Observations['exclusions'], incomparable?: string): Observations => {
    const out = { ...emptyObservations(), events, exclusions, ...(incomparable !== undefined && { incomparable }) }
    out.sample.addStratum({ family: '', market: events, side: 'both', sign: 1 })
    out.sample.add(0, events, 1, 1, 0)
    return out
  }

  it('sum events and what was excluded, by reason', () => {
    const pooled = poolObservations([
      part(3, [{ why: 'x', count: 2 }, { why: 'y' }]),
      part(4, [
        { why: 'x', count: 5 },
        { why: 'z', count: 1 },
      ]),
    ])
    expect(pooled.events).toBe(7)
    expect(pooled.exclusions).toEqual([{ why: 'x', count: 7 }, { why: 'y' }, { why: 'z', count: 1 }])
    expect(pooled.sample.stratum).toEqual([0, 1])
    expect('incomparable' in pooled).toBe(false)
    expect(poolObservations([])).toStrictEqual(emptyObservations())
  })

  it('cannot be compared only if those of no market can', () => {
    expect(poolObservations([part(1, [], 'why'), part(2, [], 'other')])).toMatchObject({
      incomparable: 'why',
      exclusions: [],
    })
    const some = poolObservations([part(1, []), part(2, [{ why: 'x', count: 1 }], 'why')])
    expect('incomparable' in some).toBe(false)
    expect(some.exclusions).toEqual([{ why: 'why' }, { why: 'x', count: 1 }])
  })

  it('contrast longer timeframes with shorter ones, if there are both', () => {
    const both = timeframeContrast(
      new Map([
        ['1h', part(3, [])],
        ['4h', part(4, [])],
      ]),
      ['4h'],
    )
    expect(both.sample.strata.map(({ family, sign }) => [family, sign])).toEqual([
      ['1h', -1],
      ['4h', 1],
    ])
    expect([both.events, both.incomparable]).toEqual([7, undefined])
    const why = (names: string[], stronger: string[], empty = false) =>
      timeframeContrast(
        new Map(names.map(name => [name, empty && name === '4h' ? emptyObservations() : part(1, [])])),
        stronger,
      )
    expect(why(['4h', '1d'], ['4h', '1d'])).toMatchObject({
      events: 2,
      incomparable: 'there is no shorter timeframe to compare 4h, 1d with',
    })
    expect(why(['1h'], ['4h']).incomparable).toBe('there is no longer timeframe to compare 1h with')
    expect(why([], ['4h']).incomparable).toBe('there is no shorter timeframe to compare them with')
    expect(why(['1h', '4h'], ['4h'], true).incomparable).toBe('only one of the two groups of timeframes has events')
    expect(why(['1h', '4h'], ['4h'], true).sample.y).toEqual([])
  })
})
