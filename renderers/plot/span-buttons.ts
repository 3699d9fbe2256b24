/** The buttons for the time that is shown, the last day, week, …, all, and two dates for any other. */
import { DAY } from '../../src/common/duration.ts'
import { element } from '../shared/dom.ts'
import { type History, offeredSpans, type SpanName } from './spans.ts'

export interface SpanButtons {
  /** The buttons, the dates, and what is wrong with them. */
  nodes: [buttons: HTMLElement, dates: HTMLElement, problem: HTMLElement]
  /** @param pressed the span that is shown; null for a range of another kind */
  show(pressed: SpanName | null, shown: { timeFrom: number; timeTo: number }): void
}

export interface SpanChoices {
  /** @param whole the title of the button for all of it */
  history(): History
  whole: string
  /** What has the history: `The map has only …`. */
  noun: string
  choose(span: SpanName): void
  setTimes(timeFrom: number, timeTo: number): void
}

/** Histories shorter than this are chosen from by the minute. */
const MIN_DAYS = 4

export function createSpanButtons({ history, whole, noun, choose, setTimes }: SpanChoices): SpanButtons {
  const buttons = element('div', { class: 'liqnb-x-tools' })
  let spans: { name: SpanName; node: HTMLButtonElement }[] = []
  const inputs = (['From', 'To'] as const).map(name => {
    const input = element('input', { 'aria-label': `${name} (UTC)` })
    input.addEventListener('change', () => apply())
    return input
  }) as [HTMLInputElement, HTMLInputElement]
  const [from, to] = inputs
  const problem = element('span', { class: 'liqnb-x-error', role: 'alert' })

  const isByDay = ({ timeFrom, timeTo }: History): boolean => timeTo - timeFrom >= MIN_DAYS * DAY
  /** A market that goes on gets longer spans, and other limits. */
  const showHistory = (): void => {
    const offered = offeredSpans(history(), whole)
    if (offered.map(({ name }) => name).join() !== spans.map(({ name }) => name).join()) {
      spans = offered.map(({ name, title }) => {
        const node = element('button', { type: 'button', title: `Show ${title}`, 'aria-label': `Show ${title}` }, name)
        node.addEventListener('click', () => choose(name))
        return { name, node }
      })
      buttons.replaceChildren(...spans.map(({ node }) => node))
    }
    const { timeFrom, timeTo } = history()
    const byDay = isByDay(history())
    const limits = {
      type: byDay ? 'date' : 'datetime-local',
      min: dateText(timeFrom, byDay),
      max: dateText(timeTo, byDay),
    }
    for (const input of inputs)
      for (const [name, value] of Object.entries(limits))
        if (input.getAttribute(name) !== value) input.setAttribute(name, value)
  }
  showHistory()

  const apply = (): void => {
    const times = readDates(from.valueAsNumber, to.valueAsNumber)
    const isProblem = typeof times === 'string'
    problem.textContent = isProblem ? times : ''
    for (const input of inputs) input.setAttribute('aria-invalid', String(isProblem))
    if (!isProblem) setTimes(...times)
  }
  const readDates = (first: number, last: number): string | [from: number, to: number] => {
    if (Number.isNaN(first) || Number.isNaN(last)) return 'Both dates are needed.'
    const { timeFrom: begin, timeTo: end } = history()
    const byDay = isByDay(history())
    // The last day is included.
    const [timeFrom, timeTo] = [first, last + (byDay ? DAY : 0)]
    if (timeTo <= timeFrom) return 'The first date is after the last.'
    if (timeTo <= begin || timeFrom >= end)
      return `The ${noun} has only ${dateText(begin, byDay)} to ${dateText(end - 1, byDay)}.`
    return [Math.max(begin, timeFrom), Math.min(end, timeTo)]
  }
  return {
    nodes: [buttons, element('div', { class: 'liqnb-x-dates' }, from, '–', to), problem],
    show(pressed, { timeFrom, timeTo }) {
      showHistory()
      const byDay = isByDay(history())
      for (const { name, node } of spans) node.setAttribute('aria-pressed', String(name === pressed))
      const shown = [timeFrom, timeTo - (byDay ? 1 : 0)].map(time => dateText(time, byDay))
      // Not while the reader types.
      if (inputs.some(input => input === document.activeElement)) return
      for (const [i, input] of inputs.entries()) {
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
