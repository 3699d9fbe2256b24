import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellUsd, columnAt, priceAt, rowAt } from '../../renderers/explorer/model.ts'
import { readHeader } from '../../renderers/explorer/payload.ts'
import { readLayers } from '../../renderers/explorer/read-layers.ts'
import { Unpacker } from '../../renderers/shared/unpacker.ts'
import { Packer } from '../../src/charts/pack.ts'
import { type FloatLayer, LEVELS_PER_OCTAVE, packLayers, TOP_LEVEL } from '../../src/charts/pack-layers.ts'
import { tierGrids } from '../../src/liquidation/grid.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { market, modelOf, payloadOf } from './explorer-model.ts'

describe('quantised layers', () => {
  const values = fc.oneof(fc.constant(0), fc.double({ min: 1, max: 1e9, noNaN: true }))

  /** Packs layers of full weight and reads them back. */
  function roundTrip(layers: FloatLayer[], drift: Float64Array) {
    const packer = new Packer()
    const packed = packLayers(packer, layers, drift)
    const bytes = packer.concat().slice()
    const rows = layers[0]!.values.length / drift.length
    const frame = { layers: layers.length, rows, perOctave: LEVELS_PER_OCTAVE, top: TOP_LEVEL, ...packed }
    const data = new Unpacker(bytes)
    const read = readLayers(data, frame, Int32Array.from(drift))
    data.end()
    return { ...packed, bytes, frame, read }
  }

  it('decode within 3.5 %, and to nothing only below the floor', () => {
    const grid = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })).chain(([rows, columns]) =>
      fc.record({
        drift: fc.array(fc.integer({ min: -3000, max: 1500 }), { minLength: columns, maxLength: columns }),
        layers: fc.array(fc.array(values, { minLength: rows * columns, maxLength: rows * columns }), {
          minLength: 1,
          maxLength: 3,
        }),
      }),
    )
    fc.assert(
      fc.property(grid, ({ drift, layers }) => {
        const columns = drift.length
        const halves = layers.map(layer => ({ values: Float32Array.from(layer, value => value / 2), factor: 2 }))
        const { floor, read } = roundTrip(halves, Float64Array.from(drift))
        for (const [index, layer] of layers.entries())
          for (const [i, value] of layer.entries()) {
            const found = cellUsd(read[index]!, Math.floor(i / columns), i % columns)
            if (found === 0) expect(value).toBeLessThan(1.1 * floor)
            else if (value > 1.15 * floor) expect(Math.abs(found / value - 1)).toBeLessThan(0.035)
            else expect(found).toBeLessThan(1.15 * floor)
          }
      }),
    )
  })

  it('store nothing of cells that only decay', () => {
    const columns = 500
    const decay = 2 ** (-1 / 50)
    const drift = Float64Array.from({ length: columns }, (_, k) => Math.round((-k / 50) * 256 * LEVELS_PER_OCTAVE))
    const values = Float32Array.from({ length: columns }, (_, k) => (k < 9 ? 0 : 1e6 * decay ** k))
    const { read, bytes } = roundTrip([{ values, factor: 1 }], drift)
    // One row: one change after nine columns, which begins one level.
    expect([...bytes]).toEqual([2, 18, 2, 255])
    for (const [k, value] of values.entries())
      expect(Math.abs(cellUsd(read[0]!, 0, k) - value)).toBeLessThan(0.035 * value + 1)
  })

  it('hold only the columns between the first and last filled cell of a row', () => {
    // The last cell of the first row is too faint for level 1; the second row is empty.
    const values = Float32Array.from([0, 8, 0, 2, 1e-6, 0, 0, 0, 0, 0])
    const { filled, read } = roundTrip([{ values, factor: 1 }], new Float64Array(5))
    expect(filled).toBe(3)
    expect([...read[0]!.from, ...read[0]!.to]).toEqual([1, 0, 4, 0])
    expect([...read[0]!.levels]).toEqual([255, 0, 255 - 2 * LEVELS_PER_OCTAVE])
  })

  /** Zigzag: twice the number. */
  it.each([
    ['has a change after the last column', [2, 10, 2, 9], 'a layer has a change in column 5, but "grid.columns" is 5'],
    ['has fewer levels than changes', [4, 0, 0, 2, 9], '"data" ends within a column'],
    ['begins more levels than it has changes', [2, 0, 4, 9, 9], '2 of 1 changes begin a level'],
    ['has a level above the top', [2, 0, 2, 200], 'a layer has the level 200, but "levels.top" is 10'],
    ['has a negative number of changes', [1], 'the layers have -1 changes in 1 rows of 5 columns'],
    ['has more levels than the header says', [2, 0, 2, 9], 'the layers have more than the 4 levels of "filled"'],
    ['has fewer levels than the header says', [2, 6, 2, 9], 'the layers have 2 of the 4 levels of "filled"'],
  ])('are refused if a row %s', (_, bytes, reason) => {
    const frame = { layers: 1, rows: 1, filled: 4, floor: 1, perOctave: 16, top: 10 }
    expect(() => readLayers(new Unpacker(Uint8Array.from(bytes)), frame, new Int32Array(5))).toThrow(reason)
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
          expect(Math.abs(found / whole - 1)).toBeLessThan(0.035)
        }
    expect(compared).toBeGreaterThan(1000)
  })

  it('has prices, closes and times; a column begins at the close of its bar', async () => {
    const model = await modelOf(payloadOf({ columns: 90, rows: 60 }))
    const { bars, edges } = tierGrids(liquidationMap(market, { leverage: 'retail' }), { columns: 90, rows: 60 })[0]!
    for (const [k, bar] of bars.entries()) {
      expect(model.edges[k]).toBe(market.time[bar]! + market.barMs)
      expect(Math.abs(Math.log(model.closes[k]! / market.close[bar]!))).toBeLessThan(6e-7)
      expect(columnAt(model, model.edges[k]!)).toBe(k)
      expect(columnAt(model, model.edges[k]! - 1)).toBe(k - 1)
    }
    for (const [row, edge] of edges.entries()) expect(priceAt(model, row) / edge).toBeCloseTo(1, 12)
    expect(rowAt(model, priceAt(model, 17.5))).toBe(17)
    const { time, end, high, low } = model.candles
    expect([time[0], end.at(-1)]).toEqual([market.time[0], market.time.at(-1)! + market.barMs])
    const { priceStep } = model.header
    expect(Math.abs(Math.log(Math.max(...high) / Math.max(...market.high)))).toBeLessThan(0.51 * priceStep)
    expect(Math.abs(Math.log(Math.min(...low) / Math.min(...market.low)))).toBeLessThan(0.51 * priceStep)
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
    ['a newer version', { ...good, version: 7 }, 'version: expected 6 (update Liqnb or run the cell again), found 7'],
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
    ['longer than the header says', { bytes: good.bytes - 1 }, /"data" holds more than the \d+ bytes/],
    ['shorter than the header says', { bytes: good.bytes + 1 }, /"data" holds \d+ of the \d+ bytes/],
    ['of another number of rows', { grid: { ...good.grid, rows: good.grid.rows + 1 } }, /./],
    [
      'too short for its levels',
      { levels: { ...good.levels, filled: good.levels.filled + 1 } },
      /the layers have \d+ of the \d+ levels of "filled"/,
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
