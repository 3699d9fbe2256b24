/**
 * The drawn figure as a file. A webview's content security policy forbids `blob:` images, which Plotly's own PNG
 * download needs, so the way here is SVG text → `data:` image → canvas.
 */
import type { JsonRecord } from '../shared/json.ts'
import type { Plotly } from './plotly.ts'

/** Pixels of the PNG per CSS pixel. */
const PNG_SCALE = 2

/** What Plotly leaves on the element it drew into. */
export type GraphDiv = HTMLElement & { data?: JsonRecord[]; layout?: JsonRecord }

export type ImageFormat = 'png' | 'svg'

/** Draws what `graph` shows now, zoom included, upon an opaque `background`. */
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
  if (!context) throw new Error('the browser gives no canvas to draw the PNG on')
  context.drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve, reject) => {
    canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error('the PNG could not be encoded'))), 'image/png')
  })
}

/** A file name made of the figure's label: `btc-liquidation-heatmap.png`. */
export function imageFileName(label: string, format: ImageFormat): string {
  const stem = label
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .toLowerCase()
  return `${stem || 'figure'}.${format}`
}
