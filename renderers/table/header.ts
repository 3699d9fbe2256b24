/** The head of a table: names that sort, what is in each column, and filters. */
import type { Sorting } from '../../src/table/query.ts'
import type { ColumnStatistics } from '../../src/table/statistics.ts'
import { element } from '../shared/dom.ts'
import type { ColumnFormat } from './format.ts'
import { formatCount } from './paging.ts'
import type { Column } from './payload.ts'

export interface TableHead {
  readonly node: HTMLTableSectionElement
  showSorting(sorting: Sorting | null): void
  showStatistics(column: number, statistics: ColumnStatistics): void
  statisticsShown(shown: boolean): void
  filtersShown(shown: boolean): void
  /** The filters as they are typed, one a column. */
  filters(): string[]
  setFilters(filters: readonly string[]): void
}

/** Typing pauses this long before a filter is applied. */
const TYPING_MS = 250
/** More characters are no filter, and too many to keep in a notebook. */
export const MAX_TYPED = 1000

export function createHead(
  columns: readonly Column[],
  formats: readonly ColumnFormat[],
  actions: { sort(column: number): void; filter(): void },
): TableHead {
  const names = columns.map((column, index) => nameCell(column, formats[index]!, () => actions.sort(index)))
  const glances = columns.map((_, index) => element('td', { class: formats[index]!.align }))
  const inputs = columns.map(column => filterInput(column, actions.filter))
  const glanceRow = element('tr', { class: 'glance' }, ...glances)
  const filterRow = element('tr', { class: 'filters' }, ...inputs.map(input => element('td', {}, input)))
  const nameRow = element('tr', {}, ...names)
  // The names stay where they are: one of them may have the keyboard's focus.
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
      const cell = glances[index]!
      const { text, full } = describe(statistics, columns[index]!, formats[index]!)
      cell.title = full
      cell.replaceChildren(...barsOf(statistics), element('span', {}, text))
    },
    statisticsShown(shown) {
      toggle(glanceRow, shown, nameRow)
    },
    filtersShown(shown) {
      toggle(filterRow, shown, glanceRow.parentNode ? glanceRow : nameRow)
    },
    filters: () => inputs.map(input => input.value),
    setFilters(filters) {
      for (const [index, input] of inputs.entries()) input.value = filters[index] ?? ''
    },
  }
}

function nameCell(column: Column, format: ColumnFormat, onClick: () => void): HTMLTableCellElement {
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

const HINTS: { [type: string]: string } = {
  number: '>5  1..9',
  integer: '>5  1..9',
  datetime: '>2024-03',
  boolean: 'true',
}

function filterInput(column: Column, onFilter: () => void): HTMLInputElement {
  const input = element('input', {
    type: 'search',
    maxlength: MAX_TYPED,
    'aria-label': `Filter ${column.name}`,
    placeholder: HINTS[column.type] ?? 'contains',
    title: 'Numbers and dates: >5, <=5, 1..9, !=0. Texts: part, =all, !not. All: = for none, != for any.',
    spellcheck: 'false',
    autocomplete: 'off',
  })
  onPause(input, onFilter)
  return input
}

/** Calls when the reader stops typing, or presses Enter. */
export function onPause(input: HTMLInputElement, listener: () => void): void {
  let timer = 0
  let heard = input.value
  const hear = () => {
    clearTimeout(timer)
    if (input.value === heard) return
    heard = input.value
    listener()
  }
  input.addEventListener('input', () => {
    clearTimeout(timer)
    timer = window.setTimeout(hear, TYPING_MS)
  })
  input.addEventListener('change', hear)
}

function describe(
  { count, missing, numbers, texts }: ColumnStatistics,
  column: Column,
  format: ColumnFormat,
): { text: string; full: string } {
  const gaps = missing > 0 ? [`${formatCount(missing)} missing`] : []
  const full = [`${formatCount(count)} values`, ...gaps]
  let text = gaps.join('')
  if (column.type === 'boolean' && numbers) {
    text = `${Math.round(numbers.mean * 100)} % true`
    full.push(text)
  } else if (numbers) {
    // Days are enough at a glance.
    const short = (value: number) => (column.type === 'datetime' ? format.text(value).slice(0, 10) : format.text(value))
    const [low, high] = [numbers.min, numbers.max].map(short)
    text = low === high ? low! : `${low} – ${high}`
    full.push(`minimum ${format.full(numbers.min) || low}`, `maximum ${format.full(numbers.max) || high}`)
    full.push(`mean ${column.type === 'datetime' ? format.text(numbers.mean) : Number(numbers.mean.toPrecision(6))}`)
  } else if (texts) {
    text = `${formatCount(texts.distinct)}${texts.more ? '+' : ''} different`
    full.push(text, ...texts.top.map(top => `${top.text}: ${formatCount(top.count)}`))
  }
  return { text, full: full.join('\n') }
}

const SVG = 'http://www.w3.org/2000/svg'
const WIDTH = 72
const HEIGHT = 18

/** Tiny bars: the distribution of numbers, or the shares of the commonest texts. */
function barsOf({ numbers, texts, count }: ColumnStatistics): Node[] {
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
    const place = { x: index * width, y: HEIGHT - height, width: Math.max(0.5, width - 0.6), height }
    for (const [name, value] of Object.entries(place)) bar.setAttribute(name, value.toFixed(2))
    svg.append(bar)
  }
  return [svg]
}
