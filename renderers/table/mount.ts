/** Shows a table. The kernel sorts, filters and pages it if it has more rows than the output, else the output does. */
import { countText } from '../../src/common/number-text.ts'
import { createFormat } from '../../src/table/format.ts'
import { ALL_ROWS, type Query, type Sorting } from '../../src/table/query.ts'
import type { Table } from '../../src/table/resource.ts'
import { rowsText } from '../../src/table/text.ts'
import { isAbort } from '../shared/channel.ts'
import { copyText } from '../shared/copy.ts'
import { element, ensureStyle, messageOf, showProblem } from '../shared/dom.ts'
import type { OutputHost } from '../shared/output-host.ts'
import { applyThemeStyle } from '../shared/theme.ts'
import { createBody, type PageTurn } from './body.ts'
import { TABLE_CSS } from './css.ts'
import { createHead, MAX_FILTER_CHARS, onTypingPause } from './header.ts'
import { createPager, createSizeSelect } from './pager.ts'
import { describeCut, describePage, formatCount, PAGE_SIZES, pageAfterResize, pageOf } from './paging.ts'
import { readTable, unpackTable } from './payload.ts'
import { kernelSource, localSource, type Rows, type TableSource } from './source.ts'
import { packState, type TableState, unpackState } from './state.ts'

/** Shorter work is not marked as busy. */
const BUSY_AFTER_MS = 150

/**
 * @param payload content of `application/vnd.dataresource+json`; for anything else `host` shows an error
 * @returns disposes the output
 */
export function mountTable(host: HTMLElement, payload: unknown, outputHost: OutputHost): () => void {
  ensureStyle(host, 'table', TABLE_CSS)
  let disposed = false
  let dispose = () => {}
  const fail = (error: unknown) => showProblem(host, `This table cannot be shown: ${messageOf(error)}.`)
  const show = (table: Table) => {
    const view = createTableView(table, outputHost)
    applyThemeStyle(host)
    host.replaceChildren(view.node)
    dispose = view.dispose
  }
  try {
    const table = readTable(payload)
    if (table.packed) {
      unpackTable(table)
        .then(whole => disposed || show(whole))
        .catch(error => disposed || fail(error))
    } else show(table)
  } catch (error) {
    fail(error)
  }
  return () => {
    disposed = true
    dispose()
  }
}

/** Successive clicks on a header: ascending, descending, the table's own order. */
export function nextSorting(current: Sorting | null, column: number): Sorting | null {
  if (current?.column !== column) return { column, direction: 'ascending' }
  return current.direction === 'ascending' ? { column, direction: 'descending' } : null
}

