/** Colours and fonts of the explorer in a theme. */
import { createStyles, type Styles } from '../plot/styles.ts'
import type { Theme } from '../shared/theme.ts'
import { LONG_PALETTE, ONE_PALETTE, type Palette, SHORT_PALETTE } from './palette.ts'

export interface MapStyles extends Styles {
  palette(kind: 'one' | 'long' | 'short'): readonly string[]
}

export function createMapStyles(theme: Theme): MapStyles {
  const palettes: Record<'one' | 'long' | 'short', Palette> = {
    one: ONE_PALETTE,
    long: LONG_PALETTE,
    short: SHORT_PALETTE,
  }
  return {
    ...createStyles(theme),
    palette: kind => (theme.dark ? palettes[kind].dark : palettes[kind].light),
  }
}
