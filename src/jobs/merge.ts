/** Which parts of a plan have results, and what a sweep has found in all of them. */
import { DataError, oneLine } from '../common/errors.ts'
import { BENCHMARK_METRICS, type Benchmark } from '../sfp/search/benchmark.ts'
import { Outcomes } from '../sfp/search/outcomes.ts'
import { checkOfMaxima, defaultBootstrap, mergeMaxima, type RealityCheck } from '../sfp/search/reality-check.ts'
import { METRICS } from '../sfp/search/run-variant.ts'
import type { JobFolder } from './job-folder.ts'
import { type OpenPlan, unitCount } from './plan.ts'
import { type Range, type Shard, shardRange } from './shard.ts'
import type { ShardContent } from './shard-file.ts'
import type { BenchmarkRows, MarketMaxima } from './sweep-benchmark.ts'
import type { OpenSweep } from './sweep-plan.ts'
import { type SweepRows, sweepRows, variantOrder } from './sweep-shard.ts'

/** Which parts of a plan have results. */
export interface Coverage {
  /** Number of shards that the missing ones are of. */
  of: number
  /** Shards without a result. */
  missing: readonly Shard[]
  /** Files that could not be used, in words. */
  damaged: readonly string[]
  /** Number of backtests, or of markets, without a result. */
  missingUnits: number
}

export interface MergedSweep extends Coverage {
  /** What each market's variants gave, in the order of the plan; NaN where it is missing. */
  outcomes: readonly Outcomes[]
  /** What each market's benchmark gave; null where the plan has none. */
  comparisons: readonly MergedComparison[] | null
}

/** The benchmark of one market of a sweep. */
export interface MergedComparison extends Pick<Benchmark, 'name' | 'figure'> {
  /** Null where parts of the market are missing, or no variant has returns that change. */
  check: RealityCheck | null
}

/**
 * Collects what lies in a folder. Shards of different numbers of shards may be mixed: what counts is which units they hold.
 * @param count number of shards that the missing ones are named by. Default: that of most files
 * @param add takes the content of a shard; throws DataError where that is not what belongs there
 */
export async function collectShards(
  opened: OpenPlan,
  folder: JobFolder,
  count: number | undefined,
  add: (content: Required<Omit<ShardContent, 'groups'>>, range: Range, shard: Shard) => void,
): Promise<Coverage & { has: Uint8Array }> {
  const units = unitCount(opened)
  const has = new Uint8Array(units)
  const damaged: string[] = []
  const shards = await folder.shards(opened.hash)
  // The largest parts first, which may make smaller ones superfluous.
  for (const shard of shards.toSorted((a, b) => a.count - b.count || a.index - b.index)) {
    const range = shardRange(units, shard)
    if (!has.subarray(range.from, range.to).includes(0)) continue
    try {
      const content = await folder.readShard(opened.hash, shard)
      try {
        add(content, range, shard)
      } catch (error) {
        if (error instanceof DataError) throw new DataError(`${folder.shardFile(opened.hash, shard)}: ${error.message}`)
        throw error
      }
      has.fill(1, range.from, range.to)
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      damaged.push(oneLine(error.message, 300))
    }
  }
  const of = count ?? commonCount(shards)
  const missing = Array.from({ length: of }, (_, index) => ({ index, count: of })).filter(shard => {
    const { from, to } = shardRange(units, shard)
    return has.subarray(from, to).includes(0)
  })
  return { of, missing, damaged, missingUnits: has.reduce((sum, value) => sum + 1 - value, 0), has }
}

/** Merges the results of a sweep, see {@link collectShards}. */
export async function mergeSweep(opened: OpenSweep, folder: JobFolder, count?: number): Promise<MergedSweep> {
  const outcomes = opened.plan.markets.map(() => new Outcomes(opened.variants.length, 'figures'))
  const { benchmark: name } = opened.plan
  const benchmarks = name ? opened.plan.markets.map(() => new MergedBenchmark(name, opened.variants.length)) : null
  const { has, ...coverage } = await collectShards(opened, folder, count, (content, range) => {
    const rows = sweepRows(opened, content, range)
    addResult(opened, outcomes, range.from, rows)
    if (benchmarks && rows.benchmark) addBenchmark(benchmarks, rows, rows.benchmark)
  })
  fillMissing(opened, outcomes, has)
  const isWhole = (market: number) =>
    !has.subarray(market * opened.variants.length, (market + 1) * opened.variants.length).includes(0)
  const comparisons = benchmarks?.map((benchmark, market) => benchmark.comparison(isWhole(market))) ?? null
  return { outcomes, comparisons, ...coverage }
}

