import { binOf } from '../../market/bins.ts'
import type { Market } from '../../market/market.ts'
import { BarEntries } from './bar-entries.ts'
import { LevelBook } from './level-book.ts'
import type { PositionFlow } from './position-flow.ts'
import type { BookFeatures, Cohort, SideBook } from './side-book.ts'

/** What a replay needs to know; see {@link LiquidationMap} for the meaning of each. */
export interface ReplayInput {
  market: Market
  flow: PositionFlow
  cohorts: { long: readonly Cohort[]; short: readonly Cohort[] }
  tierCount: number
  binWidth: number
  halfLifeMs: number
  maxAgeMs: number
  /** In ln(price): how far price must go through a level to take all of it. */
  triggerDepth: number
}

export interface ReplayOptions {
  /** Keep what {@link BookView.openedTime} needs. Default false. */
  ages?: boolean
  /** Keep {@link Replay.liquidated}. Default false: to look at what goes costs more than to take it. */
  liquidated?: boolean
  /** Last bar. Default: the last of the market. */
  until?: number
}

/** Notional (USD) that a bar's low and high consumed: of levels known before it, and of positions that opened in the bar itself. */
export interface Liquidated {
  priorLevels: ByTier
  sameBar: ByTier
}

/** Notional (USD) of each side by tier. */
export interface ByTier {
  long: Float64Array
  short: Float64Array
}

/**
 * Runs through a market bar by bar. In each bar: (1) positions decay for the time since the last bar, and those of the maximum age
 * end; (2) the low consumes the long levels it reaches, the high the short levels; (3) falls of open interest close
 * outstanding positions in proportion; (4) the bar's new positions open, live from the next bar on, but for those that the
 * rest of the bar's own path reaches.
 *
 * A bar costs the bins of its range and the bins it consumes, for each atom, and nothing of the size of the book.
 */
export class Replay {
  readonly book: LevelBook
  /** The bar that {@link book} is at the close of; −1 before the first. */
  bar = -1
  /** What the last bar's low and high consumed; null where it is not asked for. */
  readonly liquidated: Liquidated | null
  readonly #recipe: ReplayInput
  readonly #last: number
  /** 1 / scale at the additions of each bar, kept up to date when the book is rescaled; only with a maximum age. */
  readonly #addedFactor: Float64Array | null
  #oldest = 0
  readonly #entries = new BarEntries()
  #decayMs = -1
  #decay = 1

  constructor(
    recipe: ReplayInput,
    { ages = false, liquidated = false, until = recipe.market.length - 1 }: ReplayOptions = {},
  ) {
    const expires = recipe.maxAgeMs < Infinity
    this.#recipe = recipe
    this.#last = until
    const depth = recipe.triggerDepth / recipe.binWidth
    this.book = emptyBook(recipe, { ages, expires, depth })
    this.#addedFactor = expires ? new Float64Array(recipe.market.length) : null
    this.liquidated = liquidated ? { priorLevels: noneOf(recipe.tierCount), sameBar: noneOf(recipe.tierCount) } : null
  }

