/** Builds VS Code's renderer API from a function that mounts one output. */
import type { OutputItem, RendererApi, RendererContext } from 'vscode-notebook-renderer'

/** Creates a renderer when VS Code activates it. */
export type Renderer = (context: RendererContext<unknown>) => RendererApi

interface Mounted {
  /** Resolves when the output or its error is shown. */
  readonly drawn: Promise<void>
  update(payload: unknown): Promise<void>
  dispose(): void
}

/** A renderer whose outputs can show another payload in the same element. */
export function createRenderer(mount: (host: HTMLElement, payload: unknown, item: OutputItem) => Mounted): RendererApi {
  const { mounted, dispose, disposeOutputItem } = mountedOutputs<{ host: HTMLElement; output: Mounted }>(({ output }) =>
    output.dispose(),
  )
  return {
    async renderOutputItem(item, host, signal) {
      const payload = itemJson(item)
      const current = mounted.get(item.id)
      // An updated output keeps the reader's zoom and choices.
      if (current?.host === host && host.hasChildNodes()) {
        await current.output.update(payload)
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

/** A renderer that mounts each payload from scratch; `mount` returns the function that disposes the output. */
export function createPlainRenderer(
  mount: (host: HTMLElement, payload: unknown, item: OutputItem) => () => void,
): RendererApi {
  const { mounted, dispose, disposeOutputItem } = mountedOutputs<() => void>(disposeOutput => disposeOutput())
  return {
    renderOutputItem(item, host) {
      dispose(item.id)
      mounted.set(item.id, mount(host, itemJson(item), item))
    },
    disposeOutputItem,
  }
}

/** The mounted outputs by id, and functions that dispose one or all of them. */
function mountedOutputs<T>(disposeOutput: (output: T) => void) {
  const mounted = new Map<string, T>()
  const dispose = (id: string): void => {
    const output = mounted.get(id)
    if (output !== undefined) disposeOutput(output)
    mounted.delete(id)
  }
  const disposeOutputItem = (id?: string): void => {
    for (const key of id === undefined ? [...mounted.keys()] : [id]) dispose(key)
  }
  return { mounted, dispose, disposeOutputItem }
}

/** The JSON of an output item; if it is not JSON, its text, so that reading the payload reports the error. */
function itemJson(item: OutputItem): unknown {
  try {
    return item.json()
  } catch {
    return item.text()
  }
}
