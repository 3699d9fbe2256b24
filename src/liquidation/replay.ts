import type { Market } from '../market/market.ts'
import { binOf } from './bins.ts'
import { type Atom, type BookFeatures, LevelBook, type SideBook } from './book.ts'
import { BarEntries } from './entries.ts'
import type { PositionFlow } from './flow.ts'

/** What a replay needs to know; see {@link LiquidationMap} for the meaning of each. */
export interface Recipe {
  market: Market
  flow: PositionFlow
  atoms: { long: readonly Atom[]; short: readonly Atom[] }
  tierCount: number
  binWidth: number
  halfLifeMs: number
  maxAgeMs: number
  /** In ln(price): how far price must go through a level to take all of it. */
  triggerDepth: number
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
  /** Notional (USD) by tier that the last bar's low and high consumed of levels known before it. */
  readonly consumed: { long: Float64Array; short: Float64Array }
  /** The same of positions that opened in the bar itself. */
  readonly sameBar: { long: Float64Array; short: Float64Array }
  private readonly recipe: Recipe
  private readonly last: number
  /** 1 / scale at the additions of each bar, kept up to date when the book is rescaled; only with a maximum age. */
  private readonly addedFactor: Float64Array | null
  private oldest = 0
  private readonly entries = new BarEntries()
  private decayMs = -1
  private decay = 1
  /** {@link consumed} and {@link sameBar} hold something, so that most bars need not clear them. */
  private took = false
  private tookSameBar = false

  constructor(recipe: Recipe, features: Partial<BookFeatures> = {}, until = recipe.market.length - 1) {
    const expires = recipe.maxAgeMs < Infinity
    this.recipe = recipe
    this.last = until
    const depth = recipe.triggerDepth / recipe.binWidth
    this.book = emptyBook(recipe, { ages: features.ages ?? false, expires, depth })
    this.addedFactor = expires ? new Float64Array(recipe.market.length) : null
    const byTier = () => ({ long: new Float64Array(recipe.tierCount), short: new Float64Array(recipe.tierCount) })
    this.consumed = byTier()
    this.sameBar = byTier()
  }

  /** Goes on to the close of the next bar; false when there is none. */
  step(): boolean {
    if (this.bar >= this.last) return false
    const t = ++this.bar
    const { book, recipe, consumed, sameBar } = this
    const { market, flow, binWidth } = recipe
    book.long.reachedAt = Math.log(market.low[t]!) / binWidth - book.firstBin
    book.short.reachedAt = Math.log(market.high[t]!) / binWidth - book.firstBin

    if (t > 0) this.keep(this.decayOver(market.time[t]! - market.time[t - 1]!))
    if (this.addedFactor) this.expire(t)
    if (this.took) {
      clear(consumed)
    }
    const longTook = book.long.consume(consumed.long, t)
    const shortTook = book.short.consume(consumed.short, t)
    this.took = longTook || shortTook
    if (this.took) scale(consumed, book.scale)
    if (this.tookSameBar) {
      clear(sameBar)
      this.tookSameBar = false
    }
    this.keep(flow.kept[t]!)
    if (this.addedFactor) this.addedFactor[t] = 1 / book.scale
    this.open(t)
    if (this.tookSameBar) scale(sameBar, book.scale)
    return true
  }

  private open(t: number): void {
    const { entries, book, sameBar } = this
    entries.clear(book.scale)
    this.recipe.flow.entries(t, entries)
    if (entries.count === 0) return
    this.openSide(book.long, sameBar.long, t)
    this.openSide(book.short, sameBar.short, t)
  }

  private openSide(own: SideBook, byTier: Float64Array, t: number): void {
    const { entries, book, recipe } = this
    const { side } = own
    const { bins } = entries
    const first = entries.first - book.firstBin
    const values = entries.values(side)
    own.open(first, values, bins)
    if (own.openedTime) own.openTimes(first, values, bins, recipe.market.time[t]!)
    own.reach(first, first + bins - 1)
    // Only a bar that is longer than the shortest way from an entry to its liquidation can liquidate what it opens.
    if (bins <= own.shortestWay) return
    this.tookSameBar = true
    for (let k = 0; k < entries.count; k++)
      if (entries.isFirst(side, k)) own.consumeOpened(entries, k, book.firstBin, recipe.market.time[t]!, byTier)
  }

  /** Share that is left after a time; bars are mostly equally long, so the last answer is kept. */
  private decayOver(ms: number): number {
    const { halfLifeMs } = this.recipe
    if (halfLifeMs === Infinity) return 1
    if (ms !== this.decayMs) {
      this.decayMs = ms
      this.decay = 2 ** (-ms / halfLifeMs)
    }
    return this.decay
  }

  private keep(share: number): void {
    if (share === 1) return
    const { book, addedFactor } = this
    const { epoch, scale } = book
    book.keep(share)
    // The stored values were multiplied by the whole scale.
    if (addedFactor && book.epoch !== epoch)
      for (let t = this.oldest; t < this.bar; t++) addedFactor[t]! *= scale * share
  }

  private expire(t: number): void {
    const { market, flow, maxAgeMs } = this.recipe
    const { entries, book } = this
    for (; this.oldest < t && market.time[t]! - market.time[this.oldest]! > maxAgeMs; this.oldest++) {
      const bar = this.oldest
      const factor = this.addedFactor![bar]!
      entries.clear()
      flow.entries(bar, entries)
      if (entries.count === 0) continue
      for (const own of [book.long, book.short]) {
        const values = entries.values(own.side)
        const keptOut = (atom: number, index: number) => this.takenAtOpening(own, index, own.shifts[atom]!, factor)
        own.expire(entries.first - book.firstBin, values, entries.bins, factor, market.time[bar]!, bar, keptOut)
      }
    }
  }

  /** What the bar in {@link entries} itself consumed of its additions to one bin of an atom. */
  private takenAtOpening(own: SideBook, index: number, shift: number, factor: number): number {
    const { entries, book } = this
    const bin = index + book.firstBin
    const extremes = own.side === 'long' ? entries.lowestAt : entries.highestAt
    let taken = 0
    for (let k = 0; k < entries.count; k++)
      if (entries.from[k]! <= bin && bin <= entries.to[k]!)
        taken += entries.amount(own.side, k) * factor * own.share(index + shift, extremes[k]! - book.firstBin, 0)
    return taken
  }
}

/** A loop: a call of `fill` costs more than these few values. */
function clear({ long, short }: { long: Float64Array; short: Float64Array }): void {
  for (let tier = 0; tier < long.length; tier++) {
    long[tier] = 0
    short[tier] = 0
  }
}

function scale({ long, short }: { long: Float64Array; short: Float64Array }, factor: number): void {
  for (let tier = 0; tier < long.length; tier++) {
    long[tier]! *= factor
    short[tier]! *= factor
  }
}

/** A book wide enough for every entry of this market; its width has no influence on any value. */
function emptyBook({ market, flow, atoms, tierCount, binWidth }: Recipe, features: BookFeatures): LevelBook {
  let { lowest, highest } = flow
  for (let t = 0; t < market.length; t++) {
    if (market.low[t]! < lowest) lowest = market.low[t]!
    if (market.high[t]! > highest) highest = market.high[t]!
  }
  const first = binOf(lowest, binWidth) - 1
  return new LevelBook(first, binOf(highest, binWidth) + 2 - first, tierCount, atoms, features)
}
