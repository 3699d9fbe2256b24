/** Observations of each test in a market: treated events and their controls. */
import { backtest } from '../sfp/backtest.ts'
import { detectSfp } from '../sfp/detect.ts'
import type { LevelSource } from '../sfp/levels/level-source.ts'
import { type BarMove, barMoves } from './bar-moves.ts'
import type { EvidenceSettings } from './evidence-options.ts'
import { type LevelPair, levelPairs, placeboPairs } from './level-pairs.ts'
import { match } from './match.ts'
import { emptyObservations, type Observations } from './observations.ts'
import type { Sample } from './sample.ts'
import type { Scope } from './scope.ts'

/** A covariate to match on, and its number of bins. */
type Feature<T> = readonly [value: (unit: T) => number, bins: number]

/** Claim 1: one observation per pair, touched − mirror touched. */
export function magnet(scope: Scope, settings: EvidenceSettings): Observations {
  const out = emptyObservations()
  const { pairs, levels, unpaired } = levelPairs(scope, settings)
  out.events += levels
  const strata = bySide(out.sample, scope)
  for (const pair of pairs)
    out.sample.add(
      strata[pair.sign],
      closeTime(scope, pair.bar),
      Number(pair.touched) - Number(pair.mirrorTouched),
      1,
      0,
      Number(pair.touched),
      Number(pair.mirrorTouched),
    )
  if (unpaired > 0) out.exclusions.push({ why: 'with a level as bright at the mirror image', count: unpaired })
  return out
}

/** Claim 1, second half: touched − mirror touched, against placebo pairs of the same distance, momentum and trend. */
export function magnetAgainstPlacebo(scope: Scope, settings: EvidenceSettings): Observations {
  const out = emptyObservations()
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
  return out
}

/** Claim 2: return against the move after bars that swept a level, against similar bars that reached none. */
export function reversal(scope: Scope, settings: EvidenceSettings): Observations {
  return compareMoves(
    scope,
    settings,
    move => -move.futureReturn,
    ({ contact }) => {
      if (contact === 'touched') return null
      return contact === 'swept'
    },
  )
}

/** Claim 6: return in the direction of a close beyond a level, against similar closes without a level. */
export function continuation(scope: Scope, settings: EvidenceSettings): Observations {
  return compareMoves(
    scope,
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
  scope: Scope,
  settings: EvidenceSettings,
  outcome: (move: BarMove) => number,
  role: (move: BarMove) => boolean | null,
): Observations {
  const out = emptyObservations()
  const moves = barMoves(scope, settings).filter(move => role(move) !== null)
  const strata = bySide(out.sample, scope)
  addMatched(out, scope, strata, moves, move => role(move) === true, outcome, MOVE_FEATURES)
  return out
}

/** Claim 5, first half: are converging clusters touched more often than others of the same brightness and distance? */
export function convergingMagnet(scope: Scope, settings: EvidenceSettings): Observations {
  const out = emptyOfConverging(scope)
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
  return out
}

/** Claim 5, second half: does price reverse more after sweeps of converging clusters than of others as bright? */
export function convergingReversal(scope: Scope, settings: EvidenceSettings): Observations {
  const out = emptyOfConverging(scope)
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
export function sfpNet(scope: Scope, settings: EvidenceSettings): Observations {
  const out = emptyObservations()
  const stratum = out.sample.addStratum({ family: '', market: scope.index, side: 'both', sign: 1 })
  for (const trade of tradesOn(scope, scope.source, settings)) {
    out.events++
    out.sample.add(stratum, closeTime(scope, trade.signal.bar), trade.r, 1, 0)
  }
  return out
}

/** Claim 3, second half: the same trades against those on placebo levels (mirrored, and at random distances). */
export function sfpAgainstPlacebo(scope: Scope, settings: EvidenceSettings): Observations {
  const out = emptyObservations()
  const strata = bySide(out.sample, scope)
  for (const [index, levels] of [scope.source, ...scope.placebos()].entries())
    for (const trade of tradesOn(scope, levels, settings)) {
      if (index === 0) out.events++
      // A long trade follows the sweep of a low.
      const stratum = strata[trade.side === 'long' ? -1 : 1]
      out.sample.add(stratum, closeTime(scope, trade.signal.bar), trade.r, Number(index === 0), Number(index > 0))
    }
  return out
}

function tradesOn({ market }: Scope, levels: LevelSource, { detect, trade }: EvidenceSettings) {
  const { trades } = backtest(market, detectSfp(market, levels, detect), trade)
  return trades.filter(({ reason }) => reason !== 'end')
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
    out.exclusions.push({
      why: `without a match in ${scope.market.symbol} ${scope.market.timeframe}`,
      count: treated - matched,
    })
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

function emptyOfConverging({ converging, market }: Scope): Observations {
  if (converging !== Infinity) return emptyObservations()
  const incomparable = `the map of ${market.symbol} has fewer than two of the tiers that are to converge`
  return { ...emptyObservations(), incomparable }
}
