import { backtest } from '../sfp/backtest.ts'
import { detectSfp } from '../sfp/detect.ts'
import type { LevelSource } from '../sfp/levels/columns.ts'
import { match } from './match.ts'
import { levelPairs, type Pair, placeboPairs } from './pairs.ts'
import { Sample } from './sample.ts'
import type { Scope } from './scope.ts'
import type { Settings } from './settings.ts'
import { type BarMove, barMoves } from './sweeps.ts'

/** The observations of one test in one or several scopes, and what became of the events on the way. */
export interface Observed {
  sample: Sample
  /** Events found, and why some of them were left out, in words. */
  events: number
  leftOut: string[]
}

type Scopes = readonly Scope[]

/** A property to be matched on, and into how many parts it is cut. */
type Feature<T> = readonly [of: (unit: T) => number, parts: number]

/** Claim 1. One observation a pair: touched − mirror touched. */
export function magnet(scopes: Scopes, settings: Settings): Observed {
  const out = empty()
  let rivalled = 0
  for (const scope of scopes) {
    const found = levelPairs(scope, settings)
    out.events += found.levels
    rivalled += found.rivalled
    const strata = bySide(out.sample, scope)
    for (const pair of found.pairs)
      out.sample.add(
        strata[pair.sign],
        knownAt(scope, pair.bar),
        Number(pair.touched) - Number(pair.mirrorTouched),
        1,
        0,
        Number(pair.touched),
        Number(pair.mirrorTouched),
      )
  }
  if (rivalled > 0) out.leftOut.push(`${rivalled} with a level as bright at the mirror image`)
  return out
}

