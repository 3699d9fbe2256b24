/** Coinglass's heatmap JSON, written and read. */
import { describe, expect, it } from 'vitest'
import { fromCoinglass, toCoinglass } from '../../src/liquidation/coinglass.ts'
import { heatGrid } from '../../src/liquidation/grid.ts'
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
