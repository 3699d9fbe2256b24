/** Key bindings of the focused chart: everything the pointer can do. */
import { type Full, fullKeys } from '../plot/full.ts'
import type { HelpEntry } from '../plot/help.ts'
import type { Binding } from '../plot/keys.ts'
import { neighbourSpan, type SpanName } from '../plot/spans.ts'
import { panZoomSpan, type Span, zoomAtCursor } from '../plot/time-span.ts'
import { historyOf } from './model.ts'
import type { View } from './view.ts'

export interface KeyActions {
  setRange(range: Span | null): void
  setSpan(span: SpanName): void
  cursorMoved(): void
  help(): void
  toggleFull: Full['toggle']
}

export const MOUSE_HELP: readonly HelpEntry[] = [
  { label: 'Drag', description: 'pan in time; with Shift zoom to a span' },
  { label: 'Wheel', description: 'zoom, once the chart is clicked or with Ctrl; with Shift pan' },
]

const PAN = 0.1
const ZOOM = 0.8

export function createBindings(view: View, actions: KeyActions): Binding[] {
  const zoom = (factor: number) => () => actions.setRange(zoomAtCursor(view, factor))
  const arrow = (direction: 1 | -1) => (event: KeyboardEvent) => {
    if (event.shiftKey) actions.setRange(panZoomSpan(view.span, { pan: direction * PAN }))
    else step(direction * (event.altKey ? 10 : 1))
  }
  /** Moves the crosshair by candles; the first step only shows it. */
  const step = (candles: number): void => {
    const { time, end } = view.series.candles
    const next = view.cursor ? view.cursorCandle + candles : time.length - 1
    const k = Math.min(time.length - 1, Math.max(0, next))
    const { left, width, top } = view.box
    const x = view.panels[0]!.scales.x((time[k]! + end[k]!) / 2)
    view.cursor = { x: Math.min(left + width - 1, Math.max(left, x)), y: view.cursor?.y ?? top + 20 }
    actions.cursorMoved()
  }
  const stepSpan = (direction: 1 | -1) => (): void => {
    const span = neighbourSpan(historyOf(view.model), view.span[1] - view.span[0], direction)
    if (span) actions.setSpan(span)
  }
  const showAll = (): void => {
    const isWhole = view.shown.range === null && view.shown.span === 'all'
    actions.setSpan(isWhole ? 'first' : 'all')
  }
  return [
    { keys: ['ArrowLeft'], label: '', description: '', run: arrow(-1) },
    {
      keys: ['ArrowRight'],
      label: '← →',
      description: 'move the crosshair by a candle; with Alt by ten; with Shift pan',
      run: arrow(1),
    },
    { keys: ['+', '='], label: '', description: '', run: zoom(ZOOM) },
    { keys: ['-', '_'], label: '+ −', description: 'zoom about the crosshair', run: zoom(1 / ZOOM) },
    { keys: ['0', 'Home'], label: '0', description: 'the whole market, and back to the newest bars', run: showAll },
    {
      keys: ['r', 'R'],
      label: 'R',
      description: 'back to the first view: the newest bars (double click)',
      run: () => actions.setRange(null),
    },
    { keys: ['<'], label: '', description: '', run: stepSpan(-1) },
    { keys: ['>'], label: '< >', description: 'a shorter or longer range up to now', run: stepSpan(1) },
    {
      keys: ['Escape'],
      label: 'Esc',
      description: 'remove the crosshair',
      run: () => {
        view.cursor = null
        actions.cursorMoved()
      },
    },
    ...fullKeys(actions.toggleFull),
    { keys: ['?'], label: '?', description: 'this help', run: actions.help },
  ]
}
