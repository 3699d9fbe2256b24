/** Results of shards as files, which are written once and carry what they are results of. */
import { DataError } from '../common/errors.ts'
import { decodeTable, encodeTable } from '../data/sealed-table.ts'
import { METRICS } from '../sfp/search/run-variant.ts'
import type { Shard, ShardResult } from './shard.ts'

/** The part of a plan's hash that names its files. */
const NAME_DIGITS = 16

/** `<plan>-<shard>-of-<shards>.parquet`, shards counted from 0. */
export function shardFileName(planHash: string, { index, count }: Shard): string {
  const digits = String(count - 1).length
  return `${planHash.slice(0, NAME_DIGITS)}-${String(index).padStart(digits, '0')}-of-${count}.parquet`
}

/** The shard that a file of a plan holds, by its name; undefined for any other file. */
export function parseShardFileName(planHash: string, name: string): Shard | undefined {
  const match = /^([0-9a-f]{16})-(\d{1,6})-of-(\d{1,6})\.parquet$/.exec(name)
  if (match?.[1] !== planHash.slice(0, NAME_DIGITS)) return undefined
  const shard = { index: Number(match[2]), count: Number(match[3]) }
  return shardFileName(planHash, shard) === name && shard.index < shard.count ? shard : undefined
}

/** One row for each backtest: `market` and `variant` by number, and a column for each metric. */
export function encodeShard(planHash: string, { index, count }: Shard, result: ShardResult): Uint8Array {
  const { market, variant, metrics } = result
  const size = METRICS.length
  const columns = METRICS.map(
    (name, m) => [name, Float64Array.from(market, (_, row) => metrics[row * size + m]!)] as const,
  )
  return encodeTable({
    header: { plan: planHash, shard: index, of: count },
    columns: { market, variant, ...Object.fromEntries(columns) },
  })
}

/** @throws DataError saying what is wrong, without the name of the file */
export async function decodeShard(planHash: string, { index, count }: Shard, bytes: ArrayBuffer): Promise<ShardResult> {
  const { header, columns } = await decodeTable(bytes)
  if (header.plan !== planHash || header.shard !== index || header.of !== count)
    throw new DataError('it holds the results of another plan or shard')
  const { market, variant } = columns
  if (!(market instanceof Int32Array && variant instanceof Int32Array))
    throw new DataError('it has no columns market and variant')
  const size = METRICS.length
  const metrics = new Float64Array(market.length * size)
  for (const [m, name] of METRICS.entries()) {
    const values = columns[name]
    if (!values) throw new DataError(`it has no column ${name}`)
    for (let row = 0; row < values.length; row++) metrics[row * size + m] = values[row]!
  }
  return { market, variant, metrics }
}
