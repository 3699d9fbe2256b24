/** Replays a market through the level book, bar by bar. */
import { binOf } from '../../market/bins.ts'
import type { Market } from '../../market/market.ts'
import { type ContractKind, contractUsd } from '../contract.ts'
import { BarEntries } from './bar-entries.ts'
import { LevelBook } from './level-book.ts'
import { triggeredShare } from './level-reach.ts'
import type { PositionFlow } from './position-flow.ts'
import type { BookFeatures, Cohort, SideBook } from './side-book.ts'

/** Input of a replay; see `ResolvedMapOptions` for the parameters. */
export interface ReplayInput {
  market: Market
  flow: PositionFlow
  cohorts: { long: readonly Cohort[]; short: readonly Cohort[] }
  tierCount: number
  binWidth: number
  halfLifeMs: number
  maxAgeMs: number
  triggerDepth: number
  contract: ContractKind
}

export interface ReplayOptions {
  /** Store opening times, for `BookView.openedTime`. Default false. */
  ages?: boolean
  /** Record {@link Replay.liquidated}. Default false: recording costs more than the consumption itself. */
  liquidated?: boolean
  /** Last bar. Default: the last of the market. */
  until?: number
}

/**
 * Notional (USD, contracts at the bar's close) that a bar's low and high consumed: of levels known before it, and of positions
 * opened in the bar itself.
 */
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
 * Runs through a market bar by bar. Positions are contracts; their USD follow the bar's close. In each bar: (1) positions decay
 * for the time since the last bar, and those above the maximum age expire; (2) the low consumes the long levels it reaches, the high the short levels; (3) falls of open interest
 * close outstanding positions in proportion; (4) the bar's new positions open, live from the next bar on, except those that
 * the rest of the bar's own path liquidates.
 *
 * The cost of a bar is the bins of its range and the bins it consumes, per cohort, whatever the size of the book.
 */
export class Replay {
  readonly book: LevelBook
  /** The bar at whose close {@link book} stands; −1 before the first. */
  bar = -1
  /** What the last bar's low and high consumed; null unless recorded. */
  readonly liquidated: Liquidated | null
  readonly #input: ReplayInput
  readonly #until: number
  /** 1 / scale at the additions of each bar, adjusted when the book is renormalised; only with a maximum age. */
  readonly #addedFactor: Float64Array | null
  #oldestBar = 0
  readonly #entries = new BarEntries()
  readonly #decay: Decay

  constructor(
    input: ReplayInput,
    { ages = false, liquidated = false, until = input.market.length - 1 }: ReplayOptions = {},
  ) {
    const expires = input.maxAgeMs < Infinity
    this.#input = input
    this.#until = until
    this.#decay = new Decay(input.halfLifeMs)
    const depthBins = input.triggerDepth / input.binWidth
    this.book = createBook(input, { ages, expires, depthBins })
    this.#addedFactor = expires ? new Float64Array(input.market.length) : null
    this.liquidated = liquidated ? { priorLevels: zeroes(input.tierCount), sameBar: zeroes(input.tierCount) } : null
  }

