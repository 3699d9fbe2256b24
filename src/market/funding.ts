/** Payments of funding, each at its own time. */
import { MINUTE } from '../common/duration.ts'

/** Payments of funding in order of time: epoch ms, and the rate that longs pay to shorts. */
export interface FundingEvents {
  readonly time: Float64Array
  readonly rate: Float64Array
}

/** When funding is due that a venue stamps some milliseconds later: funding is due at full minutes. */
export function fundingDueAt(stampMs: number): number {
  return Math.floor(stampMs / MINUTE) * MINUTE
}

/**
 * The payments of a market: its own, or, where only the sums of the bars are known, those sums at the opens of the bars.
 */
export function fundingEvents(market: {
  readonly time: Float64Array
  readonly fundingRate?: Float64Array
  readonly funding?: FundingEvents
}): FundingEvents | null {
  const { funding, fundingRate, time } = market
  if (funding !== undefined) return funding
  if (fundingRate === undefined) return null
  const due = Array.from(time.keys()).filter(t => fundingRate[t]! !== 0 && !Number.isNaN(fundingRate[t]!))
  return { time: Float64Array.from(due, t => time[t]!), rate: Float64Array.from(due, t => fundingRate[t]!) }
}
