/** Watches the clusters of a map bar by bar: what price does to them, and what has been said of it. */
import { formatTime } from '../common/duration.ts'
import { decimalText, percentText, usdText } from '../common/number-text.ts'
import { atr } from '../market/atr.ts'
import { binOf } from '../market/bins.ts'
import type { Market } from '../market/market.ts'
import { ALERT_KINDS, type AlertKind, type AlertRule } from './alert-options.ts'
import type { BookView } from './book/level-book.ts'
import { type Cluster, ClusterSearch, tierWeights } from './clusters.ts'
import { isRelative, type LiquidationMap } from './map.ts'
import type { Side } from './side.ts'

/** What happened at one close, and to which cluster. */
export interface Alert {
  /** The same for the same alert of the same bars: symbol, timeframe, kind, side, bar and cluster. */
  id: string
  kind: AlertKind
  /** The bar at whose close the alert arises, and that moment (epoch ms). */
  bar: number
  closedAt: number
  /** Whose liquidations. */
  side: Side
  /** Prices: the cluster's edges and its brightest bin. */
  low: number
  high: number
  peak: number
  /** Of the cluster, as known before the sweep; in `unit`. */
  notional: number
  unit: 'USD' | 'relative'
  /** The bar's close. */
  price: number
  /** From the close to the cluster's near edge: % and ATR, negative below the close. */
  distance: number
  distanceAtr: number
  /** The alert in a sentence. */
  text: string
}

/** A cluster as it is watched: until it is gone and price has left where it was. */
export interface Watched {
  side: Side
  /** As last seen. */
  cluster: Cluster
  /** Whether it is a cluster at the last close; else only the memory of what it has alerted. */
  isPresent: boolean
  /** Whether price has been near since it last left. */
  wasNear: boolean
  /** The bar of its last alert. */
  alertedAt: number
  /** The cluster before its sweep, and the bar of the sweep; undefined before one and once price has left. */
  swept: { cluster: Cluster; bar: number; isSettled: boolean } | undefined
}

/** Goes through the bars in order, from the first or from where an earlier watch stood. */
export class ClusterWatch {
  readonly #map: LiquidationMap
  readonly #rule: Required<AlertRule>
  readonly #search: ClusterSearch
  readonly #ranges: Float64Array
  #watched: Watched[]

  constructor(map: LiquidationMap, rule: Required<AlertRule>, watched: readonly Watched[] = []) {
    this.#watched = copyOf(watched)
    this.#map = map
    this.#rule = rule
    this.#search = new ClusterSearch(tierWeights(map), map.options.binWidth, rule, rule.brightest)
    this.#ranges = atr(map.market)
  }

