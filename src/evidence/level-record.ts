/** Records the levels of a source bar by bar and follows each level over time. */
import { formatTime } from '../common/duration.ts'
import { DataError, quoteValue } from '../common/errors.ts'
import type { Market } from '../market/market.ts'
import { forEachLevelBar, type Level, type LevelSource } from '../sfp/levels/level-source.ts'
import { LevelIndex, type TrackedLevel } from './level-index.ts'

/**
 * The levels that a source reported at each bar, and which rows are the same level. Prices are logarithms. The levels known at
 * the close of bar t are the rows `offset[t]` … `offset[t + 1] − 1`. A row depends on bars up to its own only.
 */
export interface LevelRecord {
  readonly name: string
  readonly market: Market
  readonly offset: Int32Array
  /** First and last bar with a level; `market.length` and −1 without any. */
  readonly firstBar: number
  readonly lastBar: number
  /** +1 above the price, −1 below it. */
  readonly sign: Int8Array
  readonly inner: Float64Array
  readonly outer: Float64Array
  readonly strength: Float64Array
  readonly convergence: Int16Array
  /** Level that the row belongs to, from 0. */
  readonly levelId: Int32Array
  readonly levelCount: number
  /** 1 if price went through the whole level before, or is already beyond its inner edge. */
  readonly consumed: Uint8Array
}

/**
 * Bars that a level may be missing before a new one at its price counts as another level. The brightness of a cluster crosses
 * its threshold back and forth.
 */
const MAX_MISSING_BARS = 24

/**
 * Runs a source through its market and follows its levels. A level continues the live one of its side with the largest
 * overlap. It ends when price goes through all of it, or after {@link MAX_MISSING_BARS} without a report. Some sources keep
 * reporting a swept level: it stays the same level, consumed, until it becomes known again.
 *
 * @throws DataError with bar, field and value of an invalid level; OptionError when the levels belong to another market, or the
 *   source skips bars, visits them out of order or knows a level early
 */
export function recordLevels(market: Market, source: LevelSource): LevelRecord {
  const offset = new Int32Array(market.length + 1)
  const rows: { level: Level; id: number; consumed: boolean }[] = []
  const above = { sign: 1, live: new LevelIndex(), swept: new LevelIndex() }
  const below = { sign: -1, live: new LevelIndex(), swept: new LevelIndex() }
  let levelCount = 0
  forEachLevelBar(source, market, (t, levels) => {
    const high = Math.log(market.high[t]!)
    const low = Math.log(market.low[t]!)
    const close = Math.log(market.close[t]!)
    const isRecent = (level: TrackedLevel) => t - level.lastSeenBar <= MAX_MISSING_BARS
    for (const { sign, live, swept } of [above, below]) {
      live.retain(isRecent)
      swept.retain(isRecent)
      const sweptNow = live.all().filter(level => (sign > 0 ? high >= level.high : low <= level.low))
      for (const level of sweptNow) level.sweptBar = t
      if (sweptNow.length > 0) live.retain(level => level.sweptBar < 0)
      swept.addAll(sweptNow)
    }
    for (const level of levels) {
      checkLevel(level, source.name, market.time[t]!)
      const { sign, live, swept } = level.kind === 'high' ? above : below
      const inner = Math.log(level.inner)
      const outer = Math.log(level.outer)
      const zone = { low: Math.min(inner, outer), high: Math.max(inner, outer) }
      // A live level continues once per bar: those that are new or already reported in this bar are taken.
      let tracked = live.findOverlapping(zone, candidate => candidate.lastSeenBar < t)
      if (tracked) live.move(tracked, zone)
      else {
        tracked = swept.findOverlapping(zone, candidate => level.since < candidate.sweptBar)
        if (tracked) swept.move(tracked, zone)
        else {
          tracked = { id: levelCount++, sign, ...zone, lastSeenBar: t, sweptBar: -1 }
          live.add(tracked)
        }
      }
      tracked.lastSeenBar = t
      rows.push({ level, id: tracked.id, consumed: tracked.sweptBar >= 0 || sign * (inner - close) <= 0 })
    }
    offset[t + 1] = rows.length
  })
  const bars = Array.from(offset.keys()).slice(0, market.length)
  const hasLevels = (t: number) => offset[t + 1]! > offset[t]!
  const firstBar = bars.findIndex(hasLevels)
  return {
    name: source.name,
    market,
    offset,
    firstBar: firstBar < 0 ? market.length : firstBar,
    lastBar: bars.findLastIndex(hasLevels),
    sign: Int8Array.from(rows, ({ level }) => (level.kind === 'high' ? 1 : -1)),
    inner: Float64Array.from(rows, ({ level }) => Math.log(level.inner)),
    outer: Float64Array.from(rows, ({ level }) => Math.log(level.outer)),
    strength: Float64Array.from(rows, ({ level }) => level.strength),
    convergence: Int16Array.from(rows, ({ level }) => level.convergence),
    levelId: Int32Array.from(rows, ({ id }) => id),
    levelCount,
    consumed: Uint8Array.from(rows, ({ consumed }) => Number(consumed)),
  }
}

/** Sources may be user code. A strength of 0 has no logarithm, and an invalid price is neither reached nor missed. */
function checkLevel({ kind, inner, outer, strength }: Level, source: string, time: number): void {
  const fail = (field: string, value: unknown, expected: string) => {
    throw new DataError(
      `levels: ${source}, bar of ${formatTime(time)}, ${field}: ${quoteValue(value)}, but expected ${expected}`,
    )
  }
  if (!(inner > 0 && inner < Infinity)) fail('inner', inner, 'a price above 0')
  if (!(outer > 0 && outer < Infinity)) fail('outer', outer, 'a price above 0')
  if (kind === 'high' ? outer < inner : outer > inner)
    fail('outer', outer, `${kind === 'high' ? 'at least' : 'at most'} the inner edge ${inner}, as it is a ${kind}`)
  if (!(strength > 0 && strength < Infinity)) fail('strength', strength, 'a number above 0, e.g. 1')
}
