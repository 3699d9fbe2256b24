/** Draws a table into an element: sortable headers, pages, nothing but text nodes. */
import { element, ensureStyle, messageOf, showProblem } from '../shared/dom.ts'
import { applyThemeStyle } from '../shared/theme.ts'
import { type ColumnFormat, formatOf } from './format.ts'
import { describeCut, describePage, formatCount, PAGE_SIZES, pageAfterResize, pageOf } from './paging.ts'
import { type Column, readTable, type Table } from './payload.ts'
import { nextSorting, type Sorting, sortRows } from './sort.ts'
import { TABLE_STYLE } from './style.ts'

/**
 * @param payload content of `application/vnd.dataresource+json`; anything else is answered by a message in `host`
 */
export function mountTable(host: HTMLElement, payload: unknown): void {
  ensureStyle(host, 'table', TABLE_STYLE)
  try {
    const view = tableView(readTable(payload))
    applyThemeStyle(host)
    host.replaceChildren(view)
  } catch (error) {
    showProblem(host, `This table cannot be shown: ${messageOf(error)}.`)
  }
}

function tableView(table: Table): HTMLElement {
  let sorting: Sorting | null = null
  let order: number[] | null = null
  let size: number = PAGE_SIZES[0]
  let page = 0

  const formats = table.columns.map(formatOf)
  const body = element('tbody')
  const status = element('span', { role: 'status' })
  const headers = table.columns.map((column, index) =>
    headerCell(column, formats[index]!, () => {
      sorting = nextSorting(sorting, index)
      order = sorting ? sortRows(table.columns[sorting.column]!, sorting.direction) : null
      page = 0
      draw()
    }),
  )

  const goTo = (index: number): void => {
    page = index
    draw()
  }
  const current = () => pageOf(table.rows, size, page)
  const pager = pageButtons({
    first: () => goTo(0),
    previous: () => goTo(page - 1),
    next: () => goTo(page + 1),
    last: () => goTo(current().count - 1),
  })
  const sizes = sizeSelect(size, chosen => {
    const first = current().start
    size = chosen
    goTo(pageAfterResize(first, size))
  })

  const draw = (): void => {
    const shown = current()
    page = shown.index
    const rows: HTMLTableRowElement[] = []
    for (let i = shown.start; i < shown.end; i++) rows.push(bodyRow(table.columns, formats, order?.[i] ?? i))
    body.replaceChildren(...rows)
    for (const [index, header] of headers.entries()) {
      if (sorting?.column === index) header.setAttribute('aria-sort', sorting.direction)
      else header.removeAttribute('aria-sort')
    }
    status.textContent = describePage(shown, table.rows)
    pager.enable(shown.index > 0, shown.index < shown.count - 1)
  }
  draw()

  const name = `Table, ${formatCount(table.totalRows)} rows, ${formatCount(table.columns.length)} columns`
  const grid = element('table', { 'aria-label': name }, element('thead', {}, element('tr', {}, ...headers)), body)
  const scroll = element('div', { class: 'liqnb-table-scroll', role: 'region', 'aria-label': name, tabindex: 0 }, grid)
  const foot = element('div', { class: 'liqnb-table-foot' }, status)
  if (table.rows > PAGE_SIZES[0]) foot.append(pager.node, sizes)
  const cut = describeCut(table.rows, table.totalRows)
  if (cut) foot.append(element('span', {}, cut))
  return element('div', { class: 'liqnb-table' }, scroll, foot)
}

function headerCell(column: Column, format: ColumnFormat, onClick: () => void): HTMLTableCellElement {
  const type = column.type === 'datetime' ? 'datetime (UTC)' : column.type
  const button = element(
    'button',
    { type: 'button', title: `${column.name}: ${type}` },
    element('span', {}, column.name),
    element('span', { class: 'arrow', 'aria-hidden': 'true' }),
  )
  button.addEventListener('click', onClick)
  return element('th', { scope: 'col', class: format.align }, button)
}

function bodyRow(columns: Column[], formats: ColumnFormat[], row: number): HTMLTableRowElement {
  const line = element('tr')
  for (const [index, column] of columns.entries()) {
    const format = formats[index]!
    const value = column.values[row] ?? null
    const cell = element('td', { class: column.type === 'datetime' ? 'time' : format.align })
    if (value === null) cell.classList.add('missing')
    else {
      cell.textContent = format.text(value)
      const full = format.full(value)
      if (full) cell.title = full
    }
    line.append(cell)
  }
  return line
}

type PageAction = 'first' | 'previous' | 'next' | 'last'

function pageButtons(actions: { [action in PageAction]: () => void }) {
  const button = (action: PageAction, sign: string): HTMLButtonElement => {
    const node = element('button', { type: 'button', 'aria-label': `${action} page`, title: `${action} page` }, sign)
    // `aria-disabled` rather than `disabled`: a button at the end of its way keeps the keyboard's focus.
    node.addEventListener('click', () => {
      if (!node.hasAttribute('aria-disabled')) actions[action]()
    })
    return node
  }
  const back = [button('first', '«'), button('previous', '‹')]
  const forward = [button('next', '›'), button('last', '»')]
  const set = (buttons: HTMLButtonElement[], enabled: boolean): void => {
    for (const node of buttons) {
      if (enabled) node.removeAttribute('aria-disabled')
      else node.setAttribute('aria-disabled', 'true')
    }
  }
  return {
    node: element('nav', { 'aria-label': 'Pages of the table' }, ...back, ...forward),
    enable(canGoBack: boolean, canGoForward: boolean) {
      set(back, canGoBack)
      set(forward, canGoForward)
    },
  }
}

function sizeSelect(selected: number, onChange: (size: number) => void): HTMLLabelElement {
  const options = PAGE_SIZES.map(size => element('option', { value: size, selected: size === selected }, String(size)))
  const select = element('select', {}, ...options)
  select.addEventListener('change', () => onChange(Number(select.value)))
  return element('label', {}, 'rows per page ', select)
}