  /** Goes on to the close of the next bar; false when there is none. */
  step(): boolean {
    if (this.bar >= this.#last) return false
    const t = ++this.bar
    const { book, liquidated } = this
    const recipe = this.#recipe
    const entries = this.#entries
    const { market, flow, binWidth } = recipe
    if (liquidated) clear(liquidated)
    if (t > 0) this.#scaleBy(this.#decayOver(market.time[t]! - market.time[t - 1]!))
    if (this.#addedFactor) this.#expire(t)
    entries.start(market, t, binWidth)
    book.long.reachedAt = entries.lowAt - book.firstBin
    book.short.reachedAt = entries.highAt - book.firstBin
    book.long.consume(liquidated?.priorLevels.long ?? null, t)
    book.short.consume(liquidated?.priorLevels.short ?? null, t)
    if (liquidated) scale(liquidated.priorLevels, book.scale)
    this.#scaleBy(flow.survivingShare(t))
    if (this.#addedFactor) this.#addedFactor[t] = 1 / book.scale
    flow.entries(t, entries)
    if (entries.count === 0) return true
    this.#open(market.time[t]!)
    if (liquidated) scale(liquidated.sameBar, book.scale)
    return true
  }

  /** Opens the bar's {@link entries}. */
  #open(time: number): void {
    const { book } = this
    const entries = this.#entries
    const { bins } = entries
    const first = entries.first - book.firstBin
    if (!entries.alongPath) {
      const unit = 1 / book.scale
      book.open(first, bins, entries.values('long'), entries.values('short'), unit, unit, time)
      return
    }
    const all = entries.total()
    const long = entries.share('long') / book.scale
    const short = entries.share('short') / book.scale
    book.open(first, bins, all, all, long, short, time)
    // Only a bar that is longer than the shortest way from an entry to its liquidation can liquidate what it opens.
    const { liquidated } = this
    if (bins > book.long.shortestWay)
      book.long.consumeOpened(entries, all, book.firstBin, long, time, liquidated?.sameBar.long ?? null)
    if (bins > book.short.shortestWay)
      book.short.consumeOpened(entries, all, book.firstBin, short, time, liquidated?.sameBar.short ?? null)
  }

  /** Share that is left after a time; bars are mostly equally long, so the last answer is kept. */
  #decayOver(ms: number): number {
    const { halfLifeMs } = this.#recipe
    if (halfLifeMs === Infinity) return 1
    if (ms !== this.#decayMs) {
      this.#decayMs = ms
      this.#decay = 2 ** (-ms / halfLifeMs)
    }
    return this.#decay
  }

  #scaleBy(share: number): void {
    if (share === 1) return
    const { book } = this
    const addedFactor = this.#addedFactor
    const { epoch, scale } = book
    book.scaleBy(share)
    // The stored values were multiplied by the whole scale.
    if (addedFactor && book.epoch !== epoch)
      for (let t = this.#oldest; t < this.bar; t++) addedFactor[t]! *= scale * share
  }

  #expire(t: number): void {
    const { market, flow, maxAgeMs } = this.#recipe
    const { book } = this
    const entries = this.#entries
    for (; this.#oldest < t && market.time[t]! - market.time[this.#oldest]! > maxAgeMs; this.#oldest++) {
      const bar = this.#oldest
      const factor = this.#addedFactor![bar]!
      entries.start(market, bar, this.#recipe.binWidth)
      flow.entries(bar, entries)
      if (entries.count === 0) continue
      for (const own of [book.long, book.short]) {
        const values = entries.values(own.side)
        const keptOut = (atom: number, index: number) => this.#takenAtOpening(own, index, own.shifts[atom]!, factor)
        own.expire(entries.first - book.firstBin, values, entries.bins, factor, market.time[bar]!, bar, keptOut)
      }
    }
  }

  /** What the bar in {@link entries} itself consumed of its additions to one bin of an atom. */
  #takenAtOpening(own: SideBook, index: number, shift: number, factor: number): number {
    const { book } = this
    const entries = this.#entries
    const bin = index + book.firstBin
    if (!entries.alongPath) return 0
    const before = own.side === 'long' ? entries.beforeLow : entries.beforeHigh
    const extremeAt = own.side === 'long' ? entries.lowAt : entries.highAt
    let usd = 0
    for (let k = 0; k < entries.count; k++) {
      if (bin < entries.from[k]! || bin > entries.to[k]!) continue
      const reachedAt = (before[k] ? extremeAt : entries.closeAt) - book.firstBin
      usd += entries.notional[k]! * own.share(index + shift, reachedAt, 0)
    }
    return usd * entries.share(own.side) * factor
  }
}

function noneOf(tierCount: number): ByTier {
  return { long: new Float64Array(tierCount), short: new Float64Array(tierCount) }
}

function clear({ priorLevels, sameBar }: Liquidated): void {
  for (const { long, short } of [priorLevels, sameBar]) {
    long.fill(0)
    short.fill(0)
  }
}

function scale({ long, short }: ByTier, factor: number): void {
  for (let tier = 0; tier < long.length; tier++) {
    long[tier]! *= factor
    short[tier]! *= factor
  }
}

/** A book wide enough for every entry of this market; its width has no influence on any value. */
function emptyBook({ market, flow, cohorts, tierCount, binWidth }: ReplayInput, features: BookFeatures): LevelBook {
  let { lowest, highest } = flow
  for (let t = 0; t < market.length; t++) {
    if (market.low[t]! < lowest) lowest = market.low[t]!
    if (market.high[t]! > highest) highest = market.high[t]!
  }
  const first = binOf(lowest, binWidth) - 1
  return new LevelBook(first, binOf(highest, binWidth) + 2 - first, tierCount, cohorts, features)
}
