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
  const { mounted, dispose, disposeOutputItem } = outputs<{ host: HTMLElement; output: Mounted }>(({ output }) =>
    output.dispose(),
  )
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
    disposeOutputItem,
  }
}

/** A renderer of what is drawn anew for each payload; `mount` gives what to call when the output goes. */
export function plainRendererOf(
  mount: (host: HTMLElement, payload: unknown, item: OutputItem) => () => void,
): RendererApi {
  const { mounted, dispose, disposeOutputItem } = outputs<() => void>(end => end())
  return {
    renderOutputItem(item, host) {
      dispose(item.id)
      mounted.set(item.id, mount(host, itemJson(item), item))
    },
    disposeOutputItem,
  }
}

/** The outputs that are on the page, by id, and how they go: one of them, or all. */
function outputs<T>(end: (output: T) => void) {
  const mounted = new Map<string, T>()
  const dispose = (id: string): void => {
    const output = mounted.get(id)
    if (output !== undefined) end(output)
    mounted.delete(id)
  }
  const disposeOutputItem = (id?: string): void => {
    for (const key of id === undefined ? [...mounted.keys()] : [id]) dispose(key)
  }
  return { mounted, dispose, disposeOutputItem }
}
