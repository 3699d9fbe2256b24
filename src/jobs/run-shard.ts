/** Runs a shard, whatever its plan is of. */
import type { Market } from '../market/market.ts'
import type { RunOptions } from '../sfp/search/run-variants.ts'
import { encodeObserved, runEvidenceShard } from './evidence-shard.ts'
import { type OpenPlan, unitCount } from './plan.ts'
import { type Shard, shardRange } from './shard.ts'
import type { ShardContent } from './shard-file.ts'
import { runSweepShard, sweepContent } from './sweep-shard.ts'

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
): Promise<ShardContent> {
  const range = shardRange(unitCount(opened), shard)
  if (opened.kind === 'evidence') return encodeObserved(await runEvidenceShard(opened, range, loadMarket))
  return sweepContent(await runSweepShard(opened, range, loadMarket, run))
}
