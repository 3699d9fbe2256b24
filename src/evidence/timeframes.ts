/** Markets in longer timeframes, whose levels are claimed to be stronger. */
import { durationMs } from '../common/duration.ts'
import { currentTask } from '../common/host.ts'
import { type LiquidationMap, liquidationMap } from '../liquidation/map.ts'
import { resample } from '../market/resample.ts'
import { EVIDENCE_CALLER, type EvidenceSettings, WARM_UP } from './evidence-options.ts'
import { createScope, type Scope } from './scope.ts'

/** Minimum number of bars with an outcome in a timeframe. */
export const MIN_BARS = 200

/**
 * The market in each timeframe that its data supports.
 * @param map the market's heatmap, if there is one already
 */
export function scopeByTimeframe(
  scope: Scope,
  settings: EvidenceSettings,
  map: LiquidationMap | undefined,
): Map<string, Scope> {
  const { market, index } = scope
  const out = new Map<string, Scope>()
  for (const timeframe of settings.timeframes) {
    const barMs = durationMs(timeframe, 'timeframes')
    if (market.barMs > barMs || barMs % market.barMs !== 0) continue
    // An aggregated map cannot be resampled: only the bars of its first market are available. Observed positions are no
    // assumptions that could be applied to longer bars.
    if (market.barMs !== barMs && map && (isAggregated(map) || map.isObserved)) continue
    if ((market.length * market.barMs) / barMs < WARM_UP + settings.horizon + MIN_BARS) continue
    if (market.barMs === barMs) {
      out.set(timeframe, scope)
      continue
    }
    currentTask().progress(`Levels of ${market.symbol} ${timeframe}`)
    const coarser = resample(market, barMs, EVIDENCE_CALLER)
    const coarserMap = map && liquidationMap(coarser, map.inputOptions, EVIDENCE_CALLER)
    out.set(timeframe, createScope(coarser, index, settings, coarserMap))
  }
  return out
}

const isAggregated = ({ parts, market }: LiquidationMap): boolean => parts.some(part => part.market !== market)
