/** Results of filtered trades: statistics, equity curve, and histogram. */
import { niceStep } from '../plot/ticks.ts'
import { openTime, type StudyModel, type Trades } from './model.ts'

export interface Statistics {
  trades: number
  /** Share of trades with a positive net result; like the others NaN without trades. */
  winRate: number
  meanR: number
  medianR: number
  /** Net gains / net losses, USD. */
  profitFactor: number
  net: number
  /** Maximum drawdown of the equity curve of these trades, in % of the peak; 0 or below. */
  maxDrawdown: number
  meanBars: number
  ambiguous: number
}

export function computeStatistics(model: StudyModel, filtered: Int32Array): Statistics {
  const { trades, header } = model
  const n = filtered.length
  const results = Float64Array.from(filtered, i => trades.r[i]!)
    .filter(r => !Number.isNaN(r))
    .sort()
  const sum = (value: (trade: number) => number) => filtered.reduce((total, i) => total + value(i), 0)
  const gains = sum(i => Math.max(0, trades.net[i]!))
  const losses = -sum(i => Math.min(0, trades.net[i]!))
  const middle = results.length >> 1
  const median = results.length % 2 === 1 ? results[middle]! : (results[middle - 1]! + results[middle]!) / 2
  return {
    trades: n,
    winRate: sum(i => Number(trades.net[i]! > 0)) / n,
    meanR: results.reduce((total, r) => total + r, 0) / results.length,
    medianR: median,
    profitFactor: gains / losses,
    net: gains - losses,
    maxDrawdown: drawdown(equityCurve(model, filtered).value, header.start).reduce(
      (min, fall) => Math.min(min, fall),
      0,
    ),
    meanBars: sum(i => trades.exitBar[i]! - trades.entryBar[i]! + 1) / n,
    ambiguous: sum(i => trades.ambiguous[i]!) / n,
  }
}

/** A step line: `value[i]` holds from `time[i]` on. */
export interface Steps {
  time: Float64Array
  value: Float64Array
}

/** Initial equity plus the net results of the trades, each booked at the close of the bar of its last exit. */
export function equityCurve(model: StudyModel, filtered: Int32Array): Steps {
  const { trades, header } = model
  const order = filtered.slice().sort((a, b) => trades.exitBar[a]! - trades.exitBar[b]! || a - b)
  const time = Float64Array.from(order, i => openTime(model, trades.exitBar[i]!) + header.barMs)
  let equity = header.start
  const value = Float64Array.from(order, i => {
    equity += trades.net[i]!
    return equity
  })
  return { time, value }
}

/** Drawdown from the peak so far, which is at least `start`, in % of it: 0 or below. */
export function drawdown(equity: Float64Array, start: number): Float64Array {
  let peak = start
  return equity.map(value => {
    if (value > peak) peak = value
    return 100 * (value / peak - 1)
  })
}

export interface Histogram {
  /** Lower edge of the first bin, and the width of the bins. */
  from: number
  width: number
  /** Number of all and of filtered trades by bin. The first and last bin include everything beyond. */
  all: Int32Array
  filtered: Int32Array
}

const BINS = 44
const MIN_BIN_WIDTH = 0.1
/** The bins cover this share of the results below and above, so that outliers do not squeeze them. */
const SHOWN_SHARE = 0.995

/** Results in R in bins of a round width; 0 is an edge. */
export function createHistogram({ r }: Trades, filtered: Int32Array): Histogram {
  const sorted = r.filter(value => !Number.isNaN(value)).sort()
  if (sorted.length === 0) return { from: 0, width: 1, all: new Int32Array(1), filtered: new Int32Array(1) }
  const end = Math.min(sorted.length - 1, Math.floor(SHOWN_SHARE * sorted.length))
  const [low, high] = [Math.min(0, sorted[sorted.length - 1 - end]!), Math.max(0, sorted[end]!)]
  const width = Math.max(MIN_BIN_WIDTH, niceStep((high - low) / BINS))
  const first = Math.floor(low / width)
  const bins = Math.max(1, Math.floor(high / width) + 1 - first)
  const countByBin = (trades: ArrayLike<number>) => {
    const counts = new Int32Array(bins)
    for (let k = 0; k < trades.length; k++) {
      const value = r[trades[k]!]!
      if (Number.isNaN(value)) continue
      const bin = Math.floor(value / width) - first
      counts[Math.min(bins - 1, Math.max(0, bin))]!++
    }
    return counts
  }
  return { from: first * width, width, all: countByBin(Int32Array.from(r.keys())), filtered: countByBin(filtered) }
}
