/** One explorer: its elements, its state, and when it is drawn. */
import { DEFAULT_LOOK } from '../../src/common/look.ts'
import { countText } from '../../src/common/number-text.ts'
import { createDownloads } from '../plot/download.ts'
import { createDrawScheduler } from '../plot/draw-scheduler.ts'
import { createFull } from '../plot/full.ts'
import { createHelp } from '../plot/help.ts'
import { bindKeys, isolateKeys } from '../plot/keys.ts'
import { setPageCandles } from '../plot/page-candles.ts'
import { createTip } from '../plot/tip.ts'
import { element } from '../shared/dom.ts'
import { createCodeBar } from './code-bar.ts'
import { createControls } from './controls.ts'
import { createDetailLoader } from './detail.ts'
import { createEdgeLoader } from './edge-column.ts'
import { toCsv, toPng, toSvg } from './export.ts'
import { createFeed } from './feed.ts'
import { createBindings, MOUSE_HELP } from './keyboard.ts'
import { createMapLink } from './map-link.ts'
import { type Maps, replaceParts, sameControls, sameParts } from './maps.ts'
import type { ExplorerHost } from './options.ts'
import { bindPointer } from './pointer.ts'
import { createRangeBar } from './range-bar.ts'
import { readAt, readoutLines, readoutText } from './readout.ts'
import { createReplay } from './replay.ts'
import { restoreState, saveState, type Tool, tierShares, type ViewState } from './state.ts'
import { createToolbar } from './toolbar.ts'
import { type StalePart, View } from './view.ts'
import { continuedRange } from './visible-range.ts'

export interface Explorer {
  /** Draws now what would be drawn with the next frame. */
  draw(): void
  /** Reads the theme again and draws now. */
  refresh(): void
  /**
   * Shows another map in place if its controls are the same: everything that the reader has chosen and is about to choose
   * stays, and a view that ends with the last bar follows it.
   * @returns the map that was there, which nothing reads any more; null if it cannot
   */
  show(maps: Maps): Maps | null
  /** The reader's choices, to open another map with. */
  state(): unknown
  /** The kernel has become available. */
  kernelOpened(): void
  /** Shows a saved state that something else changed, such as undo. */
  restore(saved: unknown): void
  dispose(): void
}

const HEIGHT = 500
const HEIGHT_NARROW = 420
/** From the width on at which the controls stand beside the map, as in css.ts. */
const HEIGHT_WIDE = 600
const SIDE_BY_SIDE = 1240

/** What must be redrawn when a part of the state changes. */
const INVALIDATES: { [name in keyof ViewState]: StalePart } = {
  weights: 'mixture',
  on: 'mixture',
  side: 'mixture',
  converging: 'mixture',
  look: 'mixture',
  logColour: 'colours',
  max: 'colours',
  maxRow: 'colours',
  threshold: 'colours',
  otherTiers: 'cursor',
  linked: 'cursor',
  clusters: 'colours',
  candles: 'range',
  logPrice: 'range',
  recorded: 'range',
  span: 'range',
  range: 'range',
  asOf: 'range',
}

/**
 * @param maps owned by the explorer from now on
 * @param saved the state that was saved in the notebook
 */
