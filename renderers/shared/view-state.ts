/** View states: what the reader chose in an output, saved in the notebook and restored from there or from an exported page. */
import type { OutputItem } from 'vscode-notebook-renderer'
import type { Json, JsonObject } from '../../src/common/json.ts'
import { isRecord, type JsonRecord } from '../../src/common/json.ts'
import { assertViewSize } from '../../src/common/view-limit.ts'
import { getMessenger, type MessagingContext, type Messenger } from './messenger.ts'

/** After this time an output is drawn without its state. */
const LOAD_TIMEOUT_MS = 1500
/**
 * The timeout if the output item already has the states saved in the file: a running extension answers faster, and one that
 * is still starting would most likely answer the same.
 */
const LOAD_TIMEOUT_WITH_SAVED_MS = 30

/** States of one cell's outputs, by view: a stable name from the payload. */
export interface ViewStates {
  /** The saved state, or undefined. If the extension answers late with another state, `watch` reports it. */
  load(view: string): Promise<unknown>
  /**
   * Saves a state: small JSON. Cheap enough for every change; the extension writes the file.
   * @throws RangeError above 64 kB
   */
  save(view: string, state: Json): void
  /** Calls `listener` when something else changes the state, such as undo. @returns stops it */
  watch(view: string, listener: (state: unknown) => void): () => void
}

/**
 * States of the cell that an output item belongs to. The extension puts the cell's id into the item's metadata, and for
 * outputs read from a file the saved states.
 */
export function createViewStates(
  context: MessagingContext | undefined,
  item: Pick<OutputItem, 'metadata'>,
): ViewStates {
  const cell = cellIdOf(item)
  const messenger = getMessenger(context)
  const { views } = (item.metadata ?? {}) as { views?: unknown }
  return messenger && cell !== undefined
    ? extensionStates(messenger, cell, isRecord(views) ? views : undefined)
    : createLocalStates({})
}

/** The id of the cell that an output item belongs to, from the extension's metadata. */
export function cellIdOf(item: Pick<OutputItem, 'metadata'>): string | undefined {
  const { metadata } = item
  return isRecord(metadata) && typeof metadata.cell === 'string' ? metadata.cell : undefined
}

/** States that live as long as the page. */
export function createLocalStates(states: JsonObject): ViewStates {
  const current = new Map<string, Json>(Object.entries(states))
  return {
    load: async view => current.get(view),
    save(view, state) {
      assertViewSize(view, state)
      current.set(view, state)
    },
    watch: () => () => {},
  }
}

function extensionStates(messenger: Messenger, cell: string, fromFile: JsonRecord | undefined): ViewStates {
  /** States used before the extension answered, as JSON; null once the reader has changed them. */
  const provisional = new Map<string, string | null>()
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
        const timer = setTimeout(
          () => {
            const state = fromFile && Object.hasOwn(fromFile, view) ? fromFile[view] : undefined
            provisional.set(view, JSON.stringify(state ?? null))
            done(state)
          },
          fromFile ? LOAD_TIMEOUT_WITH_SAVED_MS : LOAD_TIMEOUT_MS,
        )
        messenger.post({ type: 'load', cell, view })
      }),
    save(view, state) {
      assertViewSize(view, state)
      if (provisional.has(view)) provisional.set(view, null)
      messenger.post({ type: 'save', cell, view, state })
    },
    watch: (view, listener) =>
      listen(view, state => {
        const before = provisional.get(view)
        provisional.delete(view)
        // A late answer: the same as used before, or older than the reader's change.
        if (before === null || before === JSON.stringify(state ?? null)) return
        listener(state)
      }),
  }
}
