/** A map of the board in full: its explorer from the kernel, or without one the small map in large. */
import type { BoardPayload } from '../../src/charts/board-payload.ts'
import type { Json } from '../../src/common/json.ts'
import { type MountedExplorer, mountExplorer } from '../explorer/mount.ts'
import { isolateKey } from '../plot/keys.ts'
import { type Channel, isAbort } from '../shared/channel.ts'
import { element, messageOf } from '../shared/dom.ts'
import type { OutputHost } from '../shared/output-host.ts'
import type { ThemeSource } from '../shared/theme.ts'
import type { ViewStates } from '../shared/view-state.ts'
import type { SmallMap } from './model.ts'
import { createCaption } from './tile.ts'

export interface OpenedMap {
  node: HTMLElement
  /** The small map in large; undefined while there is an explorer, or may come one. */
  readonly canvas: HTMLCanvasElement | undefined
  focus(): void
  /** Reads theme and width again. */
  refresh(): void
  dispose(): void
}

const SMALL_ONLY = 'The file has only this small map: run the cell to open its explorer.'

interface Surroundings {
  header: BoardPayload
  channel: Channel
  outputHost: OutputHost
  theme: ThemeSource
  /** Back to the board. */
  close(): void
  /** The picture in large is there. */
  changed(): void
}

export function openMap(map: SmallMap, index: number, around: Surroundings): OpenedMap {
  const { header, channel, outputHost, theme, close } = around
  const back = element('button', { type: 'button', title: 'Back to the board (Escape)' }, '← Board')
  back.addEventListener('click', close)
  const status = element('span', { class: 'liqnb-x-dim', role: 'status' })
  const host = element('div')
  const node = element(
    'div',
    { class: 'liqnb-x-opened' },
    element('div', { class: 'liqnb-x-bar' }, back, createCaption(map), status),
    host,
  )
  const canvas = element('canvas', { role: 'img', 'aria-label': `${map.header.symbol} ${map.header.timeframe}` })
  let explorer: MountedExplorer | undefined
  let isSmall = false
  const abort = new AbortController()

  const showSmall = (why: string): void => {
    status.textContent = why
    host.replaceChildren(canvas)
    isSmall = true
    around.changed()
  }
  const load = async (): Promise<void> => {
    status.textContent = 'Building the map…'
    try {
      const payload = await channel.request({ map: index }, { slot: 'map', signal: abort.signal })
      if (abort.signal.aborted) return
      status.textContent = ''
      explorer = mountExplorer(host, payload, {
        theme,
        save: outputHost.save,
        states: partStates(outputHost.views, header.view),
        connect: outputHost.openChannel,
      })
    } catch (error) {
      if (!isAbort(error)) showSmall(`${messageOf(error)} ${SMALL_ONLY}`)
    }
  }
  // Before the explorer's own keys; what is open in it closes first.
  node.addEventListener(
    'keydown',
    event => {
      if (event.key !== 'Escape') return
      if (node.querySelector(':is(.liqnb-x-menu,.liqnb-x-help):not([hidden]),.liqnb-x-full')) return
      event.preventDefault()
      event.stopPropagation()
      close()
    },
    { capture: true },
  )
  back.addEventListener('keydown', isolateKey)
  if (channel.available) void load()
  else showSmall(SMALL_ONLY)
  return {
    node,
    get canvas() {
      return isSmall ? canvas : undefined
    },
    focus: () => back.focus({ preventScroll: true }),
    refresh: () => void explorer?.refresh(),
    dispose() {
      abort.abort()
      explorer?.dispose()
      node.remove()
    },
  }
}

/** States of the explorers, saved as parts of the board's: they go when the board does. */
function partStates(states: ViewStates, board: string): ViewStates {
  const nameOf = (view: string) => `${board}:${view.replaceAll(':', '.')}`
  return {
    load: view => states.load(nameOf(view)),
    save: (view: string, state: Json) => states.save(nameOf(view), state),
    watch: (view, listener) => states.watch(nameOf(view), listener),
  }
}
