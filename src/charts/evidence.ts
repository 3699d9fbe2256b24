/** How the results of claims display themselves, as HTML and as text. */
import { countText } from '../common/number-text.ts'
import type { Claim } from '../evidence/claim.ts'
import type { TestResult } from '../evidence/test-result.ts'
import { formatEffect, formatP, formatShare } from '../evidence/verdict.ts'
import { type Html, html } from './html.ts'

/** Of a row, and of each of its cells. */
const ROW = 'border-bottom:1px solid rgba(128,128,128,.25);vertical-align:top'
const PADDING = 'padding:.2em 1.2em .2em 0'
const MARK = { supported: '●', 'not supported': '○', inconclusive: '◌' } as const

/** The numbers of a test as text, in the order of {@link HEADINGS}. */
function cells(test: TestResult): string[] {
  const { question, effect, low, high, p, pAdjusted, q, n, events, rate, baseRate } = test
  const unit = question.unit
  return [
    question.descriptive ? 'descriptive' : test.verdict,
    formatEffect(effect, unit),
    Number.isNaN(low) ? 'n/a' : `${formatEffect(low, unit, true)} to ${formatEffect(high, unit, true)}`,
    question.descriptive ? '' : formatP(p),
    question.descriptive ? '' : formatP(pAdjusted),
    question.descriptive ? '' : formatP(q),
    `${n.toLocaleString('en-US')} of ${events.toLocaleString('en-US')}`,
    `${formatShare(rate)} / ${formatShare(baseRate)}`,
  ]
}

/** The verdict comes first: a narrow cell hides the last columns. */
const HEADINGS = ['Verdict', 'Effect', '95 % interval', 'p', 'p corrected', 'q', 'Events', 'Rate / base rate']

function nameOf({ question }: TestResult): string {
  return question.name
}

/** Claims as HTML: verdicts above, a table of all tests, assumptions below. */
export function claimsHtml(claims: readonly Claim[]): Html {
  const { testsMade = 0, testsRun = 0, ledgerScope = '' } = claims[0] ?? {}
  return html`<section style="font-variant-numeric:tabular-nums">
<ul style="list-style:none;padding:0;margin:0 0 .8em">${claims.map(
    claim =>
      html`
<li style="margin:.25em 0"><span aria-hidden="true">${MARK[claim.verdict]}</span> ${claim.title}: <strong>${claim.verdict}</strong></li>`,
  )}
</ul>
<div style="overflow-x:auto"><table style="border-collapse:collapse">
<thead><tr style="${ROW}"><th scope="col" style="text-align:left;${PADDING}">Test</th>${HEADINGS.map(
    (name, i) => html`<th scope="col" style="text-align:${align(i)};font-weight:600;${PADDING}">${name}</th>`,
  )}</tr></thead>
<tbody>${claims.flatMap(claim =>
    [...claim.tests, ...claim.descriptive].map(
      test =>
        html`
<tr style="${ROW}${test.question.descriptive ? FAINT : ''}"><th scope="row" style="text-align:left;font-weight:400;${PADDING}" title="Null: ${test.question.null}">${nameOf(test)}</th>${cells(
          test,
        ).map((text, i) => html`<td style="text-align:${align(i)};white-space:nowrap;${PADDING}">${text}</td>`)}</tr>`,
    ),
  )}
</tbody></table></div>
<p style="margin:.6em 0">p is two-sided; corrected (Holm) and q (Benjamini–Hochberg) count ${testsText(testsMade, testsRun, ledgerScope)}.</p>
${claims.length === 1 ? claims.map(({ sentence }) => html`<p style="margin:.6em 0">${sentence}</p>`) : ''}<details><summary>Effects and null hypotheses</summary><ul>${claims.flatMap(
    claim =>
      claim.tests.map(
        test =>
          html`<li><strong>${nameOf(test)}</strong>: ${test.question.effect}. Null: ${test.question.null}.${test.exclusions.length > 0 ? ` Excluded: ${test.exclusions.join('; ')}.` : ''}</li>`,
      ),
  )}</ul></details>
<details><summary>Assumptions</summary><ul>${[...new Set(claims.flatMap(claim => claim.assumptions))].map(line => html`<li>${line}</li>`)}</ul></details></section>`
}

const FAINT = ';opacity:.75'

function align(column: number): string {
  return column === 0 ? 'left' : 'right'
}

/** Claims as text for a terminal. */
export function claimsText(claims: readonly Claim[]): string {
  const tests = claims.flatMap(claim => [...claim.tests, ...claim.descriptive])
  const rows = [['Test', ...HEADINGS], ...tests.map(test => [nameOf(test), ...cells(test)])]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  const table = rows
    .map(row =>
      row
        .map((text, i) => (i === 0 || align(i - 1) === 'left' ? text.padEnd(widths[i]!) : text.padStart(widths[i]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
  const { testsMade = 0, testsRun = 0, ledgerScope = '' } = claims[0] ?? {}
  const assumptions = [...new Set(claims.flatMap(claim => claim.assumptions))]
  return [
    claims.map(claim => `${MARK[claim.verdict]} ${claim.sentence}`).join('\n'),
    table,
    `p is two-sided; corrected (Holm) and q (Benjamini–Hochberg) count ${testsText(testsMade, testsRun, ledgerScope)}.`,
    ...exclusionLines(claims),
    `Assumptions\n${assumptions.map(line => `- ${line}`).join('\n')}`,
  ].join('\n\n')
}

function exclusionLines(claims: readonly Claim[]): string[] {
  const lines = claims.flatMap(({ tests }) =>
    tests.flatMap(test => test.exclusions.map(why => `- ${nameOf(test)}: ${why}`)),
  )
  return lines.length > 0 ? [`Excluded\n${lines.join('\n')}`] : []
}

function testsText(made: number, run: number, scope: string): string {
  return `${made === 1 ? 'the one test' : `all ${countText(made, 'test')}`} of ${scope} (${run} with repetitions)`
}
