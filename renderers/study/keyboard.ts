/** Key bindings of the focused chart: everything the pointer can do. */
import type { HelpEntry } from '../plot/help.ts'
import type { Binding } from '../plot/keys.ts'
import { movedCursor, panZoomSpan, type Span, zoomAtCursor } from '../plot/time-span.ts'
import type { View } from './view.ts'

export interface KeyActions {
  setRange(range: Span | null): void
  /** Selects the trade this many rows further in the list; without a selection the first or last one. */
  step(rows: number): void
  selectEnd(end: 'first' | 'last'): void
  deselect(): void
  cursorMoved(): void
  help(): void
}

export const MOUSE_HELP: readonly HelpEntry[] = [
  {
    label: 'Click',
    description: 'on a row or an entry: select that trade; on a bar of the histogram: filter by it',
  },
  { label: 'Drag', description: 'pan in time; with Shift zoom to a span' },
  { label: 'Wheel', description: 'zoom, once the chart is clicked or with Ctrl; with Shift pan' },
]

const PAN = 0.1
const ZOOM = 0.8

export function createBindings(view: View, actions: KeyActions): Binding[] {
  const pan = (share: number) => actions.setRange(panZoomSpan(view.span, { pan: share }))
  const zoom = (factor: number) => () => actions.setRange(zoomAtCursor(view, factor))
  const arrow = (rows: number) => (event: KeyboardEvent) => {
    if (event.shiftKey) pan(rows * PAN)
    else if (event.altKey) moveCursor(rows)
    else actions.step(rows)
  }
  const moveCursor = (steps: number): void => {
    view.cursor = movedCursor(view, 10 * steps)
    actions.cursorMoved()
  }
  return [
    { keys: ['ArrowLeft', 'ArrowUp'], label: '', description: '', run: arrow(-1) },
    {
      keys: ['ArrowRight', 'ArrowDown'],
      label: '← →',
      description: 'previous or next trade of the list; with Shift pan in time; with Alt move the crosshair',
      run: arrow(1),
    },
    { keys: ['Home'], label: '', description: '', run: () => actions.selectEnd('first') },
    {
      keys: ['End'],
      label: 'Home End',
      description: 'first or last trade of the list',
      run: () => actions.selectEnd('last'),
    },
    { keys: ['+', '='], label: '', description: '', run: zoom(ZOOM) },
    { keys: ['-', '_'], label: '+ −', description: 'zoom about the crosshair', run: zoom(1 / ZOOM) },
    { keys: ['0'], label: '0', description: 'show the whole study (double click)', run: () => actions.setRange(null) },
    { keys: ['Escape'], label: 'Esc', description: 'deselect, and show the whole study', run: actions.deselect },
    { keys: ['?'], label: '?', description: 'this help', run: actions.help },
  ]
}
