/** The trade list: an ARIA grid that renders only its visible rows. */
import { isolateKey } from '../plot/keys.ts'
import { element } from '../shared/dom.ts'
import type { TradeColumn } from './columns.ts'
import { type StudyModel, sideOf } from './model.ts'
import type { Sorting } from './state.ts'

export interface TradeList {
  readonly node: HTMLElement
  show(order: Int32Array, sorting: Sorting | null, selected: number | null): void
  stop(): void
}

export interface ListActions {
  sort(column: string): void
  /** null: deselects. */
  select(trade: number | null): void
}

const ROW_PX = 24
const OVERSCAN_ROWS = 8
/**
 * In widths of a digit: the padding on each side of a cell, as in css.ts, and the arrow of the sorted column, which lies on the
 * padding between two columns, but beside the name in the last one.
 */
const PADDING_CH = 0.55
const ARROW_CH = 1.5
let lists = 0

export function createTradeList(model: StudyModel, columns: readonly TradeColumn[], actions: ListActions): TradeList {
  const idPrefix = `liqnb-trades-${++lists}`
  const last = columns.length - 1
  const widths = columns.map((column, i) => columnWidth(model, column) + (i === last ? ARROW_CH : 0))
  const headings = columns.map(column => createHeading(column, () => actions.sort(column.key)))
  const head = element('div', { role: 'row', class: 'liqnb-x-tr liqnb-x-th', 'aria-rowindex': 1 }, ...headings)
  const body = element('div', { role: 'rowgroup', class: 'liqnb-x-tbody' })
  const node = element(
    'div',
    { class: 'liqnb-x-list', role: 'grid', tabindex: 0, 'aria-label': 'Trades', 'aria-colcount': columns.length },
    element('div', { role: 'rowgroup', class: 'liqnb-x-thead' }, head),
    body,
  )
  node.style.setProperty('--columns', widths.map(width => `minmax(0,${width}fr)`).join(' '))
  node.style.setProperty('--width', `${widths.reduce((a, b) => a + b)}ch`)

  let order: Int32Array = new Int32Array(0)
  let selected: number | null = null
  /** Index of the active row. */
  let active = 0
  let request = 0

  const createRow = (index: number): HTMLElement => {
    const trade = order[index]!
    const cells = columns.map(column =>
      element('div', { role: 'gridcell', class: column.numeric ? 'right' : null }, column.text(trade)),
    )
    const row = element(
      'div',
      {
        role: 'row',
        class: 'liqnb-x-tr',
        id: `${idPrefix}-${trade}`,
        'aria-rowindex': index + 2,
        'aria-selected': trade === selected ? 'true' : 'false',
        'data-side': sideOf(model.trades, trade),
      },
      ...cells,
    )
    row.classList.toggle('liqnb-x-active', index === active)
    row.style.top = `${index * ROW_PX}px`
    row.addEventListener('click', () => {
      active = index
      actions.select(trade)
    })
    return row
  }
  const renderRows = (): void => {
    const top = Math.max(0, node.scrollTop)
    const first = Math.max(0, Math.floor(top / ROW_PX) - OVERSCAN_ROWS)
    const last = Math.min(order.length, Math.ceil((top + node.clientHeight) / ROW_PX) + OVERSCAN_ROWS)
    body.replaceChildren(...Array.from({ length: Math.max(0, last - first) }, (_, k) => createRow(first + k)))
    const trade = order[active]
    if (trade === undefined || active < first || active >= last) node.removeAttribute('aria-activedescendant')
    else node.setAttribute('aria-activedescendant', `${idPrefix}-${trade}`)
  }
  const reveal = (): void => {
    const height = node.clientHeight - head.offsetHeight
    const top = active * ROW_PX
    if (top < node.scrollTop) node.scrollTop = top
    else if (top + ROW_PX > node.scrollTop + height) node.scrollTop = top + ROW_PX - height
  }
  const moveTo = (index: number): void => {
    active = Math.min(order.length - 1, Math.max(0, index))
    reveal()
    // With a selected trade, moving selects the next one.
    if (selected !== null && order.length > 0) selectActive()
    else renderRows()
  }

  const selectActive = (): void => {
    const trade = order[active]
    if (trade !== undefined) actions.select(trade)
  }

  node.addEventListener('scroll', () => {
    request ||= requestAnimationFrame(() => {
      request = 0
      renderRows()
    })
  })
  node.addEventListener('keydown', event => {
    isolateKey(event)
    if (event.target !== node || event.altKey || event.metaKey) return
    const page = Math.max(1, Math.floor(node.clientHeight / ROW_PX) - 2)
    const moves: { [key: string]: () => void } = {
      ArrowUp: () => moveTo(active - 1),
      ArrowDown: () => moveTo(active + 1),
      PageUp: () => moveTo(active - page),
      PageDown: () => moveTo(active + page),
      Home: () => moveTo(0),
      End: () => moveTo(order.length - 1),
      Enter: selectActive,
      ' ': selectActive,
      Escape: () => actions.select(null),
    }
    const move = Object.hasOwn(moves, event.key) ? moves[event.key] : undefined
    if (!move) return
    event.preventDefault()
    move()
  })

  return {
    node,
    show(nextOrder, sorting, nextSelected) {
      const changed = nextOrder !== order || nextSelected !== selected
      if (nextSelected !== null && nextOrder[active] !== nextSelected)
        active = Math.max(0, nextOrder.indexOf(nextSelected))
      else if (nextOrder !== order && nextSelected === null) active = 0
      order = nextOrder
      selected = nextSelected
      for (const [i, heading] of headings.entries()) {
        if (sorting && sorting.column === columns[i]!.key)
          heading.setAttribute('aria-sort', sorting.descending ? 'descending' : 'ascending')
        else heading.removeAttribute('aria-sort')
      }
      if (!changed) return
      node.setAttribute('aria-rowcount', String(order.length + 1))
      body.style.height = `${order.length * ROW_PX}px`
      if (selected !== null) reveal()
      renderRows()
    },
    stop: () => cancelAnimationFrame(request),
  }
}

function createHeading({ name, hint, numeric }: TradeColumn, sort: () => void): HTMLElement {
  const button = element('button', { type: 'button', title: hint }, name)
  button.addEventListener('click', sort)
  return element('div', { role: 'columnheader', class: numeric ? 'right' : null }, button)
}

/** Width of a column in characters, from a sample of its values and its extremes. */
function columnWidth({ trades }: StudyModel, column: TradeColumn): number {
  const sample = new Set<number>()
  const step = Math.max(1, Math.floor(trades.count / 40))
  let [low, high] = [0, 0]
  for (let i = 0; i < trades.count; i++) {
    if (i % step === 0) sample.add(i)
    if (!(column.value(i) >= column.value(low))) low = i
    if (!(column.value(i) <= column.value(high))) high = i
  }
  if (trades.count > 0) sample.add(low).add(high)
  return Math.max(column.name.length, ...[...sample].map(i => column.text(i).length)) + 2 * PADDING_CH
}
