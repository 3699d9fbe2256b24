/** Limits on entries over all markets of a portfolio. */
import type { Account, Book, EntryLimits, RefusalReason } from '../account.ts'
import type { Signal } from '../detect.ts'
import type { PortfolioRule } from './portfolio-options.ts'
import type { ReturnGrid } from './return-grid.ts'

export class PortfolioLimits implements EntryLimits {
  readonly #account: Account
  readonly #rule: PortfolioRule
  /** Null where no limit needs correlations. */
  readonly #grid: ReturnGrid | null

  constructor(account: Account, rule: PortfolioRule, grid: ReturnGrid | null) {
    this.#account = account
    this.#rule = rule
    this.#grid = grid
  }

  refusal(book: Book, { side }: Signal, knownAt: number): RefusalReason | null {
    const { maxPositions, maxPerSide, maxCorrelated } = this.#rule
    let open = 0
    let sameSide = 0
    for (const { positions } of this.#account.books) {
      open += positions.length
      for (const position of positions) if (position.signal.side === side) sameSide++
    }
    if (open >= maxPositions) return 'maxPositions'
    if (sameSide >= maxPerSide) return 'maxPerSide'
    if (maxCorrelated === null || open < maxCorrelated.positions) return null
    return this.#correlated(book, side, knownAt) > maxCorrelated.positions ? 'maxCorrelated' : null
  }

  room(): number {
    const { maxExposure } = this.#rule
    if (maxExposure === Infinity) return Infinity
    const { equity, notional } = this.#account.holdings()
    const room = maxExposure * equity - notional
    // A position that took all of it leaves a rounding error.
    return room > 1e-9 * equity ? room : 0
  }

  /** Number of positions, the new one included, that gain and lose together. */
  #correlated(book: Book, side: Signal['side'], knownAt: number): number {
    const { correlation, windowMs } = this.#rule.maxCorrelated!
    let count = 1
    for (const { index, positions } of this.#account.books) {
      if (positions.length === 0) continue
      const between = index === book.index ? 1 : this.#grid!.correlation(index, book.index, knownAt, windowMs)
      for (const { signal } of positions) {
        const together = signal.side === side ? between : -between
        // One that is not known does not lift the limit.
        if (!(together < correlation)) count++
      }
    }
    return count
  }
}
