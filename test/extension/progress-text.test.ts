/** Progress and durations as text. */
import { describe, expect, it } from 'vitest'
import {
  durationText,
  progressLabel,
  progressText,
  type TimedProgress,
  withTime,
} from '../../src/extension/progress-text.ts'

/** The progress after reports of a share at seconds. */
function timed(...reports: [second: number, fraction: number | null][]): TimedProgress {
  return reports.reduce<TimedProgress | undefined>(
    (previous, [second, fraction]) => withTime(previous, { message: 'bars', fraction }, second * 1000),
    undefined,
  )!
}

describe('progress', () => {
  it('is a message without a share, and a bar with one', () => {
    expect(progressText(timed([0, null]), 0)).toBe('$(sync~spin) bars')
    expect(progressText(timed([0, 0.5]), 0)).toBe('██████░░░░░░ 50 %  bars')
  })

  it('says how long the rest takes, once that can be told', () => {
    expect(progressText(timed([0, 0], [2, 0.5]), 2000)).not.toContain('left')
    expect(progressText(timed([0, 0], [10, 0.2]), 10_000)).toMatch(/bars {2}about 40 s left$/)
    // Work that was done before the first report does not count.
    expect(progressText(timed([0, 0.5], [10, 0.75]), 10_000)).toMatch(/about 10 s left$/)
    expect(progressText(timed([0, 0], [10, 1]), 10_000)).not.toContain('left')
  })

  it('starts again with other work', () => {
    expect(progressText(timed([0, 0], [10, 0.9], [11, 0]), 20_000)).not.toContain('left')
  })

  it('is a sentence for a screen reader', () => {
    expect(progressLabel(timed([0, null]), 0)).toBe('bars')
    expect(progressLabel(timed([0, 0], [10, 0.2]), 10_000)).toBe('20 per cent, bars, about 40 s left')
  })
})

it.each([
  [400, '1 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [125_000, '2 min 5 s'],
  [3_600_000, '1 h'],
  [4_230_000, '1 h 10 min'],
])('%d ms is %s', (ms, text) => {
  expect(durationText(ms)).toBe(text)
})
