/** The list of trades: an ARIA grid of which only the rows that are seen are in the page. */
import { keepKey } from '../plot/keys.ts'
import { element } from '../shared/dom.ts'
import type { TradeColumn } from './columns.ts'
import type { StudyModel } from './model.ts'
import type { Sorting } from './state.ts'

export interface TradeList {
  readonly node: HTMLElement
  show(order: Int32Array, sorting: Sorting | null, selected: number | null): void
  stop(): void
}

export interface ListActions {
  sort(column: string): void
  /** Look at a trade; null: at none. */
  select(trade: number | null): void
}

const ROW_PX = 24
const BEYOND = 8
let lists = 0

export function tradeList(model: StudyModel, columns: readonly TradeColumn[], actions: ListActions): TradeList {
  const prefix = `liqnb-trades-${++lists}`
  const widths = columns
    .map(column => widthOf(model, column))
    .map(width => `minmax(${width}ch,${width}fr)`)
    .join(' ')
  const headings = columns.map(column => heading(column, () => actions.sort(column.key)))
  const head = element('div', { role: 'row', class: 'liqnb-x-tr liqnb-x-th', 'aria-rowindex': 1 }, ...headings)
  const body = element('div', { role: 'rowgroup', class: 'liqnb-x-tbody' })
  const node = element(
    'div',
    { class: 'liqnb-x-list', role: 'grid', tabindex: 0, 'aria-label': 'Trades', 'aria-colcount': columns.length },
    element('div', { role: 'rowgroup', class: 'liqnb-x-thead' }, head),
    body,
  )
  node.style.setProperty('--columns', widths)

  let order: Int32Array = new Int32Array(0)
  let selected: number | null = null
  /** Place in the list that the keyboard is at. */
  let active = 0
  let request = 0

  const rowOf = (place: number): HTMLElement => {
    const trade = order[place]!
    const cells = columns.map(column =>
      element('div', { role: 'gridcell', class: column.numeric ? 'right' : null }, column.text(trade)),
    )
    const row = element(
      'div',
      {
        role: 'row',
        class: 'liqnb-x-tr',
        id: `${prefix}-${trade}`,
        'aria-rowindex': place + 2,
        'aria-selected': trade === selected ? 'true' : 'false',
        'data-side': String(columns.find(({ key }) => key === 'side')!.value(trade)),
      },
      ...cells,
    )
    row.classList.toggle('liqnb-x-active', place === active)
    row.style.top = `${place * ROW_PX}px`
    row.addEventListener('click', () => {
      active = place
      actions.select(trade)
    })
    return row
  }
  const fill = (): void => {
    const top = Math.max(0, node.scrollTop)
    const first = Math.max(0, Math.floor(top / ROW_PX) - BEYOND)
    const last = Math.min(order.length, Math.ceil((top + node.clientHeight) / ROW_PX) + BEYOND)
    body.replaceChildren(...Array.from({ length: Math.max(0, last - first) }, (_, k) => rowOf(first + k)))
    const trade = order[active]
    if (trade === undefined || active < first || active >= last) node.removeAttribute('aria-activedescendant')
    else node.setAttribute('aria-activedescendant', `${prefix}-${trade}`)
  }
  const reveal = (): void => {
    const room = node.clientHeight - head.offsetHeight
    const top = active * ROW_PX
    if (top < node.scrollTop) node.scrollTop = top
    else if (top + ROW_PX > node.scrollTop + room) node.scrollTop = top + ROW_PX - room
  }
  const moveTo = (place: number): void => {
    active = Math.min(order.length - 1, Math.max(0, place))
    reveal()
    // Who looks at a trade goes on to look at the next one.
    if (selected !== null && order.length > 0) actions.select(order[active]!)
    else fill()
  }

  node.addEventListener('scroll', () => {
    request ||= requestAnimationFrame(() => {
      request = 0
      fill()
    })
  })
  node.addEventListener('keydown', event => {
    keepKey(event)
    if (event.target !== node || event.altKey || event.metaKey) return
    const page = Math.max(1, Math.floor(node.clientHeight / ROW_PX) - 2)
    const look = () => order.length > 0 && actions.select(order[active]!)
    const moves: { [key: string]: () => void } = {
      ArrowUp: () => moveTo(active - 1),
      ArrowDown: () => moveTo(active + 1),
      PageUp: () => moveTo(active - page),
      PageDown: () => moveTo(active + page),
      Home: () => moveTo(0),
      End: () => moveTo(order.length - 1),
      Enter: look,
      ' ': look,
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
      const moved = nextOrder !== order || nextSelected !== selected
      if (nextSelected !== null && nextOrder[active] !== nextSelected)
        active = Math.max(0, nextOrder.indexOf(nextSelected))
      else if (nextOrder !== order && nextSelected === null) active = 0
      order = nextOrder
      selected = nextSelected
      for (const [i, column] of columns.entries()) {
        if (sorting?.column === column.key)
          headings[i]!.setAttribute('aria-sort', sorting.descending ? 'descending' : 'ascending')
        else headings[i]!.removeAttribute('aria-sort')
      }
      if (!moved) return
      node.setAttribute('aria-rowcount', String(order.length + 1))
      body.style.height = `${order.length * ROW_PX}px`
      if (selected !== null) reveal()
      fill()
    },
    stop: () => cancelAnimationFrame(request),
  }
}

function heading({ name, hint, numeric }: TradeColumn, sort: () => void): HTMLElement {
  const button = element('button', { type: 'button', title: hint }, name)
  button.addEventListener('click', sort)
  return element('div', { role: 'columnheader', class: numeric ? 'right' : null }, button)
}

/** Characters that a column needs, by a sample of its values and the ends of its range. */
function widthOf({ trades }: StudyModel, column: TradeColumn): number {
  const sample = new Set<number>()
  const step = Math.max(1, Math.floor(trades.count / 40))
  let [low, high] = [0, 0]
  for (let i = 0; i < trades.count; i++) {
    if (i % step === 0) sample.add(i)
    if (!(column.value(i) >= column.value(low))) low = i
    if (!(column.value(i) <= column.value(high))) high = i
  }
  if (trades.count > 0) sample.add(low).add(high)
  return Math.max(column.name.length + 2, ...[...sample].map(i => column.text(i).length)) + 2
}
