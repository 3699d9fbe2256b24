/** Puts a study into an element and keeps it in step with its width, the theme and the reader's choices. */
import { PLOT_CSS } from '../plot/css.ts'
import { element, ensureStyle, messageOf, showProblem } from '../shared/dom.ts'
import { applyThemeStyle } from '../shared/theme.ts'
import { STUDY_CSS } from './css.ts'
import type { StudyOptions } from './options.ts'
import { readHeader } from './payload.ts'
import { openStudy, type Study } from './study.ts'
import { unpack } from './unpack.ts'

export interface MountedStudy {
  /** Resolves when the study is drawn, or its problem shown. A study without width waits until it gets one. */
  readonly drawn: Promise<void>
  /** Shows another payload in the same place. */
  update(payload: unknown): Promise<void>
  /** Reads the theme and the width anew now, rather than with the next frame. */
  refresh(): Promise<void>
  dispose(): void
}

/**
 * @param payload content of `application/vnd.liqnb.study+json`; anything else is answered by a message in `host`
 */
export function mountStudy(host: HTMLElement, payload: unknown, options: StudyOptions): MountedStudy {
  let study: Study | null = null
  let stopWatching = (): void => {}
  let disposed = false
  let latest = 0

  const close = (): void => {
    stopWatching()
    study?.dispose()
    study = null
  }
  const open = async (next: unknown): Promise<void> => {
    const turn = ++latest
    try {
      const header = readHeader(next)
      const [model, kept] = await Promise.all([unpack(header), study ? undefined : options.states.load(header.id)])
      if (disposed || turn !== latest) return
      // The same cell run again: filters and sorting stay, but a trade or a stretch may be another one now.
      const state = study ? { ...study.state, selected: null, range: null } : kept
      close()
      const frame = element('div', { class: 'liqnb-x' })
      host.replaceChildren(frame)
      applyThemeStyle(frame)
      study = openStudy(frame, model, state, options)
      stopWatching = options.states.watch(header.id, changed => study?.restore(changed))
      study.draw()
    } catch (error) {
      if (disposed || turn !== latest) return
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
