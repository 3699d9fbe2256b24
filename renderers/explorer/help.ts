/** The overlay that lists keys and mouse. */
import { element } from '../shared/dom.ts'

export interface Help {
  node: HTMLElement
  toggle(): void
}

const MOUSE: readonly [name: string, does: string][] = [
  ['Drag', 'move the map; with Shift a zoom box, with Alt a measure'],
  ['Wheel', 'zoom the time, once the map is clicked or with Ctrl; with Alt the price too; with Shift move'],
]

/** @param origin gets the focus back when the help closes */
export function helpFor(keys: readonly { name: string; does: string }[], origin: HTMLElement): Help {
  const close = element('button', { type: 'button', 'aria-label': 'Close the help' }, '✕')
  const lines = [...MOUSE.map(([name, does]) => ({ name, does })), ...keys.filter(key => key.name !== '')]
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
    event.stopPropagation()
    if (event.key === 'Escape' || event.key === '?') toggle()
  })
  return { node, toggle }
}
