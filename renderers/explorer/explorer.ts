/** One explorer: its elements, its state, and when it draws. */
import { drawingOf } from '../plot/drawing.ts'
import { helpFor } from '../plot/help.ts'
import { keepKeys, listenToKeys } from '../plot/keys.ts'
import { fileName } from '../plot/picture.ts'
import { element, messageOf } from '../shared/dom.ts'
import { controlsFor } from './controls.ts'
import { toCsv, toPng, toSvg } from './export.ts'
import { bindings, MOUSE } from './keyboard.ts'
import { type Model, sameFrame } from './model.ts'
import type { ExplorerOptions } from './options.ts'
import { listenToPointer } from './pointer.ts'
import { readAt, readoutLines, readoutText } from './readout.ts'
import { replayOf } from './replay.ts'
import { carryState, effectiveWeights, restoreState, type Tool, type ViewState } from './state.ts'
import { createToolbar } from './toolbar.ts'
import { type Change, View } from './view.ts'

export interface Explorer {
  /** Draws now what would be drawn with the next frame. */
  draw(): void
  /** The same with the theme as it is now, even before anybody was told of its change. */
  refresh(): void
  /** Draws the layers of another map, if that differs in nothing else: axes, controls and focus stay as they are. */
  takeLayers(model: Model): boolean
  /** The reader's choices for another map in the same place. */
  stateFor(model: Model): ViewState
  /** Shows choices that were changed elsewhere, such as by undo. */
  restore(kept: unknown): void
  /** The times that are seen, epoch ms. */
  visible(): [from: number, to: number]
  dispose(): void
}

const HEIGHT = 500
const HEIGHT_NARROW = 420

/** What a change of the state makes stale. */
const TOUCHES: { [name in keyof ViewState]: Change } = {
  weights: 'mixture',
  on: 'mixture',
  side: 'mixture',
  converging: 'mixture',
  twoPalettes: 'mixture',
  logColour: 'colours',
  max: 'colours',
  threshold: 'colours',
  clusters: 'colours',
  candles: 'range',
  logPrice: 'range',
  range: 'range',
  asOf: 'mixture',
}

/**
 * @param model the explorer's own from now on
 * @param kept what the reader chose before
 * @param panel further controls, which outlast this explorer
 */