  /** Advances to the close of the next bar; false if there is none. */
  step(): boolean {
    if (this.bar >= this.#until) return false
    const t = ++this.bar
    const { book, liquidated } = this
    const entries = this.#entries
    const { market, flow, binWidth } = this.#input
    if (liquidated) clear(liquidated)
    if (t > 0) this.#scaleBy(this.#decay.over(market.time[t]! - market.time[t - 1]!) * revaluation(this.#input, t))
    if (this.#addedFactor) this.#expire(t, this.#addedFactor)
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

  /** Opens the bar's entries. */
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
    const total = entries.total()
    const long = entries.sideShare('long') / book.scale
    const short = entries.sideShare('short') / book.scale
    book.open(first, bins, total, total, long, short, time)
    // A bar can liquidate what it opens only if its range exceeds the smallest distance from an entry to its liquidation.
    const { liquidated } = this
    if (bins > book.long.minDistance)
      book.long.consumeOpened(entries, total, book.firstBin, long, time, liquidated?.sameBar.long ?? null)
    if (bins > book.short.minDistance)
      book.short.consumeOpened(entries, total, book.firstBin, short, time, liquidated?.sameBar.short ?? null)
  }

  #scaleBy(share: number): void {
    if (share === 1) return
    const { book } = this
    const addedFactor = this.#addedFactor
    const { epoch, scale } = book
    book.scaleBy(share)
    // Renormalising multiplied the stored values by the whole scale.
    if (addedFactor && book.epoch !== epoch)
      for (let t = this.#oldestBar; t < this.bar; t++) addedFactor[t]! *= scale * share
  }

  #expire(t: number, addedFactor: Float64Array): void {
    const { market, flow, maxAgeMs, binWidth } = this.#input
    const { book } = this
    const entries = this.#entries
    for (; this.#oldestBar < t && market.time[t]! - market.time[this.#oldestBar]! > maxAgeMs; this.#oldestBar++) {
      const bar = this.#oldestBar
      const factor = addedFactor[bar]!
      entries.start(market, bar, binWidth)
      flow.entries(bar, entries)
      if (entries.count === 0) continue
      for (const side of [book.long, book.short]) {
        const values = entries.values(side.side)
        const consumed = (cohort: number, index: number) =>
          this.#consumedAtOpening(side, index, side.shifts[cohort]!, factor)
        side.expire(entries.first - book.firstBin, values, entries.bins, factor, market.time[bar]!, bar, consumed)
      }
    }
  }

  /** What the bar in `#entries` consumed of its own additions to one index of a cohort. */
  #consumedAtOpening(side: SideBook, index: number, shift: number, factor: number): number {
    const { book } = this
    const entries = this.#entries
    const bin = index + book.firstBin
    if (!entries.alongPath) return 0
    const before = side.side === 'long' ? entries.beforeLow : entries.beforeHigh
    const extremeAt = side.side === 'long' ? entries.lowAt : entries.highAt
    let usd = 0
    for (let k = 0; k < entries.count; k++) {
      if (bin < entries.from[k]! || bin > entries.to[k]!) continue
      const reachedAt = (before[k] ? extremeAt : entries.closeAt) - book.firstBin
      usd += entries.notional[k]! * triggeredShare(side.side, index + shift, reachedAt, 0)
    }
    return usd * entries.sideShare(side.side) * factor
  }
}

/** Share of positions that survives a time span; cached, because most bars are equally long. */
export class Decay {
  readonly #halfLifeMs: number
  #ms = -1
  #share = 1

  constructor(halfLifeMs: number) {
    this.#halfLifeMs = halfLifeMs
  }

  over(ms: number): number {
    if (this.#halfLifeMs === Infinity) return 1
    if (ms !== this.#ms) {
      this.#ms = ms
      this.#share = 2 ** (-ms / this.#halfLifeMs)
    }
    return this.#share
  }
}

/** USD of a contract at the close of bar t, in multiples of those at the close before. */
export function revaluation({ market, contract }: Pick<ReplayInput, 'market' | 'contract'>, t: number): number {
  return contractUsd(market, contract, t) / contractUsd(market, contract, t - 1)
}

/** Nothing of any tier. */
export function zeroes(tierCount: number): ByTier {
  return { long: new Float64Array(tierCount), short: new Float64Array(tierCount) }
}

/** Empties a record, for the next bar. */
export function clear({ priorLevels, sameBar }: Liquidated): void {
  for (const { long, short } of [priorLevels, sameBar]) {
    long.fill(0)
    short.fill(0)
  }
}

/** Multiplies both sides of all tiers. */
export function scale({ long, short }: ByTier, factor: number): void {
  for (let tier = 0; tier < long.length; tier++) {
    long[tier]! *= factor
    short[tier]! *= factor
  }
}

/** An empty book, wide enough for every entry of the market; its width affects no value. */
function createBook({ market, flow, cohorts, tierCount, binWidth }: ReplayInput, features: BookFeatures): LevelBook {
  let { lowest, highest } = flow
  for (let t = 0; t < market.length; t++) {
    if (market.low[t]! < lowest) lowest = market.low[t]!
    if (market.high[t]! > highest) highest = market.high[t]!
  }
  const first = binOf(lowest, binWidth) - 1
  return new LevelBook(first, binOf(highest, binWidth) + 2 - first, tierCount, cohorts, features)
}
