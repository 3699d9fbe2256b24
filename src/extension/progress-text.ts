/** Progress and durations as text. Pure. */
import type { Progress } from '../kernel/protocol.ts'

const BAR_WIDTH = 12
/** Before, an estimate of what is left would jump. */
const MIN_TIMED_MS = 3000
const MIN_TIMED_SHARE = 0.02

/** When a share of the work was reported for the first time, and the newest report. */
export interface TimedProgress {
  progress: Progress
  first: { at: number; fraction: number } | undefined
}

/** @param now epoch ms */
export function withTime(previous: TimedProgress | undefined, progress: Progress, now: number): TimedProgress {
  const { fraction } = progress
  if (fraction === null) return { progress, first: undefined }
  const { first } = previous ?? {}
  // Less than before: other work has begun.
  const goesOn = first !== undefined && fraction >= (previous?.progress.fraction ?? 0)
  return { progress, first: goesOn ? first : { at: now, fraction } }
}

/** A bar, per cent, what is done, and about how long the rest takes. */
export function progressText({ progress: { message, fraction }, first }: TimedProgress, now: number): string {
  if (fraction === null) return `$(sync~spin) ${message}`
  const filled = Math.round(fraction * BAR_WIDTH)
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${Math.floor(fraction * 100)} %`
  return [bar, message, remainingText(fraction, first, now)].filter(text => text !== '').join('  ')
}

/** What a screen reader says. */
export function progressLabel({ progress: { message, fraction }, first }: TimedProgress, now: number): string {
  if (fraction === null) return message
  const rest = remainingText(fraction, first, now)
  return [`${Math.floor(fraction * 100)} per cent`, message, rest].filter(text => text !== '').join(', ')
}

function remainingText(fraction: number, first: TimedProgress['first'], now: number): string {
  if (first === undefined) return ''
  const [ms, share] = [now - first.at, fraction - first.fraction]
  if (ms < MIN_TIMED_MS || share < MIN_TIMED_SHARE || fraction >= 1) return ''
  return `about ${durationText((ms * (1 - fraction)) / share)} left`
}

/** `45 s`, `2 min 5 s`, `1 h 10 min`. */
export function durationText(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  const hours = Math.floor(minutes / 60)
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
}
