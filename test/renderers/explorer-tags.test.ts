import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawAxes, drawMapTitle, legendText } from '../../renderers/explorer/draw-axes.ts'
import { drawCrosshair } from '../../renderers/explorer/draw-cursor.ts'
import { drawClusters, placeLabels } from '../../renderers/explorer/draw-marks.ts'
import { drawRecorded } from '../../renderers/explorer/draw-recorded.ts'
import { createLayout } from '../../renderers/explorer/geometry.ts'
import { fullRange } from '../../renderers/explorer/maps.ts'
import { createMapStyles } from '../../renderers/explorer/styles.ts'
import { SvgContext } from '../../renderers/plot/draw-context.ts'
import { createScales } from '../../renderers/plot/scales.ts'
import { DEFAULT_LOOK } from '../../src/common/look.ts'
import { mapsOf, payloadOf } from './explorer-model.ts'
import { lightTheme } from './theme.ts'

const maps = await mapsOf(payloadOf({ columns: 60, rows: 50, from: 0 }))
const model = maps.whole
const whole = fullRange(maps)

describe('tags', () => {
  const styles = createMapStyles(lightTheme, DEFAULT_LOOK)
  const layout = createLayout(1000, 480)
  const { plot } = layout
  const scales = createScales(plot, whole, true)
  const boxesOf = (svg: string) =>
    [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="18"/g)].map(([, ...numbers]) => {
      const [left = 0, top = 0, width = 0] = numbers.map(Number)
      return { left, top, right: left + width, bottom: top + 18 }
    })

  it('of the crosshair cover neither each other nor the axes, wherever it is', () => {
    for (const x of [0, 0.3, 0.99, 1])
      for (const y of [0, 0.5, 0.96, 1]) {
        const ctx = new SvgContext(text => 7 * text.length)
        const at = {
          time: scales.time(plot.left + x * plot.width),
          price: scales.price(plot.top + y * plot.height),
        }
        drawCrosshair(ctx, layout, scales, at, at.time, styles)
        const [value, time] = boxesOf(ctx.toSvg(1000, 480))
        const right = layout.profile.left + layout.profile.width
        for (const box of [value!, time!]) {
          expect(box.left).toBeGreaterThanOrEqual(plot.left)
          expect(box.right).toBeLessThanOrEqual(right)
          expect(box.top).toBeGreaterThanOrEqual(plot.top)
          expect(box.bottom).toBeLessThanOrEqual(plot.top + plot.height)
        }
        expect(time!.right <= value!.left || time!.top >= value!.bottom || value!.top >= time!.bottom).toBe(true)
      }
  })

  it('of the last price leaves out the tick labels that it would cover', () => {
    const ticks = (last: number) => {
      const ctx = new SvgContext(text => 7 * text.length)
      drawAxes(ctx, layout, scales, whole, true, last, styles)
      return [...ctx.toSvg(1000, 480).matchAll(/ y="([\d.]+)" dy="0.35em"/g)].map(match => Number(match[1]))
    }
    const free = ticks(whole.high * 9)
    const y = free[1]!
    expect(ticks(scales.price(y + 8))).toEqual(free.filter(other => other !== y))
    expect(ticks(scales.price(y + 16))).toEqual(free)
  })

  it('say what the colours are, and per what', () => {
    const usd = { ...model, header: { ...model.header, unit: 'USD' as const }, lnRow: Math.log(1.001) }
    expect(legendText(usd, 'both')).toBe('USD of longs and shorts liquidated there, per 0.1 % price bin')
    expect(legendText({ ...usd, header: { ...usd.header, unit: 'relative' } }, 'short')).toBe(
      'shorts, per 0.1 % price bin',
    )
  })
})

it.each([360, 739, 740, 990, 1059, 1060, 1600])('the longest subtitle is whole at %i px', width => {
  const usd = { ...model, header: { ...model.header, unit: 'USD' as const }, lnRow: Math.log(1.0025) }
  const subtitle = 'Observed liquidation levels and stop orders, where 3 tiers or more meet'
  // As wide as the system's font at 12 px.
  const ctx = new SvgContext(text => 5.9 * text.length)
  const styles = createMapStyles(lightTheme, DEFAULT_LOOK)
  drawMapTitle(ctx, createLayout(width, 480), usd, width < 460 ? '' : subtitle, legendText(usd, 'both'), styles)
  const svg = ctx.toSvg(width, 480)
  expect(svg).toMatch(/USD of longs and shorts(?: liquidated there)?, per 0.25 % price bin/)
  if (width >= 460) expect(svg).toContain(subtitle)
})

