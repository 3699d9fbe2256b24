/** Messages between a sweep and its worker threads. */
import type { LevelColumns } from '../levels/level-source.ts'
import type { Outcome } from './run-variant.ts'
import type { SharedMarket } from './shared-market.ts'
import type { VariantOptions } from './variants.ts'

/** The data that a worker starts with. */
export interface WorkerStart {
  market: SharedMarket
  lowerTimeframe: SharedMarket | null
}

/** A batch of variants on the same levels. */
export interface WorkerTask {
  id: number
  /** Identifies the levels: batches on the same levels have the same number. */
  group: number
  levels: LevelColumns
  variants: readonly VariantOptions[]
}

/** The outcomes in the order of the variants, or the error. */
export type WorkerReply = { id: number; outcomes: Outcome[] } | { id: number; error: { name: string; message: string } }
