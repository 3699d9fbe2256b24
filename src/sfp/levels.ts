import { type ClusterRule, findClusters, resolveRule } from '../liquidation/clusters.ts'
import type { LiquidationMap } from '../liquidation/map.ts'
import type { Market } from '../market/market.ts'

/** A price zone that may be swept: a high above the price or a low below it. */
export interface Level {
  kind: 'high' | 'low'
  /** Edge nearest to the price, and the farthest one; equal for a line. */
  inner: number
  outer: number
  /** For choosing among levels swept together: USD of a cluster, 1 for a line. */
  strength: number
  /** Tiers that converge in it; 0 for a line. */
  convergence: number
  /** The bar at whose close it is known first. */
  since: number
}

/** Where a detector takes its levels from. */
export interface LevelSource {
  readonly name: string
  /** Calls back for every bar in order, with the levels known at its close. */
  replay(visit: (t: number, levels: readonly Level[]) => void): void
}

export interface ClusterLevelOptions extends ClusterRule {
  /** Only the so many brightest clusters of each side. Default 1. */
  brightest?: number
  /** Only clusters in which at least so many tiers converge. Default 1. */
  minConvergence?: number
}

/** The brightest clusters of a map, bar by bar. A cluster counts as known since the close of the bar it was seen at. */
export function clusterLevels(map: LiquidationMap, options: ClusterLevelOptions = {}): LevelSource {
  const { brightest = 1, minConvergence = 1, ...given } = options
  const rule = resolveRule(given)
  if (!(brightest >= 1)) throw new RangeError(`brightest: ${brightest}, but expected 1 or more`)
  // A cluster that is left out for its convergence makes room for a dimmer one.
  const most = minConvergence > 1 ? Infinity : brightest
  return {
    name: `${brightest === 1 ? 'brightest cluster' : `${brightest} brightest clusters`} of each side${minConvergence > 1 ? `, ${minConvergence}+ tiers` : ''}`,
    replay(visit) {
      map.replay((t, book) => {
        const levels: Level[] = []
        for (const side of ['long', 'short'] as const) {
          let taken = 0
          for (const cluster of findClusters(book, side, map.market.close[t]!, map.options.binWidth, rule, most)) {
            if (cluster.convergence < minConvergence) continue
            if (++taken > brightest) break
            const above = side === 'short'
            levels.push({
              kind: above ? 'high' : 'low',
              inner: above ? cluster.low : cluster.high,
              outer: above ? cluster.high : cluster.low,
              strength: cluster.notional,
              convergence: cluster.convergence,
              since: t,
            })
          }
        }
        visit(t, levels)
      })
    },
  }
}

/**
 * The last swing high and swing low: bar j is a swing high when its high is the maximum of bars j−wing … j+wing, which is
 * known at the close of bar j+wing. A newer swing replaces the older one of its kind.
 */
export function pivotLevels(market: Market, wing = 10): LevelSource {
  if (!(Number.isInteger(wing) && wing > 0)) throw new RangeError(`wing: ${wing}, but expected a whole number above 0`)
  const { high, low, length } = market
  const line = (kind: 'high' | 'low', price: number, since: number): Level => ({
    kind,
    inner: price,
    outer: price,
    strength: 1,
    convergence: 0,
    since,
  })
  return {
    name: `last swing high and low (${wing} bars each side)`,
    replay(visit) {
      let lastHigh: Level | null = null
      let lastLow: Level | null = null
      let levels: Level[] = []
      for (let t = 0; t < length; t++) {
        const j = t - wing
        if (j >= wing) {
          let isHigh = true
          let isLow = true
          for (let i = j - wing; i <= t && (isHigh || isLow); i++) {
            if (high[i]! > high[j]!) isHigh = false
            if (low[i]! < low[j]!) isLow = false
          }
          if (isHigh) lastHigh = line('high', high[j]!, t)
          if (isLow) lastLow = line('low', low[j]!, t)
          if (isHigh || isLow) levels = [lastHigh, lastLow].filter(level => level !== null)
        }
        visit(t, levels)
      }
    },
  }
}
