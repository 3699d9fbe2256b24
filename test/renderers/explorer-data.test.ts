import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellUsd, columnAt, createLayer, priceAt, rowAt } from '../../renderers/explorer/model.ts'
import { readHeader } from '../../renderers/explorer/payload.ts'
import { LEVELS_PER_OCTAVE, quantise, TOP_LEVEL } from '../../src/charts/quantise.ts'
import { tierGrids } from '../../src/liquidation/grid.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { market, modelOf, payloadOf } from './explorer-model.ts'

describe('quantised layers', () => {
  const values = fc.oneof(fc.constant(0), fc.double({ min: 1, max: 1e9, noNaN: true }))

  it('decode within 2.5 %, and to 0 where they were 0 or below the floor', () => {
    const grid = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })).chain(([rows, columns]) =>
      fc.record({
        columns: fc.constant(columns),
        layers: fc.array(fc.array(values, { minLength: rows * columns, maxLength: rows * columns }), {
          minLength: 1,
          maxLength: 3,
        }),
      }),
    )
    fc.assert(
      fc.property(grid, ({ columns, layers }) => {
        const halves = layers.map(layer => ({ values: Float32Array.from(layer, value => value / 2), factor: 2 }))
        const { floor, from, length, bytes } = quantise(halves, columns)
        const usd = Float32Array.from({ length: 256 }, (_, q) =>
          q === 0 ? 0 : floor * 2 ** ((q - 1) / LEVELS_PER_OCTAVE),
        )
        let rest = bytes
        for (const [index, layer] of layers.entries()) {
          const rows = layer.length / columns
          const part = (values: Uint16Array) => values.subarray(index * rows, (index + 1) * rows)
          const back = createLayer({ from: part(from), length: part(length) }, rest, columns, usd, TOP_LEVEL)
          rest = rest.subarray(back.levels.length)
          for (const [i, value] of layer.entries()) {
            const found = cellUsd(back, Math.floor(i / columns), i % columns)
            if (found === 0) expect(value).toBeLessThan(floor)
            else expect(Math.abs(found / value - 1)).toBeLessThan(0.026)
          }
        }
        expect(rest.length).toBe(0)
      }),
    )
  })

  it('store only the columns between the first and last filled cell of a row', () => {
    // The last cell of the first row is too faint for level 1; the second row is empty.
    const values = Float32Array.from([0, 8, 0, 2, 1e-6, 0, 0, 0, 0, 0])
    const { from, length, bytes } = quantise([{ values, factor: 1 }], 5)
    expect([...from, ...length]).toEqual([1, 0, 3, 0])
    expect([...bytes]).toEqual([255, 1, 255 - 2 * LEVELS_PER_OCTAVE])
    const back = createLayer({ from, length }, bytes, 5, new Float32Array(256).fill(1), TOP_LEVEL)
    expect([...back.from, ...back.to]).toEqual([1, 0, 4, 0])
  })

  it.each([
    ['ends after the last column', [3], [3], 'a layer has 6 columns in row 0, but "grid.columns" is 5'],
    ['has more levels than there are', [0], [5], 'a layer needs 5 levels, but only 4 are left'],
    ['has levels above the top', [0], [2], 'a layer has the level 200, but "levels.top" is 10'],
  ])('are refused if a row %s', (_, from, length, reason) => {
    const stretches = { from: Uint16Array.from(from), length: Uint16Array.from(length) }
    const bytes = Uint8Array.from([9, 191, 0, 0])
    expect(() => createLayer(stretches, bytes, 5, new Float32Array(256), 10)).toThrow(reason)
  })
})

