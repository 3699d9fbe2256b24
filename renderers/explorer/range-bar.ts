/** The row of buttons for the time that is shown, the lock of the colours, and the liquidations on record. */
import { createSpanButtons } from '../plot/span-buttons.ts'
import { element } from '../shared/dom.ts'
import { historyOf } from './maps.ts'
import type { ViewState } from './state.ts'
import type { View } from './view.ts'
import { pricesAround } from './visible-range.ts'

export interface RangeBar {
  node: HTMLElement
  show(): void
}

export function createRangeBar(view: View, change: (change: Partial<ViewState>) => void): RangeBar {
  const spans = createSpanButtons({
    history: () => historyOf(view.maps),
    whole: 'the whole map',
    noun: 'map',
    choose: span => change({ range: null, span }),
    setTimes: (timeFrom, timeTo) =>
      change({ range: { timeFrom, timeTo, ...pricesAround(view.maps, timeFrom, timeTo) } }),
  })
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
  const [buttons, dates, problem] = spans.nodes
  return {
    node: element(
      'div',
      { class: 'liqnb-x-toolbar liqnb-x-ranges', role: 'toolbar', 'aria-label': 'Range' },
      buttons,
      dates,
      element('div', { class: 'liqnb-x-tools' }, lock, recorded),
      problem,
    ),
    show() {
      const { state, range } = view
      spans.show(state.range === null ? state.span : null, range)
      lock.setAttribute('aria-pressed', String(state.max !== null))
      recorded.setAttribute('aria-pressed', String(state.recorded))
    },
  }
}
