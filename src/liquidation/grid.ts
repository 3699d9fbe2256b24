/** Samples the book over time on a grid of bars and price rows, for drawing. */
import { defineOptions, invalidOption, numberThat, option, optional, wholeNumber } from '../common/options.ts'
import { binOf, binPrice } from '../market/bins.ts'
import type { DirtyRange } from './book/dirty-range.ts'
import type { LayeredBook, SideLevels } from './book/level-book.ts'
import { assertMap, type LiquidationMap } from './map.ts'
import { startParts } from './replay-parts.ts'

export interface GridOptions {
  /** First and last bar to show, inclusive. Default: all. */
  from?: number
  to?: number
  /** Maximum number of columns; bars are sampled evenly, the last one always. Default 480. */
  columns?: number
  /** Maximum number of rows; neighbouring bins are added up. Default 240. */
  rows?: number
  /** Share of the price range, in ln(price), added above and below; at most {@link MAX_PADDING}. Default 0.15. */
  padding?: number
  /** Lowest and highest price to show, instead of those of the bars with their padding. */
  low?: number
  high?: number
  /** Cells below this share of the brightest one are set to 0. Default 0: none. */
  threshold?: number
}

const cellCount = wholeNumber(1, 10_000)
const aPrice = numberThat('a price above 0', x => x > 0 && x < Infinity)

export const gridOptions = defineOptions<GridOptions, 'from' | 'to' | 'low' | 'high'>('liq.heatGrid', {
  from: optional(wholeNumber(0)),
  to: optional(wholeNumber(0)),
  columns: option(480, cellCount),
  rows: option(240, cellCount),
  padding: option(
    0.15,
    numberThat('a share of 0 or more', x => x >= 0),
  ),
  low: optional(aPrice),
  high: optional(aPrice),
  threshold: option(
    0,
    numberThat('0 to 1', x => x >= 0 && x <= 1),
  ),
})

type ResolvedGridOptions = typeof gridOptions.defaults

/** In ln(price): levels beyond about 16 % outside the price range only make everything else smaller. */
const MAX_PADDING = 0.15

/** One tier or the sum of all tiers: USD by cell, `long[row * columns + column]`. */
export interface GridLayer {
  long: Float32Array
  short: Float32Array
}

/** The book over time on a grid. */
export interface HeatGrid extends GridLayer {
  columns: number
  rows: number
  /** Bar of each column: the book as known at that bar's close. */
  bars: Int32Array
  /** Price edges of the rows: rows + 1 rising values. */
  edges: Float64Array
}

/**
 * Samples the book at evenly spaced bars. A cell is the notional that would be liquidated in its price range, in USD, as
 * known at the close of its bar; nothing is averaged over time.
 *
 * @param caller the public function, for errors
 * @throws OptionError naming the option that is out of range
 * @example liq.heatGrid(map, { rows: 200, columns: 400 }).long
 */
export function heatGrid(map: LiquidationMap, options: GridOptions = {}, caller = 'liq.heatGrid'): HeatGrid {
  const resolved = gridOptions.resolve(options, caller)
  const frame = createFrame(map, resolved, caller)
  const [layer] = sample(map, frame, [null])
  return { ...frame, ...applyThreshold(layer!, resolved.threshold) }
}

/**
 * The same grid with one layer per tier. The map is linear in the tiers' weights, so layers can be mixed without a replay.
 *
 * @param visit called at each column, to read what the grid does not show
 * @param caller the public function, for errors
 * @throws OptionError naming the option that is out of range
 * @example liq.tierGrids(map, { rows: 200, columns: 400 })
 */
export function tierGrids(
  map: LiquidationMap,
  options: GridOptions = {},
  visit?: ColumnVisitor,
  caller = 'liq.tierGrids',
): HeatGrid[] {
  const resolved = gridOptions.resolve(options, caller)
  const frame = createFrame(map, resolved, caller)
  const layers = sample(
    map,
    frame,
    map.options.tiers.map((_, tier) => tier),
    visit,
  )
  return layers.map(layer => ({ ...frame, ...applyThreshold(layer, resolved.threshold) }))
}

/**
 * Called with the books of all parts as they are known at the close of a column. The books are reused: read them during
 * the call only.
 *
 * @param firstBin first bin of the grid's lowest row
 * @param endBin the bin after its highest row's last
 */
export type ColumnVisitor = (
  column: { bar: number; firstBin: number; endBin: number },
  books: readonly LayeredBook[],
) => void

interface Frame {
  columns: number
  rows: number
  bars: Int32Array
  edges: Float64Array
  firstBin: number
  binsPerRow: number
}

function createFrame(map: LiquidationMap, resolved: ResolvedGridOptions, caller: string): Frame {
  assertMap(map, caller)
  const { market } = map
  const { binWidth } = map.options
  const last = market.length - 1
  const { from = 0, to = last, padding } = resolved
  if (from > last) throw invalidOption(caller, 'from', from, `a bar from 0 to ${last}`)
  if (to < from || to > last) throw invalidOption(caller, 'to', to, `a bar from ${from} to ${last}`)
  const columns = Math.min(resolved.columns, to - from + 1)
  const bars = Int32Array.from({ length: columns }, (_, column) =>
    columns === 1 ? to : from + Math.round(((to - from) * column) / (columns - 1)),
  )
  let lowest = Infinity
  let highest = 0
  for (let t = from; t <= to; t++) {
    lowest = Math.min(lowest, market.low[t]!)
    highest = Math.max(highest, market.high[t]!)
  }
  const pad = Math.min(Math.log(highest / lowest) * padding, MAX_PADDING) + 4 * binWidth
  const { low = lowest * Math.exp(-pad), high = highest * Math.exp(pad) } = resolved
  if (high <= low) throw invalidOption(caller, 'high', high, `above low, which is ${low}`)
  const firstBin = binOf(low, binWidth)
  const bins = binOf(high, binWidth) - firstBin + 1
  const binsPerRow = Math.ceil(bins / resolved.rows)
  const rows = Math.ceil(bins / binsPerRow)
  const edges = Float64Array.from({ length: rows + 1 }, (_, row) => binPrice(firstBin + row * binsPerRow, binWidth))
  return { columns, rows, bars, edges, firstBin, binsPerRow }
}

