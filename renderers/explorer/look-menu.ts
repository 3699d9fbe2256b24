/** The menu of colours: palette, candles and background, as radio buttons that show what they choose. */
import {
  BACKGROUNDS,
  type Background,
  CANDLE_COLOURS,
  type Look,
  PALETTES,
  type PaletteName,
} from '../../src/common/look.ts'
import { createMenu, type Menu } from '../plot/menu.ts'
import { CANDLE_TEXTS, candleSwatch, createRadios, createSwatch } from '../plot/radios.ts'
import { palettesOf } from './palette.ts'

const PALETTE_TEXTS: Record<PaletteName, string> = {
  viridis: 'Viridis',
  magma: 'Magma',
  inferno: 'Inferno',
  exchange: 'Purple to yellow, as on exchanges',
  sides: 'A colour for each side',
}
const BACKGROUND_TEXTS: Record<Background, string> = { theme: 'As the theme', dark: 'Always dark' }

export interface LookMenu extends Menu {
  show(look: Look): void
}

export function createLookMenu(change: (look: Partial<Look>) => void): LookMenu {
  const palettes = createRadios('Colours of the map', PALETTES, PALETTE_TEXTS, paletteSwatch, palette =>
    change({ palette }),
  )
  const candles = createRadios('Candles', CANDLE_COLOURS, CANDLE_TEXTS, candleSwatch, candles => change({ candles }))
  const backgrounds = createRadios(
    'Background',
    BACKGROUNDS,
    BACKGROUND_TEXTS,
    () => null,
    background => change({ background }),
  )
  const menu = createMenu('Look', 'Colours of map, candles and background', [
    palettes.node,
    candles.node,
    backgrounds.node,
  ])
  return {
    ...menu,
    show(look) {
      palettes.show(look.palette)
      candles.show(look.candles)
      backgrounds.show(look.background)
    },
  }
}

function paletteSwatch(name: PaletteName): HTMLElement {
  const { one, long, short } = palettesOf(name, true)
  const ramp = (colours: readonly string[]) => `linear-gradient(to right,${colours.join(',')})`
  const image =
    name === 'sides' ? `${ramp(long)} 0 0/100% 50% no-repeat,${ramp(short)} 0 100%/100% 50% no-repeat` : ramp(one)
  return createSwatch(image)
}
