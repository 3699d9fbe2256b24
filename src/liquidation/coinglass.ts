/** Coinglass's heatmap JSON: written from a grid, read into tables. */

import { type ColumnTable, table } from 'arquero'
import { FORMATS, withFormats } from '../common/column-format.ts'
import { DataError, quoteValue } from '../common/errors.ts'
import { countText } from '../common/number-text.ts'
import type { Market } from '../market/market.ts'
import type { HeatGrid } from './grid.ts'

/**
 * The heatmap JSON of Coinglass's API v4 (https://docs.coinglass.com/reference/liquidation-heatmap): row prices, sparse cells of
 * [column, row, USD], and one candle per column, [epoch s, open, high, low, close, volume in USD], prices as text.
 */
export interface CoinglassHeatmap {
  y_axis: number[]
  liquidation_leverage_data: [x: number, y: number, usd: number][]
  price_candlesticks: [time: number, open: string, high: string, low: string, close: string, volume: string][]
  update_time: number
}

/** A grid in Coinglass's form. A row has its geometric middle as price; a column's candle covers the bars since the last column. */
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
  const open = market.open[from]!
  const close = market.close[to]!
  const volume = Math.round(usd * 1e4) / 1e4
  return [market.time[to]! / 1000, String(open), String(high), String(low), String(close), String(volume)]
}

/**
 * Reads Coinglass's heatmap, alone or as the API's response (`{ code, msg, data }`), into tables: `cells` with `time`, `price`, `usd`, and
 * `candles` with `time`, `open`, `high`, `low`, `close`, `volumeUsd`.
 *
 * @throws DataError naming the invalid field, row and value
 * @example liq.fromCoinglass(map.coinglass()).cells
 */
export function fromCoinglass(json: unknown): { cells: ColumnTable; candles: ColumnTable } {
  if (typeof json === 'string')
    throw new DataError('liq.fromCoinglass takes the response as JSON.parse returns it, not as text')
  const response = json as { code?: unknown; msg?: unknown; data?: unknown } | null
  if (response?.code !== undefined && String(response.code) !== '0')
    throw new DataError(`The response is an error: code ${quoteValue(response.code)}, ${quoteValue(response.msg)}`)
  const body = (response?.data ?? json) as Partial<Record<keyof CoinglassHeatmap, unknown>> | null
  const list = (name: keyof CoinglassHeatmap): unknown[] => {
    const value = body?.[name]
    if (!Array.isArray(value)) throw new DataError(`${name}: ${quoteValue(value)}, but expected a list`)
    return value
  }
  const prices = list('y_axis').map((value, row) => parsePrice(value, 'y_axis', row))
  const candles = list('price_candlesticks').map(parseCandle)
  for (const [row, { time }] of candles.entries()) {
    const previous = candles[row - 1]
    if (previous && !(time > previous.time))
      throw new DataError(`price_candlesticks, row ${row + 1}: its time is not after that of the row above`)
  }
  const cells = list('liquidation_leverage_data').map((cell, row) => {
    const name = 'liquidation_leverage_data'
    const values = Array.isArray(cell) ? cell : []
    const [x, y] = [parseNumber(values[0], name, row), parseNumber(values[1], name, row)]
    const usd = parseNumber(values[2], name, row)
    const candle = candles[x]
    const price = prices[y]
    if (!candle)
      throw new DataError(
        `${name}, row ${row + 1}: column ${x}, but there ${candles.length === 1 ? 'is' : 'are'} ${countText(candles.length, 'candle')}`,
      )
    if (price === undefined)
      throw new DataError(`${name}, row ${row + 1}: row ${y}, but y_axis has ${prices.length} prices`)
    return { time: candle.time, price, usd }
  })
  const column = <T extends object, K extends keyof T>(rows: T[], key: K) => rows.map(row => row[key])
  return {
    cells: withFormats(
      table({ time: column(cells, 'time'), price: column(cells, 'price'), usd: column(cells, 'usd') }),
      { usd: FORMATS.usd },
    ),
    candles: table(
      Object.fromEntries(
        (['time', 'open', 'high', 'low', 'close', 'volumeUsd'] as const).map(key => [key, column(candles, key)]),
      ),
    ),
  }
}

function parseCandle(candle: unknown, row: number) {
  const name = 'price_candlesticks'
  const values = Array.isArray(candle) ? candle : []
  const open = parsePrice(values[1], name, row)
  const high = parsePrice(values[2], name, row)
  const low = parsePrice(values[3], name, row)
  const close = parsePrice(values[4], name, row)
  if (high < Math.max(open, low, close) || low > Math.min(open, close))
    throw new DataError(
      `${name}, row ${row + 1}: open ${open} and close ${close} do not lie between low ${low} and high ${high}`,
    )
  const time = new Date(1000 * parseNumber(values[0], name, row))
  return { time, open, high, low, close, volumeUsd: parseNumber(values[5], name, row) }
}

/** A number of 0 or more, also as text. */
function parseNumber(value: unknown, name: keyof CoinglassHeatmap, row: number): number {
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof parsed !== 'number' || !Number.isFinite(parsed) || parsed < 0)
    throw new DataError(`${name}, row ${row + 1}: ${quoteValue(value)}, but expected a number of 0 or more`)
  return parsed
}

function parsePrice(value: unknown, name: keyof CoinglassHeatmap, row: number): number {
  const parsed = parseNumber(value, name, row)
  if (parsed === 0) throw new DataError(`${name}, row ${row + 1}: ${quoteValue(value)}, but expected a price above 0`)
  return parsed
}
