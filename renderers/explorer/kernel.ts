/** Parameters that only the kernel can change, such as half-life, margin rule and timeframe: it rebuilds the map. */
import type { ChoiceValue, ExplorerChoice } from '../../src/charts/explorer-payload.ts'
import { type Channel, isAbort } from '../shared/channel.ts'
import { element, messageOf } from '../shared/dom.ts'

type Choices = Record<string, ExplorerChoice>

export interface KernelPanel {
  node: HTMLElement
  /** Shows the parameters of a map that was rebuilt. */
  show(choices: Choices | undefined): void
  dispose(): void
}

interface Request {
  /** Chosen values by parameter; the others are as in the cell. */
  values: Record<string, ChoiceValue>
  /** The part to build in full detail, epoch ms; null: the whole map. */
  range: [from: number, to: number] | null
}

/**
 * @param onRebuilt called with the payload of the rebuilt map
 * @param visibleRange the visible times, epoch ms
 * @returns null for a map that was saved without choices
 */
export function createKernelPanel(
  initialChoices: Choices | undefined,
  channel: Channel,
  onRebuilt: (payload: unknown) => Promise<void>,
  visibleRange: () => [from: number, to: number],
): KernelPanel | null {
  if (!initialChoices || Object.keys(initialChoices).length === 0) return null
  let requested: Request = { values: {}, range: null }
  /** The request that the shown map answers. */
  let answered = requested
  let choices: Choices | undefined = initialChoices
  let open = false
  let latestRequest = 0

  const note = element('span', { class: 'liqnb-x-dim', role: 'status' })
  const selects = Object.entries(initialChoices).map(([name, { label }]) => {
    const select = element('select', {})
    select.addEventListener('change', () => {
      const option = choices?.[name]?.options[select.selectedIndex]
      if (option) void send({ ...requested, values: { ...requested.values, [name]: option.value } })
    })
    return { name, select, node: element('label', {}, `${label} `, select) }
  })
  const detail = element('button', { type: 'button' })
  detail.addEventListener('click', () => {
    void send({ ...requested, range: requested.range ? null : visibleRange() })
  })
  const node = element(
    'fieldset',
    { class: 'liqnb-x-kernel' },
    element('legend', {}, 'Model'),
    element('div', { class: 'liqnb-x-row' }, ...selects.map(select => select.node), detail, note),
  )

  const showNote = (text: string, isError = false): void => {
    note.textContent = text
    note.classList.toggle('liqnb-x-error', isError)
  }
  const showDetailButton = (): void => {
    detail.textContent = requested.range ? 'Whole map' : 'Finer detail'
    detail.title = requested.range ? 'Build the map of all bars' : 'Build only the visible part, in as many columns'
  }
  const show = (next: Choices | undefined): void => {
    choices = next
    for (const { name, select } of selects) {
      const choice = next?.[name]
      if (!choice) continue
      const labels = choice.options.map(option => option.label)
      if ([...select.options].map(option => option.text).join('\n') !== labels.join('\n'))
        select.replaceChildren(...labels.map(label => element('option', {}, label)))
      const value = JSON.stringify(requested.values[name] === undefined ? choice.value : requested.values[name])
      select.selectedIndex = choice.options.findIndex(option => JSON.stringify(option.value) === value)
    }
  }
  /** Back to the parameters of the shown map. */
  const revert = (): void => {
    requested = answered
    showDetailButton()
    show(choices)
  }
  const enable = (enabled: boolean): void => {
    open = enabled
    for (const field of [detail, ...selects.map(({ select }) => select)]) field.disabled = !enabled
  }

  async function send(request: Request): Promise<void> {
    requested = request
    showDetailButton()
    const turn = ++latestRequest
    showNote('computing …')
    const onProgress = ({ message }: { message: string }) => {
      if (turn === latestRequest) showNote(message)
    }
    try {
      // One slot: a newer request makes the answer to this one stale.
      const message = { ...request.values, ...(request.range && { range: request.range }) }
      const payload = await channel.request(message, { slot: 'map', onProgress })
      if (turn !== latestRequest) return
      const before = answered
      answered = request
      await onRebuilt(payload).catch(error => {
        answered = before
        throw error
      })
      if (turn === latestRequest) showNote('')
    } catch (error) {
      if (turn !== latestRequest || isAbort(error)) return
      showNote(messageOf(error), true)
      revert()
    }
  }

  showDetailButton()
  show(initialChoices)
  enable(false)
  const stopWatching = channel.watch(state => {
    enable(channel.available && state.open)
    if (!open) {
      // Pending requests get no answer any more.
      latestRequest++
      revert()
      showNote(state.reason)
    } else if (requested === answered) showNote('')
  })
  return {
    node,
    show,
    dispose() {
      stopWatching()
      channel.dispose()
    },
  }
}
