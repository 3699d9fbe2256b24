/** One explorer: its elements, its state, and when it draws. */
import { element, messageOf } from '../shared/dom.ts'
import type { Theme } from '../shared/theme.ts'
import { controlsFor } from './controls.ts'
import { fileName, toCsv, toPng, toSvg } from './export.ts'
import { helpFor } from './help.ts'
import { bindings, listenToKeys } from './keyboard.ts'
import type { Model } from './model.ts'
import type { ExplorerOptions } from './mount.ts'
import { listenToPointer } from './pointer.ts'
import { readAt, readoutLines, readoutText } from './readout.ts'
import { replayOf } from './replay.ts'
import { carryState, effectiveWeights, restoreState, type Tool, type ViewState } from './state.ts'
import { stripFor } from './strip.ts'
import { type Change, View } from './view.ts'

export interface Explorer {
  /** Draws now what would be drawn with the next frame. */
  draw(): void
  /** The same with the theme as it is now, even before anybody was told of its change. */
  refresh(): void
  /** The reader's choices for another map in the same place. */
  stateFor(model: Model): ViewState
  /** Shows choices that were changed elsewhere, such as by undo. */
  restore(kept: unknown): void
  /** The times that are seen, epoch ms. */
  visible(): [from: number, to: number]
  dispose(): void
}

const HEIGHT = 500
/** Off the screen for so long, a map gives its memory back: scrolling past and back must not flicker. */
const REST_MS = 4000
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
  let request = 0
  let theme: Theme | null = null
  let visible = true
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
      draw()
      const file = kind === 'png' ? await toPng(view) : kind === 'svg' ? toSvg(view) : toCsv(model, view)
      await options.save(file, fileName(model, kind))
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
  const help = helpFor(keys, stage)
  const strip = stripFor(model, {
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
  const assumptions = element(
    'details',
    {},
    element('summary', {}, `Rests on ${model.header.assumptions.length} assumptions`),
    element('ul', {}, ...model.header.assumptions.map(line => element('li', {}, line))),
  )
  frame.append(stage, strip.node, note, controls.node, ...(panel ? [panel] : []), assumptions, help.node, status)

  function later(): void {
    if (request || signal.aborted || !visible) return
    request = requestAnimationFrame(() => {
      request = 0
      draw()
    })
  }

  function draw(): void {
    // Not that of the frame, to which VS Code gives a padding.
    const width = Math.floor(stage.clientWidth)
    if (width === 0 || signal.aborted) return
    const height = width < 620 ? HEIGHT_NARROW : HEIGHT
    stage.style.height = `${height}px`
    theme ??= options.theme.read(frame)
    view.draw(width, height, theme)
    controls.show(view.state, view.scale.max)
    strip.show(view.state, tool, replay.playing)
    showTip()
  }

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
  // VS Code would take arrows, letters and space on our form elements for its own commands.
  for (const node of [controls.node, strip.node, ...(panel ? [panel] : [])])
    node.addEventListener('keydown', event => event.key !== 'Tab' && event.stopPropagation(), { signal })

  const resizes = new ResizeObserver(later)
  resizes.observe(frame)
  const stopWatching = options.theme.watch(() => {
    theme = null
    later()
  })
  // What is off the screen is not drawn, and after a while gives its memory back.
  let leaving: ReturnType<typeof setTimeout> | undefined
  const sight = new IntersectionObserver(
    entries => {
      visible = entries.at(-1)!.isIntersecting
      clearTimeout(leaving)
      if (visible) later()
      else leaving = setTimeout(() => view.free(), REST_MS)
    },
    { rootMargin: '600px 0px' },
  )
  sight.observe(frame)

  return {
    draw,
    refresh() {
      theme = null
      draw()
    },
    restore(kept) {
      view.state = restoreState(model, kept)
      view.touch('mixture')
      view.touch('range')
      later()
    },
    stateFor: next => carryState(model, view.state, next),
    visible: () => [view.range.timeFrom, view.range.timeTo],
    dispose() {
      life.abort()
      clearTimeout(leaving)
      cancelAnimationFrame(request)
      replay.stop()
      resizes.disconnect()
      sight.disconnect()
      stopWatching()
      view.free()
      frame.remove()
    },
  }
}
