/** DuckDB, which users install because its code is native and large (70 MB). */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DataError } from '../../common/errors.ts'

/** Types of columns that are written; the package has a constant of each name. */
export type SqlType = 'DOUBLE' | 'BOOLEAN' | 'HUGEINT' | 'TIMESTAMP' | 'VARCHAR'

/** What SQL queries use of `@duckdb/node-api`. */
export interface DuckDb extends Record<SqlType, unknown> {
  DuckDBInstance: { create(path: string, options: Record<string, string>): Promise<Instance> }
  DuckDBDataChunk: { create(types: readonly unknown[], rowCount: number): DataChunk }
  DuckDBTimestampValue: new (micros: bigint) => unknown
}
interface Instance {
  connect(): Promise<Connection>
  closeSync(): void
}
export interface Connection {
  run(sql: string, values?: unknown[]): Promise<unknown>
  runAndReadAll(sql: string, values?: unknown[]): Promise<Reader>
  createAppender(table: string): Promise<Appender>
  interrupt(): void
  closeSync(): void
}
interface Appender {
  appendDataChunk(chunk: DataChunk): void
  closeSync(): void
}
interface DataChunk {
  setColumnValues(index: number, values: readonly unknown[]): void
}
export interface Reader {
  deduplicatedColumnNames(): string[]
  getColumnsJS(): unknown[][]
}

const NAME = '@duckdb/node-api'

const MISSING = `liq.sql needs DuckDB: run "npm install ${NAME}" in the folder of the notebook, then run the cell again`

/**
 * DuckDB, from where a notebook's imports are found, else from the current folder or from where Liqnb is.
 * @throws DataError with the command that installs it
 */
export async function loadDuckDb(notebookDir: string | undefined): Promise<DuckDb> {
  const folders = [...(notebookDir === undefined ? [] : [notebookDir]), process.cwd()]
  for (const from of [...folders.map(folder => join(folder, 'notebook.js')), import.meta.url]) {
    let path: string
    try {
      path = createRequire(from).resolve(NAME)
    } catch {
      continue // Not here.
    }
    try {
      const loaded = (await import(pathToFileURL(path).href)) as DuckDb & { default?: DuckDb }
      return loaded.DuckDBInstance ? loaded : loaded.default!
    } catch (cause) {
      throw new DataError(`${NAME} in ${path} cannot be loaded (${(cause as Error).message}); ${MISSING}`, { cause })
    }
  }
  throw new DataError(MISSING)
}
