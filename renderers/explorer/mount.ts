/** Mounts an explorer in an element, and rebuilds or updates it when another payload comes. */
import { PLOT_CSS } from '../plot/css.ts'
import { element, ensureStyle, messageOf, showProblem } from '../shared/dom.ts'
import { applyThemeStyle } from '../shared/theme.ts'
import { EXPLORER_CSS } from './css.ts'
import { edgeView, restoreEdge } from './edge-column.ts'
import { type Explorer, openExplorer } from './explorer.ts'
import { createKernelPanel, type KernelPanel } from './kernel.ts'
import type { ExplorerOptions } from './options.ts'
import { type Header, readHeader } from './payload.ts'
import { unpackMaps } from './unpack.ts'

/** The name under which the reader's model is saved. */
const modelView = (id: string): string => `${id}:model`

export interface MountedExplorer {
  /** Resolves when the map or its error is shown. Without a width, drawing waits until there is one. */
  readonly drawn: Promise<void>
  /** Shows another payload in the same place. */
  update(payload: unknown): Promise<void>
  /** Reads theme and width again and draws now. */
  refresh(): Promise<void>
  dispose(): void
}

/** @param payload content of `application/vnd.liqnb.explorer+json`; for anything else `host` shows an error */
export function mountExplorer(host: HTMLElement, payload: unknown, options: ExplorerOptions): MountedExplorer {
  let explorer: Explorer | null = null
  let panel: KernelPanel | null = null
  let stopWatching = (): void => {}
  /** The view of the cell's map: what the reader chooses in a rebuilt map is saved there too. */
  let view = ''
  let cellHeader: Header | null = null
  let savedChoices: unknown
  let disposed = false
  let latestTurn = 0

  /** @param rebuilt whether the kernel sent it as answer to the panel of this explorer */
  const open = async (next: unknown, rebuilt = false): Promise<void> => {
    const turn = ++latestTurn
    const first = explorer === null
    if (first) performance.mark('liqnb:map received')
    try {
      const header = readHeader(next)
      const [maps, saved, ...others] = await Promise.all([
        unpackMaps(header),
        ...(explorer
          ? []
          : [header.id, modelView(header.id), edgeView(header.id)].map(view => options.states.load(view))),
      ])
      if (disposed || turn !== latestTurn) return
      if (first) performance.mark('liqnb:map unpacked')
      if (rebuilt && explorer?.replaceLayers(maps)) {
        panel?.show(header.choices)
        return
      }
      if (first) {
        savedChoices = others[0]
        for (const part of [maps.whole, maps.recent]) if (part) await restoreEdge(part, others[1])
      }
      const samePanel = (panel === null) === !header.choices?.length
      if (!rebuilt && samePanel && explorer?.goOn(maps)) {
        const before = panel
        connect(header)
        if (before && panel) before.node.replaceWith(panel.node)
        return
      }
      // The cell was run again or the map rebuilt: the reader's choices stay.
      const state = explorer ? explorer.state() : saved
      if (rebuilt) panel?.show(header.choices)
      else connect(header)
      const focused = document.activeElement
      explorer?.dispose()
      const frame = element('div', { class: 'liqnb-x' })
      host.replaceChildren(frame)
      applyThemeStyle(frame)
      const explorerHost = {
        ...options,
        view,
        cellHeader: cellHeader ?? header,
        panel: panel?.node ?? null,
        loadColumn: (time: number) => panel?.column(time) ?? null,
        loadFeed: () => panel?.feed() ?? null,
        loadPart: (part: Parameters<KernelPanel['part']>[0]) => panel?.part(part) ?? null,
      }
      explorer = openExplorer(frame, maps, state, explorerHost)
      explorer.draw()
      // Marks the steps of opening for profiles and benchmarks.
      if (first) performance.mark('liqnb:map drawn')
      if (panel?.node.contains(focused)) (focused as HTMLElement).focus({ preventScroll: true })
    } catch (error) {
      // The map stays; the panel shows the error.
      if (rebuilt) throw error
      if (disposed || turn !== latestTurn) return
      explorer?.dispose()
      explorer = null
      panel?.dispose()
      panel = null
      showProblem(host, `This map cannot be shown: ${messageOf(error)}.`)
    }
  }
  const connect = (header: Header): void => {
    const { id, channel, choices } = header
    cellHeader = header
    panel?.dispose()
    stopWatching()
    view = id
    const watched = [
      options.states.watch(id, saved => explorer?.restore(saved)),
      options.states.watch(modelView(id), saved => {
        savedChoices = saved
        panel?.restore(saved)
      }),
    ]
    stopWatching = () => {
      for (const stop of watched) stop()
    }
    panel = createKernelPanel(choices, options.connect(channel), savedChoices, {
      rebuilt: payload => open(payload, true),
      save(state) {
        savedChoices = state
        options.states.save(modelView(id), state)
      },
      opened: () => explorer?.kernelOpened(),
    })
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
