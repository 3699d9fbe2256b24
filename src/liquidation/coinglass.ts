import { type ColumnTable, table } from 'arquero'
import { DataError, quoteValue } from '../common/errors.ts'
import type { Market } from '../market/market.ts'
import type { HeatGrid } from './grid.ts'

/**
 * The heatmap JSON of Coinglass's API v4 (https://docs.coinglass.com/reference/liquidation-heatmap): prices of the rows, sparse cells of
 * [column, row, USD], and one candle a column, [epoch s, open, high, low, close, volume in USD], prices as text.
 */
export interface CoinglassHeatmap {
  y_axis: number[]
  liquidation_leverage_data: [x: number, y: number, usd: number][]
  price_candlesticks: [time: number, open: string, high: string, low: string, close: string, volume: string][]
  update_time: number
}

/** A grid in Coinglass's form. Rows stand for their middle (geometric); a column's candle covers the bars since the last column. */
export function toCoinglass(market: Market, grid: HeatGrid): CoinglassHeatmap {
  const { rows, columns, bars, edges } = grid
  const cells: CoinglassHeatmap['liquidation_leverage_data'] = []
  for (let x = 0; x < columns; x++)
    for (let y = 0; y < rows; y++) {
      const usd = grid.long[y * columns + x]! + grid.short[y * columns + x]!
      if (usd > 0) cells.push([x, y, Math.round(usd * 100) / 100])
    }
  return {
    y_axis: Array.from({ length: rows }, (_, y) => +Math.sqrt(edges[y]! * edges[y + 1]!).toPrecision(10)),
    liquidation_leverage_data: cells,
    price_candlesticks: Array.from(bars, (bar, x) => candle(market, x === 0 ? bar : bars[x - 1]! + 1, bar)),
    update_time: market.time[bars[columns - 1]!]! + market.barMs,
  }
}

function candle(market: Market, from: number, to: number): CoinglassHeatmap['price_candlesticks'][number] {
  let high = market.high[from]!
  let low = market.low[from]!
  let usd = 0
  for (let t = from; t <= to; t++) {
    high = Math.max(high, market.high[t]!)
    low = Math.min(low, market.low[t]!)
    usd += market.volume[t]! * market.close[t]!
  }
  const prices = [market.open[from]!, high, low, market.close[to]!, Math.round(usd * 1e4) / 1e4].map(String)
  return [market.time[to]! / 1000, ...(prices as [string, string, string, string, string])]
}

/**
 * Reads Coinglass's heatmap, bare or as the API's answer (`{ code, msg, data }`), into tables: `cells` with `time`, `price`, `usd`, and
 * `candles` with `time`, `open`, `high`, `low`, `close`, `volumeUsd`.
 *
 * @throws DataError naming the field, row and value that cannot be right
 */
export function fromCoinglass(json: unknown): { cells: ColumnTable; candles: ColumnTable } {
  if (typeof json === 'string')
    throw new DataError('fromCoinglass takes the answer as JSON.parse gives it, not its text')
  const answer = json as { code?: unknown; msg?: unknown; data?: unknown } | null
  if (answer?.code !== undefined && String(answer.code) !== '0')
    throw new DataError(`The answer is an error: code ${quoteValue(answer.code)}, ${quoteValue(answer.msg)}`)
  const body = (answer?.data ?? json) as Partial<Record<keyof CoinglassHeatmap, unknown>> | null
  const list = (name: keyof CoinglassHeatmap): unknown[] => {
    const value = body?.[name]
    if (!Array.isArray(value)) throw new DataError(`${name}: ${quoteValue(value)}, but expected a list`)
    return value
  }
  const number = (value: unknown, name: string, row: number, least = 0): number => {
    const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof parsed !== 'number' || !Number.isFinite(parsed) || parsed < least)
      throw new DataError(`${name}, row ${row + 1}: ${quoteValue(value)}, but expected a number of ${least} or more`)
    return parsed
  }
  const price = (value: unknown, name: string, row: number): number => {
    const parsed = number(value, name, row)
    if (parsed === 0) throw new DataError(`${name}, row ${row + 1}: ${quoteValue(value)}, but expected a price above 0`)
    return parsed
  }
  const prices = list('y_axis').map((value, row) => price(value, 'y_axis', row))
  const candles = list('price_candlesticks').map((row, i) => {
    const values = Array.isArray(row) ? row : []
    const [open, high, low, close] = [1, 2, 3, 4].map(k => price(values[k], 'price_candlesticks', i)) as [
      number,
      number,
      number,
      number,
    ]
    if (high < Math.max(open, low, close) || low > Math.min(open, close))
      throw new DataError(
        `price_candlesticks, row ${i + 1}: open ${open} and close ${close} do not lie between low ${low} and high ${high}`,
      )
    const time = new Date(1000 * number(values[0], 'price_candlesticks', i))
    return { time, open, high, low, close, volumeUsd: number(values[5], 'price_candlesticks', i) }
  })
  for (const [i, { time }] of candles.entries())
    if (i > 0 && !(time > candles[i - 1]!.time))
      throw new DataError(`price_candlesticks, row ${i + 1}: its time is not after that of the row above`)
  const cells = list('liquidation_leverage_data').map((row, i) => {
    const values = Array.isArray(row) ? row : []
    const [x, y, usd] = [0, 1, 2].map(k => number(values[k], 'liquidation_leverage_data', i)) as [
      number,
      number,
      number,
    ]
    if (!candles[x])
      throw new DataError(
        `liquidation_leverage_data, row ${i + 1}: column ${x}, but there are ${candles.length} candles`,
      )
    if (prices[y] === undefined)
      throw new DataError(`liquidation_leverage_data, row ${i + 1}: row ${y}, but y_axis has ${prices.length} prices`)
    return { time: candles[x].time, price: prices[y], usd }
  })
  const column = <T extends object, K extends keyof T>(rows: T[], key: K) => rows.map(row => row[key])
  return {
    cells: table({ time: column(cells, 'time'), price: column(cells, 'price'), usd: column(cells, 'usd') }),
    candles: table(
      Object.fromEntries(
        (['time', 'open', 'high', 'low', 'close', 'volumeUsd'] as const).map(key => [key, column(candles, key)]),
      ),
    ),
  }
}
