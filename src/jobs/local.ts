/** Runs the shards of a plan on this machine, in several processes. */
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { OptionError } from '../common/errors.ts'
import type { JobFolder } from './job-folder.ts'
import type { OpenPlan } from './plan.ts'
import { runShard } from './run-shard.ts'
import type { Shard } from './shard.ts'
import { type ShardLimits, ShardRunner, shardProcessFile } from './shard-runner.ts'

export interface ShardFailure {
  shard: Shard
  message: string
}

export interface LocalOptions extends ShardLimits {
  /** Number of processes. Default: that of the processors. */
  processes?: number
  signal: AbortSignal
  /** Called with the number of shards that have ended, fractions of running ones included. */
  onProgress?(done: number): void
  /** Called with what the user should know. */
  onNote?(text: string): void
  /** Called when a shard is run once more. */
  onRetry?(failure: ShardFailure, attempt: number): void
}

/** How often a shard is tried. An error of an option is no accident and is not tried again. */
export const ATTEMPTS = 3
const RETRY_MS = 200

/**
 * Runs shards and writes their files; those that fail {@link ATTEMPTS} times are returned and the others run.
 * @throws OptionError of the first shard that has one; the signal's reason when it is cancelled
 */
export async function runLocally(
  opened: OpenPlan,
  folder: JobFolder,
  planFile: string,
  shards: readonly Shard[],
  options: LocalOptions,
): Promise<ShardFailure[]> {
  const { signal, processes = availableParallelism(), file = shardProcessFile() } = options
  const queue = shards.toReversed()
  const failures: ShardFailure[] = []
  const fractions = new Map<Shard, number>()
  let done = 0
  const report = () => options.onProgress?.([...fractions.values()].reduce((sum, part) => sum + part, done))
  const runners: ShardRunner[] = []
  const stop = () => {
    queue.length = 0
    for (const runner of runners) runner.end()
  }
  signal.addEventListener('abort', stop)

  async function attempt(runner: ShardRunner | undefined, shard: Shard): Promise<void> {
    if (runner) {
      const request = { folder: folder.path, file: planFile, hash: opened.hash, shard }
      return runner.run(request, fraction => {
        fractions.set(shard, fraction)
        report()
      })
    }
    const result = await runShard(opened, shard, index => folder.readMarket(opened, index))
    await folder.writeShard(opened.hash, shard, result)
  }

  async function work(runner: ShardRunner | undefined): Promise<void> {
    for (let shard = queue.pop(); shard; shard = queue.pop()) {
      for (let count = 1; ; count++) {
        try {
          await attempt(runner, shard)
          break
        } catch (error) {
          signal.throwIfAborted()
          if (error instanceof OptionError) throw error
          const failure = { shard, message: (error as Error).message }
          if (count === ATTEMPTS) {
            failures.push(failure)
            break
          }
          options.onRetry?.(failure, count)
          await sleep(RETRY_MS * count)
        }
      }
      done++
      fractions.delete(shard)
      report()
    }
  }

  try {
    signal.throwIfAborted()
    if (!file) await work(undefined)
    else {
      for (let i = 0; i < Math.min(processes, shards.length); i++) runners.push(new ShardRunner(options, file))
      const results = await Promise.allSettled(
        runners.map(runner =>
          work(runner).catch(error => {
            stop()
            throw error
          }),
        ),
      )
      for (const result of results) if (result.status === 'rejected') throw result.reason
    }
    signal.throwIfAborted()
    return failures
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}
