/** Mounts a study in an element. */
import { type MountedChart, mountChart } from '../plot/chart-mount.ts'
import { STUDY_CSS } from './css.ts'
import type { StudyOptions } from './options.ts'
import { readHeader } from './payload.ts'
import { openStudy } from './study.ts'
import { unpack } from './unpack.ts'

/** @param payload content of `application/vnd.liqnb.study+json`; for anything else `host` shows an error */
export function mountStudy(host: HTMLElement, payload: unknown, options: StudyOptions): MountedChart {
  return mountChart(host, payload, options.states, {
    noun: 'study',
    style: ['study', STUDY_CSS],
    read(next) {
      const header = readHeader(next)
      return { view: header.id, model: unpack(header) }
    },
    open: (frame, model, saved) => openStudy(frame, model, saved, options),
    // Filters and sorting stay, but trades and times may have changed.
    rerun: state => ({ ...state, selected: null, range: null }),
  })
}
