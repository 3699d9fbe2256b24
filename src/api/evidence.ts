/** `liq.evidence`: tests of the claims about liquidation levels, and how their results display themselves. */
import { type ColumnTable, table } from 'arquero'
import { type Displayable, type DisplayedFigure, displayed, displayedFigure, htmlBundle } from '../charts/display.ts'
import { claimsHtml, claimsText } from '../charts/evidence.ts'
import { type ForestRow, forestFigure, testRows } from '../charts/forest.ts'
import { FORMATS, withFormats } from '../common/column-format.ts'
import { OptionError, quoteValue } from '../common/errors.ts'
import { invalidOption, listWords } from '../common/options.ts'
import { type PooledTest, pooledSentence, poolMarkets } from '../evidence/by-market.ts'
import type { Claim } from '../evidence/claim.ts'
import { CLAIMS, type ClaimName } from '../evidence/claims.ts'
import { type Evidence, gatherEvidence } from '../evidence/evidence.ts'
import type { EvidenceOptions } from '../evidence/evidence-options.ts'
import { marketName, sessionLedger } from '../evidence/ledger.ts'
import { isPlan, type Plan } from '../evidence/plan.ts'
import { claimTable, ledgerTable } from '../evidence/tables.ts'
import type { TestResult } from '../evidence/test-result.ts'
import type { LiquidationMap } from '../liquidation/map.ts'
import type { Market } from '../market/market.ts'

/** The result of one claim. Displays itself as its sentence and a table. */
export interface ClaimResult extends Claim, Displayable {
  table(): ColumnTable
  /** Its tests as a forest plot. */
  forest(): DisplayedFigure
}

/** A claim market by market. Displays itself as a forest plot. */
export interface ByMarket extends DisplayedFigure {
  readonly tests: readonly PooledTest[]
  /** One row for each test and market: `test`, `market`, `effect`, `low`, `high`, `n`, `weight`, and the pooled effect `without` the market. */
  table(): ColumnTable
  readonly sentence: string
}

/** The results of all six claims. Displays itself as verdicts and a table of all tests. */
export interface ClaimResults extends Displayable {
  readonly claims: readonly ClaimResult[]
  table(): ColumnTable
  /** All tests as a forest plot. */
  forest(): DisplayedFigure
}

/** Options of {@link evidence}. */
export interface PlannedEvidenceOptions extends EvidenceOptions {
  /** A plan of `liq.register`: its options apply where none are given here, and results say whether it was kept. */
  plan?: Plan
}

/** The six claims, each tested on its first call. */
export interface EvidenceResult extends Record<ClaimName, () => ClaimResult>, Pick<Evidence, 'settings' | 'markets'> {
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
 * Tests the claims about liquidation clusters.
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
): EvidenceResult {
  const pooled = isList(markets) ? markets : [markets]
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
    all() {
      const all = names.map(name => claims[name]())
      return displayed(
        {
          claims: all,
          table: () => claimTable(all),
          forest: () => forest('The claims', all, pooled),
        },
        () => htmlBundle(claimsHtml(all), claimsText(all)),
      )
    },
  }
}

function byMarket(name: ClaimName, markets: readonly Market[], result: Evidence): ByMarket {
  const caller = 'evidence.byMarket'
  if (!Object.hasOwn(CLAIMS, name)) throw invalidOption(caller, 'claim', name, listWords(Object.keys(CLAIMS)))
  if (markets.length < 2)
    throw new OptionError(`${caller}: ${markets.length} market, but expected at least two: liq.evidence([btc, eth])`)
  const { title, tests } = result.inEachMarket(name)
  return pooledView(title, markets.map(marketName), tests)
}

/** @param inMarkets the tests of a claim in each market */
function pooledView(title: string, names: readonly string[], inMarkets: readonly (readonly TestResult[])[]): ByMarket {
  const tests = inMarkets[0]!.map((_, t) =>
    poolMarkets(
      names,
      inMarkets.map(each => each[t]!),
    ),
  )
  const rows = tests.flatMap(pooledTest => pooledTest.markets.map(row => ({ pooledTest, ...row })))
  const sentence = tests.map(pooledSentence).join('\n')
  const figure = displayedFigure(forestFigure(tests.flatMap(forestRows), `${title} by market`), sentence)
  return Object.assign(figure, {
    tests,
    sentence,
    table: () =>
      withFormats(
        table({
          test: rows.map(row => row.pooledTest.name),
          market: rows.map(row => row.market),
          effect: rows.map(row => row.test.effect),
          low: rows.map(row => row.test.low),
          high: rows.map(row => row.test.high),
          n: rows.map(row => row.test.n),
          weight: rows.map(row => row.weight),
          without: rows.map(row => row.without.effect),
          withoutLow: rows.map(row => row.without.low),
          withoutHigh: rows.map(row => row.without.high),
        }),
        { weight: FORMATS.share },
      ),
  })
}

/** The markets of a test, and all of them together. */
function forestRows({ name, markets, pooled }: PooledTest): ForestRow[] {
  const { question, matters } = markets[0]!.test
  const { unit } = question
  return [
    ...markets.map(({ market, test, weight }): ForestRow => {
      const { effect, low, high } = test
      const more = `n = ${test.n.toLocaleString('en-US')}, weight ${(100 * weight).toFixed(0)} %`
      return { name: `${market}, ${name}`, effect, low, high, matters, unit, mark: 'descriptive', more }
    }),
    {
      ...{ name: `All markets, ${name}`, effect: pooled.effect, low: pooled.low, high: pooled.high, matters, unit },
      mark: 'inconclusive',
      more: 'random effects',
    },
  ]
}

function createClaimResult(claim: Claim, markets: readonly Market[]): ClaimResult {
  const views = { table: () => claimTable([claim]), forest: () => forest(claim.title, [claim], markets) }
  // Copies the getters, so that what they compute stays lazy.
  const result = Object.defineProperties({ ...views } as ClaimResult, Object.getOwnPropertyDescriptors(claim))
  return displayed(result, () => htmlBundle(claimsHtml([result]), claimsText([result])))
}

function forest(subject: string, claims: readonly Claim[], markets: readonly Market[]): DisplayedFigure {
  const marketNames = markets.map(({ symbol, timeframe }) => `${symbol} ${timeframe}`).join(', ')
  const tests = claims.flatMap(claim => (claims.length > 1 ? claim.tests : [...claim.tests, ...claim.descriptive]))
  return displayedFigure(
    forestFigure(testRows(tests), `${subject} · ${marketNames}`),
    claims.map(claim => claim.sentence).join('\n'),
  )
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
