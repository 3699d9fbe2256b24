import type { LevelColumns } from '../levels/columns.ts'
import type { SharedMarket } from './shared-market.ts'
import type { Applied } from './variants.ts'
import type { Outcome } from './work.ts'

/** What a worker is given when it starts. */
export interface WorkerStart {
  market: SharedMarket
  lowerTimeframe: SharedMarket | null
}

/** A batch of variants on the same levels. */
export interface WorkerTask {
  id: number
  /** Number of the levels; the same levels have the same. */
  group: number
  levels: LevelColumns
  variants: readonly Applied[]
}

/** The outcomes in the order of the variants, or what went wrong. */
export type WorkerReply = { id: number; outcomes: Outcome[] } | { id: number; error: { name: string; message: string } }
