import type { LevelHistogram } from './histogram.ts'
import type { Effect } from './options.ts'

/** Levels farther than this many bins (10 %) are out of sight, and those within one bin are too near to be drawn to. */
const SIGHT = 50
const NEAREST = 2
/** A cluster has at least this many times the mean of what is in sight; at `FULL` times it has its full strength. */
const BRIGHT = 2
const FULL = 4
/** Distance in bins (2 %) at which the pull has fallen to a half. */
const HALF_PULL = 10
/** A tier counts towards convergence from this share of the cluster on. */
const TIER_SHARE = 0.15
/** Part of the drift after a sweep that is left a bar later: a time constant of 6 bars. */
const FADE = 6 / 7

interface Cluster {
  /** Edges in bins. */
  from: number
  to: number
  strength: number
}

/**
 * What a simulated market's liquidation levels do to its price, where that is wanted: the drift for the next bar from what the
 * bars before have left. It looks at the true levels, at nothing that comes later.
 */
export class LevelEffects {
  /** In standard deviations of an hour's moves per hour. */
  drift = 0
  private after = 0
  private readonly levels: LevelHistogram
  private readonly strength: Record<Effect, number>
  private above: Cluster | null = null
  private below: Cluster | null = null

  constructor(levels: LevelHistogram, strength: Record<Effect, number>) {
    this.levels = levels
    this.strength = strength
  }

  /** Before a bar that opens at `price`: looks round, and sets {@link drift} for that bar. */
  look(price: number): void {
    const { levels, strength } = this
    const place = levels.place(price)
    const mean = this.meanInSight(Math.floor(place))
    this.below = mean > 0 ? this.nearest(1, Math.floor(place), mean) : null
    this.above = mean > 0 ? this.nearest(-1, Math.floor(place), mean) : null
    const up = this.above ? pull(this.above, place) : 0
    const down = this.below ? pull(this.below, place) : 0
    this.drift = strength.magnet * (up - down) + this.after
  }

  /** After the bar: what its extremes have reached pushes the price in the bars to come. */
  learn(low: number, high: number, close: number): void {
    this.after *= FADE
    const { above, below, levels } = this
    const { reversal, continuation } = this.strength
    const end = levels.place(close)
    if (above && levels.place(high) >= above.to)
      this.after += above.strength * ((end > above.to ? continuation : 0) - reversal)
    if (below && levels.place(low) <= below.from)
      this.after -= below.strength * ((end < below.from ? continuation : 0) - reversal)
  }

  /** Mean of a bin over all in sight on both sides. */
  private meanInSight(at: number): number {
    const longs = this.levels.of(1)
    const shorts = this.levels.of(-1)
    let sum = 0
    for (let d = NEAREST; d <= SIGHT; d++) sum += (longs[at - d] ?? 0) + (shorts[at + d] ?? 0)
    return sum / (2 * (SIGHT - NEAREST + 1))
  }

  /** The nearest bin that is bright, with its neighbours, and no less bright than those. */
  private nearest(side: 1 | -1, at: number, mean: number): Cluster | null {
    const coins = this.levels.of(side)
    const around = (bin: number) => ((coins[bin - 1] ?? 0) + (coins[bin] ?? 0) + (coins[bin + 1] ?? 0)) / 3
    for (let d = NEAREST; d <= SIGHT; d++) {
      const bin = at - side * d
      const brightness = around(bin)
      if (brightness < BRIGHT * mean || brightness < around(bin - side)) continue
      const strength = Math.min(1, (brightness / mean - 1) / (FULL - 1))
      return { from: bin - 1, to: bin + 2, strength: strength * this.convergence(side, bin) }
    }
    return null
  }

  private convergence(side: 1 | -1, bin: number): number {
    if (this.strength.convergence === 0) return 1
    const { levels } = this
    const coins = Array.from({ length: levels.tiers }, (_, tier) => levels.around(side, bin, 1, tier))
    const total = coins.reduce((sum, value) => sum + value, 0)
    const tiers = coins.filter(value => value >= TIER_SHARE * total).length
    return 1 + this.strength.convergence * Math.max(0, tiers - 1)
  }
}

function pull({ from, to, strength }: Cluster, place: number): number {
  return strength / (1 + Math.abs((from + to) / 2 - place) / HALF_PULL)
}
