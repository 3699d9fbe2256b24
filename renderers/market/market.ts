/** The view of one market: its elements, its state, and when it is drawn. */
import { countText } from '../../src/common/number-text.ts'
import { createCandleMenu } from '../plot/candle-menu.ts'
import type { Chart } from '../plot/chart-mount.ts'
import { createDownloads, pictureFiles } from '../plot/download.ts'
import { createDrawScheduler } from '../plot/draw-scheduler.ts'
import { createFull, createFullButtons } from '../plot/full.ts'
import { createHelp } from '../plot/help.ts'
import { createHintButton } from '../plot/hint-button.ts'
import { bindKeys, isolateKeys } from '../plot/keys.ts'
import { createLink, createLinkButton } from '../plot/link.ts'
import { pageCandles, watchPageCandles } from '../plot/page-candles.ts'
import { createSpanButtons } from '../plot/span-buttons.ts'
import { bindSpanPointer } from '../plot/span-pointer.ts'
import type { SpanName } from '../plot/spans.ts'
import type { Span } from '../plot/time-span.ts'
import { createTip } from '../plot/tip.ts'
import type { Channel } from '../shared/channel.ts'
import { element } from '../shared/dom.ts'
import type { SaveFile } from '../shared/save.ts'
import type { ThemeSource } from '../shared/theme.ts'
import type { ViewStates } from '../shared/view-state.ts'
import { createDetailLoader } from './detail.ts'
import { chartHeight } from './geometry.ts'
import { createHead } from './head.ts'
import { createBindings, MOUSE_HELP } from './keyboard.ts'
import { historyOf, type MarketModel } from './model.ts'
import { panelCount } from './panels.ts'
import { readAt, readoutText } from './readout.ts'
import { restoreState, type ViewState } from './state.ts'
import { View } from './view.ts'

/** What the view needs from its surroundings. */
export interface MarketOptions {
  theme: ThemeSource
  save: SaveFile
  states: ViewStates
  /** Opens the payload's channel to the kernel. */
  connect(channel: string | undefined): Channel
}

