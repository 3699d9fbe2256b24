import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseUsd } from '../../renderers/explorer/controls.ts'
import { drawClusters } from '../../renderers/explorer/draw-marks.ts'
import { clampRange, columnsByPixel, createLayout, panZoom, rowsByPixel } from '../../renderers/explorer/geometry.ts'
import { fullRange } from '../../renderers/explorer/maps.ts'
import { rangeBetween } from '../../renderers/explorer/pointer.ts'
import { initialState, restoreState, saveState, tierParts, tierShares } from '../../renderers/explorer/state.ts'
import { SvgContext } from '../../renderers/plot/draw-context.ts'
import { createScales } from '../../renderers/plot/scales.ts'
import { createStyles } from '../../renderers/plot/styles.ts'
import { niceStep, priceText, priceTicks, spanText, tickText, timeTicks } from '../../renderers/plot/ticks.ts'
import { percentText, usdText } from '../../src/common/number-text.ts'
import { leverageTiers } from '../../src/liquidation/book/leverage.ts'
import { mapsOf, modelOf, payloadOf } from './explorer-model.ts'

const maps = await mapsOf(payloadOf({ columns: 60, rows: 50, from: 0 }))
const model = maps.whole
const whole = fullRange(maps)
const share = fc.double({ min: 0, max: 1, noNaN: true })
const part = fc.tuple(share, share, share, share, fc.boolean()).map(([a, b, c, d, log]) => {
  const time = (at: number) => whole.timeFrom + at * (whole.timeTo - whole.timeFrom)
  const price = (at: number) => whole.low * (whole.high / whole.low) ** at
  return {
    range: clampRange(maps, rangeBetween({ time: time(a), price: price(b) }, { time: time(c), price: price(d) }), log),
    log,
  }
})

describe('the layout', () => {
  it.each([320, 400, 640, 1000, 1600])('has no overlapping or clipped parts at %i px', width => {
    const { plot, profile, bar, height } = createLayout(width, 480)
    expect(plot.left + plot.width).toBeLessThanOrEqual(profile.left)
    expect(profile.left + profile.width + 60).toBeLessThanOrEqual(width + (profile.width === 0 ? 66 : 0))
    expect(plot.top + plot.height + 20).toBeLessThanOrEqual(height)
    expect(bar.left + bar.width).toBeLessThanOrEqual(width)
    expect(bar.top + bar.height).toBeLessThan(plot.top)
    expect(plot.width).toBeGreaterThan(width * 0.6)
  })
})

describe('scales', () => {
  const box = { left: 10, top: 20, width: 800, height: 400 }

  it('invert each other', () => {
    fc.assert(
      fc.property(part, share, share, ({ range, log }, a, b) => {
        const scales = createScales(box, range, log)
        const [x, y] = [box.left + a * box.width, box.top + b * box.height]
        expect(scales.x(scales.time(x))).toBeCloseTo(x, 4)
        expect(scales.y(scales.price(y))).toBeCloseTo(y, 6)
      }),
    )
  })

  it('clamp a range to the map and to a minimum of eight bars', () => {
    fc.assert(
      fc.property(part, fc.double({ min: 0.01, max: 50, noNaN: true }), share, share, ({ range, log }, zoom, a, b) => {
        const next = clampRange(
          maps,
          panZoom(range, log, { zoomX: zoom, zoomY: zoom, atX: a, atY: b, panX: a - 0.5, panY: b }),
          log,
        )
        const slack = 1e-9
        expect(next.timeFrom).toBeGreaterThanOrEqual(whole.timeFrom - 1)
        expect(next.timeTo).toBeLessThanOrEqual(whole.timeTo + 1)
        expect(next.low).toBeGreaterThanOrEqual(whole.low * (1 - slack))
        expect(next.high).toBeLessThanOrEqual(whole.high * (1 + slack))
        expect(next.timeTo - next.timeFrom).toBeGreaterThan(8 * model.header.barMs - 1)
        expect(Math.log(next.high / next.low)).toBeGreaterThan(0.003)
      }),
    )
  })

  it('zoom about the pointer', () => {
    const next = panZoom(whole, false, { zoomX: 0.5, zoomY: 0.5, atX: 0.25, atY: 0.75 })
    const at = (range: typeof whole) => [
      range.timeFrom + 0.25 * (range.timeTo - range.timeFrom),
      range.low + 0.75 * (range.high - range.low),
    ]
    expect(at(next)[0]).toBeCloseTo(at(whole)[0]!, 3)
    expect(at(next)[1]).toBeCloseTo(at(whole)[1]!, 6)
  })
})