/** One layer per entry of `tiers`; null is the sum of all tiers. */
function sample(
  map: LiquidationMap,
  frame: Frame,
  tiers: readonly (number | null)[],
  visit?: ColumnVisitor,
): GridLayer[] {
  const { columns, rows, bars, firstBin } = frame
  const endBin = firstBin + rows * frame.binsPerRow
  const layers = tiers.map(() => ({
    long: new Float32Array(rows * columns),
    short: new Float32Array(rows * columns),
  }))
  const { books, stepTo } = startParts(map.market, map.parts)
  const sides = books.flatMap(book =>
    (['long', 'short'] as const).map(side => new RowSums(book, book[side], frame, tiers, layers)),
  )
  for (const [column, bar] of bars.entries()) {
    stepTo(bar)
    for (const sums of sides) sums.update(column)
    visit?.({ bar, firstBin, endBin }, books)
  }
  for (const sums of sides) sums.finish()
  return layers
}

/**
 * Row sums of one side of one part. Only rows that changed since the last column are added up again, and a row is written
 * to the grid only when it changes: one run of adjacent columns, each the stored value times the column's scale. So a
 * column costs what changed, not its number of cells.
 */
class RowSums {
  readonly side: SideLevels
  readonly #book: LayeredBook
  readonly #frame: Frame
  /** Scale of the book at each column. */
  readonly #scales: Float64Array
  /** Stored values (notional / scale) by cohort and row. */
  readonly #byCohort: Float64Array[]
  /** For each layer its cohorts, the stored value of each row, and the first column that this value holds for. */
  readonly #layers: { cohorts: number[]; value: Float64Array; since: Int32Array; out: Float32Array }[]
  readonly #dirty: DirtyRange
  #epoch = 0

  /** @param tiers of the layers, which it adds to; null is the sum of all tiers */
  constructor(
    book: LayeredBook,
    side: SideLevels,
    frame: Frame,
    tiers: readonly (number | null)[],
    layers: readonly GridLayer[],
  ) {
    this.#book = book
    this.side = side
    this.#dirty = side.watch()
    this.#frame = frame
    this.#scales = new Float64Array(frame.columns)
    this.#byCohort = side.cohorts.map(() => new Float64Array(frame.rows))
    this.#layers = tiers.map((tier, k) => ({
      cohorts: side.cohorts.flatMap((cohort, c) => (tier === null || cohort.tier === tier ? [c] : [])),
      value: new Float64Array(frame.rows),
      since: new Int32Array(frame.rows),
      out: layers[k]![side.side],
    }))
  }

  /** Brings the grid up to date at a column. */
  update(column: number): void {
    const { side } = this
    const frame = this.#frame
    const book = this.#book
    const scales = this.#scales
    const dirty = this.#dirty
    const { rows, binsPerRow, columns } = frame
    const offset = frame.firstBin - book.firstBin
    const rescaled = book.epoch !== this.#epoch
    this.#epoch = book.epoch
    scales[column] = book.scale
    for (const { cohorts, value, since, out } of this.#layers) {
      let first = rows
      let last = -1
      for (const c of cohorts) {
        const { shift } = side.cohorts[c]!
        const from = rescaled ? 0 : Math.max(0, Math.floor((dirty.first(c) + shift - offset) / binsPerRow))
        const to = rescaled ? rows - 1 : Math.min(rows - 1, Math.floor((dirty.last(c) + shift - offset) / binsPerRow))
        const sums = this.#byCohort[c]!
        for (let row = from; row <= to; row++) {
          const start = offset + row * binsPerRow
          sums[row] = side.sum(c, start, start + binsPerRow - 1)
        }
        if (from <= to) {
          first = Math.min(first, from)
          last = Math.max(last, to)
        }
      }
      for (let row = first; row <= last; row++) {
        let sum = 0
        for (const c of cohorts) sum += this.#byCohort[c]![row]!
        if (sum === value[row]!) continue
        addRun(out, row * columns, since[row]!, column, value[row]!, scales)
        since[row] = column
        value[row] = sum
      }
    }
    dirty.clear()
  }

  /** Writes the runs that reach the last column. */
  finish(): void {
    const { rows, columns } = this.#frame
    for (const { value, since, out } of this.#layers)
      for (let row = 0; row < rows; row++) addRun(out, row * columns, since[row]!, columns, value[row]!, this.#scales)
  }
}

/** Adds to what other parts of the map have written. */
function addRun(out: Float32Array, row: number, from: number, to: number, value: number, scales: Float64Array): void {
  if (!(value > 0)) return
  for (let column = from; column < to; column++) out[row + column]! += value * scales[column]!
}

function applyThreshold(layer: GridLayer, threshold: number): GridLayer {
  if (threshold === 0) return layer
  let brightest = 0
  for (let i = 0; i < layer.long.length; i++) brightest = Math.max(brightest, layer.long[i]! + layer.short[i]!)
  const min = threshold * brightest
  const clipped = (values: Float32Array) =>
    values.map((value, i) => (layer.long[i]! + layer.short[i]! >= min ? value : 0))
  return { long: clipped(layer.long), short: clipped(layer.short) }
}
