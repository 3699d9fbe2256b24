/** Draws a table into an element: sorted, filtered and paged by the kernel where it has the rows, else by the output's own. */
import { type Query, type Sorting, WHOLE } from '../../src/table/query.ts'
import { rowsText } from '../../src/table/text.ts'
import { isAbort } from '../shared/channel.ts'
import { copyText } from '../shared/copy.ts'
import { element, ensureStyle, messageOf, showProblem } from '../shared/dom.ts'
import type { OutputHost } from '../shared/output-host.ts'
import { applyThemeStyle } from '../shared/theme.ts'
import { createBody, type Turn } from './body.ts'
import { TABLE_CSS } from './css.ts'
import { formatOf } from './format.ts'
import { createHead, MAX_TYPED, onPause } from './header.ts'
import { createPager, createSizeSelect } from './pager.ts'
import { describeCut, describePage, formatCount, PAGE_SIZES, pageAfterResize, pageOf } from './paging.ts'
import { readTable, type Table } from './payload.ts'
import { kernelSource, localSource, type Rows, type TableSource } from './source.ts'
import { packState, type TableState, unpackState } from './state.ts'

/** Work that is over sooner is not worth a sign. */
const SIGN_AFTER_MS = 150

/**
 * @param payload content of `application/vnd.dataresource+json`; anything else is answered by a message in `host`
 * @returns what to call when the output goes
 */
export function mountTable(host: HTMLElement, payload: unknown, place: OutputHost): () => void {
  ensureStyle(host, 'table', TABLE_CSS)
  try {
    const { node, dispose } = tableView(readTable(payload), place)
    applyThemeStyle(host)
    host.replaceChildren(node)
    return dispose
  } catch (error) {
    showProblem(host, `This table cannot be shown: ${messageOf(error)}.`)
    return () => {}
  }
}

/** Successive clicks on a header: ascending, descending, the table's own order. */
export function nextSorting(current: Sorting | null, column: number): Sorting | null {
  if (current?.column !== column) return { column, direction: 'ascending' }
  return current.direction === 'ascending' ? { column, direction: 'descending' } : null
}