describe('the explorer payload', () => {
  it('unpacks to the tiers of the library’s grid, at full weight', async () => {
    const options = { columns: 90, rows: 60 }
    const model = await modelOf(payloadOf(options))
    const map = liquidationMap(market, { leverage: 'retail' })
    const grids = tierGrids(map, options)
    expect([model.columns, model.rows]).toEqual([grids[0]!.columns, grids[0]!.rows])
    const largest = Math.max(
      ...grids.flatMap((grid, tier) => [...grid.long].map(v => v / map.options.tiers[tier]!.weight)),
    )
    let compared = 0
    for (const [tier, grid] of grids.entries())
      for (const side of ['long', 'short'] as const)
        for (let i = 0; i < grid.long.length; i++) {
          const whole = grid[side][i]! / map.options.tiers[tier]!.weight
          const found = cellUsd(model.tiers[tier]![side], Math.floor(i / model.columns), i % model.columns)
          if (whole < largest / 50_000) continue
          compared++
          expect(Math.abs(found / whole - 1)).toBeLessThan(0.026)
        }
    expect(compared).toBeGreaterThan(1000)
  })

  it('has prices, closes and times; a column begins at the close of its bar', async () => {
    const model = await modelOf(payloadOf({ columns: 90, rows: 60 }))
    const { bars, edges } = tierGrids(liquidationMap(market, { leverage: 'retail' }), { columns: 90, rows: 60 })[0]!
    for (const [k, bar] of bars.entries()) {
      expect(model.edges[k]).toBe(market.time[bar]! + market.barMs)
      expect(model.closes[k]).toBe(Math.fround(market.close[bar]!))
      expect(columnAt(model, model.edges[k]!)).toBe(k)
      expect(columnAt(model, model.edges[k]! - 1)).toBe(k - 1)
    }
    for (const [row, edge] of edges.entries()) expect(priceAt(model, row) / edge).toBeCloseTo(1, 12)
    expect(rowAt(model, priceAt(model, 17.5))).toBe(17)
    const { time, end, high, low } = model.candles
    expect([time[0], end.at(-1)]).toEqual([market.time[0], market.time.at(-1)! + market.barMs])
    expect(Math.max(...high)).toBe(Math.fround(Math.max(...market.high)))
    expect(Math.min(...low)).toBe(Math.fround(Math.min(...market.low)))
  })

  it('unpacks an empty map', async () => {
    const model = await modelOf(payloadOf({ columns: 5, rows: 5, from: 0, to: 0 }))
    expect(model.columns).toBe(1)
  })

  const good = payloadOf({ columns: 20, rows: 10 })
  const tiers = (change: object) => good.tiers.map((tier, i) => (i === 1 ? { ...tier, ...change } : tier))
  it.each([
    ['null', null, 'expected an object, found null'],
    ['text', '{"version": 1', 'expected an object, found "{'],
    ['a newer version', { ...good, version: 6 }, 'version: expected 5 (update Liqnb or run the cell again), found 6'],
    [
      'a negative size',
      { ...good, grid: { ...good.grid, rows: -5 } },
      'grid.rows: expected a whole number from 1 to 2048, found -5',
    ],
    [
      'a giant size',
      { ...good, grid: { ...good.grid, columns: 1e9 } },
      'grid.columns: expected a whole number from 1 to 4096, found 1000000000',
    ],
    [
      'a fractional column',
      { ...good, grid: { ...good.grid, columns: 2.5 } },
      'grid.columns: expected a whole number from 1 to 4096, found 2.5',
    ],
    [
      'NaN',
      { ...good, grid: { ...good.grid, low: Number.NaN } },
      'grid.low: expected a number from 1e-12 to 1000000000000000, found NaN',
    ],
    [
      'Infinity',
      { ...good, tiers: tiers({ leverage: Infinity }) },
      'tiers[1].leverage: expected a number from 1 to 100000, found Infinity',
    ],
    [
      'a weight as text',
      { ...good, tiers: tiers({ weight: '1' }) },
      'tiers[1].weight: expected a number from 0 to 1, found "1"',
    ],
    ['no tiers', { ...good, tiers: [] }, 'tiers: expected an array of 1 to 24 items, found an array of 0 items'],
    [
      'a preset with the wrong number of tiers',
      { ...good, presets: [{ name: 'a', shares: [1] }] },
      'presets[0].shares: expected an array of 5 items, found an array of 1 item',
    ],
    [
      'too many cells',
      { ...good, grid: { ...good.grid, columns: 4096, rows: 2048 } },
      '4096 × 2048 cells of 5 tiers are more than can be shown',
    ],
    [
      'more levels than cells',
      { ...good, levels: { ...good.levels, filled: 1e9 } },
      'levels.filled: expected a whole number from 0 to',
    ],
    [
      'too many off-grid levels',
      { ...good, offGrid: { floor: 1, filled: 1e9 } },
      'offGrid.filled: expected a whole number from 0 to',
    ],
    ['bytes as numbers', { ...good, data: [1, 2] }, 'data: expected base64 text, found an array of 2 items'],
  ])('refuses %s', (_, payload, reason) => {
    expect(() => readHeader(payload)).toThrow(reason)
  })

  it.each([
    ['cut short', { data: good.data.slice(0, 400) }, /"data" (cannot be unpacked|holds \d+ of the \d+ bytes)/],
    ['empty', { data: '' }, /"data"/],
    ['not base64', { data: '<script>' }, '"data" is not base64'],
    ['not deflated', { data: btoa('nothing of the kind') }, /"data" cannot be unpacked/],
    [
      'longer than the header says',
      { grid: { ...good.grid, rows: good.grid.rows - 1 } },
      /"data" holds more than the \d+ bytes/,
    ],
    [
      'shorter than the header says',
      { grid: { ...good.grid, rows: good.grid.rows + 1 } },
      /"data" holds \d+ of the \d+ bytes/,
    ],
    [
      'too short for its levels',
      { levels: { ...good.levels, filled: good.levels.filled + 1 } },
      /"data" holds \d+ of the \d+ bytes/,
    ],
    [
      'out of the range of levels',
      { levels: { ...good.levels, top: 3 } },
      /a layer has the level \d+, but "levels.top" is 3/,
    ],
  ])('refuses data that is %s', async (_, change, reason) => {
    await expect(modelOf({ ...good, ...change })).rejects.toThrow(reason)
  })

  it('shortens long text', () => {
    expect(readHeader({ ...good, symbol: 'x'.repeat(1e6) }).symbol.length).toBeLessThan(600)
  })
})
