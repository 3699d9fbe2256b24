import { element } from './dom.ts'

/** Puts text into the clipboard. Must be called from a click or key press. @throws Error where the place forbids it */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    // Pages opened from a file, and webviews without the focus, have only the old way.
    const area = element('textarea', { 'aria-hidden': 'true', style: 'position:fixed;opacity:0' })
    area.value = text
    const before = document.activeElement
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    if (before instanceof HTMLElement) before.focus()
    if (!done) throw new Error('the clipboard is out of reach here')
  }
}
