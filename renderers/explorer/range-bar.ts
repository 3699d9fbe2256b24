/** The row of buttons for the time that is shown: the last day, week, …, all; dates; and the lock of the colours. */
import { DAY } from '../../src/common/duration.ts'
import { element } from '../shared/dom.ts'
import { fullRange } from './maps.ts'
import { offeredSpans } from './spans.ts'
import type { ViewState } from './state.ts'
import type { View } from './view.ts'
import { pricesAround } from './visible-range.ts'

export interface RangeBar {
  node: HTMLElement
  show(): void
}

/** Maps shorter than this are chosen from by the minute. */
const MIN_DAYS = 4

export function createRangeBar(view: View, change: (change: Partial<ViewState>) => void): RangeBar {
  const spans = offeredSpans(view.maps).map(({ name, title }) => {
    const node = element('button', { type: 'button', title: `Show ${title}`, 'aria-label': `Show ${title}` }, name)
    node.addEventListener('click', () => change({ range: null, span: name }))
    return { name, node }
  })
  const full = fullRange(view.maps)
  const byDay = full.timeTo - full.timeFrom >= MIN_DAYS * DAY
  const [from, to] = (['From', 'To'] as const).map(name => {
    const limits = { min: dateText(full.timeFrom, byDay), max: dateText(full.timeTo, byDay) }
    const input = element('input', {
      type: byDay ? 'date' : 'datetime-local',
      ...limits,
      'aria-label': `${name} (UTC)`,
    })
    input.addEventListener('change', () => apply())
    return input
  }) as [HTMLInputElement, HTMLInputElement]
  const problem = element('span', { class: 'liqnb-x-error', role: 'alert' })

  const apply = (): void => {
    const range = readDates(from.valueAsNumber, to.valueAsNumber, view)
    const isProblem = typeof range === 'string'
    problem.textContent = isProblem ? range : ''
    for (const input of [from, to]) input.setAttribute('aria-invalid', String(isProblem))
    if (!isProblem) change({ range: { ...range, ...pricesAround(view.maps, range.timeFrom, range.timeTo) } })
  }
  const readDates = (first: number, last: number, { maps }: View) => {
    if (Number.isNaN(first) || Number.isNaN(last)) return 'Both dates are needed.'
    // The last day is included.
    const [timeFrom, timeTo] = [first, last + (byDay ? DAY : 0)]
    if (timeTo <= timeFrom) return 'The first date is after the last.'
    const { timeFrom: begin, timeTo: end } = fullRange(maps)
    if (timeTo <= begin || timeFrom >= end)
      return `The map has only ${dateText(begin, byDay)} to ${dateText(end - 1, byDay)}.`
    return { timeFrom: Math.max(begin, timeFrom), timeTo: Math.min(end, timeTo) }
  }

  const lock = element(
    'button',
    { type: 'button', title: 'Keep this colour scale, instead of scaling it to what is in sight (X)' },
    'Lock colours',
  )
  lock.addEventListener('click', () => change({ max: view.state.max === null ? view.scale.max : null }))
  const recorded = element(
    'button',
    { type: 'button', title: 'Show the liquidations on record (Q)', hidden: view.maps.whole.recorded === null },
    'Liquidations',
  )
  recorded.addEventListener('click', () => change({ recorded: !view.state.recorded }))
  return {
    node: element(
      'div',
      { class: 'liqnb-x-toolbar liqnb-x-ranges', role: 'toolbar', 'aria-label': 'Range' },
      element('div', { class: 'liqnb-x-tools' }, ...spans.map(({ node }) => node)),
      element('div', { class: 'liqnb-x-dates' }, from, '–', to),
      element('div', { class: 'liqnb-x-tools' }, lock, recorded),
      problem,
    ),
    show() {
      const { state, range } = view
      for (const { name, node } of spans)
        node.setAttribute('aria-pressed', String(state.range === null && state.span === name))
      lock.setAttribute('aria-pressed', String(state.max !== null))
      recorded.setAttribute('aria-pressed', String(state.recorded))
      const shown = [range.timeFrom, range.timeTo - (byDay ? 1 : 0)].map(time => dateText(time, byDay))
      // Not while the reader types.
      if ([from, to].some(input => input === document.activeElement)) return
      for (const [i, input] of [from, to].entries()) {
        if (input.value !== shown[i]) input.value = shown[i]!
        input.setAttribute('aria-invalid', 'false')
      }
      problem.textContent = ''
    },
  }
}

/** As the input writes it: `2024-06-19`, or with the time `2024-06-19T21:00`. */
function dateText(time: number, byDay: boolean): string {
  return new Date(time).toISOString().slice(0, byDay ? 10 : 16)
}
