import { sizeOf, textTable } from './columns.ts'
import type { DataAction, Values } from './data-options.ts'
import { type Environment, EXIT, UsageError } from './environment.ts'

export const list: DataAction = async (values, environment) => {
  const { listStored, store } = await import('../api/store.ts')
  const { stdout, stderr } = environment
  const rows = await listStored(filterOf(values))
  if (values.json) stdout.write(`${json(rows.map(dated))}\n`)
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
  else if (problems.length === 0) stdout.write('All that is stored is as it was written.\n')
  else {
    for (const { file, problem } of problems) stdout.write(`${file}: ${problem}\n`)
    stdout.write('The next "liqnb data get", or cell that asks for it, downloads anew what is damaged or gone.\n')
  }
  await noteUnmanagedFiles(values, environment)
  return problems.length === 0 ? EXIT.ok : EXIT.failed
}

export const remove: DataAction = async (values, environment) => {
  const { stdout } = environment
  const filter = filterOf(values)
  const all = values.all ?? false
  const named = Object.values(filter).some(value => value !== undefined)
  if (all === named) {
    throw new UsageError(
      all ? '--all removes everything; leave the filter out' : 'data remove needs a filter, or --all',
    )
  }
  const { removeStored } = await import('../api/store.ts')
  const rows = await removeStored({ ...filter, all })
  if (values.json) stdout.write(`${json(rows.map(dated))}\n`)
  else stdout.write(rows.length === 0 ? 'Nothing matches; nothing was removed.\n' : `Removed:\n${summaries(rows)}`)
  await noteUnmanagedFiles(values, environment)
  return EXIT.ok
}

const MOST_NOTES = 10

/** What is not the store's is left alone, and whoever put it there should hear of it. */
async function noteUnmanagedFiles(values: Values, { stderr }: Environment): Promise<void> {
  if (values.quiet) return
  const { unmanaged } = await import('../api/store.ts')
  const unmanagedFiles = await unmanaged(filterOf(values))
  for (const { path, reason } of unmanagedFiles.slice(0, MOST_NOTES))
    stderr.write(`Note: ${path} is left alone: ${reason}\n`)
  const more = unmanagedFiles.length - MOST_NOTES
  if (more > 0)
    stderr.write(
      `Note: ${more} more in the store's folders are not the store's: liq.store.unmanagedFiles() lists them\n`,
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
  const time = (ms: number | null) => (ms === null ? '–' : new Date(ms).toISOString().slice(0, 16).replace('T', ' '))
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
      sizeOf(row.bytes),
    ]),
  )
}

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
const dated = (row: Summary) => ({ ...row, from: iso(row.from), to: iso(row.to) })
const json = (value: unknown) => JSON.stringify(value, null, 2)

function filterOf({ exchange, symbol, timeframe, series }: Values) {
  const given = Object.entries({ exchange, symbol, timeframe, series }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as Record<string, never>
}
