/** Shards: the parts of a plan that are run on their own. */

/** Shard `index` of `count`, from 0. */
export interface Shard {
  index: number
  count: number
}

/** Units `from` … `to − 1`. */
export interface Range {
  from: number
  to: number
}

export const MAX_SHARDS = 100_000

/** The units of a shard. All shards differ in length by at most one. */
export function shardRange(units: number, { index, count }: Shard): Range {
  const start = (i: number) => Math.floor((i * units) / count)
  return { from: start(index), to: start(index + 1) }
}
