/** One study: its elements, its state, and when it is drawn. */
import { countText } from '../../src/common/number-text.ts'
import { createCandleMenu } from '../plot/candle-menu.ts'
import type { Chart } from '../plot/chart-mount.ts'
import { createDownloads, pictureFiles } from '../plot/download.ts'
import { createDrawScheduler } from '../plot/draw-scheduler.ts'
import { createHelp } from '../plot/help.ts'
import { createHintButton } from '../plot/hint-button.ts'
import { bindKeys, isolateKeys } from '../plot/keys.ts'
import { pageCandles, watchPageCandles } from '../plot/page-candles.ts'
import { bindSpanPointer } from '../plot/span-pointer.ts'
import type { Span } from '../plot/time-span.ts'
import { createTip } from '../plot/tip.ts'
import { element } from '../shared/dom.ts'
import { createColumns, tradesCsv } from './columns.ts'
import { filterTrades, sortedTrades } from './filter-trades.ts'
import { createFilterBar } from './filters.ts'
import { chartHeight, tradeSpan } from './geometry.ts'
import { createBindings, MOUSE_HELP } from './keyboard.ts'
import { createTradeList } from './list.ts'
import type { StudyModel } from './model.ts'
import type { StudyOptions } from './options.ts'
import { readAt, tradeSentence } from './readout.ts'
import { type Filters, restoreState, type ViewState } from './state.ts'
import { createSummary } from './summary.ts'
import { View } from './view.ts'

