/** Everything the pointer can do, by keys on the focused chart; the list is also the help. */
import type { HelpLine } from '../plot/help.ts'
import type { Binding } from '../plot/keys.ts'
import { movedSpan, type Span } from './geometry.ts'
import type { View } from './view.ts'

export interface KeyActions {
  setRange(range: Span | null): void
  /** To the trade so many places on in the list; from none to its first or last. */
  step(places: number): void
  toEnd(last: boolean): void
  deselect(): void
  cursorMoved(): void
  help(): void
}

export const MOUSE: readonly HelpLine[] = [
  { name: 'Click', does: 'on a row or an entry: look at that trade; on a bar of the histogram: only those trades' },
  { name: 'Drag', does: 'move in time; with Shift zoom into a stretch' },
  { name: 'Wheel', does: 'zoom, once the chart is clicked or with Ctrl; with Shift move' },
]

const PAN = 0.1
const ZOOM = 0.8

export function bindings(view: View, actions: KeyActions): Binding[] {
  const pan = (share: number) => actions.setRange(movedSpan(view.span, { pan: share }))
  const zoom = (factor: number) => () => {
    const { left, width } = view.stage.price
    const at = view.cursor ? (view.cursor.x - left) / width : 0.5
    actions.setRange(movedSpan(view.span, { zoom: factor, at }))
  }
  const arrow = (places: number) => (event: KeyboardEvent) => {
    if (event.shiftKey) pan(places * PAN)
    else if (event.altKey) moveCursor(places)
    else actions.step(places)
  }
  const moveCursor = (places: number): void => {
    const { left, width, top, height } = view.stage.price
    const at = view.cursor ?? { x: left + width / 2, y: top + height / 2 }
    view.cursor = { ...at, x: Math.min(left + width - 1, Math.max(left, at.x + places * 10)) }
    actions.cursorMoved()
  }
  return [
    { keys: ['ArrowLeft', 'ArrowUp'], name: '', does: '', run: arrow(-1) },
    {
      keys: ['ArrowRight', 'ArrowDown'],
      name: '← →',
      does: 'to the trade before or after in the list; with Shift move in time; with Alt move the crosshair',
      run: arrow(1),
    },
    { keys: ['Home'], name: '', does: '', run: () => actions.toEnd(false) },
    {
      keys: ['End'],
      name: 'Home End',
      does: 'to the first or the last trade of the list',
      run: () => actions.toEnd(true),
    },
    { keys: ['+', '='], name: '', does: '', run: zoom(ZOOM) },
    { keys: ['-', '_'], name: '+ −', does: 'zoom about the crosshair', run: zoom(1 / ZOOM) },
    { keys: ['0'], name: '0', does: 'show all of the study (double click)', run: () => actions.setRange(null) },
    { keys: ['Escape'], name: 'Esc', does: 'look at no trade, and at all of the study', run: actions.deselect },
    { keys: ['?'], name: '?', does: 'this help', run: actions.help },
  ]
}
