/** The claims of stops and of observed positions: what is planted is found, what is not is not, and nothing is known early. */
import { describe, expect, it } from 'vitest'
import { barMoves } from '../../src/evidence/bar-moves.ts'
import { gatherEvidence } from '../../src/evidence/evidence.ts'
import { resolveEvidence } from '../../src/evidence/evidence-options.ts'
import { Ledger } from '../../src/evidence/ledger.ts'
import { levelPairs } from '../../src/evidence/level-pairs.ts'
import { createScope, type Scope } from '../../src/evidence/scope.ts'
import { observedMap } from '../../src/liquidation/observed/observed-map.ts'
import type { Market } from '../../src/market/market.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { simulatedPositions } from '../../src/simulate/simulated-positions.ts'
import { prefix } from '../market/fixtures.ts'
import { swingMarket } from './swing-stops.ts'

const HORIZON = 12
const options = { horizon: HORIZON, resamples: 400 }
const settings = resolveEvidence(options)

/** Pairs and moves of the first bars, whose outcomes are known, are the same where the data ends. */
function expectNothingEarly(whole: Scope, partOf: (bars: number) => Scope): void {
  const all = { pairs: levelPairs(whole, settings).pairs, moves: barMoves(whole, settings) }
  for (const bars of [700, 1001]) {
    const part = partOf(bars)
    const known = <T extends { bar: number }>(rows: readonly T[]) => rows.filter(({ bar }) => bar + HORIZON < bars)
    expect(levelPairs(part, settings).pairs).toEqual(known(all.pairs))
    expect(barMoves(part, settings)).toEqual(known(all.moves))
  }
  expect(all.pairs.length).toBeGreaterThan(40)
  expect(all.moves.filter(({ contact }) => contact === 'swept').length).toBeGreaterThan(5)
}

describe('stops', () => {
  const reversalOf = (seed: number, reversal: number) =>
    gatherEvidence([swingMarket(seed, 4000, reversal)], undefined, options, new Ledger()).stops().tests[1]!

  it('that lie before liquidations that draw the price are found, and where none draw it none are', () => {
    const beforeLiquidations = { survival: { 0.7: 0.5 }, stops: { at: 'survival' } } as const
    const magnetOf = (seed: number, magnet: number) => {
      const market = simulateMarket({ seed, bars: 4000, magnet })
      return gatherEvidence([market], undefined, { ...options, stops: beforeLiquidations }, new Ledger()).stops()
        .tests[0]!
    }
    for (const seed of [1, 2]) {
      const { effect, p, question } = magnetOf(seed, 3)
      expect(question.name).toBe('stops: magnet')
      expect(effect).toBeGreaterThan(0.05)
      expect(p).toBeLessThan(0.05)
      expect(magnetOf(seed, 0).p).toBeGreaterThan(0.05)
    }
  })

  it('that price turns after are found, and where it does not turn none are', () => {
    for (const seed of [1, 2, 3]) {
      const { effect, p, question } = reversalOf(seed, 1)
      expect(question.name).toBe('stops: reversal')
      expect(effect).toBeGreaterThan(0.2)
      expect(p).toBeLessThan(0.05)
      // The other way round it is as clear, with the other sign.
      expect(reversalOf(seed, -1).effect).toBeLessThan(-0.2)
    }
    const nulls = [2, 3, 4, 5, 6].map(seed => reversalOf(seed, 0))
    // Two or more of five below 5 % have a chance of 2 %.
    expect(nulls.filter(({ p }) => p < 0.05).length).toBeLessThan(2)
    expect(nulls.reduce((sum, { effect }) => sum + effect / 5, 0)).toBeLessThan(0.1)
  })

  it('are known at a close from the bars before it', () => {
    const market = swingMarket(1, 1400, 1)
    const stopsOf = (bars: Market) => createScope(bars, 0, settings).stops()!
    expectNothingEarly(stopsOf(market), bars => stopsOf(prefix(market, bars)))
  })
})

describe('observed positions', () => {
  const observedOf = (market: Market) => observedMap(simulatedPositions(market, { everyBars: 12 }), market)
  const claimOf = (effect: object) => {
    const market = simulateMarket({ seed: 1, bars: 2500, ...effect })
    return gatherEvidence([market], [observedOf(market)], options, new Ledger()).observed()
  }

  it('that draw the price are found, and where they do not they are not', () => {
    const [magnet] = claimOf({ magnet: 3 }).tests
    expect(magnet!.question.name).toBe('observed: magnet')
    expect(magnet!.effect).toBeGreaterThan(0.05)
    expect(magnet!.p).toBeLessThan(0.05)
    const none = claimOf({})
    expect(none.verdict).not.toBe('supported')
    expect(none.tests[0]!.p).toBeGreaterThan(0.05)
  })

  it('are known from the close of their reading on', () => {
    const market = simulateMarket({ seed: 1, bars: 1400 })
    const positions = simulatedPositions(market, { everyBars: 8 })
    const scopeOf = (bars: Market) => createScope(bars, 0, settings, observedMap(positions, bars))
    expectNothingEarly(scopeOf(market), bars => scopeOf(prefix(market, bars)))
  })
})