export function openExplorer(
  frame: HTMLElement,
  model: Model,
  kept: unknown,
  options: ExplorerOptions,
  panel: HTMLElement | null,
): Explorer {
  const view = new View(model, restoreState(model, kept))
  const life = new AbortController()
  const { signal } = life
  let tool: Tool = 'pan'
  let byKeys = false

  const { symbol, timeframe } = model.header
  const stage = element('div', {
    class: 'liqnb-x-stage',
    tabindex: 0,
    role: 'application',
    'aria-roledescription': 'map of estimated liquidations',
    'aria-label': `Estimated liquidations of ${symbol} ${timeframe} by time and price. Press ? for keys.`,
  })
  const tip = element('div', { class: 'liqnb-x-tip', hidden: true, 'aria-hidden': 'true' })
  const status = element('div', { class: 'liqnb-x-status', role: 'status', 'aria-live': 'polite' })
  const note = element('div', { class: 'liqnb-x-note', role: 'alert' })
  stage.append(...view.canvases.nodes, tip)

  const change = (next: Partial<ViewState>): void => {
    view.state = { ...view.state, ...next }
    for (const name of Object.keys(next) as (keyof ViewState)[]) view.touch(TOUCHES[name])
    // Candles after that moment go too.
    if ('asOf' in next) view.touch('range')
    // A replay passes by; where it ends is kept.
    if (!replay.playing) keep()
    later()
  }
  const keep = (): void => {
    const { range, ...rest } = view.state
    options.states.save(model.header.id, { ...rest, range: range && { ...range } })
  }
  const setRange = (range: ViewState['range']): void => change({ range })
  const replay = replayOf(
    model,
    view,
    asOf => change({ asOf }),
    () => {
      if (!replay.playing) keep()
      later()
    },
  )
  const save = async (kind: 'png' | 'svg' | 'csv'): Promise<void> => {
    note.textContent = ''
    try {
      drawing.now()
      const file = kind === 'png' ? await toPng(view) : kind === 'svg' ? toSvg(view) : toCsv(model, view)
      await options.save(file, fileName([symbol, timeframe, 'liquidations'], 'liquidations', kind))
    } catch (error) {
      note.textContent = `The ${kind.toUpperCase()} could not be made: ${messageOf(error)}`
    }
  }
  const cursorMoved = (): void => {
    view.touch('cursor')
    later()
  }
  const keys = bindings(model, view, {
    change,
    setRange,
    cursorMoved() {
      byKeys = true
      cursorMoved()
    },
    play: replay.toggle,
    help: () => help.toggle(),
  })
  const help = helpFor(MOUSE, keys, stage)
  const strip = createToolbar(model, {
    change(next) {
      replay.stop()
      change(next)
    },
    setTool(next) {
      tool = next
      later()
    },
    reset: () => setRange(null),
    play: replay.toggle,
    save: kind => void save(kind),
    help: help.toggle,
  })
  const controls = controlsFor(model, change)
  const assumptions = element('details')
  const showAssumptions = (): void => {
    const lines = model.header.assumptions
    assumptions.replaceChildren(
      element('summary', {}, `Rests on ${lines.length} assumptions`),
      element('ul', {}, ...lines.map(line => element('li', {}, line))),
    )
  }
  showAssumptions()
  frame.append(stage, strip.node, note, controls.node, ...(panel ? [panel] : []), assumptions, help.node, status)

  const drawing = drawingOf(
    frame,
    stage,
    options.theme,
    (width, theme) => {
      const height = width < 620 ? HEIGHT_NARROW : HEIGHT
      stage.style.height = `${height}px`
      view.draw(width, height, theme)
      controls.show(view.state, view.scale.max)
      strip.show(view.state, tool, replay.playing)
      showTip()
    },
    () => view.free(),
  )
  const { later } = drawing

  function showTip(): void {
    const { at, box, measure } = view.cursor
    const weights = effectiveWeights(view.state)
    const readout = at && !box ? readAt(model, weights, at, view.lastColumn) : null
    tip.hidden = readout === null || (measure !== null && !byKeys)
    if (!readout || !at) return
    const { heading, lines } = readoutLines(readout)
    tip.replaceChildren(...[heading, ...lines.flat()].map(text => element('span', {}, text)))
    const { plot } = view.stage
    const [x, y] = [view.scales.x(at.time), view.scales.y(at.price)]
    const { offsetWidth, offsetHeight } = tip
    const left = x + 14 + offsetWidth > plot.left + plot.width ? x - 14 - offsetWidth : x + 14
    const top = Math.min(plot.top + plot.height - offsetHeight - 4, Math.max(plot.top + 4, y + 14))
    tip.style.transform = `translate(${Math.max(2, Math.round(left))}px,${Math.round(top)}px)`
    if (byKeys) status.textContent = readoutText(readout)
    byKeys = false
  }

  listenToPointer(stage, view, { tool: () => tool, setRange, cursorMoved }, signal)
  listenToKeys(stage, keys, signal)
  keepKeys([controls.node, strip.node, ...(panel ? [panel] : [])], signal)

  return {
    draw: drawing.now,
    refresh: drawing.refresh,
    restore(kept) {
      view.state = restoreState(model, kept)
      view.touch('mixture')
      view.touch('range')
      later()
    },
    takeLayers(next) {
      if (!sameFrame(model, next)) return false
      model.header = next.header
      model.tiers = next.tiers
      view.layersChanged()
      // Before the page changes around it, which would have to be laid out for it.
      drawing.now()
      showAssumptions()
      return true
    },
    stateFor: next => carryState(model, view.state, next),
    visible: () => [view.range.timeFrom, view.range.timeTo],
    dispose() {
      life.abort()
      drawing.stop()
      replay.stop()
      view.free()
      frame.remove()
    },
  }
}
