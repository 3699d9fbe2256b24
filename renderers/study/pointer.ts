/** Mouse, pen and touch on the chart: pan, zoom, click on a trade. */
import { type Layout, panZoomSpan, type Span } from './geometry.ts'
import type { View } from './view.ts'

export interface PointerActions {
  /** After a pan or zoom; null: back to the whole study. */
  setRange(range: Span | null): void
  select(trade: number): void
  /** After a change of the crosshair or the zoom span. */
  cursorMoved(): void
}

/** A shorter drag is a click. */
const CLICK_PX = 4
const WHEEL_STEP = 0.0016

/** Listens on `node`, whose top left corner is the origin of the layout, until `signal` aborts. */
export function bindPointer(node: HTMLElement, view: View, actions: PointerActions, signal: AbortSignal): void {
  let drag: { id: number; x: number; y: number; span: Span; zooms: boolean; moved: boolean } | null = null

  const local = (event: MouseEvent): { x: number; y: number } => {
    const { left, top } = node.getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }
  const inside = ({ x, y }: { x: number; y: number }, { price, drawdown }: Layout): boolean =>
    x >= price.left && x <= price.left + price.width && y >= price.top && y <= drawdown.top + drawdown.height
  const timeAt = (x: number): number => {
    const { left, width } = view.layout.price
    return view.scales.price.time(Math.min(left + width, Math.max(left, x)))
  }
  const listen = <K extends keyof HTMLElementEventMap>(type: K, run: (event: HTMLElementEventMap[K]) => void) =>
    node.addEventListener(type, run, { signal, passive: false })

  listen('pointerdown', event => {
    const at = local(event)
    // Touch does not hover, so a tap shows the readout.
    if (event.pointerType === 'touch') {
      view.cursor = inside(at, view.layout) ? at : null
      actions.cursorMoved()
    }
    if (event.button !== 0 || !inside(at, view.layout)) return
    drag = { id: event.pointerId, ...at, span: view.span, zooms: event.shiftKey, moved: false }
    node.setPointerCapture(event.pointerId)
  })
  listen('pointermove', event => {
    const at = local(event)
    if (drag && event.pointerId === drag.id) {
      drag.moved ||= Math.hypot(at.x - drag.x, at.y - drag.y) > CLICK_PX
      if (drag.moved && drag.zooms) view.zoomSpan = [timeAt(drag.x), timeAt(at.x)]
      else if (drag.moved) actions.setRange(panZoomSpan(drag.span, { pan: (drag.x - at.x) / view.layout.price.width }))
    }
    view.cursor = inside(at, view.layout) ? at : null
    actions.cursorMoved()
  })
  const end = (event: PointerEvent): void => {
    if (!drag || event.pointerId !== drag.id) return
    const { moved, x, y } = drag
    const { zoomSpan } = view
    drag = null
    view.zoomSpan = null
    // The browser scrolls the page with this touch.
    if (event.type === 'pointercancel') view.cursor = null
    if (event.type === 'pointerup') {
      if (moved && zoomSpan) actions.setRange([Math.min(...zoomSpan), Math.max(...zoomSpan)])
      const trade = moved ? null : view.tradeAt(x, y)
      if (trade !== null) actions.select(trade)
    }
    actions.cursorMoved()
  }
  listen('pointerup', end)
  listen('pointercancel', end)
  listen('pointerleave', event => {
    if (drag || event.pointerType === 'touch') return
    view.cursor = null
    actions.cursorMoved()
  })
  listen('dblclick', event => {
    if (inside(local(event), view.layout)) actions.setRange(null)
  })
  listen('wheel', event => {
    const at = local(event)
    // The wheel scrolls the page unless the chart has the focus.
    if (!inside(at, view.layout) || !(event.ctrlKey || event.metaKey || node.contains(document.activeElement))) return
    event.preventDefault()
    const { width } = view.layout.price
    const lines = event.deltaMode === 1 ? 16 : 1
    const zoom = Math.exp(Math.max(-1, Math.min(1, event.deltaY * lines * WHEEL_STEP)))
    const pans = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
    const step = pans ? { pan: ((event.deltaX || event.deltaY) * lines) / width } : { zoom, at: at.x / width }
    actions.setRange(panZoomSpan(view.span, step))
  })
}
