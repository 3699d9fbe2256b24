import { barOpen, formatDuration, formatTime } from './duration.ts'
import { DataError } from './errors.ts'
import { CANDLE_FIELDS, createMarket, FLOW_FIELDS, type Market, type MarketColumns, notesToKeep } from './market.ts'

/** How a coarser bar takes over a series: volumes add up, states are those at its close. */
const SUMMED = new Set(['takerBuyVolume', 'longLiquidations', 'shortLiquidations', 'fundingRate'])

/**
 * The same market in coarser bars, aligned as exchanges align them (UTC days, weeks from Monday). A first or last bar
 * that the data covers only in part is dropped and noted; a bar with a gap inside keeps what there is.
 *
 * @throws DataError when the new timeframe is not a whole multiple of the market's
 */
export function resample(market: Market, barMs: number): Market {
  if (barMs === market.barMs) return market
  if (barMs < market.barMs || barMs % market.barMs !== 0) {
    throw new DataError(
      `timeframe: the data has ${market.timeframe} bars, which cannot be turned into ${formatDuration(barMs)} bars`,
    )
  }
  const last = market.length - 1
  let from = 0
  if (market.time[0] !== barOpen(market.time[0]!, barMs)) {
    const firstOpen = barOpen(market.time[0]!, barMs) + barMs
    while (from < market.length && market.time[from]! < firstOpen) from++
  }
  let to = market.length
  const lastOpen = barOpen(market.time[last]!, barMs)
  if (market.time[last]! + market.barMs < lastOpen + barMs) while (to > from && market.time[to - 1]! >= lastOpen) to--
  if (to <= from) throw new DataError(`timeframe: the data does not fill one bar of ${formatDuration(barMs)}`)

  const starts: number[] = []
  for (let i = from; i < to; i++)
    if (i === from || barOpen(market.time[i]!, barMs) !== barOpen(market.time[i - 1]!, barMs)) starts.push(i)
  const n = starts.length
  const columns = { time: new Float64Array(n) } as MarketColumns
  for (const field of CANDLE_FIELDS) columns[field] = new Float64Array(n)
  for (const field of FLOW_FIELDS) if (market[field]) columns[field] = new Float64Array(n)

  for (let k = 0; k < n; k++) {
    const a = starts[k]!
    const b = k + 1 < n ? starts[k + 1]! : to
    columns.time[k] = barOpen(market.time[a]!, barMs)
    columns.open[k] = market.open[a]!
    columns.close[k] = market.close[b - 1]!
    let high = market.high[a]!
    let low = market.low[a]!
    let volume = 0
    for (let i = a; i < b; i++) {
      if (market.high[i]! > high) high = market.high[i]!
      if (market.low[i]! < low) low = market.low[i]!
      volume += market.volume[i]!
    }
    columns.high[k] = high
    columns.low[k] = low
    columns.volume[k] = volume
    for (const field of FLOW_FIELDS) {
      const series = market[field]
      if (series) columns[field]![k] = SUMMED.has(field) ? sumOfRecords(series, a, b) : series[b - 1]!
    }
  }
  const dropped = from + (market.length - to)
  const notes = notesToKeep(market)
  if (dropped > 0) {
    notes.push(
      `${dropped} ${market.timeframe} bars at the ends do not fill a ${formatDuration(barMs)} bar and were left out; the first full bar opens ${formatTime(columns.time[0]!)}`,
    )
  }
  return createMarket(columns, { ...market, barMs, notes })
}

/** Sum of the values that are there; NaN when none is. */
function sumOfRecords(series: Float64Array, from: number, to: number): number {
  let sum = Number.NaN
  for (let i = from; i < to; i++) {
    const value = series[i]!
    if (!Number.isNaN(value)) sum = Number.isNaN(sum) ? value : sum + value
  }
  return sum
}
