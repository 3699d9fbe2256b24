/** Page buttons and page size of a table. */
import { element } from '../shared/dom.ts'
import type { PageTurn } from './body.ts'
import { PAGE_SIZES } from './paging.ts'

export interface Pager {
  readonly node: HTMLElement
  enable(canGoBack: boolean, canGoForward: boolean): void
}

export function createPager(turnPage: (turn: PageTurn) => unknown): Pager {
  const button = (turn: PageTurn, sign: string): HTMLButtonElement => {
    const node = element('button', { type: 'button', 'aria-label': `${turn} page`, title: `${turn} page` }, sign)
    // `aria-disabled`, because a button that becomes `disabled` loses the focus.
    node.addEventListener('click', () => {
      if (!node.hasAttribute('aria-disabled')) turnPage(turn)
    })
    return node
  }
  const back = [button('first', '«'), button('previous', '‹')]
  const forward = [button('next', '›'), button('last', '»')]
  const set = (buttons: HTMLButtonElement[], enabled: boolean): void => {
    for (const node of buttons) {
      if (enabled) node.removeAttribute('aria-disabled')
      else node.setAttribute('aria-disabled', 'true')
    }
  }
  return {
    node: element('nav', { 'aria-label': 'Pages of the table' }, ...back, ...forward),
    enable(canGoBack, canGoForward) {
      set(back, canGoBack)
      set(forward, canGoForward)
    },
  }
}

export function createSizeSelect(onChange: (size: number) => void): { node: HTMLElement; show(size: number): void } {
  const options = PAGE_SIZES.map(size => element('option', { value: size }, String(size)))
  const select = element('select', {}, ...options)
  select.addEventListener('change', () => onChange(Number(select.value)))
  return {
    node: element('label', {}, 'rows per page ', select),
    show(size) {
      select.value = String(size)
    },
  }
}
