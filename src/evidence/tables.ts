/** Test results as tables. */
import { type ColumnTable, table } from 'arquero'
import { FORMATS, withFormats } from '../common/column-format.ts'
import { HOUR } from '../common/duration.ts'
import type { Claim } from './claim.ts'
import type { Ledger } from './ledger.ts'

/**
 * Tests of claims, one per row: `claim`, `test`, `effect`, `low`, `high` (95 %), `unit`, `p`, `pAdjusted` (Holm), `q`
 * (Benjamini–Hochberg), `n`, `controls`, `events`, `rate`, `baseRate`, `blockHours`, `blocks`, `null`, `verdict`. Verdict
 * `descriptive` marks a test shown for information.
 */
export function claimTable(claims: readonly Claim[]): ColumnTable {
  const rows = claims.flatMap(claim =>
    [...claim.tests, ...claim.descriptive].map(test => ({ claim: claim.claim, test })),
  )
  const column = <T>(value: (row: (typeof rows)[number]) => T) => rows.map(value)
  const claimRows = table({
    claim: column(row => row.claim),
    test: column(({ test }) => test.question.name),
    effect: column(({ test }) => test.effect),
    low: column(({ test }) => test.low),
    high: column(({ test }) => test.high),
    unit: column(({ test }) => ({ share: 'share', move: 'σ', r: 'R', bits: 'bit' })[test.question.unit]),
    p: column(({ test }) => test.p),
    pAdjusted: column(({ test }) => test.pAdjusted),
    q: column(({ test }) => test.q),
    n: column(({ test }) => test.n),
    controls: column(({ test }) => test.controls),
    events: column(({ test }) => test.events),
    rate: column(({ test }) => test.rate),
    baseRate: column(({ test }) => test.baseRate),
    blockHours: column(({ test }) => test.blockMs / HOUR),
    blocks: column(({ test }) => test.blocks),
    null: column(({ test }) => test.question.null),
    verdict: column(({ test }) => (test.question.descriptive ? 'descriptive' : test.verdict)),
  })
  return withFormats(claimRows, { rate: FORMATS.share, baseRate: FORMATS.share, blockHours: FORMATS.hours })
}

/** All tests so far: `test`, `times`, `p`, `pAdjusted`, `q`. */
export function ledgerTable(ledger: Ledger): ColumnTable {
  const rows = ledger.rows()
  return table({
    test: rows.map(row => row.name),
    times: rows.map(row => row.times),
    p: rows.map(row => row.p),
    pAdjusted: rows.map(row => row.pAdjusted),
    q: rows.map(row => row.q),
  })
}
