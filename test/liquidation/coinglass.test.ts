/** Coinglass's heatmap JSON, written and read. */
import { describe, expect, it } from 'vitest'
import { formatOf } from '../../src/common/column-format.ts'
import { fromCoinglass, toCoinglass } from '../../src/liquidation/coinglass.ts'
import { type HeatGrid, heatGrid } from '../../src/liquidation/grid.ts'
import { HOUR, marketOf, START } from '../market/fixtures.ts'
import { map, market, sum } from './helpers.ts'

describe('Coinglass’s heatmap JSON', () => {
  const grid = heatGrid(map, { columns: 30, rows: 25 })
  const json = toCoinglass(market, grid)

  it('survives writing and reading', () => {
    const { cells, candles } = fromCoinglass(JSON.parse(JSON.stringify({ code: '0', msg: 'success', data: json })))
    expect(candles.numRows()).toBe(30)
    const total = sum(grid.long) + sum(grid.short)
    expect(sum(cells.array('usd') as number[]) / total).toBeCloseTo(1, 6)
    expect(Math.max(...(candles.array('high') as number[]))).toBe(Math.max(...market.high))
    const prices = cells.array('price') as number[]
    expect(Math.min(...prices)).toBeGreaterThan(grid.edges[0]!)
    expect(json.y_axis.every((price, y) => price > grid.edges[y]! && price < grid.edges[y + 1]!)).toBe(true)
  })

  it('has the cells that are not empty, to the cent, and a candle of the bars since the column before', () => {
    const bars = marketOf([
      [10, 12, 9, 11, 1],
      [11, 15, 10, 14, 2],
      [14, 16, 13, 13, 3],
      [13, 14, 8, 9, 4],
    ])
    // By row, from the lowest price: each of two columns.
    const hand: HeatGrid = {
      ...{ columns: 2, rows: 2, bars: Int32Array.of(1, 3), edges: Float64Array.of(4, 9, 16) },
      ...{ long: Float32Array.of(0, 1.5, 2.126, 0), short: Float32Array.of(0, 0.25, 0, 0) },
    }
    expect(toCoinglass(bars, hand)).toEqual({
      y_axis: [Math.sqrt(4 * 9), Math.sqrt(9 * 16)],
      liquidation_leverage_data: [
        [0, 1, 2.13],
        [1, 0, 1.75],
      ],
      price_candlesticks: [
        [START / 1000 + 3600, '11', '15', '10', '14', String(2 * 14)],
        [START / 1000 + 3 * 3600, '14', '16', '8', '9', String(3 * 13 + 4 * 9)],
      ],
      update_time: START + 4 * HOUR,
    })
  })

  it('is read into one row a cell and one a candle, alone or as the response of the API', () => {
    const data = {
      y_axis: [6, '12'],
      liquidation_leverage_data: [
        [0, 1, 2.5],
        ['1', '0', 0],
      ],
      price_candlesticks: [
        [0, '11', '15', '10', '14', '28'],
        [3600, 14, 16, 8, 9, 75],
      ],
    }
    for (const json of [data, { data }, { code: 0, data }, { code: '0', msg: 'success', data }]) {
      const { cells, candles } = fromCoinglass(json)
      expect(cells.objects()).toEqual([
        { time: new Date(0), price: 12, usd: 2.5 },
        { time: new Date(HOUR), price: 6, usd: 0 },
      ])
      expect(formatOf(cells.data().usd)).toEqual({ unit: 'USD', notation: 'compact' })
      expect(candles.objects()).toEqual([
        { time: new Date(0), open: 11, high: 15, low: 10, close: 14, volumeUsd: 28 },
        { time: new Date(HOUR), open: 14, high: 16, low: 8, close: 9, volumeUsd: 75 },
      ])
    }
  })

  it('may have candles that open and close at their ends', () => {
    const candles = json.price_candlesticks.map(([time], i) =>
      i % 2 === 0 ? [time, '4', '6', '4', '6', '1'] : [time, '5', '5', '5', '5', '0'],
    )
    expect(
      fromCoinglass({ ...json, price_candlesticks: candles })
        .candles.slice(0, 2)
        .objects(),
    ).toMatchObject([
      { open: 4, high: 6, low: 4, close: 6, volumeUsd: 1 },
      { open: 5, high: 5, low: 5, close: 5, volumeUsd: 0 },
    ])
  })

  const bad: [string, unknown, RegExp][] = [
    ['null', null, /y_axis: undefined, but expected a list/],
    ['an API error', { code: '401', msg: 'Upgrade plan' }, /code "401", "Upgrade plan"/],
    ['a price that is not a number', { ...json, y_axis: [1, 'x'] }, /y_axis, row 2: "x"/],
    [
      'a cell outside the rows',
      { ...json, liquidation_leverage_data: [[0, 999, 5]] },
      /row 1: row 999, but y_axis has 2[0-9] prices/,
    ],
    [
      'a cell outside the columns',
      { ...json, liquidation_leverage_data: [[77, 0, 5]] },
      /column 77, but there are 30 candles/,
    ],
    [
      'a cell outside the only column',
      { ...json, price_candlesticks: json.price_candlesticks.slice(0, 1), liquidation_leverage_data: [[1, 0, 5]] },
      /leverage_data, row 1: column 1, but there is 1 candle$/,
    ],
    ['a cell that is no list', { ...json, liquidation_leverage_data: [null] }, /leverage_data, row 1: undefined, but/],
    ['a candle that is no list', { ...json, price_candlesticks: [null] }, /candlesticks, row 1: undefined, but/],
    ['an amount without end', { ...json, liquidation_leverage_data: [[0, 0, 'Infinity']] }, /row 1: "Infinity", but/],
    ['an empty text', { ...json, liquidation_leverage_data: [[0, 0, ' ']] }, /row 1: " ", but expected a number of 0/],
    ['what is no number', { ...json, liquidation_leverage_data: [[0, 0, true]] }, /row 1: true, but expected a number/],
    ['a negative amount', { ...json, liquidation_leverage_data: [[0, 0, -5]] }, /row 1: -5/],
    [
      'a price of 0',
      { ...json, y_axis: [0, ...json.y_axis.slice(1)] },
      /y_axis, row 1: 0, but expected a price above 0/,
    ],
    [
      'a high below the low',
      { ...json, price_candlesticks: [[1, '5', '4', '6', '5', '1']] },
      /price_candlesticks, row 1: open 5 and close 5 do not lie between low 6 and high 4/,
    ],
    [
      'candles out of order',
      { ...json, price_candlesticks: [...json.price_candlesticks].reverse() },
      /price_candlesticks, row 2: its time is not after/,
    ],
    [
      'two candles of one time',
      { ...json, price_candlesticks: json.price_candlesticks.slice(0, 1).concat(json.price_candlesticks.slice(0, 1)) },
      /price_candlesticks, row 2: its time is not after that of the row above/,
    ],
    [
      'an open above the high',
      { ...json, price_candlesticks: [[1, '7', '6', '4', '5', '1']] },
      /open 7 and close 5 do not lie between low 4 and high 6/,
    ],
    [
      'a close below the low',
      { ...json, price_candlesticks: [[1, '5', '6', '4', '3', '1']] },
      /open 5 and close 3 do not lie between low 4 and high 6/,
    ],
    [
      'a low above the high',
      { ...json, price_candlesticks: [[1, '5', '5', '6', '5', '1']] },
      /open 5 and close 5 do not lie between low 6 and high 5/,
    ],
    ['text instead of JSON', JSON.stringify(json), /as JSON.parse returns it/],
    ['an incomplete candle', { ...json, price_candlesticks: [[1, '2']] }, /price_candlesticks, row 1: undefined/],
  ]
  for (const [what, input, message] of bad)
    it(`refuses ${what}`, () => expect(() => fromCoinglass(input)).toThrow(message))
})
