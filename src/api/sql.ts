/** `liq.sql`: SQL over tables and the store, by DuckDB. */
import { type ColumnTable, table } from 'arquero'
import { DataError, OptionError, quoteName, quoteValue } from '../common/errors.ts'
import { currentTask } from '../common/host.ts'
import { anything, defineOptions, optional, text } from '../common/options.ts'
import { storePath } from '../common/store-path.ts'
import type { SqlTable } from '../data/sql/columns.ts'
import { runQuery, type SqlQuery } from '../data/sql/query.ts'

/** What a query can read as a table: an arquero table, or what has one, such as a market (`market.table()`). */
export type SqlSource = ColumnTable | { table(): ColumnTable }

export interface SqlOptions {
  /** Tables by the names that the query uses; those that are undefined are left out. Default: none */
  tables?: { readonly [name: string]: SqlSource | undefined }
  /** Absolute path of the store. Default: that of `liq.store` */
  store?: string
}

const options = defineOptions<SqlOptions, 'tables' | 'store'>('liq.sql', {
  tables: optional(anything),
  store: optional(text),
})

/** A value in a query that is a tagged template. */
export type SqlValue = SqlSource | string | number | boolean | bigint | Date | null

/**
 * Runs a query and gives its result as an arquero table. Needs DuckDB: `npm install @duckdb/node-api` in the notebook's folder.
 *
 * The query reads `tables` by their names, and the series of the store as `store.candles`, `store.openInterest`, `store.funding`,
 * `store.trades` and so on, with their `exchange`, `symbol` and `timeframe` as columns. As a tag, tables and values stand in the
 * query itself, and values are never read as SQL. Numbers are doubles, times `Date`s in UTC.
 *
 * @throws DataError without DuckDB, or for a query that DuckDB refuses
 * @throws OptionError for a table that is none and that the query needs
 * @example await liq.sql('SELECT side, sum(notional) AS usd FROM clusters GROUP BY side', { tables: { clusters: map.clusters() } })
 */
export function sql(query: string, options?: SqlOptions): Promise<ColumnTable>
/** @example await liq.sql`SELECT max(high) AS top FROM ${market} WHERE close > ${100}` */
export function sql(query: TemplateStringsArray, ...values: readonly SqlValue[]): Promise<ColumnTable>
export async function sql(
  query: string | TemplateStringsArray,
  ...rest: readonly (SqlOptions | SqlValue | undefined)[]
): Promise<ColumnTable> {
  const { signal, notebookDir } = currentTask()
  const request =
    typeof query === 'string' ? namedQuery(query, rest[0] as SqlOptions) : taggedQuery(query, rest as SqlValue[])
  const { names, columns } = await runQuery(request, { signal, notebookDir })
  return table(names.map((name, index) => [name, columns[index] as unknown[]]))
}

function namedQuery(query: string, given: SqlOptions | undefined): SqlQuery {
  const { tables = {}, store = storePath() } = options.resolve(given)
  const sources = new Map<string, () => SqlTable>()
  // A cell in SQL gives every variable whose name follows FROM, and that may be a column or a part of the query.
  const noTables = new Map<string, Error>()
  for (const [name, source] of Object.entries(tables)) {
    if (source === undefined)
      noTables.set(
        name,
        new DataError(`liq.sql: there is no table ${quoteName(name)}: no variable of this name is defined`),
      )
    else if (isSource(source)) sources.set(name, () => readSource(source))
    else
      noTables.set(
        name,
        new OptionError(
          `liq.sql: tables.${quoteName(name)} is ${quoteValue(source)}, but expected a table or a market`,
        ),
      )
  }
  return { text: query, tables: sources, noTables, storePath: store }
}

function taggedQuery(parts: TemplateStringsArray, values: readonly SqlValue[]): SqlQuery {
  const tables = new Map<string, () => SqlTable>()
  const parameters: unknown[] = []
  const texts = values.map(value => {
    if (isSource(value)) {
      const name = `table_${tables.size + 1}`
      tables.set(name, () => readSource(value))
      return name
    }
    if (typeof value === 'object' && value !== null && !(value instanceof Date))
      throw new OptionError(`liq.sql: ${quoteValue(value)} in the query is neither a table nor a single value`)
    parameters.push(value instanceof Date ? value.toISOString() : value)
    return value instanceof Date ? `$${parameters.length}::TIMESTAMP` : `$${parameters.length}`
  })
  const text = parts.map((part, index) => part + (texts[index] ?? '')).join('')
  return { text, values: parameters, tables, storePath: storePath() }
}

/** An arquero table, by its methods: a cell may have another copy of arquero. */
function isTable(value: unknown): value is ColumnTable {
  const methods = value as Record<string, unknown> | null
  return (
    typeof value === 'object' &&
    ['columnNames', 'numRows', 'array'].every(name => typeof methods?.[name] === 'function')
  )
}

function isSource(value: unknown): value is SqlSource {
  return (
    isTable(value) || (typeof value === 'object' && typeof (value as { table?: unknown } | null)?.table === 'function')
  )
}

function readSource(source: SqlSource): SqlTable {
  const rows = isTable(source) ? source : source.table()
  const names = rows.columnNames()
  return { names, columns: names.map(name => rows.array(name) as ArrayLike<unknown>) }
}
