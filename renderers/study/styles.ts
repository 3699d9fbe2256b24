/** Colours of a study in a theme. */
import { createStyles, type Styles } from '../plot/styles.ts'
import type { Theme } from '../shared/theme.ts'

export interface StudyStyles extends Styles {
  level: string
  gain: string
  loss: string
  equity: string
  drawdown: string
}

/** Okabe and Ito's colours, darker on light backgrounds; candles are muted behind the trades. */
export function createStudyStyles(theme: Theme): StudyStyles {
  const { dark, highContrast } = theme
  return {
    ...createStyles(theme),
    candleUp: highContrast ? theme.foreground : dark ? '#b8c0c9' : '#8c959f',
    candleDown: highContrast ? (dark ? '#9a9a9a' : '#5c5c5c') : dark ? '#6b7682' : '#4b535d',
    level: dark ? '#d0a8ff' : '#6f42c1',
    gain: dark ? '#2fc79b' : '#00734f',
    loss: dark ? '#ff8a50' : '#b54000',
    equity: dark ? '#2fc79b' : '#00734f',
    drawdown: dark ? '#e59cc4' : '#a33f78',
  }
}
