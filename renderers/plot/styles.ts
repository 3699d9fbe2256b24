/** Colours and fonts of the canvas charts in a theme. */
import type { Theme } from '../shared/theme.ts'

export interface Styles {
  theme: Theme
  font(size: number, weight?: number): string
  candleUp: string
  candleDown: string
  long: string
  short: string
}

/** Sides are blue and orange, candles light and coral or dark and red: they also differ in lightness, for colour-blind readers. */
export function createStyles(theme: Theme): Styles {
  const { dark, highContrast, fontFamily } = theme
  return {
    theme,
    font: (size, weight = 400) => `${weight} ${size}px ${fontFamily}`,
    candleUp: dark ? '#f5f5f5' : '#24292f',
    candleDown: dark ? (highContrast ? '#ff9f7a' : '#ff7f50') : '#d1242f',
    long: dark ? '#56b4e9' : '#0b64a8',
    short: dark ? '#f0a030' : '#a85800',
  }
}
