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
  return fundingRate === undefined ? null : sumsAtOpens(time, fundingRate, 0)
}

/** Payments of a history, and after it the sums of the bars from `from` on, at their opens. */
export function extendFunding(
  history: FundingEvents,
  bars: { readonly time: Float64Array; readonly fundingRate: Float64Array },
  from: number,
): FundingEvents {
  const added = sumsAtOpens(bars.time, bars.fundingRate, from)
  return {
    time: Float64Array.from([...history.time, ...added.time]),
    rate: Float64Array.from([...history.rate, ...added.rate]),
  }
}

function sumsAtOpens(time: Float64Array, sums: Float64Array, from: number): FundingEvents {
  const due: number[] = []
  for (let t = from; t < time.length; t++) if (sums[t] !== 0 && !Number.isNaN(sums[t])) due.push(t)
  return { time: Float64Array.from(due, t => time[t]!), rate: Float64Array.from(due, t => sums[t]!) }
}
