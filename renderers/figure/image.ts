/**
 * Exports the drawn figure as a file. Plotly's own PNG download needs `blob:` images, which a webview's content security policy
 * forbids; so SVG text → `data:` image → canvas.
 */
import type { JsonRecord } from '../../src/common/json.ts'
import type { Plotly } from './plotly.ts'

/** Pixels of the PNG per CSS pixel. */
const PNG_SCALE = 2

/** The element that Plotly drew into, with the properties that it adds. */
export type GraphDiv = HTMLElement & { data?: JsonRecord[]; layout?: JsonRecord }

export type ImageFormat = 'png' | 'svg'

/** The current state of `graph`, zoom included, on an opaque `background`. */
export async function toImage(plotly: Plotly, graph: GraphDiv, format: ImageFormat, background: string): Promise<Blob> {
  const { width, height } = graph.getBoundingClientRect()
  const layout = { ...graph.layout, paper_bgcolor: background }
  const data = (graph.data ?? []).map(trace => ({ ...trace }))
  const svg = await plotly.toSvg(data, layout, Math.round(width), Math.round(height))
  return format === 'svg' ? new Blob([svg], { type: 'image/svg+xml' }) : rasterize(svg, width, height)
}

async function rasterize(svg: string, width: number, height: number): Promise<Blob> {
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(width * PNG_SCALE)
  canvas.height = Math.round(height * PNG_SCALE)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('the browser provides no canvas for the PNG')
  context.drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve, reject) => {
    canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error('the PNG could not be encoded'))), 'image/png')
  })
}
