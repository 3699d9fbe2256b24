/** Runs one SQL query over tables in memory and the series of the store. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DataError, quoteName } from '../../common/errors.ts'
import { didYouMean } from '../../common/options.ts'
import { SERIES_SCHEMAS } from '../store/schema.ts'
import { createTable, quoteIdentifier, quoteText, readColumn, type SqlTable } from './columns.ts'
import { type Connection, type DuckDb, loadDuckDb } from './duckdb.ts'

export interface SqlQuery {
  text: string
  /** For the parameters `$1`, `$2`, … */
  values?: readonly unknown[]
  /** Reads a table that the query names; called only for those. */
  tables: ReadonlyMap<string, () => SqlTable>
  /** For names that stand for something else than a table: the error if the query needs a table of that name. */
  noTables?: ReadonlyMap<string, Error>
  /** Folder of the store, whose series are the tables `store.candles` and so on. */
  storePath: string
}

export interface SqlOptions {
  notebookDir?: string | undefined
  signal: AbortSignal
}

/**
 * The result as columns. DuckDB is in memory and of this query alone; it loads no extension from the network by itself.
 * @throws DataError without DuckDB, or for a query that it refuses
 */
export async function runQuery(query: SqlQuery, { notebookDir, signal }: SqlOptions): Promise<SqlTable> {
  signal.throwIfAborted()
  const duckdb = await loadDuckDb(notebookDir)
  const instance = await duckdb.DuckDBInstance.create(':memory:', { autoinstall_known_extensions: 'false' })
  const connection = await instance.connect()
  const interrupt = () => connection.interrupt()
  signal.addEventListener('abort', interrupt)
  try {
    await createTables(query, duckdb, connection)
    signal.throwIfAborted()
    const reader = await connection.runAndReadAll(query.text, [...(query.values ?? [])])
    return { names: reader.deduplicatedColumnNames(), columns: reader.getColumnsJS().map(readColumn) }
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof DataError ? error : toDataError(error, query)
  } finally {
    signal.removeEventListener('abort', interrupt)
    connection.closeSync()
    instance.closeSync()
  }
}

async function createTables({ text, tables, storePath }: SqlQuery, duckdb: DuckDb, connection: Connection) {
  // SQL does not tell capital letters apart.
  const lower = text.toLowerCase()
  for (const [name, read] of tables)
    if (lower.includes(name.toLowerCase())) await createTable(duckdb, connection, name, read())
  const series = Object.keys(SERIES_SCHEMAS).filter(name =>
    new RegExp(`\\bstore"?\\s*\\.\\s*"?${name}\\b`, 'i').test(text),
  )
  if (series.length === 0) return
  await connection.run('CREATE SCHEMA store')
  for (const name of series) {
    const folder = join(storePath, `series=${name}`)
    if (!existsSync(folder)) throw new DataError(`liq.sql: the store in ${storePath} has no ${name} yet`)
    const files = quoteText(join(folder, '**/*.parquet').replaceAll('\\', '/'))
    await connection.run(
      `CREATE VIEW store.${quoteIdentifier(name)} AS SELECT * FROM read_parquet(${files}, hive_partitioning = true)`,
    )
  }
}

function toDataError(error: unknown, { tables, noTables }: SqlQuery): Error {
  const message = error instanceof Error ? error.message : String(error)
  const [, missing] = /Table with name (\S+) does not exist/.exec(message) ?? []
  // The cause quotes the line of the query, with a mark below.
  if (missing === undefined) return new DataError(`liq.sql: ${message.split('\n')[0]}`, { cause: error })
  const noTable = noTables?.get(missing)
  if (noTable !== undefined) return noTable
  const known = [...tables.keys()]
  const hint = didYouMean(missing, known) || (known.length > 0 ? `; there are ${known.map(quoteName).join(', ')}` : '')
  const how = `pass it as liq.sql(query, { tables: { ${/^[A-Za-z_$][\w$]*$/.test(missing) ? missing : '…'} } })`
  return new DataError(`liq.sql: there is no table ${quoteName(missing)}${hint}: ${how}`, { cause: error })
}
