/** `liqnb data list`, `verify` and `remove`. */

import { formatTime } from '../common/duration.ts'
import { bytesText } from '../common/number-text.ts'
import { dropUndefined } from '../common/options.ts'
import type { DataAction, DataValues } from './data-options.ts'
import { type Environment, EXIT, UsageError } from './environment.ts'
import { textTable } from './text-table.ts'

export const list: DataAction = async (values, environment) => {
  const { listStored, store } = await import('../api/store.ts')
  const { stdout, stderr } = environment
  const rows = await listStored(filterOf(values))
  if (values.json) stdout.write(`${json(rows.map(withIsoTimes))}\n`)
  else {
    if (!values.quiet) stderr.write(`Store: ${store.path}\n`)
    stdout.write(rows.length === 0 ? 'Nothing is stored.\n' : summaries(rows))
  }
  await noteUnmanagedFiles(values, environment)
  return EXIT.ok
}

export const verify: DataAction = async (values, environment, progress) => {
  const { stdout } = environment
  const { verifyStored } = await import('../api/store.ts')
  const problems = await verifyStored(filterOf(values))
  progress.end()
  if (values.json) stdout.write(`${json(problems)}\n`)
  else if (problems.length === 0) stdout.write('All stored files are intact.\n')
  else {
    for (const { file, problem } of problems) stdout.write(`${file}: ${problem}\n`)
    stdout.write('Damaged and missing data is downloaded again by the next "liqnb data get" or cell that needs it.\n')
  }
  await noteUnmanagedFiles(values, environment)
  return problems.length === 0 ? EXIT.ok : EXIT.failed
}

export const remove: DataAction = async (values, environment) => {
  const { stdout } = environment
  const filter = filterOf(values)
  const all = values.all ?? false
  const hasFilter = Object.keys(filter).length > 0
  if (all === hasFilter) {
    throw new UsageError(
      all ? '--all removes everything; leave the filter out' : 'data remove needs a filter, or --all',
    )
  }
  const { removeStored } = await import('../api/store.ts')
  const rows = await removeStored({ ...filter, all })
  if (values.json) stdout.write(`${json(rows.map(withIsoTimes))}\n`)
  else stdout.write(rows.length === 0 ? 'Nothing matches; nothing was removed.\n' : `Removed:\n${summaries(rows)}`)
  await noteUnmanagedFiles(values, environment)
  return EXIT.ok
}

type StoreFilter = NonNullable<Parameters<typeof import('../api/store.ts').listStored>[0]>

const MAX_NOTES = 10

/** Notes the files in the store's folders that the store did not write and leaves alone. */
async function noteUnmanagedFiles(values: DataValues, { stderr }: Environment): Promise<void> {
  if (values.quiet) return
  const { listUnmanaged } = await import('../api/store.ts')
  const unmanagedFiles = await listUnmanaged(filterOf(values))
  for (const { path, reason } of unmanagedFiles.slice(0, MAX_NOTES))
    stderr.write(`Note: ${path} is left alone: ${reason}\n`)
  const more = unmanagedFiles.length - MAX_NOTES
  if (more > 0)
    stderr.write(
      `Note: ${more} more files in the store's folders do not belong to the store: liq.store.unmanagedFiles() lists them\n`,
    )
}

interface Summary {
  exchange: string
  symbol: string
  series: string
  timeframe: string
  from: number | null
  to: number | null
  bars: number
  gaps: number
  bytes: number
}

function summaries(rows: readonly Summary[]): string {
  const time = (ms: number | null) => (ms === null ? '–' : formatTime(ms))
  return textTable(
    ['exchange', 'symbol', 'series', 'timeframe', 'from', 'to', 'bars', 'gaps', 'size'],
    rows.map(row => [
      row.exchange,
      row.symbol,
      row.series,
      row.timeframe,
      time(row.from),
      time(row.to),
      row.bars.toLocaleString('en-US'),
      String(row.gaps),
      bytesText(row.bytes),
    ]),
  )
}

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
const withIsoTimes = (row: Summary) => ({ ...row, from: iso(row.from), to: iso(row.to) })
const json = (value: unknown) => JSON.stringify(value, null, 2)

/** The filter of the store; the library checks its values. */
export function filterOf({ exchange, symbol, timeframe, series }: DataValues) {
  return dropUndefined({ exchange, symbol, timeframe, series }) as StoreFilter
}
