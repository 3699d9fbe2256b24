/** Full height and full screen. Where a webview refuses full screen, the map takes the height that is in sight instead. */

export type FullMode = 'off' | 'height' | 'screen'

export interface Full {
  readonly mode: FullMode
  /** px in sight for all of the output; null with its usual height. */
  readonly height: number | null
  toggle(mode: 'height' | 'screen'): void
  leave(): void
  stop(): void
}

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
    get height() {
      return height
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