export function openExplorer(frame: HTMLElement, maps: Maps, saved: unknown, host: ExplorerHost): Explorer {
  const { panel } = host
  const model = maps.whole
  const view = new View(maps, restoreState(model, saved))
  // Only what was chosen: a map as it comes leaves the choice of another.
  const { candles } = view.state.look
  if (candles !== DEFAULT_LOOK.candles) setPageCandles(candles)
  const controller = new AbortController()
  const { signal } = controller
  let tool: Tool = 'pan'
  let movedByKeys = false

  const { symbol, timeframe } = model.header
  const chart = element('div', {
    class: 'liqnb-x-chart',
    tabindex: 0,
    role: 'application',
  })
  const tip = createTip()
  const status = element('div', { class: 'liqnb-x-status', role: 'status', 'aria-live': 'polite' })
  chart.append(...view.canvases.nodes, tip.node)

  /** Chosen here: linked explorers follow. */
  const change = (next: Partial<ViewState>): void => {
    show(next)
    link.chosen(next)
  }
  const show = (next: Partial<ViewState>): void => {
    view.state = { ...view.state, ...next }
    if ('max' in next) view.state.maxRow = view.state.max === null ? null : view.model.lnRow
    for (const name of Object.keys(next) as (keyof ViewState)[]) view.invalidate(INVALIDATES[name])
    // A look is also that of the candles and the background.
    if ('look' in next) {
      view.invalidate('range')
      setPageCandles(view.state.look.candles)
    }
    // A replay saves only its last column.
    if (!replay.playing) save()
    drawing.request()
  }
  const save = (): void => {
    host.states.save(host.view, saveState(model, view.state))
  }
  const setRange = (range: ViewState['range']): void => change(range ? { range } : { range, span: 'first' })
  const replay = createReplay(
    view,
    asOf => change({ asOf }),
    () => {
      if (!replay.playing) save()
      drawing.request()
    },
  )
  const drawn = (toFile: (view: View) => Blob | Promise<Blob>) => () => {
    drawing.drawNow()
    return toFile(view)
  }
  const downloads = createDownloads({
    save: host.save,
    name: [[symbol, timeframe, 'liquidations'], 'liquidations'],
    files: { png: drawn(toPng), svg: drawn(toSvg), csv: drawn(toCsv) },
  })
  const cursorMoved = (): void => {
    link.cursorMoved()
    redrawCursor()
  }
  const redrawCursor = (): void => {
    view.invalidate('cursor')
    drawing.request()
  }
  const link = createMapLink(view, { show, redrawCursor, membersChanged: () => drawing.request() })
  const keys = createBindings(view, {
    change,
    setRange,
    cursorMoved() {
      movedByKeys = true
      cursorMoved()
    },
    play: replay.toggle,
    help: () => help.toggle(),
    toggleFull: mode => full.toggle(mode),
  })
  const help = createHelp(MOUSE_HELP, keys, chart)
  const toolbar = createToolbar(
    view,
    {
      change(next) {
        replay.stop()
        change(next)
      },
      setLook: look => change({ look: { ...view.state.look, ...look } }),
      setTool(next) {
        tool = next
        drawing.request()
      },
      toggleFull: mode => full.toggle(mode),
      toggleLink: () => change({ linked: !view.state.linked }),
      reset: () => setRange(null),
      play: replay.toggle,
      help: help.toggle,
    },
    downloads.buttons,
  )
  const ranges = createRangeBar(view, change)
  const controls = createControls(model, change)
  const { apply } = host
  const codeBar = createCodeBar(apply && (next => apply(host.view, next)))
  const assumptions = element('details')
  const showTexts = (): void => {
    const { subject, assumptions: lines } = model.header
    chart.setAttribute('aria-roledescription', `map of ${subject.both.toLowerCase()}`)
    chart.setAttribute('aria-label', `${subject.both} of ${symbol} ${timeframe} by time and price. Press ? for keys.`)
    assumptions.replaceChildren(
      element('summary', {}, `Based on ${countText(lines.length, 'assumption')}`),
      element('ul', {}, ...lines.map(line => element('li', {}, line))),
    )
  }
  showTexts()
  const feed = createFeed(host, bar => {
    view.openBar = bar
    view.invalidate('range')
    drawing.request()
  })
  const main = element('div', { class: 'liqnb-x-main' }, chart, feed.node, ranges.node, toolbar.node, downloads.note)
  const side = element('div', { class: 'liqnb-x-side' }, controls.node, ...(panel ? [panel] : []), codeBar.node)
  frame.append(element('div', { class: 'liqnb-x-body' }, main, side), assumptions, help.node, status)
  const full = createFull(frame, () => drawing.request())
  const heightFor = (width: number): number => {
    const usual = width < 620 ? HEIGHT_NARROW : frame.clientWidth < SIDE_BY_SIDE ? HEIGHT : HEIGHT_WIDE
    return full.chartHeight(usual, [feed.node, ranges.node, toolbar.node])
  }

  const drawing = createDrawScheduler(
    frame,
    chart,
    host.theme,
    (width, theme) => {
      const height = heightFor(width)
      chart.style.height = `${height}px`
      // For the browser's own parts of form elements, such as the calendar of a date.
      frame.style.colorScheme = theme.dark ? 'dark' : 'light'
      view.draw(width, height, theme)
      chart.style.background = view.background
      if (view.state.clusters && !replay.playing) edge.request()
      if (!replay.playing) detail.request()
      controls.show(view.state, view.scale.max)
      codeBar.show(host.cellHeader, model.header, view.state)
      toolbar.show(tool, replay.playing, full.mode, link.possible)
      ranges.show()
      showTip()
    },
    () => view.release(),
  )

  /** Draws another map. */
  const redraw = (): void => {
    edge.reset()
    detail.reset()
    startFeed(1000)
    // Before texts change: drawing reads the width, which would force a layout.
    drawing.drawNow()
    showTexts()
  }

  const edge = createEdgeLoader(view, host, () => {
    view.columnChanged()
    drawing.request()
  })
  const detail = createDetailLoader(view, host, drawing.request)

  function showTip(): void {
    const { at, box, measure } = view.cursor
    const { unit } = model.header
    const readout = at && !box ? readAt(view.model, tierShares(view.state), at, view.lastColumn) : null
    const point = at && { x: view.scales.x(at.time), y: view.scales.y(at.price) }
    const isMeasured = measure !== null && !movedByKeys
    tip.show(readout && !isMeasured ? readoutLines(readout, view.cursorCluster, unit) : null, point, view.layout.plot)
    if (!readout) return
    if (movedByKeys) status.textContent = readoutText(readout, view.cursorCluster, unit)
    movedByKeys = false
  }

  bindPointer(chart, view, { tool: () => tool, setRange, cursorMoved }, signal)
  bindKeys(chart, keys, signal)
  const startFeed = (delayMs?: number) => feed.start(host.cellHeader.live === true, delayMs)
  startFeed()
  isolateKeys([ranges.node, toolbar.node, side], signal)

  return {
    draw: drawing.drawNow,
    refresh: drawing.refresh,
    restore(saved) {
      view.state = restoreState(model, saved)
      setPageCandles(view.state.look.candles)
      view.invalidate('mixture')
      view.invalidate('range')
      drawing.request()
    },
    show(next) {
      if (!sameControls(model, next.whole)) return null
      if (sameParts(maps, next)) {
        const before = replaceParts(maps, next)
        view.layersChanged()
        redraw()
        return before
      }
      // The crosshair stays under the pointer, or at the bar that keys have moved it to.
      const { at } = view.cursor
      const place = at && chart.matches(':hover') ? { x: view.scales.x(at.time), y: view.scales.y(at.price) } : null
      const saved = saveState(model, { ...view.state, range: continuedRange(maps, next, view.state) })
      const before = replaceParts(maps, next)
      view.state = restoreState(model, saved)
      view.mapsChanged()
      redraw()
      if (place) {
        view.cursor.at = { time: view.scales.time(place.x), price: view.scales.price(place.y) }
        redrawCursor()
      }
      return before
    },
    state: () => saveState(model, view.state),
    kernelOpened() {
      edge.reset()
      detail.reset()
      startFeed()
      drawing.request()
    },
    dispose() {
      controller.abort()
      drawing.stop()
      edge.stop()
      feed.stop()
      link.stop()
      full.leave()
      full.stop()
      detail.stop()
      replay.stop()
      view.release()
      frame.remove()
    },
  }
}
