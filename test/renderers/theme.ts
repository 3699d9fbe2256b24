/** A light theme, for tests without a page. */
import type { Theme } from '../../renderers/shared/theme.ts'

export const lightTheme: Theme = {
  dark: false,
  highContrast: false,
  foreground: 'rgba(31,35,40,1)',
  dim: 'rgba(89,99,110,1)',
  background: 'rgba(255,255,255,1)',
  surface: '',
  border: '',
  grid: '',
  axis: '',
  up: '',
  down: '',
  colorway: [],
  fontFamily: 'sans-serif',
}
