/** The menu of colours: palette, candles and background, as radio buttons that show what they choose. */
import {
  BACKGROUNDS,
  type Background,
  CANDLE_COLOURS,
  type CandleColours,
  type Look,
  PALETTES,
  type PaletteName,
} from '../../src/common/look.ts'
import { createMenu, type Menu } from '../plot/menu.ts'
import { candleColours } from '../plot/styles.ts'
import { element } from '../shared/dom.ts'
import { palettesOf } from './palette.ts'

const PALETTE_TEXTS: Record<PaletteName, string> = {
  viridis: 'Viridis',
  magma: 'Magma',
  inferno: 'Inferno',
  exchange: 'Purple to yellow, as on exchanges',
  sides: 'A colour for each side',
}
export const CANDLE_TEXTS: Record<CandleColours, string> = {
  greenRed: 'Green up, red down',
  redGreen: 'Red up, green down',
  blueOrange: 'Blue up, orange down',
}
const BACKGROUND_TEXTS: Record<Background, string> = { theme: 'As the theme', dark: 'Always dark' }

let groups = 0

export interface LookMenu extends Menu {
  show(look: Look): void
}

export function createLookMenu(change: (look: Partial<Look>) => void): LookMenu {
  const palettes = radios('Colours of the map', PALETTES, PALETTE_TEXTS, paletteSwatch, palette => change({ palette }))
  const candles = radios('Candles', CANDLE_COLOURS, CANDLE_TEXTS, candleSwatch, candles => change({ candles }))
  const backgrounds = radios('Background', BACKGROUNDS, BACKGROUND_TEXTS, null, background => change({ background }))
  const menu = createMenu('Look', 'Colours of map, candles and background', [
    palettes.node,
    candles.node,
    backgrounds.node,
  ])
  return {
    ...menu,
    show(look) {
      palettes.show(look.palette)
      candles.show(look.candles)
      backgrounds.show(look.background)
    },
  }
}

function radios<Name extends string>(
  legend: string,
  names: readonly Name[],
  texts: Record<Name, string>,
  swatch: ((name: Name) => HTMLElement) | null,
  choose: (name: Name) => void,
): { node: HTMLElement; show(name: Name): void } {
  const group = `liqnb-look-${++groups}`
  const inputs = names.map(name => {
    const input = element('input', { type: 'radio', name: group, value: name })
    input.addEventListener('change', () => choose(name))
    return { name, input }
  })
  return {
    node: element(
      'fieldset',
      {},
      element('legend', {}, legend),
      ...inputs.map(({ name, input }) => element('label', {}, input, ...(swatch ? [swatch(name)] : []), texts[name])),
    ),
    show(chosen) {
      for (const { name, input } of inputs) input.checked = name === chosen
    },
  }
}

function paletteSwatch(name: PaletteName): HTMLElement {
  const { one, long, short } = palettesOf(name, true)
  const ramp = (colours: readonly string[]) => `linear-gradient(to right,${colours.join(',')})`
  const image =
    name === 'sides' ? `${ramp(long)} 0 0/100% 50% no-repeat,${ramp(short)} 0 100%/100% 50% no-repeat` : ramp(one)
  return swatchOf(image)
}

function candleSwatch(name: CandleColours): HTMLElement {
  const { up, down } = candleColours(name, true)
  return swatchOf(`linear-gradient(to right,${up} 46%,#14171c 46% 54%,${down} 54%)`)
}

function swatchOf(background: string): HTMLElement {
  const node = element('span', { class: 'liqnb-x-swatch', 'aria-hidden': 'true' })
  node.style.background = background
  return node
}
