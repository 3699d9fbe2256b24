/** Plays what was known, column by column, to the end. */
import type { Model } from './model.ts'
import type { View } from './view.ts'

/** A whole replay takes about so long, but no column less than a frame. */
const LENGTH_MS = 20_000
/** With reduced motion a column stands at least so long. */
const CALM_MS = 500

export interface Replay {
  readonly playing: boolean
  toggle(): void
  stop(): void
}

/** @param changed is called when it starts or stops */
export function replayOf(model: Model, view: View, show: (asOf: number | null) => void, changed: () => void): Replay {
  const last = model.columns - 1
  let timer: ReturnType<typeof setInterval> | undefined
  const stop = (): void => {
    if (timer === undefined) return
    clearInterval(timer)
    timer = undefined
    changed()
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
      const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
      const pause = Math.max(calm ? CALM_MS : 33, LENGTH_MS / model.columns)
      const step = Math.max(1, Math.round((pause * model.columns) / LENGTH_MS))
      let column = view.state.asOf ?? 0
      show(column)
      timer = setInterval(() => {
        column = Math.min(last, column + step)
        show(column === last ? null : column)
        if (column === last) stop()
      }, pause)
      changed()
    },
  }
}
