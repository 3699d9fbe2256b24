/** Mouse, pen and touch on the stage: pan, zoom, click on a trade. */
import { movedSpan, type Span, type Stage } from './geometry.ts'
import type { View } from './view.ts'

export interface PointerActions {
  /** The reader has moved or zoomed; null is back to all of the study. */
  setRange(range: Span | null): void
  select(trade: number): void
  /** The pointer, or a stretch that is being drawn, has changed. */
  cursorMoved(): void
}

/** Less of a move than this is a click. */
const CLICK_PX = 4
const WHEEL_STEP = 0.0016

/** Listens on `node`, whose top left corner is that of the stage, until `signal` is aborted. */
export function listenToPointer(node: HTMLElement, view: View, actions: PointerActions, signal: AbortSignal): void {
  let drag: { id: number; x: number; y: number; span: Span; box: boolean; moved: boolean } | null = null

  const local = (event: MouseEvent): { x: number; y: number } => {
    const { left, top } = node.getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }
  const inside = ({ x, y }: { x: number; y: number }, { price, drawdown }: Stage): boolean =>
    x >= price.left && x <= price.left + price.width && y >= price.top && y <= drawdown.top + drawdown.height
  const timeAt = (x: number): number => {
    const { left, width } = view.stage.price
    return view.scales.price.time(Math.min(left + width, Math.max(left, x)))
  }
  const listen = <K extends keyof HTMLElementEventMap>(type: K, run: (event: HTMLElementEventMap[K]) => void) =>
    node.addEventListener(type, run, { signal, passive: false })

  listen('pointerdown', event => {
    const at = local(event)
    // A finger comes without hovering before: what it taps on is read.
    if (event.pointerType === 'touch') {
      view.cursor = inside(at, view.stage) ? at : null
      actions.cursorMoved()
    }
    if (event.button !== 0 || !inside(at, view.stage)) return
    drag = { id: event.pointerId, ...at, span: view.span, box: event.shiftKey, moved: false }
    node.setPointerCapture(event.pointerId)
  })
  listen('pointermove', event => {
    const at = local(event)
    if (drag && event.pointerId === drag.id) {
      drag.moved ||= Math.hypot(at.x - drag.x, at.y - drag.y) > CLICK_PX
      if (drag.moved && drag.box) view.box = [timeAt(drag.x), timeAt(at.x)]
      else if (drag.moved) actions.setRange(movedSpan(drag.span, { pan: (drag.x - at.x) / view.stage.price.width }))
    }
    view.cursor = inside(at, view.stage) ? at : null
    actions.cursorMoved()
  })
  const end = (event: PointerEvent): void => {
    if (!drag || event.pointerId !== drag.id) return
    const { moved, x, y } = drag
    const { box } = view
    drag = null
    view.box = null
    // The page scrolls with that finger.
    if (event.type === 'pointercancel') view.cursor = null
    if (event.type === 'pointerup') {
      if (moved && box) actions.setRange([Math.min(...box), Math.max(...box)])
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
    if (inside(local(event), view.stage)) actions.setRange(null)
  })
  listen('wheel', event => {
    const at = local(event)
    // The wheel belongs to the page, unless the reader has turned to the chart.
    if (!inside(at, view.stage) || !(event.ctrlKey || event.metaKey || node.contains(document.activeElement))) return
    event.preventDefault()
    const { width } = view.stage.price
    const lines = event.deltaMode === 1 ? 16 : 1
    const zoom = Math.exp(Math.max(-1, Math.min(1, event.deltaY * lines * WHEEL_STEP)))
    const pans = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
    const step = pans ? { pan: ((event.deltaX || event.deltaY) * lines) / width } : { zoom, at: at.x / width }
    actions.setRange(movedSpan(view.span, step))
  })
}
