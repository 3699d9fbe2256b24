import { describe, expect, it } from 'vitest'
import { palettesOf } from '../../renderers/explorer/palette.ts'
import { initialState, restoreState, saveState } from '../../renderers/explorer/state.ts'
import { createStyles } from '../../renderers/plot/styles.ts'
import { hexColor, luminance, type Rgba } from '../../renderers/shared/color.ts'
import { toDark } from '../../renderers/shared/theme.ts'
import { CANDLE_COLOURS, DEFAULT_LOOK, PALETTES } from '../../src/common/look.ts'
import { modelOf, payloadOf } from './explorer-model.ts'
import { lightTheme as light } from './theme.ts'

const lightness = (hex: string) => luminance(hexColor(hex))
/** Contrast of WCAG 2. */
const contrast = (a: string, b: string) => {
  const [dark = 0, bright = 0] = [lightness(a), lightness(b)].sort((x, y) => x - y)
  return (bright + 0.05) / (dark + 0.05)
}
describe('palettes', () => {
  it.each(PALETTES)('%s gets evenly lighter on dark grounds, and darker on light ones', name => {
    const { one, long, short } = palettesOf(name, true)
    for (const ramp of [one, long, short])
      for (const [i, colour] of ramp.slice(1).entries()) expect(lightness(colour)).toBeGreaterThan(lightness(ramp[i]!))
    if (name === 'exchange') return
    for (const ramp of Object.values(palettesOf(name, false)))
      for (const [i, colour] of (ramp ?? []).slice(1).entries())
        expect(lightness(colour)).toBeLessThan(lightness(ramp![i]!))
  })

  it('of exchanges has a floor below its faintest colour, in every theme', () => {
    for (const dark of [true, false]) {
      const { floor, one } = palettesOf('exchange', dark)
      expect(lightness(floor!)).toBeLessThan(lightness(one[0]!))
    }
  })
})

describe('candles', () => {
  it.each(CANDLE_COLOURS)('%s stand out from their outline in light and dark themes', name => {
    for (const theme of [light, toDark(light)]) {
      const { candleUp, candleDown, candleOutline } = createStyles(theme, name)
      for (const colour of [candleUp, candleDown]) expect(contrast(colour, candleOutline)).toBeGreaterThan(4)
    }
  })

  it('in blue and orange differ without red and green cones', () => {
    // Simulated by Machado, Oliveira and Fernandes (2009), severity 1, on linear light.
    const MATRICES = [
      [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
      [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
    ]
    const linear = ({ r, g, b }: Rgba) => [r, g, b].map(c => (c / 255) ** 2.2)
    const distance = (a: string, b: string, matrix: number[]) => {
      const seen = (hex: string) => {
        const rgb = linear(hexColor(hex))
        return [0, 1, 2].map(row => rgb.reduce((sum, c, i) => sum + matrix[3 * row + i]! * c, 0))
      }
      const [x, y] = [seen(a), seen(b)]
      return Math.hypot(...x.map((c, i) => c - y[i]!))
    }
    for (const theme of [light, toDark(light)])
      for (const matrix of MATRICES) {
        const { candleUp, candleDown } = createStyles(theme, 'blueOrange')
        expect(distance(candleUp, candleDown, matrix)).toBeGreaterThan(0.4)
      }
  })
})

describe('a look', () => {
  it('begins as code says, is saved with the view, and is restored name by name', async () => {
    const model = await modelOf(payloadOf({ palette: 'magma', background: 'dark' }))
    const state = initialState(model)
    expect(state.look).toEqual({ palette: 'magma', candles: 'greenRed', background: 'dark' })
    const chosen = { ...state, look: { ...state.look, candles: 'blueOrange' as const } }
    expect(restoreState(model, JSON.parse(JSON.stringify(saveState(model, chosen)))).look).toEqual(chosen.look)
    const strange = { look: { palette: 'rainbow', candles: 'redGreen' } }
    expect(restoreState(model, strange).look).toEqual({ ...state.look, candles: 'redGreen' })
  })

  it('is the default where code says nothing, and a wrong name is refused', async () => {
    const payload = payloadOf()
    expect('look' in payload).toBe(false)
    expect(initialState(await modelOf(payload)).look).toEqual(DEFAULT_LOOK)
    expect(() => payloadOf({ palette: 'rainbow' as never })).toThrow(/palette: "rainbow", but expected viridis/)
    expect(() => modelOf({ ...payload, look: { candles: 'pink' } })).toThrow(/look.candles/)
  })
})
