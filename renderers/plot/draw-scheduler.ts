/** Schedules drawing: at most once per frame, only near the screen, and again when the width or the theme changes. */
import type { Theme, ThemeSource } from '../shared/theme.ts'

export interface DrawScheduler {
  /** Draws with the next frame. */
  request(): void
  /** Draws now what would be drawn with the next frame. */
  drawNow(): void
  /** Reads the theme again and draws now. */
  refresh(): void
  stop(): void
}

/** Memory is released this long after the chart left the screen: scrolling past and back must not flicker. */
const RELEASE_AFTER_MS = 4000

/**
 * @param frame what is observed; it may have padding
 * @param chart its width is the width to draw
 * @param draw called with that width in CSS px; a changed theme is a new object
 * @param release frees what can be rebuilt
 */
export function createDrawScheduler(
  frame: HTMLElement,
  chart: HTMLElement,
  source: ThemeSource,
  draw: (width: number, theme: Theme) => void,
  release: () => void,
): DrawScheduler {
  let frameRequest = 0
  let theme: Theme | null = null
  let visible = true
  let stopped = false
  let releaseTimer: ReturnType<typeof setTimeout> | undefined

  const drawNow = (): void => {
    const width = Math.floor(chart.clientWidth)
    if (width === 0 || stopped) return
    theme ??= source.read(frame)
    draw(width, theme)
  }
  const request = (): void => {
    if (frameRequest || stopped || !visible) return
    frameRequest = requestAnimationFrame(() => {
      frameRequest = 0
      drawNow()
    })
  }
  const resizeObserver = new ResizeObserver(request)
  resizeObserver.observe(frame)
  // Zooming the browser may change the device pixels but not the width.
  addEventListener('resize', request)
  const stopWatching = source.watch(() => {
    theme = null
    request()
  })
  const visibilityObserver = new IntersectionObserver(
    entries => {
      visible = entries.at(-1)?.isIntersecting === true
      clearTimeout(releaseTimer)
      if (visible) request()
      else releaseTimer = setTimeout(release, RELEASE_AFTER_MS)
    },
    { rootMargin: '600px 0px' },
  )
  visibilityObserver.observe(frame)
  return {
    request,
    drawNow,
    refresh() {
      theme = null
      drawNow()
    },
    stop() {
      stopped = true
      clearTimeout(releaseTimer)
      cancelAnimationFrame(frameRequest)
      resizeObserver.disconnect()
      removeEventListener('resize', request)
      visibilityObserver.disconnect()
      stopWatching()
    },
  }
}
