/** Colours and fonts of the explorer in a theme. */
import type { Look } from '../../src/common/look.ts'
import { createStyles, type Styles } from '../plot/styles.ts'
import { type Theme, toDark } from '../shared/theme.ts'
import { isDarkPalette, type Palettes, palettesOf } from './palette.ts'

export interface MapStyles extends Styles {
  palettes: Palettes
}

/** With a palette or a background that is always dark, all of the chart is. */
export function createMapStyles(theme: Theme, { palette, candles, background }: Look): MapStyles {
  const own = background === 'dark' || isDarkPalette(palette) ? toDark(theme) : theme
  return { ...createStyles(own, candles), palettes: palettesOf(palette, own.dark) }
}
