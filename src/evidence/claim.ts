import { CLAIMS, type ClaimName } from './claims.ts'
import type { TestResult } from './result.ts'
import { combine, type Verdict } from './verdict.ts'

/** What was found about one claim. The figures are those of its first test; all are in `tests`. */
export interface Claim extends Omit<TestResult, 'question'> {
  readonly claim: ClaimName
  readonly title: string
  readonly null: string
  /** Tests that the verdict rests on, and those shown beside them. */
  readonly tests: readonly TestResult[]
  readonly descriptive: readonly TestResult[]
  /** What the result rests on, a line each. */
  readonly assumptions: readonly string[]
}

/**
 * Puts the tests of a claim together. Verdict and corrected figures are read when they are asked for, for every later
 * test corrects the earlier ones.
 *
 * @param levels name of the levels, where they are no clusters
 */
export function makeClaim(
  name: ClaimName,
  levels: string | undefined,
  tests: readonly TestResult[],
  descriptive: readonly TestResult[],
  assumptions: readonly string[],
): Claim {
  const { rule } = CLAIMS[name]
  const title = CLAIMS[name].title(levels)
  const first = tests[0]!
  const verdict = (): Verdict =>
    combine(
      tests.map(test => test.verdict),
      rule,
    )
  const own = { claim: name, title, null: first.question.null, tests, descriptive, assumptions }
  return Object.defineProperties({ ...own } as Claim, {
    ...Object.getOwnPropertyDescriptors(first),
    verdict: { get: verdict, enumerable: true },
    sentence: {
      get: () => `${title}: ${verdict()}. ${tests.map(test => test.sentence).join(' ')}`,
      enumerable: true,
    },
  })
}
