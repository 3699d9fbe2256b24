/** Levels that a detector watches: single ones, packed ones of a whole market, and their sources. */

import { OptionError } from '../../common/errors.ts'
import { countText } from '../../common/number-text.ts'
import { describeBarDifference } from '../../market/bar-difference.ts'
import type { Market } from '../../market/market.ts'

/** A price zone that may be swept: a high above the price or a low below it. */
export interface Level {
  kind: 'high' | 'low'
  /** Edge nearest to the price, and the farthest one; equal for a line. */
  inner: number
  outer: number
  /** Decides among levels swept together: of a cluster the USD that rank it, see `rankBy`; 1 for a line. */
  strength: number
  /** Tiers that converge in it; 0 for a line. */
  convergence: number
  /** The bar at whose close it is first known. */
  since: number
  /**
   * The zone is cut into parts of equal width in ln(price); for each part, the share of the zone's USD between `inner` and the
   * part's far edge. Absent for a line, and for a zone whose distribution is unknown.
   */
  profile?: Float32Array
}

/**
 * Levels of all bars, packed: those known at the close of bar t are `ids[starts[t]] … ids[starts[t + 1] − 1]`, and the other
 * arrays hold a level's properties at its id. Ids rise with `since`, so nothing about a level depends on later bars.
 */
export interface LevelColumns {
  readonly starts: Uint32Array
  readonly ids: Uint32Array
  /** 1 for a high, 0 for a low. */
  readonly high: Uint8Array
  readonly inner: Float64Array
  readonly outer: Float64Array
  readonly strength: Float64Array
  readonly convergence: Uint8Array
  readonly since: Int32Array
  /** {@link Level.profile} of level i: `profile[profileStarts[i]] … profile[profileStarts[i + 1] − 1]`. */
  readonly profileStarts: Uint32Array
  readonly profile: Float32Array
}

/** Called with the levels known at the close of bar t. The list may be that of the bar before: read it, don't change it. */
export type LevelVisitor = (t: number, levels: readonly Level[]) => void

/** Where a detector takes its levels from. */
export interface LevelSource {
  readonly name: string
  /** The market of the levels: they are refused for the bars of any other. Custom sources may leave it out. */
  readonly market?: Market
  /** Calls back for every bar in order, with the levels known at its close. */
  forEachBar(visit: LevelVisitor): void
  /** The same levels, packed. The library's own sources have it; for others {@link toLevelColumns} packs them. */
  columns?(): LevelColumns
}

/** A source of a market's levels in packed form. `build` runs once, on the first use. */
export function createLevelSource(name: string, market: Market, build: () => LevelColumns): LevelSource {
  let built: LevelColumns | undefined
  const columns = () => {
    built ??= build()
    return built
  }
  return {
    name,
    market,
    columns,
    forEachBar(visit) {
      const packed = columns()
      const { starts, ids } = packed
      let levels: Level[] = []
      let objects = new Map<number, Level>()
      for (let t = 0; t + 1 < starts.length; t++) {
        const from = starts[t]!
        const count = starts[t + 1]! - from
        let unchanged = count === levels.length && t > 0
        for (let k = 0; unchanged && k < count; k++) unchanged = ids[from + k] === ids[starts[t - 1]! + k]
        if (!unchanged) {
          const next = new Map<number, Level>()
          levels = Array.from(ids.subarray(from, from + count), id => {
            const level = objects.get(id) ?? toLevel(packed, id)
            next.set(id, level)
            return level
          })
          objects = next
        }
        visit(t, levels)
      }
    },
  }
}

/** Unpacks one level. */
export function toLevel(columns: LevelColumns, id: number): Level {
  const from = columns.profileStarts[id]!
  const to = columns.profileStarts[id + 1]!
  const level: Level = {
    kind: columns.high[id] ? 'high' : 'low',
    inner: columns.inner[id]!,
    outer: columns.outer[id]!,
    strength: columns.strength[id]!,
    convergence: columns.convergence[id]!,
    since: columns.since[id]!,
  }
  if (to > from) level.profile = columns.profile.subarray(from, to)
  return level
}

/**
 * Packs the levels of any source.
 * @throws OptionError when they belong to another market, as bar by bar they would be levels of other times or prices; when a
 *   source skips bars or visits them out of order; or when a level appears before its `since`
 */
export function toLevelColumns(source: LevelSource, market: Market): LevelColumns {
  if (!source.columns) return packLevels(source, market)
  assertMarketOf(source, market)
  const columns = source.columns()
  const bars = columns.starts.length - 1
  if (bars !== market.length)
    throw foreignLevels(source, `a market of ${countText(bars, 'bar')}, but this one has ${market.length}`)
  return columns
}

function assertMarketOf(source: LevelSource, market: Market): void {
  const difference = source.market && describeBarDifference(source.market, market)
  if (difference) throw foreignLevels(source, difference)
}

function foreignLevels({ name }: LevelSource, difference: string): OptionError {
  return new OptionError(
    `levels: ${name}: built from ${difference}. Build them from this market, or map those of longer bars to it with liq.levels.asOf`,
  )
}

/**
 * Calls back for every bar of a market with the levels of a source. Custom sources make promises that nothing else enforces, so
 * they are checked here, where every use passes.
 *
 * @throws OptionError as {@link toLevelColumns} does
 */
