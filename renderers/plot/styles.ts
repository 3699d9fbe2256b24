/** Colours and fonts of the canvas charts in a theme. */
import type { CandleColours } from '../../src/common/look.ts'
import { DEFAULT_LOOK } from '../../src/common/look.ts'
import type { Theme } from '../shared/theme.ts'

export interface Styles {
  theme: Theme
  font(size: number, weight?: number): string
  candleUp: string
  candleDown: string
  /** Around candles, so that they stand out from cells of any colour. */
  candleOutline: string
  long: string
  short: string
}

/** Bright on dark grounds and deep on light ones, so that the outline separates them from cells of the same hue. */
const CANDLES: Record<CandleColours, { dark: readonly [string, string]; light: readonly [string, string] }> = {
  greenRed: { dark: ['#1fe08a', '#ff4d57'], light: ['#0a8a4a', '#d1242f'] },
  redGreen: { dark: ['#ff4d57', '#1fe08a'], light: ['#d1242f', '#0a8a4a'] },
  blueOrange: { dark: ['#5cc4ff', '#ff9d2e'], light: ['#0a5fb4', '#c05600'] },
}

export function candleColours(name: CandleColours, dark: boolean): { up: string; down: string } {
  const [up, down] = CANDLES[name][dark ? 'dark' : 'light']
  return { up, down }
}

/** Sides are blue and orange, which also differ in lightness, for colour-blind readers. */
export function createStyles(theme: Theme, candles: CandleColours = DEFAULT_LOOK.candles): Styles {
  const { dark, fontFamily } = theme
  const { up, down } = candleColours(candles, dark)
  return {
    theme,
    font: (size, weight = 400) => `${weight} ${size}px ${fontFamily}`,
    candleUp: up,
    candleDown: down,
    candleOutline: dark ? '#0b0d10' : '#ffffff',
    long: dark ? '#56b4e9' : '#0b64a8',
    short: dark ? '#f0a030' : '#a85800',
  }
}
