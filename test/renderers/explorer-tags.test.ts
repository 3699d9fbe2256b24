import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawAxes, legendText } from '../../renderers/explorer/draw-axes.ts'
import { drawCrosshair } from '../../renderers/explorer/draw-cursor.ts'
import { placeLabels } from '../../renderers/explorer/draw-marks.ts'
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

describe('labels of clusters', () => {
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
