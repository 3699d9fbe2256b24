/** Histories of clusters: born, touched, consumed or faded, bar by bar. */
import { type ColumnTable, table } from 'arquero'
import { FORMATS, withFormats } from '../common/column-format.ts'
import { MINUTE } from '../common/duration.ts'
import { defineOptions, numberThat, option, wholeNumber } from '../common/options.ts'
import { binOf, binPrice } from '../market/bins.ts'
import type { BookView } from './book/level-book.ts'
import { triggeredShare } from './book/level-reach.ts'
import { type ClusterRank, rankingNotional } from './cluster-runs.ts'
import { type Cluster, type ClusterRule, ClusterSearch, clusterRule, tierWeights } from './clusters.ts'
import { amountFormat, type LiquidationMap } from './map.ts'
import type { Side } from './side.ts'

export interface HistoryOptions extends ClusterRule {
  /** Number of bars that a cluster may be dimmer than the rule requires before it counts as faded. Default 2. */
  patience?: number
  /** Consumed share of its notional from which an ended cluster counts as consumed, not faded. Default 0.5. */
  consumedShare?: number
}

const historyOptions = defineOptions<HistoryOptions>('map.history', {
  ...clusterRule,
  patience: option(2, wholeNumber(0)),
  consumedShare: option(
    0.5,
    numberThat('above 0 to 1', x => x > 0 && x <= 1),
  ),
})

/** One cluster from its first bar to its last. */
interface TrackedCluster {
  /** Side, open time of its first bar, and the price bin of its peak then. Later bars never change it. */
  id: string
  side: Side
  /** First and last bar at whose close it was bright. */
  born: number
  lastSeen: number
  /** First bar whose low (longs) or high (shorts) consumed part of it; −1 = none. */
  touched: number
  /** Bar at whose close it was known to have ended; −1 = still live. */
  ended: number
  state: 'live' | 'consumed' | 'faded'
  /** Share of its notional that lows or highs consumed, from the first touch on. */
  consumed: number
  /** The cluster when it was brightest, or largest, by `rankBy`. */
  brightest: Cluster
  /** The cluster when last seen. */
  latest: Cluster
}

interface Track extends TrackedCluster {
  /** USD by bin at the last close, from `latest.fromBin` on. */
  column: Float64Array
  /** Largest notional since the first touch, and notional consumed since then, USD. */
  maxNotional: number
  consumedNotional: number
}

/**
 * Follows clusters from bar to bar. A cluster continues the tracked one of its side whose bins it overlaps most. Where two
 * clusters claim the same one, the one of higher rank continues it and the other is new. Later bars never change what is known of a
 * bar. In a map of several markets, the lows and highs of the first decide what is touched and consumed.
 *
 * @throws OptionError naming the option that is out of range
 */
export function trackClusters(map: LiquidationMap, options: HistoryOptions = {}): TrackedCluster[] {
  const { patience, consumedShare, ...rule } = historyOptions.resolve(options)
  const { market } = map
  const { binWidth, triggerDepth } = map.options
  const tracks: Track[] = []
  let live: Track[] = []
  const search = new ClusterSearch(tierWeights(map), binWidth, rule)
  map.replay((t, book) => {
    const reachedAt = { long: Math.log(market.low[t]!) / binWidth, short: Math.log(market.high[t]!) / binWidth }
    for (const track of live) consume(track, reachedAt[track.side], triggerDepth / binWidth, t)
    const unclaimed = new Set(live)
    for (const side of ['long', 'short'] as const) {
      for (const cluster of search.clusters(book, side, market.close[t]!)) {
        const claimed = mostOverlapping(unclaimed, cluster)
        const track = claimed ?? startTrack(map, cluster, t)
        unclaimed.delete(track)
        if (!claimed) {
          tracks.push(track)
          live.push(track)
        }
        continueTrack(track, cluster, book, t, rule.rankBy)
      }
    }
    for (const track of unclaimed) {
      if (track.consumed >= consumedShare) endTrack(track, 'consumed', t)
      else if (t - track.lastSeen > patience) endTrack(track, 'faded', t)
      else track.column = book.column(track.side, track.latest.fromBin, track.column)
    }
    live = live.filter(track => track.state === 'live')
  })
  return tracks.map(({ column: _, maxNotional: __, consumedNotional: ___, ...tracked }) => tracked)
}

