/** Shards: the parts of a plan that are run on their own. */
import { exactKey } from '../common/cache-key.ts'
import { currentTask } from '../common/host.ts'
import type { Market } from '../market/market.ts'
import { detectOptions } from '../sfp/detect-options.ts'
import { METRICS } from '../sfp/search/run-variant.ts'
import type { RunOptions } from '../sfp/search/run-variants.ts'
import { LEVEL_NAMES, variantSearch } from '../sfp/search/search-options.ts'
import { runSearch } from '../sfp/search/sweep.ts'
import { pathsOf, type Variant } from '../sfp/search/variants.ts'
import type { OpenPlan } from './plan.ts'

/** Shard `index` of `count`, from 0. */
export interface Shard {
  index: number
  count: number
}

export const MAX_SHARDS = 100_000

/** What a shard has found: for each of its rows a market and a variant by number, and the metrics of that backtest. */
export interface ShardResult {
  market: Int32Array
  variant: Int32Array
  /** One row after the other. */
  metrics: Float64Array
}

/** Number of backtests of a plan. */
export function unitCount({ plan }: OpenPlan): number {
  return plan.markets.length * plan.variants
}

/** The backtests of a shard: numbers `from` … `to − 1` of the plan. All shards differ in length by at most one. */
export function shardRange(units: number, { index, count }: Shard): { from: number; to: number } {
  const start = (i: number) => Math.floor((i * units) / count)
  return { from: start(index), to: start(index + 1) }
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

/**
 * Runs a shard. Pure: every machine with this version gives the same bits.
 * @param loadMarket loads a market of the plan by number
 * @throws OptionError naming an option that is out of range; the signal's reason when it is cancelled
 */
export async function runShard(
  opened: OpenPlan,
  shard: Shard,
  loadMarket: (index: number) => Promise<Market>,
  run: RunOptions = {},
): Promise<ShardResult> {
  const { options, variants } = opened
  const { from, to } = shardRange(unitCount(opened), shard)
  const order = variantOrder(variants)
  const size = METRICS.length
  const result: ShardResult = {
    market: new Int32Array(to - from),
    variant: new Int32Array(to - from),
    metrics: new Float64Array((to - from) * size),
  }
  const { signal } = currentTask()
  for (let start = from; start < to; ) {
    signal.throwIfAborted()
    const index = Math.floor(start / variants.length)
    const end = Math.min(to, (index + 1) * variants.length)
    const members = order.subarray(start - index * variants.length, end - index * variants.length)
    const market = await loadMarket(index)
    const subset = Array.from(members, k => variants[k]!)
    const search = variantSearch(market, options, 'liq.sweep')
    const outcomes = await runSearch(market, subset, search, { ...run, keep: 'figures' })
    for (const [k, variant] of members.entries()) {
      const row = start - from + k
      result.market[row] = index
      result.variant[row] = variant
      for (let m = 0; m < size; m++) result.metrics[row * size + m] = outcomes.metric(k, m)
    }
    start = end
  }
  return result
}
