import { setImmediate } from 'node:timers/promises'
import { exactKey } from '../../common/cache-key.ts'
import { currentTask } from '../../common/task.ts'
import type { Market } from '../../market/market.ts'
import type { LevelColumns } from '../levels/columns.ts'
import { Pool, WorkerLostError, workerFile } from './pool.ts'
import { shareLevels, shareMarket } from './shared-market.ts'
import type { Applied } from './variants.ts'
import { type Outcome, runVariant } from './work.ts'

/** Variants that stand on the same levels, which are made when it is their turn. */
export interface LevelGroup {
  levels: () => LevelColumns
  /** Indices of its variants. */
  members: readonly number[]
}

export interface RunOptions {
  /** Worker threads; 0 for none. Default: as many as there are processors, up to 8. */
  workers?: number
  /** The built worker, where it does not lie beside the library. */
  workerFile?: URL | null
}

/** Variants in a batch: some dozens of ms of work, so that progress shows and threads stay busy. */
const BATCH = 4
/** Each thread takes some dozens of MB. */
const MOST_THREADS = 64
/** Fewer are done before a thread has started. */
const WORTH_THREADS = 24

/**
 * Runs all variants, in worker threads where there are any and else on this one, with progress and cancel as the current task has
 * them. The order of the outcomes is that of the variants.
 *
 * @throws the signal's reason when it is cancelled; RangeError when an option of a variant is out of range
 */
export async function runAll(
  market: Market,
  groups: readonly LevelGroup[],
  variants: readonly Applied[],
  options: RunOptions = {},
): Promise<Outcome[]> {
  const { signal, progress } = currentTask()
  const lowerTimeframe = variants[0]?.backtest.lowerTimeframe
  const pool = startPool(market, lowerTimeframe, variants.length, options)
  const outcomes = new Array<Outcome>(variants.length)
  let done = 0
  let ended = false
  const take = (members: readonly number[], found: readonly Outcome[]) => {
    for (const [k, outcome] of found.entries()) outcomes[members[k]!] = outcome
    done += found.length
    progress(`${done} of ${variants.length} backtests`, done / variants.length)
  }
  const here = async (levels: LevelColumns, members: readonly number[]) => {
    for (const member of members) {
      await setImmediate()
      signal.throwIfAborted()
      // Something else has failed: nobody waits for these any more.
      if (ended) return
      take([member], [runVariant(market, levels, variants[member]!)])
    }
  }
  const cancel = () => void pool?.close()
  signal.addEventListener('abort', cancel)
  try {
    const batches: Promise<void>[] = []
    for (const [group, { levels, members: unordered }] of groups.entries()) {
      signal.throwIfAborted()
      const own = levels()
      const members = bySignals(unordered, variants)
      // To make levels takes long on this thread; replies that came meanwhile are let in.
      await setImmediate()
      if (!pool) {
        await here(own, members)
        continue
      }
      const shared = shareLevels(own)
      for (let at = 0; at < members.length; at += BATCH) {
        const batch = members.slice(at, at + BATCH)
        const sent = batch.map(member => sendable(variants[member]!))
        const work = pool.run({ group, levels: shared, variants: sent }).then(
          found => take(batch, found),
          (error: unknown) => {
            signal.throwIfAborted()
            if (error instanceof WorkerLostError) return here(own, batch)
            throw error
          },
        )
        // A failure is reported when all are awaited; until then it is not unhandled.
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
  const { workers } = options
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 0 && workers <= MOST_THREADS))
    throw new RangeError(`workers: ${workers}, but expected a whole number from 0 to ${MOST_THREADS}`)
  const file = options.workerFile === undefined ? workerFile() : options.workerFile
  if (!file || workers === 0 || (workers === undefined && count < WORTH_THREADS)) return null
  const start = { market: shareMarket(market), lowerTimeframe: lowerTimeframe ? shareMarket(lowerTimeframe) : null }
  return new Pool(file, start, workers)
}

/** Those that share their signals one after the other. */
function bySignals(members: readonly number[], variants: readonly Applied[]): number[] {
  const keys = new Map(members.map(member => [member, exactKey(variants[member]!.detect)]))
  const first = new Map<string, number>()
  for (const member of members) if (!first.has(keys.get(member)!)) first.set(keys.get(member)!, member)
  return [...members].sort((a, b) => first.get(keys.get(a)!)! - first.get(keys.get(b)!)! || a - b)
}

/** Without the market of shorter bars, which every worker has from its start. */
function sendable({ detect, backtest: { lowerTimeframe: _, ...backtest } }: Applied): Applied {
  return { detect, backtest }
}
