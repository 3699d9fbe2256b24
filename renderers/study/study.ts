/** One study: its elements, its state, and what follows from a change of it. */
import { drawingOf } from '../plot/drawing.ts'
import { helpFor } from '../plot/help.ts'
import { keepKeys, listenToKeys } from '../plot/keys.ts'
import { fileName, pngOf, svgOf } from '../plot/picture.ts'
import { element, messageOf } from '../shared/dom.ts'
import { columnsOf, tradesCsv } from './columns.ts'
import { filterTrades, sortedTrades } from './filter-trades.ts'
import { filterBar } from './filters.ts'
import { type Span, spanOf, stageHeight } from './geometry.ts'
import { bindings, MOUSE } from './keyboard.ts'
import { tradeList } from './list.ts'
import type { StudyModel } from './model.ts'
import type { StudyOptions } from './options.ts'
import { listenToPointer } from './pointer.ts'
import { readAt, tradeSentence } from './readout.ts'
import { type Filters, initialState, restoreState, type ViewState } from './state.ts'
import { summaryOf } from './summary.ts'
import { View } from './view.ts'

export interface Study {
  /** Draws now what would be drawn with the next frame. */
  draw(): void
  /** Reads the theme and the width anew and draws now. */
  refresh(): void
  /** Shows choices that were changed elsewhere, such as by undo. */
  restore(kept: unknown): void
  readonly state: ViewState
  dispose(): void
}

