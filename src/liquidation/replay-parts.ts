/** Replays the parts of a map together. */
import { asOf } from '../market/as-of.ts'
import type { Market } from '../market/market.ts'
import type { BookView, LayeredBook } from './book/level-book.ts'
import type { Liquidated, ReplayOptions } from './book/replay.ts'

/** Called after the close of bar t with the book as known then. The book is reused: read it during the call only. */
export type BookVisitor = (t: number, book: BookView) => void

/** A run through a market, bar by bar. */
export interface MapRun {
  /** The bar at whose close {@link book} stands; −1 before the first. */
  readonly bar: number
  readonly book: LayeredBook
  /** What the last bar's low and high consumed; null unless recorded. */
  readonly liquidated: Liquidated | null
  /** Advances to the close of the next bar; false if there is none. */
  step(): boolean
}

/** A part of a map, which can be run through. */
interface MapPart {
  market: Market
  start(options?: ReplayOptions): MapRun
}

/**
 * Starts the parts of a map on a market. `stepTo(t)` brings each to its own last close by that of bar t, which is no earlier one than
 * that of the last call.
 */
export function startParts(
  market: Market,
  parts: readonly MapPart[],
  options?: ReplayOptions,
): { books: readonly LayeredBook[]; stepTo(t: number): void } {
  const runs = parts.map(part => ({ run: part.start(options), lastBars: asOf(market, part.market) }))
  return {
    books: runs.map(({ run }) => run.book),
    stepTo(t) {
      for (const { run, lastBars } of runs) while (run.bar < lastBars[t]!) run.step()
    },
  }
}

/** Calls back at each bar of a market with the sum of all parts, each as known at its own last close by then. */
export function replayParts(
  market: Market,
  parts: readonly MapPart[],
  tierCount: number,
  visit: BookVisitor,
  { ages = false, until = market.length - 1 }: ReplayOptions = {},
): void {
  const { books, stepTo } = startParts(market, parts, { ages })
  const view = sumBooks(books, tierCount)
  for (let t = 0; t <= until; t++) {
    stepTo(t)
    visit(t, view)
  }
}

function sumBooks(books: readonly LayeredBook[], tierCount: number): BookView {
  return {
    tierCount,
    column(side, fromBin, out, tier) {
      out.fill(0)
      for (const book of books) book.addColumn(side, fromBin, out, tier)
      return out
    },
    readColumn(side, fromBin, out) {
      let sum = 0
      for (const usd of this.column(side, fromBin, out)) sum += usd
      return sum
    },
    byTier(side, fromBin, toBin, out = new Float64Array(tierCount)) {
      out.fill(0)
      for (const book of books) book.addByTier(side, fromBin, toBin, out)
      return out
    },
    openedTime: (side, fromBin, toBin) => books.reduce((sum, book) => sum + book.openedTime(side, fromBin, toBin), 0),
  }
}
