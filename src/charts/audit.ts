/** How the result of a look-ahead audit displays itself. */
import type { Audit, AuditFinding } from '../evidence/audit.ts'
import { type Html, html } from './html.ts'

const HEADINGS = ['Bars', 'Row', 'At bar', 'Difference', 'Field', 'Truncated run', 'Full run']
const CELL = 'padding:.15em 1.2em .15em 0;border-bottom:1px solid rgba(128,128,128,.25)'

function cells({ bars, row, bar, kind, field, partialValue, fullValue }: AuditFinding): string[] {
  return [String(bars), String(row), String(bar), kind, field, shown(partialValue), shown(fullValue)]
}

/** An audit as HTML: its sentence, and a table of the differences. */
export function auditHtml({ clean, sentence, findings }: Audit): Html {
  return html`<section style="font-variant-numeric:tabular-nums"><p><strong>${clean ? '✓' : '✗'}</strong> ${sentence}</p>${
    clean
      ? ''
      : html`<table style="border-collapse:collapse"><thead><tr>${HEADINGS.map(name => html`<th scope="col" style="text-align:left;${CELL}">${name}</th>`)}</tr></thead><tbody>${findings.map(
          finding =>
            html`<tr>${cells(finding).map(text => html`<td style="text-align:left;${CELL}">${text}</td>`)}</tr>`,
        )}</tbody></table>`
  }</section>`
}

/** An audit as text for a terminal. */
export function auditText({ clean, sentence, findings }: Audit): string {
  const rows = [HEADINGS, ...findings.map(cells)]
  const widths = HEADINGS.map((_, i) => Math.max(...rows.map(row => row[i]!.length)))
  const table = rows.map(row =>
    row
      .map((text, i) => text.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  )
  return [`${clean ? '✓' : '✗'} ${sentence}`, ...(clean ? [] : table)].join('\n')
}

function shown(value: unknown): string {
  if (value === undefined) return '–'
  const text = typeof value === 'number' ? String(+value.toPrecision(10)) : String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
