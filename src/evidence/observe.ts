/** Observations of each test: treated events and their controls. */
import { backtest } from '../sfp/backtest.ts'
import { detectSfp } from '../sfp/detect.ts'
import type { LevelSource } from '../sfp/levels/level-source.ts'
import { type BarMove, barMoves } from './bar-moves.ts'
import type { EvidenceSettings } from './evidence-options.ts'
import { type LevelPair, levelPairs, placeboPairs } from './level-pairs.ts'
import { match } from './match.ts'
import { Sample } from './sample.ts'
import type { Scope } from './scope.ts'

/** The observations of one test in one or several scopes. */
export interface Observations {
  sample: Sample
  /** Events found, including excluded ones. */
  events: number
  /** Why events were excluded, in words. */
  exclusions: string[]
  /** Why there is nothing to compare the events with, in words; absent if there may be. */
  incomparable?: string
}

type Scopes = readonly Scope[]

/** A covariate to match on, and its number of bins. */
type Feature<T> = readonly [value: (unit: T) => number, bins: number]

/** Claim 1: one observation per pair, touched − mirror touched. */
export function magnet(scopes: Scopes, settings: EvidenceSettings): Observations {
  const out = empty()
  let unpaired = 0
  for (const scope of scopes) {
    const result = levelPairs(scope, settings)
    out.events += result.levels
    unpaired += result.unpaired
    const strata = bySide(out.sample, scope)
    for (const pair of result.pairs)
      out.sample.add(
        strata[pair.sign],
        closeTime(scope, pair.bar),
        Number(pair.touched) - Number(pair.mirrorTouched),
        1,
        0,
        Number(pair.touched),
        Number(pair.mirrorTouched),
      )
  }
  if (unpaired > 0) out.exclusions.push(`${unpaired} with a level as bright at the mirror image`)
  return out
}

/** Claim 1, second half: touched − mirror touched, against placebo pairs of the same distance, momentum and trend. */
export function magnetAgainstPlacebo(scopes: Scopes, settings: EvidenceSettings): Observations {
  const out = empty()
  for (const scope of scopes) {
    const { pairs } = levelPairs(scope, settings)
    const placebos = placeboPairs(scope, settings, pairs)
    addMatched<LevelPair>(
      out,
      scope,
      bySide(out.sample, scope),
      [...pairs, ...placebos],
      pair => !Number.isNaN(pair.brightness),
      pair => Number(pair.touched) - Number(pair.mirrorTouched),
      [
        [pair => pair.distance, 6],
        [pair => pair.momentum, 5],
        [pair => pair.trend, 5],
      ],
      pair => Number(pair.touched),
    )
  }
  return out
}

/** Claim 2: return against the move after bars that swept a level, against similar bars that reached none. */
export function reversal(scopes: Scopes, settings: EvidenceSettings): Observations {
  return compareMoves(
    scopes,
    settings,
    move => -move.futureReturn,
    ({ contact }) => {
      if (contact === 'touched') return null
      return contact === 'swept'
    },
  )
}

/** Claim 6: return in the direction of a close beyond a level, against similar closes without a level. */
export function continuation(scopes: Scopes, settings: EvidenceSettings): Observations {
  return compareMoves(
    scopes,
    settings,
    move => move.futureReturn,
    ({ contact, closedBeyond, closeMove }) => {
      if (closedBeyond) return true
      return contact === 'none' && closeMove > 0 ? false : null
    },
  )
}

/** Covariates of a move: its size, its close, volatility and momentum. */
const MOVE_FEATURES: readonly Feature<BarMove>[] = [
  [move => move.move, 6],
  [move => move.closeMove, 5],
  [move => move.logSigma, 3],
  [move => move.momentum, 3],
]

/** @param role true for treated, false for a possible control, null for neither */
function compareMoves(
  scopes: Scopes,
  settings: EvidenceSettings,
  outcome: (move: BarMove) => number,
  role: (move: BarMove) => boolean | null,
): Observations {
  const out = empty()
  for (const scope of scopes) {
    const moves = barMoves(scope, settings).filter(move => role(move) !== null)
    const strata = bySide(out.sample, scope)
    addMatched(out, scope, strata, moves, move => role(move) === true, outcome, MOVE_FEATURES)
  }
  return out
}

/** Claim 5, first half: are converging clusters touched more often than others of the same brightness and distance? */
export function convergingMagnet(scopes: Scopes, settings: EvidenceSettings): Observations {
  const out = emptyOfConverging(scopes)
  for (const scope of scopes) {
    const { pairs } = levelPairs(scope, settings)
    addMatched<LevelPair>(
      out,
      scope,
      bySide(out.sample, scope),
      pairs,
      pair => pair.convergence >= scope.converging,
      pair => Number(pair.touched) - Number(pair.mirrorTouched),
      [
        [pair => pair.brightness, 5],
        [pair => pair.distance, 5],
      ],
      pair => Number(pair.touched),
    )
  }
  return out
}

