/** Puts an explorer into an element and keeps it in step with its width, the theme and the reader's choices. */
import type { Channel } from '../shared/channel.ts'
import { element, ensureStyle, messageOf, showProblem } from '../shared/dom.ts'
import type { SaveFile } from '../shared/save.ts'
import { applyThemeStyle, type ThemeSource } from '../shared/theme.ts'
import type { ViewStates } from '../shared/view-state.ts'
import { type Explorer, openExplorer } from './explorer.ts'
import { readHeader } from './payload.ts'
import { EXPLORER_STYLE } from './style.ts'
import { unpack } from './unpack.ts'

export interface ExplorerOptions {
  theme: ThemeSource
  save: SaveFile
  states: ViewStates
  /** The way to the kernel that holds the map, by the channel that a payload names. */
  connect(channel: string | undefined): Channel
}

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
  let disposed = false
  let latest = 0

  const open = async (next: unknown): Promise<void> => {
    const turn = ++latest
    try {
      const header = readHeader(next)
      const [model, kept] = await Promise.all([unpack(header), options.states.load(header.id)])
      if (disposed || turn !== latest) return
      // A map of the same shape keeps the reader's choices: it is the same cell, run again.
      const state = explorer?.stateFor(model) ?? kept
      explorer?.dispose()
      const frame = element('div', { class: 'liqnb-x' })
      host.replaceChildren(frame)
      applyThemeStyle(frame)
      explorer = openExplorer(frame, model, state, options)
      explorer.draw()
    } catch (error) {
      if (disposed || turn !== latest) return
      explorer?.dispose()
      explorer = null
      showProblem(host, `This map cannot be shown: ${messageOf(error)}.`)
    }
  }

  ensureStyle(host, 'explorer', EXPLORER_STYLE)
  return {
    drawn: open(payload),
    update: open,
    async refresh() {
      explorer?.draw()
    },
    dispose() {
      disposed = true
      explorer?.dispose()
      explorer = null
      host.replaceChildren()
    },
  }
}
