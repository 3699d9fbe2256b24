/** Alerts: price nears a cluster, sweeps it, or closes back through it. Bar by bar, from what is known at each close. */
import { exactKey } from '../common/cache-key.ts'
import { formatTime } from '../common/duration.ts'
import { decimalText, percentText, usdText } from '../common/number-text.ts'
import {
  anything,
  type Check,
  defineOptions,
  isOptionsObject,
  listOf,
  numberThat,
  oneOf,
  option,
  optional,
  wholeNumber,
} from '../common/options.ts'
import { atr } from '../market/atr.ts'
import { binOf } from '../market/bins.ts'
import type { Market } from '../market/market.ts'
import type { BookView } from './book/level-book.ts'
import { type Cluster, type ClusterRule, ClusterSearch, clusterRule, findBar, tierWeights } from './clusters.ts'
import { isRelative, type LiquidationMap } from './map.ts'
import type { Side } from './side.ts'

/**
 * - `near` a close comes within {@link AlertRule.near} of the cluster's near edge
 * - `sweep` a low (longs) or high (shorts) goes into the cluster that was known at the close before
 * - `reclaim` after a sweep, price closes back on the near side of the cluster
 */
export const ALERT_KINDS = ['sweep', 'reclaim', 'near'] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** A distance from the close, in % of it or in ATR. */
export type AlertDistance = { percent: number } | { atr: number }

export interface AlertRule extends ClusterRule {
  /** Watch only the first N clusters of each side by `rankBy`. Default 3. */
  brightest?: number
  /** Whose liquidations: `long` below the price, `short` above it. Default `both`. */
  side?: 'long' | 'short' | 'both'
  /** Which alerts. Default: all three. */
  kinds?: readonly AlertKind[]
  /** How near is near: `{ percent: 0.5 }` or `{ atr: 1 }`. Default `{ atr: 1 }`. */
  near?: AlertDistance
  /** Price has left a cluster, which can alert again, beyond this multiple of `near`. Default 2. */
  leave?: number
  /** Minimum share of the cluster's width that a sweep goes through. Default 0.1, as `liq.sfp`. */
  minSweepDepth?: number
  /** Bars after the sweep within which the close must be back; 0: in its own bar. Default 3. */
  reclaimWithin?: number
}

export interface AlertOptions extends AlertRule {
  /** The bar at whose close alerts arise: its number, a time within it, or `all` bars. Default: the last bar. */
  at?: number | Date | string | 'all'
}

