/** Replays readings of accounts against a market, bar by bar. */
import { binOf } from '../../market/bins.ts'
import type { Market } from '../../market/market.ts'
import { KIND, type ObservedRows } from '../../market/observed-positions.ts'
import type { Liquidated, ReplayOptions } from '../book/replay.ts'
import type { Layer } from '../book/survival.ts'
import type { MapRun } from '../replay-parts.ts'
import { ObservedBook } from './observed-book.ts'
import { positionSlot, type Readings } from './readings.ts'

export interface ObservedReplayInput {
  market: Market
  rows: ObservedRows
  readings: Readings
  layer: Layer
  binWidth: number
  /** Leverages of the tiers, rising. */
  tiers: readonly number[]
  /** Tier by row, of {@link leverageTiersOf}. */
  leverageTier: Uint8Array
  maxAgeMs: number
  /** Count readings after the end of the market as known at its last close. */
  latest: boolean
}

/** In ln(price) beyond the market's prices: as far as clusters and curves look. */
const MAX_DISTANCE = 3

/**
 * Runs through a market with the positions that were known at each close. In each bar: (1) levels that the low (longs) or high
 * (shorts) reaches are gone, until the account is read again; (2) readings above the maximum age are dropped; (3) each reading
 * up to the close replaces what was known of its account. USD are coins at the bar's close.
 *
 * A bar costs the rows of its readings, and one pass over the open positions where it reaches a level.
 */
export class ObservedReplay implements MapRun {
  bar = -1
  readonly book: ObservedBook
  readonly liquidated: Liquidated | null
  readonly #input: ObservedReplayInput
  readonly #until: number
  #nextReading = 0
  /** The oldest reading that is not known to have expired. */
  #oldestReading = 0
  /** Newest reading by slot; −1 for none. */
  readonly #newest: Int32Array
  /** Rows by slot. */
  readonly #open: number[][]
  /** By row: when a position of this side was first seen in an unbroken run of readings, and its tier. */
  readonly #since: Float64Array
  readonly #tier: Uint8Array
  /** No open level lies above (longs) or below (shorts). */
  #nearest = { long: 0, short: Infinity }

  constructor(input: ObservedReplayInput, { liquidated = false, until = input.market.length - 1 }: ReplayOptions = {}) {
    const { market, readings, rows, binWidth, tiers } = input
    this.#input = input
    this.#until = until
    let low = Infinity
    let high = 0
    for (let t = 0; t < market.length; t++) {
      low = Math.min(low, market.low[t]!)
      high = Math.max(high, market.high[t]!)
    }
    const firstBin = binOf(low * Math.exp(-MAX_DISTANCE), binWidth)
    const binCount = binOf(high * Math.exp(MAX_DISTANCE), binWidth) - firstBin + 1
    this.book = new ObservedBook(firstBin, binCount, tiers.length)
    const zeroes = () => ({ long: new Float64Array(tiers.length), short: new Float64Array(tiers.length) })
    this.liquidated = liquidated ? { priorLevels: zeroes(), sameBar: zeroes() } : null
    this.#newest = new Int32Array(readings.slots).fill(-1)
    this.#open = Array.from({ length: readings.slots }, () => [])
    this.#since = new Float64Array(rows.length)
    this.#tier = new Uint8Array(rows.length)
  }

