/** Options of work over many markets: where it is run, and where its plan and results lie. */
import { resolve } from 'node:path'
import { durationMs } from '../common/duration.ts'
import { currentTask } from '../common/host.ts'
import {
  defineOptions,
  duration,
  invalidOption,
  option,
  optional,
  text,
  valueThat,
  wholeNumber,
} from '../common/options.ts'
import { jobsPath } from '../common/store-path.ts'
import { JobFolder } from '../jobs/job-folder.ts'
import { assertQueueUrl } from '../jobs/queue/connection.ts'
import { queueExecutor } from '../jobs/queue/submit.ts'
import { type Executor, localExecutor } from '../jobs/run-plan.ts'
import { MAX_SHARDS } from '../jobs/shard.ts'

/** How the parts of a plan are run. */
export interface JobOptions {
  /**
   * `local`: in processes of this machine. `redis://HOST:PORT`: by the workers of a queue, see `liqnb worker`; it needs the packages
   * `bullmq` and `ioredis` in the notebook's folder, and the workers the same `folder`. Default `local`.
   */
  on?: string
  /**
   * Folder of the plan, its markets and its results; relative to the notebook. The same plan with the same folder goes on where it
   * ended. Default: `jobs` beside the store of market data.
   */
  folder?: string
  /** Processes on this machine. Default: the number of processors. */
  workers?: number
  /** Number of parts, each run as a whole. Default: some seconds of work each; of evidence one for each market. */
  shards?: number
  /** Memory that a process may take, MB. Default: that of Node.js. */
  memoryMb?: number
  /** Time that a part may take, e.g. `10m`. Default: any. */
  timeout?: string | number
  /** The built process, where it does not lie beside the library. */
  shardFile?: URL
}

const defined = (caller: string) =>
  defineOptions<JobOptions, Exclude<keyof JobOptions, 'on'>>(caller, {
    on: option('local', text),
    folder: optional(text),
    workers: optional(wholeNumber(1, 1024)),
    shards: optional(wholeNumber(1, MAX_SHARDS)),
    memoryMb: optional(wholeNumber(16)),
    timeout: optional(duration()),
    shardFile: optional(valueThat('a URL of a file', value => value instanceof URL)),
  })

export const JOB_OPTIONS: readonly string[] = defined('').names

/**
 * Where the parts of a plan are run, by the options of a call.
 * @throws OptionError naming the option
 */
export function resolveJobs(
  options: object,
  caller: string,
): { folder: JobFolder; execute: Executor; count: number | undefined } {
  const jobs = defined(caller)
  const resolved = jobs.resolve(jobs.pick(options))
  const { on, folder: name, workers, shards: count, memoryMb, timeout, shardFile } = resolved
  const { notebookDir = '.' } = currentTask()
  const folder = new JobFolder(name === undefined ? jobsPath() : resolve(notebookDir, name))
  if (on !== 'local') {
    assertQueueUrl(on, `${caller}: on`)
    for (const [option, value] of Object.entries({ workers, memoryMb, timeout }))
      if (value !== undefined)
        throw invalidOption(caller, option, value, 'no limits with a queue: they are set where its workers are started')
    const execute = queueExecutor({ url: on, packages: resolve(notebookDir), caller: `${caller}: on` })
    return { folder, execute, count }
  }
  const execute = localExecutor({
    ...(workers !== undefined && { processes: workers }),
    ...(memoryMb !== undefined && { memoryMb }),
    ...(timeout !== undefined && { timeoutMs: durationMs(timeout) }),
    ...(shardFile && { file: shardFile }),
  })
  return { folder, execute, count }
}

/** A plan was written and not run, as the command line asked. */
export class PlanWritten extends Error {
  override readonly name = 'PlanWritten'
}
