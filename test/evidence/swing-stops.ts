/** A random walk that turns after taking the stops beyond its swing points. */
import type { Market } from '../../src/market/market.ts'
import { random } from '../../src/stats/random.ts'
import { marketOf } from '../market/fixtures.ts'

/** Standard deviation of a bar in ln(price). */
const SIGMA = 0.01
/** Bars on both sides of a swing point, and how far beyond it its stops lie, as a heatmap's stops have by default. */
const SWING_BARS = 10
const OFFSET = 0.001
/** Bars over which price turns after a sweep. */
const TURN_BARS = 8

/**
 * The stops lie beyond the last swing point of each side, and are gone once a bar reaches them.
 *
 * @param reversal drift against a sweep in the bars after it, in σ of a bar
 */
export function swingMarket(seed: number, bars: number, reversal: number): Market {
  const rng = random(seed, 5)
  const rows: number[][] = []
  /** Prices in ln of the stops that no bar has reached yet; NaN for none. */
  const stops = { high: Number.NaN, low: Number.NaN }
  let price = Math.log(100)
  let turn = { drift: 0, until: -1 }
  for (let t = 0; t < bars; t++) {
    const open = price
    price += SIGMA * ((t <= turn.until ? turn.drift : 0) + rng.normal())
    const wick = () => 0.3 * SIGMA * Math.abs(rng.normal())
    const [high, low] = [Math.max(open, price) + wick(), Math.min(open, price) - wick()]
    rows.push([open, high, low, price].map(Math.exp).concat(100 * Math.exp(0.5 * rng.normal())))
    for (const [side, sign, extreme] of [
      ['high', 1, high],
      ['low', -1, low],
    ] as const) {
      if (!(sign * (extreme - stops[side]) >= 0)) continue
      turn = { drift: -sign * reversal, until: t + TURN_BARS }
      stops[side] = Number.NaN
    }
    const at = t - SWING_BARS
    if (at < SWING_BARS) continue
    const around = rows.slice(at - SWING_BARS, t + 1)
    if (around.every(row => row[1]! <= rows[at]![1]!)) stops.high = Math.log(rows[at]![1]!) + OFFSET
    if (around.every(row => row[2]! >= rows[at]![2]!)) stops.low = Math.log(rows[at]![2]!) - OFFSET
  }
  return marketOf(rows)
}
