/** Mounts a chart in an element, and rebuilds it when another payload comes. */
import { element, ensureStyle, messageOf, showProblem } from '../shared/dom.ts'
import { applyThemeStyle } from '../shared/theme.ts'
import type { ViewStates } from '../shared/view-state.ts'
import { PLOT_CSS } from './css.ts'

/** An open chart. */
export interface Chart<State> {
  /** Draws now what would be drawn with the next frame. */
  draw(): void
  /** Reads theme and width again and draws now. */
  refresh(): void
  /** Shows a saved state that something else changed, such as undo. */
  restore(saved: unknown): void
  readonly state: State
  dispose(): void
}

export interface MountedChart {
  /** Resolves when the chart or its error is shown. Without a width, drawing waits until there is one. */
  readonly drawn: Promise<void>
  /** Shows another payload in the same place. */
  update(payload: unknown): Promise<void>
  /** Reads theme and width again and draws now. */
  refresh(): Promise<void>
  dispose(): void
}

export interface ChartKind<Model, State> {
  /** In errors: `This study cannot be shown`. */
  noun: string
  /** Name and text of its style sheet. */
  style: [id: string, css: string]
  /** @throws PayloadError for a payload that cannot be shown */
  read(payload: unknown): { view: string; model: Promise<Model> }
  open(frame: HTMLElement, model: Model, saved: unknown): Chart<State>
  /** What stays of the reader's choices when the cell is run again. */
  rerun(state: State): unknown
}

/** @param payload for anything that `kind` cannot read, `host` shows an error */
export function mountChart<Model, State>(
  host: HTMLElement,
  payload: unknown,
  states: ViewStates,
  kind: ChartKind<Model, State>,
): MountedChart {
  let chart: Chart<State> | null = null
  let stopWatching = (): void => {}
  let disposed = false
  let latestTurn = 0

  const close = (): void => {
    stopWatching()
    chart?.dispose()
    chart = null
  }
  const open = async (next: unknown): Promise<void> => {
    const turn = ++latestTurn
    try {
      const { view, model: unpacking } = kind.read(next)
      const [model, saved] = await Promise.all([unpacking, chart ? undefined : states.load(view)])
      if (disposed || turn !== latestTurn) return
      const state = chart ? kind.rerun(chart.state) : saved
      close()
      const frame = element('div', { class: 'liqnb-x' })
      host.replaceChildren(frame)
      applyThemeStyle(frame)
      chart = kind.open(frame, model, state)
      stopWatching = states.watch(view, saved => chart?.restore(saved))
      chart.draw()
    } catch (error) {
      if (disposed || turn !== latestTurn) return
      close()
      showProblem(host, `This ${kind.noun} cannot be shown: ${messageOf(error)}.`)
    }
  }

  ensureStyle(host, 'plot', PLOT_CSS)
  ensureStyle(host, ...kind.style)
  return {
    drawn: open(payload),
    update: open,
    async refresh() {
      chart?.refresh()
    },
    dispose() {
      disposed = true
      close()
      host.replaceChildren()
    },
  }
}
