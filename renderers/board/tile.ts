/** One map of a board as a button, with its name and last price. */
import { percentText, usdText } from '../../src/common/number-text.ts'
import { priceText, spanText } from '../plot/ticks.ts'
import { element } from '../shared/dom.ts'
import type { SmallMap } from './model.ts'

export interface Tile {
  node: HTMLButtonElement
  canvas: HTMLCanvasElement
}

export function createTile(map: SmallMap, open: () => void): Tile {
  const canvas = element('canvas', { 'aria-hidden': 'true' })
  const node = element(
    'button',
    { type: 'button', class: 'liqnb-x-tile', title: 'Open this map', 'aria-label': `Open ${describe(map)}` },
    createCaption(map),
    canvas,
  )
  node.addEventListener('click', open)
  return { node, canvas }
}

/** Name, last price, and how far it has moved over the bars of the map. */
export function createCaption({ header, candles }: SmallMap): HTMLElement {
  const { symbol, timeframe, price, synthetic } = header
  const change = price / candles.open[0]! - 1
  return element(
    'span',
    { class: 'liqnb-x-caption' },
    element('b', {}, `${symbol} ${timeframe}`),
    element('span', {}, priceText(price)),
    element(
      'span',
      { class: 'liqnb-x-change' },
      `${percentText(change, 1)} in ${spanText(candles.end.at(-1)! - candles.time[0]!)}`,
    ),
    ...(synthetic ? [element('span', { class: 'liqnb-x-change' }, 'synthetic')] : []),
  )
}

/** The same and its clusters in words. */
function describe({ header }: SmallMap): string {
  const { symbol, timeframe, price, clusters, unit } = header
  const tags = clusters.map(
    ({ side, peak, notional, distance }) =>
      `brightest cluster of ${side}s at ${priceText(peak)}, ${percentText(distance / 100, 1)}, ${usdText(notional)} ${unit}`,
  )
  return [`${symbol} ${timeframe}`, `last price ${priceText(price)}`, ...tags].join('; ')
}
