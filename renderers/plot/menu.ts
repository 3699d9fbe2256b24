/** A button of a toolbar that opens a small panel of form elements. */
import { element } from '../shared/dom.ts'
import { isolateKey } from './keys.ts'

export interface Menu {
  node: HTMLElement
}

/** Closes with Escape, and with a click or the focus elsewhere. */
export function createMenu(name: string, hint: string, content: readonly HTMLElement[]): Menu {
  const button = element('button', { type: 'button', title: hint, 'aria-expanded': 'false' }, name)
  const panel = element('div', { class: 'liqnb-x-menu', role: 'group', 'aria-label': hint, hidden: true }, ...content)
  const node = element('span', { class: 'liqnb-x-menu-host' }, button, panel)
  const toggle = (open: boolean): void => {
    panel.hidden = !open
    button.setAttribute('aria-expanded', String(open))
    if (!open) return
    // Within the output: to the left where there is no room to the right.
    panel.style.removeProperty('translate')
    const room = node.closest('.liqnb-x')?.getBoundingClientRect()
    const { left, right } = panel.getBoundingClientRect()
    if (room) panel.style.translate = `${Math.max(room.left - left, Math.min(0, room.right - right))}px 0`
    panel.querySelector<HTMLElement>('input:checked,input,select')?.focus({ preventScroll: true })
  }
  button.addEventListener('click', () => toggle(panel.hidden !== false))
  node.addEventListener('keydown', event => {
    isolateKey(event)
    if (event.key !== 'Escape' || panel.hidden) return
    event.preventDefault()
    toggle(false)
    button.focus()
  })
  node.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !node.contains(relatedTarget)) toggle(false)
  })
  // Labels and empty places take no focus.
  const closeOutside = (event: Event): void => {
    if (!node.isConnected) removeEventListener('pointerdown', closeOutside, true)
    else if (event.target instanceof Node && !node.contains(event.target)) toggle(false)
  }
  addEventListener('pointerdown', closeOutside, true)
  return { node }
}
