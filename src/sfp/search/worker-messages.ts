/** Messages between a sweep and its worker threads. */
import type { LevelColumns } from '../levels/level-source.ts'
import type { PackedOutcomes } from './packed-outcomes.ts'
import type { Keep } from './run-variant.ts'
import type { Shared, SharedMarket } from './shared-market.ts'
import type { VariantOptions } from './variants.ts'

/** A batch of variants on the same market and levels. */
export interface WorkerTask {
  id: number
  market: Shared<SharedMarket>
  lowerTimeframe: Shared<SharedMarket> | null
  levels: Shared<LevelColumns>
  variants: readonly VariantOptions[]
  keep: Keep
}

/** The outcomes in the order of the variants, or the error. */
export type WorkerReply = { id: number } & ({ outcomes: PackedOutcomes } | { error: { name: string; message: string } })
