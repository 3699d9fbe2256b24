/** Buttons of the toolbars of charts. */
import { element } from '../shared/dom.ts'

/** A button of a chart's toolbar. A sign of one or two characters is read out as its hint. */
export function createHintButton(text: string, hint: string, run: () => void): HTMLButtonElement {
  const node = element('button', { type: 'button', title: hint, 'aria-label': text.length > 2 ? null : hint }, text)
  node.addEventListener('click', run)
  return node
}
