/** Moves of bars against the levels known before them. */

import { type EvidenceSettings, WARM_UP } from './evidence-options.ts'
import type { Scope } from './scope.ts'

/** Move of one bar to one side of the previous close. */
export interface BarMove {
  /** The bar; everything but `futureReturn` is known at its close. */
  bar: number
  sign: 1 | -1
  /** From the previous close to the extreme on this side, and to the close, in σ of a bar. */
  move: number
  closeMove: number
  /** ln of σ of a bar. */
  logSigma: number
  /** Return towards this side over the horizon before the bar, in σ over the horizon. */
  momentum: number
  /** `swept`: went through at least half of a level; `touched`: went less far into one; `none`: reached no level. */
  contact: 'swept' | 'touched' | 'none'
  /** Whether it closed beyond a level's outer edge. */
  closedBeyond: boolean
  /** Highest convergence and highest brightness of the swept levels. */
  convergence: number
  brightness: number
  /** Return in the direction of the move over the horizon after the close, in σ over the horizon. */
  futureReturn: number
}

/** Share of a level's width in ln(price) that a bar must go through to sweep it. */
const MIN_SWEEP_DEPTH = 0.5

/** The moves of all bars, with the levels known at the previous close that they reached. */
export function barMoves({ market, record, sigma, brightness }: Scope, { horizon }: EvidenceSettings): BarMove[] {
  const { high, low, close } = market
  const { offset, inner, outer, convergence, consumed } = record
  const moves: BarMove[] = []
  const end = Math.min(market.length - horizon, record.lastBar + 2)
  for (let t = Math.max(WARM_UP, horizon + 1, record.firstBar + 1); t < end; t++) {
    const previousClose = Math.log(close[t - 1]!)
    const closeNow = Math.log(close[t]!)
    const unit = sigma[t - 1]!
    if (!(unit > 0 && sigma[t]! > 0)) continue
    const futureReturn = (Math.log(close[t + horizon]!) - closeNow) / (sigma[t]! * Math.sqrt(horizon))
    for (const sign of [1, -1] as const) {
      const extreme = Math.log(sign > 0 ? high[t]! : low[t]!)
      const move = (sign * (extreme - previousClose)) / unit
      if (!(move > 0)) continue
      const barMove: BarMove = {
        bar: t,
        sign,
        move,
        closeMove: (sign * (closeNow - previousClose)) / unit,
        logSigma: Math.log(unit),
        momentum: (sign * (previousClose - Math.log(close[t - 1 - horizon]!))) / (unit * Math.sqrt(horizon)),
        contact: 'none',
        closedBeyond: false,
        convergence: 0,
        brightness: -Infinity,
        futureReturn: sign * futureReturn,
      }
      for (let i = offset[t - 1]!; i < offset[t]!; i++) {
        if (consumed[i] || record.sign[i] !== sign || sign * (extreme - inner[i]!) < 0) continue
        if (sign * (extreme - inner[i]!) < MIN_SWEEP_DEPTH * sign * (outer[i]! - inner[i]!)) {
          if (barMove.contact === 'none') barMove.contact = 'touched'
          continue
        }
        barMove.contact = 'swept'
        barMove.convergence = Math.max(barMove.convergence, convergence[i]!)
        barMove.brightness = Math.max(barMove.brightness, brightness[i]!)
        if (sign * (closeNow - outer[i]!) > 0) barMove.closedBeyond = true
      }
      moves.push(barMove)
    }
  }
  return moves
}
