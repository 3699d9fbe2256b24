/** Replays a market through a book of stops, which lie at prices of their own instead of fixed distances from the entries. */
import { binOf } from '../../market/bins.ts'
import type { Side } from '../side.ts'
import { BarEntries } from './bar-entries.ts'
import type { Way } from './cohorts.ts'
import { triggeredShare } from './level-reach.ts'
import {
  clear,
  Decay,
  type Liquidated,
  type ReplayInput,
  type ReplayOptions,
  revaluation,
  scale,
  zeroes,
} from './replay.ts'
import { type ResolvedStops, type StopPlaces, stopPlaces } from './stop-places.ts'
import { endings, type Survival } from './survival.ts'
import { TierBook, TierSide } from './tier-book.ts'

export interface PlacedInput extends Omit<ReplayInput, 'cohorts'> {
  ways: { long: readonly Way[]; short: readonly Way[] }
  survival: Survival
  stops: ResolvedStops
}

/** Far above the smallest double, so that no stored value overflows before it is renormalised. */
const RENORMALISE_BELOW = 1e-100

/**
 * The stops of a map whose `stops.at` is not `survival`: what ends before its liquidation lies at one price for each entry, as
 * {@link stopPlaces} finds it when the bar opens. The events of a bar are those of {@link Replay}.
 *
 * A bar costs the bins of its range times the ways to a liquidation, and the bins it reaches times the tiers.
 */
export class PlacedReplay {
  readonly book: TierBook<PlacedSide>
  bar = -1
  readonly liquidated: Liquidated | null
  readonly #input: PlacedInput
  readonly #until: number
  readonly #ages: boolean
  readonly #depth: number
  readonly #decay: Decay
  readonly #places: StopPlaces
  readonly #ends: { part: number; share: number }[]
  readonly #stopShare: number
  readonly #entries = new BarEntries()

  constructor(
    input: PlacedInput,
    { ages = false, liquidated = false, until = input.market.length - 1 }: ReplayOptions = {},
  ) {
    this.#input = input
    this.#until = until
    this.#ages = ages
    this.#depth = input.triggerDepth / input.binWidth
    this.#decay = new Decay(input.halfLifeMs)
    this.#places = stopPlaces(input.market, input.stops, input.binWidth)
    this.#ends = endings(input.survival, 'stops')
    this.#stopShare = this.#ends.reduce((sum, { share }) => sum + share, 0)
    this.liquidated = liquidated ? { priorLevels: zeroes(input.tierCount), sameBar: zeroes(input.tierCount) } : null
    this.book = createBook(input)
  }

