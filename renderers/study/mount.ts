/** Mounts a study in an element, and rebuilds it when another payload comes. */
import { PLOT_CSS } from '../plot/css.ts'
import { element, ensureStyle, messageOf, showProblem } from '../shared/dom.ts'
import { applyThemeStyle } from '../shared/theme.ts'
import { STUDY_CSS } from './css.ts'
import type { StudyOptions } from './options.ts'
import { readHeader } from './payload.ts'
import { openStudy, type Study } from './study.ts'
import { unpack } from './unpack.ts'

export interface MountedStudy {
  /** Resolves when the study or its error is shown. Without a width, drawing waits until there is one. */
  readonly drawn: Promise<void>
  /** Shows another payload in the same place. */
  update(payload: unknown): Promise<void>
  /** Reads theme and width again and draws now. */
  refresh(): Promise<void>
  dispose(): void
}

/** @param payload content of `application/vnd.liqnb.study+json`; for anything else `host` shows an error */
export function mountStudy(host: HTMLElement, payload: unknown, options: StudyOptions): MountedStudy {
  let study: Study | null = null
  let stopWatching = (): void => {}
  let disposed = false
  let latestTurn = 0

  const close = (): void => {
    stopWatching()
    study?.dispose()
    study = null
  }
  const open = async (next: unknown): Promise<void> => {
    const turn = ++latestTurn
    try {
      const header = readHeader(next)
      const [model, saved] = await Promise.all([unpack(header), study ? undefined : options.states.load(header.id)])
      if (disposed || turn !== latestTurn) return
      // The cell was run again: filters and sorting stay, but trades and times may have changed.
      const state = study ? { ...study.state, selected: null, range: null } : saved
      close()
      const frame = element('div', { class: 'liqnb-x' })
      host.replaceChildren(frame)
      applyThemeStyle(frame)
      study = openStudy(frame, model, state, options)
      stopWatching = options.states.watch(header.id, saved => study?.restore(saved))
      study.draw()
    } catch (error) {
      if (disposed || turn !== latestTurn) return
      close()
      showProblem(host, `This study cannot be shown: ${messageOf(error)}.`)
    }
  }

  ensureStyle(host, 'plot', PLOT_CSS)
  ensureStyle(host, 'study', STUDY_CSS)
  return {
    drawn: open(payload),
    update: open,
    async refresh() {
      study?.refresh()
    },
    dispose() {
      disposed = true
      close()
      host.replaceChildren()
    },
  }
}
