import { DataError } from '../market/errors.ts'
import type { LevelBook } from './book.ts'
import { binOf, binPrice, type LiquidationMap } from './map.ts'

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
}

/** Levels farther than about 16 % beyond the extremes only make the rest smaller. */
const MOST_PADDING = 0.15

/** The book over time on a grid for the screen. */
export interface HeatGrid {
  columns: number
  rows: number
  /** Bar of each column: the book as known at that bar's close. */
  bars: Int32Array
  /** Edges of the rows in price, rows + 1 values, rising. */
  edges: Float64Array
  /** Notional in USD, `long[row * columns + column]`. */
  long: Float32Array
  short: Float32Array
}

/**
 * Samples the book at evenly spaced bars. A cell is the notional that would be liquidated in its prices, in USD, as known
 * at the close of its bar; nothing is averaged over time.
 */
export function heatGrid(map: LiquidationMap, options: GridOptions = {}): HeatGrid {
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
  const pad = Math.min(Math.log(highest / lowest) * (options.padding ?? 0.15), MOST_PADDING) + 4 * binWidth
  const firstBin = binOf(lowest * Math.exp(-pad), binWidth)
  const lastBin = binOf(highest * Math.exp(pad), binWidth)
  const binsPerRow = Math.ceil((lastBin - firstBin + 1) / count(options.rows ?? 240, 'rows'))
  const rows = Math.ceil((lastBin - firstBin + 1) / binsPerRow)

  const long = new Float32Array(rows * columns)
  const short = new Float32Array(rows * columns)
  let column = 0
  map.replay((t, book) => {
    if (t !== bars[column]) return
    for (let row = 0; row < rows; row++) {
      const bin = firstBin + row * binsPerRow
      long[row * columns + column] = sumBins(book, book.long.total, bin, binsPerRow)
      short[row * columns + column] = sumBins(book, book.short.total, bin, binsPerRow)
    }
    column++
  }, to)
  const edges = Float64Array.from({ length: rows + 1 }, (_, row) => binPrice(firstBin + row * binsPerRow, binWidth))
  return { columns, rows, bars, edges, long, short }
}

function sumBins(book: LevelBook, total: Float64Array, bin: number, length: number): number {
  const start = Math.max(0, bin - book.firstBin)
  const end = Math.min(book.binCount, bin - book.firstBin + length)
  let sum = 0
  for (let index = start; index < end; index++) sum += total[index]!
  return sum * book.scale
}

function count(value: number, name: string): number {
  if (!(Number.isInteger(value) && value > 0 && value <= 10_000))
    throw new DataError(`${name}: ${value}, but expected a whole number from 1 to 10,000`)
  return value
}
