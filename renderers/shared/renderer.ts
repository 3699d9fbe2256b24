/** What VS Code asks of a renderer. */
import type { OutputItem, RendererApi, RendererContext } from 'vscode-notebook-renderer'
import { itemJson } from './item.ts'

/** One of ours, once VS Code wants it. */
export type Renderer = (context: RendererContext<unknown>) => RendererApi

interface Mounted {
  /** Resolves when the output is drawn, or its problem shown. */
  readonly drawn: Promise<void>
  update(payload: unknown): Promise<void>
  dispose(): void
}

/** A renderer of what `mount` puts into an element, and what can show another payload in the same place. */
export function rendererOf(mount: (host: HTMLElement, payload: unknown, item: OutputItem) => Mounted): RendererApi {
  const mounted = new Map<string, { host: HTMLElement; output: Mounted }>()
  const dispose = (id: string): void => {
    mounted.get(id)?.output.dispose()
    mounted.delete(id)
  }
  return {
    async renderOutputItem(item, host, signal) {
      const payload = itemJson(item)
      const before = mounted.get(item.id)
      // An output that is replaced by a new version of itself keeps the reader's place.
      if (before?.host === host && host.hasChildNodes()) {
        await before.output.update(payload)
        return
      }
      dispose(item.id)
      const output = mount(host, payload, item)
      mounted.set(item.id, { host, output })
      signal.addEventListener('abort', () => {
        if (mounted.get(item.id)?.output === output) dispose(item.id)
      })
      await output.drawn
    },
    disposeOutputItem(id) {
      for (const key of id === undefined ? [...mounted.keys()] : [id]) dispose(key)
    },
  }
}

/** A renderer of what is drawn anew for each payload; `mount` gives what to call when the output goes. */
export function plainRendererOf(
  mount: (host: HTMLElement, payload: unknown, item: OutputItem) => () => void,
): RendererApi {
  const mounted = new Map<string, () => void>()
  const dispose = (id: string): void => {
    mounted.get(id)?.()
    mounted.delete(id)
  }
  return {
    renderOutputItem(item, host) {
      dispose(item.id)
      mounted.set(item.id, mount(host, itemJson(item), item))
    },
    disposeOutputItem(id) {
      for (const key of id === undefined ? [...mounted.keys()] : [id]) dispose(key)
    },
  }
}
