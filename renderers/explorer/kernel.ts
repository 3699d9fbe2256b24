/** Parameters that only the kernel can change, such as half-life, margin rule and timeframe: it rebuilds the map. */
import * as v from 'valibot'
import type { ChoiceValue, ExplorerChoice, ExplorerRequest } from '../../src/charts/explorer-payload.ts'
import type { JsonObject } from '../../src/common/json.ts'
import { type Channel, isAbort } from '../shared/channel.ts'
import { element, messageOf } from '../shared/dom.ts'
import { choiceValue } from './payload.ts'

type Choices = readonly ExplorerChoice[]
/** Chosen values by parameter; the others are as in the cell. */
type Values = { [name: string]: ChoiceValue }

export interface KernelPanel {
  node: HTMLElement
  /** Shows the parameters of a map that was rebuilt. */
  show(choices: Choices | undefined): void
  /** Takes over choices that were saved, or that undo has changed. */
  restore(saved: unknown): void
  /**
   * Goes on with the channel of another map of the cell. The reader's choices are requested of it; until they are answered
   * {@link awaiting} is true, and the map that is shown should stay.
   * @returns whether it can: false if other parameters are on offer
   */
  reconnect(choices: Choices, channel: Channel, saved: unknown): boolean
  readonly awaiting: boolean
  /** The column of the shown map at a moment in full resolution; null while there is no kernel. */
  column(time: number): Promise<unknown> | null
  /** A part of the shown map in full detail; null while there is no kernel. */
  part(part: Required<Pick<ExplorerRequest, 'range' | 'prices'>>): Promise<unknown> | null
  /** What is known of a live market now; null while there is no kernel. */
  feed(): Promise<unknown> | null
  dispose(): void
}

export interface KernelActions {
  /** Called with the payload of the rebuilt map. */
  rebuilt(payload: unknown): Promise<void>
  /** The reader has chosen parameters: what {@link KernelPanel.restore} reads. */
  save(state: JsonObject): void
  /** The kernel has become available. */
  opened(): void
  /** What was {@link KernelPanel.awaiting} will not come: the map of the cell is to be shown. */
  asInCell(): void
}

const savedChoices = v.record(v.string(), v.object({ value: choiceValue, cell: choiceValue }))

/**
 * @param saved the reader's choices as saved in the notebook: applied as soon as there is a kernel
 * @returns null for a map that was saved without choices
 */