/** Gathers the benchmark of one market. */
class MergedBenchmark {
  readonly #name: Benchmark['name']
  readonly #figures: Float64Array
  #part: Omit<MarketMaxima, 'market'> | null = null

  constructor(name: Benchmark['name'], variants: number) {
    this.#name = name
    this.#figures = new Float64Array(variants * BENCHMARK_METRICS.length).fill(Number.NaN)
  }

  addFigures(variant: number, figures: Float64Array): void {
    this.#figures.set(figures, variant * BENCHMARK_METRICS.length)
  }

  addMaxima({ block, maxima }: MarketMaxima): void {
    if (!this.#part) this.#part = { block, maxima }
    else mergeMaxima(this.#part.maxima, maxima)
  }

  comparison(isWhole: boolean): MergedComparison {
    const figures = this.#figures
    const part = this.#part
    const check = isWhole && part && part.maxima.best >= 0
    return {
      name: this.#name,
      figure: (variant, metric) => figures[variant * BENCHMARK_METRICS.length + BENCHMARK_METRICS.indexOf(metric)]!,
      check: check ? checkOfMaxima(part.maxima, defaultBootstrap(part.block)) : null,
    }
  }
}

function addBenchmark(
  benchmarks: readonly MergedBenchmark[],
  { market, variant }: SweepRows,
  { figures, markets }: BenchmarkRows,
): void {
  const size = BENCHMARK_METRICS.length
  for (const [row, index] of market.entries())
    benchmarks[index]!.addFigures(variant[row]!, figures.subarray(row * size, (row + 1) * size))
  for (const part of markets) benchmarks[part.market]!.addMaxima(part)
}

/** @throws DataError when a row is not the backtest that belongs there */
function addResult(opened: OpenSweep, outcomes: readonly Outcomes[], from: number, result: SweepRows): void {
  const { market, variant, metrics } = result
  const order = variantOrder(opened.variants)
  const misplaced = market.findIndex(
    (value, row) =>
      value !== Math.floor((from + row) / order.length) || variant[row] !== order[(from + row) % order.length],
  )
  if (misplaced >= 0) throw new DataError(`row ${misplaced + 1}: it is not the backtest that belongs there`)
  const size = METRICS.length
  for (let start = 0; start < market.length; ) {
    const end = Math.min(market.length, (market[start]! + 1) * order.length - from)
    outcomes[market[start]!]!.add(Array.from(variant.subarray(start, end)), {
      count: end - start,
      metrics: metrics.subarray(start * size, end * size),
      returns: null,
      trades: null,
    })
    start = end
  }
}

/** Results that are not known are NaN. */
function fillMissing({ variants }: OpenSweep, outcomes: readonly Outcomes[], has: Uint8Array): void {
  const order = variantOrder(variants)
  const metrics = new Float64Array(METRICS.length).fill(Number.NaN)
  for (let unit = has.indexOf(0); unit >= 0; unit = has.indexOf(0, unit + 1)) {
    const variant = order[unit % order.length]!
    outcomes[Math.floor(unit / order.length)]!.add([variant], { count: 1, metrics, returns: null, trades: null })
  }
}

function commonCount(shards: readonly Shard[]): number {
  const files = new Map<number, number>()
  for (const { count } of shards) files.set(count, (files.get(count) ?? 0) + 1)
  return [...files].sort(([a, m], [b, n]) => n - m || b - a)[0]?.[0] ?? 1
}

/** `3, 7 to 9 and 12 of 40`, counted from 0, as on the command line. */
export function describeShards(shards: readonly Shard[]): string {
  const runs: [number, number][] = []
  for (const { index } of shards) {
    const last = runs.at(-1)
    if (last && last[1] === index - 1) last[1] = index
    else runs.push([index, index])
  }
  const texts = runs.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`))
  const shown = texts.length > 20 ? [...texts.slice(0, 20), '…'] : texts
  return `${shown.join(', ')} of ${shards[0]?.count ?? 0}`
}
