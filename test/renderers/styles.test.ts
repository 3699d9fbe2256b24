import { describe, expect, it } from 'vitest'
import { responsive } from '../../renderers/figure/responsive.ts'
import { merge } from '../../renderers/figure/template.ts'
import { fileName } from '../../renderers/plot/image-file.ts'
import { cssColor, luminance, over, parseColor } from '../../renderers/shared/color.ts'

describe('colours', () => {
  it.each([
    ['rgb(1, 2, 3)', { r: 1, g: 2, b: 3, a: 1 }],
    ['rgba(1, 2, 3, 0.5)', { r: 1, g: 2, b: 3, a: 0.5 }],
    ['rgb(1 2 3 / 50%)', { r: 1, g: 2, b: 3, a: 0.5 }],
    ['color(srgb 1 0 0.2)', { r: 255, g: 0, b: 51, a: 1 }],
    ['color(srgb 1 0 0.2 / 0.25)', { r: 255, g: 0, b: 51, a: 0.25 }],
    ['color(srgb 1e-7 0 0)', { r: 255e-7, g: 0, b: 0, a: 1 }],
  ])('reads %s', (css, expected) => {
    expect(parseColor(css)).toEqual(expected)
  })

  it.each(['', 'red', '#fff', 'rgb(1, 2)', 'rgb(1.2.3, 2, 3)'])('refuses %j', css => {
    expect(parseColor(css)).toBeNull()
  })

  it('are written, blended and compared by luminance', () => {
    const red = { r: 255, g: 0, b: 0, a: 0.5 }
    expect(cssColor(red, 0.5)).toBe('rgba(255,0,0,0.25)')
    expect(over(red, { r: 255, g: 255, b: 255, a: 1 })).toEqual({ r: 255, g: 127.5, b: 127.5, a: 1 })
    expect(luminance({ r: 255, g: 255, b: 255, a: 1 })).toBeCloseTo(1)
    expect(luminance({ r: 31, g: 31, b: 31, a: 1 })).toBeLessThan(0.02)
  })
})

it("merges a figure's own template over the theme's", () => {
  const theme = { layout: { font: { color: 'a', size: 12 }, colorway: ['a'] }, data: { bar: [1] } }
  const own = { layout: { font: { color: 'b' }, colorway: ['b', 'c'] } }
  expect(merge(theme, own)).toEqual({
    layout: { font: { color: 'b', size: 12 }, colorway: ['b', 'c'] },
    data: { bar: [1] },
  })
})

describe('responsive', () => {
  // Every letter half as wide as the font is high.
  const measure = (text: string, size: number) => (text.length * size) / 2

  it('leaves a wide figure as it is', () => {
    const layout = { title: { text: 'Heatmap' }, legend: { orientation: 'h', y: 1.02 }, height: 4 }
    expect(responsive(layout, 1200, measure)).toEqual({
      title: { text: 'Heatmap', font: { size: 15 } },
      legend: { orientation: 'h', y: 1.02 },
    })
  })

  it('shrinks a title, then cuts it', () => {
    const titleOf = (length: number) =>
      responsive({ title: 'x'.repeat(length) }, 400, measure).title as { text: string; font: { size: number } }
    expect(titleOf(50)).toMatchObject({ text: 'x'.repeat(50), font: { size: 15 } })
    expect(titleOf(60)).toMatchObject({ text: 'x'.repeat(60), font: { size: 12 } })
    const cut = titleOf(90)
    expect(cut.text).toBe(`${'x'.repeat(61)}…`)
    expect(measure(cut.text, cut.font.size)).toBeLessThanOrEqual(376)
  })

  it('keeps the figure’s own settings', () => {
    const title = { text: '<b>tags are not measured</b>'.repeat(9), x: 0.5, font: { size: 30 } }
    expect(responsive({ title }, 400, measure)).toEqual({ title })
  })

  it('moves only a legend above a narrow plot below it', () => {
    const above = { orientation: 'h', y: 1.1, x: 1 }
    expect(responsive({ legend: above }, 400, measure).legend).toMatchObject({ x: 0, y: -0.1, yanchor: 'top' })
    expect(responsive({ legend: { x: 1 } }, 400, measure).legend).toEqual({ x: 1 })
  })
})

it.each([
  ['BTC/USDT: heatmap', 'btc-usdt-heatmap.png'],
  ['../../etc/passwd', 'etc-passwd.png'],
  ['Größe', 'gro-ße.png'],
  ['  ', 'figure.png'],
])('%j is saved as %s', (label, name) => {
  expect(fileName([label], 'figure', 'png')).toBe(name)
})
