/** The visible span of time of a chart, and what keys do with it. */
import type { Box } from './scales.ts'

/** Epoch ms. */
export type Span = readonly [from: number, to: number]

/** A chart whose panels share one axis of time. */
export interface SpanChart {
  /** Around all panels. */
  readonly box: Box
  readonly span: Span
  /** The crosshair, in px. */
  cursor: { x: number; y: number } | null
  /** The span of a zoom while it is drawn. */
  zoomSpan: Span | null
}

/** Zooms (below 1: in) about the point `at` of the span, and pans; `at` and `pan` in shares of the span. */
export function panZoomSpan(
  [from, to]: Span,
  { zoom = 1, at = 0.5, pan = 0 }: { zoom?: number; at?: number; pan?: number },
): Span {
  const start = from + (to - from) * (at * (1 - zoom) + pan)
  return [start, start + (to - from) * zoom]
}

/** The span zoomed about the crosshair, or about its middle without one. */
export function zoomAtCursor({ box, span, cursor }: SpanChart, zoom: number): Span {
  return panZoomSpan(span, { zoom, at: cursor ? (cursor.x - box.left) / box.width : 0.5 })
}

/** The crosshair moved by some px, from the middle without one; it stays on the chart. */
export function movedCursor({ box, cursor }: SpanChart, dx: number): { x: number; y: number } {
  const { left, width, top, height } = box
  const at = cursor ?? { x: left + width / 2, y: top + height / 3 }
  return { ...at, x: Math.min(left + width - 1, Math.max(left, at.x + dx)) }
}
