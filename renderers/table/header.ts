/** The head of a table: sortable names, column statistics, and filters. */
import { countText, withMinus } from '../../src/common/number-text.ts'
import type { CellFormat } from '../../src/table/format.ts'
import type { Sorting } from '../../src/table/query.ts'
import type { TableColumn as Column } from '../../src/table/resource.ts'
import type { ColumnStatistics } from '../../src/table/statistics.ts'
import { element } from '../shared/dom.ts'
import { formatCount } from './paging.ts'

export interface TableHead {
  readonly node: HTMLTableSectionElement
  showSorting(sorting: Sorting | null): void
  showStatistics(column: number, statistics: ColumnStatistics): void
  showStatisticsRow(shown: boolean): void
  showFilterRow(shown: boolean): void
  /** The filter texts, one per column. */
  filters(): string[]
  setFilters(filters: readonly string[]): void
}

/** A filter is applied after a typing pause of this length. */
const TYPING_PAUSE_MS = 250
/** Limits what is saved in the notebook. */
export const MAX_FILTER_CHARS = 1000

export function createHead(
  columns: readonly Column[],
  formats: readonly CellFormat[],
  actions: { sort(column: number): void; filter(): void },
): TableHead {
  const names = columns.map((column, index) => nameCell(column, formats[index]!, () => actions.sort(index)))
  const statisticsCells = columns.map((_, index) => element('td', { class: formats[index]!.align }))
  const inputs = columns.map(column => filterInput(column, actions.filter))
  const statisticsRow = element('tr', { class: 'statistics' }, ...statisticsCells)
  const filterRow = element('tr', { class: 'filters' }, ...inputs.map(input => element('td', {}, input)))
  const nameRow = element('tr', {}, ...names)
  // Never moves the row of names, which may have the focus.
  const toggle = (row: HTMLTableRowElement, shown: boolean, before: HTMLTableRowElement): void => {
    if (!shown) row.remove()
    else if (row.parentNode === null) before.after(row)
  }
  return {
    node: element('thead', {}, nameRow),
    showSorting(sorting) {
      for (const [index, cell] of names.entries()) {
        if (sorting?.column === index) cell.setAttribute('aria-sort', sorting.direction)
        else cell.removeAttribute('aria-sort')
      }
    },
    showStatistics(index, statistics) {
      const cell = statisticsCells[index]!
      const { text, full } = describe(statistics, columns[index]!, formats[index]!)
      cell.title = full
      cell.replaceChildren(...createBars(statistics), element('span', {}, text))
    },
    showStatisticsRow(shown) {
      toggle(statisticsRow, shown, nameRow)
    },
    showFilterRow(shown) {
      toggle(filterRow, shown, statisticsRow.parentNode ? statisticsRow : nameRow)
    },
    filters: () => inputs.map(input => input.value),
    setFilters(filters) {
      for (const [index, input] of inputs.entries()) input.value = filters[index] ?? ''
    },
  }
}

function nameCell(column: Column, format: CellFormat, onClick: () => void): HTMLTableCellElement {
  const type = format.unit === '' ? column.type : `${column.type} (${format.unit})`
  const button = element(
    'button',
    { type: 'button', title: `${column.name}: ${type}` },
    element('span', {}, column.name),
    ...(format.unit === '' ? [] : [element('span', { class: 'unit' }, format.unit)]),
    element('span', { class: 'arrow', 'aria-hidden': 'true' }),
  )
  button.addEventListener('click', onClick)
  return element('th', { scope: 'col', class: format.align }, button)
}

const HINTS: { [type: string]: string } = {
  number: '>5  1..9',
  integer: '>5  1..9',
  datetime: '>2024-03',
  boolean: 'true',
}

function filterInput(column: Column, onFilter: () => void): HTMLInputElement {
  const input = element('input', {
    type: 'search',
    maxlength: MAX_FILTER_CHARS,
    'aria-label': `Filter ${column.name}`,
    placeholder: HINTS[column.type] ?? 'contains',
    title:
      'Numbers and dates: >5, <=5, 1..9, !=0, >1.5M, in the unit of the heading. Text: part, =whole, !without. Any column: = empty, != not empty.',
    spellcheck: 'false',
    autocomplete: 'off',
  })
  onTypingPause(input, onFilter)
  return input
}

/** Calls `listener` when the reader pauses typing or presses Enter. */
export function onTypingPause(input: HTMLInputElement, listener: () => void): void {
  let timer = 0
  let reported = input.value
  const report = () => {
    clearTimeout(timer)
    if (input.value === reported) return
    reported = input.value
    listener()
  }
  input.addEventListener('input', () => {
    clearTimeout(timer)
    timer = window.setTimeout(report, TYPING_PAUSE_MS)
  })
  input.addEventListener('change', report)
}

function describe(
  { count, missing, numbers, texts }: ColumnStatistics,
  column: Column,
  format: CellFormat,
): { text: string; full: string } {
  const gaps = missing > 0 ? [`${formatCount(missing)} missing`] : []
  const full = [countText(count, 'value'), ...gaps]
  let text = gaps.join('')
  if (column.type === 'boolean' && numbers) {
    text = `${Math.round(numbers.mean * 100)} % true`
    full.push(text)
  } else if (numbers) {
    // The day is enough here; the tooltip has the time.
    const short = (value: number) => (column.type === 'datetime' ? format.text(value).slice(0, 10) : format.text(value))
    const [low, high] = [short(numbers.min), short(numbers.max)]
    text = low === high ? low : `${low} – ${high}`
    full.push(`minimum ${format.full(numbers.min) || low}`, `maximum ${format.full(numbers.max) || high}`)
    full.push(
      `mean ${column.type === 'datetime' ? format.text(numbers.mean) : withMinus(String(Number(numbers.mean.toPrecision(6))))}`,
    )
  } else if (texts) {
    text = `${formatCount(texts.distinct)}${texts.more ? '+' : ''} different`
    full.push(text, ...texts.top.map(top => `${top.text}: ${formatCount(top.count)}`))
  }
  return { text, full: full.join('\n') }
}

const SVG = 'http://www.w3.org/2000/svg'
const WIDTH = 72
const HEIGHT = 18

/** A tiny bar chart: the distribution of numbers, or the counts of the most frequent texts. */
function createBars({ numbers, texts, count }: ColumnStatistics): Node[] {
  const bins = numbers && numbers.bins.length > 1 ? numbers.bins : (texts?.top.map(top => top.count) ?? [])
  if (bins.length < 2 || count === 0) return []
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`)
  svg.setAttribute('aria-hidden', 'true')
  const highest = Math.max(...bins)
  const width = WIDTH / bins.length
  for (const [index, bin] of bins.entries()) {
    if (bin === 0) continue
    const bar = document.createElementNS(SVG, 'rect')
    const height = Math.max(1, (bin / highest) * HEIGHT)
    const rect = { x: index * width, y: HEIGHT - height, width: Math.max(0.5, width - 0.6), height }
    for (const [name, value] of Object.entries(rect)) bar.setAttribute(name, value.toFixed(2))
    svg.append(bar)
  }
  return [svg]
}
