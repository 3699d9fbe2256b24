/** The filter bar: native form elements for keyboard and screen readers. */
import { countText, decimalText } from '../../src/common/number-text.ts'
import { element } from '../shared/dom.ts'
import { onTypingPause } from '../table/header.ts'
import type { StudyModel } from './model.ts'
import { type Filters, isUnfiltered, NO_FILTERS } from './state.ts'

export interface FilterBar {
  readonly node: HTMLElement
  show(filters: Filters, count: number): void
}

export function createFilterBar(model: StudyModel, change: (filters: Filters) => void): FilterBar {
  const { trades, header } = model
  let current = NO_FILTERS
  const set = (next: Partial<Filters>): void => change({ ...current, ...next })
  const options = (list: readonly (readonly [value: string, text: string])[]) =>
    list.map(([value, text]) => element('option', { value }, text))

  const side = element(
    'select',
    {},
    ...options([
      ['both', 'both'],
      ['long', 'longs'],
      ['short', 'shorts'],
    ]),
  )
  side.addEventListener('change', () => set({ side: side.value as Filters['side'] }))
  const usedReasons = [...new Set(trades.reason)].sort((a, b) => a - b)
  const reason = element(
    'select',
    {},
    ...options([['', 'any'], ...usedReasons.map(index => [String(index), header.reasons[index]!] as const)]),
  )
  reason.addEventListener('change', () => set({ reason: reason.value === '' ? null : Number(reason.value) }))
  const bound = (name: 'rFrom' | 'rTo', label: string) => {
    const input = element('input', { type: 'number', step: 0.25, placeholder: 'any', 'aria-label': label })
    onTypingPause(input, () => set({ [name]: Number.isNaN(input.valueAsNumber) ? null : input.valueAsNumber }))
    return input
  }
  const [rFrom, rTo] = [bound('rFrom', 'Smallest result in R'), bound('rTo', 'Largest result in R')]
  const maxConvergence = trades.convergence.reduce((a, b) => Math.max(a, b), 0)
  const convergence = element(
    'select',
    {},
    ...options(Array.from({ length: maxConvergence + 1 }, (_, n) => [String(n), n === 0 ? 'any' : `≥ ${n}`] as const)),
  )
  convergence.addEventListener('change', () => set({ convergence: Number(convergence.value) }))
  const text = element('input', {
    type: 'search',
    placeholder: 'text',
    'aria-label': 'Text in the row',
    spellcheck: 'false',
  })
  onTypingPause(text, () => set({ text: text.value }))
  const clear = element('button', { type: 'button' }, 'All trades')
  clear.addEventListener('click', () => change(NO_FILTERS))
  const count = element('output')
  const node = element(
    'div',
    { class: 'liqnb-x-row liqnb-x-filters', role: 'group', 'aria-label': 'Filters' },
    element('label', {}, 'Side ', side),
    element('label', {}, 'Exit ', reason),
    element('span', { class: 'liqnb-x-between' }, 'R from ', rFrom, ' to ', rTo),
    ...(maxConvergence > 0 ? [element('label', {}, 'Convergence ', convergence)] : []),
    text,
    element('span', { class: 'liqnb-x-between' }, count, clear),
  )
  return {
    node,
    show(filters, filtered) {
      current = filters
      side.value = filters.side
      reason.value = filters.reason === null ? '' : String(filters.reason)
      convergence.value = String(filters.convergence)
      for (const [input, value] of [
        [rFrom, filters.rFrom === null ? '' : String(filters.rFrom)],
        [rTo, filters.rTo === null ? '' : String(filters.rTo)],
        [text, filters.text],
      ] as const)
        if (document.activeElement !== input && input.value !== value) input.value = value
      const all = countText(trades.count, 'trade')
      count.textContent = filtered === trades.count ? all : `${decimalText(filtered, 0)} of ${all}`
      clear.disabled = isUnfiltered(filters)
    },
  }
}
