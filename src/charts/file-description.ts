/** How a description of a file displays itself. */
import { formatTime } from '../common/duration.ts'
import type { FileDescription } from '../market/file-description.ts'
import { describeInstrument } from '../market/instrument.ts'
import { type Html, html } from './html.ts'
import { factHtml, factText } from './market.ts'

const STAMPS = {
  open: 'of the open of what a row covers',
  close: 'of the close of what a row covers',
  moment: 'of moments',
}

function facts(file: FileDescription): [name: string, value: string][] {
  const { kind, layout, documentation, stamp, assumedZone, first, last, timeframe, rows } = file
  const described = layout ?? 'none that is known: read by the names of its columns'
  const zone = assumedZone === null ? 'UTC, or as each states' : `${assumedZone}, assumed`
  return [
    ['Holds', kind === null ? 'cannot be read as it is' : `${rows.toLocaleString('en-US')} rows of ${kind}`],
    ['Instrument', describeInstrument(file.instrument)],
    ...(kind === null
      ? []
      : ([
          ['Layout', documentation === null ? described : `${described} (${documentation})`],
          ['Times', stamp === null ? zone : `${STAMPS[stamp]}; zone: ${zone}`],
          ['Step', timeframe ?? 'single events'],
        ] as [string, string][])),
    ...(first === null || last === null
      ? []
      : ([['Span', `${formatTime(first)} to ${formatTime(last)} UTC`]] as [string, string][])),
    ...file.odd.map((note): [string, string] => ['Note', note]),
  ]
}

const HEADER = ['column', 'read as', 'counts', 'first values']

function columnRows({ columns }: FileDescription): string[][] {
  return columns.map(({ name, field, unit, samples }) => [name, field ?? '–', unit ?? '', samples.join(', ')])
}

/** A description as text. */
export function fileDescriptionText(file: FileDescription): string {
  const rows = [HEADER, ...columnRows(file)]
  const widths = HEADER.map((_, k) => Math.max(...rows.map(row => row[k]!.length)))
  const table = rows.map(row => row.map((cell, k) => (k < row.length - 1 ? cell.padEnd(widths[k]!) : cell)).join('  '))
  return `${factText(file.file, facts(file))}\n\n${table.join('\n')}`
}

/** A description as tables. */
export function fileDescriptionHtml(file: FileDescription): Html {
  const cell = 'text-align:left;padding:.1em 1.5em .1em 0'
  return html`${factHtml(file.file, facts(file))}<table style="border-collapse:collapse;margin-top:.75em"><tr>${HEADER.map(
    name => html`<th scope="col" style="${cell};font-weight:400;opacity:.8">${name}</th>`,
  )}</tr>${columnRows(file).map(row => html`<tr>${row.map(text => html`<td style="${cell}">${text}</td>`)}</tr>`)}</table>`
}