describe('cells on pixels', () => {
  it('cover every visible column in order, at any width', () => {
    fc.assert(
      fc.property(
        part,
        fc.integer({ min: 5, max: 500 }),
        fc.integer({ min: 0, max: 59 }),
        ({ range }, pixels, last) => {
          const { from, to } = columnsByPixel(model, range, pixels, last)
          const seen = new Set<number>()
          for (let x = 0; x < pixels; x++) {
            for (let column = from[x]!; column < to[x]!; column++) seen.add(column)
            if (x > 0) expect(from[x]).toBeGreaterThanOrEqual(from[x - 1]!)
            expect(to[x]).toBeLessThanOrEqual(last + 1)
          }
          const perPixel = (range.timeTo - range.timeFrom) / pixels
          for (let column = 0; column <= last; column++) {
            const inside =
              model.edges[column]! > range.timeFrom + perPixel && model.edges[column + 1]! < range.timeTo - perPixel
            if (inside) expect(seen.has(column), `column ${column}`).toBe(true)
          }
        },
      ),
    )
  })

  it('show the column at the time of the pixel', () => {
    const { from, to } = columnsByPixel(model, whole, 600, 59)
    const scales = createScales({ left: 0, top: 0, width: 600, height: 1 }, whole, false)
    for (let x = 0; x < 600; x++) {
      const time = scales.time(x + 0.5)
      expect(to[x]! - from[x]!).toBe(1)
      expect(model.edges[from[x]!]).toBeLessThanOrEqual(time)
      expect(model.edges[from[x]! + 1]).toBeGreaterThan(time)
    }
  })

  it('cover every visible row, the highest price first', () => {
    fc.assert(
      fc.property(part, fc.integer({ min: 5, max: 300 }), ({ range, log }, pixels) => {
        const { from, to } = rowsByPixel(model, range, log, pixels)
        const seen = new Set<number>()
        for (let y = 0; y < pixels; y++) {
          for (let row = from[y]!; row < to[y]!; row++) seen.add(row)
          if (y > 0) expect(from[y]).toBeLessThanOrEqual(from[y - 1]!)
        }
        const rowOf = (price: number) => (Math.log(price) - model.lnLow) / model.lnRow
        const [low, high] = [rowOf(range.low), rowOf(range.high)]
        for (let row = Math.ceil(low) + 1; row < Math.floor(high) - 1; row++)
          expect(seen.has(row), `row ${row}`).toBe(true)
      }),
    )
  })
})

describe('ticks', () => {
  it('of times are round, within the range, and say what changes', () => {
    const day = 86_400_000
    const from = Date.UTC(2023, 11, 30, 5)
    expect(timeTicks(from, from + 4 * day, 4).map(tick => tick.label)).toEqual([
      '31 Dec 2023',
      '1 Jan 2024',
      '2 Jan',
      '3 Jan',
    ])
    expect(timeTicks(from, from + day / 2, 3).map(tick => tick.label)).toEqual(['30 Dec 08:00', '12:00', '16:00'])
    expect(timeTicks(from, from + 700 * day, 5).map(tick => tick.label)).toEqual(['2024', 'Jul', '2025', 'Jul'])
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2e12 }),
        fc.integer({ min: 600_000, max: 3e11 }),
        fc.integer({ min: 1, max: 20 }),
        (start, length, count) => {
          const ticks = timeTicks(start, start + length, count)
          expect(ticks.length).toBeLessThanOrEqual(2.5 * count + 2)
          for (const { value } of ticks) {
            expect(value).toBeGreaterThanOrEqual(start)
            expect(value).toBeLessThanOrEqual(start + length)
          }
        },
      ),
    )
  })

  it('of times end at the limit of Date', () => {
    const last = 8.64e15
    expect(timeTicks(last - 1e11, last, 8).at(-1)!.value).toBe(Date.UTC(275_760, 6, 1))
    expect(timeTicks(-last, last, 8).length).toBeLessThanOrEqual(102)
  })

  it('of prices are round, on wide logarithmic axes too', () => {
    expect(priceTicks(47_300, 62_800, 6, false)).toEqual([50_000, 55_000, 60_000])
    expect(priceTicks(0.9, 120, 6, true)).toEqual([1, 2, 5, 10, 20, 50, 100])
    const next = 47_300 * (1 + Number.EPSILON)
    expect(priceTicks(47_300, next, 6, false).every(tick => tick >= 47_299 && tick <= next)).toBe(true)
    expect([niceStep(0.9), niceStep(1), niceStep(2.2), niceStep(3), niceStep(6)]).toEqual([1, 1, 2.5, 5, 10])
  })

  it.each([
    [
      [0, 2.5, 5, 7.5],
      ['0.0', '2.5', '5.0', '7.5'],
    ],
    [priceTicks(0.3, 1.1, 3.5, false), ['0.50', '0.75', '1.00']],
    [priceTicks(-0.3, 0.02, 1, false), ['0']],
    [
      [0.05, 0.1, 0.2],
      ['0.05', '0.10', '0.20'],
    ],
    [
      [20_000, 50_000],
      ['20,000', '50,000'],
    ],
  ])('%j have exact labels', (ticks, texts) => {
    expect(ticks.map(tickText(ticks))).toEqual(texts)
  })

  it.each([
    [999_600, '1M'],
    [1_234_567, '1.23M'],
    [0, '0'],
    [12.345, '12.3'],
    [2.5e9, '2.5B'],
  ])('%d USD is written as %s', (usd, text) => {
    expect(usdText(usd)).toBe(text)
  })

  it('formats prices, changes and durations', () => {
    expect([priceText(61_234.5, 500), priceText(0.012345, 0.0001), priceText(1.5, 0.25)]).toEqual([
      '61,235',
      '0.0123',
      '1.5',
    ])
    expect([percentText(0.0123), percentText(-0.5, 0)]).toEqual(['+1.23 %', '−50 %'])
    expect([spanText(90_000_000), spanText(-3_600_000), spanText(1)]).toEqual(['1d 1h', '1h', '0m'])
  })

  it.each([
    ['1.5M', 1.5e6],
    [' 20 k ', 2e4],
    ['3e6', 3e6],
    ['1,000', 1000],
    ['0', null],
    ['-4', null],
    ['much', null],
    ['1.2.3', null],
  ])('reads %j as %j USD', (text, usd) => {
    expect(parseUsd(text)).toBe(usd)
  })
})