/** @param kept what the reader chose before */
export function openStudy(frame: HTMLElement, model: StudyModel, kept: unknown, options: StudyOptions): Study {
  const { header, trades } = model
  const columns = columnsOf(model)
  const texts: string[] = []
  const life = new AbortController()
  let state = restoreState(
    model,
    columns.map(({ key }) => key),
    kept,
  )
  let order: Int32Array = new Int32Array(0)
  const view = new View(model, { range: state.range, chosen: order, selected: state.selected })

  const stage = element('div', {
    class: 'liqnb-x-stage',
    tabindex: 0,
    role: 'application',
    'aria-roledescription': 'chart of a backtest',
    'aria-label': `${header.title}, ${header.symbol} ${header.timeframe}: price with ${trades.count} trades, equity and drawdown. Press ? for keys.`,
  })
  const tip = element('div', { class: 'liqnb-x-tip liqnb-x-pairs', hidden: true, 'aria-hidden': 'true' })
  const note = element('div', { class: 'liqnb-x-note', role: 'alert' })
  const detail = element('p', { class: 'liqnb-x-detail', role: 'status', 'aria-live': 'polite' })
  stage.append(...view.canvases.nodes, tip)

  const rowText = (trade: number): string => {
    texts[trade] ??= columns
      .map(column => column.text(trade))
      .join(' ')
      .toLowerCase()
    return texts[trade]
  }
  /** What follows from filters and sorting. */
  const choose = (): void => {
    view.shown.chosen = filterTrades(trades, rowText, state.filters)
    order = sortedTrades(view.shown.chosen, columns, state.sorting)
    view.touch('choice')
  }
  const change = (next: Partial<ViewState>): void => {
    state = { ...state, ...next }
    const { filters, range, ...rest } = state
    options.states.save(header.id, {
      ...rest,
      filters: { ...filters },
      sorting: rest.sorting && { ...rest.sorting },
      range: range && [...range],
    })
    show(next)
  }
  const show = (changed: Partial<ViewState>): void => {
    if ('filters' in changed || 'sorting' in changed) choose()
    view.shown.range = state.range
    view.shown.selected = state.selected
    if ('range' in changed) view.touch('range')
    if ('selected' in changed) view.touch('selected')
    drawing.later()
  }
  const setRange = (range: Span | null): void => change({ range: range && [range[0], range[1]] })
  const select = (trade: number | null): void => {
    if (trade === null) change({ selected: null, range: null })
    else change({ selected: trade, range: [...spanOf(model, trade)] })
  }
  const step = (places: number): void => {
    const last = order.length - 1
    if (last < 0) return
    const at = state.selected === null ? -1 : order.indexOf(state.selected)
    const next = at >= 0 ? at + places : places > 0 ? 0 : last
    select(order[Math.min(last, Math.max(0, next))]!)
  }
  const filter = (filters: Filters): void => change({ filters })
  const save = async (kind: 'png' | 'svg' | 'csv'): Promise<void> => {
    note.textContent = ''
    try {
      drawing.now()
      const { width, height } = view.stage
      const file =
        kind === 'png'
          ? await pngOf(width, height, ink => view.drawWith(ink))
          : kind === 'svg'
            ? svgOf(width, height, ink => view.drawWith(ink))
            : new Blob([tradesCsv(model, order)], { type: 'text/csv' })
      await options.save(file, fileName([header.symbol, header.timeframe, header.title], 'study', kind))
    } catch (error) {
      note.textContent = `The ${kind.toUpperCase()} could not be made: ${messageOf(error)}`
    }
  }

  const cursorMoved = (): void => {
    view.touch('cursor')
    drawing.later()
  }
  const keys = bindings(view, {
    setRange,
    step,
    toEnd: last => order.length > 0 && select(order[last ? order.length - 1 : 0]!),
    deselect: () => select(null),
    cursorMoved,
    help: () => help.toggle(),
  })
  const help = helpFor(MOUSE, keys, stage)
  const button = (text: string, hint: string, run: () => void): HTMLButtonElement => {
    const node = element('button', { type: 'button', title: hint, 'aria-label': text.length > 2 ? null : hint }, text)
    node.addEventListener('click', run)
    return node
  }
  const strip = element(
    'div',
    { class: 'liqnb-x-strip' },
    detail,
    element(
      'div',
      { class: 'liqnb-x-tools', role: 'toolbar', 'aria-label': 'Study' },
      button('‹', 'Trade before', () => step(-1)),
      button('›', 'Next trade', () => step(1)),
      button('Reset', 'Look at no trade, and at all of the study', () => select(null)),
      element('span', { class: 'liqnb-x-gap' }),
      button('PNG', 'Download the chart as PNG', () => void save('png')),
      button('SVG', 'Download the chart as SVG', () => void save('svg')),
      button('CSV', 'Download the listed trades as CSV', () => void save('csv')),
      button('?', 'Keys and mouse', () => help.toggle()),
    ),
  )
  const filters = filterBar(model, filter)
  const summary = summaryOf(model, (rFrom, rTo) => filter({ ...state.filters, rFrom, rTo }))
  const list = tradeList(model, columns, {
    sort(column) {
      const { sorting } = state
      if (sorting?.column !== column) change({ sorting: { column, descending: false } })
      else change({ sorting: sorting.descending ? null : { column, descending: true } })
    },
    select,
  })
  const rests = element(
    'details',
    {},
    element('summary', {}, `Rests on ${header.assumptions.length} assumptions`),
    element('ul', {}, ...header.assumptions.map(line => element('li', {}, line))),
  )
  frame.append(stage, strip, note, filters.node, summary.node, list.node, rests, help.node)

  const drawing = drawingOf(
    frame,
    stage,
    options.theme,
    (width, theme) => {
      const height = stageHeight(width)
      stage.style.height = `${height}px`
      view.draw(width, height, theme)
      filters.show(state.filters, view.shown.chosen.length)
      summary.show(view.shown.chosen)
      summary.draw(theme)
      list.show(order, state.sorting, state.selected)
      detail.textContent = state.selected === null ? HINT : tradeSentence(model, state.selected)
      showTip()
    },
    () => view.free(),
  )

  function showTip(): void {
    const { cursor, box, stage: parts } = view
    tip.hidden = !cursor || box !== null
    if (!cursor || box) return
    const trade = view.tradeAt(cursor.x, cursor.y)
    const { heading, lines } = readAt(model, view, view.scales.price.time(cursor.x), trade)
    tip.replaceChildren(...[heading, ...lines.flat()].map(text => element('span', {}, text)))
    stage.style.cursor = trade === null ? '' : 'pointer'
    const { offsetWidth, offsetHeight } = tip
    const right = parts.price.left + parts.price.width
    const left = cursor.x + 14 + offsetWidth > right ? cursor.x - 14 - offsetWidth : cursor.x + 14
    const top = Math.min(parts.height - offsetHeight - 4, Math.max(4, cursor.y + 14))
    tip.style.transform = `translate(${Math.max(2, Math.round(left))}px,${Math.round(top)}px)`
  }

  listenToPointer(stage, view, { setRange, select, cursorMoved }, life.signal)
  listenToKeys(stage, keys, life.signal)
  keepKeys([strip, filters.node], life.signal)
  choose()

  return {
    draw: drawing.now,
    refresh: drawing.refresh,
    restore(next) {
      state =
        next === undefined
          ? initialState()
          : restoreState(
              model,
              columns.map(({ key }) => key),
              next,
            )
      show(state)
    },
    get state() {
      return state
    },
    dispose() {
      life.abort()
      drawing.stop()
      list.stop()
      view.free()
      frame.remove()
    },
  }
}

const HINT = 'Click on a row or an entry, or press → on the chart, to look at a trade.'
