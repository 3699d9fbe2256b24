/** Shows an error: its name and message, which wrap, the places in cells as links, and what to do next. */
import { isRecord } from '../../src/common/json.ts'
import { element, ensureStyle, showProblem } from '../shared/dom.ts'
import { applyThemeStyle } from '../shared/theme.ts'
import { ERROR_CSS } from './css.ts'
import { type CellPlace, type ErrorLine, errorParts } from './parts.ts'

/** @param open opens a place in a cell; undefined where that is not possible */
export function mountError(
  host: HTMLElement,
  payload: unknown,
  open: ((place: CellPlace) => void) | undefined,
): () => void {
  ensureStyle(host, 'error', ERROR_CSS)
  applyThemeStyle(host)
  if (!isRecord(payload) || !isTextList(payload.traceback)) {
    showProblem(host, 'This error cannot be shown: expected its name, message and traceback.')
    return () => {}
  }
  const { name, message, lines, advice } = errorParts(String(payload.ename), String(payload.evalue), payload.traceback)
  const header = element('p', {}, element('span', { class: 'name' }, name), message === '' ? '' : `: ${message}`)
  const trace = element('div', { class: 'trace' }, ...lines.map(line => lineElement(line, open)))
  host.replaceChildren(
    element(
      'div',
      { class: 'liqnb-error', role: 'group', 'aria-label': 'Error' },
      header,
      ...(lines.length > 0 ? [trace] : []),
      ...(advice === undefined ? [] : [element('p', { class: 'advice' }, `→ ${advice}`)]),
    ),
  )
  return () => {}
}

function lineElement({ before, place, after, code }: ErrorLine, open: ((place: CellPlace) => void) | undefined) {
  const text = place === undefined || open === undefined ? (place?.text ?? '') : link(place, open)
  return element('p', code ? { class: 'code' } : {}, before, text, after)
}

function link(place: CellPlace, open: (place: CellPlace) => void): HTMLAnchorElement {
  const anchor = element('a', { href: '#', title: `Go to line ${place.line} of cell ${place.cell}` }, place.text)
  anchor.addEventListener('click', event => {
    event.preventDefault()
    // VS Code's own handler would follow the link.
    event.stopPropagation()
    open(place)
  })
  return anchor
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(line => typeof line === 'string')
}