function tableView(table: Table, place: OutputHost): { node: HTMLElement; dispose: () => void } {
  const { columns } = table
  const long = table.totalRows > PAGE_SIZES[0]
  const formats = columns.map(formatOf)
  const channel = place.openChannel(table.channel)
  const local = localSource(table, place.save)
  let source: TableSource = local
  let state: TableState = { query: WHOLE, size: PAGE_SIZES[0], filters: false, statistics: long }
  let page = 0
  let shown: Rows = { matching: table.rows, columns: [] }
  let drawing = 0
  let touched = false

  const name = `Table, ${formatCount(table.totalRows)} rows, ${formatCount(columns.length)} columns`
  const head = createHead(columns, formats, {
    sort: column => ask({ sort: nextSorting(state.query.sort, column) }),
    filter: () => ask({ filters: head.filters().map((text, column) => ({ column, text })) }),
  })
  const body = createBody(columns, formats, turnPage)
  const grid = element(
    'table',
    { role: 'grid', 'aria-label': name, 'aria-colcount': columns.length },
    head.node,
    body.node,
  )
  const scroll = element('div', { class: 'liqnb-table-scroll', role: 'region', 'aria-label': name, tabindex: 0 }, grid)
  const status = element('span', { role: 'status' })
  const note = element('span', { class: 'liqnb-table-note' })
  const problem = element('span', { class: 'problem', role: 'alert', hidden: true })
  const pager = createPager(turnPage)
  const sizes = createSizeSelect(size => {
    const { start } = pageOf(shown.matching, state.size, page)
    change({ size })
    page = pageAfterResize(start, size)
    void draw()
  })
  const search = element('input', {
    type: 'search',
    maxlength: MAX_TYPED,
    placeholder: 'Search',
    'aria-label': 'Search the table',
    spellcheck: 'false',
  })
  onPause(search, () => ask({ search: search.value }))
  const rerun = tool('Run the cell', 'Run the cell of this table to see all of its rows', () => place.runCell?.())
  const filterTool = tool('Filter', 'Filter each column', () => {
    change({ filters: !state.filters })
    if (!state.filters && head.filters().some(text => text !== '')) {
      head.setFilters([])
      ask({ filters: [] })
    }
  })
  const statisticsTool = tool('Columns', 'What is in each column', () => change({ statistics: !state.statistics }))
  const copyTool = tool('Copy', 'Copy these rows for a spreadsheet (TSV)', copy)
  const csvTool = tool('CSV', 'Save all rows as a CSV file', save)
  const tools = element('div', { class: 'liqnb-table-tools', role: 'toolbar', 'aria-label': 'Table' })
  if (long) tools.append(search, filterTool, statisticsTool)
  tools.append(copyTool, csvTool)
  const foot = element('div', { class: 'liqnb-table-foot' }, status)
  if (long) foot.append(pager.node, sizes.node)
  foot.append(note, rerun, problem, tools)
  const node = element('div', { class: 'liqnb-table' }, scroll, foot)

  function turnPage(turn: Turn): boolean {
    const { index, count } = pageOf(shown.matching, state.size, page)
    const next = { first: 0, previous: index - 1, next: index + 1, last: count - 1 }[turn]
    if (next === index || next < 0 || next >= count) return false
    page = next
    void draw()
    return true
  }
  /** Another query, from its first page on. */
  function ask(query: Partial<Query>): void {
    change({ query: { ...state.query, ...query } })
    page = 0
    void draw()
  }
  function change(next: Partial<TableState>): void {
    touched = true
    state = { ...state, ...next }
    place.views.save(table.view, packState(state, columns))
    showState()
  }
  function showState(): void {
    head.showSorting(state.query.sort)
    head.filtersShown(state.filters)
    head.statisticsShown(state.statistics)
    filterTool.setAttribute('aria-pressed', String(state.filters))
    statisticsTool.setAttribute('aria-pressed', String(state.statistics))
    sizes.show(state.size)
    if (state.statistics) void showStatistics()
  }
  function say(text: string): void {
    problem.hidden = text === ''
    problem.textContent = text
  }

  async function draw(): Promise<void> {
    const own = ++drawing
    const from = source
    const sign = setTimeout(() => node.setAttribute('aria-busy', 'true'), SIGN_AFTER_MS)
    try {
      const rows = await from.rows(state.query, page * state.size, state.size)
      if (own !== drawing) return
      shown = rows
      const view = pageOf(rows.matching, state.size, page)
      if (view.index !== page) {
        page = view.index
        return draw()
      }
      body.show(rows, view.start)
      grid.setAttribute('aria-rowcount', String(rows.matching + 1))
      const all = from === local ? table.rows : table.totalRows
      status.textContent = `${describePage(view, rows.matching)}${rows.matching < all ? `, chosen from ${formatCount(all)}` : ''}`
      pager.enable(view.index > 0, view.index < view.count - 1)
      say('')
    } catch (error) {
      if (own === drawing && !isAbort(error)) say(messageOf(error))
    } finally {
      clearTimeout(sign)
      if (own === drawing) node.removeAttribute('aria-busy')
    }
  }

  let described: TableSource | null = null
  async function showStatistics(): Promise<void> {
    const from = source
    if (described === from) return
    described = from
    try {
      // One after the other: the kernel may have other things to do.
      for (const index of columns.keys()) {
        const statistics = await from.statistics(index)
        if (described !== from) return
        head.showStatistics(index, statistics)
      }
    } catch (error) {
      if (described === from && !isAbort(error)) say(messageOf(error))
    }
  }

  async function copy(): Promise<void> {
    const rows = shown.columns[0]?.length ?? 0
    const pageColumns = columns.map((column, index) => ({ ...column, values: shown.columns[index] ?? [] }))
    try {
      await copyText(
        rowsText(
          pageColumns,
          Array.from({ length: rows }, (_, row) => row),
          'tsv',
          true,
        ),
      )
      note.textContent = `Copied ${formatCount(rows)} rows.`
    } catch (error) {
      say(`The rows could not be copied: ${messageOf(error)}`)
    }
  }
  async function save(): Promise<void> {
    try {
      const word = await source.saveCsv(state.query)
      if (word !== null) note.textContent = word
    } catch (error) {
      if (!isAbort(error)) say(`The CSV could not be written: ${messageOf(error)}`)
    }
  }

  function showNote(why: string): void {
    const cut = source === local ? describeCut(table.rows, table.totalRows) : ''
    note.textContent = cut && why ? `${cut}. ${why}` : cut
    rerun.hidden = !cut || !why || place.runCell === undefined
  }
  showNote('')
  showState()
  void draw()
  const loaded = place.views.load(table.view)
  const apply = (kept: unknown) => {
    state = unpackState(kept, columns, { ...state, query: WHOLE })
    head.setFilters(columns.map((_, index) => state.query.filters.find(({ column }) => column === index)?.text ?? ''))
    search.value = state.query.search
    showState()
    void draw()
  }
  void loaded.then(kept => {
    if (!touched && kept !== undefined) apply(kept)
  })
  const stopStates = place.views.watch(table.view, kept => {
    if (JSON.stringify(kept) !== JSON.stringify(packState(state, columns))) apply(kept)
  })
  const stopWatching =
    table.totalRows > table.rows
      ? channel.watch(({ open, why }) => {
          source = open ? kernelSource(channel) : local
          showNote(why)
          if (state.statistics) void showStatistics()
          void draw()
        })
      : () => {}
  return {
    node,
    dispose() {
      drawing++
      described = null
      stopStates()
      stopWatching()
      channel.dispose()
    },
  }
}

function tool(text: string, title: string, onClick: () => void): HTMLButtonElement {
  const button = element('button', { type: 'button', title }, text)
  button.addEventListener('click', onClick)
  return button
}
