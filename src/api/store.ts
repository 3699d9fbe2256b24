/** `liq.store`: the market data saved on this machine. */
import { type ColumnTable, table } from 'arquero'
import { type Displayable, displayed } from '../charts/display.ts'
import { currentTask } from '../common/host.ts'
import { storePath } from '../common/store-path.ts'
import { type ClickHouseExport, type ExportedSeries, exportStore } from '../data/clickhouse/export-store.ts'
import type { StoreFilter, UnmanagedFile } from '../data/store/contents.ts'
import {
  listUnmanagedFiles,
  type RemoveFilter,
  removeSeries,
  type SeriesSummary,
  type StoreProblem,
  summarizeStore,
  verifyStore,
} from '../data/store/manage.ts'

/**
 * Market data saved on this machine, so that nothing is downloaded twice: Parquet files in Hive-style folders, which DuckDB,
 * ClickHouse, Spark, pandas and polars read directly.
 */
export interface StoreApi extends Displayable {
  /** Folder of the store: `LIQNB_STORE`, the setting `liqnb.store.path`, or the system's folder for application data. */
  readonly path: string
  /**
   * One row for each series: `exchange`, `symbol`, `series`, `timeframe`, `from`, `to` (first and last record), `bars`,
   * `gaps` (runs of missing bars between the two), `bytes`.
   * @example await liq.store.list({ exchange: 'binanceusdm' })
   */
  list(filter?: StoreFilter): Promise<ColumnTable>
  /**
   * Reads every file; one row, with the `problem`, for each that is damaged, misplaced or missing. No rows if all is well.
   * @example await liq.store.verify()
   */
  verify(filter?: StoreFilter): Promise<ColumnTable>
  /**
   * Files in the store's folders that the store did not write, one row each: `path` and `reason`. They are not listed, read
   * or removed.
   * @example await liq.store.unmanagedFiles()
   */
  unmanagedFiles(): Promise<ColumnTable>
  /**
   * Removes what matches, e.g. `{ exchange: 'okx' }`, or everything with `{ all: true }`; returns it in the form of {@link list}.
   * @throws OptionError for an empty filter
   * @example await liq.store.remove({ exchange: 'okx' })
   */
  remove(filter: RemoveFilter): Promise<ColumnTable>
}

export const store: StoreApi = displayed(
  {
    get path() {
      return storePath()
    },
    list: async (filter?: StoreFilter) => summaryTable(await listStored(filter)),
    verify: async (filter?: StoreFilter) => problemTable(await verifyStored(filter)),
    unmanagedFiles: async () => unmanagedTable(await listUnmanaged()),
    remove: async (filter: RemoveFilter) => summaryTable(await removeStored(filter)),
  },
  () => ({ 'text/plain': `Store in ${storePath()}: await liq.store.list() lists what is in it` }),
)

/** As {@link StoreApi.verify}, as objects. Progress and cancelling are those of the current task. */
export function verifyStored(filter?: StoreFilter): Promise<StoreProblem[]> {
  const { progress, signal } = currentTask()
  return verifyStore(storePath(), filter, (done, total, key) => {
    signal.throwIfAborted()
    progress(`Checking ${key.exchange} ${key.symbol} ${key.series}`, done / total)
  })
}

/** Loads the store into tables of ClickHouse. Progress and cancelling are those of the current task. */
export const exportStored = (options: ClickHouseExport): Promise<ExportedSeries[]> =>
  exportStore(storePath(), options, currentTask())

/** As {@link StoreApi.list}, as objects. */
export const listStored = (filter?: StoreFilter): Promise<SeriesSummary[]> => summarizeStore(storePath(), filter)

/** As {@link StoreApi.unmanagedFiles}, as objects. */
export const listUnmanaged = (filter?: StoreFilter): Promise<UnmanagedFile[]> => listUnmanagedFiles(storePath(), filter)

/** As {@link StoreApi.remove}, as objects. */
export const removeStored = (filter: RemoveFilter): Promise<SeriesSummary[]> => removeSeries(storePath(), filter)

const toDate = (time: number | null) => (time === null ? null : new Date(time))

function summaryTable(rows: readonly SeriesSummary[]): ColumnTable {
  return table({
    exchange: rows.map(row => row.exchange),
    symbol: rows.map(row => row.symbol),
    series: rows.map(row => row.series as string),
    timeframe: rows.map(row => row.timeframe),
    from: rows.map(row => toDate(row.from)),
    to: rows.map(row => toDate(row.to)),
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
