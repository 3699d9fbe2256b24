import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clustersAt, profileAt } from '../../renderers/explorer/clusters.ts'
import { clearUnconverged, floatOfStep, mix, mixColumn, quantile } from '../../renderers/explorer/mix.ts'
import { Mixer } from '../../renderers/explorer/mixer.ts'
import { cellUsd, SIDES } from '../../renderers/explorer/model.ts'
import { paint } from '../../renderers/explorer/paint.ts'
import { colourAt, createLut, palettesOf, positionOf, usdAt } from '../../renderers/explorer/palette.ts'
import { readAt, readoutText } from '../../renderers/explorer/readout.ts'
import { initialState } from '../../renderers/explorer/state.ts'
import { clusterTable } from '../../src/liquidation/clusters.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { handMade, layer, market, modelOf, payloadOf } from './explorer-model.ts'

const whole = (model: { rows: number; columns: number }) => ({
  rowFrom: 0,
  rowTo: model.rows,
  columnFrom: 0,
  columnTo: model.columns,
})
const model = await modelOf(payloadOf({ columns: 60, rows: 50 }))
const VIRIDIS = palettesOf('viridis', true).one
const weight = fc.nat(100).map(percent => percent / 100)

describe('mixing', () => {
  const naive = (weights: readonly number[], side: 'long' | 'short', i: number) =>
    model.tiers.reduce(
      (sum, tier, k) => sum + weights[k]! * cellUsd(tier[side], Math.floor(i / model.columns), i % model.columns),
      0,
    )

  it('sums tiers × weights, by side or together, in the whole map or a part', () => {
    fc.assert(
      fc.property(
        fc.array(weight, { minLength: 5, maxLength: 5 }),
        fc.nat(model.rows - 9),
        fc.nat(model.columns - 9),
        (weights, row, column) => {
          const window = { rowFrom: row, rowTo: row + 9, columnFrom: column, columnTo: column + 9 }
          const size = model.rows * model.columns
          const out = { long: new Float32Array(size).fill(7), short: new Float32Array(size).fill(7) }
          mix(model, weights, window, out)
          const both = new Float32Array(size).fill(7)
          mix(model, weights, window, { long: both, short: both })
          for (let r = row; r < row + 9; r++)
            for (let c = column; c < column + 9; c++) {
              const i = r * model.columns + c
              const [long, short] = SIDES.map(side => naive(weights, side, i)) as [number, number]
              expect(Math.abs(out.long[i]! - long)).toBeLessThanOrEqual(1e-5 * long)
              expect(Math.abs(out.short[i]! - short)).toBeLessThanOrEqual(1e-5 * short)
              expect(Math.abs(both[i]! - long - short)).toBeLessThanOrEqual(1e-5 * (long + short))
            }
        },
      ),
      { numRuns: 15 },
    )
  })

  it('gives the same sum when only one weight changes', () => {
    const mixer = new Mixer(model)
    const start = initialState(model)
    const moves = fc.array(fc.tuple(fc.nat(4), weight), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(moves, steps => {
        let state = start
        for (const [tier, value] of steps) {
          state = { ...state, weights: state.weights.map((w, i) => (i === tier ? value : w)) }
          mixer.mix(state, SIDES)
        }
        const fresh = new Mixer(model)
        fresh.mix(state, SIDES)
        const [a, b] = [mixer.mixture.long, fresh.mixture.long]
        for (let i = 0; i < a.length; i++) expect(Math.abs(a[i]! - b[i]!)).toBeLessThanOrEqual(1e-5 * b[i]!)
      }),
      { numRuns: 20 },
    )
  })

  it('leaves a side out', () => {
    const mixer = new Mixer(model)
    mixer.mix({ ...initialState(model), side: 'short' }, ['short'])
    const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0)
    const shorts = sum(mixer.mixture.long)
    mixer.mix(initialState(model), SIDES)
    expect(shorts).toBeGreaterThan(0)
    expect(sum(mixer.mixture.long)).toBeGreaterThan(shorts * 1.1)
  })

  it('keeps only cells with enough converging tiers', async () => {
    const none = [[0, 0, 0]]
    const hand = await handMade([
      { long: [[10, 10, 10]], short: none },
      { long: [[10, 1, 0]], short: none },
      { long: [[10, 10, 10]], short: none },
    ])
    const out = { long: new Float32Array(3), short: new Float32Array(3) }
    mix(hand, [1, 1, 1], whole(hand), out)
    clearUnconverged(hand, [1, 1, 1], whole(hand), out, 3, 0.5, new Uint8Array(3))
    expect([...out.long]).toEqual([30, 0, 0])
    mix(hand, [1, 1, 0], whole(hand), out)
    clearUnconverged(hand, [1, 1, 0], whole(hand), out, 2, 0.5, new Uint8Array(3))
    expect([...out.long]).toEqual([20, 0, 0])
    // A tier counts against its own part: one of a twentieth takes part with a twentieth of the cell.
    mix(hand, [1, 0.1, 0.9], whole(hand), out)
    clearUnconverged(hand, [1, 0.1, 0.9], whole(hand), out, 3, 0.5, new Uint8Array(3))
    expect([...out.long].map(Math.round)).toEqual([20, 0, 0])
  })
})

