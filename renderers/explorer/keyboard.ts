/** Key bindings of the focused map: everything the pointer can do. */
import { PALETTES } from '../../src/common/look.ts'
import { fullKeys } from '../plot/full.ts'
import type { HelpEntry } from '../plot/help.ts'
import type { Binding } from '../plot/keys.ts'
import type { Range } from '../plot/scales.ts'
import { neighbourSpan } from '../plot/spans.ts'
import { panZoom } from './geometry.ts'
import { historyOf } from './maps.ts'
import { columnAt, priceAt, rowAt } from './model.ts'
import { rangeBetween } from './pointer.ts'
import type { ViewState } from './state.ts'
import type { View } from './view.ts'

type Switch = 'converging' | 'clusters' | 'candles' | 'recorded' | 'logColour' | 'logPrice'

export interface KeyActions {
  change(change: Partial<ViewState>): void
  setRange(range: Range | null): void
  cursorMoved(): void
  play(): void
  help(): void
  toggleFull(mode: 'height' | 'screen'): void
}

export const MOUSE_HELP: readonly HelpEntry[] = [
  { label: 'Drag', description: 'pan; with Shift zoom to a box; with Alt measure' },
  {
    label: 'Wheel',
    description: 'zoom in time, once the map is clicked or with Ctrl; with Alt also in price; with Shift pan',
  },
]

const PAN = 0.1
const ZOOM = 0.8

