/** Radio buttons that show what they choose, and those for the colours of candles. */
import type { CandleColours } from '../../src/common/look.ts'
import { element } from '../shared/dom.ts'
import { candleColours } from './styles.ts'

export const CANDLE_TEXTS: Record<CandleColours, string> = {
  greenRed: 'Green up, red down',
  redGreen: 'Red up, green down',
  blueOrange: 'Blue up, orange down',
}

export interface Radios<Name extends string> {
  node: HTMLElement
  show(name: Name): void
}

let groups = 0

/** @param swatch a picture of the choice; null for one that has none */
export function createRadios<Name extends string>(
  legend: string,
  names: readonly Name[],
  texts: Record<Name, string>,
  swatch: (name: Name) => HTMLElement | null,
  choose: (name: Name) => void,
): Radios<Name> {
  const group = `liqnb-look-${++groups}`
  const inputs = names.map(name => {
    const input = element('input', { type: 'radio', name: group, value: name })
    input.addEventListener('change', () => choose(name))
    return { name, input, swatch: swatch(name) }
  })
  return {
    node: element(
      'fieldset',
      {},
      element('legend', {}, legend),
      ...inputs.map(({ name, input, swatch }) => element('label', {}, input, ...(swatch ? [swatch] : []), texts[name])),
    ),
    show(chosen) {
      for (const { name, input } of inputs) input.checked = name === chosen
    },
  }
}

export function candleSwatch(name: CandleColours): HTMLElement {
  const { up, down } = candleColours(name, true)
  return createSwatch(`linear-gradient(to right,${up} 46%,#14171c 46% 54%,${down} 54%)`)
}

export function createSwatch(background: string): HTMLElement {
  const node = element('span', { class: 'liqnb-x-swatch', 'aria-hidden': 'true' })
  node.style.background = background
  return node
}
