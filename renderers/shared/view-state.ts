/** What the reader chose in an output, kept in the notebook: it comes back on reopening and in the exported page. */
import type { OutputItem } from 'vscode-notebook-renderer'
import type { Json, JsonObject } from '../../src/kernel/messaging.ts'
import { isRecord } from './json.ts'
import { type MessagingContext, type Messenger, messengerOf } from './messenger.ts'

/** Limit of one state, in characters of JSON. */
const MAX_CHARS = 64 * 1024
/** An extension that does not answer must not keep an output from being drawn. */
const PATIENCE_MS = 1500

/** States of one cell's outputs, by view: a stable name that the payload gives. */
export interface ViewStates {
  /** The state that was kept, or undefined. */
  load(view: string): Promise<unknown>
  /**
   * Keeps a state: small JSON. Call it as often as the state changes; writing is the extension's affair.
   * @throws RangeError above 64 kB
   */
  save(view: string, state: Json): void
  /** Calls `listener` when the state was changed by something else, such as undo; returns the function that stops it. */
  watch(view: string, listener: (state: unknown) => void): () => void
}

/** The states of the cell that an output item belongs to. In VS Code the extension names the cell in the item's metadata. */
export function viewStates(context: MessagingContext | undefined, item: Pick<OutputItem, 'metadata'>): ViewStates {
  const cell = cellOf(item)
  const messenger = messengerOf(context)
  return messenger && cell !== undefined ? keptStates(messenger, cell) : localStates({})
}

/** The id of the cell that an output item belongs to, where the extension has told. */
export function cellOf(item: Pick<OutputItem, 'metadata'>): string | undefined {
  const { metadata } = item
  return isRecord(metadata) && typeof metadata.cell === 'string' ? metadata.cell : undefined
}

/** States that start from what the page holds and are gone with it. */
export function localStates(states: JsonObject): ViewStates {
  const own = new Map<string, Json>(Object.entries(states))
  return {
    load: async view => own.get(view),
    save(view, state) {
      checkSize(view, state)
      own.set(view, state)
    },
    watch: () => () => {},
  }
}

function keptStates(messenger: Messenger, cell: string): ViewStates {
  const listen = (view: string, listener: (state: unknown) => void) =>
    messenger.listen(message => {
      if (message.type === 'view' && message.cell === cell && message.view === view)
        listener(message.state ?? undefined)
    })
  return {
    load: view =>
      new Promise(resolve => {
        const done = (state: unknown) => {
          stop()
          clearTimeout(timer)
          resolve(state)
        }
        const stop = listen(view, done)
        const timer = setTimeout(done, PATIENCE_MS)
        messenger.post({ type: 'load', cell, view })
      }),
    save(view, state) {
      checkSize(view, state)
      messenger.post({ type: 'save', cell, view, state })
    },
    watch: listen,
  }
}

function checkSize(view: string, state: Json): void {
  const { length } = JSON.stringify(state)
  if (length > MAX_CHARS)
    throw new RangeError(`The state of ${view} takes ${length} characters; at most ${MAX_CHARS} are kept.`)
}
