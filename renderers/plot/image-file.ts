/** Charts as PNG and SVG files. */
import { type DrawContext, SvgContext, toDrawContext } from './draw-context.ts'

/** Pixels of the PNG per CSS pixel. */
const PNG_RATIO = 2

/** @param draw draws in CSS pixels */
export function renderPng(
  width: number,
  height: number,
  draw: (ctx: DrawContext, context: CanvasRenderingContext2D) => void,
): Promise<Blob> {
  const canvas = document.createElement('canvas')
  canvas.width = width * PNG_RATIO
  canvas.height = height * PNG_RATIO
  const context = canvas.getContext('2d')
  if (!context) return Promise.reject(new Error('the browser provides no canvas for the PNG'))
  context.scale(PNG_RATIO, PNG_RATIO)
  context.imageSmoothingEnabled = false
  draw(toDrawContext(context), context)
  return new Promise((resolve, reject) => {
    canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error('the PNG could not be encoded'))), 'image/png')
  })
}

/** The drawing as vector shapes and text. */
export function renderSvg(width: number, height: number, draw: (ctx: SvgContext) => void): Blob {
  const measuring = document.createElement('canvas').getContext('2d')
  const ctx = new SvgContext((text, font) => {
    if (!measuring) return text.length * 6
    measuring.font = font
    return measuring.measureText(text).width
  })
  draw(ctx)
  return new Blob([ctx.toSvg(width, height)], { type: 'image/svg+xml' })
}

/** A file name of letters and digits from some words; `fallback` if they have none. */
export function fileName(words: readonly string[], fallback: string, extension: string): string {
  const stem = words
    .join('-')
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .toLowerCase()
  return `${stem || fallback}.${extension}`
}
