/** When something is drawn: with the next frame, while it is near the screen, and anew with another width or theme. */
import type { Theme, ThemeSource } from '../shared/theme.ts'

export interface Drawing {
  /** Draws with the next frame. */
  later(): void
  /** Draws now what would be drawn with the next frame. */
  now(): void
  /** Reads the theme anew and draws now. */
  refresh(): void
  stop(): void
}

/** Off the screen for so long, its memory is given back: scrolling past and back must not flicker. */
const REST_MS = 4000

/**
 * @param stage its width is what is drawn on; a frame may have a padding
 * @param draw called with that width in CSS px; another theme is another object
 * @param rest forgets what can be made again
 */
export function drawingOf(
  frame: HTMLElement,
  stage: HTMLElement,
  source: ThemeSource,
  draw: (width: number, theme: Theme) => void,
  rest: () => void,
): Drawing {
  let request = 0
  let theme: Theme | null = null
  let visible = true
  let stopped = false
  let leaving: ReturnType<typeof setTimeout> | undefined

  const now = (): void => {
    const width = Math.floor(stage.clientWidth)
    if (width === 0 || stopped) return
    theme ??= source.read(frame)
    draw(width, theme)
  }
  const later = (): void => {
    if (request || stopped || !visible) return
    request = requestAnimationFrame(() => {
      request = 0
      now()
    })
  }
  const resizes = new ResizeObserver(later)
  resizes.observe(frame)
  // A zoom of the browser may leave the width as it is, but not the pixels that it has.
  addEventListener('resize', later)
  const stopWatching = source.watch(() => {
    theme = null
    later()
  })
  const sight = new IntersectionObserver(
    entries => {
      visible = entries.at(-1)!.isIntersecting
      clearTimeout(leaving)
      if (visible) later()
      else leaving = setTimeout(rest, REST_MS)
    },
    { rootMargin: '600px 0px' },
  )
  sight.observe(frame)
  return {
    later,
    now,
    refresh() {
      theme = null
      now()
    },
    stop() {
      stopped = true
      clearTimeout(leaving)
      cancelAnimationFrame(request)
      resizes.disconnect()
      removeEventListener('resize', later)
      sight.disconnect()
      stopWatching()
    },
  }
}
