/** A drawing as a file. */
import { canvasInk, type Ink, SvgInk } from './ink.ts'

/** Pixels of the PNG per CSS pixel. */
const PNG_RATIO = 2

/** @param draw draws in CSS pixels */
export function pngOf(
  width: number,
  height: number,
  draw: (ink: Ink, context: CanvasRenderingContext2D) => void,
): Promise<Blob> {
  const canvas = document.createElement('canvas')
  canvas.width = width * PNG_RATIO
  canvas.height = height * PNG_RATIO
  const context = canvas.getContext('2d')
  if (!context) return Promise.reject(new Error('the browser gives no canvas to draw the PNG on'))
  context.scale(PNG_RATIO, PNG_RATIO)
  context.imageSmoothingEnabled = false
  draw(canvasInk(context), context)
  return new Promise((resolve, reject) => {
    canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error('the PNG could not be encoded'))), 'image/png')
  })
}

/** Everything as shapes and text. */
export function svgOf(width: number, height: number, draw: (ink: SvgInk) => void): Blob {
  const measure = document.createElement('canvas').getContext('2d')
  const ink = new SvgInk((text, font) => {
    if (!measure) return text.length * 6
    measure.font = font
    return measure.measureText(text).width
  })
  draw(ink)
  return new Blob([ink.toSvg(width, height)], { type: 'image/svg+xml' })
}

/** A file name of letters and digits from the words, with `otherwise` in place of nothing. */
export function fileName(words: readonly string[], otherwise: string, extension: string): string {
  const stem = words
    .join('-')
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .toLowerCase()
  return `${stem || otherwise}.${extension}`
}
