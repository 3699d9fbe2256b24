/** Buttons that turn the shown map into code, and a note while the notebook's tables are of another. */
import type { HeatmapChange } from '../../src/kernel/messaging.ts'
import { copyText } from '../shared/copy.ts'
import { element, messageOf } from '../shared/dom.ts'
import { heatmapCall, heatmapChange } from './code.ts'
import type { Header } from './payload.ts'
import type { ViewState } from './state.ts'

/** Writes a change into the output's own cell; rejects with a message for the reader. */
export type ApplyChange = (change: HeatmapChange) => Promise<unknown>

export interface CodeBar {
  node: HTMLElement
  /** @param cell the head of the cell's own map */
  show(cell: Header, shown: Header, state: ViewState): void
}

const TABLES = 'Tables and studies of the notebook use the mix and model of the code, not those shown here.'

/** @param apply undefined where cells cannot be changed: in an exported page, and in a workspace that is not trusted */
export function createCodeBar(apply: ApplyChange | undefined): CodeBar {
  let call: string | null = null
  let change: HeatmapChange | null = null
  const status = element('span', { class: 'liqnb-x-dim', role: 'status' })
  const difference = element('span', { class: 'liqnb-x-dim liqnb-x-differs' }, TABLES)
  const copy = element(
    'button',
    { type: 'button', title: 'Copy the call of liq.heatmap for this mix and model' },
    'Copy as code',
  )
  const write = element(
    'button',
    { type: 'button', title: 'Write mix and model into the code of the cell' },
    'Apply to the cell',
  )
  copy.addEventListener('click', async () => {
    if (call === null) return
    try {
      await copyText(call)
      status.textContent = 'Copied.'
    } catch (error) {
      status.textContent = messageOf(error)
    }
  })
  write.addEventListener('click', async () => {
    if (change === null || !apply) return
    write.disabled = true
    try {
      await apply(change)
      status.textContent = 'Written. Run the cell, and those below it, to use it.'
    } catch (error) {
      status.textContent = `${messageOf(error)} Copy the code instead.`
      copy.focus({ preventScroll: true })
    } finally {
      write.disabled = change === null
    }
  })
  const node = element(
    'fieldset',
    { class: 'liqnb-x-code', hidden: true },
    element('legend', {}, 'Code'),
    element('div', { class: 'liqnb-x-row' }, copy, ...(apply ? [write] : []), status),
    difference,
  )
  return {
    node,
    show(cell, shown, state) {
      node.hidden = cell.code === undefined
      const next = heatmapCall(shown, state)
      if (next !== call) status.textContent = ''
      call = next
      change = heatmapChange(cell, shown, state)
      copy.disabled = call === null
      write.disabled = change === null
      difference.hidden = change === null
    },
  }
}