/** @param saved the state that was saved in the notebook */
export function openStudy(
  frame: HTMLElement,
  model: StudyModel,
  saved: unknown,
  options: StudyOptions,
): Chart<ViewState> {
  const { header, trades } = model
  const columns = createColumns(model)
  const columnKeys = columns.map(({ key }) => key)
  const rowTexts: string[] = []
  const controller = new AbortController()
  let state = restoreState(model, columnKeys, saved)
  let order: Int32Array = new Int32Array(0)
  const view = new View(model, {
    range: state.range,
    filtered: order,
    selected: state.selected,
    candles: state.candles ?? pageCandles(),
  })

  const chart = element('div', {
    class: 'liqnb-x-chart',
    tabindex: 0,
    role: 'application',
    'aria-roledescription': 'chart of a backtest',
    'aria-label': `${header.title}, ${header.symbol} ${header.timeframe}: price with ${countText(trades.count, 'trade')}, equity and drawdown. Press ? for keys.`,
  })
  const tip = createTip('liqnb-x-pairs')
  const detail = element('p', { class: 'liqnb-x-detail', role: 'status', 'aria-live': 'polite' })
  chart.append(...view.canvases.nodes, tip.node)

  const rowText = (trade: number): string => {
    rowTexts[trade] ??= columns
      .map(column => column.text(trade))
      .join(' ')
      .toLowerCase()
    return rowTexts[trade]
  }
  /** Updates everything that depends on filters and sorting. */
  const applyFilters = (): void => {
    view.shown.filtered = filterTrades(trades, rowText, state.filters)
    order = sortedTrades(view.shown.filtered, columns, state.sorting)
    view.invalidate('filters')
  }
  const change = (next: Partial<ViewState>): void => {
    state = { ...state, ...next }
    const { filters, sorting, range, selected, candles } = state
    options.states.save(header.id, {
      selected,
      filters: { ...filters },
      sorting: sorting && { ...sorting },
      range: range && [...range],
      candles,
    })
    show(next)
  }
  const show = (changed: Partial<ViewState>): void => {
    if ('filters' in changed || 'sorting' in changed) applyFilters()
    view.shown.range = state.range
    view.shown.selected = state.selected
    view.shown.candles = state.candles ?? pageCandles()
    if ('range' in changed) view.invalidate('range')
    if ('selected' in changed) view.invalidate('selected')
    drawing.request()
  }
  const setRange = (range: Span | null): void => change({ range: range && [range[0], range[1]] })
  const select = (trade: number | null): void => {
    if (trade === null) change({ selected: null, range: null })
    else change({ selected: trade, range: [...tradeSpan(model, trade)] })
  }
  const selectRow = (index: number): void => {
    const trade = order[Math.min(order.length - 1, Math.max(0, index))]
    if (trade !== undefined) select(trade)
  }
  const step = (rows: number): void => {
    const current = state.selected === null ? -1 : order.indexOf(state.selected)
    selectRow(current >= 0 ? current + rows : rows > 0 ? 0 : order.length - 1)
  }
  const filter = (filters: Filters): void => change({ filters })
  const downloads = createDownloads({
    save: options.save,
    name: [[header.symbol, header.timeframe, header.title], 'study'],
    files: {
      ...pictureFiles(view, () => drawing.drawNow()),
      csv: () => new Blob([tradesCsv(model, order)], { type: 'text/csv' }),
    },
    hint: kind => `Download the ${kind === 'CSV' ? 'listed trades' : 'chart'} as ${kind}`,
  })

  const cursorMoved = (): void => {
    view.invalidate('cursor')
    drawing.request()
  }
  const keys = createBindings(view, {
    setRange,
    step,
    selectEnd: end => selectRow(end === 'last' ? order.length - 1 : 0),
    deselect: () => select(null),
    cursorMoved,
    help: () => help.toggle(),
  })
  const help = createHelp(MOUSE_HELP, keys, chart)
  const look = createCandleMenu(candles => change({ candles }))
  const toolbar = element(
    'div',
    { class: 'liqnb-x-toolbar' },
    detail,
    element(
      'div',
      { class: 'liqnb-x-tools', role: 'toolbar', 'aria-label': 'Study' },
      createHintButton('‹', 'Previous trade', () => step(-1)),
      createHintButton('›', 'Next trade', () => step(1)),
      createHintButton('Reset', 'Deselect, and show the whole study', () => select(null)),
      look.node,
      element('span', { class: 'liqnb-x-gap' }),
      ...downloads.buttons,
      createHintButton('?', 'Keys and mouse', () => help.toggle()),
    ),
  )
  const filters = createFilterBar(model, filter)
  const summary = createSummary(model, (rFrom, rTo) => filter({ ...state.filters, rFrom, rTo }))
  const list = createTradeList(model, columns, {
    sort(column) {
      const { sorting } = state
      if (sorting?.column !== column) change({ sorting: { column, descending: false } })
      else change({ sorting: sorting.descending ? null : { column, descending: true } })
    },
    select,
  })
  const assumptions = element(
    'details',
    {},
    element('summary', {}, `Based on ${countText(header.assumptions.length, 'assumption')}`),
    element('ul', {}, ...header.assumptions.map(line => element('li', {}, line))),
  )
  const placebo = header.placebo === undefined ? [] : [element('p', { class: 'liqnb-x-dim' }, header.placebo)]
  frame.append(
    chart,
    toolbar,
    downloads.note,
    filters.node,
    summary.node,
    ...placebo,
    list.node,
    assumptions,
    help.node,
  )

  const drawing = createDrawScheduler(
    frame,
    chart,
    options.theme,
    (width, theme) => {
      const height = chartHeight(width)
      chart.style.height = `${height}px`
      view.draw(width, height, theme)
      filters.show(state.filters, view.shown.filtered.length)
      look.show(state.candles)
      summary.show(view.shown.filtered)
      summary.draw(theme)
      list.show(order, state.sorting, state.selected)
      detail.textContent = state.selected === null ? HINT : tradeSentence(model, state.selected)
      showTip()
    },
    () => view.release(),
  )

  function showTip(): void {
    const { cursor, zoomSpan, layout } = view
    const trade = cursor && !zoomSpan ? view.tradeAt(cursor.x, cursor.y) : null
    const readout = cursor && !zoomSpan ? readAt(model, view, view.scales.price.time(cursor.x), trade) : null
    tip.show(readout, cursor, { ...layout.price, top: 0, height: layout.height })
    chart.style.cursor = trade === null ? '' : 'pointer'
  }

  const click = (x: number, y: number): void => {
    const trade = view.tradeAt(x, y)
    if (trade !== null) select(trade)
  }
  bindSpanPointer(chart, view, { setRange, click, cursorMoved }, controller.signal)
  bindKeys(chart, keys, controller.signal)
  isolateKeys([toolbar, filters.node], controller.signal)
  applyFilters()
  const stopCandles = watchPageCandles(() => show({}))

  return {
    draw: drawing.drawNow,
    refresh: drawing.refresh,
    restore(saved) {
      state = restoreState(model, columnKeys, saved)
      show(state)
    },
    get state() {
      return state
    },
    dispose() {
      controller.abort()
      stopCandles()
      drawing.stop()
      list.stop()
      view.release()
      frame.remove()
    },
  }
}

const HINT = 'Click on a row or an entry, or press → on the chart, to select a trade.'