describe('a column', () => {
  it('has the library’s clusters where a row is one price bin', async () => {
    const map = liquidationMap(market, { leverage: 'retail', binWidth: 0.002 })
    const fine = await modelOf(payloadOf({ rows: 2000, columns: 400 }, { binWidth: 0.002 }))
    // Rows are accurate to 3.5 %: at this brightness no bin is that near the threshold.
    fine.header.rule = { ...fine.header.rule, brightness: 3 }
    fine.fullColumns.clear()
    expect(fine.header.grid.binsPerRow).toBe(1)
    const column = fine.columns - 1
    const found = clustersAt(
      fine,
      fine.header.tiers.map(tier => tier.weight),
      column,
    )
    const { low, high } = fine.header.grid
    const all = clusterTable(map, { ...fine.header.rule }).objects() as Record<string, number | string>[]
    const table = all.filter(row => Number(row.low) > low && Number(row.high) < high)
    expect(table.length).toBeGreaterThan(0)
    expect(found.length).toBe(table.length)
    for (const row of table) {
      const twin = found.find(
        cluster => cluster.side === row.side && Math.abs(cluster.low / Number(row.low) - 1) < 1e-9,
      )
      expect(twin, JSON.stringify(row)).toBeDefined()
      expect(twin!.high / Number(row.high)).toBeCloseTo(1, 9)
      expect(Math.abs(twin!.usd / Number(row.notional) - 1)).toBeLessThan(0.03)
      expect(twin!.convergence).toBe(row.convergence)
      expect(Math.abs(twin!.distance * 100 - Number(row.distance))).toBeLessThan(1e-3)
    }
  })

  it('has the library’s clusters also where the map shows only part of the prices', async () => {
    const options = { binWidth: 0.001, leverage: { 3: 0.3, 10: 0.4, 50: 0.3 }, triggerDepth: 0 }
    const map = liquidationMap(market, options)
    const shown = { from: 370, rows: 2000, columns: 30 }
    const near = await modelOf(payloadOf(shown, options))
    near.fullColumns.clear()
    // More clusters to compare.
    near.header.rule = { ...near.header.rule, brightness: 1.8 }
    expect(near.header.grid.binsPerRow).toBe(1)
    const { low, high } = near.header.grid
    type Span = { low: number; high: number }
    const inside = <T extends Span>(clusters: T[]) => clusters.filter(span => span.low > low && span.high < high)
    const length = (spans: Span[]) => spans.reduce((sum, span) => sum + Math.max(0, span.high - span.low), 0)
    const common = (a: Span[], b: Span[]) =>
      length(a.flatMap(x => b.map(y => ({ low: Math.max(x.low, y.low), high: Math.min(x.high, y.high) }))))
    for (const column of [0, 11, 29]) {
      const table = clusterTable(map, { ...near.header.rule, at: 370 + column })
      const known = inside(table.objects() as Span[])
      const weights = near.header.tiers.map(tier => tier.weight)
      const shown = inside(clustersAt(near, weights, column))
      expect(known.length).toBeGreaterThan(0)
      // A value of the page is within 3.5 %: a row that is barely bright may be so here and not there.
      const both = common(known, shown)
      expect([both / length(known), both / length(shown)].map(share => share > 0.8)).toEqual([true, true])
    }
  })

  it('marks a cluster at the edge of the map as cut if there is notional outside', async () => {
    const hand = await handMade([{ long: [[50], [1], [1], [0]], short: [[0], [0], [0], [0]] }], [103.5])
    const [whole] = clustersAt(hand, [1], 0)
    expect(whole).toMatchObject({ usd: 50, cut: false })
    const offGrid = (usd: number) => ({ usd: layer([[usd]]), bins: Uint16Array.of(usd > 0 ? 1 : 0) })
    hand.tiers[0]!.offGrid = { long: offGrid(20), short: offGrid(0) }
    const [cut] = clustersAt(hand, [1], 0)
    expect(cut).toMatchObject({ usd: 50, cut: true })
    expect(cut!.share).toBeCloseTo(50 / 72, 9)
  })

  it('has a curve that accumulates outwards from the close', async () => {
    const hand = await handMade([{ long: [[1], [2], [0], [0]], short: [[0], [0], [3], [4]] }])
    const { longSum, shortSum } = profileAt(hand, [1], 0)
    expect([...longSum]).toEqual([3, 2, 0, 0])
    expect([...shortSum]).toEqual([0, 0, 3, 7])
  })

  it('reads USD by side and tier and the distance; nothing after the last column', async () => {
    const hand = await handMade(
      [
        { long: [[4, 8]], short: [[0, 0]] },
        { long: [[4, 8]], short: [[0, 2]] },
      ],
      [101, 202],
    )
    const at = { time: hand.edges[1]! + 1, price: 100.5 }
    const readout = readAt(hand, [1, 0.5], at, 1)!
    expect([readout.long, readout.short, readout.byTier.map(tier => tier.usd)]).toEqual([12, 1, [8, 5]])
    expect(readout.distance).toBeCloseTo(100.5 / 202 - 1)
    expect(readoutText(readout)).toBe(
      '2024-01-01 01:00 UTC, 100.500 −50.25 %, Longs ≈\u200912 USD, Shorts ≈\u20091 USD, 10× ≈\u20098 62 %, 20× ≈\u20095 38 %',
    )
    expect(readAt(hand, [1, 1], at, 0)).toBeNull()
    expect(readAt(hand, [1, 1], { ...at, price: 1 }, 1)).toBeNull()
    expect(mixColumn(hand, [1, 0.5], 'long', 1).total[0]).toBe(12)
  })
})

