import type { Scope } from './scope.ts'
import { type Settings, WARM_UP } from './settings.ts'

/** What one bar did on one side of the close before it. */
export interface BarMove {
  /** Bar at whose close all of it is known. */
  bar: number
  sign: 1 | -1
  /** From the close before to the bar's extreme on this side, and to its close, in usual moves of a bar. */
  move: number
  closeMove: number
  /** ln of the usual move of a bar. */
  logSigma: number
  /** Return of the last horizon before the bar, towards this side, in usual moves over the horizon. */
  momentum: number
  /** `swept`: it went through at least half of a level; `touched`: into one at most; `free`: it met none. */
  met: 'swept' | 'touched' | 'free'
  /** It closed beyond a level's outer edge. */
  closedBeyond: boolean
  /** Of the levels swept: the highest convergence, and the brightness of the brightest. */
  convergence: number
  brightness: number
  /** Return over the horizon after the close in the direction of the move, in usual moves over the horizon. */
  after: number
}

/** Share of a level's width in ln(price) that a bar must go through to have consumed it. */
const SWEPT = 0.5

/** Every bar that moved to a side, by what it met there. Levels are those known at the close before. */
export function barMoves({ market, record, sigma, brightness }: Scope, { horizon }: Settings): BarMove[] {
  const { high, low, close } = market
  const { offset, inner, outer, convergence, spent } = record
  const moves: BarMove[] = []
  for (let t = Math.max(WARM_UP, horizon + 1); t + horizon < market.length; t++) {
    const before = Math.log(close[t - 1]!)
    const now = Math.log(close[t]!)
    const unit = sigma[t - 1]!
    if (!(unit > 0 && sigma[t]! > 0)) continue
    const after = (Math.log(close[t + horizon]!) - now) / (sigma[t]! * Math.sqrt(horizon))
    for (const sign of [1, -1] as const) {
      const extreme = Math.log(sign > 0 ? high[t]! : low[t]!)
      const move = (sign * (extreme - before)) / unit
      if (!(move > 0)) continue
      const found: BarMove = {
        bar: t,
        sign,
        move,
        closeMove: (sign * (now - before)) / unit,
        logSigma: Math.log(unit),
        momentum: (sign * (before - Math.log(close[t - 1 - horizon]!))) / (unit * Math.sqrt(horizon)),
        met: 'free',
        closedBeyond: false,
        convergence: 0,
        brightness: -Infinity,
        after: sign * after,
      }
      for (let i = offset[t - 1]!; i < offset[t]!; i++) {
        if (spent[i] || record.sign[i] !== sign || sign * (extreme - inner[i]!) < 0) continue
        if (sign * (extreme - inner[i]!) < SWEPT * sign * (outer[i]! - inner[i]!)) {
          if (found.met === 'free') found.met = 'touched'
          continue
        }
        found.met = 'swept'
        found.convergence = Math.max(found.convergence, convergence[i]!)
        found.brightness = Math.max(found.brightness, brightness[i]!)
        if (sign * (now - outer[i]!) > 0) found.closedBeyond = true
      }
      moves.push(found)
    }
  }
  return moves
}
