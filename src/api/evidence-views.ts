/** How results of claims display themselves. */
import { type ColumnTable, table } from 'arquero'
import { type Displayable, type DisplayedFigure, displayed, displayedFigure, htmlBundle } from '../charts/display.ts'
import { claimsHtml, claimsText } from '../charts/evidence.ts'
import { type ForestRow, forestFigure, testRows } from '../charts/forest.ts'
import { FORMATS, withFormats } from '../common/column-format.ts'
import { countText } from '../common/number-text.ts'
import { invalidOption, listWords } from '../common/options.ts'
import { type PooledTest, pooledSentence, poolTests } from '../evidence/by-market.ts'
import type { Claim } from '../evidence/claim.ts'
import { CLAIMS, type ClaimName } from '../evidence/claims.ts'
import { marketName } from '../evidence/ledger.ts'
import { claimTable } from '../evidence/tables.ts'
import type { NamedMarket, TestFigures } from '../evidence/test-result.ts'

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

/** The results of several claims. Displays itself as verdicts and a table of all tests. */
export interface ClaimResults extends Displayable {
  readonly claims: readonly ClaimResult[]
  table(): ColumnTable
  /** All tests as a forest plot. */
  forest(): DisplayedFigure
}

/** @throws OptionError for what is no claim */
export function assertClaim(name: ClaimName, caller: string): void {
  if (!Object.hasOwn(CLAIMS, name)) throw invalidOption(caller, 'claim', name, listWords(Object.keys(CLAIMS)))
}

/** Several claims, as verdicts and a table of all tests. */
export function allClaims(claims: readonly ClaimResult[], markets: readonly NamedMarket[]): ClaimResults {
  return displayed(
    {
      claims,
      table: () => claimTable(claims),
      forest: () => forest('The claims', claims, markets),
    },
    () => htmlBundle(claimsHtml(claims), claimsText(claims)),
  )
}

/** @param inMarkets the tests of a claim in each market */
export function pooledView(
  title: string,
  names: readonly string[],
  inMarkets: readonly (readonly TestFigures[])[],
): ByMarket {
  const tests = poolTests(names, inMarkets)
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

/** A claim that displays itself. */
export function createClaimResult(claim: Claim, markets: readonly NamedMarket[]): ClaimResult {
  const views = { table: () => claimTable([claim]), forest: () => forest(claim.title, [claim], markets) }
  // Copies the getters, so that what they compute stays lazy.
  const result = Object.defineProperties({ ...views } as ClaimResult, Object.getOwnPropertyDescriptors(claim))
  return displayed(result, () => htmlBundle(claimsHtml([result]), claimsText([result])))
}

function forest(subject: string, claims: readonly Claim[], markets: readonly NamedMarket[]): DisplayedFigure {
  const tests = claims.flatMap(claim => (claims.length > 1 ? claim.tests : [...claim.tests, ...claim.descriptive]))
  return displayedFigure(
    forestFigure(testRows(tests), `${subject} · ${namesText(markets)}`),
    claims.map(claim => claim.sentence).join('\n'),
  )
}

/** More markets than a title has room for. */
const MAX_NAMES = 6

function namesText(markets: readonly NamedMarket[]): string {
  return markets.length > MAX_NAMES ? countText(markets.length, 'market') : markets.map(marketName).join(', ')
}