export function forEachLevelBar(source: LevelSource, market: Market, visit: LevelVisitor): void {
  assertMarketOf(source, market)
  const fail = (problem: string, expected: string) => {
    throw new OptionError(`levels: ${source.name}: ${problem}, but expected ${expected}`)
  }
  const checked = new WeakSet<Level>()
  let bar = 0
  source.forEachBar((t, levels) => {
    if (t !== bar) fail(`forEachBar visits bar ${t}`, `every bar once and in order, now ${bar}`)
    // Bars after the market's end are harmless: nothing reads them.
    if (bar++ >= market.length) return
    for (const level of levels) {
      if (checked.has(level)) continue
      checked.add(level)
      const { kind, since } = level
      if (kind !== 'high' && kind !== 'low') fail(`bar ${t}, kind: ${kind}`, 'high or low')
      if (!(Number.isInteger(since) && since >= 0 && since <= t))
        fail(`bar ${t}, since: ${since}`, `the bar at whose close it is first known, 0 to ${t}`)
    }
    visit(t, levels)
  })
  if (bar < market.length) fail(`forEachBar visits ${bar} bars of ${market.length}`, 'every bar')
}

function packLevels(source: LevelSource, market: Market): LevelColumns {
  const packer = new LevelPacker(market.length)
  const ids = new Map<Level, number>()
  forEachLevelBar(source, market, (_, levels) => {
    for (const level of levels) {
      const id = ids.get(level) ?? packer.addLevel(level)
      ids.set(level, id)
      packer.markKnown(id)
    }
    packer.closeBar()
  })
  return packer.columns()
}

/** Collects levels bar by bar. */
export class LevelPacker {
  readonly #starts: Uint32Array
  #bar = 0
  readonly #ids = new Growing(Uint32Array)
  readonly #high = new Growing(Uint8Array)
  readonly #inner = new Growing(Float64Array)
  readonly #outer = new Growing(Float64Array)
  readonly #strength = new Growing(Float64Array)
  readonly #convergence = new Growing(Uint8Array)
  readonly #since = new Growing(Int32Array)
  readonly #profileStarts = new Growing(Uint32Array)
  readonly #profile = new Growing(Float32Array)

  constructor(bars: number) {
    this.#starts = new Uint32Array(bars + 1)
  }

  /** @returns its id */
  addLevel(level: Level): number {
    this.#profileStarts.push(this.#profile.length)
    if (level.profile) this.#profile.append(level.profile)
    return this.#add(level)
  }

  /**
   * Adds a zone whose profile follows from USD by part, from low to high prices: `usd[from]` … `usd[to]`.
   * @returns its id
   */
  addZone(zone: Level, usd: Float64Array, from: number, to: number): number {
    this.#profileStarts.push(this.#profile.length)
    let total = 0
    for (let i = from; i <= to; i++) total += usd[i]!
    // From the inner edge outwards: upwards for a high. Written in place, as there are tens of parts in every bar.
    const parts = to - from + 1
    const start = this.#profile.extend(parts)
    const profile = this.#profile.array
    let sum = 0
    for (let k = 0; k < parts; k++) {
      sum += usd[zone.kind === 'high' ? from + k : to - k]!
      profile[start + k] = sum / total
    }
    return this.#add(zone)
  }

  #add({ kind, inner, outer, strength, convergence, since }: Level): number {
    this.#high.push(kind === 'high' ? 1 : 0)
    this.#inner.push(inner)
    this.#outer.push(outer)
    this.#strength.push(strength)
    this.#convergence.push(convergence)
    return this.#since.push(since)
  }

  /** Adds a level at one price. @returns its id */
  addLine(kind: Level['kind'], price: number, since: number, strength = 1): number {
    return this.addLevel({ kind, inner: price, outer: price, strength, convergence: 0, since })
  }

  /** Marks a level as known at the close of the current bar. */
  markKnown(id: number): void {
    this.#ids.push(id)
  }

  closeBar(): void {
    this.#starts[++this.#bar] = this.#ids.length
  }

  columns(): LevelColumns {
    this.#starts.fill(this.#ids.length, this.#bar + 1)
    this.#profileStarts.push(this.#profile.length)
    return {
      starts: this.#starts,
      ids: this.#ids.values(),
      high: this.#high.values(),
      inner: this.#inner.values(),
      outer: this.#outer.values(),
      strength: this.#strength.values(),
      convergence: this.#convergence.values(),
      since: this.#since.values(),
      profileStarts: this.#profileStarts.values(),
      profile: this.#profile.values(),
    }
  }
}

type TypedArray = Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array

/** A `GrowableArray` of any element type. Kept apart from it, whose pushes are faster while they see one element type only. */
class Growing<T extends TypedArray> {
  length = 0
  /** The values, followed by free space. Replaced when it grows. */
  array: T
  readonly #create: new (
    length: number,
  ) => T

  constructor(create: new (length: number) => T) {
    this.#create = create
    this.array = new create(1024)
  }

  /** @returns the index of the value */
  push(value: number): number {
    if (this.length === this.array.length) this.#grow(this.length + 1)
    this.array[this.length] = value
    return this.length++
  }

  append(values: ArrayLike<number>): void {
    const start = this.extend(values.length)
    this.array.set(values, start)
  }

  /** Makes room for `count` more values. @returns the index of the first */
  extend(count: number): number {
    const start = this.length
    this.length += count
    if (this.length > this.array.length) this.#grow(this.length)
    return start
  }

  #grow(minLength: number): void {
    const larger = new this.#create(Math.max(minLength, 2 * this.array.length))
    larger.set(this.array)
    this.array = larger
  }

  values(): T {
    return this.array.slice(0, this.length) as T
  }
}
