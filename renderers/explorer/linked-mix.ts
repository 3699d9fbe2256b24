/** The mix of a linked map. */
import type { LinkMessage } from '../plot/link.ts'

/** The mix of another map; tiers that it does not have stay as they are. */
export function linkedMix(
  mix: NonNullable<LinkMessage['mix']>,
  leverages: readonly number[],
  own: { weights: readonly number[]; on: readonly boolean[] },
): { weights: number[]; on: boolean[] } {
  const byLeverage = new Map(mix.map(tier => [tier.leverage, tier]))
  return {
    weights: leverages.map((leverage, i) => byLeverage.get(leverage)?.weight ?? own.weights[i]!),
    on: leverages.map((leverage, i) => byLeverage.get(leverage)?.on ?? own.on[i]!),
  }
}
