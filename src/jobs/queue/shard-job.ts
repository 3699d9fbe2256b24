/** Jobs of a queue: which shard of which plan, and nothing else. What a plan holds is read from the shared folder. */
import * as v from 'valibot'
import { version } from '../../../package.json'
import { OptionError } from '../../common/errors.ts'
import { parse, wholeNumberFrom } from '../../common/schema.ts'
import { HASH_PATTERN } from '../plan-format.ts'
import { MAX_SHARDS, type Shard } from '../shard.ts'
import { shardFileName } from '../shard-file.ts'
import { assertJobVersion } from './queue-names.ts'

export interface ShardJob {
  /** Hash of the plan. */
  plan: string
  shard: number
  of: number
  /** Version of Liqnb that made the plan. */
  liqnb: string
}

const schema = v.strictObject({
  plan: v.pipe(v.string(), v.regex(HASH_PATTERN, '64 hexadecimal digits')),
  shard: wholeNumberFrom(0, MAX_SHARDS),
  of: wholeNumberFrom(1, MAX_SHARDS),
  liqnb: v.string(),
})

export function shardJob(plan: string, { index, count }: Shard): ShardJob {
  return { plan, shard: index, of: count, liqnb: version }
}

/** A shard's job has the same id whoever queues it, so that it is queued once. */
export function shardJobId(plan: string, shard: Shard): string {
  return shardFileName(plan, shard).replace(/\.parquet$/, '')
}

/** @throws OptionError for anything else than a shard's job of this version */
export function readShardJob(data: unknown): { hash: string; shard: Shard } {
  const { plan, shard, of, liqnb } = parse(schema, data, problem => new OptionError(`job: ${problem}`)) as ShardJob
  assertJobVersion(liqnb)
  if (shard >= of) throw new OptionError(`job: shard: ${shard}, but expected 0 to ${of - 1}`)
  return { hash: plan, shard: { index: shard, count: of } }
}
