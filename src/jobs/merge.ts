/** Puts the results of shards together, and says what is missing. */
import { DataError, oneLine } from '../common/errors.ts'
import { Outcomes } from '../sfp/search/outcomes.ts'
import { METRICS } from '../sfp/search/run-variant.ts'
import type { JobFolder } from './job-folder.ts'
import type { OpenPlan } from './plan.ts'
import { type Shard, type ShardResult, shardRange, unitCount, variantOrder } from './shard.ts'

export interface Merged {
  /** What each market's variants gave, in the order of the plan; NaN where it is missing. */
  outcomes: readonly Outcomes[]
  /** Number of shards that the missing ones are of. */
  of: number
  /** Shards without a result. */
  missing: readonly Shard[]
  /** Files that could not be used, in words. */
  damaged: readonly string[]
  /** Number of backtests without a result. */
  missingUnits: number
}

/**
 * Merges what lies in a folder. Shards of different numbers of shards may be mixed: what counts is which backtests they hold.
 * @param count number of shards that the missing ones are named by. Default: that of most files
 */
export async function mergeShards(opened: OpenPlan, folder: JobFolder, count?: number): Promise<Merged> {
  const units = unitCount(opened)
  const { plan, variants, hash } = opened
  const outcomes = plan.markets.map(() => new Outcomes(variants.length, 'figures'))
  const has = new Uint8Array(units)
  const damaged: string[] = []
  const shards = await folder.shards(hash)
  // The largest parts first, which may make smaller ones superfluous.
  for (const shard of shards.toSorted((a, b) => a.count - b.count || a.index - b.index)) {
    const { from, to } = shardRange(units, shard)
    if (!has.subarray(from, to).includes(0)) continue
    try {
      addResult(opened, outcomes, from, await folder.readShard(opened, shard))
      has.fill(1, from, to)
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
  return { outcomes, of, missing, damaged, missingUnits: fillMissing(opened, outcomes, has) }
}

/** @throws DataError when a row is not the backtest that belongs there */
function addResult(opened: OpenPlan, outcomes: readonly Outcomes[], from: number, result: ShardResult): void {
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
function fillMissing({ variants }: OpenPlan, outcomes: readonly Outcomes[], has: Uint8Array): number {
  const order = variantOrder(variants)
  const metrics = new Float64Array(METRICS.length).fill(Number.NaN)
  let missing = 0
  for (let unit = has.indexOf(0); unit >= 0; unit = has.indexOf(0, unit + 1)) {
    const variant = order[unit % order.length]!
    outcomes[Math.floor(unit / order.length)]!.add([variant], { count: 1, metrics, returns: null, trades: null })
    missing++
  }
  return missing
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
