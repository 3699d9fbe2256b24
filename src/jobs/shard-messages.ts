/** Messages between a process that runs shards and the one that started it. */
import type { Shard } from './shard.ts'

export interface ShardRequest {
  id: number
  folder: string
  /** File and hash of the plan. */
  file: string
  hash: string
  shard: Shard
}

export type ShardReply = { id: number } & (
  | { done: true }
  | { progress: number }
  | { error: { name: string; message: string } }
)

/** Environment variable: memory that the process may take, MB. */
export const MEMORY_VARIABLE = 'LIQNB_SHARD_MEMORY_MB'
