/** Loads thousands of damaged market files on a thread, and notices each that hangs, ends the thread, or fails in another way. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Format } from './market-files.ts'

export interface WorkerData {
  format: Format
  seed: number
  /** Cases [from, to). */
  from: number
  to: number
  folder: string
  /** Folder of files that pyarrow wrote. */
  samples: string
  /** URL of the library to load the files with; null: the sources. */
  library: string | null
  startedAt: number
  /** Shared: the running case, when it began (ms after `startedAt`), and how many files gave a market. */
  progress: Int32Array
}

export interface Failure {
  index: number
  problem: string
}

export interface FuzzResult {
  format: Format
  files: number
  /** How many gave a market; all others were refused with a DataError, or are failures. */
  markets: number
  slowestMs: number
  failures: Failure[]
}

interface FuzzOptions extends Pick<WorkerData, 'format' | 'seed' | 'samples' | 'library'> {
  files: number
  /** A file that takes longer hangs. */
  deadlineMs: number
  /** Path of the bundled worker. */
  worker: string
}

const POLL_MS = 20

export async function fuzz({ files, deadlineMs, worker, ...options }: FuzzOptions): Promise<FuzzResult> {
  const folder = mkdtempSync(join(tmpdir(), 'liqnb-fuzz-'))
  const progress = new Int32Array(new SharedArrayBuffer(12))
  const result: FuzzResult = { format: options.format, files, markets: 0, slowestMs: 0, failures: [] }
  try {
    for (let from = 0; from < files; ) {
      const startedAt = performance.timeOrigin + performance.now()
      progress.set([from - 1, 0])
      const data: WorkerData = { ...options, from, to: files, folder, startedAt, progress }
      from = await runThread(new Worker(worker, { workerData: data }), data, deadlineMs, result)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return { ...result, markets: progress[2]! }
}

/** @returns the case after the last one that ran */
function runThread(thread: Worker, data: WorkerData, deadlineMs: number, result: FuzzResult): Promise<number> {
  const { progress, startedAt, from, to } = data
  return new Promise(resolve => {
    let lastCase = from - 1
    let isOver = false
    const end = (problem: string | null) => {
      if (isOver) return
      isOver = true
      clearInterval(watch)
      const index = progress[0]!
      if (problem !== null) result.failures.push({ index, problem })
      void thread.terminate().then(() => resolve(index + 1))
    }
    const watch = setInterval(() => {
      const index = progress[0]!
      if (index < from || index >= to) return
      const ms = performance.timeOrigin + performance.now() - startedAt - progress[1]!
      // Seen twice: else the case may have changed between the two reads.
      if (index === lastCase) result.slowestMs = Math.max(result.slowestMs, Math.round(ms))
      if (index === lastCase && ms > deadlineMs) end(`it takes longer than ${deadlineMs} ms`)
      lastCase = index
    }, POLL_MS)
    thread.on('message', (failure: Failure) => void result.failures.push(failure))
    thread.on('error', error => end(`it ended the thread: ${error.stack ?? String(error)}`))
    thread.on('exit', () => end(progress[0]! >= to ? null : 'it ended the thread'))
  })
}
