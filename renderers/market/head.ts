/** What a market is: source, bars, span and so on in a line or two, and the notes of loading. */
import { countText } from '../../src/common/number-text.ts'
import { element } from '../shared/dom.ts'
import type { Header } from './payload.ts'

/** As many notes are shown at first; more only when asked for. */
const OPEN_NOTES = 2

export function createHead({ symbol, timeframe, synthetic, facts, notes }: Header): HTMLElement {
  const items = facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)))
  const list = element(
    'details',
    { open: notes.length <= OPEN_NOTES },
    element('summary', {}, countText(notes.length, 'note')),
    element('ul', {}, ...notes.map(note => element('li', {}, note))),
  )
  return element(
    'div',
    { class: 'liqnb-x-head' },
    element('strong', {}, `${symbol} ${timeframe}${synthetic ? ' · synthetic market' : ''}`),
    element('dl', {}, ...items),
    ...(notes.length > 0 ? [list] : []),
  )
}
