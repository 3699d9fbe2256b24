/** Runs what is left of a plan, and merges all of it. */
import { availableParallelism } from 'node:os'
import { currentTask } from '../common/host.ts'
import { countText } from '../common/number-text.ts'
import type { Market } from '../market/market.ts'
import type { JobFolder } from './job-folder.ts'
import { type LocalOptions, runLocally, type ShardFailure } from './local.ts'
import { type Merged, mergeShards } from './merge.ts'
import type { OpenPlan } from './plan.ts'
import { MAX_SHARDS, type Shard, unitCount } from './shard.ts'

export interface PlanRun extends Merged {
  failures: readonly ShardFailure[]
  /** Number of shards, and of those that had been run before. */
  shards: number
  resumed: number
  /** What the user should know of the run. */
  notes: readonly string[]
}

/** Runs shards and writes their files; see {@link runLocally}. */
export type Executor = (
  opened: OpenPlan,
  folder: JobFolder,
  planFile: string,
  shards: readonly Shard[],
  options: Pick<LocalOptions, 'signal' | 'onProgress' | 'onRetry' | 'onNote'>,
) => Promise<ShardFailure[]>

/** Backtests of a shard: some seconds on years of hourly bars, so that little is lost and its start costs little. */
const UNITS_PER_SHARD = 500
const MAX_DEFAULT_SHARDS = 10_000

/** The number of shards unless one is asked for. */
export function defaultShardCount(units: number): number {
  const count = Math.max(Math.ceil(units / UNITS_PER_SHARD), Math.min(units, 4 * availableParallelism()))
  return Math.min(count, MAX_DEFAULT_SHARDS, MAX_SHARDS)
}

/**
 * Writes a plan and its markets, runs the shards that have no result yet, and merges.
 * @param count number of shards. Default: as many as those that were run before are of, else {@link defaultShardCount}
 * @throws OptionError as soon as a shard has one; the signal's reason when it is cancelled
 */
export async function runPlan(
  opened: OpenPlan,
  folder: JobFolder,
  planFile: string,
  execute: Executor,
  { count, markets }: { count?: number | undefined; markets?: readonly Market[] } = {},
): Promise<PlanRun> {
  const { signal, progress } = currentTask()
  if (markets) await folder.writePlan(opened, markets, planFile)
  const units = unitCount(opened)
  const before = await mergeShards(opened, folder, count)
  if (before.missingUnits === 0) return { ...before, failures: [], shards: before.of, resumed: before.of, notes: [] }
  const isNew = before.missingUnits === units
  const of = Math.min(count ?? (isNew ? defaultShardCount(units) : before.of), units)
  const missing = isNew ? Array.from({ length: of }, (_, index) => ({ index, count: of })) : before.missing
  const report = (done: number) => {
    const share = (of - missing.length + done) / of
    progress(`${countText(Math.floor(share * units), 'backtest')} of ${units.toLocaleString('en-US')}`, share)
  }
  report(0)
  const notes: string[] = []
  const failures = await execute(opened, folder, planFile, missing, {
    signal,
    onProgress: report,
    onNote: text => {
      notes.push(text)
      progress(text)
    },
    onRetry: ({ shard, message }, attempt) =>
      progress(`Shard ${shard.index} of ${shard.count} failed (attempt ${attempt}): ${message}`),
  })
  const merged = await mergeShards(opened, folder, of)
  return { ...merged, failures, shards: of, resumed: of - missing.length, notes }
}

/** Runs shards in processes of this machine. */
export function localExecutor(options: Pick<LocalOptions, 'processes' | 'memoryMb' | 'timeoutMs' | 'file'>): Executor {
  return (opened, folder, planFile, shards, handlers) =>
    runLocally(opened, folder, planFile, shards, { ...options, ...handlers })
}