export function createKernelPanel(
  initialChoices: Choices | undefined,
  initialChannel: Channel,
  saved: unknown,
  actions: KernelActions,
): KernelPanel | null {
  if (!initialChoices || initialChoices.length === 0) return null
  let cell = initialChoices
  let channel = initialChannel
  let requested: Values = {}
  /** The request that the shown map answers. */
  let answered = requested
  /** Choices of the reader that the shown map does not have, for lack of a kernel. */
  let waiting = readSaved(cell, saved)
  let choices: Choices | undefined = cell
  let open = false
  /** Since the last change of channel nothing is known of it. */
  let isNew = true
  let awaiting = false
  let reason = ''
  let latestRequest = 0

  const note = element('span', { class: 'liqnb-x-dim', role: 'status' })
  const selects = cell.map(({ name, label }) => {
    const select = element('select', {})
    select.addEventListener('change', () => {
      const option = choices?.find(choice => choice.name === name)?.options[select.selectedIndex]
      if (!option) return
      const inCell = cell.find(choice => choice.name === name)?.value
      const { [name]: _, ...others } = requested
      const values = equal(option.value, inCell) ? others : { ...others, [name]: option.value }
      void choose(values)
    })
    return { name, select, node: element('label', {}, `${label} `, select) }
  })
  const asInCell = element('button', { type: 'button', title: 'Forget these choices: the model is that of the cell' })
  asInCell.textContent = 'As in the cell'
  asInCell.addEventListener('click', () => void choose({}))
  const node = element(
    'fieldset',
    { class: 'liqnb-x-kernel' },
    element('legend', {}, 'Model'),
    element('div', { class: 'liqnb-x-row' }, ...selects.map(select => select.node), asInCell, note),
  )

  const showNote = (text: string, isError = false): void => {
    note.textContent = text
    note.classList.toggle('liqnb-x-error', isError)
  }
  const showButtons = (): void => {
    asInCell.hidden = isEmpty(requested)
  }
  const show = (next: Choices | undefined): void => {
    choices = next
    for (const { name, select } of selects) {
      const choice = next?.find(choice => choice.name === name)
      if (!choice) continue
      const labels = choice.options.map(option => option.label)
      if ([...select.options].map(option => option.text).join('\n') !== labels.join('\n'))
        select.replaceChildren(...labels.map(label => element('option', {}, label)))
      const value = requested[name] === undefined ? choice.value : requested[name]
      select.selectedIndex = choice.options.findIndex(option => equal(option.value, value))
    }
  }
  /** Back to the parameters of the shown map. */
  const revert = (): void => {
    requested = answered
    showButtons()
    show(choices)
  }
  const showClosed = (): void => {
    const names = Object.entries(waiting).map(([name, value]) => {
      const choice = cell.find(choice => choice.name === name)
      return `${choice?.label} ${choice?.options.find(option => equal(option.value, value))?.label}`
    })
    showNote(
      names.length > 0
        ? `The map is as the cell computed it, without your choice: ${names.join(', ')}. ${reason}`
        : reason,
    )
  }
  const enable = (enabled: boolean): void => {
    open = enabled
    for (const field of [asInCell, ...selects.map(({ select }) => select)]) field.disabled = !enabled
  }

  function choose(values: Values): Promise<void> {
    waiting = {}
    // A choice holds as long as the cell says the same: see readSaved.
    const state = Object.entries(values).map(([name, value]) => {
      const inCell = cell.find(choice => choice.name === name)?.value ?? null
      return [name, { value, cell: inCell }] as const
    })
    actions.save(Object.fromEntries(state))
    return send(values)
  }

  async function send(values: Values): Promise<void> {
    requested = values
    showButtons()
    show(choices)
    const turn = ++latestRequest
    // Each new bar need not be announced.
    if (!awaiting) showNote('computing …')
    const onProgress = ({ message }: { message: string }) => {
      if (turn === latestRequest) showNote(message)
    }
    try {
      // One slot: a newer request makes the answer to this one stale.
      const payload = await channel.request(values, { slot: 'map', onProgress })
      if (turn !== latestRequest) return
      const before = answered
      answered = values
      await actions.rebuilt(payload).catch(error => {
        answered = before
        throw error
      })
      if (turn !== latestRequest) return
      awaiting = false
      showNote('')
    } catch (error) {
      if (turn !== latestRequest || isAbort(error)) return
      showNote(messageOf(error), true)
      giveUp()
      revert()
    }
  }
  const giveUp = (): void => {
    if (!awaiting) return
    awaiting = false
    answered = {}
    choices = cell
    actions.asInCell()
  }

  /** With a kernel the choices are requested, without one they are named. */
  const apply = (): void => {
    if (!open) showClosed()
    if (!open || isEmpty(waiting)) return
    const values = waiting
    waiting = {}
    void send(values)
  }

  showButtons()
  show(cell)
  enable(false)
  const watch = () =>
    channel.watch(state => {
      const opened = channel.available && state.open && (isNew || !open)
      enable(channel.available && state.open)
      isNew = false
      reason = state.reason
      if (!open) {
        // Pending requests get no answer any more.
        latestRequest++
        giveUp()
        revert()
        showClosed()
      } else if (opened) {
        if (requested === answered) showNote('')
        apply()
        actions.opened()
      }
    })
  let stopWatching = watch()
  return {
    node,
    show,
    get awaiting() {
      return awaiting
    },
    reconnect(next, nextChannel, saved) {
      const namesOf = (of: Choices) => of.map(({ name, label }) => [name, label])
      if (!equal(namesOf(next), namesOf(cell))) return false
      stopWatching()
      channel.dispose()
      channel = nextChannel
      cell = next
      // Controls stay as they are until the state of the channel is known, so that the focus does.
      isNew = true
      latestRequest++
      waiting = readSaved(cell, saved)
      awaiting = !isEmpty(waiting)
      requested = waiting
      if (!awaiting) answered = requested
      showButtons()
      show(awaiting ? choices : cell)
      stopWatching = watch()
      return true
    },
    restore(saved) {
      const values = readSaved(cell, saved)
      if (equal(values, requested)) return
      waiting = values
      if (open && isEmpty(values)) void send(values)
      else apply()
    },
    column(time) {
      if (!open) return null
      return channel.request({ ...answered, column: time } satisfies ExplorerRequest, { slot: 'column' })
    },
    part(part) {
      if (!open) return null
      return channel.request({ ...answered, ...part } satisfies ExplorerRequest, { slot: 'part' })
    },
    feed: () => (open ? channel.request({ feed: true } satisfies ExplorerRequest, { slot: 'feed' }) : null),
    dispose() {
      stopWatching()
      channel.dispose()
    },
  }
}

const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const isEmpty = (values: Values): boolean => Object.keys(values).length === 0

/** Choices that are still on offer. Where the cell's own value has changed since, the cell counts. */
function readSaved(cell: Choices, saved: unknown): Values {
  const parsed = v.safeParse(savedChoices, saved ?? {})
  if (!parsed.success) return {}
  const values: Values = {}
  for (const { name, value: inCell, options } of cell) {
    const choice = Object.hasOwn(parsed.output, name) ? parsed.output[name] : undefined
    if (choice && equal(choice.cell, inCell) && options.some(option => equal(option.value, choice.value)))
      values[name] = choice.value
  }
  return values
}
