/** `liq.evidence`: tests of the claims about liquidation levels. */
import type { ColumnTable } from 'arquero'
import { OptionError, quoteValue } from '../common/errors.ts'
import { invalidOption } from '../common/options.ts'
import { CLAIMS, type ClaimName, SIX_CLAIMS } from '../evidence/claims.ts'
import { type Evidence, gatherEvidence } from '../evidence/evidence.ts'
import { marketName, sessionLedger } from '../evidence/ledger.ts'
import { isPlan, type PlannedEvidenceOptions } from '../evidence/plan.ts'
import { ledgerTable } from '../evidence/tables.ts'
import type { LiquidationMap } from '../liquidation/map.ts'
import type { Market } from '../market/market.ts'
import {
  evidenceOfMarkets,
  type MarketOrLoader,
  type MarketsEvidence,
  type MarketsEvidenceOptions,
} from './evidence-markets.ts'
import {
  allClaims,
  assertClaim,
  type ByMarket,
  type ClaimResult,
  type ClaimResults,
  createClaimResult,
  pooledView,
} from './evidence-views.ts'

/**
 * The claims, each tested on its first call: the six of clusters, and those of the forecast (where recorded liquidations happen), of stops,
 * and of observed positions.
 */
export interface EvidenceResult extends Record<ClaimName, () => ClaimResult>, Pick<Evidence, 'settings' | 'markets'> {
  /** The six claims of clusters. */
  all(): ClaimResults
  /**
   * A claim in each market by itself, pooled by random effects, and pooled without each market in turn. It is a view of the claim's own
   * tests, so it enters nothing in the ledger.
   * @throws OptionError for fewer than two markets, or an unknown claim
   * @example liq.evidence([btc, eth]).byMarket('magnet')
   */
  byMarket(claim: ClaimName): ByMarket
  /** Every test made in this session, with corrections. */
  ledger(): ColumnTable
}

/**
 * Tests the claims about liquidation clusters. With the option `on`, many markets are loaded and observed one by one, in processes here or
 * on the machines of a queue, and the result is that of all of them in memory; what was done before is not done again.
 *
 * @param markets a market, or several to pool
 * @param mapsOrOptions the market's heatmap (several: in the order of the markets), or the options
 * @example liq.evidence(btc, map).magnet()
 * @throws OptionError naming the argument or option that cannot be used; DataError for a market that is too short
 */
export function evidence(
  markets: Market | readonly Market[],
  mapsOrOptions?: LiquidationMap | readonly LiquidationMap[] | PlannedEvidenceOptions,
  given?: PlannedEvidenceOptions,
): EvidenceResult
export function evidence(markets: readonly MarketOrLoader[], options: MarketsEvidenceOptions): Promise<MarketsEvidence>
export function evidence(
  markets: Market | readonly MarketOrLoader[],
  mapsOrOptions?: LiquidationMap | readonly LiquidationMap[] | PlannedEvidenceOptions | MarketsEvidenceOptions,
  given?: PlannedEvidenceOptions,
): EvidenceResult | Promise<MarketsEvidence> {
  if (hasOn(given))
    throw invalidOption('liq.evidence', 'on', given.on, 'no heatmaps with it: give "map", their options')
  if (hasOn(mapsOrOptions)) return evidenceOfMarkets(isList(markets) ? markets : [markets], mapsOrOptions)
  return evidenceHere(markets as Market | readonly Market[], mapsOrOptions, given)
}

const hasOn = (value: unknown): value is MarketsEvidenceOptions =>
  typeof value === 'object' && value !== null && !isMap(value) && (value as { on?: unknown }).on !== undefined

function evidenceHere(
  markets: Market | readonly Market[],
  mapsOrOptions?: LiquidationMap | readonly LiquidationMap[] | PlannedEvidenceOptions,
  given?: PlannedEvidenceOptions,
): EvidenceResult {
  const pooled = isList(markets) ? markets : [markets]
  const loader = pooled.findIndex(market => typeof market === 'function')
  if (loader >= 0)
    throw new OptionError(`liq.evidence: market ${loader + 1} is a function: add on: 'local', and await the result`)
  const args = sortArguments(mapsOrOptions, given)
  const { plan, ...options } = args.options
  if (plan !== undefined && !isPlan(plan))
    throw invalidOption('liq.evidence', 'plan', plan, 'a plan, as liq.register returns it')
  const result = gatherEvidence(pooled, args.maps, options, sessionLedger, plan)
  const names = Object.keys(CLAIMS) as ClaimName[]
  const claims = Object.fromEntries(
    names.map(name => [name, () => createClaimResult(result[name](), pooled)]),
  ) as Record<ClaimName, () => ClaimResult>
  return {
    ...claims,
    settings: result.settings,
    markets: pooled,
    ledger: () => ledgerTable(sessionLedger),
    byMarket: claim => byMarket(claim, pooled, result),
    all: () =>
      allClaims(
        SIX_CLAIMS.map(name => claims[name]()),
        pooled,
      ),
  }
}

function byMarket(name: ClaimName, markets: readonly Market[], result: Evidence): ByMarket {
  const caller = 'evidence.byMarket'
  assertClaim(name, caller)
  if (markets.length < 2)
    throw new OptionError(`${caller}: ${markets.length} market, but expected at least two: liq.evidence([btc, eth])`)
  const { title, tests } = result.inEachMarket(name)
  return pooledView(title, markets.map(marketName), tests)
}

function sortArguments(
  mapsOrOptions: LiquidationMap | readonly LiquidationMap[] | PlannedEvidenceOptions | undefined,
  options: PlannedEvidenceOptions | undefined,
): { maps: readonly LiquidationMap[] | undefined; options: PlannedEvidenceOptions } {
  if (mapsOrOptions === undefined) return { maps: undefined, options: options ?? {} }
  if (typeof mapsOrOptions !== 'object' || mapsOrOptions === null || mapsOrOptions instanceof Promise) {
    const value = mapsOrOptions instanceof Promise ? 'a Promise: write `await`' : quoteValue(mapsOrOptions)
    throw new OptionError(
      `liq.evidence: the second argument is ${value}, but expected a heatmap, as liq.heatmap returns it, or options`,
    )
  }
  if (isList(mapsOrOptions)) {
    for (const [index, map] of mapsOrOptions.entries())
      if (!isMap(map))
        throw new OptionError(`liq.evidence: heatmap ${index + 1}: ${quoteValue(map)}, but expected a heatmap`)
    return { maps: mapsOrOptions, options: options ?? {} }
  }
  if (isMap(mapsOrOptions)) return { maps: [mapsOrOptions], options: options ?? {} }
  if (options !== undefined)
    throw new OptionError('liq.evidence: options were given twice; the second argument is not a heatmap')
  return { maps: undefined, options: mapsOrOptions }
}

function isMap(value: unknown): value is LiquidationMap {
  return typeof value === 'object' && value !== null && 'replay' in value && 'positionCohorts' in value
}

function isList<T>(value: T | readonly T[] | object): value is readonly T[] {
  return Array.isArray(value)
}
