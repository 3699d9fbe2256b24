/** What only the kernel can change: half-life, flow, margin rule, bins, timeframe, tiers. The map is built anew there. */

import type { ExplorerChoice } from '../../src/charts/explorer-payload.ts'
import { type Channel, isAbort } from '../shared/channel.ts'
import { element, messageOf } from '../shared/dom.ts'

export interface KernelPanel {
  node: HTMLElement
  /** Takes over what holds now, after a map was built anew. */
  show(choices: Record<string, ExplorerChoice> | undefined): void
  dispose(): void
}

/**
 * @param rebuilt is called with the payload of the new map
 * @param visible the times that are seen now, epoch ms
 * @returns null for a map that was saved without choices
 */
export function kernelPanel(
  choices: Record<string, ExplorerChoice> | undefined,
  channel: Channel,
  rebuilt: (payload: unknown) => Promise<void>,
  visible: () => [from: number, to: number],
): KernelPanel | null {
  if (!choices || Object.keys(choices).length === 0) return null
  type Part = [from: number, to: number] | null
  let asked: { values: Record<string, string>; part: Part } = { values: {}, part: null }
  /** What the map that is shown was built with. */
  let held = asked
  let known: Record<string, ExplorerChoice> | undefined
  const note = element('span', { class: 'liqnb-x-dim', role: 'status' })
  const selects = Object.entries(choices).map(([name, { label }]) => {
    const select = element('select', {})
    select.addEventListener('change', () => {
      void ask({ ...asked, values: { ...asked.values, [name]: select.value } })
    })
    return { name, select, node: element('label', {}, `${label} `, select) }
  })
  const fields = element('fieldset', { class: 'liqnb-x-kernel' }, element('legend', {}, 'Model'))
  const finer = element('button', { type: 'button' })
  const nameFiner = (): void => {
    finer.textContent = asked.part ? 'Whole map' : 'Finer detail'
    finer.title = asked.part ? 'Build the map of all bars' : 'Build the map of what is seen, in as many columns'
  }
  finer.addEventListener('click', () => {
    void ask({ ...asked, part: asked.part ? null : visible() })
  })
  nameFiner()
  fields.append(element('div', { class: 'liqnb-x-row' }, ...selects.map(({ node }) => node), finer, note))
  let open = false
  let running = 0

  const ask = async (next: typeof asked): Promise<void> => {
    asked = next
    nameFiner()
    const turn = ++running
    note.classList.remove('liqnb-x-error')
    note.textContent = 'computing …'
    try {
      // One slot: what is asked for now makes the answer to the last question stale.
      const payload = await channel.request(
        { ...next.values, ...(next.part && { range: next.part }) },
        {
          slot: 'map',
          onProgress: ({ message }) => {
            if (turn === running) note.textContent = message
          },
        },
      )
      if (turn !== running) return
      const before = held
      held = next
      await rebuilt(payload).catch(error => {
        held = before
        throw error
      })
      if (turn === running) note.textContent = ''
    } catch (error) {
      if (turn !== running || isAbort(error)) return
      note.classList.add('liqnb-x-error')
      note.textContent = messageOf(error)
      // The controls say what is seen, not what was refused.
      asked = held
      nameFiner()
      show(known)
    }
  }
  const enable = (): void => {
    for (const node of [finer, ...selects.map(({ select }) => select)]) node.disabled = !open
  }
  const show: KernelPanel['show'] = next => {
    known = next
    for (const { name, select } of selects) {
      const choice = next?.[name]
      if (!choice) continue
      const shown = [...select.options].map(option => option.value)
      if (shown.join('\n') !== choice.options.join('\n'))
        select.replaceChildren(...choice.options.map(option => element('option', { value: option }, option)))
      select.value = asked.values[name] ?? choice.value
    }
  }
  show(choices)
  enable()
  const stop = channel.watch(state => {
    open = channel.available && state.open
    enable()
    if (!open) {
      // What was asked for will not come any more.
      running++
      asked = held
      nameFiner()
      show(known)
      note.classList.remove('liqnb-x-error')
      note.textContent = state.why
    } else if (asked === held) note.textContent = ''
  })
  return {
    node: fields,
    show,
    dispose() {
      stop()
      channel.dispose()
    },
  }
}
