/** `liqnb data export`. */
import { countText } from '../common/number-text.ts'
import { filterOf } from './data-manage.ts'
import type { DataAction } from './data-options.ts'
import { EXIT, UsageError } from './environment.ts'

/** Loads what is stored into a database, and prints what was loaded. */
export const exportTo: DataAction = async (values, { stdout }, progress) => {
  const { to, table, url = process.env.LIQNB_CLICKHOUSE_URL } = values
  if (to !== 'clickhouse')
    throw new UsageError(`data export needs --to clickhouse${to === undefined ? '' : `, found ${to}`}`)
  if (!url) throw new UsageError('data export needs --url, or the variable LIQNB_CLICKHOUSE_URL')
  const { exportStored } = await import('../api/store.ts')
  const exported = await exportStored({ url, filter: filterOf(values), ...(table !== undefined && { table }) })
  progress.end()
  if (values.json) stdout.write(`${JSON.stringify(exported, null, 2)}\n`)
  else
    for (const { exchange, symbol, timeframe, series, table: name, rows } of exported)
      stdout.write(
        `${[exchange, symbol, timeframe, series].filter(Boolean).join(' ')}: ${countText(rows, 'row')} in ${name}\n`,
      )
  return EXIT.ok
}
