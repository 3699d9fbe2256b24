/** Mouse, pen and touch on the map: pan, zoom box, measurement, wheel. */
import type { Point, Range } from '../plot/scales.ts'
import { panZoom } from './geometry.ts'
import type { Tool } from './state.ts'
import type { View } from './view.ts'

export interface PointerActions {
  tool(): Tool
  /** After a pan or zoom; null: back to the whole map. */
  setRange(range: Range | null): void
  /** After a change of the crosshair, the box or the measurement. */
  cursorMoved(): void
}

/** A shorter drag is a click. */
const CLICK_PX = 4
const WHEEL_STEP = 0.0016

/** Listens on `node`, whose top left corner is the origin of the layout, until `signal` aborts. */
export function bindPointer(node: HTMLElement, view: View, actions: PointerActions, signal: AbortSignal): void {
  let drag: { id: number; x: number; y: number; range: Range; from: Point; kind: Tool; moved: boolean } | null = null

  const local = (event: MouseEvent): { x: number; y: number } => {
    const { left, top } = node.getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }
  const inPlot = ({ x, y }: { x: number; y: number }): boolean => {
    const { plot, profile } = view.layout
    const right = profile.width > 0 ? profile.left + profile.width : plot.left + plot.width
    return x >= plot.left && x <= right && y >= plot.top && y <= plot.top + plot.height
  }
  const pointAt = ({ x, y }: { x: number; y: number }): Point => {
    const { plot } = view.layout
    const clamp = (value: number, from: number, length: number) => Math.min(from + length, Math.max(from, value))
    return {
      time: view.scales.time(clamp(x, plot.left, plot.width)),
      price: view.scales.price(clamp(y, plot.top, plot.height)),
    }
  }

  node.addEventListener(
    'pointerdown',
    event => {
      const at = local(event)
      // Touch does not hover, so a tap shows the readout.
      if (event.pointerType === 'touch') {
        view.cursor.at = inPlot(at) ? pointAt(at) : null
        actions.cursorMoved()
      }
      if (event.button !== 0 || !inPlot(at)) return
      const kind = event.shiftKey ? 'box' : event.altKey ? 'measure' : actions.tool()
      drag = { id: event.pointerId, ...at, range: view.range, from: pointAt(at), kind, moved: false }
      node.setPointerCapture(event.pointerId)
    },
    { signal },
  )
  node.addEventListener(
    'pointermove',
    event => {
      const at = local(event)
      if (drag && event.pointerId === drag.id) {
        drag.moved ||= Math.hypot(at.x - drag.x, at.y - drag.y) > CLICK_PX
        if (drag.moved) dragTo(drag, at)
      }
      view.cursor.at = inPlot(at) ? pointAt(at) : null
      actions.cursorMoved()
    },
    { signal },
  )
  const dragTo = (from: NonNullable<typeof drag>, at: { x: number; y: number }): void => {
    const { plot } = view.layout
    if (from.kind === 'pan') {
      const step = { panX: (from.x - at.x) / plot.width, panY: (at.y - from.y) / plot.height }
      actions.setRange(panZoom(from.range, view.state.logPrice, step))
    } else if (from.kind === 'box') view.cursor.box = { from: from.from, to: pointAt(at) }
    else view.cursor.measure = { from: from.from, to: pointAt(at) }
  }
  const end = (event: PointerEvent): void => {
    if (!drag || event.pointerId !== drag.id) return
    const { box } = view.cursor
    view.cursor.box = null
    // The browser scrolls the page with this touch.
    if (event.type === 'pointercancel') view.cursor.at = null
    if (event.type === 'pointerup' && drag.moved && box) actions.setRange(rangeBetween(box.from, box.to))
    if (!drag.moved) view.cursor.measure = null
    drag = null
    actions.cursorMoved()
  }
  node.addEventListener('pointerup', end, { signal })
  node.addEventListener('pointercancel', end, { signal })
  node.addEventListener(
    'pointerleave',
    event => {
      if (drag || event.pointerType === 'touch') return
      view.cursor.at = null
      actions.cursorMoved()
    },
    { signal },
  )
  node.addEventListener(
    'dblclick',
    event => {
      if (inPlot(local(event))) actions.setRange(null)
    },
    { signal },
  )
  node.addEventListener(
    'wheel',
    event => {
      const at = local(event)
      // The wheel scrolls the page unless the map has the focus.
      if (!inPlot(at) || !(event.ctrlKey || event.metaKey || node.contains(document.activeElement))) return
      event.preventDefault()
      const { plot } = view.layout
      const atX = Math.min(1, (at.x - plot.left) / plot.width)
      const atY = 1 - (at.y - plot.top) / plot.height
      const lines = event.deltaMode === 1 ? 16 : 1
      const zoom = Math.exp(Math.max(-1, Math.min(1, event.deltaY * lines * WHEEL_STEP)))
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
        actions.setRange(
          panZoom(view.range, view.state.logPrice, { panX: ((event.deltaX || event.deltaY) * lines) / plot.width }),
        )
      else
        actions.setRange(
          panZoom(view.range, view.state.logPrice, { zoomX: zoom, zoomY: event.altKey ? zoom : 1, atX, atY }),
        )
    },
    { signal, passive: false },
  )
}

/** The range that two corners span. */
export function rangeBetween(a: Point, b: Point): Range {
  return {
    timeFrom: Math.min(a.time, b.time),
    timeTo: Math.max(a.time, b.time),
    low: Math.min(a.price, b.price),
    high: Math.max(a.price, b.price),
  }
}
