/** Runs what is left of a plan, and merges all of it. */
import { availableParallelism } from 'node:os'
import { currentTask } from '../common/host.ts'
import { countText } from '../common/number-text.ts'
import type { Market } from '../market/market.ts'
import type { JobFolder } from './job-folder.ts'
import { type LocalOptions, runLocally, type ShardFailure } from './local.ts'
import { type Coverage, describeShards } from './merge.ts'
import { type OpenPlan, unitCount, unitName } from './plan.ts'
import { MAX_SHARDS, type Shard } from './shard.ts'

export interface PlanRun {
  failures: readonly ShardFailure[]
  /** Number of shards, and of those that had been run before. */
  shards: number
  resumed: number
  /** What the user should know of the run. */
  notes: readonly string[]
}

/** A part that failed as often as it was tried. */
export interface PartFailure {
  shard: number
  shards: number
  message: string
}

export function partFailures({ failures }: PlanRun): PartFailure[] {
  return failures.map(({ shard, message }) => ({ shard: shard.index, shards: shard.count, message }))
}

/** More failures than a summary has room for. */
const MAX_FAILURES = 10

/** What the user should know of a run, one sentence each: warnings, what is missing and why. */
export function runNotes(run: Coverage & PlanRun, unit: string): string[] {
  const failed = run.failures.map(
    ({ shard, message }) => `Part ${shard.index} of ${shard.count} failed three times and is missing: ${message}.`,
  )
  const missing =
    run.missingUnits === 0
      ? []
      : [
          `${countText(run.missingUnits, unit)} missing: parts ${describeShards(run.missing)}. Run the cell again to try them again.`,
        ]
  return [...run.notes, ...missing, ...failed.slice(0, MAX_FAILURES), ...run.damaged]
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

/** The number of shards unless one is asked for: of evidence one for each market, whose levels alone take some seconds. */
export function defaultShardCount(opened: OpenPlan): number {
  const units = unitCount(opened)
  if (opened.kind === 'evidence') return Math.min(units, MAX_DEFAULT_SHARDS)
  const count = Math.max(Math.ceil(units / UNITS_PER_SHARD), Math.min(units, 4 * availableParallelism()))
  return Math.min(count, MAX_DEFAULT_SHARDS, MAX_SHARDS)
}

/**
 * Writes a plan and its markets, runs the shards that have no result yet, and merges.
 * @param merge reads the results
 * @param count number of shards. Default: as many as those that were run before are of, else {@link defaultShardCount}
 * @throws OptionError as soon as a shard has one; the signal's reason when it is cancelled
 */
export async function runPlan<Opened extends OpenPlan, Merged extends Coverage>(
  opened: Opened,
  folder: JobFolder,
  planFile: string,
  execute: Executor,
  merge: (opened: Opened, folder: JobFolder, count?: number) => Promise<Merged>,
  { count, markets }: { count?: number | undefined; markets?: readonly Market[] } = {},
): Promise<Merged & PlanRun> {
  const { signal, progress } = currentTask()
  if (markets) await folder.writePlan(opened, markets, planFile)
  const units = unitCount(opened)
  const before = await merge(opened, folder, count)
  if (before.missingUnits === 0) return { ...before, failures: [], shards: before.of, resumed: before.of, notes: [] }
  const isNew = before.missingUnits === units
  const of = Math.min(count ?? (isNew ? defaultShardCount(opened) : before.of), units)
  const missing = isNew ? Array.from({ length: of }, (_, index) => ({ index, count: of })) : before.missing
  const report = (done: number) => {
    const share = (of - missing.length + done) / of
    progress(`${countText(Math.floor(share * units), unitName(opened))} of ${units.toLocaleString('en-US')}`, share)
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
  const merged = await merge(opened, folder, of)
  return { ...merged, failures, shards: of, resumed: of - missing.length, notes }
}

/** Runs shards in processes of this machine. */
export function localExecutor(options: Pick<LocalOptions, 'processes' | 'memoryMb' | 'timeoutMs' | 'file'>): Executor {
  return (opened, folder, planFile, shards, handlers) =>
    runLocally(opened, folder, planFile, shards, { ...options, ...handlers })
}
