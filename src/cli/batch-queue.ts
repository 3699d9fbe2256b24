/** Runs a notebook for each combination of parameters by the workers of a queue. */
import { readFile } from 'node:fs/promises'
import { isAbsolute, relative, sep } from 'node:path'
import { assertQueueUrl } from '../jobs/queue/connection.ts'
import { runOnQueue } from '../jobs/queue/queue-run.ts'
import type { Notebook } from '../notebook/types.ts'
import { type Combination, type Outcome, withoutOutputs, withParameters } from './batch-run.ts'
import { type Environment, UsageError } from './environment.ts'
import { NotebookResults, notebookJob, notebookJobId, sha256 } from './notebook-job.ts'

export interface QueuedBatch {
  source: Notebook
  /** The notebook, an absolute path. */
  file: string
  /** The parameters of each run. */
  runs: readonly Combination[]
  /** Time of a cell, ms. */
  timeoutMs: number | undefined
  url: string
  /** The shared folder of the results. */
  folder: string
  /** Takes what became of a run, in any order. */
  onRun(index: number, outcome: Outcome): Promise<void>
  /** Called once with the number of runs that an interrupted batch had left. */
  onResumed(count: number): void
  onNote(text: string): void
}

/**
 * Queues the runs and waits until all have ended. A run that the workers refuse, or that takes down all that try it, has no outputs.
 *
 * @returns removes the results from the shared folder; until then, another call goes on where this one ended
 * @throws UsageError for a notebook outside of the current folder, OptionError for a queue that cannot be reached
 */
export async function runOnWorkers(batch: QueuedBatch, { cwd, signal }: Environment): Promise<() => Promise<void>> {
  const { source, file, runs, timeoutMs, url, folder, onRun } = batch
  assertQueueUrl(url, '--on')
  const path = relative(cwd, file)
  if (path.startsWith('..') || isAbsolute(path))
    throw new UsageError(
      '--on: the notebook is not in the current folder: start the batch in the folder that workers have as --notebooks',
    )
  const hash = sha256(await readFile(file))
  const jobs = runs.map(parameters => notebookJob(path.replaceAll(sep, '/'), hash, parameters, timeoutMs))
  // The same values may be given twice.
  const indexes = new Map<string, number[]>()
  for (const [index, job] of jobs.entries()) {
    const id = notebookJobId(job)
    indexes.set(id, [...(indexes.get(id) ?? []), index])
  }
  const results = new NotebookResults(folder)
  const end = async (id: string, outcome: Outcome) => {
    for (const index of indexes.get(id)!) await onRun(index, outcome)
  }
  const take = async (id: string) => end(id, await results.read(id))

  const before = (await results.ids()).filter(id => indexes.has(id))
  batch.onResumed(before.flatMap(id => indexes.get(id)!).length)
  for (const id of before) await take(id)
  const left = [...indexes].filter(([id]) => !before.includes(id))
  if (left.length > 0)
    await runOnQueue(
      {
        kind: 'notebook',
        data: new Map(left.map(([id, [index]]) => [id, jobs[index!]!])),
        results: () => results.ids(),
        folder,
        command: `liqnb worker --queue URL --notebooks FOLDER --folder ${folder}`,
      },
      { url, packages: cwd, caller: '--on' },
      {
        signal,
        onNote: batch.onNote,
        async onEnded(ended, failures) {
          for (const id of ended) await take(id)
          for (const { id, message } of failures) {
            const notebook = withoutOutputs(withParameters(source, runs[indexes.get(id)![0]!]!))
            await end(id, { notebook, failure: message, ms: 0 })
          }
        },
      },
    )
  return async () => {
    for (const id of indexes.keys()) await results.remove(id)
  }
}
