import { HOUR } from '../../common/duration.ts'

/** What comparing two series tells about their clocks. */
export interface ClockShift {
  /** To be added to the second series' times so that they fit the first's, in ms; 0 when they fit as they are. */
  shiftMs: number
  /** Mean rank correlation over the stretches: with the shift, and as the times stand. */
  correlation: number
  asStamped: number
  /** Stretches that were compared, and how many of them fit best with this very shift. */
  stretches: number
  agreeing: number
}

/** All time zones, and bars stamped at their close. */
const FARTHEST = 26 * HOUR
const STRETCHES = 10
/** Bars of a stretch that are compared, at most and at least. */
const LONGEST = 2000
const SHORTEST = 60
const LEAST_STRETCHES = 3

/**
 * Finds a constant shift between two series by bar: the lag at which their ranks correlate most, up to 26 hours either way. Both
 * are cut into stretches; a lag counts as found when three quarters of the stretches and the mean of all agree on it. One wild day
 * cannot bring that about, and neither can two series that have nothing to do with each other.
 *
 * @param reference value by bar, NaN where there is none
 * @param other of the same bars as it is stamped
 * @returns null when there is too little, or no lag is found
 */
export function clockShift(reference: Float64Array, other: Float64Array, barMs: number): ClockShift | null {
  const lags = Math.max(1, Math.floor(FARTHEST / barMs))
  const ranges = stretchesOf(reference, other, lags)
  if (ranges.length < LEAST_STRETCHES) return null
  const sums = new Float64Array(2 * lags + 1)
  const best = new Map<number, number>()
  for (const [from, to] of ranges) {
    const x = ranks(reference, from, to)
    const y = ranks(other, from, to)
    let top = -Infinity
    let topLag = 0
    for (let lag = -lags; lag <= lags; lag++) {
      const r = laggedCorrelation(x, y, lag)
      sums[lag + lags]! += r
      if (r > top) {
        top = r
        topLag = lag
      }
    }
    best.set(topLag, (best.get(topLag) ?? 0) + 1)
  }
  let lag = 0
  for (let k = -lags; k <= lags; k++) if (sums[k + lags]! > sums[lag + lags]!) lag = k
  const agreeing = best.get(lag) ?? 0
  if (agreeing < 0.75 * ranges.length) return null
  const mean = (k: number) => sums[k + lags]! / ranges.length
  return {
    shiftMs: lag === 0 ? 0 : -lag * barMs,
    correlation: mean(lag),
    asStamped: mean(0),
    stretches: ranges.length,
    agreeing,
  }
}

/** Stretches spread over the bars that both series have. */
function stretchesOf(a: Float64Array, b: Float64Array, lags: number): [number, number][] {
  const n = a.length
  const has = (t: number) => !Number.isNaN(a[t]) && !Number.isNaN(b[t])
  let first = 0
  while (first < n && !has(first)) first++
  let end = n
  while (end > first && !has(end - 1)) end--
  const least = Math.max(SHORTEST, 3 * lags)
  const count = Math.min(STRETCHES, Math.floor((end - first) / least))
  return Array.from({ length: count }, (_, k) => {
    const from = first + Math.floor(((end - first) * k) / count)
    const to = first + Math.floor(((end - first) * (k + 1)) / count)
    return [from, Math.min(to, from + Math.max(LONGEST, least))]
  })
}

/** Ranks from 0 on, equal values sharing their mean; NaN stays NaN. */
function ranks(values: Float64Array, from: number, to: number): Float64Array {
  const out = new Float64Array(to - from).fill(Number.NaN)
  const order: number[] = []
  for (let i = from; i < to; i++) if (!Number.isNaN(values[i])) order.push(i)
  order.sort((x, y) => values[x]! - values[y]!)
  for (let i = 0; i < order.length; ) {
    let j = i
    while (j < order.length && values[order[j]!] === values[order[i]!]) j++
    for (let k = i; k < j; k++) out[order[k]! - from] = (i + j - 1) / 2
    i = j
  }
  return out
}

/** Pearson correlation of x[t] and y[t + lag]; 0 when there is too little. */
function laggedCorrelation(x: Float64Array, y: Float64Array, lag: number): number {
  const from = Math.max(0, -lag)
  const to = Math.min(x.length, y.length - lag)
  let n = 0
  let sx = 0
  let sy = 0
  let sxx = 0
  let syy = 0
  let sxy = 0
  for (let t = from; t < to; t++) {
    const a = x[t]!
    const b = y[t + lag]!
    const product = a * b
    if (Number.isNaN(product)) continue
    n++
    sx += a
    sy += b
    sxx += a * a
    syy += b * b
    sxy += product
  }
  const varX = sxx - (sx * sx) / n
  const varY = syy - (sy * sy) / n
  if (n < SHORTEST / 2 || !(varX > 0 && varY > 0)) return 0
  return (sxy - (sx * sy) / n) / Math.sqrt(varX * varY)
}
