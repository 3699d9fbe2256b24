/** The overlay that lists keys and mouse. */
import { element } from '../shared/dom.ts'
import { keepKey } from './keys.ts'

export interface Help {
  node: HTMLElement
  toggle(): void
}

export interface HelpLine {
  name: string
  does: string
}

/** @param origin gets the focus back when the help closes */
export function helpFor(mouse: readonly HelpLine[], keys: readonly HelpLine[], origin: HTMLElement): Help {
  const close = element('button', { type: 'button', 'aria-label': 'Close the help' }, '✕')
  const lines = [...mouse, ...keys.filter(key => key.name !== '')]
  const node = element(
    'div',
    { class: 'liqnb-x-help', role: 'dialog', 'aria-label': 'Keys and mouse', hidden: true },
    element('div', { class: 'liqnb-x-help-head' }, element('span', {}, 'Keys and mouse'), close),
    element('dl', {}, ...lines.flatMap(({ name, does }) => [element('dt', {}, name), element('dd', {}, does)])),
  )
  const toggle = (): void => {
    node.hidden = !node.hidden
    if (node.hidden) origin.focus()
    else close.focus()
  }
  close.addEventListener('click', toggle)
  node.addEventListener('keydown', event => {
    keepKey(event)
    if (event.key === 'Escape' || event.key === '?') toggle()
  })
  return { node, toggle }
}