/** @param saved the state that was saved in the notebook */
export function openMarket(
  frame: HTMLElement,
  model: MarketModel,
  saved: unknown,
  options: MarketOptions,
): Chart<ViewState> {
  const { header } = model
  const { symbol, timeframe } = header
  const controller = new AbortController()
  const { signal } = controller
  let state = restoreState(saved)
  let movedByKeys = false
  const shownOf = () => ({ ...state, candles: state.candles ?? pageCandles() })
  const view = new View(model, shownOf())
  const panels = panelCount(model.whole)

  const chart = element('div', {
    class: 'liqnb-x-chart',
    tabindex: 0,
    role: 'application',
    'aria-roledescription': 'chart of a market',
    'aria-label': `${symbol} ${timeframe} in ${countText(panels, 'panel')}: ${view.panels.map(({ title }) => title[0]).join('; ')}. Press ? for keys.`,
  })
  const tip = createTip('liqnb-x-pairs')
  const status = element('div', { class: 'liqnb-x-status', role: 'status', 'aria-live': 'polite' })
  chart.append(...view.canvases.nodes, tip.node)

  /** Chosen here: linked charts follow. */
  const change = (next: Partial<ViewState>): void => {
    accept(next)
    if (!('range' in next || next.linked)) return
    // The first view of another chart may be longer.
    const { span } = state
    const range = state.range ?? (span === 'first' ? view.visibleSpan(view.box.width) : null)
    link.send({ symbol, range: range && { timeFrom: range[0], timeTo: range[1] }, span })
  }
  const accept = (next: Partial<ViewState>): void => {
    state = { ...state, ...next }
    options.states.save(header.view, { ...state, range: state.range && [...state.range] })
    show()
  }
  const show = (): void => {
    view.shown = shownOf()
    view.invalidate('range')
    drawing.request()
  }
  const setRange = (range: Span | null): void =>
    change(range ? { range: [range[0], range[1]] } : { range: null, span: 'first' })
  const setSpan = (span: SpanName): void => change({ range: null, span })
  const cursorMoved = (): void => {
    link.send({ symbol, at: view.cursorAt })
    redrawCursor()
  }
  const redrawCursor = (): void => {
    view.invalidate('cursor')
    drawing.request()
  }
  const link = createLink({
    get linked() {
      return state.linked
    },
    membersChanged: () => drawing.request(),
    receive({ symbol: from, range, span, at }) {
      if (range !== undefined) accept({ range: range && [range.timeFrom, range.timeTo], ...(span && { span }) })
      if (at === undefined) return
      view.showCursor(at && { time: at.time, price: from === symbol ? at.price : undefined })
      redrawCursor()
    },
  })
  const downloads = createDownloads({
    save: options.save,
    name: [[symbol, timeframe, 'market'], 'market'],
    files: pictureFiles(view, () => drawing.drawNow()),
  })

  const keys = createBindings(view, {
    setRange,
    setSpan,
    cursorMoved() {
      movedByKeys = true
      cursorMoved()
    },
    help: () => help.toggle(),
    toggleFull: mode => full.toggle(mode),
  })
  const help = createHelp(MOUSE_HELP, keys, chart)
  const spans = createSpanButtons({
    history: () => historyOf(model),
    whole: 'the whole market',
    noun: 'market',
    choose: setSpan,
    setTimes: (from, to) => setRange([from, to]),
  })
  const look = createCandleMenu(candles => change({ candles }))
  const linkButton = createLinkButton('Range and crosshair', () => change({ linked: !state.linked }))
  const full = createFull(frame, () => drawing.request())
  const fullButtons = createFullButtons(full.toggle)
  const toolbar = element(
    'div',
    { class: 'liqnb-x-toolbar liqnb-x-ranges', role: 'toolbar', 'aria-label': 'Market' },
    ...spans.nodes,
    element(
      'div',
      { class: 'liqnb-x-tools' },
      createHintButton('Reset', 'Back to the first view (R, double click)', () => setRange(null)),
      look.node,
      linkButton.node,
      ...fullButtons.nodes,
      ...downloads.buttons,
      createHintButton('?', 'Keys and mouse', () => help.toggle()),
    ),
  )
  const head = createHead(header)
  frame.append(head, chart, toolbar, downloads.note, help.node, status)

  const drawing = createDrawScheduler(
    frame,
    chart,
    options.theme,
    (width, theme) => {
      const height = full.chartHeight(chartHeight(width, panels), [head, toolbar])
      chart.style.height = `${height}px`
      // For the browser's own parts of form elements, such as the calendar of a date.
      frame.style.colorScheme = theme.dark ? 'dark' : 'light'
      view.draw(width, height, theme)
      const [timeFrom, timeTo] = view.span
      spans.show(state.range ? null : state.span, { timeFrom, timeTo })
      look.show(state.candles)
      linkButton.show(state.linked, link.possible)
      fullButtons.show(full.mode)
      showTip()
      detail.request()
    },
    () => view.release(),
  )
  const channel = options.connect(header.channel)
  const detail = createDetailLoader(view, channel, () => {
    view.invalidate('range')
    drawing.request()
  })

  function showTip(): void {
    const { cursor, zoomSpan, layout, box, series } = view
    const readout = cursor && !zoomSpan ? readAt(header, series, view.cursorCandle) : null
    tip.show(readout, cursor, { ...box, top: 0, height: layout.height })
    if (!readout) return
    if (movedByKeys) status.textContent = readoutText(readout)
    movedByKeys = false
  }

  bindSpanPointer(chart, view, { setRange, cursorMoved }, signal)
  bindKeys(chart, keys, signal)
  isolateKeys([toolbar], signal)
  const stopCandles = watchPageCandles(show)

  return {
    draw: drawing.drawNow,
    refresh: drawing.refresh,
    restore(saved) {
      state = restoreState(saved)
      show()
    },
    get state() {
      return state
    },
    dispose() {
      controller.abort()
      link.stop()
      full.leave()
      full.stop()
      stopCandles()
      drawing.stop()
      detail.stop()
      channel.dispose()
      view.release()
      frame.remove()
    },
  }
}
