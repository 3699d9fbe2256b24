/** Estimates a constant time shift between two series. */
import { HOUR } from '../../common/duration.ts'

/** The result of comparing the clocks of two series. */
export interface ClockShift {
  /** To be added to the second series' times so that they fit the first's, in ms; 0 when they fit as they are. */
  shiftMs: number
  /** Mean rank correlation over the segments: with the shift, and as the times are stamped. */
  correlation: number
  asStamped: number
  /** Segments compared, and how many of them fit best with this shift. */
  segments: number
  agreeing: number
}

/** Covers all time zones, and bars stamped at their close. */
const MAX_SHIFT_MS = 26 * HOUR
const MAX_SEGMENTS = 10
const MIN_SEGMENTS = 3
/** Bars compared per segment. */
const MAX_SEGMENT_BARS = 2000
const MIN_SEGMENT_BARS = 60
/** Share of the segments that must agree on the lag. */
const MIN_AGREEMENT = 0.75

/**
 * Finds a constant shift between two series of bars: the lag at which their ranks correlate most, up to 26 hours either way. Both
 * are cut into segments; a lag is accepted when three quarters of the segments and the mean of all agree on it. A single wild day
 * cannot cause that, and neither can two unrelated series.
 *
 * @param reference value per bar, NaN where there is none
 * @param other the same bars as they are stamped
 * @returns null when there is too little data, or no lag is found
 */
export function clockShift(reference: Float64Array, other: Float64Array, barMs: number): ClockShift | null {
  const maxLag = Math.max(1, Math.floor(MAX_SHIFT_MS / barMs))
  const segments = cutSegments(reference, other, maxLag)
  if (segments.length < MIN_SEGMENTS) return null
  const sums = new Float64Array(2 * maxLag + 1)
  const segmentsByBestLag = new Map<number, number>()
  for (const [from, to] of segments) {
    const x = ranks(reference, from, to)
    const y = ranks(other, from, to)
    let bestCorrelation = -Infinity
    let bestLag = 0
    for (let lag = -maxLag; lag <= maxLag; lag++) {
      const correlation = laggedCorrelation(x, y, lag)
      sums[lag + maxLag]! += correlation
      if (correlation > bestCorrelation) {
        bestCorrelation = correlation
        bestLag = lag
      }
    }
    segmentsByBestLag.set(bestLag, (segmentsByBestLag.get(bestLag) ?? 0) + 1)
  }
  let lag = 0
  for (let k = -maxLag; k <= maxLag; k++) if (sums[k + maxLag]! > sums[lag + maxLag]!) lag = k
  const agreeing = segmentsByBestLag.get(lag) ?? 0
  if (agreeing < MIN_AGREEMENT * segments.length) return null
  const mean = (k: number) => sums[k + maxLag]! / segments.length
  return {
    shiftMs: lag === 0 ? 0 : -lag * barMs,
    correlation: mean(lag),
    asStamped: mean(0),
    segments: segments.length,
    agreeing,
  }
}

/** Segments spread over the bars that both series have. */
function cutSegments(a: Float64Array, b: Float64Array, maxLag: number): [from: number, to: number][] {
  const n = a.length
  const inBoth = (t: number) => !Number.isNaN(a[t]) && !Number.isNaN(b[t])
  let first = 0
  while (first < n && !inBoth(first)) first++
  let end = n
  while (end > first && !inBoth(end - 1)) end--
  const minBars = Math.max(MIN_SEGMENT_BARS, 3 * maxLag)
  const count = Math.min(MAX_SEGMENTS, Math.floor((end - first) / minBars))
  return Array.from({ length: count }, (_, k) => {
    const from = first + Math.floor(((end - first) * k) / count)
    const to = first + Math.floor(((end - first) * (k + 1)) / count)
    return [from, Math.min(to, from + Math.max(MAX_SEGMENT_BARS, minBars))]
  })
}

/** Ranks from 0, equal values at their mean rank; NaN stays NaN. */
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

/** Pearson correlation of x[t] and y[t + lag]; 0 when there is too little data. */
function laggedCorrelation(x: Float64Array, y: Float64Array, lag: number): number {
  const from = Math.max(0, -lag)
  const to = Math.min(x.length, y.length - lag)
  let n = 0
  let sumX = 0
  let sumY = 0
  let sumXX = 0
  let sumYY = 0
  let sumXY = 0
  for (let t = from; t < to; t++) {
    const a = x[t]!
    const b = y[t + lag]!
    const product = a * b
    if (Number.isNaN(product)) continue
    n++
    sumX += a
    sumY += b
    sumXX += a * a
    sumYY += b * b
    sumXY += product
  }
  const varianceX = sumXX - (sumX * sumX) / n
  const varianceY = sumYY - (sumY * sumY) / n
  if (n < MIN_SEGMENT_BARS / 2 || !(varianceX > 0 && varianceY > 0)) return 0
  return (sumXY - (sumX * sumY) / n) / Math.sqrt(varianceX * varianceY)
}
