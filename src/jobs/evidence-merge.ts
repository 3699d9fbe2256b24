/** Puts observed markets together: the claims, pooled over all of them. */
import { currentTask } from '../common/host.ts'
import { countText } from '../common/number-text.ts'
import type { Claim } from '../evidence/claim.ts'
import { claimOfMarkets, runClaimTest } from '../evidence/claim-of-markets.ts'
import { type ClaimTest, claimTests, type TestInput, TestPool } from '../evidence/claim-tests.ts'
import { CLAIMS, type ClaimName } from '../evidence/claims.ts'
import { type Ledger, marketName } from '../evidence/ledger.ts'
import type { TestResult } from '../evidence/test-result.ts'
import type { OpenEvidence } from './evidence-plan.ts'
import { type StoredMarket, storedMarkets, withRows } from './evidence-shard.ts'
import type { JobFolder } from './job-folder.ts'
import { type Coverage, collectShards } from './merge.ts'
import type { Shard } from './shard.ts'

/** What is known of a market, and the file that its observations lie in. */
export interface MergedMarket extends StoredMarket {
  shard: Shard
}

export interface MergedEvidence extends Coverage {
  /** In the order of the plan, without those that are missing. */
  markets: readonly MergedMarket[]
}

/** Reads what there is of each market, without the observations; see {@link collectShards}. */
export async function mergeEvidence(opened: OpenEvidence, folder: JobFolder, count?: number): Promise<MergedEvidence> {
  const markets = new Map<number, MergedMarket>()
  const { has: _, ...coverage } = await collectShards(opened, folder, count, ({ header }, range, shard) => {
    for (const market of storedMarkets(header, opened, range))
      if (!markets.has(market.index)) markets.set(market.index, { ...market, shard })
  })
  return { ...coverage, markets: [...markets.values()].sort((a, b) => a.index - b.index) }
}

/**
 * Tests the claims of a plan on all observed markets together, with the same results as in one process. Only the observations of one
 * test are in memory at a time.
 *
 * @param assumptions of a claim, beside those of the tests
 */
export async function poolClaims(
  opened: OpenEvidence,
  folder: JobFolder,
  { markets }: MergedEvidence,
  ledger: Ledger,
  assumptions: (claim: ClaimName) => string[] = () => [],
): Promise<Claim[]> {
  const { plan, settings } = opened
  const { signal, progress } = currentTask()
  const claims: Claim[] = []
  if (markets.length === 0) return claims
  const cautions = missingCaution(opened, markets)
  for (const [k, claim] of plan.claims.entries()) {
    progress(CLAIMS[claim].title(), k / plan.claims.length)
    const names = new Set(markets.flatMap(market => observationsOf(market, claim).map(({ name }) => name)))
    const tests: TestResult[] = []
    for (const test of claimTests(claim, settings, names)) {
      signal.throwIfAborted()
      const input = await loadInput(opened, folder, markets, claim, test)
      tests.push(runClaimTest(test, input, { settings, ledger, markets: plan.markets }))
    }
    claims.push(
      claimOfMarkets(
        claim,
        tests,
        markets.map(({ facts }) => facts),
        names,
        settings,
        { assumptions: assumptions(claim), cautions },
      ),
    )
  }
  return claims
}

const observationsOf = (market: StoredMarket, claim: ClaimName) =>
  market.claims.find(each => each.claim === claim)!.observations

async function loadInput(
  { hash, settings }: OpenEvidence,
  folder: JobFolder,
  markets: readonly MergedMarket[],
  claim: ClaimName,
  test: ClaimTest,
): Promise<TestInput> {
  const pool = new TestPool(test)
  for (const [k, input] of test.inputs.entries())
    for (const market of markets) {
      const stored = observationsOf(market, claim).find(({ name }) => name === input)
      if (!stored) continue
      const rows = stored.group < 0 ? undefined : await folder.readShardGroup(hash, market.shard, stored.group)
      pool.add(k, withRows(stored, rows))
    }
  return pool.finish(settings)
}

/** Says which markets are missing from a pooled result. */
function missingCaution({ plan }: OpenEvidence, markets: readonly MergedMarket[]): string[] {
  const known = new Set(markets.map(({ index }) => index))
  const missing = plan.markets.filter((_, index) => !known.has(index))
  if (missing.length === 0) return []
  const names = missing.slice(0, 5).map(marketName).join(', ')
  return [
    `Caution: pooled without ${countText(missing.length, 'market')} of ${plan.markets.length} that could not be observed: ${names}${missing.length > 5 ? ', …' : ''}.`,
  ]
}
