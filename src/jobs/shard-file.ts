/** Results of shards as files, which are written once and carry what they are results of. */
import { DataError } from '../common/errors.ts'
import type { JsonObject } from '../common/json.ts'
import { decodeTable, encodeTable, type NumberColumns } from '../data/sealed-table.ts'
import type { Shard } from './shard.ts'

/** The part of a plan's hash that names its files. */
const NAME_DIGITS = 16

/** Names of the shards of any plan; its groups are the plan, the shard, and the number of shards. */
export const SHARD_FILE_NAME = /^([0-9a-f]{16})-(\d{1,6})-of-(\d{1,6})\.parquet$/

/** `<plan>-<shard>-of-<shards>.parquet`, shards counted from 0. */
export function shardFileName(planHash: string, { index, count }: Shard): string {
  const digits = String(count - 1).length
  return `${planHash.slice(0, NAME_DIGITS)}-${String(index).padStart(digits, '0')}-of-${count}.parquet`
}

/** The shard that a file of a plan holds, by its name; undefined for any other file. */
export function parseShardFileName(planHash: string, name: string): Shard | undefined {
  const match = SHARD_FILE_NAME.exec(name)
  if (match?.[1] !== planHash.slice(0, NAME_DIGITS)) return undefined
  const shard = { index: Number(match[2]), count: Number(match[3]) }
  return shardFileName(planHash, shard) === name && shard.index < shard.count ? shard : undefined
}

/** What a shard has found: numbers in columns, and what else there is to know. */
export interface ShardContent {
  columns: NumberColumns
  header?: JsonObject
  /** Rows of each group that is read on its own, in order; they sum to all rows. */
  groups?: readonly number[]
}

export function encodeShard(planHash: string, { index, count }: Shard, content: ShardContent): Uint8Array {
  const { header = {}, columns, groups } = content
  return encodeTable({ header: { plan: planHash, shard: index, of: count, ...header }, columns }, groups)
}

/** @throws DataError saying what is wrong, without the name of the file */
export async function decodeShard(
  planHash: string,
  { index, count }: Shard,
  bytes: ArrayBuffer,
): Promise<Required<Omit<ShardContent, 'groups'>>> {
  const { header, columns } = await decodeTable(bytes)
  const { plan, shard, of, ...rest } = header
  if (plan !== planHash || shard !== index || of !== count)
    throw new DataError('it holds the results of another plan or shard')
  return { header: rest, columns }
}