export function createBindings(view: View, actions: KeyActions): Binding[] {
  const { cursor } = view
  const logPrice = () => view.state.logPrice
  /** The crosshair, or the last visible close if there is none. */
  const cursorPoint = () => {
    const { model, lastVisibleColumn: column } = view
    const { low, high } = view.range
    return cursor.at ?? { time: model.edges[column]!, price: Math.min(high, Math.max(low, model.closes[column]!)) }
  }
  const step = (columns: number, rows: number): void => {
    const { time, price } = cursorPoint()
    const { model } = view
    const column = Math.min(view.lastColumn, Math.max(0, columnAt(model, time) + columns))
    const row = Math.min(model.rows - 1, Math.max(0, rowAt(model, price) + rows))
    cursor.at = { time: model.edges[column]!, price: priceAt(model, row + 0.5) }
    follow()
    if (cursor.measure) cursor.measure.to = cursor.at
    if (cursor.box) cursor.box.to = cursor.at
    actions.cursorMoved()
  }
  /** Pans when the crosshair leaves the visible range. */
  const follow = (): void => {
    const { at } = cursor
    const { timeFrom, timeTo, low, high } = view.range
    if (!at) return
    const panX = at.time < timeFrom ? -PAN : at.time > timeTo ? PAN : 0
    const panY = at.price < low ? -PAN : at.price > high ? PAN : 0
    if (panX !== 0 || panY !== 0) actions.setRange(panZoom(view.range, logPrice(), { panX, panY }))
  }
  const arrow = (columns: number, rows: number) => (event: KeyboardEvent) => {
    if (event.shiftKey) actions.setRange(panZoom(view.range, logPrice(), { panX: columns * PAN, panY: rows * PAN }))
    else if (event.altKey) step(columns * 10, rows * 10)
    else step(columns, rows)
  }
  const zoom = (factor: number) => (event: KeyboardEvent) => {
    const { plot } = view.layout
    const { time, price } = cursorPoint()
    const atX = (view.scales.x(time) - plot.left) / plot.width
    const atY = 1 - (view.scales.y(price) - plot.top) / plot.height
    const clamp = (share: number) => Math.min(1, Math.max(0, share))
    const factors = event.altKey ? { zoomX: factor } : { zoomX: factor, zoomY: factor }
    actions.setRange(panZoom(view.range, logPrice(), { ...factors, atX: clamp(atX), atY: clamp(atY) }))
  }
  const stepAsOf = (columns: number): void => {
    const { model } = view
    const last = model.columns - 1
    const next = Math.min(last, Math.max(0, view.lastColumn + columns))
    actions.change({ asOf: next === last ? null : model.edges[next]! })
  }
  const toggle = (name: Switch) => () => actions.change({ [name]: !view.state[name] })
  const stepSpan = (step: 1 | -1): void => {
    const span = neighbourSpan(historyOf(view.maps), view.range.timeTo - view.range.timeFrom, step)
    if (span) actions.change({ range: null, span })
  }
  const toggleMark = (kind: 'measure' | 'box') => (): void => {
    const at = cursorPoint()
    const open = cursor[kind]
    if (kind === 'box' && open) {
      cursor.box = null
      actions.setRange(rangeBetween(open.from, at))
    } else cursor[kind] = open ? null : { from: at, to: at }
    actions.cursorMoved()
  }
  const nextPalette = (): void => {
    const { look } = view.state
    const palette = PALETTES[(PALETTES.indexOf(look.palette) + 1) % PALETTES.length]!
    actions.change({ look: { ...look, palette } })
  }
  const nextSide = { both: 'long', long: 'short', short: 'both' } as const
  return [
    { keys: ['ArrowLeft'], label: '', description: '', run: arrow(-1, 0) },
    { keys: ['ArrowRight'], label: '', description: '', run: arrow(1, 0) },
    { keys: ['ArrowDown'], label: '', description: '', run: arrow(0, -1) },
    {
      keys: ['ArrowUp'],
      label: '← → ↑ ↓',
      description: 'move the crosshair by a column or row; with Alt by ten; with Shift pan',
      run: arrow(0, 1),
    },
    { keys: ['+', '='], label: '', description: '', run: zoom(ZOOM) },
    {
      keys: ['-', '_'],
      label: '+ −',
      description: 'zoom about the crosshair; with Alt only in time',
      run: zoom(1 / ZOOM),
    },
    {
      keys: ['r', 'R'],
      label: 'R',
      description: 'back to the first view: the newest bars (double click)',
      run: () => actions.setRange(null),
    },
    {
      keys: ['0', 'Home'],
      label: '0',
      description: 'the whole map, and back to the newest bars',
      run: () => {
        const isWhole = view.state.range === null && view.state.span === 'all'
        actions.change({ range: null, span: isWhole ? 'first' : 'all' })
      },
    },
    { keys: ['<'], label: '', description: '', run: () => stepSpan(-1) },
    { keys: ['>'], label: '< >', description: 'a shorter or longer range up to now', run: () => stepSpan(1) },
    { keys: ['b', 'B'], label: 'B', description: 'start and end a zoom box (Shift and drag)', run: toggleMark('box') },
    {
      keys: ['m', 'M'],
      label: 'M',
      description: 'start and end a measurement (Alt and drag)',
      run: toggleMark('measure'),
    },
    { keys: ['['], label: '', description: '', run: () => stepAsOf(-1) },
    { keys: [']'], label: '[ ]', description: 'show what was known a column earlier or later', run: () => stepAsOf(1) },
    { keys: [' '], label: 'Space', description: 'replay, or pause', run: () => actions.play() },
    {
      keys: ['End'],
      label: 'End',
      description: 'back to what is known now',
      run: () => actions.change({ asOf: null }),
    },
    {
      keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
      label: '1 … 9',
      description: 'turn a leverage tier on or off',
      run: event => {
        const tier = Number(event.key) - 1
        if (tier < view.state.on.length) actions.change({ on: view.state.on.map((on, i) => (i === tier ? !on : on)) })
      },
    },
    {
      keys: ['s', 'S'],
      label: 'S',
      description: 'longs and shorts, longs only, shorts only',
      run: () => actions.change({ side: nextSide[view.state.side] }),
    },
    { keys: ['p', 'P'], label: 'P', description: 'the next palette', run: nextPalette },
    { keys: ['t', 'T'], label: 'T', description: 'only where three tiers meet', run: toggle('converging') },
    { keys: ['c', 'C'], label: 'C', description: 'clusters', run: toggle('clusters') },
    { keys: ['k', 'K'], label: 'K', description: 'candles', run: toggle('candles') },
    {
      keys: ['q', 'Q'],
      label: 'Q',
      description: 'liquidations on record',
      run: toggle('recorded'),
    },
    {
      keys: ['x', 'X'],
      label: 'X',
      description: 'lock the colours, or scale them to what is in sight',
      run: () => actions.change({ max: view.state.max === null ? view.scale.max : null }),
    },
    { keys: ['g', 'G'], label: 'G', description: 'logarithmic or linear colours', run: toggle('logColour') },
    { keys: ['l', 'L'], label: 'L', description: 'logarithmic or linear price', run: toggle('logPrice') },
    {
      keys: [','],
      label: '',
      description: '',
      run: () => actions.change({ threshold: Math.max(0, Math.round(view.state.threshold * 100 - 5) / 100) }),
    },
    {
      keys: ['.'],
      label: ', .',
      description: 'lower or raise the brightness threshold',
      run: () => actions.change({ threshold: Math.min(0.95, Math.round(view.state.threshold * 100 + 5) / 100) }),
    },
    {
      keys: ['Escape'],
      label: 'Esc',
      description: 'remove crosshair, box and measurement',
      run: () => {
        Object.assign(cursor, { at: null, box: null, measure: null })
        actions.cursorMoved()
      },
    },
    ...fullKeys(actions.toggleFull),
    { keys: ['?'], label: '?', description: 'this help', run: () => actions.help() },
  ]
}