  /** Advances to the close of the next bar; false if there is none. */
  step(): boolean {
    if (this.bar >= this.#until) return false
    const t = ++this.bar
    const { market, maxAgeMs, readings, latest } = this.#input
    const { liquidated, book } = this
    const close = market.time[t]! + market.barMs
    const knownUntil = latest && t === market.length - 1 ? Infinity : close
    book.scale = market.close[t]!
    if (liquidated) for (const values of Object.values(liquidated.priorLevels)) values.fill(0)
    if (market.low[t]! <= this.#nearest.long || market.high[t]! >= this.#nearest.short) this.#consume(t)
    for (; this.#oldestReading < this.#nextReading; this.#oldestReading++) {
      if (readings.time[this.#oldestReading]! + maxAgeMs > close) break
      const slot = readings.slot[this.#oldestReading]!
      if (this.#newest[slot] === this.#oldestReading) this.#replace(slot, -1)
    }
    while (this.#nextReading < readings.length && readings.time[this.#nextReading]! <= knownUntil) {
      const reading = this.#nextReading++
      if (readings.time[reading]! + maxAgeMs > close) this.#replace(readings.slot[reading]!, reading)
    }
    return true
  }

  /** Calls back with the rows of positions and orders that are open now, whether or not they have a level. */
  forEachOpen(visit: (row: number) => void): void {
    for (const rows of this.#open) for (const row of rows) visit(row)
  }

  /** Closes what the bar's low or high reaches. */
  #consume(t: number): void {
    const { market, rows } = this.#input
    const [low, high] = [market.low[t]!, market.high[t]!]
    const nearest = { long: 0, short: Infinity }
    for (const [slot, open] of this.#open.entries()) {
      let kept = 0
      for (const row of open) {
        const price = rows.price[row]!
        const isLong = rows.size[row]! > 0
        if (isLevel(rows, row) && (isLong ? low <= price : high >= price)) {
          const usd = this.#change(row, -1)
          if (this.liquidated) this.liquidated.priorLevels[isLong ? 'long' : 'short'][this.#tier[row]!]! += usd
          continue
        }
        open[kept++] = row
        if (isLevel(rows, row)) extend(nearest, isLong, price)
      }
      this.#open[slot]!.length = kept
    }
    this.#nearest = nearest
  }

  /** Puts the rows of a reading in place of those of its slot; none with −1. */
  #replace(slot: number, reading: number): void {
    const { rows, readings } = this.#input
    const open = this.#open[slot]!
    this.#newest[slot] = reading
    const from = reading < 0 ? 0 : readings.from[reading]!
    const count = reading < 0 ? 0 : readings.to[reading]! - from
    // Most readings find an account as it was.
    const isSame = count === open.length && open.every((row, k) => this.#isSame(row, readings.items[from + k]!))
    const old = isSame ? open.splice(0) : this.#close(open)
    for (let k = 0; k < count; k++) {
      const row = readings.items[from + k]!
      const isLong = rows.size[row]! > 0
      const before = old.find(other => rows.size[other]! > 0 === isLong && rows.kind[other] === rows.kind[row])
      const known = isSame ? old[k]! : before
      this.#since[row] = known === undefined ? readings.time[reading]! : this.#since[known]!
      this.#tier[row] = this.#tierOf(row)
      open.push(row)
      if (isSame) continue
      this.#change(row, 1)
      if (isLevel(rows, row)) extend(this.#nearest, isLong, rows.price[row]!)
    }
  }

  /** Removes the rows of a slot from the book. @returns them */
  #close(open: number[]): number[] {
    for (const row of open) this.#change(row, -1)
    return open.splice(0)
  }

  /** Whether two rows of a slot are the same to the book. */
  #isSame(row: number, other: number): boolean {
    const { kind, size, price } = this.#input.rows
    return (
      kind[row] === kind[other] &&
      size[row] === size[other] &&
      Object.is(price[row], price[other]) &&
      this.#tier[row] === this.#tierOf(other)
    )
  }

  /** Adds a row to the book or removes it, if its level is in the layer. @returns its USD in the book */
  #change(row: number, count: 1 | -1): number {
    const { rows, layer, binWidth } = this.#input
    const { book } = this
    const isInLayer = layer === 'both' || (rows.kind[row] === KIND.stop) === (layer === 'stops')
    if (!isInLayer || !isLevel(rows, row)) return 0
    const index = binOf(rows.price[row]!, binWidth) - book.firstBin
    if (index < 0 || index >= book.binCount) return 0
    const side = rows.size[row]! > 0 ? book.long : book.short
    const coins = Math.abs(rows.size[row]!)
    side.add(this.#tier[row]!, index, coins, this.#since[row]!, count)
    return coins * book.scale
  }

  /** An order is in the tier of its account's position, else in the first. */
  #tierOf(row: number): number {
    const { rows, leverageTier } = this.#input
    const position = rows.kind[row] === KIND.position ? row : this.#open[positionSlot(rows.account[row]!)]![0]
    return position === undefined ? 0 : leverageTier[position]!
  }
}

/** By row: the tier nearest to its leverage, in ln; the first without a leverage. */
export function leverageTiersOf({ leverage }: ObservedRows, tiers: readonly number[]): Uint8Array {
  return Uint8Array.from(leverage, value => nearestLeverage(value, tiers))
}

/** Index of the leverage nearest to a value, in ln; the first without a value. */
export function nearestLeverage(value: number, tiers: readonly number[]): number {
  let nearest = 0
  for (const [tier, known] of tiers.entries())
    if (Math.abs(Math.log(known / value)) < Math.abs(Math.log(tiers[nearest]! / value))) nearest = tier
  return nearest
}

/** Whether a row has a level: a liquidation price, or the trigger of a stop. */
function isLevel(rows: ObservedRows, row: number): boolean {
  return rows.price[row]! > 0 && rows.kind[row] !== KIND.takeProfit
}

function extend(nearest: { long: number; short: number }, isLong: boolean, price: number): void {
  if (isLong) nearest.long = Math.max(nearest.long, price)
  else nearest.short = Math.min(nearest.short, price)
}
