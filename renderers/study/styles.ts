/** Colours of a study in a theme. */
import type { CandleColours } from '../../src/common/look.ts'
import { createStyles, type Styles } from '../plot/styles.ts'
import { cssColor, hexColor } from '../shared/color.ts'
import type { Theme } from '../shared/theme.ts'

export interface StudyStyles extends Styles {
  level: string
  gain: string
  loss: string
  equity: string
  drawdown: string
}

/** Opacity of candles: the trades stand before them. */
const MUTED = 0.6

/** Okabe and Ito's colours, darker on light backgrounds; candles are muted behind the trades. */
export function createStudyStyles(theme: Theme, candles?: CandleColours): StudyStyles {
  const { dark } = theme
  const styles = createStyles(theme, candles)
  const muted = (colour: string) => cssColor(hexColor(colour), MUTED)
  return {
    ...styles,
    candleUp: muted(styles.candleUp),
    candleDown: muted(styles.candleDown),
    candleOutline: 'transparent',
    level: dark ? '#d0a8ff' : '#6f42c1',
    gain: dark ? '#2fc79b' : '#00734f',
    loss: dark ? '#ff8a50' : '#b54000',
    equity: dark ? '#2fc79b' : '#00734f',
    drawdown: dark ? '#e59cc4' : '#a33f78',
  }
}
