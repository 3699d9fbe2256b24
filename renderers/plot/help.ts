/** The overlay that lists keys and mouse gestures. */
import { element } from '../shared/dom.ts'
import { isolateKey } from './keys.ts'

export interface Help {
  node: HTMLElement
  toggle(): void
}

export interface HelpEntry {
  label: string
  description: string
}

/** @param chart gets the focus back when the help closes */
export function createHelp(gestures: readonly HelpEntry[], keys: readonly HelpEntry[], chart: HTMLElement): Help {
  const close = element('button', { type: 'button', 'aria-label': 'Close the help' }, '✕')
  const entries = [...gestures, ...keys.filter(key => key.label !== '')]
  const node = element(
    'div',
    { class: 'liqnb-x-help', role: 'dialog', 'aria-label': 'Keys and mouse', hidden: true },
    element('div', { class: 'liqnb-x-help-head' }, element('span', {}, 'Keys and mouse'), close),
    element(
      'dl',
      {},
      ...entries.flatMap(({ label, description }) => [element('dt', {}, label), element('dd', {}, description)]),
    ),
  )
  const toggle = (): void => {
    node.hidden = !node.hidden
    if (node.hidden) chart.focus()
    else close.focus()
  }
  close.addEventListener('click', toggle)
  node.addEventListener('keydown', event => {
    isolateKey(event)
    if (event.key === 'Escape' || event.key === '?') toggle()
  })
  return { node, toggle }
}