/** Consumes what a low or high reached of the cluster as it was at the previous close. */
function consume(track: Track, reachedAt: number, depthBins: number, t: number): void {
  const { fromBin } = track.latest
  const { column } = track
  let consumed = 0
  let notional = 0
  for (let i = 0; i < column.length; i++) {
    notional += column[i]!
    consumed += column[i]! * triggeredShare(track.side, fromBin + i, reachedAt, depthBins)
  }
  if (consumed === 0) return
  if (track.touched < 0) track.touched = t
  track.consumedNotional += consumed
  track.maxNotional = Math.max(track.maxNotional, notional + (track.consumedNotional - consumed))
  track.consumed = Math.min(1, track.consumedNotional / track.maxNotional)
}

function mostOverlapping(tracks: ReadonlySet<Track>, cluster: Cluster): Track | null {
  let best: Track | null = null
  let maxOverlap = 0
  for (const track of tracks) {
    if (track.side !== cluster.side) continue
    const overlap = Math.min(track.latest.toBin, cluster.toBin) - Math.max(track.latest.fromBin, cluster.fromBin) + 1
    if (overlap > maxOverlap) {
      maxOverlap = overlap
      best = track
    }
  }
  return best
}

function startTrack({ market, options }: LiquidationMap, cluster: Cluster, t: number): Track {
  // Bars shorter than a minute need seconds in their ids.
  const length = market.barMs < MINUTE ? 19 : 16
  const time = new Date(market.time[t]!).toISOString().slice(0, length).replace(/[-:]/g, '')
  return {
    id: `${cluster.side === 'long' ? 'L' : 'S'}${time}-${binOf(cluster.peak, options.binWidth)}`,
    side: cluster.side,
    born: t,
    lastSeen: t,
    touched: -1,
    ended: -1,
    state: 'live',
    consumed: 0,
    brightest: cluster,
    latest: cluster,
    column: new Float64Array(0),
    maxNotional: 0,
    consumedNotional: 0,
  }
}

function continueTrack(track: Track, cluster: Cluster, book: BookView, t: number, rankBy: ClusterRank): void {
  track.lastSeen = t
  track.latest = cluster
  if (rankingNotional(cluster, rankBy) > rankingNotional(track.brightest, rankBy)) track.brightest = cluster
  track.column = book.column(cluster.side, cluster.fromBin, new Float64Array(cluster.toBin - cluster.fromBin + 1))
}

function endTrack(track: Track, state: 'consumed' | 'faded', t: number): void {
  track.state = state
  track.ended = t
}

/**
 * {@link trackClusters} as a table in order of birth: `id`, `timeframe`, `side`, `born`, `touched`, `ended` (open times of the
 * bars at whose close that was known; null = not yet), `state`, `consumed` (share), `bars` from birth to the last sighting,
 * and of its brightest moment `low`, `high`, `peak`, `notional` (USD), `share`, `convergence`.
 */
export function clusterHistory(map: LiquidationMap, options: HistoryOptions = {}): ColumnTable {
  const clusters = trackClusters(map, options)
  const { market } = map
  const date = (bar: number) => (bar < 0 ? null : new Date(market.time[bar]!))
  const column = <T>(value: (cluster: TrackedCluster) => T) => clusters.map(value)
  const history = table({
    id: column(cluster => cluster.id),
    timeframe: column(() => market.timeframe),
    side: column(cluster => cluster.side),
    born: column(cluster => date(cluster.born)),
    touched: column(cluster => date(cluster.touched)),
    ended: column(cluster => date(cluster.ended)),
    state: column(cluster => cluster.state),
    consumed: column(cluster => cluster.consumed),
    bars: column(cluster => cluster.lastSeen - cluster.born + 1),
    low: column(cluster => binPrice(cluster.brightest.fromBin, map.options.binWidth)),
    high: column(cluster => binPrice(cluster.brightest.toBin + 1, map.options.binWidth)),
    peak: column(cluster => cluster.brightest.peak),
    notional: column(cluster => cluster.brightest.notional),
    share: column(cluster => cluster.brightest.share),
    convergence: column(cluster => cluster.brightest.convergence),
  })
  return withFormats(history, { consumed: FORMATS.share, notional: amountFormat(map), share: FORMATS.share })
}