function createTableView(table: Table, outputHost: OutputHost): { node: HTMLElement; dispose: () => void } {
  const { columns } = table
  const hasPages = table.totalRows > PAGE_SIZES[0]
  const formats = columns.map(createFormat)
  const channel = outputHost.openChannel(table.channel)
  const local = localSource(table, outputHost.save)
  let source: TableSource = local
  let state: TableState = { query: ALL_ROWS, size: PAGE_SIZES[0], filters: false, statistics: hasPages }
  let page = 0
  let pageRows: Rows = { matching: table.rows, columns: [] }
  let latestDraw = 0
  let touched = false

  const name = `Table, ${countText(table.totalRows, 'row')}, ${countText(columns.length, 'column')}`
  const head = createHead(columns, formats, {
    sort: column => query({ sort: nextSorting(state.query.sort, column) }),
    filter: () => query({ filters: head.filters().map((text, column) => ({ column, text })) }),
  })
  const body = createBody(columns, formats, turnPage)
  const grid = element(
    'table',
    { role: 'grid', 'aria-label': name, 'aria-colcount': columns.length },
    head.node,
    body.node,
  )
  const scroll = element('div', { class: 'liqnb-table-scroll', role: 'region', 'aria-label': name, tabindex: 0 }, grid)
  scroll.addEventListener('scroll', () => scroll.classList.toggle('scrolled', scroll.scrollLeft > 0), { passive: true })
  const status = element('span', { role: 'status' })
  const note = element('span', { class: 'liqnb-table-note' })
  const error = element('span', { class: 'problem', role: 'alert', hidden: true })
  const pager = createPager(turnPage)
  const sizes = createSizeSelect(size => {
    const { start } = pageOf(pageRows.matching, state.size, page)
    change({ size })
    page = pageAfterResize(start, size)
    void draw()
  })
  const search = element('input', {
    type: 'search',
    maxlength: MAX_FILTER_CHARS,
    placeholder: 'Search',
    'aria-label': 'Search the table',
    spellcheck: 'false',
  })
  onTypingPause(search, () => query({ search: search.value }))
  const rerun = createTool('Run the cell', 'Run the cell of this table to see all of its rows', () =>
    outputHost.runCell?.(),
  )
  const filterTool = createTool('Filter', 'Filter each column', () => {
    change({ filters: !state.filters })
    if (!state.filters && head.filters().some(text => text !== '')) {
      head.setFilters([])
      query({ filters: [] })
    }
  })
  const statisticsTool = createTool('Columns', 'Show statistics of each column', () =>
    change({ statistics: !state.statistics }),
  )
  const copyTool = createTool('Copy', 'Copy the rows of this page for a spreadsheet (TSV)', copy)
  const csvTool = createTool('CSV', 'Save all rows as a CSV file', save)
  const tools = element('div', { class: 'liqnb-table-tools', role: 'toolbar', 'aria-label': 'Table' })
  if (hasPages) tools.append(search, filterTool, statisticsTool)
  tools.append(copyTool, csvTool)
  const foot = element('div', { class: 'liqnb-table-foot' }, status)
  if (hasPages) foot.append(pager.node, sizes.node)
  foot.append(note, rerun, error, tools)
  const node = element('div', { class: 'liqnb-table' }, scroll, foot)

  function turnPage(turn: PageTurn): boolean {
    const { index, count } = pageOf(pageRows.matching, state.size, page)
    const next = { first: 0, previous: index - 1, next: index + 1, last: count - 1 }[turn]
    if (next === index || next < 0 || next >= count) return false
    page = next
    void draw()
    return true
  }
  /** Changes the query and shows its first page. */
  function query(changes: Partial<Query>): void {
    change({ query: { ...state.query, ...changes } })
    page = 0
    void draw()
  }
  function change(next: Partial<TableState>): void {
    touched = true
    state = { ...state, ...next }
    outputHost.views.save(table.view, packState(state, columns))
    showState()
  }
  function showState(): void {
    head.showSorting(state.query.sort)
    head.showFilterRow(state.filters)
    head.showStatisticsRow(state.statistics)
    filterTool.setAttribute('aria-pressed', String(state.filters))
    statisticsTool.setAttribute('aria-pressed', String(state.statistics))
    sizes.show(state.size)
    if (state.statistics) void showStatistics()
  }
  function showError(text: string): void {
    error.hidden = text === ''
    error.textContent = text
  }

  async function draw(): Promise<void> {
    const turn = ++latestDraw
    const current = source
    const busyTimer = setTimeout(() => node.setAttribute('aria-busy', 'true'), BUSY_AFTER_MS)
    try {
      const rows = await current.rows(state.query, page * state.size, state.size)
      if (turn !== latestDraw) return
      pageRows = rows
      const view = pageOf(rows.matching, state.size, page)
      if (view.index !== page) {
        page = view.index
        return draw()
      }
      body.show(rows, view.start)
      grid.setAttribute('aria-rowcount', String(rows.matching + 1))
      const total = current === local ? table.rows : table.totalRows
      status.textContent = `${describePage(view, rows.matching)}${rows.matching < total ? `, filtered from ${formatCount(total)}` : ''}`
      pager.enable(view.index > 0, view.index < view.count - 1)
      showError('')
    } catch (problem) {
      if (turn === latestDraw && !isAbort(problem)) showError(messageOf(problem))
    } finally {
      clearTimeout(busyTimer)
      if (turn === latestDraw) node.removeAttribute('aria-busy')
    }
  }

  let describedSource: TableSource | null = null
  async function showStatistics(): Promise<void> {
    const current = source
    if (describedSource === current) return
    describedSource = current
    try {
      // One at a time, so that other requests to the kernel are answered in between.
      for (const index of columns.keys()) {
        const statistics = await current.statistics(index)
        if (describedSource !== current) return
        head.showStatistics(index, statistics)
      }
    } catch (problem) {
      if (describedSource === current && !isAbort(problem)) showError(messageOf(problem))
    }
  }

  async function copy(): Promise<void> {
    const rows = pageRows.columns[0]?.length ?? 0
    const pageColumns = columns.map((column, index) => ({ ...column, values: pageRows.columns[index] ?? [] }))
    try {
      await copyText(
        rowsText(
          pageColumns,
          Array.from({ length: rows }, (_, row) => row),
          'tsv',
          true,
        ),
      )
      note.textContent = `Copied ${countText(rows, 'row')}.`
    } catch (problem) {
      showError(`The rows could not be copied: ${messageOf(problem)}`)
    }
  }
  async function save(): Promise<void> {
    try {
      const message = await source.saveCsv(state.query)
      if (message !== null) note.textContent = message
    } catch (problem) {
      if (!isAbort(problem)) showError(`The CSV could not be written: ${messageOf(problem)}`)
    }
  }

  function showNote(reason: string): void {
    const cut = source === local ? describeCut(table.rows, table.totalRows) : ''
    note.textContent = cut && reason ? `${cut}. ${reason}` : cut
    rerun.hidden = !cut || !reason || outputHost.runCell === undefined
  }
  showNote('')
  showState()
  void draw()
  const loaded = outputHost.views.load(table.view)
  const apply = (saved: unknown) => {
    state = unpackState(saved, columns, { ...state, query: ALL_ROWS })
    head.setFilters(columns.map((_, index) => state.query.filters.find(({ column }) => column === index)?.text ?? ''))
    search.value = state.query.search
    showState()
    void draw()
  }
  void loaded.then(saved => {
    if (!touched && saved !== undefined) apply(saved)
  })
  const stopStates = outputHost.views.watch(table.view, saved => {
    if (JSON.stringify(saved) !== JSON.stringify(packState(state, columns))) apply(saved)
  })
  const stopWatching =
    table.totalRows > table.rows
      ? channel.watch(({ open, reason }) => {
          source = open ? kernelSource(channel) : local
          showNote(reason)
          if (state.statistics) void showStatistics()
          void draw()
        })
      : () => {}
  return {
    node,
    dispose() {
      latestDraw++
      describedSource = null
      stopStates()
      stopWatching()
      channel.dispose()
    },
  }
}

function createTool(text: string, title: string, onClick: () => void): HTMLButtonElement {
  const button = element('button', { type: 'button', title }, text)
  button.addEventListener('click', onClick)
  return button
}