  copy(): Watched[] {
    return copyOf(this.#watched)
  }

  /** Whether the clusters of a close are exactly those that are watched, so that the watch is of this map. */
  hasFound(book: BookView, t: number): boolean {
    const key = (clusters: readonly Cluster[]) =>
      clusters
        .map(({ side, fromBin, toBin, notional }) => `${side} ${fromBin} ${toBin} ${notional}`)
        .sort()
        .join()
    const found = this.#sides().flatMap(side => this.#search.clusters(book, side, this.#map.market.close[t]!))
    return key(found) === key(this.#watched.filter(({ isPresent }) => isPresent).map(({ cluster }) => cluster))
  }

  #sides(): readonly Side[] {
    const { side } = this.#rule
    return side === 'both' ? ['long', 'short'] : [side]
  }

  /** Goes on to the close of bar t. @returns its alerts: sweeps, reclaims, then what is near; the largest first */
  step(t: number, book: BookView): Alert[] {
    const { kinds } = this.#rule
    const raised: Alert[] = []
    const raise = (kind: AlertKind, cluster: Cluster, sweptAt = t) => {
      if (kinds.includes(kind)) raised.push(this.#alert(kind, cluster, t, sweptAt))
    }
    this.#sweep(t, raise)
    for (const side of this.#sides()) this.#find(side, this.#map.market.close[t]!, book)
    this.#approach(t, raise)
    return raised.sort(
      (a, b) => ALERT_KINDS.indexOf(a.kind) - ALERT_KINDS.indexOf(b.kind) || b.notional - a.notional || a.peak - b.peak,
    )
  }

  /** What the bar's extreme and close do to the clusters that were known before it. */
  #sweep(t: number, raise: (kind: AlertKind, cluster: Cluster, sweptAt?: number) => void): void {
    const { minSweepDepth, reclaimWithin } = this.#rule
    const { high, low, close } = this.#map.market
    for (const watched of this.#watched) {
      const { cluster } = watched
      const isLong = watched.side === 'long'
      const depth = isLong ? cluster.high - low[t]! : high[t]! - cluster.low
      const isDeep = depth > 0 && depth >= minSweepDepth * (cluster.high - cluster.low)
      if (watched.isPresent && watched.swept === undefined && isDeep) {
        watched.swept = { cluster, bar: t, isSettled: false }
        watched.wasNear = true
        watched.alertedAt = t
        raise('sweep', cluster)
      }
      const { swept } = watched
      if (swept === undefined || swept.isSettled) continue
      if (t - swept.bar > reclaimWithin) swept.isSettled = true
      else if (isLong ? close[t]! > swept.cluster.high : close[t]! < swept.cluster.low) {
        swept.isSettled = true
        watched.alertedAt = t
        raise('reclaim', swept.cluster, swept.bar)
      }
    }
  }

  /** Finds the clusters of a side at a close and continues those that are watched. */
  #find(side: Side, close: number, book: BookView): void {
    const unclaimed = new Set(this.#watched.filter(watched => watched.side === side))
    // As they were: a claim moves a cluster to where it is now.
    const before = [...unclaimed].map(watched => ({ ...watched }))
    for (const watched of unclaimed) watched.isPresent = false
    for (const cluster of this.#search.clusters(book, side, close)) {
      const claimed = mostOverlapping(unclaimed, cluster)
      if (claimed) {
        unclaimed.delete(claimed)
        Object.assign(claimed, { cluster, isPresent: true })
        continue
      }
      // Part of a cluster that has split: it does not alert again.
      const origin = mostOverlapping(before, cluster)
      const swept = origin?.swept && { ...origin.swept, isSettled: true }
      const { wasNear = false, alertedAt = -Infinity } = origin ?? {}
      this.#watched.push({ side, cluster, isPresent: true, wasNear, alertedAt, swept })
    }
  }

  /** Which clusters the close is near, and which it has left. */
  #approach(t: number, raise: (kind: AlertKind, cluster: Cluster) => void): void {
    const { near, leave, cooldown } = this.#rule
    const close = this.#map.market.close[t]!
    const reach = 'atr' in near ? near.atr * this.#ranges[t]! : (near.percent / 100) * close
    for (const watched of this.#watched) {
      const { cluster, swept } = watched
      const gap = Math.max(0, cluster.low - close, close - cluster.high)
      const hasCooled = t - watched.alertedAt > cooldown
      if (gap > leave * reach && hasCooled && (swept === undefined || swept.isSettled)) {
        watched.wasNear = false
        watched.swept = undefined
      }
      if (!watched.isPresent || watched.wasNear || gap > reach) continue
      watched.wasNear = true
      watched.alertedAt = t
      raise('near', cluster)
    }
    this.#watched = this.#watched.filter(({ isPresent, wasNear, swept }) => isPresent || wasNear || swept)
  }

  #alert(kind: AlertKind, { side, low, high, peak, notional }: Cluster, t: number, sweptAt: number): Alert {
    const { market, options } = this.#map
    const price = market.close[t]!
    const nearEdge = side === 'long' ? high : low
    const closedAt = market.time[t]! + market.barMs
    const alert = {
      id: [
        market.symbol,
        market.timeframe,
        kind,
        side,
        new Date(closedAt).toISOString(),
        binOf(peak, options.binWidth),
      ].join(' '),
      kind,
      bar: t,
      closedAt,
      side,
      low,
      high,
      peak,
      notional,
      unit: isRelative(this.#map) ? ('relative' as const) : ('USD' as const),
      price,
      distance: (nearEdge / price - 1) * 100,
      distanceAtr: this.#ranges[t]! > 0 ? (nearEdge - price) / this.#ranges[t]! : Number.NaN,
    }
    return { ...alert, text: `${market.symbol} ${market.timeframe}: ${sentence(alert, market, sweptAt)}` }
  }
}

const copyOf = (watched: readonly Watched[]): Watched[] =>
  watched.map(each => ({ ...each, swept: each.swept && { ...each.swept } }))

function mostOverlapping(candidates: Iterable<Watched>, { fromBin, toBin }: Cluster): Watched | null {
  let best: Watched | null = null
  let maxOverlap = 0
  for (const candidate of candidates) {
    const overlap = Math.min(candidate.cluster.toBin, toBin) - Math.max(candidate.cluster.fromBin, fromBin) + 1
    if (overlap <= maxOverlap) continue
    maxOverlap = overlap
    best = candidate
  }
  return best
}

/** `the low of 63,612 swept longs of 12.3M USD at 63,700–63,850`. */
function sentence(alert: Omit<Alert, 'text'>, market: Market, sweptAt: number): string {
  const { kind, side, low, high, notional, unit, price, distance, bar } = alert
  // A cluster is a few bins wide, so its edges need as many digits as tell them apart.
  const decimals = Math.min(10, Math.max(0, 2 - Math.floor(Math.log10(high - low))))
  const text = (value: number) => decimalText(value, price >= 1000 ? Math.min(2, decimals) : decimals)
  const amount = unit === 'USD' ? `${usdText(notional)} USD` : `${usdText(notional)} (relative)`
  const cluster = `${side === 'long' ? 'longs' : 'shorts'} of ${amount} at ${text(low)}–${text(high)}`
  if (kind === 'near') return `price ${text(price)} is near ${cluster}, ${percentText(distance / 100)} away`
  if (kind === 'sweep')
    return side === 'long'
      ? `the low of ${text(market.low[bar]!)} swept ${cluster}`
      : `the high of ${text(market.high[bar]!)} swept ${cluster}`
  const when = sweptAt === bar ? 'in the same bar' : `swept in the bar of ${formatTime(market.time[sweptAt]!)}`
  return `closed at ${text(price)}, back ${side === 'long' ? 'above' : 'below'} ${cluster}, ${when}`
}
