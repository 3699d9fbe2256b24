/** What a market shows of claims, without the market itself: what pooling it with others needs. */
import { currentTask } from '../common/host.ts'
import { lazy } from '../common/lazy.ts'
import type { Market } from '../market/market.ts'
import { type MarketFacts, marketFacts, testAlone } from './claim-of-markets.ts'
import { type MarketObservations, observeClaim } from './claim-tests.ts'
import type { ClaimName } from './claims.ts'
import { assertLongEnough } from './evidence.ts'
import type { EvidenceSettings } from './evidence-options.ts'
import { createScope } from './scope.ts'
import type { NamedMarket, TestFigures } from './test-result.ts'
import { scopeByTimeframe } from './timeframes.ts'

/** A claim in one market. */
export interface ObservedClaim {
  claim: ClaimName
  observations: MarketObservations[]
  /** Its tests in this market by itself. */
  alone: TestFigures[]
}

export interface ObservedMarket {
  facts: MarketFacts
  claims: ObservedClaim[]
}

/**
 * Observes claims in the market of a number among the pooled ones.
 * @throws DataError for a market that is too short; OptionError for tiers that its map does not have
 */
export function observeMarket(
  market: Market,
  index: number,
  markets: readonly NamedMarket[],
  settings: EvidenceSettings,
  claims: readonly ClaimName[],
): ObservedMarket {
  assertLongEnough(market, settings)
  const scope = createScope(market, index, settings)
  const byTimeframe = lazy(() => scopeByTimeframe(scope, settings, undefined))
  return {
    facts: marketFacts(scope, settings),
    claims: claims.map((claim, k) => {
      currentTask().progress(`${market.symbol} ${market.timeframe}: ${claim}`, k / claims.length)
      const observations = observeClaim(claim, scope, byTimeframe, settings)
      return { claim, observations, alone: testAlone(claim, observations, settings, markets) }
    }),
  }
}
