/** Tests of the claims about liquidation levels. */

import { DataError, OptionError } from '../common/errors.ts'
import { currentTask } from '../common/host.ts'
import { lazy } from '../common/lazy.ts'
import { countText } from '../common/number-text.ts'
import { dropUndefined, invalidOption } from '../common/options.ts'
import type { LiquidationMap } from '../liquidation/map.ts'
import { assertMarket, type Market } from '../market/market.ts'
import type { Claim } from './claim.ts'
import { assumptionsOf, claimOfMarkets, marketFacts, runClaimTest, testAlone } from './claim-of-markets.ts'
import { claimTests, namesOf, observeClaim, testInput } from './claim-tests.ts'
import { CLAIMS, type ClaimName, SIX_CLAIMS } from './claims.ts'
import {
  EVIDENCE_CALLER,
  type EvidenceOptions,
  type EvidenceSettings,
  resolveEvidence,
  WARM_UP,
} from './evidence-options.ts'
import { type Ledger, marketName, sessionLedger } from './ledger.ts'
import { deviations, type Plan, planLine } from './plan.ts'
import { createScope } from './scope.ts'
import type { TestFigures } from './test-result.ts'
import { MIN_BARS, scopeByTimeframe } from './timeframes.ts'

/** The claims on one or several markets. Each is tested on its first call. */
export interface Evidence extends Record<ClaimName, () => Claim> {
  /** The six of clusters in display order; those of stops, observed positions and the forecast only count when they are asked for. */
  all(): Claim[]
  /** The tests of a claim in each market by itself, of the same observations; they are in no ledger. */
  inEachMarket(claim: ClaimName): { title: string; tests: TestFigures[][] }
  readonly settings: EvidenceSettings
  readonly markets: readonly Market[]
  readonly assumptions: readonly string[]
}

/**
 * Tests the claims about liquidation clusters, or about other levels. Several markets are pooled: each is compared within
 * itself, and events of the same time are resampled together.
 *
 * @param maps heatmaps in the order of the markets. Default: made with `options.map`.
 * @param plan its options apply where none are given, and results say whether it was kept
 * @throws OptionError for an unusable option or argument
 * @throws DataError for a market that is too short
 */
export function gatherEvidence(
  markets: readonly Market[],
  maps: readonly LiquidationMap[] | undefined,
  given: EvidenceOptions = {},
  ledger: Ledger = sessionLedger,
  plan?: Plan,
): Evidence {
  const options = plan
    ? { ...dropUndefined({ ...plan.options, map: maps ? undefined : plan.options.map }), ...given }
    : given
  const settings = resolveEvidence(options)
  checkLevels(maps, options)
  checkMarkets(markets, maps, settings)
  const scopes = lazy(() => markets.map((market, index) => createScope(market, index, settings, maps?.[index])))
  const byTimeframe = lazy(() =>
    scopes().map((scope, index) => lazy(() => scopeByTimeframe(scope, settings, maps?.[index]))),
  )
  const facts = lazy(() => scopes().map(scope => marketFacts(scope, settings)))
  const doneFor = (claim: ClaimName) => ({
    claim,
    markets: markets.map(marketName),
    settings,
    maps: maps ? maps.map(map => map.inputOptions) : [settings.map ?? {}],
  })
  // Unless they are clusters.
  const levelsName = () => (settings.levels && !maps ? scopes()[0]?.record.name : undefined)
  const entries = (Object.keys(CLAIMS) as ClaimName[]).map((name, index) => {
    // Not kept: they are many, and the levels are what takes long.
    const observed = () => scopes().map((scope, index) => observeClaim(name, scope, byTimeframe()[index]!, settings))
    const claim = lazy(() => {
      const levels = levelsName()
      currentTask().signal.throwIfAborted()
      currentTask().progress(CLAIMS[name].title(levels), (index / SIX_CLAIMS.length) % 1)
      const observations = observed()
      const names = namesOf(observations)
      const assumptions = plan ? [planLine(plan, deviations(plan, doneFor(name)))] : []
      const tests = claimTests(name, settings, names).map(test =>
        runClaimTest(test, testInput(test, observations, settings), { settings, ledger, markets }),
      )
      return claimOfMarkets(name, tests, facts(), names, settings, { levels, assumptions })
    })
    const alone = () => ({
      title: CLAIMS[name].title(levelsName()),
      tests: observed().map(each => testAlone(name, each, settings, markets)),
    })
    return { name, claim, alone }
  })
  const claims = Object.fromEntries(entries.map(({ name, claim }) => [name, claim])) as Record<ClaimName, () => Claim>
  return {
    ...claims,
    all: () => SIX_CLAIMS.map(name => claims[name]()),
    inEachMarket: name => entries.find(entry => entry.name === name)!.alone(),
    settings,
    markets,
    get assumptions() {
      return assumptionsOf(facts(), settings)
    },
  }
}

/** Refuses options that would have no effect, as the levels come from elsewhere. */
function checkLevels(maps: readonly LiquidationMap[] | undefined, { levels, map, clusters }: EvidenceOptions): void {
  const [source, ignored] = maps ? ['heatmap', { levels, map }] : ['option levels', levels ? { map, clusters } : {}]
  for (const [name, value] of Object.entries(ignored))
    if (value !== undefined)
      throw invalidOption(EVIDENCE_CALLER, name, value, `no ${name}, as the ${source} already determines the levels`)
}

function checkMarkets(
  markets: readonly Market[],
  maps: readonly LiquidationMap[] | undefined,
  settings: EvidenceSettings,
): void {
  if (markets.length === 0) throw new OptionError(`${EVIDENCE_CALLER}: the list of markets is empty`)
  if (maps && maps.length !== markets.length)
    throw new OptionError(`${EVIDENCE_CALLER}: ${maps.length} heatmaps, but expected ${markets.length}, one per market`)
  for (const [index, market] of markets.entries()) {
    assertMarket(market, EVIDENCE_CALLER)
    const map = maps?.[index]
    if (map && map.market.time !== market.time)
      throw new OptionError(
        `${EVIDENCE_CALLER}: heatmap ${index + 1} is not of the market ${market.symbol} ${market.timeframe}`,
      )
    assertLongEnough(market, settings)
  }
}

/** @throws DataError for a market that is too short for the horizon */
export function assertLongEnough({ symbol, timeframe, length }: Market, { horizon }: EvidenceSettings): void {
  const minBars = WARM_UP + horizon + MIN_BARS
  if (length < minBars)
    throw new DataError(
      `${EVIDENCE_CALLER}: ${symbol} ${timeframe} has ${countText(length, 'bar')}, but a horizon of ${horizon} needs at least ${minBars}`,
    )
}
