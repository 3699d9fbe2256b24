/** Runs the variants of a sweep, in worker threads where there are any. */
import { setImmediate } from 'node:timers/promises'
import { exactKey } from '../../common/cache-key.ts'
import { currentTask } from '../../common/host.ts'
import { defineOptions, optional, valueThat, wholeNumber } from '../../common/options.ts'
import type { Market } from '../../market/market.ts'
import type { LevelColumns } from '../levels/level-source.ts'
import { Pool, WorkerLostError, workerFile } from './pool.ts'
import { type Outcome, runVariant } from './run-variant.ts'
import { shareLevels, shareMarket } from './shared-market.ts'
import type { VariantOptions } from './variants.ts'

/** Variants on the same levels, which are built when it is the group's turn. */
export interface LevelGroup {
  levels: () => LevelColumns
  /** Indices of its variants. */
  members: readonly number[]
}

export interface RunOptions {
  /** Worker threads; 0 for none. Default: the number of processors, at most 8. */
  workers?: number
  /** The built worker, where it does not lie beside the library. */
  workerFile?: URL | null
}

/** Variants in a batch: some tens of ms of work, so that progress is visible and threads stay busy. */
const BATCH = 4
/** Each thread takes some tens of MB. */
const MAX_THREADS = 64
/** A smaller sweep is done before a thread has started. */
const MIN_VARIANTS_FOR_THREADS = 24

export const runOptions = defineOptions<RunOptions, 'workers' | 'workerFile'>('liq.sweep', {
  workers: optional(wholeNumber(0, MAX_THREADS)),
  workerFile: optional(valueThat('a URL of a file, or null', value => value === null || value instanceof URL)),
})

/**
 * Runs all variants, in worker threads where there are any and else on this one. Progress and cancelling are those of the
 * current task. Outcomes come in the order of the variants.
 *
 * @throws the signal's reason when it is cancelled; OptionError when an option of a variant is out of range
 */
export async function runVariants(
  market: Market,
  groups: readonly LevelGroup[],
  variants: readonly VariantOptions[],
  options: RunOptions = {},
): Promise<Outcome[]> {
  const { signal, progress } = currentTask()
  const lowerTimeframe = variants[0]?.backtest.lowerTimeframe
  const pool = startPool(market, lowerTimeframe, variants.length, options)
  const outcomes = new Array<Outcome>(variants.length)
  let done = 0
  let ended = false
  const store = (members: readonly number[], results: readonly Outcome[]) => {
    for (const [k, outcome] of results.entries()) outcomes[members[k]!] = outcome
    done += results.length
    progress(`${done} of ${variants.length} backtests`, done / variants.length)
  }
  const runOnThisThread = async (levels: LevelColumns, members: readonly number[]) => {
    for (const member of members) {
      await setImmediate()
      signal.throwIfAborted()
      // Another batch has failed, so the sweep has as well.
      if (ended) return
      store([member], [runVariant(market, levels, variants[member]!)])
    }
  }
  const cancel = () => void pool?.close()
  signal.addEventListener('abort', cancel)
  try {
    const batches: Promise<void>[] = []
    for (const [group, { levels: buildLevels, members: unordered }] of groups.entries()) {
      signal.throwIfAborted()
      const levels = buildLevels()
      const members = groupBySignals(unordered, variants)
      // Building levels blocks this thread for long, so replies are handled in between.
      await setImmediate()
      if (!pool) {
        await runOnThisThread(levels, members)
        continue
      }
      const shared = shareLevels(levels)
      for (let start = 0; start < members.length; start += BATCH) {
        const batch = members.slice(start, start + BATCH)
        const task = { group, levels: shared, variants: batch.map(member => toSendable(variants[member]!)) }
        const work = pool.run(task).then(
          results => store(batch, results),
          (error: unknown) => {
            signal.throwIfAborted()
            if (error instanceof WorkerLostError) return runOnThisThread(levels, batch)
            throw error
          },
        )
        // `Promise.all` below reports a failure; until then it must not count as unhandled.
        work.catch(() => {})
        batches.push(work)
      }
    }
    await Promise.all(batches)
    signal.throwIfAborted()
    return outcomes
  } finally {
    ended = true
    signal.removeEventListener('abort', cancel)
    await pool?.close()
  }
}

function startPool(
  market: Market,
  lowerTimeframe: Market | undefined,
  count: number,
  options: RunOptions,
): Pool | null {
  const { workers, workerFile: file = workerFile() } = runOptions.resolve(runOptions.pick(options))
  if (!file || workers === 0 || (workers === undefined && count < MIN_VARIANTS_FOR_THREADS)) return null
  const start = { market: shareMarket(market), lowerTimeframe: lowerTimeframe ? shareMarket(lowerTimeframe) : null }
  return new Pool(file, start, workers)
}

/** Puts variants that share their signals next to each other. */
function groupBySignals(members: readonly number[], variants: readonly VariantOptions[]): number[] {
  const groups = new Map<string, number[]>()
  for (const member of members) {
    const key = exactKey(variants[member]!.detect)
    const group = groups.get(key)
    if (group) group.push(member)
    else groups.set(key, [member])
  }
  return [...groups.values()].flat()
}

/** Without the market of shorter bars, which every worker has from its start. */
function toSendable({ detect, backtest: { lowerTimeframe: _, ...backtest } }: VariantOptions): VariantOptions {
  return { detect, backtest }
}
