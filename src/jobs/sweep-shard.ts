/** Backtests of a sweep, as the parts of a plan. */
import { exactKey } from '../common/cache-key.ts'
import { DataError } from '../common/errors.ts'
import { currentTask } from '../common/host.ts'
import type { Market } from '../market/market.ts'
import { detectOptions } from '../sfp/detect-options.ts'
import { BENCHMARK_METRICS } from '../sfp/search/benchmark.ts'
import { METRICS } from '../sfp/search/run-variant.ts'
import type { RunOptions } from '../sfp/search/run-variants.ts'
import { LEVEL_NAMES, variantSearch } from '../sfp/search/search-options.ts'
import { runSearch } from '../sfp/search/sweep.ts'
import { pathsOf, type Variant } from '../sfp/search/variants.ts'
import type { Range } from './shard.ts'
import type { ShardContent } from './shard-file.ts'
import { type BenchmarkRows, benchmarkContent, benchmarkRows, runCompared } from './sweep-benchmark.ts'
import type { OpenSweep } from './sweep-plan.ts'

/** What backtests have given: for each row a market and a variant by number, and the metrics. */
export interface SweepRows {
  market: Int32Array
  variant: Int32Array
  /** One row after the other. */
  metrics: Float64Array
  /** Where the plan has a benchmark. */
  benchmark: BenchmarkRows | null
}

const ORDERS = new WeakMap<readonly Variant[], Int32Array>()

/**
 * The variants in the order in which a plan runs them on each of its markets: those on the same levels and with the same signals
 * follow each other, so that a shard builds few of either.
 */
export function variantOrder(variants: readonly Variant[]): Int32Array {
  const known = ORDERS.get(variants)
  if (known) return known
  const groups = new Map<string, Map<string, number[]>>()
  const paths = Object.keys(variants[0] ?? {})
  const levelPaths = pathsOf(paths, LEVEL_NAMES)
  const detectPaths = pathsOf(paths, detectOptions.names)
  for (const [k, variant] of variants.entries()) {
    const levels = exactKey(levelPaths.map(path => variant[path]))
    const detect = exactKey(detectPaths.map(path => variant[path]))
    const group = groups.get(levels) ?? new Map<string, number[]>()
    groups.set(levels, group)
    const list = group.get(detect)
    if (list) list.push(k)
    else group.set(detect, [k])
  }
  const order = Int32Array.from([...groups.values()].flatMap(group => [...group.values()].flat()))
  ORDERS.set(variants, order)
  return order
}

/** Runs the backtests of numbers `from` … `to − 1` of the plan. Pure: every machine with this version gives the same bits. */
export async function runSweepShard(
  { plan: { benchmark }, options, variants }: OpenSweep,
  { from, to }: Range,
  loadMarket: (index: number) => Promise<Market>,
  run: RunOptions = {},
): Promise<SweepRows> {
  const order = variantOrder(variants)
  const size = METRICS.length
  const result: SweepRows = {
    market: new Int32Array(to - from),
    variant: new Int32Array(to - from),
    metrics: new Float64Array((to - from) * size),
    benchmark: benchmark ? { figures: new Float64Array((to - from) * BENCHMARK_METRICS.length), markets: [] } : null,
  }
  const { signal } = currentTask()
  for (let start = from; start < to; ) {
    signal.throwIfAborted()
    const index = Math.floor(start / variants.length)
    const end = Math.min(to, (index + 1) * variants.length)
    const members = order.subarray(start - index * variants.length, end - index * variants.length)
    const market = await loadMarket(index)
    const search = variantSearch(market, options, 'liq.sweep')
    const add = (place: number, metric: (index: number) => number, figures: readonly number[]) => {
      const row = start - from + place
      result.market[row] = index
      result.variant[row] = members[place]!
      for (let m = 0; m < size; m++) result.metrics[row * size + m] = metric(m)
      result.benchmark?.figures.set(figures, row * BENCHMARK_METRICS.length)
    }
    if (benchmark) {
      const check = await runCompared(benchmark, market, variants, members, search, run, add)
      result.benchmark!.markets.push({ market: index, ...check })
    } else {
      const subset = Array.from(members, k => variants[k]!)
      const outcomes = await runSearch(market, subset, search, { ...run, keep: 'figures' })
      for (const place of members.keys()) add(place, m => outcomes.metric(place, m), [])
    }
    start = end
  }
  return result
}

/** One row for each backtest: `market` and `variant` by number, a column for each metric, and what there is of the benchmark. */
export function sweepContent({ market, variant, metrics, benchmark }: SweepRows): ShardContent {
  const size = METRICS.length
  const columns = METRICS.map(
    (name, m) => [name, Float64Array.from(market, (_, row) => metrics[row * size + m]!)] as const,
  )
  const more = benchmark && benchmarkContent(benchmark)
  return {
    columns: { market, variant, ...Object.fromEntries(columns), ...more?.columns },
    ...(more && { header: more.header }),
  }
}

/**
 * @param range of the shard
 * @throws DataError when columns are missing, or there are not as many rows as the shard has
 */
export function sweepRows(
  { plan }: OpenSweep,
  { columns, header }: Pick<Required<ShardContent>, 'columns' | 'header'>,
  { from, to }: Range,
): SweepRows {
  const { market, variant } = columns
  if (!(market instanceof Int32Array && variant instanceof Int32Array))
    throw new DataError('it has no columns market and variant')
  if (market.length !== to - from) throw new DataError(`it has ${market.length} rows, but the shard has ${to - from}`)
  const size = METRICS.length
  const metrics = new Float64Array(market.length * size)
  for (const [m, name] of METRICS.entries()) {
    const values = columns[name]
    if (!values) throw new DataError(`it has no column ${name}`)
    for (let row = 0; row < values.length; row++) metrics[row * size + m] = values[row]!
  }
  return { market, variant, metrics, benchmark: plan.benchmark ? benchmarkRows(columns, header, market) : null }
}