/** Claim 5, second half: does price reverse more after sweeps of converging clusters than of others as bright? */
export function convergingReversal(scopes: Scopes, settings: EvidenceSettings): Observations {
  const out = emptyOfConverging(scopes)
  for (const scope of scopes)
    addMatched<BarMove>(
      out,
      scope,
      bySide(out.sample, scope),
      barMoves(scope, settings).filter(move => move.contact === 'swept'),
      move => move.convergence >= scope.converging,
      move => -move.futureReturn,
      [
        [move => move.brightness, 5],
        [move => move.move, 3],
        [move => move.closeMove, 3],
      ],
    )
  return out
}

/** Claim 3, first half: net result of SFP trades, in multiples of the risk. */
export function sfpNet(scopes: Scopes, settings: EvidenceSettings): Observations {
  const out = empty()
  for (const scope of scopes) {
    const stratum = out.sample.addStratum({ family: '', market: scope.index, side: 'both', sign: 1 })
    for (const trade of tradesOn(scope, scope.source, settings)) {
      out.events++
      out.sample.add(stratum, closeTime(scope, trade.signal.bar), trade.r, 1, 0)
    }
  }
  return out
}

/** Claim 3, second half: the same trades against those on placebo levels (mirrored, and at random distances). */
export function sfpAgainstPlacebo(scopes: Scopes, settings: EvidenceSettings): Observations {
  const out = empty()
  for (const scope of scopes) {
    const strata = bySide(out.sample, scope)
    for (const [index, levels] of [scope.source, ...scope.placebos()].entries())
      for (const trade of tradesOn(scope, levels, settings)) {
        if (index === 0) out.events++
        // A long trade follows the sweep of a low.
        const stratum = strata[trade.side === 'long' ? -1 : 1]
        out.sample.add(stratum, closeTime(scope, trade.signal.bar), trade.r, Number(index === 0), Number(index > 0))
      }
  }
  return out
}

function tradesOn({ market }: Scope, levels: LevelSource, { detect, trade }: EvidenceSettings) {
  const { trades } = backtest(market, detectSfp(market, levels, detect), trade)
  return trades.filter(({ reason }) => reason !== 'end')
}

/**
 * One sample of several timeframes: those claimed to be stronger against the others. Empty if one group has no observations,
 * as the other alone is not a comparison.
 */
export function timeframeContrast(
  byTimeframe: ReadonlyMap<string, Observations>,
  stronger: readonly string[],
): Observations {
  const out = empty()
  for (const [timeframe, { sample, events }] of byTimeframe) {
    out.sample.append(sample, timeframe, stronger.includes(timeframe) ? 1 : -1)
    out.events += events
  }
  const signs = new Set(out.sample.strata.map(({ sign }) => sign))
  if (signs.size === 2) return out
  return { ...empty(), events: out.events, incomparable: missingTimeframe([...byTimeframe.keys()], stronger) }
}

function missingTimeframe(timeframes: readonly string[], stronger: readonly string[]): string {
  const isStronger = (timeframe: string) => stronger.includes(timeframe)
  const names = timeframes.join(', ')
  if (timeframes.every(isStronger)) return `there is no shorter timeframe to compare ${names || 'them'} with`
  if (!timeframes.some(isStronger)) return `there is no longer timeframe to compare ${names} with`
  return 'only one of the two groups of timeframes has events'
}

function addMatched<T extends { bar: number; sign: 1 | -1 }>(
  out: Observations,
  scope: Scope,
  strata: Record<1 | -1, number>,
  units: readonly T[],
  isTreated: (unit: T) => boolean,
  outcome: (unit: T) => number,
  features: readonly Feature<T>[],
  hit: (unit: T) => number = unit => Number(outcome(unit) > 0),
): void {
  const { a, b, cell, treated, matched } = match(
    {
      treated: units.map(unit => Number(isTreated(unit))),
      group: units.map(unit => unit.sign),
      features: features.map(([value]) => units.map(value)),
    },
    features.map(([, bins]) => bins),
  )
  out.events += treated
  if (treated > matched)
    out.exclusions.push(`${treated - matched} without a match in ${scope.market.symbol} ${scope.market.timeframe}`)
  for (const [i, unit] of units.entries())
    if (a[i]! > 0 || b[i]! > 0)
      out.sample.add(
        strata[unit.sign],
        closeTime(scope, unit.bar),
        outcome(unit),
        a[i]!,
        b[i]!,
        hit(unit),
        Number.NaN,
        cell[i]!,
      )
}

function bySide(sample: Sample, { index }: Scope): Record<1 | -1, number> {
  const stratum = (side: 'high' | 'low') => sample.addStratum({ family: '', market: index, side, sign: 1 })
  return { 1: stratum('high'), [-1]: stratum('low') } as Record<1 | -1, number>
}

function closeTime({ market }: Scope, bar: number): number {
  return market.time[bar]! + market.barMs
}

function emptyOfConverging(scopes: Scopes): Observations {
  const without = scopes.filter(({ converging }) => converging === Infinity)
  if (without.length === 0) return empty()
  const [{ market }] = without as [Scope]
  const reason = `the map of ${market.symbol} has fewer than two of the tiers that are to converge`
  if (without.length === scopes.length) return { ...empty(), incomparable: reason }
  return { ...empty(), exclusions: [reason] }
}

function empty(): Observations {
  return { sample: new Sample(), events: 0, exclusions: [] }
}
