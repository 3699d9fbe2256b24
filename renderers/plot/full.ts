/** Full height and full screen. Where a webview refuses full screen, a chart takes the height that is in sight instead. */
import { createHintButton } from './hint-button.ts'
import type { Binding } from './keys.ts'

export type FullMode = 'off' | 'height' | 'screen'

export interface Full {
  readonly mode: FullMode
  /** The height of the chart, in px, so that the nodes around it stay in sight too; at least the usual one. */
  chartHeight(usual: number, around: readonly HTMLElement[]): number
  toggle(mode: 'height' | 'screen'): void
  leave(): void
  stop(): void
}

/** Above and below the chart and what is around it. */
const MARGIN_PX = 30
/** Without a screen to ask. */
const FALLBACK_PX = 700

/**
 * Escape leaves, unless it closes a menu or the help.
 * @param changed called after the mode or the height has changed
 */
export function createFull(frame: HTMLElement, changed: () => void): Full {
  let mode: FullMode = 'off'
  let height: number | null = null
  const controller = new AbortController()
  const { signal } = controller

  const set = async (next: FullMode): Promise<void> => {
    mode = next
    frame.classList.toggle('liqnb-x-full', mode !== 'off')
    height = mode === 'off' ? null : mode === 'screen' ? innerHeight : await heightInSight()
    if (!signal.aborted) changed()
  }
  const enterScreen = async (): Promise<void> => {
    try {
      await frame.requestFullscreen()
    } catch {
      // Not allowed here: as in VS Code's webview.
      await set('height')
    }
  }
  const leave = (): void => {
    if (document.fullscreenElement === frame) void document.exitFullscreen()
    else void set('off')
  }
  document.addEventListener(
    'fullscreenchange',
    () => {
      const isFull = document.fullscreenElement === frame
      if (isFull !== (mode === 'screen')) void set(isFull ? 'screen' : 'off')
    },
    { signal },
  )
  addEventListener(
    'resize',
    () => {
      if (mode !== 'off') void set(mode)
    },
    { signal },
  )
  frame.addEventListener(
    'keydown',
    event => {
      if (event.key !== 'Escape' || mode === 'off') return
      if (frame.querySelector(':is(.liqnb-x-menu,.liqnb-x-help):not([hidden])')) return
      event.preventDefault()
      event.stopPropagation()
      leave()
    },
    { signal, capture: true },
  )
  return {
    get mode() {
      return mode
    },
    chartHeight(usual, around) {
      if (height === null) return usual
      return Math.max(usual, height - around.reduce((sum, node) => sum + node.offsetHeight, 0) - MARGIN_PX)
    },
    toggle(next) {
      if (mode !== 'off') leave()
      else if (next === 'screen') void enterScreen()
      else void set('height')
    },
    leave,
    stop: () => controller.abort(),
  }
}

const BUTTONS = [
  ['height', 'Full height', 'As high as what is in sight (H); Escape leaves'],
  ['screen', 'Full screen', 'Fill the screen, or what is in sight (F); Escape leaves'],
] as const

/** The buttons of both modes. */
export function createFullButtons(toggle: Full['toggle']): { nodes: HTMLElement[]; show(mode: FullMode): void } {
  const buttons = BUTTONS.map(([mode, name, hint]) => ({
    mode,
    node: createHintButton(name, hint, () => toggle(mode)),
  }))
  return {
    nodes: buttons.map(({ node }) => node),
    show(shown) {
      for (const { mode, node } of buttons) node.setAttribute('aria-pressed', String(mode === shown))
    },
  }
}

/** The keys of both modes, for the bindings of a chart. */
export const fullKeys = (toggle: Full['toggle']): Binding[] => [
  { keys: ['f', 'F'], label: 'F', description: 'full screen, or back', run: () => toggle('screen') },
  { keys: ['h', 'H'], label: 'H', description: 'full height, or back', run: () => toggle('height') },
]

/** The height of the page that is on the screen: a webview of VS Code is as tall as its notebook. */
function heightInSight(): Promise<number> {
  return new Promise(resolve => {
    const observer = new IntersectionObserver(entries => {
      observer.disconnect()
      const page = entries.at(-1)?.boundingClientRect.height ?? 0
      const inSight = entries.at(-1)?.intersectionRect.height ?? 0
      // A page that is shorter than the screen does not tell how much more fits.
      const most = page <= innerHeight ? innerHeight : inSight
      resolve(most > 0 ? most : FALLBACK_PX)
    })
    observer.observe(document.documentElement)
  })
}
