/** Everything the pointer can do, by keys on the focused map; the list is also the help. */
import type { HelpLine } from '../plot/help.ts'
import type { Binding } from '../plot/keys.ts'
import type { Range } from '../plot/scales.ts'
import { moved } from './geometry.ts'
import { columnAt, type Model, priceAt, rowOf } from './model.ts'
import { rangeOf } from './pointer.ts'
import type { ViewState } from './state.ts'
import type { View } from './view.ts'

export interface KeyActions {
  change(change: Partial<ViewState>): void
  setRange(range: Range | null): void
  cursorMoved(): void
  play(): void
  help(): void
}

export const MOUSE: readonly HelpLine[] = [
  { name: 'Drag', does: 'move the map; with Shift a zoom box, with Alt a measure' },
  {
    name: 'Wheel',
    does: 'zoom the time, once the map is clicked or with Ctrl; with Alt the price too; with Shift move',
  },
]

const PAN = 0.1
const ZOOM = 0.8

export function bindings(model: Model, view: View, actions: KeyActions): Binding[] {
  const { cursor } = view
  const logPrice = () => view.state.logPrice
  /** The pointer's place, or when it is nowhere the last close in sight. */
  const place = () => {
    const column = view.columnInSight
    const { low, high } = view.range
    return cursor.at ?? { time: model.edges[column]!, price: Math.min(high, Math.max(low, model.closes[column]!)) }
  }
  const step = (columns: number, rows: number): void => {
    const { time, price } = place()
    const column = Math.min(view.lastColumn, Math.max(0, columnAt(model, time) + columns))
    const row = Math.min(model.rows - 1, Math.max(0, rowOf(model, price) + rows))
    cursor.at = { time: model.edges[column]!, price: priceAt(model, row + 0.5) }
    follow()
    if (cursor.measure) cursor.measure.to = cursor.at
    if (cursor.box) cursor.box.to = cursor.at
    actions.cursorMoved()
  }
  /** Moves the map when the crosshair leaves it. */
  const follow = (): void => {
    const { at } = cursor
    const { timeFrom, timeTo, low, high } = view.range
    if (!at) return
    const panX = at.time < timeFrom ? -PAN : at.time > timeTo ? PAN : 0
    const panY = at.price < low ? -PAN : at.price > high ? PAN : 0
    if (panX !== 0 || panY !== 0) actions.setRange(moved(view.range, logPrice(), { panX, panY }))
  }
  const arrow = (columns: number, rows: number) => (event: KeyboardEvent) => {
    if (event.shiftKey) actions.setRange(moved(view.range, logPrice(), { panX: columns * PAN, panY: rows * PAN }))
    else if (event.altKey) step(columns * 10, rows * 10)
    else step(columns, rows)
  }
  const zoom = (factor: number) => (event: KeyboardEvent) => {
    const { plot } = view.stage
    const { time, price } = place()
    const atX = (view.scales.x(time) - plot.left) / plot.width
    const atY = 1 - (view.scales.y(price) - plot.top) / plot.height
    const inside = (share: number) => Math.min(1, Math.max(0, share))
    const only = event.altKey ? { zoomX: factor } : { zoomX: factor, zoomY: factor }
    actions.setRange(moved(view.range, logPrice(), { ...only, atX: inside(atX), atY: inside(atY) }))
  }
  const asOf = (columns: number): void => {
    const last = model.columns - 1
    const next = Math.min(last, Math.max(0, view.lastColumn + columns))
    actions.change({ asOf: next === last ? null : next })
  }
  const toggle = (name: 'twoPalettes' | 'converging' | 'clusters' | 'candles' | 'logColour' | 'logPrice') => () =>
    actions.change({ [name]: !view.state[name] })
  const mark = (kind: 'measure' | 'box') => (): void => {
    const at = place()
    const open = cursor[kind]
    if (kind === 'box' && open) {
      cursor.box = null
      actions.setRange(rangeOf(open.from, at))
    } else cursor[kind] = open ? null : { from: at, to: at }
    actions.cursorMoved()
  }
  const sides = ['both', 'long', 'short'] as const
  return [
    { keys: ['ArrowLeft'], name: '', does: '', run: arrow(-1, 0) },
    { keys: ['ArrowRight'], name: '', does: '', run: arrow(1, 0) },
    { keys: ['ArrowDown'], name: '', does: '', run: arrow(0, -1) },
    {
      keys: ['ArrowUp'],
      name: '← → ↑ ↓',
      does: 'move the crosshair by a column or row; with Alt by ten; with Shift move the map',
      run: arrow(0, 1),
    },
    { keys: ['+', '='], name: '', does: '', run: zoom(ZOOM) },
    { keys: ['-', '_'], name: '+ −', does: 'zoom about the crosshair; with Alt the time only', run: zoom(1 / ZOOM) },
    { keys: ['0', 'Home'], name: '0', does: 'show all of the map (double click)', run: () => actions.setRange(null) },
    { keys: ['b', 'B'], name: 'B', does: 'begin and end a zoom box (Shift and drag)', run: mark('box') },
    { keys: ['m', 'M'], name: 'M', does: 'begin and end a measure (Alt and drag)', run: mark('measure') },
    { keys: ['['], name: '', does: '', run: () => asOf(-1) },
    { keys: [']'], name: '[ ]', does: 'show what was known a column earlier or later', run: () => asOf(1) },
    { keys: [' '], name: 'Space', does: 'replay, or pause', run: () => actions.play() },
    { keys: ['End'], name: 'End', does: 'back to what is known now', run: () => actions.change({ asOf: null }) },
    {
      keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
      name: '1 … 9',
      does: 'switch a leverage tier on or off',
      run: event => {
        const tier = Number(event.key) - 1
        if (tier < view.state.on.length) actions.change({ on: view.state.on.map((on, i) => (i === tier ? !on : on)) })
      },
    },
    {
      keys: ['s', 'S'],
      name: 'S',
      does: 'longs and shorts, longs only, shorts only',
      run: () => actions.change({ side: sides[(sides.indexOf(view.state.side) + 1) % 3]! }),
    },
    { keys: ['p', 'P'], name: 'P', does: 'one palette, or one for each side', run: toggle('twoPalettes') },
    { keys: ['t', 'T'], name: 'T', does: 'only where three tiers meet', run: toggle('converging') },
    { keys: ['c', 'C'], name: 'C', does: 'clusters', run: toggle('clusters') },
    { keys: ['k', 'K'], name: 'K', does: 'candles', run: toggle('candles') },
    { keys: ['g', 'G'], name: 'G', does: 'logarithmic or linear colours', run: toggle('logColour') },
    { keys: ['l', 'L'], name: 'L', does: 'logarithmic or linear price', run: toggle('logPrice') },
    {
      keys: [','],
      name: '',
      does: '',
      run: () => actions.change({ threshold: Math.max(0, Math.round(view.state.threshold * 100 - 5) / 100) }),
    },
    {
      keys: ['.'],
      name: ', .',
      does: 'lower or raise the brightness threshold',
      run: () => actions.change({ threshold: Math.min(0.95, Math.round(view.state.threshold * 100 + 5) / 100) }),
    },
    {
      keys: ['Escape'],
      name: 'Esc',
      does: 'away with crosshair, box and measure',
      run: () => {
        Object.assign(cursor, { at: null, box: null, measure: null })
        actions.cursorMoved()
      },
    },
    { keys: ['?'], name: '?', does: 'this help', run: () => actions.help() },
  ]
}
