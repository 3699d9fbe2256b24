/** Runs the variants of a sweep, in worker threads where that is faster. */
import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { exactKey } from '../../common/cache-key.ts'
import { currentTask } from '../../common/host.ts'
import { defineOptions, oneOf, option, optional, valueThat, wholeNumber } from '../../common/options.ts'
import type { Market } from '../../market/market.ts'
import type { LevelColumns } from '../levels/level-source.ts'
import { type OpenSpill, Outcomes } from './outcomes.ts'
import { type PackedOutcomes, packOutcomes } from './packed-outcomes.ts'
import { KEEPS, type Keep, type Outcome, runVariant } from './run-variant.ts'
import { sharedLevels, sharedMarket } from './shared-market.ts'
import {
  hasWarmThreads,
  releaseThread,
  type SweepThread,
  ThreadLostError,
  takeThreads,
  workerFile,
} from './thread-pool.ts'
import type { VariantOptions } from './variants.ts'
import { WorkQueue } from './work-queue.ts'

/** Variants on the same levels, which are built when it is the group's turn. */
export interface LevelGroup {
  levels: () => LevelColumns
  /** Indices of its variants. */
  members: readonly number[]
}

export interface RunOptions {
  /** Worker threads; 0 for none. Default: the number of processors, at most 8, where the sweep is long enough to gain by them. */
  workers?: number
  /**
   * What to keep of each backtest: its `figures`; also its daily `returns`, which the tests for luck need; or also its `trades`,
   * which walk-forward needs. Figures take 0.2 kB a variant. Returns and trades take some 20 kB on years of hourly bars; beyond
   * 256 MB they go to temporary Parquet files. Default `trades`.
   */
  keep?: Keep
  /** The built worker, where it does not lie beside the library. */
  workerFile?: URL | null
}

/** Each thread takes some tens of MB. */
const MAX_THREADS = 64
const DEFAULT_THREADS = Math.min(8, availableParallelism())
/** Work in a batch: enough that its message costs nothing, little enough that progress is visible and no thread ends late. */
const BATCH_MS = 50
/** Work that this thread does first, to estimate the rest. */
const PROBE_MS = 20
/** Remaining work that is worth threads: starting and compiling takes each a quarter of a second, and warm ones almost nothing. */
const MIN_COLD_MS = 500
const MIN_WARM_MS = 40

export const runOptions = defineOptions<RunOptions, 'workers' | 'workerFile'>('liq.sweep', {
  workers: optional(wholeNumber(0, MAX_THREADS)),
  keep: option('trades', oneOf(...KEEPS)),
  workerFile: optional(valueThat('a URL of a file, or null', value => value === null || value instanceof URL)),
})

/** The variants by number. Their options are made when they are run, as a million of them would take a gigabyte. */
export interface VariantList {
  readonly length: number
  options(variant: number): VariantOptions
}

/**
 * Runs all variants, in worker threads where that is faster and else on this one: the results are the same. Progress and
 * cancelling are those of the current task.
 *
 * @param openSpill takes returns and trades that do not fit into memory. Default: they stay in memory
 * @throws the signal's reason when it is cancelled; OptionError when an option of a variant is out of range
 */
export async function runVariants(
  market: Market,
  groups: readonly LevelGroup[],
  variants: VariantList,
  options: RunOptions = {},
  openSpill: OpenSpill | null = null,
): Promise<Outcomes> {
  const { workers, keep, workerFile: file = workerFile() } = runOptions.resolve(runOptions.pick(options))
  const run = new Run(market, variants, keep, openSpill, file, workers)
  try {
    for (const { levels: buildLevels, members } of groups) {
      run.signal.throwIfAborted()
      const levels = buildLevels()
      // Building levels blocks this thread for long, so an interrupt is handled in between.
      await setImmediate()
      await run.group(levels, members)
    }
    run.signal.throwIfAborted()
    run.outcomes.finish()
    return run.outcomes
  } finally {
    run.end()
  }
}

class Run {
  readonly signal: AbortSignal
  readonly outcomes: Outcomes
  readonly #progress: (message: string, fraction?: number | null) => void
  readonly #market: Market
  readonly #lowerTimeframe: Market | undefined
  readonly #variants: VariantList
  readonly #keep: Keep
  readonly #file: URL | null
  readonly #workers: number | undefined
  readonly #end = () => this.end()
  #threads: SweepThread[] = []
  #ended = false
  #done = 0
  /** Measured time of a variant on one thread, ms; 0 before the first. */
  #variantMs = 0