/** Claim 1, second half: touched − mirror touched, against placebo pairs as far, after the same momentum and trend. */
export function magnetAgainstPlacebo(scopes: Scopes, settings: Settings): Observed {
  const out = empty()
  for (const scope of scopes) {
    const { pairs } = levelPairs(scope, settings)
    const placebos = placeboPairs(scope, settings, pairs)
    addMatched<Pair>(
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

/** Claim 2. Return against the sweep after bars that went through half of a level or more, against bars alike that met none. */
export function reversal(scopes: Scopes, settings: Settings): Observed {
  return compareMoves(
    scopes,
    settings,
    move => -move.after,
    ({ met }) => {
      if (met === 'touched') return null
      return met === 'swept'
    },
  )
}

/** Claim 6. Return in the direction of a close beyond a level, against closes alike that met none. */
export function continuation(scopes: Scopes, settings: Settings): Observed {
  return compareMoves(
    scopes,
    settings,
    move => move.after,
    ({ met, closedBeyond, closeMove }) => {
      if (closedBeyond) return true
      return met === 'free' && closeMove > 0 ? false : null
    },
  )
}

/** What moves are matched on: size of the move, its close, the usual move, and what came before. */
const MOVE_FEATURES: readonly Feature<BarMove>[] = [
  [move => move.move, 6],
  [move => move.closeMove, 5],
  [move => move.logSigma, 3],
  [move => move.momentum, 3],
]

/** @param role true = treated, false = may be a control, null = neither */
function compareMoves(
  scopes: Scopes,
  settings: Settings,
  outcome: (move: BarMove) => number,
  role: (move: BarMove) => boolean | null,
): Observed {
  const out = empty()
  for (const scope of scopes) {
    const moves = barMoves(scope, settings).filter(move => role(move) !== null)
    const strata = bySide(out.sample, scope)
    addMatched(out, scope, strata, moves, move => role(move) === true, outcome, MOVE_FEATURES)
  }
  return out
}

/** Claim 5, first half: are converging clusters touched more often than others as bright and as far? */
export function convergingMagnet(scopes: Scopes, settings: Settings): Observed {
  const out = empty()
  for (const scope of scopes) {
    const { pairs } = levelPairs(scope, settings)
    addMatched<Pair>(
      out,
      scope,
      bySide(out.sample, scope),
      pairs,
      pair => pair.convergence >= settings.converging,
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

/** Claim 5, second half: does price turn more after sweeps of converging clusters than of others as bright? */
export function convergingReversal(scopes: Scopes, settings: Settings): Observed {
  const out = empty()
  for (const scope of scopes)
    addMatched<BarMove>(
      out,
      scope,
      bySide(out.sample, scope),
      barMoves(scope, settings).filter(move => move.met === 'swept'),
      move => move.convergence >= settings.converging,
      move => -move.after,
      [
        [move => move.brightness, 5],
        [move => move.move, 3],
        [move => move.closeMove, 3],
      ],
    )
  return out
}

/** Claim 3, first half: net result of SFP trades in multiples of the risk. */
export function sfpNet(scopes: Scopes, settings: Settings): Observed {
  const out = empty()
  for (const scope of scopes) {
    const stratum = out.sample.addStratum({ family: '', market: scope.index, side: 'both', sign: 1 })
    for (const trade of tradesOn(scope, scope.source, settings)) {
      out.events++
      out.sample.add(stratum, knownAt(scope, trade.signal.bar), trade.r, 1, 0)
    }
  }
  return out
}

/** Claim 3, second half: the same trades against those on placebo levels, mirrored and at random distances. */
export function sfpAgainstPlacebo(scopes: Scopes, settings: Settings): Observed {
  const out = empty()
  for (const scope of scopes) {
    const strata = bySide(out.sample, scope)
    for (const [index, levels] of [scope.source, ...scope.placebos()].entries())
      for (const trade of tradesOn(scope, levels, settings)) {
        if (index === 0) out.events++
        // A long trade follows the sweep of a low.
        const stratum = strata[trade.side === 'long' ? -1 : 1]
        out.sample.add(stratum, knownAt(scope, trade.signal.bar), trade.r, Number(index === 0), Number(index > 0))
      }
  }
  return out
}

function tradesOn({ market }: Scope, levels: LevelSource, { detect, trade }: Settings) {
  const { trades } = backtest(market, detectSfp(market, levels, detect), trade)
  return trades.filter(({ reason }) => reason !== 'end')
}

/**
 * One sample of several timeframes' observations: those claimed to be stronger against the others. Without any of either
 * there is nothing to compare, and what is left must not pass for a comparison.
 */
export function againstEachOther(observed: ReadonlyMap<string, Observed>, stronger: readonly string[]): Observed {
  const out = empty()
  for (const [timeframe, { sample, events }] of observed) {
    out.sample.append(sample, timeframe, stronger.includes(timeframe) ? 1 : -1)
    out.events += events
  }
  const signs = new Set(out.sample.strata.map(({ sign }) => sign))
  if (signs.size === 2) return out
  return { ...empty(), events: out.events, leftOut: ['all of it, as there are no timeframes to compare it with'] }
}

function addMatched<T extends { bar: number; sign: 1 | -1 }>(
  out: Observed,
  scope: Scope,
  strata: Record<1 | -1, number>,
  units: readonly T[],
  isTreated: (unit: T) => boolean,
  outcome: (unit: T) => number,
  features: readonly Feature<T>[],
  hit: (unit: T) => number = unit => Number(outcome(unit) > 0),
): void {
  const { a, b, treated, matched } = match(
    {
      treated: units.map(unit => Number(isTreated(unit))),
      group: units.map(unit => unit.sign),
      features: features.map(([of]) => units.map(of)),
    },
    features.map(([, parts]) => parts),
  )
  out.events += treated
  if (treated > matched)
    out.leftOut.push(`${treated - matched} without a match in ${scope.market.symbol} ${scope.market.timeframe}`)
  for (const [i, unit] of units.entries())
    if (a[i]! > 0 || b[i]! > 0)
      out.sample.add(strata[unit.sign], knownAt(scope, unit.bar), outcome(unit), a[i]!, b[i]!, hit(unit))
}

function bySide(sample: Sample, { index }: Scope): Record<1 | -1, number> {
  const stratum = (side: 'high' | 'low') => sample.addStratum({ family: '', market: index, side, sign: 1 })
  return { 1: stratum('high'), [-1]: stratum('low') } as Record<1 | -1, number>
}

function knownAt({ market }: Scope, bar: number): number {
  return market.time[bar]! + market.barMs
}

function empty(): Observed {
  return { sample: new Sample(), events: 0, leftOut: [] }
}