describe('the saved state', () => {
  const asJson = (state: Parameters<typeof saveState>[1]) => JSON.parse(JSON.stringify(saveState(model, state)))

  it('is restored as it was', () => {
    const state = {
      ...initialState(model),
      weights: [0, 0.5, 0.25, 0, 1],
      on: [true, false, true, true, true],
      asOf: model.edges[12]!,
      max: 3e6,
      maxRow: 0.002,
      recorded: false,
      span: '1w' as const,
      range: whole,
    }
    expect(restoreState(model, asJson(state))).toEqual(state)
  })

  it.each([
    null,
    'x',
    [],
    { tiers: [1] },
    // The search for the ticks of such a colour scale would never end.
    { max: 5e-324 },
    { max: 1e300 },
    {
      tiers: [{ leverage: 10, weight: '1', on: 'all' }],
      side: '<b>',
      max: Number.NaN,
      threshold: 7,
      asOf: -1e9,
      range: { timeFrom: 2, timeTo: 1, low: 1, high: 2 },
      logPrice: 'yes',
    },
  ])('ignores an invalid state: %j', saved => {
    expect(restoreState(model, saved)).toEqual(initialState(model))
  })

  it('keeps the valid parts of a partly invalid state', () => {
    const saved = { side: 'long', threshold: 0.5, tiers: [1], max: 'all', range: { ...whole, low: -1 } }
    expect(restoreState(model, saved)).toEqual({ ...initialState(model), side: 'long', threshold: 0.5 })
  })

  it('is adapted to a rebuilt map: tiers by leverage, the moment as it was', async () => {
    const other = await modelOf(payloadOf({ columns: 100, rows: 30 }, { leverage: { 10: 0.5, 100: 0.25, 125: 0.25 } }))
    const state = {
      ...initialState(model),
      weights: [0.1, 0.2, 0.3, 0.4, 0.9],
      on: [true, false, true, true, true],
      asOf: model.edges[30]!,
    }
    const next = restoreState(other, asJson(state))
    expect(next.weights).toEqual([0.2, 0.9, 0.25])
    expect(next.on).toEqual([false, true, true])
    expect(next.asOf).toBe(model.edges[30])
    // Unchanged weights become those of the new map.
    expect(restoreState(other, asJson(initialState(model))).weights).toEqual([0.5, 0.25, 0.25])
    // Tiers that the other map does not have return with the first.
    expect(restoreState(model, JSON.parse(JSON.stringify(saveState(other, next)))).weights).toEqual(state.weights)
  })
})

