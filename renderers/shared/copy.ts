/** Copies text to the clipboard. */
import { element } from './dom.ts'

/** Must be called from a click or key press. @throws Error where the clipboard is not available */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    // Pages opened from a file and webviews without focus support only the old API.
    const area = element('textarea', { 'aria-hidden': 'true', style: 'position:fixed;opacity:0' })
    area.value = text
    const focused = document.activeElement
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    if (focused instanceof HTMLElement) focused.focus()
    if (!done) throw new Error('the clipboard is not available here')
  }
}
