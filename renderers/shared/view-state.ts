/** What the reader chose in an output, kept in the notebook: it comes back on reopening and in the exported page. */
import type { OutputItem } from 'vscode-notebook-renderer'
import type { Json, JsonObject } from '../../src/common/json.ts'
import { isRecord, type JsonRecord } from './json.ts'
import { type MessagingContext, type Messenger, messengerOf } from './messenger.ts'

/** Limit of one state, in characters of JSON. */
const MAX_CHARS = 64 * 1024
/** An extension that does not answer must not keep an output from being drawn. */
const PATIENCE_MS = 1500
/** Nor one that starts, where the file has told: that is most likely what it will say. One that is up answers within this. */
const PATIENCE_KNOWN_MS = 30

/** States of one cell's outputs, by view: a stable name that the payload gives. */
export interface ViewStates {
  /** The state that was kept, or undefined. Where the extension tells another one too late, `watch` brings it. */
  load(view: string): Promise<unknown>
  /**
   * Keeps a state: small JSON. Call it as often as the state changes; writing is the extension's affair.
   * @throws RangeError above 64 kB
   */
  save(view: string, state: Json): void
  /** Calls `listener` when the state was changed by something else, such as undo; returns the function that stops it. */
  watch(view: string, listener: (state: unknown) => void): () => void
}

/**
 * The states of the cell that an output item belongs to. In VS Code the extension names the cell in the item's metadata, for what
 * was read from a file beside the states that it held.
 */
export function viewStates(context: MessagingContext | undefined, item: Pick<OutputItem, 'metadata'>): ViewStates {
  const cell = cellOf(item)
  const messenger = messengerOf(context)
  const { views } = (item.metadata ?? {}) as { views?: unknown }
  return messenger && cell !== undefined
    ? keptStates(messenger, cell, isRecord(views) ? views : undefined)
    : localStates({})
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

function keptStates(messenger: Messenger, cell: string, read: JsonRecord | undefined): ViewStates {
  /** What stood in for answers that are yet to come, as JSON; null once the reader has chosen something else. */
  const standIns = new Map<string, string | null>()
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
            const state = read && Object.hasOwn(read, view) ? read[view] : undefined
            standIns.set(view, JSON.stringify(state ?? null))
            done(state)
          },
          read ? PATIENCE_KNOWN_MS : PATIENCE_MS,
        )
        messenger.post({ type: 'load', cell, view })
      }),
    save(view, state) {
      checkSize(view, state)
      if (standIns.has(view)) standIns.set(view, null)
      messenger.post({ type: 'save', cell, view, state })
    },
    watch: (view, listener) =>
      listen(view, state => {
        const standIn = standIns.get(view)
        standIns.delete(view)
        // The answer that came late: not news, or older than what the reader has done since.
        if (standIn === null || standIn === JSON.stringify(state ?? null)) return
        listener(state)
      }),
  }
}

function checkSize(view: string, state: Json): void {
  const { length } = JSON.stringify(state)
  if (length > MAX_CHARS)
    throw new RangeError(`The state of ${view} takes ${length} characters; at most ${MAX_CHARS} are kept.`)
}
