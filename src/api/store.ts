import { type ColumnTable, table } from 'arquero'
import { type Displayable, displayed } from '../charts/display.ts'
import { currentTask } from '../common/task.ts'
import type { StoreFilter, UnmanagedFile } from '../data/store/contents.ts'
import { storePath } from '../data/store/store-path.ts'
import {
  listUnmanagedFiles,
  removeSeries,
  type SeriesSummary,
  type StoreProblem,
  summarizeStore,
  verifyStore,
} from '../data/store/survey.ts'

/**
 * The market data that is kept on this machine, so that nothing is downloaded twice. Parquet files in Hive's folders,
 * which DuckDB, ClickHouse, Spark, pandas and polars read as they are.
 */
export interface StoreApi extends Displayable {
  /** Folder of the store: `LIQNB_STORE`, the setting `liqnb.store.path`, or the system's place for data of programs. */
  readonly path: string
  /**
   * One row a series: `exchange`, `symbol`, `series`, `timeframe`, `from`, `to` (first and last record), `bars`, `gaps`
   * (places between the two where bars are missing), `bytes`.
   */
  list(filter?: StoreFilter): Promise<ColumnTable>
  /** Reads every file; one row for each that is damaged, misplaced or gone, with the `problem`. No rows: all is well. */
  verify(filter?: StoreFilter): Promise<ColumnTable>
  /**
   * What lies in the store's folders and is not the store's, one row each with its `path` and the `reason`: it is left out of
   * the list, not read and never removed.
   */
  unmanagedFiles(): Promise<ColumnTable>
  /**
   * Removes what matches, e.g. `{ exchange: 'okx' }`, or `{ all: true }`; gives what was removed, as {@link list}.
   * @throws DataError when the filter names nothing
   */
  remove(filter: StoreFilter & { all?: boolean }): Promise<ColumnTable>
}

export const store: StoreApi = displayed(
  {
    get path() {
      return storePath()
    },
    list: async (filter?: StoreFilter) => summaryTable(await listStored(filter)),
    verify: async (filter?: StoreFilter) => problemTable(await verifyStored(filter)),
    unmanagedFiles: async () => unmanagedTable(await unmanaged()),
    remove: async (filter: StoreFilter & { all?: boolean }) => summaryTable(await removeStored(filter)),
  },
  () => ({ 'text/plain': `Store in ${storePath()}: await liq.store.list() tells what is in it` }),
)

/** The problems of the store as objects, with progress and cancel by the running task. */
export function verifyStored(filter?: StoreFilter): Promise<StoreProblem[]> {
  const { progress, signal } = currentTask()
  return verifyStore(storePath(), filter, (done, total, key) => {
    signal.throwIfAborted()
    progress(`Checking ${key.exchange} ${key.symbol} ${key.series}`, done / total)
  })
}

/** What is stored, as objects. */
export const listStored = (filter?: StoreFilter) => summarizeStore(storePath(), filter)

/** As {@link StoreApi.unmanagedFiles}, as objects. */
export const unmanaged = (filter?: StoreFilter): Promise<UnmanagedFile[]> => listUnmanagedFiles(storePath(), filter)

/** As {@link StoreApi.remove}, as objects. */
export const removeStored = (filter: StoreFilter & { all?: boolean }) => removeSeries(storePath(), filter)

const dateOf = (time: number | null) => (time === null ? null : new Date(time))

function summaryTable(rows: readonly SeriesSummary[]): ColumnTable {
  return table({
    exchange: rows.map(row => row.exchange),
    symbol: rows.map(row => row.symbol),
    series: rows.map(row => row.series as string),
    timeframe: rows.map(row => row.timeframe),
    from: rows.map(row => dateOf(row.from)),
    to: rows.map(row => dateOf(row.to)),
    bars: rows.map(row => row.bars),
    gaps: rows.map(row => row.gaps),
    bytes: rows.map(row => row.bytes),
  })
}

function problemTable(rows: readonly StoreProblem[]): ColumnTable {
  return table({
    exchange: rows.map(row => row.exchange),
    symbol: rows.map(row => row.symbol),
    series: rows.map(row => row.series as string),
    timeframe: rows.map(row => row.timeframe),
    problem: rows.map(row => row.problem),
    file: rows.map(row => row.file),
  })
}

function unmanagedTable(rows: readonly UnmanagedFile[]): ColumnTable {
  return table({ reason: rows.map(row => row.reason), path: rows.map(row => row.path) })
}
