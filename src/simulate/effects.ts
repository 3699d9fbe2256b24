import type { LevelHistogram } from './histogram.ts'
import type { Effect } from './options.ts'

/** Levels farther than this many bins (10 %) are out of sight, and those within two bins too near to be drawn to. */
const SIGHT = 50
const NEAREST = 2
/** A cluster has at least this many times the mean of what is in sight; at `FULL` times it has its full strength. */
const BRIGHT = 2
const FULL = 4
/** Distance in bins (2 %) at which the pull has fallen to a half. */
const HALF_PULL = 10
/** A tier counts towards convergence from this share of the cluster on. */
const TIER_SHARE = 0.15
/** Part of the drift after a sweep that is left a bar later: in all it is 7 times that of the first bar. */
const FADE = 6 / 7
/** What sweeps leave behind never drives the price by more than this, so that one sweep does not lead to the next for ever. */
const MOST_AFTER = 1
/** Bars after which a cluster that was seen and not reached is forgotten. */
const MEMORY = 168

interface Cluster {
  /** Its brightest bin, at the same time its name. */
  bin: number
  strength: number
  /** Bar in which it was last seen bright. */
  seen: number
}

/**
 * What a simulated market's liquidation levels do to its price, where that is wanted: the drift for the next bar from what the
 * bars before have left. It looks at the true levels, and at nothing that comes later.
 */
export class LevelEffects {
  /** In standard deviations of an hour's moves per hour. */
  drift = 0
  #after = 0
  #bar = 0
  readonly #levels: LevelHistogram
  readonly #strength: Record<Effect, number>
  /** Clusters seen and not yet reached. Stops thin them out as the price comes near, so what counts is how bright they were. */
  #above: Cluster[] = []
  #below: Cluster[] = []

  constructor(levels: LevelHistogram, strength: Record<Effect, number>) {
    this.#levels = levels
    this.#strength = strength
  }

  /** Before a bar that opens at `price`: looks round, and sets {@link drift} for that bar. */
  look(price: number): void {
    const levels = this.#levels
    const place = levels.place(price)
    const at = Math.floor(place)
    const mean = this.#meanInSight(at)
    const below = mean > 0 ? this.#nearest(1, at, mean) : null
    const above = mean > 0 ? this.#nearest(-1, at, mean) : null
    if (below) this.#below = this.#remember(this.#below, below)
    if (above) this.#above = this.#remember(this.#above, above)
    this.drift = this.#strength.magnet * (pull(above, place) - pull(below, place)) + this.#after
  }

  /** After the bar: what its extremes have reached pushes the price in the bars to come. */
  learn(low: number, high: number, close: number): void {
    const levels = this.#levels
    const end = levels.place(close)
    const top = levels.place(high)
    const bottom = levels.place(low)
    this.#after *= FADE
    this.#after += this.#push(
      this.#above,
      cluster => cluster.bin + 0.5 <= top,
      cluster => cluster.bin + 1 < end,
    )
    this.#after -= this.#push(
      this.#below,
      cluster => cluster.bin + 0.5 >= bottom,
      cluster => cluster.bin > end,
    )
    this.#after = Math.max(-MOST_AFTER, Math.min(MOST_AFTER, this.#after))
    const old = this.#bar - MEMORY
    this.#above = this.#above.filter(({ bin, seen }) => bin + 0.5 > top && seen > old)
    this.#below = this.#below.filter(({ bin, seen }) => bin + 0.5 < bottom && seen > old)
    this.#bar++
  }

  /** Drift outwards from the strongest of the clusters that were reached. */
  #push(
    clusters: readonly Cluster[],
    reached: (cluster: Cluster) => boolean,
    beyond: (cluster: Cluster) => boolean,
  ): number {
    let strongest: Cluster | null = null
    for (const cluster of clusters)
      if (reached(cluster) && !(strongest && strongest.strength >= cluster.strength)) strongest = cluster
    if (!strongest) return 0
    const { reversal, continuation } = this.#strength
    return strongest.strength * ((beyond(strongest) ? continuation : 0) - reversal)
  }

  /** A cluster's peak may wander by a bin from look to look: it stays one cluster, as strong as it ever was. */
  #remember(clusters: Cluster[], found: Cluster): Cluster[] {
    const known = clusters.find(({ bin }) => Math.abs(bin - found.bin) <= 1)
    if (!known) return [...clusters, found]
    known.strength = Math.max(known.strength, found.strength)
    known.seen = found.seen
    return clusters
  }

  /** Mean of a bin over all in sight on both sides. */
  #meanInSight(at: number): number {
    const longs = this.#levels.of(1)
    const shorts = this.#levels.of(-1)
    let sum = 0
    for (let d = NEAREST; d <= SIGHT; d++) sum += (longs[at - d] ?? 0) + (shorts[at + d] ?? 0)
    return sum / (2 * (SIGHT - NEAREST + 1))
  }

  /** The nearest bin that is bright, with its neighbours, and no less bright than the next. */
  #nearest(side: 1 | -1, at: number, mean: number): Cluster | null {
    const coins = this.#levels.of(side)
    const around = (bin: number) => ((coins[bin - 1] ?? 0) + (coins[bin] ?? 0) + (coins[bin + 1] ?? 0)) / 3
    for (let d = NEAREST; d <= SIGHT; d++) {
      const bin = at - side * d
      const brightness = around(bin)
      if (brightness < BRIGHT * mean || brightness < around(bin - side)) continue
      const strength = Math.min(1, (brightness / mean - 1) / (FULL - 1))
      return { bin, strength: strength * this.#convergence(side, bin), seen: this.#bar }
    }
    return null
  }

  #convergence(side: 1 | -1, bin: number): number {
    if (this.#strength.convergence === 0) return 1
    const levels = this.#levels
    const coins = Array.from({ length: levels.tiers }, (_, tier) => levels.around(side, bin, 1, tier))
    const total = coins.reduce((sum, value) => sum + value, 0)
    const tiers = coins.filter(value => value >= TIER_SHARE * total).length
    return 1 + this.#strength.convergence * Math.max(0, tiers - 1)
  }
}

function pull(cluster: Cluster | null, place: number): number {
  return cluster ? cluster.strength / (1 + Math.abs(cluster.bin + 0.5 - place) / HALF_PULL) : 0
}
