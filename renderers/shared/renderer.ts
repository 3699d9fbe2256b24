/** What VS Code asks of a renderer whose outputs can show another payload in place. */
import type { OutputItem, RendererApi } from 'vscode-notebook-renderer'
import { itemJson } from './item.ts'

interface Mounted {
  /** Resolves when the output is drawn, or its problem shown. */
  readonly drawn: Promise<void>
  update(payload: unknown): Promise<void>
  dispose(): void
}

/** A renderer of what `mount` puts into an element. */
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
