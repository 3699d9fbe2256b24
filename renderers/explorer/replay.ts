/** Replays the map as it was known at each column, up to the last one. */
import { columnAt } from './model.ts'
import type { View } from './view.ts'

/** Duration of a whole replay; columns are skipped if they would be shorter than {@link MIN_STEP_MS}. */
const DURATION_MS = 20_000
/** Two frames. */
const MIN_STEP_MS = 33
/** With reduced motion. */
const MIN_CALM_STEP_MS = 500

export interface Replay {
  readonly playing: boolean
  toggle(): void
  stop(): void
}

/** @param onToggle called when it starts or stops */
export function createReplay(view: View, show: (asOf: number | null) => void, onToggle: () => void): Replay {
  let timer: ReturnType<typeof setInterval> | undefined
  const stop = (): void => {
    if (timer === undefined) return
    clearInterval(timer)
    timer = undefined
    onToggle()
  }
  return {
    get playing() {
      return timer !== undefined
    },
    stop,
    toggle() {
      if (timer !== undefined) {
        stop()
        return
      }
      const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)').matches
      // The columns in sight, of the part that is drawn now.
      const { model, range } = view
      const last = model.columns - 1
      const first = Math.max(0, columnAt(model, range.timeFrom))
      const columns = Math.max(1, last - first)
      const stepMs = Math.max(reducedMotion ? MIN_CALM_STEP_MS : MIN_STEP_MS, DURATION_MS / columns)
      const step = Math.max(1, Math.round((stepMs * columns) / DURATION_MS))
      let column = view.state.asOf === null ? first : view.lastColumn
      show(model.edges[column]!)
      timer = setInterval(() => {
        column = Math.min(last, column + step)
        show(column === last ? null : model.edges[column]!)
        if (column === last) stop()
      }, stepMs)
      onToggle()
    },
  }
}
