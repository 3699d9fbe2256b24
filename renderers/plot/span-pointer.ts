/** Mouse, pen and touch on a chart of panels: pan, zoom, readout, click. */
import { panZoomSpan, type Span, type SpanChart } from './time-span.ts'

export interface SpanPointerActions {
  /** After a pan or zoom; null: back to the first view. */
  setRange(range: Span | null): void
  /** After a change of the crosshair or the zoom span. */
  cursorMoved(): void
  click?(x: number, y: number): void
}

/** A shorter drag is a click. */
const CLICK_PX = 4
const WHEEL_STEP = 0.0016

/** Listens on `node`, whose top left corner is the origin of the chart, until `signal` aborts. */
export function bindSpanPointer(
  node: HTMLElement,
  chart: SpanChart,
  actions: SpanPointerActions,
  signal: AbortSignal,
): void {
  let drag: { id: number; x: number; y: number; span: Span; zooms: boolean; moved: boolean } | null = null

  const local = (event: MouseEvent): { x: number; y: number } => {
    const { left, top } = node.getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }
  const inside = ({ x, y }: { x: number; y: number }): boolean => {
    const { left, top, width, height } = chart.box
    return x >= left && x <= left + width && y >= top && y <= top + height
  }
  const timeAt = (x: number): number => {
    const { left, width } = chart.box
    const [from, to] = chart.span
    return from + Math.min(1, Math.max(0, (x - left) / width)) * (to - from)
  }
  const listen = <K extends keyof HTMLElementEventMap>(type: K, run: (event: HTMLElementEventMap[K]) => void) =>
    node.addEventListener(type, run, { signal, passive: false })

  listen('pointerdown', event => {
    const at = local(event)
    // Touch does not hover, so a tap shows the readout.
    if (event.pointerType === 'touch') {
      chart.cursor = inside(at) ? at : null
      actions.cursorMoved()
    }
    if (event.button !== 0 || !inside(at)) return
    drag = { id: event.pointerId, ...at, span: chart.span, zooms: event.shiftKey, moved: false }
    node.setPointerCapture(event.pointerId)
  })
  listen('pointermove', event => {
    const at = local(event)
    if (drag && event.pointerId === drag.id) {
      drag.moved ||= Math.hypot(at.x - drag.x, at.y - drag.y) > CLICK_PX
      if (drag.moved && drag.zooms) chart.zoomSpan = [timeAt(drag.x), timeAt(at.x)]
      else if (drag.moved) actions.setRange(panZoomSpan(drag.span, { pan: (drag.x - at.x) / chart.box.width }))
    }
    chart.cursor = inside(at) ? at : null
    actions.cursorMoved()
  })
  const end = (event: PointerEvent): void => {
    if (!drag || event.pointerId !== drag.id) return
    const { moved, x, y } = drag
    const { zoomSpan } = chart
    drag = null
    chart.zoomSpan = null
    // The browser scrolls the page with this touch.
    if (event.type === 'pointercancel') chart.cursor = null
    if (event.type === 'pointerup') {
      if (moved && zoomSpan) actions.setRange([Math.min(...zoomSpan), Math.max(...zoomSpan)])
      if (!moved) actions.click?.(x, y)
    }
    actions.cursorMoved()
  }
  listen('pointerup', end)
  listen('pointercancel', end)
  listen('pointerleave', event => {
    if (drag || event.pointerType === 'touch') return
    chart.cursor = null
    actions.cursorMoved()
  })
  listen('dblclick', event => {
    if (inside(local(event))) actions.setRange(null)
  })
  listen('wheel', event => {
    const at = local(event)
    // The wheel scrolls the page unless the chart has the focus.
    if (!inside(at) || !(event.ctrlKey || event.metaKey || node.contains(document.activeElement))) return
    event.preventDefault()
    const { left, width } = chart.box
    const lines = event.deltaMode === 1 ? 16 : 1
    const zoom = Math.exp(Math.max(-1, Math.min(1, event.deltaY * lines * WHEEL_STEP)))
    const pans = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
    const step = pans ? { pan: ((event.deltaX || event.deltaY) * lines) / width } : { zoom, at: (at.x - left) / width }
    actions.setRange(panZoomSpan(chart.span, step))
  })
}
