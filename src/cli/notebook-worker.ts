/** A worker of notebooks: runs those of one folder, each in a kernel of its own. */
import { type ServeOptions, serveJobs } from '../jobs/queue/serve-jobs.ts'
import { type RunLimits, runCombination } from './batch-run.ts'
import type { Environment } from './environment.ts'
import { NotebookResults, openNotebook, readNotebookJob } from './notebook-job.ts'

export interface NotebookWorkerOptions extends ServeOptions, Pick<RunLimits, 'memoryMb'> {
  /** The folder of notebooks that may be run; it is also the current folder of their cells. */
  notebooks: string
  /** The shared folder that results are written to. */
  folder: string
  /** Time of a run, ms. Default: none. */
  timeoutMs?: number
}

/** Serves the queue of notebooks until it is stopped, see `serveJobs`. */
export async function serveNotebooks(options: NotebookWorkerOptions, { dist }: Environment): Promise<void> {
  const { notebooks, timeoutMs, memoryMb, signal } = options
  const results = new NotebookResults(options.folder)
  const run = async (data: unknown): Promise<void> => {
    const { id, parameters, ...job } = readNotebookJob(data)
    const { file, source } = await openNotebook(notebooks, job)
    if (await results.has(id)) return
    const limit = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)
    const limits = { timeoutMs: job.timeoutMs, memoryMb }
    const outcome = await runCombination(source, file, parameters, limits, {
      dist,
      cwd: notebooks,
      signal: limit ? AbortSignal.any([signal, limit]) : signal,
    })
    // Of a run that was stopped, half is there.
    signal.throwIfAborted()
    const failure = limit?.aborted ? `it took longer than ${timeoutMs! / 1000} s` : outcome.failure
    await results.write(id, { ...outcome, failure })
  }
  await serveJobs('notebook', run, options)
}
