/** Helpers for tests of liquidation maps. */
import fc from 'fast-check'
import type { LayeredBook } from '../../src/liquidation/book/level-book.ts'
import { type LiquidationMap, liquidationMap } from '../../src/liquidation/map.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'

/** A simulated market of 400 bars and its map with default options. */
export const market = simulateMarket({ seed: 8, bars: 400 })
export const map = liquidationMap(market)

export const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)

/** A value that a test requires to exist. @throws Error when it does not */
export function existing<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('The test expected a value')
  return value
}

/** Seeds of simulated markets. */
export const seeds = fc.integer({ min: 1, max: 1e6 })

/** Notional in the book of a single map at each bar, by `side:tier:bin`. */
export function snapshots(levels: LiquidationMap): Map<string, number>[] {
  const out: Map<string, number>[] = []
  const run = existing(levels.parts[0]).start()
  while (run.step()) out.push(contents(run.book))
  return out
}

function contents(book: LayeredBook): Map<string, number> {
  const levels = new Map<string, number>()
  const shifts = [...book.long.cohorts, ...book.short.cohorts].map(cohort => cohort.shift)
  const first = book.firstBin + Math.min(...shifts)
  const column = new Float64Array(book.binCount + Math.max(...shifts) - Math.min(...shifts))
  for (const side of ['long', 'short'] as const)
    for (let tier = 0; tier < book.tierCount; tier++) {
      book.column(side, first, column, tier)
      for (let i = 0; i < column.length; i++)
        if (column[i] !== 0) levels.set(`${side}:${tier}:${first + i}`, column[i]!)
    }
  return levels
}
