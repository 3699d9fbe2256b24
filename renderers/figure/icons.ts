/** Mode bar icons on a 16 × 16 grid. */
import type { ImageFormat } from './image.ts'

const ARROW = 'M7.25 1h1.5v6.2l2.2-2.2 1.05 1.05L8 10.05 4 6.05 5.05 5l2.2 2.2z'

/** Arrow into a tray: full for PNG, a frame with two handles for SVG. */
export const DOWNLOAD_ICONS: { [format in ImageFormat]: { width: number; height: number; path: string } } = {
  png: { width: 16, height: 16, path: `${ARROW}M2 10h1.5v3.5h9V10H14v5H2z` },
  svg: { width: 16, height: 16, path: `${ARROW}M1.5 11.5h3V12.5h7v-1h3v3h-3v-1h-7v1h-3z` },
}
