/** The view of one market: its elements, its state, and when it is drawn. */
import { countText } from '../../src/common/number-text.ts'
import { createCandleMenu } from '../plot/candle-menu.ts'
import type { Chart } from '../plot/chart-mount.ts'
import { createDrawScheduler } from '../plot/draw-scheduler.ts'
import { createHelp } from '../plot/help.ts'
import { createHintButton } from '../plot/hint-button.ts'
import { fileName, renderPng, renderSvg } from '../plot/image-file.ts'
import { bindKeys, isolateKeys } from '../plot/keys.ts'
import { pageCandles, watchPageCandles } from '../plot/page-candles.ts'
import { createSpanButtons } from '../plot/span-buttons.ts'
import { bindSpanPointer } from '../plot/span-pointer.ts'
import type { SpanName } from '../plot/spans.ts'
import type { Span } from '../plot/time-span.ts'
import type { Channel } from '../shared/channel.ts'
import { element, messageOf } from '../shared/dom.ts'
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
    'aria-label': `${header.symbol} ${header.timeframe} in ${countText(panels, 'panel')}: ${view.panels.map(({ title }) => title[0]).join('; ')}. Press ? for keys.`,
  })
  const tip = element('div', { class: 'liqnb-x-tip liqnb-x-pairs', hidden: true, 'aria-hidden': 'true' })
  const status = element('div', { class: 'liqnb-x-status', role: 'status', 'aria-live': 'polite' })
  const note = element('div', { class: 'liqnb-x-note', role: 'alert' })
  chart.append(...view.canvases.nodes, tip)

  const change = (next: Partial<ViewState>): void => {
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
    view.invalidate('cursor')
    drawing.request()
  }
  const download = async (kind: 'png' | 'svg'): Promise<void> => {
    note.textContent = ''
    try {
      drawing.drawNow()
      const { width, height } = view.layout
      const render = kind === 'png' ? renderPng : renderSvg
      const file = await render(width, height, ctx => view.drawTo(ctx))
      await options.save(file, fileName([header.symbol, header.timeframe, 'market'], 'market', kind))
    } catch (error) {
      note.textContent = `The ${kind.toUpperCase()} could not be created: ${messageOf(error)}`
    }
  }

  const keys = createBindings(view, {
    setRange,
    setSpan,
    cursorMoved() {
      movedByKeys = true
      cursorMoved()
    },
    help: () => help.toggle(),
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
  const toolbar = element(
    'div',
    { class: 'liqnb-x-toolbar liqnb-x-ranges', role: 'toolbar', 'aria-label': 'Market' },
    ...spans.nodes,
    element(
      'div',
      { class: 'liqnb-x-tools' },
      createHintButton('Reset', 'Back to the first view (R, double click)', () => setRange(null)),
      look.node,
      createHintButton('PNG', 'Download as PNG', () => void download('png')),
      createHintButton('SVG', 'Download as SVG', () => void download('svg')),
      createHintButton('?', 'Keys and mouse', () => help.toggle()),
    ),
  )
  frame.append(createHead(header), chart, toolbar, note, help.node, status)

  const drawing = createDrawScheduler(
    frame,
    chart,
    options.theme,
    (width, theme) => {
      const height = chartHeight(width, panels)
      chart.style.height = `${height}px`
      // For the browser's own parts of form elements, such as the calendar of a date.
      frame.style.colorScheme = theme.dark ? 'dark' : 'light'
      view.draw(width, height, theme)
      const [timeFrom, timeTo] = view.span
      spans.show(state.range ? null : state.span, { timeFrom, timeTo })
      look.show(state.candles)
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
    tip.hidden = !cursor || zoomSpan !== null
    if (!cursor || zoomSpan) return
    const readout = readAt(header, series, view.cursorCandle)
    tip.replaceChildren(...[readout.heading, ...readout.lines.flat()].map(text => element('span', {}, text)))
    const { offsetWidth, offsetHeight } = tip
    const fits = cursor.x + 14 + offsetWidth <= box.left + box.width
    const left = fits ? cursor.x + 14 : cursor.x - 14 - offsetWidth
    const top = Math.min(layout.height - offsetHeight - 4, Math.max(4, cursor.y + 14))
    tip.style.transform = `translate(${Math.max(2, Math.round(left))}px,${Math.round(top)}px)`
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
      stopCandles()
      drawing.stop()
      detail.stop()
      channel.dispose()
      view.release()
      frame.remove()
    },
  }
}