describe('colours', () => {
  const line = (columns: number) => ({ rowFrom: 0, rowTo: 1, columnFrom: 0, columnTo: columns })

  it('have a quantile within 1 % of the sorted one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 200 }),
        values => {
          const found = quantile(
            [Float32Array.from([...values, 0, 0])],
            0.9,
            values.length + 2,
            line(values.length + 2),
          )
          const sorted = [...values].sort((a, b) => a - b)
          const exact = sorted[sorted.length - Math.max(1, Math.round(0.1 * sorted.length))]!
          expect(Math.abs(found / exact - 1)).toBeLessThan(0.01)
        },
      ),
    )
    expect(quantile([new Float32Array(9)], 0.9, 9, line(9))).toBe(1)
  })

  it('map values to positions and back; above the maximum is the brightest colour', () => {
    for (const log of [true, false]) {
      const scale = { min: 1e4, max: 1e6, log, threshold: 0 }
      for (const position of [0.1, 0.5, 1]) expect(positionOf(scale, usdAt(scale, position))).toBeCloseTo(position)
      expect(positionOf(scale, 1e9)).toBe(1)
      expect(positionOf(scale, 0)).toBeLessThan(0)
    }
  })

  it('get brighter with the value, and are transparent below the threshold', () => {
    const scale = { min: 1e4, max: 1e6, log: false, threshold: 0.5 }
    const lut = createLut(scale, VIRIDIS)
    const colourOf = (usd: number) => lut[new Uint32Array(Float32Array.from([usd]).buffer)[0]! >>> 16]!
    expect(colourOf(0)).toBe(0)
    expect(colourOf(4.8e5)).toBe(0)
    expect(colourOf(5.2e5) >>> 24).toBe(255)
    const light = (position: number) =>
      colourAt(VIRIDIS, position)
        .slice(0, 3)
        .reduce((sum, c) => sum + c)
    for (let p = 0; p < 1; p += 0.05) expect(light(p + 0.05)).toBeGreaterThan(light(p) - 12)
  })

  it('have a lookup table that matches the scale, below, within and above it', () => {
    const scales = fc.record({
      log: fc.boolean(),
      max: fc.double({ min: 1, max: 1e12, noNaN: true }),
      threshold: fc.constantFrom(0, 0.3, 0.95),
    })
    const shares = fc.array(fc.double({ min: 1e-7, max: 10, noNaN: true }), { minLength: 20, maxLength: 20 })
    fc.assert(
      fc.property(scales, shares, ({ log, max, threshold }, shares) => {
        const scale = { log, max, min: max / 100, threshold }
        const lut = createLut(scale, VIRIDIS, new Uint32Array(1 << 15).fill(7))
        for (const share of shares) {
          const step = new Uint32Array(Float32Array.from([share * max]).buffer)[0]! >>> 16
          const position = positionOf(scale, floatOfStep(step))
          const seen = position >= 0 && position >= threshold
          const alpha = seen ? Math.round(255 * colourAt(VIRIDIS, Math.round(position * 1024) / 1024)[3]) : 0
          expect(lut[step]! >>> 24).toBe(alpha)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('show the brightest of several cells on a pixel, and the larger of two sides', () => {
    const lut = (shade: number) => new Uint32Array(1 << 15).map((_, i) => (i === 0 ? 0 : shade + i))
    const step = (value: number) => new Uint32Array(Float32Array.from([value]).buffer)[0]! >>> 16
    const across = { from: Int32Array.of(0, 1, 3), to: Int32Array.of(1, 3, 3) }
    const down = { from: Int32Array.of(1, 1, 0), to: Int32Array.of(2, 2, 2) }
    const pixels = new Uint32Array(9).fill(9)
    const long = Float32Array.of(5, 0, 0, 1, 2, 8)
    paint(pixels, across, down, { long, short: long }, 3, { long: lut(0), short: lut(0) })
    expect([...pixels]).toEqual([step(1), step(8), 0, step(1), step(8), 0, step(5), step(8), 0])
    const short = Float32Array.of(6, 0, 0, 0, 0, 7)
    paint(pixels, across, down, { long, short }, 3, { long: lut(0), short: lut(1e6) })
    expect([...pixels]).toEqual([step(1), step(8), 0, step(1), step(8), 0, 1e6 + step(6), step(8), 0])
  })

  it('match a cell by cell reference for any pixels and columns', () => {
    const cells = (pixels: number, most: number) =>
      fc
        .record({
          first: fc.integer({ min: 0, max: 2 }),
          widths: fc.array(fc.integer({ min: 0, max: most }), { minLength: pixels, maxLength: pixels }),
        })
        .map(({ first, widths }) => {
          const ends = widths.map((_, i) => Math.min(12, first + widths.slice(0, i + 1).reduce((a, b) => a + b)))
          return { from: Int32Array.from(ends, (_, i) => (i === 0 ? first : ends[i - 1]!)), to: Int32Array.from(ends) }
        })
    const inputs = fc.integer({ min: 1, max: 4 }).chain(most =>
      fc.record({
        across: cells(9, most),
        down: cells(6, 3),
        values: fc.array(fc.constantFrom(0, 1, 20, 300, 4000), { minLength: 144, maxLength: 144 }),
      }),
    )
    const lut = new Uint32Array(1 << 15).map((_, i) => i)
    fc.assert(
      fc.property(inputs, ({ across, down, values }) => {
        const map = Float32Array.from(values)
        const pixels = new Uint32Array(54).fill(9)
        paint(pixels, across, down, { long: map, short: map }, 12, { long: lut, short: lut })
        for (let y = 0; y < 6; y++)
          for (let x = 0; x < 9; x++) {
            let best = 0
            for (let row = down.from[y]!; row < down.to[y]!; row++)
              for (let column = across.from[x]!; column < across.to[x]!; column++)
                best = Math.max(best, map[row * 12 + column]!)
            expect(pixels[y * 9 + x]).toBe(new Uint32Array(Float32Array.of(best).buffer)[0]! >>> 16)
          }
      }),
    )
  })
})