/** What happened at one close, and to which cluster. */
export interface Alert {
  /** The same for the same alert of the same bars: symbol, timeframe, kind, side, bar and cluster. */
  id: string
  kind: AlertKind
  /** The bar at whose close the alert arises, and that moment (epoch ms). */
  bar: number
  time: number
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

const isDistance: Check = value => {
  const [[name, amount] = [], ...more] = isOptionsObject(value) ? Object.entries(value) : []
  const isValid = (name === 'percent' || name === 'atr') && typeof amount === 'number' && amount > 0
  return isValid && amount < Infinity && more.length === 0
    ? undefined
    : { expected: 'a distance above 0: { percent: 0.5 } or { atr: 1 }' }
}

/** Default and check of each option of alerts, for functions that take them among others. */
export const alertRule = {
  ...clusterRule,
  brightest: option(3, wholeNumber(1)),
  side: option('both' as const, oneOf('long', 'short', 'both')),
  kinds: option(ALERT_KINDS, listOf(oneOf(...ALERT_KINDS), 'a list of near, sweep and reclaim')),
  near: option({ atr: 1 } as AlertDistance, isDistance),
  leave: option(
    2,
    numberThat('1 or more times near', x => x >= 1 && x < Infinity),
  ),
  minSweepDepth: option(
    0.1,
    numberThat('0 to 1', x => x >= 0 && x <= 1),
  ),
  reclaimWithin: option(3, wholeNumber(0)),
}

const alertOptions = defineOptions<AlertOptions, 'at'>('liq.alerts', { ...alertRule, at: optional(anything) })

/** A cluster as it is watched: until it is gone and price has left where it was. */
interface Watched {
  side: Side
  /** As last seen. */
  cluster: Cluster
  /** Whether it is a cluster at the last close; else only the memory of what it has alerted. */
  isPresent: boolean
  /** Whether price has been near since it last left. */
  wasNear: boolean
  /** The cluster before its sweep, and the bar of the sweep; undefined before one and once price has left. */
  swept: { cluster: Cluster; bar: number; isSettled: boolean } | undefined
}

/**
 * The alerts that arise at a close, or at all. Each cluster alerts once per kind until price has left it. They follow from the bars
 * up to that close alone, so more data never changes them.
 *
 * @param since also those of the bars from this one on
 * @throws OptionError naming the option that is out of range, also when `at` is not in the market
 */
export function findAlerts(
  map: LiquidationMap,
  options: AlertOptions = {},
  since?: number,
  caller = 'liq.alerts',
): Alert[] {
  const { at = map.market.length - 1, ...rule } = alertOptions.resolve(options, caller)
  const [to, from] = at === 'all' ? [map.market.length - 1, 0] : [findBar(map, at, caller), since]
  return alertsBetween(map, rule, Math.min(from ?? to, to), to)
}

/** A watch as it stood at a close, and the alerts of that close. */
interface Checkpoint {
  bar: number
  time: number
  close: number
  watched: readonly Watched[]
  raised: readonly Alert[]
}

/** A live cell asks at every close, and a search of all bars before would take seconds each time. */
const CHECKPOINTS = new Map<string, Checkpoint>()
const MAX_CHECKPOINTS = 32

function alertsBetween(map: LiquidationMap, rule: Required<AlertRule>, from: number, to: number): Alert[] {
  const { market } = map
  const key = exactKey([market.symbol, market.timeframe, market.time[0], map.options.binWidth, rule])
  const saved = CHECKPOINTS.get(key)
  const isUsable =
    saved !== undefined &&
    saved.bar <= from &&
    market.time[saved.bar] === saved.time &&
    market.close[saved.bar] === saved.close
  const start = isUsable ? saved : undefined
  const { alerts, watch } = run(map, rule, from, to, start) ?? run(map, rule, from, to)!
  CHECKPOINTS.delete(key)
  const [oldest] = CHECKPOINTS.keys()
  if (oldest !== undefined && CHECKPOINTS.size >= MAX_CHECKPOINTS) CHECKPOINTS.delete(oldest)
  CHECKPOINTS.set(key, {
    bar: to,
    time: market.time[to]!,
    close: market.close[to]!,
    watched: watch.copy(),
    raised: alerts.filter(({ bar }) => bar === to),
  })
  return alerts
}

/** Alerts of bars `from` … `to`; null when the map's clusters are not those of the checkpoint. */
function run(map: LiquidationMap, rule: Required<AlertRule>, from: number, to: number, start?: Checkpoint) {
  const watch = new ClusterWatch(map, rule, start?.watched)
  const alerts: Alert[] = []
  let isSame = true
  map.replay(
    (t, book) => {
      if (!isSame || (start && t < start.bar)) return
      if (t === start?.bar) isSame = watch.hasFound(book, t)
      const raised = t === start?.bar ? start.raised : watch.step(t, book)
      if (t >= from) alerts.push(...raised)
    },
    { until: to },
  )
  return isSame ? { alerts, watch } : null
}

class ClusterWatch {
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
        raise('sweep', cluster)
      }
      const { swept } = watched
      if (swept === undefined || swept.isSettled) continue
      if (t - swept.bar > reclaimWithin) swept.isSettled = true
      else if (isLong ? close[t]! > swept.cluster.high : close[t]! < swept.cluster.low) {
        swept.isSettled = true
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
      this.#watched.push({ side, cluster, isPresent: true, wasNear: origin?.wasNear ?? false, swept })
    }
  }

  /** Which clusters the close is near, and which it has left. */
  #approach(t: number, raise: (kind: AlertKind, cluster: Cluster) => void): void {
    const { near, leave } = this.#rule
    const close = this.#map.market.close[t]!
    const reach = 'atr' in near ? near.atr * this.#ranges[t]! : (near.percent / 100) * close
    for (const watched of this.#watched) {
      const { cluster, swept } = watched
      const gap = Math.max(0, cluster.low - close, close - cluster.high)
      if (gap > leave * reach && (swept === undefined || swept.isSettled)) {
        watched.wasNear = false
        watched.swept = undefined
      }
      if (!watched.isPresent || watched.wasNear || gap > reach) continue
      watched.wasNear = true
      raise('near', cluster)
    }
    this.#watched = this.#watched.filter(({ isPresent, wasNear, swept }) => isPresent || wasNear || swept)
  }

  #alert(kind: AlertKind, { side, low, high, peak, notional }: Cluster, t: number, sweptAt: number): Alert {
    const { market, options } = this.#map
    const price = market.close[t]!
    const nearEdge = side === 'long' ? high : low
    const time = market.time[t]! + market.barMs
    const alert = {
      id: [
        market.symbol,
        market.timeframe,
        kind,
        side,
        new Date(time).toISOString(),
        binOf(peak, options.binWidth),
      ].join(' '),
      kind,
      bar: t,
      time,
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