  constructor(
    market: Market,
    variants: VariantList,
    keep: Keep,
    openSpill: OpenSpill | null,
    file: URL | null,
    workers: number | undefined,
  ) {
    const { signal, progress } = currentTask()
    this.signal = signal
    this.#progress = progress
    this.#market = market
    this.#lowerTimeframe = variants.options(0).backtest.lowerTimeframe
    this.#variants = variants
    this.#keep = keep
    this.outcomes = new Outcomes(variants.length, keep, openSpill)
    this.#file = file
    this.#workers = workers
    // An interrupt may end this sweep without its `finally`.
    signal.addEventListener('abort', this.#end)
  }

  /** Gives the threads back. One that still runs a batch ends it before its next; nobody waits for it. */
  end(): void {
    this.#ended = true
    this.signal.removeEventListener('abort', this.#end)
    for (const thread of this.#threads.splice(0)) {
      thread.rest()
      releaseThread(this.#file!, thread, DEFAULT_THREADS)
    }
  }

  /** Runs the variants on one set of levels. */
  async group(levels: LevelColumns, members: readonly number[]): Promise<void> {
    const queue = new WorkQueue(this.#byKey(members))
    if (this.#workers === undefined) await this.#runHere(levels, queue, PROBE_MS)
    const count = this.#threadCount(queue.remaining)
    if (count === 0) return this.#runHere(levels, queue, Infinity)
    if (this.#threads.length < count) this.#threads.push(...takeThreads(this.#file!, count - this.#threads.length))
    // The first error ends the sweep; it must not count as unhandled while the other threads are waited for.
    const results = await Promise.allSettled(
      this.#threads.slice(0, count).map(thread => this.#runThread(thread, levels, queue)),
    )
    for (const result of results) if (result.status === 'rejected') throw result.reason
    // What is left when all threads are lost.
    await this.#runHere(levels, queue, Infinity)
  }

  /** How many threads the remaining variants are worth, those on other levels included. */
  #threadCount(remaining: number): number {
    if (!this.#file || remaining === 0) return 0
    if (this.#workers !== undefined) return this.#workers
    if (DEFAULT_THREADS < 2) return 0
    const isWarm = this.#threads.length > 0 || hasWarmThreads(this.#file)
    const workMs = (this.#variants.length - this.#done) * this.#variantMs
    return workMs > (isWarm ? MIN_WARM_MS : MIN_COLD_MS) ? DEFAULT_THREADS : 0
  }

  /** Runs variants on this thread, for a time or until none is left, and measures how long one takes. */
  async #runHere(levels: LevelColumns, queue: WorkQueue, ms: number): Promise<void> {
    const take = queue.taker()
    const start = performance.now()
    let count = 0
    for (let isLast = false; !isLast; ) {
      const members: number[] = []
      const outcomes: Outcome[] = []
      const batchStart = performance.now()
      while (!isLast && performance.now() - batchStart < BATCH_MS) {
        await setImmediate()
        this.signal.throwIfAborted()
        if (this.#ended) return
        const [member] = take(1)
        if (member === undefined) {
          isLast = true
          break
        }
        members.push(member)
        outcomes.push(runVariant(this.#market, levels, this.#variants.options(member), this.#keep))
        isLast = performance.now() - start >= ms
      }
      count += members.length
      if (members.length > 0) this.#store(members, packOutcomes(outcomes))
    }
    if (count > 0) this.#variantMs = (performance.now() - start) / count
  }

  async #runThread(thread: SweepThread, levels: LevelColumns, queue: WorkQueue): Promise<void> {
    const take = queue.taker()
    const lower = this.#lowerTimeframe
    const shared = {
      market: sharedMarket(this.#market),
      lowerTimeframe: lower ? sharedMarket(lower) : null,
      levels: sharedLevels(levels),
      keep: this.#keep,
    }
    while (!this.#ended) {
      const batch = take(this.#batchSize(queue.remaining))
      if (batch.length === 0) return
      const start = performance.now()
      const task = { ...shared, variants: batch.map(k => toSendable(this.#variants.options(k))) }
      try {
        const packed = await thread.run(task)
        if (this.#ended) break
        this.#variantMs = (performance.now() - start) / batch.length
        this.#store(batch, packed)
      } catch (error) {
        this.signal.throwIfAborted()
        if (this.#ended) return
        if (!(error instanceof ThreadLostError)) {
          this.end()
          throw error
        }
        await this.#runHere(levels, new WorkQueue([batch]), Infinity)
        if (thread.isLost) return
      }
    }
    this.signal.throwIfAborted()
  }

  #batchSize(remaining: number): number {
    const fair = Math.ceil(remaining / (2 * this.#threads.length))
    const timed = this.#variantMs > 0 ? Math.ceil(BATCH_MS / this.#variantMs) : 4
    return Math.max(1, Math.min(fair, timed))
  }

  #store(members: readonly number[], packed: PackedOutcomes): void {
    const { length } = this.#variants
    this.outcomes.add(members, packed)
    this.#done += members.length
    this.#progress(`${this.#done} of ${length} backtests`, this.#done / length)
  }

  /** Variants by their detector's options: those of one list share their signals. */
  #byKey(members: readonly number[]): number[][] {
    const keys = new Map<string, number[]>()
    for (const member of members) {
      const key = exactKey(this.#variants.options(member).detect)
      const list = keys.get(key)
      if (list) list.push(member)
      else keys.set(key, [member])
    }
    return [...keys.values()]
  }
}

/** Without the market of shorter bars, which is sent in shared memory. */
function toSendable({ detect, backtest: { lowerTimeframe: _, ...backtest } }: VariantOptions): VariantOptions {
  return { detect, backtest }
}
