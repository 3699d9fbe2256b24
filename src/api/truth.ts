import type { Displayable } from '../charts/display.ts'
import { withSummary } from '../charts/summary.ts'
import { truthSummary } from '../charts/truth.ts'
import { type LiquidationMap, requireMap } from '../liquidation/map.ts'
import { type TruthOptions, type TruthScore, truthScore } from '../liquidation/validation/truth-score.ts'
import type { Market } from '../market/market.ts'

/**
 * How well a map of a simulated market knows its true book of liquidation levels: rank correlations of the notional by price
 * bin, with intervals.
 * @throws DataError for what is no map, or when the market is not a simulated one
 * @example liq.truth(liq.heatmap(await liq.market({ simulate: { seed: 3 } })))
 */
export function truth(
  map: LiquidationMap,
  market?: Market,
  options: TruthOptions = {},
): Record<'long' | 'short', TruthScore> & Displayable {
  requireMap(map, 'liq.truth')
  const of = market ?? map.market
  const scores = truthScore(map, of, options)
  return withSummary(scores, truthSummary(scores, `The heatmap and the true book · ${of.symbol} ${of.timeframe}`))
}
