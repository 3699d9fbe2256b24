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

/** Calls back at each bar of a market with the sum of all parts, each as known at its own last close by then. */
export function replayParts(
  market: Market,
  parts: readonly { market: Market; start(options?: ReplayOptions): MapRun }[],
  tierCount: number,
  visit: BookVisitor,
  { ages = false, until = market.length - 1 }: ReplayOptions = {},
): void {
  const runs = parts.map(part => ({ run: part.start({ ages }), lastBars: asOf(market, part.market) }))
  const view = sumBooks(
    runs.map(({ run }) => run),
    tierCount,
  )
  for (let t = 0; t <= until; t++) {
    for (const { run, lastBars } of runs) while (run.bar < lastBars[t]!) run.step()
    visit(t, view)
  }
}

function sumBooks(runs: readonly MapRun[], tierCount: number): BookView {
  return {
    tierCount,
    column(side, fromBin, out, tier) {
      out.fill(0)
      for (const { book } of runs) book.addColumn(side, fromBin, out, tier)
      return out
    },
    readColumn(side, fromBin, out) {
      let sum = 0
      for (const usd of this.column(side, fromBin, out)) sum += usd
      return sum
    },
    byTier(side, fromBin, toBin, out = new Float64Array(tierCount)) {
      out.fill(0)
      for (const { book } of runs) book.addByTier(side, fromBin, toBin, out)
      return out
    },
    openedTime: (side, fromBin, toBin) =>
      runs.reduce((sum, { book }) => sum + book.openedTime(side, fromBin, toBin), 0),
  }
}
