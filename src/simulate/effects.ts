/** How liquidation levels drive the price of a simulated market. */
import type { LevelHistogram } from './level-histogram.ts'
import type { Effect } from './simulate-options.ts'

/** Distance of the levels that count, in bins of 0.2 %. */
const MIN_DISTANCE = 2
const MAX_DISTANCE = 50
/** A cluster has at least this multiple of the mean brightness within {@link MAX_DISTANCE}, and its full strength at the second. */
const MIN_BRIGHTNESS = 2
const FULL_BRIGHTNESS = 4
/** Distance in bins (2 %) at which the attraction has halved. */
const HALF_DISTANCE = 10
/** Smallest share of a cluster that counts as a tier of it, for convergence. */
const TIER_SHARE = 0.15
/** Factor per bar of the drift after a sweep. Over time it sums to 7 times the drift of the first bar. */
const DECAY = 6 / 7
/** Limit of the drift after sweeps, so that one sweep does not trigger the next for ever. */
const MAX_SWEEP_DRIFT = 1
/** Bars after which an unreached cluster is forgotten. */
const MEMORY_BARS = 168

interface Cluster {
  /** Its brightest bin, which also identifies it. */
  bin: number
  strength: number
  /** Bar in which it was last bright. */
  lastSeenBar: number
}

/**
 * The drift that a simulated market's true liquidation levels cause in the next bar. It depends on earlier bars only.
 */
export class LevelEffects {
  /** In standard deviations of an hour's moves per hour. */
  drift = 0
  /** Drift after sweeps. */
  #sweepDrift = 0
  #bar = 0
  readonly #levels: LevelHistogram
  readonly #strength: Record<Effect, number>
  /** Clusters not yet reached. Stops thin them out as the price approaches, so their highest strength counts. */
  #above: Cluster[] = []
  #below: Cluster[] = []

  constructor(levels: LevelHistogram, strength: Record<Effect, number>) {
    this.#levels = levels
    this.#strength = strength
  }

  /** Finds the clusters around the open of a bar and sets {@link drift} for that bar. */
  beforeBar(price: number): void {
    const levels = this.#levels
    const position = levels.binPosition(price)
    const bin = Math.floor(position)
    const mean = this.#meanBrightness(bin)
    const below = mean > 0 ? this.#nearestCluster(1, bin, mean) : null
    const above = mean > 0 ? this.#nearestCluster(-1, bin, mean) : null
    if (below) this.#below = this.#remember(this.#below, below)
    if (above) this.#above = this.#remember(this.#above, above)
    this.drift = this.#strength.magnet * (attraction(above, position) - attraction(below, position)) + this.#sweepDrift
  }

  /** Updates the drift after sweeps by the clusters that the bar reached. */
  afterBar(low: number, high: number, close: number): void {
    const levels = this.#levels
    const end = levels.binPosition(close)
    const top = levels.binPosition(high)
    const bottom = levels.binPosition(low)
    this.#sweepDrift *= DECAY
    this.#sweepDrift += this.#driftFrom(
      this.#above,
      cluster => cluster.bin + 0.5 <= top,
      cluster => cluster.bin + 1 < end,
    )
    this.#sweepDrift -= this.#driftFrom(
      this.#below,
      cluster => cluster.bin + 0.5 >= bottom,
      cluster => cluster.bin > end,
    )
    this.#sweepDrift = Math.max(-MAX_SWEEP_DRIFT, Math.min(MAX_SWEEP_DRIFT, this.#sweepDrift))
    const forgotten = this.#bar - MEMORY_BARS
    this.#above = this.#above.filter(({ bin, lastSeenBar }) => bin + 0.5 > top && lastSeenBar > forgotten)
    this.#below = this.#below.filter(({ bin, lastSeenBar }) => bin + 0.5 < bottom && lastSeenBar > forgotten)
    this.#bar++
  }

  /** Outward drift from the strongest of the clusters that were reached. */
  #driftFrom(
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

  /** Adds a cluster, or updates the one within a bin of it: peaks move between bars. It keeps its highest strength. */
  #remember(clusters: Cluster[], cluster: Cluster): Cluster[] {
    const same = clusters.find(({ bin }) => Math.abs(bin - cluster.bin) <= 1)
    if (!same) return [...clusters, cluster]
    same.strength = Math.max(same.strength, cluster.strength)
    same.lastSeenBar = cluster.lastSeenBar
    return clusters
  }

  /** Mean coins per bin within {@link MAX_DISTANCE} on both sides. */
  #meanBrightness(at: number): number {
    const longs = this.#levels.column(1)
    const shorts = this.#levels.column(-1)
    let sum = 0
    for (let d = MIN_DISTANCE; d <= MAX_DISTANCE; d++) sum += (longs[at - d] ?? 0) + (shorts[at + d] ?? 0)
    return sum / (2 * (MAX_DISTANCE - MIN_DISTANCE + 1))
  }

  /** The nearest bin that, averaged with its neighbours, is bright and at least as bright as the next bin. */
  #nearestCluster(side: 1 | -1, at: number, mean: number): Cluster | null {
    const coins = this.#levels.column(side)
    const around = (bin: number) => ((coins[bin - 1] ?? 0) + (coins[bin] ?? 0) + (coins[bin + 1] ?? 0)) / 3
    for (let d = MIN_DISTANCE; d <= MAX_DISTANCE; d++) {
      const bin = at - side * d
      const brightness = around(bin)
      if (brightness < MIN_BRIGHTNESS * mean || brightness < around(bin - side)) continue
      const strength = Math.min(1, (brightness / mean - 1) / (FULL_BRIGHTNESS - 1))
      return { bin, strength: strength * this.#convergence(side, bin), lastSeenBar: this.#bar }
    }
    return null
  }

  #convergence(side: 1 | -1, bin: number): number {
    if (this.#strength.convergence === 0) return 1
    const levels = this.#levels
    const coins = Array.from({ length: levels.tiers }, (_, tier) => levels.tierCoinsAround(side, bin, 1, tier))
    const total = coins.reduce((sum, value) => sum + value, 0)
    const tiers = coins.filter(value => value >= TIER_SHARE * total).length
    return 1 + this.#strength.convergence * Math.max(0, tiers - 1)
  }
}

function attraction(cluster: Cluster | null, position: number): number {
  return cluster ? cluster.strength / (1 + Math.abs(cluster.bin + 0.5 - position) / HALF_DISTANCE) : 0
}
