/** Puts an explorer into an element and keeps it in step with its width, the theme and the reader's choices. */
import { PLOT_CSS } from '../plot/css.ts'
import { element, ensureStyle, messageOf, showProblem } from '../shared/dom.ts'
import { applyThemeStyle } from '../shared/theme.ts'
import { EXPLORER_CSS } from './css.ts'
import { type Explorer, openExplorer } from './explorer.ts'
import { type KernelPanel, kernelPanel } from './kernel.ts'
import type { ExplorerOptions } from './options.ts'
import { type Header, readHeader } from './payload.ts'
import { unpack } from './unpack.ts'

export interface MountedExplorer {
  /** Resolves when the map is drawn, or its problem shown. A map without width waits until it gets one. */
  readonly drawn: Promise<void>
  /** Shows another payload in the same place. */
  update(payload: unknown): Promise<void>
  /** Reads the theme and the width anew now, rather than with the next frame. */
  refresh(): Promise<void>
  dispose(): void
}

/**
 * @param payload content of `application/vnd.liqnb.explorer+json`; anything else is answered by a message in `host`
 */
export function mountExplorer(host: HTMLElement, payload: unknown, options: ExplorerOptions): MountedExplorer {
  let explorer: Explorer | null = null
  let panel: KernelPanel | null = null
  let stopWatching = (): void => {}
  let disposed = false
  let latest = 0

  /** Shows a map; `again` for one that the kernel built anew for this place. */
  const open = async (next: unknown, again = false): Promise<void> => {
    const turn = ++latest
    const first = explorer === null
    if (first) performance.mark('liqnb:map given')
    try {
      const header = readHeader(next)
      const [model, kept] = await Promise.all([unpack(header), explorer ? undefined : options.states.load(header.id)])
      if (disposed || turn !== latest) return
      if (first) performance.mark('liqnb:map unpacked')
      if (again && explorer?.takeLayers(model)) {
        panel?.show(header.choices)
        return
      }
      // The same cell run again, or the same map built anew: the reader's choices stay.
      const state = explorer ? explorer.stateFor(model) : kept
      if (again) panel?.show(header.choices)
      else connect(header)
      const focused = document.activeElement
      explorer?.dispose()
      const frame = element('div', { class: 'liqnb-x' })
      host.replaceChildren(frame)
      applyThemeStyle(frame)
      explorer = openExplorer(frame, model, state, options, panel?.node ?? null)
      explorer.draw()
      // Beside the other steps of an opening in a profile, and for who measures them.
      if (first) performance.mark('liqnb:map drawn')
      if (panel?.node.contains(focused)) (focused as HTMLElement).focus({ preventScroll: true })
    } catch (error) {
      // What is seen outlasts an answer that cannot be shown; the panel says so.
      if (again) throw error
      if (disposed || turn !== latest) return
      explorer?.dispose()
      explorer = null
      panel?.dispose()
      panel = null
      showProblem(host, `This map cannot be shown: ${messageOf(error)}.`)
    }
  }
  const connect = (header: Header): void => {
    panel?.dispose()
    stopWatching()
    stopWatching = options.states.watch(header.id, kept => explorer?.restore(kept))
    const visible = (): [number, number] => explorer?.visible() ?? [0, 0]
    panel = kernelPanel(header.choices, options.connect(header.channel), payload => open(payload, true), visible)
  }

  ensureStyle(host, 'plot', PLOT_CSS)
  ensureStyle(host, 'explorer', EXPLORER_CSS)
  return {
    drawn: open(payload),
    update: next => open(next),
    async refresh() {
      explorer?.refresh()
    },
    dispose() {
      disposed = true
      stopWatching()
      explorer?.dispose()
      explorer = null
      panel?.dispose()
      panel = null
      host.replaceChildren()
    },
  }
}
