/** The values at the crosshair, beside it. */
import { element } from '../shared/dom.ts'
import type { Box } from './scales.ts'

export interface TipText {
  heading: string
  lines: readonly (readonly string[])[]
}

export interface Tip {
  readonly node: HTMLElement
  /** At a point of the chart, within `box` of it; without a text or a point it is hidden. */
  show(text: TipText | null, at: { x: number; y: number } | null, box: Box): void
}

/** From the crosshair, and from the edges of the chart. */
const GAP_PX = 14
const EDGE_PX = 4

/** @param className besides its own */
export function createTip(className = ''): Tip {
  const node = element('div', { class: `liqnb-x-tip ${className}`.trim(), hidden: true, 'aria-hidden': 'true' })
  return {
    node,
    show(text, at, { left, top, width, height }) {
      node.hidden = !text || !at
      if (!text || !at) return
      const { x, y } = at
      node.replaceChildren(...[text.heading, ...text.lines.flat()].map(line => element('span', {}, line)))
      const { offsetWidth, offsetHeight } = node
      const fits = x + GAP_PX + offsetWidth <= left + width
      const toLeft = fits ? x + GAP_PX : x - GAP_PX - offsetWidth
      const toTop = Math.min(top + height - offsetHeight - EDGE_PX, Math.max(top + EDGE_PX, y + GAP_PX))
      node.style.transform = `translate(${Math.max(2, Math.round(toLeft))}px,${Math.round(toTop)}px)`
    },
  }
}
