import { type ColumnTable, table } from 'arquero'
import { MINUTE } from '../common/duration.ts'
import { binOf, binPrice } from '../market/bins.ts'
import type { BookView } from './book/level-book.ts'
import { shareTaken } from './book/side-book.ts'
import { type Cluster, type ClusterRule, findClusters, resolveRule } from './clusters.ts'
import type { LiquidationMap } from './map.ts'
import type { Side } from './margin/liquidation-price.ts'

export interface HistoryOptions extends ClusterRule {
  /** Bars for which a cluster may be dimmer than the rule asks before it counts as faded. Default 2. */
  patience?: number
  /** A cluster that ends counts as consumed when at least this share of what it held was taken. Default 0.5. */
  consumedShare?: number
}

/** One cluster from its first bar to its last. */
export interface ClusterLife {
  /** Side, open time of its first bar, and the price bin of its peak then: never changes, whatever comes later. */
  id: string
  side: Side
  /** Bars at whose close it was first and last bright. */
  born: number
  lastSeen: number
  /** First bar whose low (longs) or high (shorts) took something of it; −1 = none. */
  touched: number
  /** Bar at whose close it was known to have ended; −1 = it lives. */
  ended: number
  state: 'live' | 'consumed' | 'faded'
  /** Share of what it held that lows or highs took, from the first touch on. */
  consumed: number
  /** The cluster as it was when it held most. */
  brightest: Cluster
  /** As it was last seen. */
  latest: Cluster
}

interface Track extends ClusterLife {
  /** USD by bin at the last close, from `latest.fromBin` on. */
  column: Float64Array
  /** USD that it held at most since the first touch, and USD taken since. */
  held: number
  taken: number
}

/**
 * Follows clusters from bar to bar. A cluster goes on as the one of its side whose bins it overlaps most; where two claim the
 * same, the brighter one takes it, and the other is new. What is said of a bar never changes when the data goes on. In a map of several
 * markets the lows and highs of the first say what was touched and taken.
 */
export function clusterLives(map: LiquidationMap, options: HistoryOptions = {}): ClusterLife[] {
  const { patience = 2, consumedShare = 0.5, ...given } = options
  const rule = resolveRule(given)
  if (!(Number.isInteger(patience) && patience >= 0))
    throw new RangeError(`patience: ${patience}, but expected a whole number of 0 or more`)
  if (!(consumedShare > 0 && consumedShare <= 1))
    throw new RangeError(`consumedShare: ${consumedShare}, but expected above 0 and at most 1`)
  const { market } = map
  const { binWidth, triggerDepth } = map.options
  const lives: Track[] = []
  let live: Track[] = []
  map.replay((t, book) => {
    const reachedAt = { long: Math.log(market.low[t]!) / binWidth, short: Math.log(market.high[t]!) / binWidth }
    for (const track of live) touch(track, reachedAt[track.side], triggerDepth / binWidth, t)
    const unclaimed = new Set(live)
    for (const side of ['long', 'short'] as const) {
      for (const cluster of findClusters(book, side, market.close[t]!, binWidth, rule)) {
        const track = claim(unclaimed, cluster)
        if (track) unclaimed.delete(track)
        const followed = track ?? birth(map, cluster, t)
        if (!track) {
          lives.push(followed)
          live.push(followed)
        }
        see(followed, cluster, book, t)
      }
    }
    for (const track of unclaimed) {
      if (track.consumed >= consumedShare) end(track, 'consumed', t)
      else if (t - track.lastSeen > patience) end(track, 'faded', t)
      else track.column = book.column(track.side, track.latest.fromBin, track.column)
    }
    live = live.filter(track => track.state === 'live')
  })
  return lives.map(({ column: _, held: __, taken: ___, ...life }) => life)
}

/** Takes what a low or high reached of the cluster as it was at the close before. */
function touch(track: Track, reachedAt: number, depth: number, t: number): void {
  const { fromBin } = track.latest
  const { column } = track
  let taken = 0
  let held = 0
  for (let i = 0; i < column.length; i++) {
    held += column[i]!
    taken += column[i]! * shareTaken(track.side, fromBin + i, reachedAt, depth)
  }
  if (taken === 0) return
  if (track.touched < 0) track.touched = t
  track.taken += taken
  track.held = Math.max(track.held, held + (track.taken - taken))
  track.consumed = Math.min(1, track.taken / track.held)
}

function claim(tracks: ReadonlySet<Track>, cluster: Cluster): Track | null {
  let best: Track | null = null
  let most = 0
  for (const track of tracks) {
    if (track.side !== cluster.side) continue
    const overlap = Math.min(track.latest.toBin, cluster.toBin) - Math.max(track.latest.fromBin, cluster.fromBin) + 1
    if (overlap > most) {
      most = overlap
      best = track
    }
  }
  return best
}

function birth({ market, options }: LiquidationMap, cluster: Cluster, t: number): Track {
  // Bars shorter than a minute need their seconds.
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
    held: 0,
    taken: 0,
  }
}

function see(track: Track, cluster: Cluster, book: BookView, t: number): void {
  track.lastSeen = t
  track.latest = cluster
  if (cluster.notional > track.brightest.notional) track.brightest = cluster
  track.column = book.column(cluster.side, cluster.fromBin, new Float64Array(cluster.toBin - cluster.fromBin + 1))
}

function end(track: Track, state: 'consumed' | 'faded', t: number): void {
  track.state = state
  track.ended = t
}

/**
 * {@link clusterLives} as a table in order of birth: `id`, `timeframe`, `side`, `born`, `touched`, `ended` (open times of the bars at whose close
 * that was known; null = not yet), `state`, `consumed` (share), `bars` from birth to the last sight, and of its brightest moment
 * `low`, `high`, `peak`, `notional` (USD), `share`, `convergence`.
 */
export function clusterHistory(map: LiquidationMap, options: HistoryOptions = {}): ColumnTable {
  const lives = clusterLives(map, options)
  const { market } = map
  const date = (bar: number) => (bar < 0 ? null : new Date(market.time[bar]!))
  const column = <T>(value: (life: ClusterLife) => T) => lives.map(value)
  return table({
    id: column(life => life.id),
    timeframe: column(() => market.timeframe),
    side: column(life => life.side),
    born: column(life => date(life.born)),
    touched: column(life => date(life.touched)),
    ended: column(life => date(life.ended)),
    state: column(life => life.state),
    consumed: column(life => life.consumed),
    bars: column(life => life.lastSeen - life.born + 1),
    low: column(life => binPrice(life.brightest.fromBin, map.options.binWidth)),
    high: column(life => binPrice(life.brightest.toBin + 1, map.options.binWidth)),
    peak: column(life => life.brightest.peak),
    notional: column(life => life.brightest.notional),
    share: column(life => life.brightest.share),
    convergence: column(life => life.brightest.convergence),
  })
}