describe('shares', () => {
  const state = { ...initialState(model), weights: [0, 0.5, 0.25, 0, 1], on: [true, false, true, true, true] }

  it('are the parts of the tiers that are on, scaled to 1', () => {
    expect(tierParts(state)).toEqual([0, 0, 0.25, 0, 1])
    expect(tierShares(state)).toEqual([0, 0, 0.2, 0, 0.8])
    expect(tierShares({ ...state, weights: [0, 0, 0, 0, 0] })).toEqual([0, 0, 0, 0, 0])
  })

  it('are those of the library for the same numbers', () => {
    const percents = fc.array(fc.nat(100), { minLength: 5, maxLength: 5 }).filter(parts => parts.some(part => part > 0))
    fc.assert(
      fc.property(percents, parts => {
        const weights = parts.map(part => part / 100)
        const leverages = model.header.tiers.map(tier => tier.leverage)
        const mix = Object.fromEntries(leverages.map((leverage, i) => [leverage, weights[i]!]))
        const shares = tierShares({ ...initialState(model), weights })
        for (const [i, { weight }] of leverageTiers(mix).entries()) expect(shares[i]).toBeCloseTo(weight, 12)
      }),
    )
  })
})

const [dark, grey] = ['#000000', '#808080']
const styles = createStyles({
  dark: false,
  highContrast: false,
  foreground: dark,
  dim: grey,
  background: '#ffffff',
  surface: grey,
  border: grey,
  grid: grey,
  axis: grey,
  up: dark,
  down: dark,
  colorway: [dark],
  fontFamily: 'sans-serif',
})

it('keeps the label of a half visible cluster within the map', () => {
  const layout = createLayout(1000, 480)
  const { plot } = layout
  const scales = createScales(plot, whole, true)
  const cluster = {
    side: 'long' as const,
    peak: whole.low,
    usd: 4e8,
    peakUsd: 2e8,
    exact: true,
    share: 0.1,
    convergence: 1,
    distance: -0.06,
  }
  for (const [low, high] of [
    [whole.low * 0.9, whole.low * 1.001],
    [whole.high / 1.001, whole.high * 1.1],
    [whole.low, whole.high],
  ] as const) {
    const ctx = new SvgContext(text => 6 * text.length)
    drawClusters(
      ctx,
      layout,
      scales,
      [{ ...cluster, low, high, cut: low < whole.low }],
      plot.left + plot.width - 60,
      0.001,
      styles,
    )
    expect(ctx.toSvg(1000, 600)).toContain(low < whole.low ? ' · ≥ 400M ' : ' · 400M ')
    const y = Number(/<text[^>]* y="([\d.]+)"/.exec(ctx.toSvg(1000, 600))![1])
    expect(y).toBeGreaterThan(plot.top + 8)
    expect(y).toBeLessThan(plot.top + plot.height - 8)
  }
})

it('labels clusters with price and USD, without overlaps, and counts those beyond the plot', () => {
  const layout = createLayout(1000, 480)
  const { plot } = layout
  const scales = createScales(plot, whole, true)
  const cluster = {
    side: 'short' as const,
    usd: 1e6,
    peakUsd: 1e6,
    exact: false,
    cut: false,
    share: 0.1,
    convergence: 3,
    distance: 0.01,
  }
  const at = (low: number) => ({ ...cluster, low, high: low * 1.0001, peak: low })
  const middle = Math.sqrt(whole.low * whole.high)
  const ctx = new SvgContext(text => 6 * text.length)
  const clusters = [at(middle), at(middle), at(middle), at(whole.high * 1.1), at(whole.high * 1.2), at(whole.low / 2)]
  drawClusters(ctx, layout, scales, clusters, plot.left + plot.width - 60, 0.001, styles)
  const svg = ctx.toSvg(1000, 600)
  const ys = [...svg.matchAll(/<text[^>]* y="([\d.]+)"[^>]*>[\d,.]+ · ≈ 1M {2}\+1.0 % {2}×3</g)].map(match =>
    Number(match[1]),
  )
  expect(ys.length).toBe(3)
  ys.sort((a, b) => a - b)
  expect(Math.min(ys[1]! - ys[0]!, ys[2]! - ys[1]!)).toBeGreaterThanOrEqual(15)
  expect(svg).toContain('▲ 2 clusters above, 2M')
  expect(svg).toContain('▼ 1 cluster below, 1M')
})

it('escapes text in SVG', () => {
  const ctx = new SvgContext(text => text.length)
  ctx.font = '12px "x"><script>'
  ctx.fillStyle = '"/><script>'
  ctx.fillText('<script>alert(1)</script>', 1, 2)
  const svg = ctx.toSvg(10, 10)
  expect(svg).not.toContain('<script')
  expect(svg).toContain('&#60;script&#62;alert(1)')
})
