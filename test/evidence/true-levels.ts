/** The true levels of a simulated market as a level source. */
import type { Market } from '../../src/market/market.ts'
import type { Level, LevelSource } from '../../src/sfp/levels/level-source.ts'

const WIDTH = 0.002
/** Range of bins on each side: 10 %. */
const MAX_DISTANCE = 50
/** A level is a bin that, averaged with its neighbours, has at least this multiple of the mean. */
const MIN_BRIGHTNESS = 2
const TIER_SHARE = 0.15

/**
 * The nearest bright cluster of true positions on each side, at each close. Only a simulated market reveals them. With them the
 * power of a test does not depend on an estimate of the levels.
 */
export function trueLevels(market: Market): LevelSource {
  if (!market.truth) throw new Error('true levels need a simulated market')
  const { positions } = market.truth
  return {
    name: 'true levels',
    forEachBar(visit) {
      const books = { long: new Map<number, Map<number, number>>(), short: new Map<number, Map<number, number>>() }
      const change = (i: number, coins: number) => {
        if (!(positions.liquidation[i]! > 0)) return
        const book = positions.side[i]! > 0 ? books.long : books.short
        const bin = Math.floor(Math.log(positions.liquidation[i]!) / WIDTH)
        const tiers = book.get(bin) ?? new Map<number, number>()
        book.set(bin, tiers)
        tiers.set(positions.leverage[i]!, (tiers.get(positions.leverage[i]!) ?? 0) + coins)
      }
      const events = sizeChanges(positions, market.length)
      for (let t = 0; t < market.length; t++) {
        for (const [i, coins] of events[t]!) change(i, coins)
        visit(t, nearestLevels(books, market.close[t]!, t))
      }
    },
  }
}

/** By bar: the changes of positions' coins. */
function sizeChanges(positions: NonNullable<Market['truth']>['positions'], bars: number): [number, number][][] {
  const events: [number, number][][] = Array.from({ length: bars }, () => [])
  for (let i = 0; i < positions.length; i++) {
    const { size, stoppable, openBar, endBar, stopBar } = positions
    if (endBar[i] === openBar[i]) continue
    events[openBar[i]!]!.push([i, size[i]!])
    const stopped = stopBar[i]! < bars && stopBar[i]! < endBar[i]!
    if (stopped) events[stopBar[i]!]!.push([i, -stoppable[i]!])
    if (endBar[i]! < bars) events[endBar[i]!]!.push([i, -(size[i]! - (stopped ? stoppable[i]! : 0))])
  }
  return events
}

type Book = ReadonlyMap<number, ReadonlyMap<number, number>>

function nearestLevels(books: { long: Book; short: Book }, close: number, t: number): Level[] {
  const at = Math.floor(Math.log(close) / WIDTH)
  const held = { long: new Float64Array(MAX_DISTANCE + 3), short: new Float64Array(MAX_DISTANCE + 3) }
  let sum = 0
  for (const side of ['long', 'short'] as const)
    for (let d = 1; d <= MAX_DISTANCE + 2; d++) {
      for (const coins of books[side].get(side === 'long' ? at - d : at + d)?.values() ?? []) held[side][d]! += coins
      if (d <= MAX_DISTANCE) sum += held[side][d]!
    }
  const mean = sum / (2 * MAX_DISTANCE)
  const levels: Level[] = []
  if (!(mean > 0)) return levels
  for (const side of ['long', 'short'] as const) {
    const around = (d: number) => (held[side][d - 1]! + held[side][d]! + held[side][d + 1]!) / 3
    for (let d = 2; d <= MAX_DISTANCE; d++) {
      if (around(d) < MIN_BRIGHTNESS * mean || around(d) < around(d + 1)) continue
      const bin = side === 'long' ? at - d : at + d
      const edges = [Math.exp((bin - 1) * WIDTH), Math.exp((bin + 2) * WIDTH)] as const
      levels.push({
        kind: side === 'short' ? 'high' : 'low',
        inner: side === 'short' ? edges[0] : edges[1],
        outer: side === 'short' ? edges[1] : edges[0],
        strength: 3 * around(d) * close,
        convergence: convergence(books[side], bin, 3 * around(d)),
        since: t,
      })
      break
    }
  }
  return levels
}

function convergence(book: Book, bin: number, total: number): number {
  const tiers = new Map<number, number>()
  for (let b = bin - 1; b <= bin + 1; b++)
    for (const [tier, coins] of book.get(b) ?? []) tiers.set(tier, (tiers.get(tier) ?? 0) + coins)
  return [...tiers.values()].filter(coins => coins >= TIER_SHARE * total).length
}
