import { DataError } from '../common/errors.ts'
import { binOf, binPrice } from '../market/bins.ts'
import type { DirtyRange } from './book/dirty-range.ts'
import type { LevelBook } from './book/level-book.ts'
import type { SideBook } from './book/side-book.ts'
import type { LiquidationMap } from './map.ts'

export interface GridOptions {
  /** First and last bar to show, inclusive. Default: all. */
  from?: number
  to?: number
  /** At most so many columns (bars are sampled evenly, the last one always). Default 480. */
  columns?: number
  /** At most so many rows (neighbouring bins are added up). Default 240. */
  rows?: number
  /** Share of the price range, in ln(price), added above and below; never more than {@link MOST_PADDING}. Default 0.15. */
  padding?: number
  /** Cells below this share of the brightest one are 0. Default 0: all are kept. */
  threshold?: number
}

/** Levels farther than about 16 % beyond the extremes only make the rest smaller. */
const MOST_PADDING = 0.15

/** One tier or the sum of all: USD by cell, `long[row * columns + column]`. */
export interface GridLayer {
  long: Float32Array
  short: Float32Array
}

/** The book over time on a grid for the screen. */
export interface HeatGrid extends GridLayer {
  columns: number
  rows: number
  /** Bar of each column: the book as known at that bar's close. */
  bars: Int32Array
  /** Edges of the rows in price, rows + 1 values, rising. */
  edges: Float64Array
}

/**
 * Samples the book at evenly spaced bars. A cell is the notional that would be liquidated in its prices, in USD, as known
 * at the close of its bar; nothing is averaged over time.
 *
 * @throws DataError naming the option that is out of range
 */
export function heatGrid(map: LiquidationMap, options: GridOptions = {}): HeatGrid {
  const frame = frameOf(map, options)
  const [layer] = sample(map, frame, [null])
  return { ...frame, ...cut(layer!, options.threshold) }
}

/**
 * The same grid, one layer a tier. The map is linear in the tiers' weights: layers may be mixed anew without a replay.
 *
 * @param visit called at each column, to look at what the grid does not show
 */
export function tierGrids(map: LiquidationMap, options: GridOptions = {}, visit?: ColumnVisitor): HeatGrid[] {
  const frame = frameOf(map, options)
  const layers = sample(
    map,
    frame,
    map.options.tiers.map((_, tier) => tier),
    visit,
  )
  return layers.map(layer => ({ ...frame, ...cut(layer, options.threshold) }))
}

/**
 * Called with the books of all parts as they are known at the close of a column. The books are reused: read them, don't keep them.
 *
 * @param firstBin of the grid's lowest row
 * @param endBin the bin after its highest row's
 */
export type ColumnVisitor = (at: { bar: number; firstBin: number; endBin: number }, books: readonly LevelBook[]) => void

interface Frame {
  columns: number
  rows: number
  bars: Int32Array
  edges: Float64Array
  firstBin: number
  binsPerRow: number
}

function frameOf(map: LiquidationMap, options: GridOptions): Frame {
  const { market } = map
  const { binWidth } = map.options
  const from = options.from ?? 0
  const to = options.to ?? market.length - 1
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && to >= from && to < market.length))
    throw new DataError(`Bars ${from} to ${to}: the market has bars 0 to ${market.length - 1}`)
  const columns = Math.min(count(options.columns ?? 480, 'columns'), to - from + 1)
  const bars = Int32Array.from({ length: columns }, (_, column) =>
    columns === 1 ? to : from + Math.round(((to - from) * column) / (columns - 1)),
  )
  let lowest = Infinity
  let highest = 0
  for (let t = from; t <= to; t++) {
    if (market.low[t]! < lowest) lowest = market.low[t]!
    if (market.high[t]! > highest) highest = market.high[t]!
  }
  const padding = options.padding ?? 0.15
  if (!(padding >= 0)) throw new DataError(`padding: ${padding}, but expected a share of 0 or more`)
  const pad = Math.min(Math.log(highest / lowest) * padding, MOST_PADDING) + 4 * binWidth
  const firstBin = binOf(lowest * Math.exp(-pad), binWidth)
  const bins = binOf(highest * Math.exp(pad), binWidth) - firstBin + 1
  const binsPerRow = Math.ceil(bins / count(options.rows ?? 240, 'rows'))
  const rows = Math.ceil(bins / binsPerRow)
  const edges = Float64Array.from({ length: rows + 1 }, (_, row) => binPrice(firstBin + row * binsPerRow, binWidth))
  return { columns, rows, bars, edges, firstBin, binsPerRow }
}

/** One layer for each entry of `tiers`; null is the sum of all. */
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
  const runs = map.parts.map((part, p) => {
    const run = part.start()
    const sides = (['long', 'short'] as const).map(side => new RowSums(run.book, run.book[side], frame, p > 0))
    return { run, sides, closes: part.market.time, barMs: part.market.barMs }
  })
  const books = runs.map(({ run }) => run.book)
  for (const { sides } of runs) for (const sums of sides) sums.into(tiers, layers)
  for (let column = 0; column < columns; column++) {
    const close = map.market.time[bars[column]!]! + map.market.barMs
    for (const { run, sides, closes, barMs } of runs) {
      while (run.bar + 1 < closes.length && closes[run.bar + 1]! + barMs <= close) run.step()
      for (const sums of sides) sums.update(column)
    }
    visit?.({ bar: bars[column]!, firstBin, endBin }, books)
  }
  for (const { sides } of runs) for (const sums of sides) sums.finish()
  return layers
}

