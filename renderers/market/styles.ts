/** Colours of a market's panels in a theme. */
import type { CandleColours } from '../../src/common/look.ts'
import { createStyles, type Styles } from '../plot/styles.ts'
import type { Theme } from '../shared/theme.ts'

export interface MarketStyles extends Styles {
  openInterest: string
}

export function createMarketStyles(theme: Theme, candles?: CandleColours): MarketStyles {
  return {
    ...createStyles(theme, candles),
    // Nothing is behind the candles that they must stand out from.
    candleOutline: theme.background,
    openInterest: theme.dark ? '#d0a8ff' : '#6f42c1',
  }
}
