/** Tells the parent how much memory the process takes, also while a cell keeps its main thread busy. */
import type { Writable } from 'node:stream'

const INTERVAL_MS = 1000
/** Smaller changes, as a share, are not told. */
const MIN_CHANGE = 0.01

/** Writes the bytes that the process takes as lines: now, and when they have changed. Does not keep the thread alive. */
export function reportMemory(pipe: Writable): void {
  let reported = 0
  const report = () => {
    const bytes = process.memoryUsage.rss()
    if (Math.abs(bytes - reported) <= MIN_CHANGE * reported) return
    reported = bytes
    pipe.write(`${bytes}\n`)
  }
  report()
  setInterval(report, INTERVAL_MS).unref()
}

/** Reads what {@link reportMemory} writes. @returns takes the text as it arrives, in pieces */
export function memoryReader(onBytes: (bytes: number) => void): (text: string) => void {
  let partial = ''
  return text => {
    const lines = (partial + text).split('\n')
    partial = lines.pop() ?? ''
    const bytes = Number(lines.at(-1))
    if (lines.length > 0 && Number.isSafeInteger(bytes) && bytes > 0) onBytes(bytes)
  }
}
