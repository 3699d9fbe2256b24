import { formatTime } from '../common/duration.ts'
import { DataError, quoteValue } from '../common/errors.ts'
import type { Market } from '../market/market.ts'
import type { Level, LevelSource } from '../sfp/levels/columns.ts'
import { LevelIndex, type TrackedLevel } from './level-index.ts'

/**
 * What a level source said, bar by bar, and which of its levels were the same one. Prices are logarithms. The levels known
 * at the close of bar t are the rows `offset[t]` … `offset[t + 1] − 1`. Nothing of a row depends on later bars.
 */
export interface LevelRecord {
  readonly name: string
  readonly market: Market
  readonly offset: Int32Array
  /** +1 above the price, −1 below it. */
  readonly sign: Int8Array
  readonly inner: Float64Array
  readonly outer: Float64Array
  readonly strength: Float64Array
  readonly convergence: Int16Array
  /** Number of the life that the row belongs to. */
  readonly life: Int32Array
  readonly lives: number
  /** 1 where price had gone through the whole level before, or lies beyond its inner edge: nothing is left to happen to it. */
  readonly spent: Uint8Array
}

/**
 * Bars for which a level may be out of sight before a new one at its place counts as another. A cluster's brightness crosses
 * the rule's limit back and forth.
 */
const PATIENCE = 24

/**
 * Runs a source through its market and follows its levels: a level goes on as the live one of its side that it overlaps
 * most. A life ends when price has gone through the whole level, or when nothing was seen of it for {@link PATIENCE} bars.
 * Sources of lines go on showing a level that was swept: it stays the same life, spent, unless it became known anew.
 *
 * @throws DataError naming the bar, field and value of a level that cannot be right
 */
export function recordLevels(market: Market, source: LevelSource): LevelRecord {
  const offset = new Int32Array(market.length + 1)
  const rows: { level: Level; life: number; spent: boolean }[] = []
  const sides = [1, -1].map(sign => ({ sign, live: new LevelIndex(), swept: new LevelIndex() }))
  let lives = 0
  source.forEachBar((t, levels) => {
    const high = Math.log(market.high[t]!)
    const low = Math.log(market.low[t]!)
    const close = Math.log(market.close[t]!)
    const seenLately = (life: TrackedLevel) => t - life.seen <= PATIENCE
    for (const { sign, live, swept } of sides) {
      live.keep(seenLately)
      swept.keep(seenLately)
      const through = live.all().filter(life => (sign > 0 ? high >= life.high : low <= life.low))
      for (const life of through) life.swept = t
      if (through.length > 0) live.keep(life => life.swept < 0)
      swept.addAll(through)
    }
    for (const level of levels) {
      checkLevel(level, source.name, market.time[t]!)
      const { sign, live, swept } = sides[level.kind === 'high' ? 0 : 1]!
      const edges = [Math.log(level.inner), Math.log(level.outer)] as const
      const zone = { low: Math.min(...edges), high: Math.max(...edges) }
      // A live one goes on as one level a bar: those that are new or were seen in this bar are taken.
      let life = live.overlapping(zone, one => one.seen < t)
      if (life) live.move(life, zone)
      else {
        life = swept.overlapping(zone, one => level.since < one.swept)
        if (life) swept.move(life, zone)
        else {
          life = { id: lives++, sign, ...zone, seen: t, swept: -1 }
          live.add(life)
        }
      }
      life.seen = t
      rows.push({ level, life: life.id, spent: life.swept >= 0 || sign * (edges[0] - close) <= 0 })
    }
    offset[t + 1] = rows.length
  })
  const n = rows.length
  const sign = new Int8Array(n)
  const inner = new Float64Array(n)
  const outer = new Float64Array(n)
  const strength = new Float64Array(n)
  const convergence = new Int16Array(n)
  const life = new Int32Array(n)
  const spent = new Uint8Array(n)
  for (let i = 0; i < n; i++) {
    const row = rows[i]!
    sign[i] = row.level.kind === 'high' ? 1 : -1
    inner[i] = Math.log(row.level.inner)
    outer[i] = Math.log(row.level.outer)
    strength[i] = row.level.strength
    convergence[i] = row.level.convergence
    life[i] = row.life
    spent[i] = Number(row.spent)
  }
  return { name: source.name, market, offset, sign, inner, outer, strength, convergence, life, lives, spent }
}

/** Sources may be anybody's: a strength of 0 has no logarithm, and a price that is none is neither reached nor missed. */
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
