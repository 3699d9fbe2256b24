/** Exchanges messages with the extension: one messenger per renderer of a window, shared by its outputs. */
import type { RendererContext } from 'vscode-notebook-renderer'
import { isRecord } from '../../src/common/json.ts'
import type { ToExtension, ToRenderer } from '../../src/kernel/messaging.ts'

export interface Messenger {
  post(message: ToExtension): void
  /** Calls `listener` with every message. @returns stops it */
  listen(listener: (message: ToRenderer) => void): () => void
  /** An id that is unique in the window. */
  newId(): string
}

/** The messaging part of VS Code's context; an exported page has none. */
export type MessagingContext = Pick<RendererContext<unknown>, 'postMessage' | 'onDidReceiveMessage'> &
  Partial<Pick<RendererContext<unknown>, 'workspace'>>

const messengers = new WeakMap<MessagingContext, Messenger>()

/** undefined where there is no extension. */
export function getMessenger(context: MessagingContext | undefined): Messenger | undefined {
  if (!context?.postMessage || !context.onDidReceiveMessage) return undefined
  const existing = messengers.get(context)
  if (existing) return existing
  const listeners = new Set<(message: ToRenderer) => void>()
  context.onDidReceiveMessage((message: unknown) => {
    if (!isRecord(message) || typeof message.type !== 'string') return
    for (const listener of [...listeners]) listener(message as unknown as ToRenderer)
  })
  const prefix = crypto.getRandomValues(new Uint32Array(2)).join('-')
  let counter = 0
  const messenger: Messenger = {
    post: message => context.postMessage?.(message),
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    newId: () => `${prefix}-${++counter}`,
  }
  messengers.set(context, messenger)
  return messenger
}