it.each([
  [350, 26_100_000, 'On record, ≤ 26.1M'],
  [350, 0, 'None on record'],
  [600, 26_100_000, 'On record, up to 26.1M USD'],
])('the legend of liquidations on record is whole at %i px, of %i USD', (width, max, said) => {
  const ctx = new SvgContext(text => 6.8 * text.length)
  const marks = { long: [], short: [] }
  const styles = createMapStyles(lightTheme, DEFAULT_LOOK)
  drawRecorded(ctx, createLayout(width, 480), { marks, max }, ['long', 'short'], styles)
  expect(ctx.toSvg(width, 480)).toContain(`>${said}<`)
})

describe('labels of clusters', () => {
  it('leave the edges of the plot to the count of those beyond it', () => {
    const styles = createMapStyles(lightTheme, DEFAULT_LOOK)
    const cluster = { side: 'short' as const, usd: 1e6, peakUsd: 1e6, exact: true, cut: false, share: 0.1 }
    for (const width of [360, 1000]) {
      const { plot, ...layout } = createLayout(width, 480)
      const scales = createScales(plot, whole, true)
      const at = (y: number) => {
        const price = scales.price(y)
        return { ...cluster, low: price, high: price * 1.0001, peak: price, convergence: 3, distance: 0.01 }
      }
      const bottom = plot.top + plot.height
      const atEdges = [4, 8, 20, 30].flatMap(px => [at(plot.top + px), at(bottom - px)])
      const ctx = new SvgContext(text => 6 * text.length)
      const beyond = [at(plot.top - 50), at(bottom + 50)]
      drawClusters(
        ctx,
        { plot, ...layout },
        scales,
        [...atEdges, ...beyond],
        plot.left + plot.width - 60,
        0.001,
        styles,
      )
      const texts = [...ctx.toSvg(width, 480).matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]+)</g)].map(
        ([, x, y, text]) => ({ x: Number(x), y: Number(y), text: text! }),
      )
      const above = texts.find(({ text }) => text.startsWith('▲'))!
      const below = texts.find(({ text }) => text.startsWith('▼'))!
      expect(above.text).toBe(width < 700 ? '▲ 1 above, 1M' : '▲ 1 cluster above, 1M')
      expect(above.y - plot.top).toBeLessThan(20)
      expect(bottom - below.y).toBeLessThan(40)
      // Beside the outlines, as the labels are.
      for (const { x } of [above, below]) expect(x).toBeLessThan(plot.left + plot.width - 60)
      const others = texts.filter(({ text }) => text.includes('×3')).map(({ y }) => y)
      expect(others.length).toBeGreaterThan(3)
      expect(Math.min(...others) - above.y).toBeGreaterThanOrEqual(18)
      expect(below.y - Math.max(...others)).toBeGreaterThanOrEqual(18)
    }
  })

  it('keep the order of their prices, do not overlap, stay near and within the plot; the largest stay', () => {
    const label = fc.record({ middle: fc.integer({ min: -20, max: 420 }), usd: fc.integer({ min: 1, max: 1e6 }) })
    fc.assert(
      fc.property(fc.array(label, { maxLength: 40 }), labels => {
        const placed = placeLabels(labels, 10, 390)
        for (const [i, { y, middle }] of placed.entries()) {
          expect(y).toBeGreaterThanOrEqual(10)
          expect(y).toBeLessThanOrEqual(390)
          expect(Math.abs(y - Math.min(390, Math.max(10, middle)))).toBeLessThanOrEqual(54)
          if (i === 0) continue
          expect(y - placed[i - 1]!.y).toBeGreaterThanOrEqual(18 - 1e-9)
          expect(middle).toBeGreaterThanOrEqual(placed[i - 1]!.middle)
        }
        if (labels.length > 0)
          expect(Math.max(...placed.map(({ usd }) => usd))).toBe(Math.max(...labels.map(({ usd }) => usd)))
      }),
    )
    expect(placeLabels([{ middle: 100, usd: 1 }], 10, 390)).toMatchObject([{ y: 100 }])
    const pair = placeLabels(
      [
        { middle: 106, usd: 1 },
        { middle: 100, usd: 2 },
      ],
      10,
      390,
    )
    expect(pair.map(({ y }) => y)).toEqual([94, 112])
  })
})