  /** Advances to the close of the next bar; false if there is none. */
  step(): boolean {
    if (this.bar >= this.#until) return false
    const t = ++this.bar
    const { book, liquidated } = this
    const { market, flow, binWidth } = this.#input
    const entries = this.#entries
    if (liquidated) clear(liquidated)
    this.#places.advance(t)
    if (t > 0) this.#scaleBy(this.#decay.over(market.time[t]! - market.time[t - 1]!) * revaluation(this.#input, t))
    entries.start(market, t, binWidth)
    book.long.consume(entries.lowAt - book.firstBin, this.#depth, liquidated?.priorLevels.long ?? null)
    book.short.consume(entries.highAt - book.firstBin, this.#depth, liquidated?.priorLevels.short ?? null)
    if (liquidated) scale(liquidated.priorLevels, book.scale)
    this.#scaleBy(flow.survivingShare(t))
    flow.entries(t, entries)
    if (entries.count === 0) return true
    this.#open('long', market.time[t]!)
    this.#open('short', market.time[t]!)
    if (liquidated) scale(liquidated.sameBar, book.scale)
    return true
  }

  /** Opens the stops of a side's entries, less those that the rest of the bar's path reaches. */
  #open(side: Side, time: number): void {
    const { book } = this
    const { ways } = this.#input
    const entries = this.#entries
    const sameBar = this.liquidated?.sameBar[side] ?? null
    const values = entries.values(side)
    // What opened before the extreme that reaches stops of this side; nothing is known of it without a path.
    const before = entries.alongPath ? entries.openedBeforeExtreme(side, 0, entries.bins - 1) : null
    const sideShare = entries.sideShare(side)
    const extremeAt = side === 'long' ? entries.lowAt : entries.highAt
    for (let i = 0; i < entries.bins; i++) {
      const usd = values[i]!
      if (!(usd > 0)) continue
      const bin = entries.first + i
      const place = this.#places.at(side, bin)
      const early = before ? Math.min(usd, before[i]! * sideShare) : 0
      const add = (tier: number, level: number, share: number) => {
        let reached = 0
        if (before)
          reached =
            early * triggeredShare(side, level, extremeAt, this.#depth) +
            (usd - early) * triggeredShare(side, level, entries.closeAt, this.#depth)
        if (sameBar) sameBar[tier]! += (share * reached) / book.scale
        book[side].add(tier, level - book.firstBin, (share * (usd - reached)) / book.scale, this.#ages ? time : 0)
      }
      for (const { tier, weight, distance } of ways[side]) {
        const isOnWay = Math.abs(place - bin - 0.5) < Math.abs(distance)
        if (isOnWay) add(tier, Math.floor(place), weight * this.#stopShare)
        else
          for (const { part, share } of this.#ends) add(tier, bin + Math.floor(0.5 + part * distance), weight * share)
      }
    }
  }

  #scaleBy(share: number): void {
    const { book } = this
    book.scale *= share
    if (book.scale > RENORMALISE_BELOW) return
    book.long.multiply(book.scale)
    book.short.multiply(book.scale)
    book.scale = 1
    book.epoch++
  }
}

/** One side's stops by tier and level. */
class PlacedSide extends TierSide {
  /** The level index nearest to the market that may hold something: the highest for longs, the lowest for shorts. */
  #nearest = this.side === 'long' ? -1 : this.values[0]!.length

  add(tier: number, index: number, value: number, time: number): void {
    this.values[tier]![index]! += value
    this.times[tier]![index]! += value * time
    this.#nearest = this.side === 'long' ? Math.max(this.#nearest, index) : Math.min(this.#nearest, index)
    this.markChanged(tier, index, index)
  }

  /** Ends what a low (longs) or high (shorts) reaches; adds it to `byTier`. Prices and depths in bins, as of index 0. */
  consume(reachedAt: number, depth: number, byTier: Float64Array | null): void {
    const { side, values, times } = this
    const step = side === 'long' ? -1 : 1
    const start = this.#nearest
    let index = start
    for (; index >= 0 && index < values[0]!.length; index += step) {
      const share = triggeredShare(side, index, reachedAt, depth)
      if (share === 0) break
      if (share === 1) this.#nearest = index + step
      for (let tier = 0; tier < values.length; tier++) {
        const value = values[tier]![index]!
        if (value === 0) continue
        if (byTier) byTier[tier]! += share * value
        values[tier]![index] = share === 1 ? 0 : value * (1 - share)
        times[tier]![index]! *= 1 - share
      }
    }
    if (index === start) return
    const [from, to] = side === 'long' ? [index + 1, start] : [start, index - 1]
    for (let tier = 0; tier < values.length; tier++) this.markChanged(tier, from, to)
  }

  multiply(factor: number): void {
    for (const values of [...this.values, ...this.times]) for (let i = 0; i < values.length; i++) values[i]! *= factor
  }
}

/** An empty book, wide enough for every stop of the market; its width affects no value. */
function createBook({ market, flow, ways, tierCount, binWidth }: PlacedInput): TierBook<PlacedSide> {
  let { lowest, highest } = flow
  for (let t = 0; t < market.length; t++) {
    if (market.low[t]! < lowest) lowest = market.low[t]!
    if (market.high[t]! > highest) highest = market.high[t]!
  }
  const reach = (side: Side) =>
    Math.ceil(ways[side].reduce((bins, { distance }) => Math.max(bins, Math.abs(distance)), 0)) + 2
  const first = binOf(lowest, binWidth) - reach('long')
  const last = binOf(highest, binWidth) + reach('short')
  return new TierBook(first, last - first + 1, tierCount, PlacedSide)
}
