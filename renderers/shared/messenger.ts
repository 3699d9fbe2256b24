/** The way from a renderer to the extension: one for each renderer of a window, shared by its outputs. */
import type { RendererContext } from 'vscode-notebook-renderer'
import type { ToExtension, ToRenderer } from '../../src/kernel/messaging.ts'
import { isRecord } from './json.ts'

export interface Messenger {
  post(message: ToExtension): void
  /** Calls `listener` with every message that comes; returns the function that stops it. */
  listen(listener: (message: ToRenderer) => void): () => void
  /** An id that no other renderer of the window gives. */
  newId(): string
}

/** What is needed of VS Code's context; in an exported page there is none. */
export type MessagingContext = Pick<RendererContext<unknown>, 'postMessage' | 'onDidReceiveMessage'> &
  Partial<Pick<RendererContext<unknown>, 'workspace'>>

const messengers = new WeakMap<MessagingContext, Messenger>()

/** Undefined where there is no extension to talk to. */
export function messengerOf(context: MessagingContext | undefined): Messenger | undefined {
  if (!context?.postMessage || !context.onDidReceiveMessage) return undefined
  const known = messengers.get(context)
  if (known) return known
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
