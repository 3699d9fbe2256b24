/** The toolbar below the map: time of the shown state, replay, tools, downloads, help. */

import type { Look } from '../../src/common/look.ts'
import { createFullButtons, type FullMode } from '../plot/full.ts'
import { createHintButton as button } from '../plot/hint-button.ts'
import { createLinkButton } from '../plot/link.ts'
import { timeText } from '../plot/ticks.ts'
import { element } from '../shared/dom.ts'
import { createLookMenu } from './look-menu.ts'
import type { Tool, ViewState } from './state.ts'
import type { View } from './view.ts'

export interface ToolbarActions {
  change(change: Partial<ViewState>): void
  /** Some of the colours. */
  setLook(look: Partial<Look>): void
  setTool(tool: Tool): void
  toggleFull(mode: 'height' | 'screen'): void
  toggleLink(): void
  reset(): void
  play(): void
  help(): void
}

export interface Toolbar {
  node: HTMLElement
  show(tool: Tool, playing: boolean, full: FullMode, linkable: boolean): void
}

const TOOLS: readonly [tool: Tool, name: string, hint: string][] = [
  ['pan', 'Pan', 'Drag the map'],
  ['box', 'Zoom', 'Drag a box to zoom into (or Shift and drag)'],
  ['measure', 'Measure', 'Drag to measure (or Alt and drag)'],
]

export function createToolbar(view: View, actions: ToolbarActions, downloads: HTMLElement[]): Toolbar {
  const play = button('▶', 'Replay what was known, column by column', actions.play)
  const asOf = element('input', { type: 'range', min: 0, step: 1, 'aria-label': 'As known at' })
  const time = element('output')
  asOf.addEventListener('input', () => {
    const { edges, columns } = view.model
    const column = Number(asOf.value)
    actions.change({ asOf: column === columns - 1 ? null : edges[column]! })
  })
  const tools = TOOLS.map(([tool, name, hint]) => ({ tool, node: button(name, hint, () => actions.setTool(tool)) }))
  const look = createLookMenu(actions.setLook)
  const link = createLinkButton('Range, crosshair and mix', actions.toggleLink)
  const full = createFullButtons(actions.toggleFull)
  return {
    node: element(
      'div',
      { class: 'liqnb-x-toolbar' },
      element('div', { class: 'liqnb-x-asof' }, play, asOf, time),
      element(
        'div',
        { class: 'liqnb-x-tools', role: 'toolbar', 'aria-label': 'Map' },
        element('span', { class: 'liqnb-x-segments' }, ...tools.map(({ node }) => node)),
        button('Reset', 'Back to the first view (R, double click)', actions.reset),
        look.node,
        link.node,
        ...full.nodes,
        element('span', { class: 'liqnb-x-segments' }, ...downloads),
        button('?', 'Keys and mouse', actions.help),
      ),
    ),
    show(tool, playing, fullMode, linkable) {
      const { model, state, lastColumn: column } = view
      const last = model.columns - 1
      asOf.max = String(last)
      if (Number(asOf.value) !== column) asOf.value = String(column)
      asOf.style.setProperty('--fill', `${last > 0 ? (100 * column) / last : 100}%`)
      const text = timeText(model.edges[column]!)
      time.textContent = text
      asOf.setAttribute('aria-valuetext', `${text} UTC`)
      play.textContent = playing ? '❚❚' : '▶'
      play.setAttribute('aria-label', playing ? 'Pause' : 'Replay')
      look.show(state.look)
      link.show(state.linked, linkable)
      full.show(fullMode)
      for (const entry of tools) entry.node.setAttribute('aria-pressed', String(entry.tool === tool))
    },
  }
}
