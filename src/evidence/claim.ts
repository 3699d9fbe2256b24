/** The result of one claim. */
import { CLAIMS, type ClaimName } from './claims.ts'
import type { TestResult } from './test-result.ts'
import { combine, type Verdict } from './verdict.ts'

/** Result of one claim, with the figures of its first test; all are in `tests`. */
export interface Claim extends Omit<TestResult, 'question'> {
  readonly claim: ClaimName
  readonly title: string
  readonly null: string
  /** Tests that determine the verdict, and those shown for information. */
  readonly tests: readonly TestResult[]
  readonly descriptive: readonly TestResult[]
  /** Assumptions behind the result, one per line. */
  readonly assumptions: readonly string[]
  /** Why the tests may not mean what they say in this market, one sentence each. */
  readonly cautions: readonly string[]
}

/**
 * Combines the tests of a claim. Verdict and corrected figures are getters, as each later test corrects the earlier ones.
 *
 * @param levels name of the levels, unless they are clusters
 * @param tests at least one
 */
export function createClaim(
  name: ClaimName,
  levels: string | undefined,
  tests: readonly TestResult[],
  descriptive: readonly TestResult[],
  assumptions: readonly string[],
  cautions: readonly string[] = [],
): Claim {
  const { rule } = CLAIMS[name]
  const title = CLAIMS[name].title(levels)
  const [first] = tests
  if (!first) throw new RangeError(`${name}: no tests, but expected at least one`)
  const verdict = (): Verdict =>
    combine(
      tests.map(test => test.verdict),
      rule,
    )
  const properties = { claim: name, title, null: first.question.null, tests, descriptive, assumptions, cautions }
  return Object.defineProperties({ ...properties } as Claim, {
    ...Object.getOwnPropertyDescriptors(first),
    verdict: { get: verdict, enumerable: true },
    sentence: {
      get: () => [`${title}: ${verdict()}.`, ...tests.map(test => test.sentence), ...cautions].join(' '),
      enumerable: true,
    },
  })
}
