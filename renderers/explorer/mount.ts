/** Mounts an explorer in an element, and rebuilds or updates it when another payload comes. */
import { PLOT_CSS } from '../plot/css.ts'
import { element, ensureStyle, messageOf, showProblem } from '../shared/dom.ts'
import { applyThemeStyle } from '../shared/theme.ts'
import { EXPLORER_CSS } from './css.ts'
import { edgeView, restoreEdge } from './edge-column.ts'
import { type Explorer, openExplorer } from './explorer.ts'
import { createKernelPanel, type KernelPanel } from './kernel.ts'
import type { Maps } from './maps.ts'
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
  /** The panel that the explorer shows. */
  let shownPanel: KernelPanel | null = null
  let stopWatching = (): void => {}
  /** The view of the cell's map: what the reader chooses in a rebuilt map is saved there too. */
  let view = ''
  let cellHeader: Header | null = null
  /** The reader's model as saved in the notebook. */
  let savedModel: unknown
  /** What the cell gave last, while it is not shown because the reader's model of it is awaited. */
  let unshown: { payload: unknown } | null = null
  /** The map that was shown before. */
  let unused: Maps | null = null
  let disposed = false
  let latestTurn = 0

  /** @param from `kernel`: the answer to the panel of this explorer; `unshown`: of the cell, and connected already */
  const open = async (next: unknown, from: 'cell' | 'kernel' | 'unshown' = 'cell'): Promise<void> => {
    const turn = ++latestTurn
    const first = explorer === null
    if (first) performance.mark('liqnb:map received')
    try {
      const header = readHeader(next)
      if (from === 'cell' && !first) {
        unshown = null
        connect(header)
        // The reader's model of it follows at once: to show the cell's before would flicker.
        if (panel?.awaiting) {
          unshown = { payload: next }
          return
        }
      }
      const memory = unused
      unused = null
      const [maps, saved, model, savedEdge] = await Promise.all([
        unpackMaps(header, memory),
        ...(first ? [header.id, modelView(header.id), edgeView(header.id)].map(view => options.states.load(view)) : []),
      ])
      if (disposed || turn !== latestTurn) return
      if (first) {
        performance.mark('liqnb:map unpacked')
        savedModel = model
        connect(header)
        for (const part of [maps.whole, maps.recent]) if (part) await restoreEdge(part, savedEdge)
      }
      unshown = null
      if (from === 'kernel') panel?.show(header.choices)
      const before = panel === shownPanel ? explorer?.show(maps) : null
      if (before) {
        unused = before
        return
      }
      build(maps, explorer ? explorer.state() : saved)
      // Marks the steps of opening for profiles and benchmarks.
      if (first) performance.mark('liqnb:map drawn')
    } catch (error) {
      // The map stays; the panel shows the error.
      if (from === 'kernel') throw error
      if (disposed || turn !== latestTurn) return
      explorer?.dispose()
      explorer = null
      panel?.dispose()
      panel = null
      showProblem(host, `This map cannot be shown: ${messageOf(error)}.`)
    }
  }
  /** The cell was run again or the map rebuilt: the reader's choices stay. */
  const build = (maps: Maps, state: unknown): void => {
    const focused = document.activeElement
    explorer?.dispose()
    const frame = element('div', { class: 'liqnb-x' })
    host.replaceChildren(frame)
    applyThemeStyle(frame)
    shownPanel = panel
    const explorerHost = {
      ...options,
      get view() {
        return view
      },
      get cellHeader() {
        return cellHeader ?? maps.whole.header
      },
      panel: panel?.node ?? null,
      loadColumn: (time: number) => panel?.column(time) ?? null,
      loadFeed: () => panel?.feed() ?? null,
      loadPart: (part: Parameters<KernelPanel['part']>[0]) => panel?.part(part) ?? null,
    }
    explorer = openExplorer(frame, maps, state, explorerHost)
    explorer.draw()
    if (panel?.node.contains(focused)) (focused as HTMLElement).focus({ preventScroll: true })
  }
  const connect = (header: Header): void => {
    const { id, choices } = header
    const channel = options.connect(header.channel)
    cellHeader = header
    stopWatching()
    view = id
    const watched = [
      options.states.watch(id, saved => explorer?.restore(saved)),
      options.states.watch(modelView(id), saved => {
        savedModel = saved
        panel?.restore(saved)
      }),
    ]
    stopWatching = () => {
      for (const stop of watched) stop()
    }
    if (choices && panel?.reconnect(choices, channel, savedModel)) return
    panel?.dispose()
    panel = createKernelPanel(choices, channel, savedModel, {
      rebuilt: payload => open(payload, 'kernel'),
      save(state) {
        savedModel = state
        options.states.save(modelView(view), state)
      },
      opened: () => explorer?.kernelOpened(),
      asInCell() {
        if (unshown) void open(unshown.payload, 'unshown')
      },
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
