/** Figures of saved outputs hold what the outputs hold. */
import { describe, expect, it } from 'vitest'
import { mixColumn } from '../../renderers/explorer/mix.ts'
import { figureOf } from '../../renderers/portable/index.ts'
import type { Figure } from '../../src/charts/figure.ts'
import { heatmapFigure } from '../../src/charts/heatmap.ts'
import { marketPayload } from '../../src/charts/market-view.ts'
import { studyFigure } from '../../src/charts/study.ts'
import { liq } from '../../src/liqnb.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { bundleOf, decode } from '../charts/helpers.ts'
import { scan } from './board-model.ts'
import { market, modelOf, payloadOf } from './explorer-model.ts'
import { study, market as studyMarket, payloadOf as studyPayloadOf } from './study-model.ts'

const MAP = 'application/vnd.liqnb.explorer+json'
const drawn = async (mime: string, payload: unknown): Promise<Figure> => (await figureOf(mime, payload))!
const trace = ({ data }: Figure, name: string) => data.find(each => each.name === name)!
const near = (values: number[], expected: Iterable<number>, share: number) => {
  const wanted = [...expected]
  expect(values.length).toBe(wanted.length)
  for (const [i, value] of values.entries()) expect(Math.abs(value / wanted[i]! - 1)).toBeLessThan(share)
}

describe('the figure of a map', () => {
  it('has the cells, edges and candles of the payload, mixed by its weights', async () => {
    const payload = payloadOf({ columns: 100, rows: 60 })
    const figure = await drawn(MAP, payload)
    const model = await modelOf(payload)
    model.fullColumns.clear() // The last column in the digits of the layers too.
    const weights = payload.tiers.map(({ weight }) => weight)
    const { x, y, z } = trace(figure, 'liquidations')
    const cells = decode(z)
    expect((z as { shape: string }).shape).toBe(`${model.rows}, ${model.columns}`)
    for (let column = 0; column < model.columns; column++) {
      const [long, short] = (['long', 'short'] as const).map(side => mixColumn(model, weights, side, column).total)
      for (let row = 0; row < model.rows; row++) {
        const wanted = long![row]! + short![row]!
        expect(Math.abs(cells[row * model.columns + column]! - wanted)).toBeLessThanOrEqual(1e-5 * wanted)
      }
    }
    expect(decode(x)).toEqual([...model.edges])
    const edges = decode(y)
    near([edges[0]!, edges.at(-1)!], [payload.grid.low, payload.grid.high], 1e-9)
    expect(decode(trace(figure, 'price').close)).toEqual([...model.candles.close])
    expect(figure.layout.title).toMatchObject({
      text: 'Estimated liquidations, relative scale · SYNTH/USDT:USDT 1h',
      subtitle: { text: expect.stringMatching(/Synthetic market\. .*; columns of 4h, rows of [\d.]+ %$/) },
    })
  })

  it('has the notional of the map, to the precision of a level', async () => {
    const map = liquidationMap(market, { leverage: 'retail' })
    const payload = payloadOf()
    const z = decode(trace(await drawn(MAP, payload), 'liquidations').z)
    const direct = decode(trace(heatmapFigure(map, { columns: payload.grid.columns, rows: 200 }), 'liquidations').z)
    const sum = (values: number[]) => values.reduce((total, usd) => total + usd, 0)
    // Cells of other heights hold the same sum.
    expect(sum(z) / sum(direct)).toBeCloseTo(1, 2)
  })

  it('is refused for a damaged payload', async () => {
    const payload = payloadOf()
    await expect(figureOf(MAP, { ...payload, bytes: payload.bytes - 1 })).rejects.toThrow('"data" holds more')
    expect(await figureOf('text/plain', 'x')).toBeUndefined()
  })
})

it('the figure of a market has its candles, volume and series', async () => {
  const full = await liq.market({ simulate: { seed: 3, bars: 300 } })
  const figure = await drawn('application/vnd.liqnb.market+json', JSON.parse(JSON.stringify(marketPayload(full))))
  near(decode(trace(figure, 'price').close), full.close, 1e-4)
  near(decode(trace(figure, 'volume').y), full.volume, 1e-4)
  near(decode(trace(figure, 'open interest').y), full.openInterest!, 1e-4)
  expect(figure.layout.title).toMatchObject({ subtitle: { text: 'Synthetic market. Candles of 1h' } })
})

it('the figure of a study has its trades, its equity, and candles that a figure can show', async () => {
  const figure = await drawn('application/vnd.liqnb.study+json', studyPayloadOf())
  const direct = studyFigure(studyMarket, study)
  expect(figure.data.map(({ type, name }) => [type, name])).toEqual(direct.data.map(({ type, name }) => [type, name]))
  const compare = (values: number[], expected: number[]) => {
    expect(values.map(Number.isNaN)).toEqual(expected.map(Number.isNaN))
    for (const [k, value] of values.entries())
      if (!Number.isNaN(value))
        expect(Math.abs(value - expected[k]!)).toBeLessThan(1e-4 * Math.abs(expected[k]!) + 0.01)
  }
  for (const [i, each] of figure.data.entries()) {
    if (each.name === 'price') continue
    const [values, expected] = [each, direct.data[i]!].map(({ x, y }) => ({ x: decode(x), y: decode(y) }))
    if (each.name === 'equity' || each.name === 'drawdown') {
      // Rounded, other points of a span may be the lowest or highest.
      const ends = (points: number[]) => [Math.min(...points), Math.max(...points), points.at(-1)!]
      compare(ends(values!.y), ends(expected!.y))
    } else {
      compare(values!.x, expected!.x)
      compare(values!.y, expected!.y)
    }
  }
  const { x, high, close } = trace(figure, 'price')
  // 1,500 bars, four in a candle.
  expect(decode(x).length).toBe(375)
  near(
    decode(high),
    studyMarket.high.filter((_, t) => t % 4 === 0).map((_, k) => Math.max(...studyMarket.high.slice(4 * k, 4 * k + 4))),
    1e-4,
  )
  near(
    decode(close),
    studyMarket.close.filter((_, t) => t % 4 === 3),
    1e-4,
  )
})

it('the figure of a board has a map each, on axes of its own; a board without maps is a table', async () => {
  const payload = bundleOf(scan)['application/vnd.liqnb.board+json'] as { maps: { grid: { columns: number } }[] }
  const figure = await drawn('application/vnd.liqnb.board+json', payload)
  const maps = figure.data.filter(({ type }) => type === 'heatmap')
  expect(maps.map(({ xaxis, yaxis }) => [xaxis, yaxis])).toEqual([
    ['x', 'y'],
    ['x2', 'y2'],
    ['x3', 'y3'],
    ['x4', 'y4'],
  ])
  expect(maps.map(({ x }) => decode(x).length - 1)).toEqual(payload.maps.map(({ grid }) => grid.columns))
  expect(figure.layout.xaxis4).toMatchObject({ domain: [0, expect.closeTo(0.28, 2)], anchor: 'y4' })
  expect(await figureOf('application/vnd.liqnb.board+json', { ...payload, maps: [] })).toBeUndefined()
})
