/** What the chosen trades came to: figures, equity, and how their results are spread. */
import { niceStep } from '../plot/ticks.ts'
import { openTime, type StudyModel, type Trades } from './model.ts'

export interface Figures {
  trades: number
  /** Share of trades with a positive net result; NaN without trades, as are the others. */
  winRate: number
  meanR: number
  medianR: number
  /** Gains over losses, net USD. */
  profitFactor: number
  net: number
  /** Deepest fall of the added-up results from their peak, in % of that peak's equity. */
  maxDrawdown: number
  meanBars: number
  ambiguous: number
}

export function figuresOf(model: StudyModel, chosen: Int32Array): Figures {
  const { trades, header } = model
  const n = chosen.length
  const results = Float64Array.from(chosen, i => trades.r[i]!)
    .filter(r => !Number.isNaN(r))
    .sort()
  const sum = (value: (trade: number) => number) => chosen.reduce((total, i) => total + value(i), 0)
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
    maxDrawdown: drawdownOf(equityOf(model, chosen).value, header.start).reduce(
      (least, fall) => Math.min(least, fall),
      0,
    ),
    meanBars: sum(i => trades.exitBar[i]! - trades.entryBar[i]! + 1) / n,
    ambiguous: sum(i => trades.ambiguous[i]!) / n,
  }
}

/** A line of steps: `value[i]` holds from `time[i]` on. */
export interface Steps {
  time: Float64Array
  value: Float64Array
}

/** The start plus the net results of the trades, each booked at the end of the bar of its last exit. */
export function equityOf(model: StudyModel, chosen: Int32Array): Steps {
  const { trades, header } = model
  const order = chosen.slice().sort((a, b) => trades.exitBar[a]! - trades.exitBar[b]! || a - b)
  const time = Float64Array.from(order, i => openTime(model, trades.exitBar[i]!) + header.barMs)
  let equity = header.start
  const value = Float64Array.from(order, i => {
    equity += trades.net[i]!
    return equity
  })
  return { time, value }
}

/** Fall from the peak so far, which is at least `start`, in % of it: 0 or below. */
export function drawdownOf(equity: Float64Array, start: number): Float64Array {
  let peak = start
  return equity.map(value => {
    if (value > peak) peak = value
    return 100 * (value / peak - 1)
  })
}

export interface Histogram {
  /** Lower edge of the first bin, and the width of all. */
  from: number
  width: number
  /** All trades, and the chosen ones, by bin. The last bins hold what lies beyond the ends. */
  all: Int32Array
  chosen: Int32Array
}

const BINS = 44
const FINEST = 0.1
/** So large a share lies between the ends; single results far out would squeeze the rest. */
const SHARE = 0.995

/** Results in R in bins of a round width, one of whose edges is 0. */
export function histogramOf({ r }: Trades, chosen: Int32Array): Histogram {
  const known = r.filter(value => !Number.isNaN(value)).sort()
  if (known.length === 0) return { from: 0, width: 1, all: new Int32Array(1), chosen: new Int32Array(1) }
  const end = Math.min(known.length - 1, Math.floor(SHARE * known.length))
  const [low, high] = [Math.min(0, known[known.length - 1 - end]!), Math.max(0, known[end]!)]
  const width = Math.max(FINEST, niceStep((high - low) / BINS))
  const first = Math.floor(low / width)
  const bins = Math.max(1, Math.floor(high / width) + 1 - first)
  const binned = (trades: ArrayLike<number>) => {
    const counts = new Int32Array(bins)
    for (let k = 0; k < trades.length; k++) {
      const value = r[trades[k]!]!
      if (Number.isNaN(value)) continue
      const bin = Math.floor(value / width) - first
      counts[Math.min(bins - 1, Math.max(0, bin))]!++
    }
    return counts
  }
  return { from: first * width, width, all: binned(Int32Array.from(r.keys())), chosen: binned(chosen) }
}