/**
 * Rows of one side of one part. Only the rows that bars since the last column opened in or consumed are added up anew, and a row
 * is written to the grid when it changes: one run of columns, side by side in memory, of one stored value times the scale
 * of each column. So a column costs what changed, not its cells.
 */
class RowSums {
  readonly side: SideBook
  readonly #book: LevelBook
  readonly #frame: Frame
  /** Scale of the book at each column. */
  readonly #scales: Float64Array
  /** Stored values (notional / scale) by atom and row. */
  readonly #byAtom: Float64Array[]
  /** For each layer its atoms, the stored value of each row, and the column since which it holds. */
  #tracks: { atoms: number[]; value: Float64Array; since: Int32Array; out: Float32Array }[] = []
  readonly #touched: DirtyRange
  #epoch = 0
  readonly #write: typeof writeRun

  /** `adds` to what other parts of the map have written. */
  constructor(book: LevelBook, side: SideBook, frame: Frame, adds: boolean) {
    this.#write = adds ? addRun : writeRun
    this.#book = book
    this.side = side
    this.#touched = side.watch()
    this.#frame = frame
    this.#scales = new Float64Array(frame.columns)
    this.#byAtom = side.cohorts.map(() => new Float64Array(frame.rows))
  }

  /** Says which tiers go to which layers; null is the sum of all. */
  into(tiers: readonly (number | null)[], layers: readonly GridLayer[]): void {
    this.#tracks = tiers.map((tier, k) => ({
      atoms: this.side.cohorts.flatMap((atom, a) => (tier === null || atom.tier === tier ? [a] : [])),
      value: new Float64Array(this.#frame.rows),
      since: new Int32Array(this.#frame.rows),
      out: layers[k]![this.side.side],
    }))
  }

  update(column: number): void {
    const { side } = this
    const frame = this.#frame
    const book = this.#book
    const scales = this.#scales
    const touched = this.#touched
    const { rows, binsPerRow, columns } = frame
    const offset = frame.firstBin - book.firstBin
    const all = book.epoch !== this.#epoch
    this.#epoch = book.epoch
    scales[column] = book.scale
    for (const { atoms, value, since, out } of this.#tracks) {
      let first = rows
      let last = -1
      for (const a of atoms) {
        const { shift } = side.cohorts[a]!
        const from = all ? 0 : Math.max(0, Math.floor((touched.first(a) + shift - offset) / binsPerRow))
        const to = all ? rows - 1 : Math.min(rows - 1, Math.floor((touched.last(a) + shift - offset) / binsPerRow))
        const sums = this.#byAtom[a]!
        for (let row = from; row <= to; row++) {
          const start = offset + row * binsPerRow
          sums[row] = side.sum(a, start, start + binsPerRow - 1)
        }
        if (from <= to) {
          first = Math.min(first, from)
          last = Math.max(last, to)
        }
      }
      for (let row = first; row <= last; row++) {
        let sum = 0
        for (const a of atoms) sum += this.#byAtom[a]![row]!
        if (sum === value[row]! && !all) continue
        this.#write(out, row * columns, since[row]!, column, value[row]!, scales)
        since[row] = column
        value[row] = sum
      }
    }
    touched.clear()
  }

  /** Writes what holds up to the last column. */
  finish(): void {
    const { rows, columns } = this.#frame
    for (const { value, since, out } of this.#tracks)
      for (let row = 0; row < rows; row++)
        this.#write(out, row * columns, since[row]!, columns, value[row]!, this.#scales)
  }
}

function writeRun(out: Float32Array, row: number, from: number, to: number, value: number, scales: Float64Array): void {
  if (!(value > 0)) return
  for (let column = from; column < to; column++) out[row + column] = value * scales[column]!
}

function addRun(out: Float32Array, row: number, from: number, to: number, value: number, scales: Float64Array): void {
  if (!(value > 0)) return
  for (let column = from; column < to; column++) out[row + column]! += value * scales[column]!
}

function cut(layer: GridLayer, threshold = 0): GridLayer {
  if (!(threshold >= 0 && threshold <= 1)) throw new DataError(`threshold: ${threshold}, but expected 0 to 1`)
  if (threshold === 0) return layer
  let brightest = 0
  for (let i = 0; i < layer.long.length; i++) brightest = Math.max(brightest, layer.long[i]! + layer.short[i]!)
  const least = threshold * brightest
  const keep = (values: Float32Array) =>
    values.map((value, i) => (layer.long[i]! + layer.short[i]! >= least ? value : 0))
  return { long: keep(layer.long), short: keep(layer.short) }
}

function count(value: number, name: string): number {
  if (!(Number.isInteger(value) && value > 0 && value <= 10_000))
    throw new DataError(`${name}: ${value}, but expected a whole number from 1 to 10,000`)
  return value
}
