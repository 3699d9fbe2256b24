/** Which bars are tested, and what came before them. */
import type { Market } from '../market/market.ts'
import { type EvidenceSettings, WARM_UP } from './evidence-options.ts'
import type { LevelRecord } from './level-record.ts'

/** Horizons over which the trend before a bar is measured. */
export const TREND_HORIZONS = 4

/** The first bar whose levels are tested: after the warm-up, with a trend, and not before any level was known. */
export function firstTestedBar(
  { record }: { record: LevelRecord },
  { horizon }: Pick<EvidenceSettings, 'horizon'>,
): number {
  return Math.max(WARM_UP, TREND_HORIZONS * horizon, record.firstBar)
}

/** Return over the last bars up to the close of bar t, in ln(price) and σ over them. */
export function pastReturn({ close }: Market, sigma: Float64Array, t: number, bars: number): number {
  return (Math.log(close[t]!) - Math.log(close[t - bars]!)) / (sigma[t]! * Math.sqrt(bars))
}
