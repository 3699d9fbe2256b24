/** `liq.sweep` over several markets: planned, run in processes or by the workers of a queue, and resumed. */
import { resolve } from 'node:path'
import { type ColumnTable, table } from 'arquero'
import type { Displayable } from '../charts/display.ts'
import { formatNumber, type Summary, withSummary } from '../charts/summary.ts'
import { valueLabel } from '../charts/sweep.ts'
import { withFormats } from '../common/column-format.ts'
import { durationMs } from '../common/duration.ts'
import { currentTask } from '../common/host.ts'
import { countText } from '../common/number-text.ts'
import {
  assertKnownOptions,
  defineOptions,
  duration,
  invalidOption,
  oneOf,
  option,
  optional,
  pick,
  text,
  valueThat,
  wholeNumber,
} from '../common/options.ts'
import { jobsPath } from '../common/store-path.ts'
import { JobFolder } from '../jobs/job-folder.ts'
import { describeShards } from '../jobs/merge.ts'
import { createPlan } from '../jobs/plan.ts'
import { assertQueueUrl } from '../jobs/queue/connection.ts'
import { queueExecutor } from '../jobs/queue/submit.ts'
import { localExecutor, type PlanRun, runPlan } from '../jobs/run-plan.ts'
import { MAX_SHARDS } from '../jobs/shard.ts'
import { assertMarket, type Market } from '../market/market.ts'
import { METRICS } from '../sfp/search/run-variant.ts'
import { SEARCH_OPTIONS, type SearchOptions } from '../sfp/search/search-options.ts'
import { sweepOf } from '../sfp/search/sweep.ts'
import { PLAN_VARIABLE } from './plan-variable.ts'
import { createSweepResult, METRIC_FORMATS, type SweepResult, sweepTable } from './sweep-result.ts'

const CALLER = 'liq.sweep'

/** How the backtests of several markets are run. */
export interface MarketSweepOptions extends SearchOptions {
  /**
   * `local`: in processes of this machine. `redis://HOST:PORT`: by the workers of a queue, see `liqnb worker`; it needs the packages
   * `bullmq` and `ioredis` in the notebook's folder, and the workers the same `folder`. Default `local`.
   */
  on?: string
  /** What is kept of each backtest. Of several markets only `figures`. */
  keep?: 'figures'
  /**
   * Folder of the plan, its markets and its results; relative to the notebook. The same sweep with the same folder goes on where it
   * ended. Default: `jobs` beside the store of market data.
   */
  folder?: string
  /** Processes on this machine. Default: the number of processors. */
  workers?: number
  /** Number of parts, each run as a whole. Default: some seconds of work each. */
  shards?: number
  /** Memory that a process may take, MB. Default: that of Node.js. */
  memoryMb?: number
  /** Time that a part may take, e.g. `10m`. Default: any. */
  timeout?: string | number
  /** The built process, where it does not lie beside the library. */
  shardFile?: URL
}

const jobOptions = defineOptions<
  Omit<MarketSweepOptions, keyof SearchOptions>,
  'folder' | 'workers' | 'shards' | 'memoryMb' | 'timeout' | 'shardFile'
>(CALLER, {
  on: option('local', text),
  keep: option('figures', oneOf('figures')),
  folder: optional(text),
  workers: optional(wholeNumber(1, 1024)),
  shards: optional(wholeNumber(1, MAX_SHARDS)),
  memoryMb: optional(wholeNumber(16)),
  timeout: optional(duration()),
  shardFile: optional(valueThat('a URL of a file', value => value instanceof URL)),
})

/** Sweeps of several markets. Displays itself as the best variant of each. */
export interface MarketSweeps extends Displayable {
  readonly markets: readonly Market[]
  /** One for each market. Figures that are missing are NaN. */
  readonly sweeps: readonly SweepResult[]
  /** Parts that failed three times, and why. Run the cell again to try them again. */
  readonly failures: readonly { shard: number; shards: number; message: string }[]
  /** The plan, by which `liqnb sweep` and workers know it, and the folder that it lies in. */
  readonly plan: { readonly hash: string; readonly folder: string }
  /** One row for each market and variant: `symbol`, `timeframe`, the options, the metrics. */
  table(): ColumnTable
}

/** The sweep was planned and not run, as the command line asked. */
class SweepPlanned extends Error {
  override readonly name = 'SweepPlanned'
}

/**
 * Writes the plan of a sweep where the command line asks for it.
 * @throws SweepPlanned then
 */
export async function planInstead(markets: readonly Market[], options: object): Promise<void> {
  const file = process.env[PLAN_VARIABLE]
  if (!file) return
  const opened = createPlan(
    markets,
    pick(options as SearchOptions, SEARCH_OPTIONS as (keyof SearchOptions)[]) as SearchOptions,
  )
  await JobFolder.ofPlan(file).writePlan(opened, markets, file)
  throw new SweepPlanned(`Planned ${file}`)
}

export async function sweepMarkets(markets: readonly Market[], options: MarketSweepOptions): Promise<MarketSweeps> {
  if (markets.length === 0) throw invalidOption(CALLER, 'markets', markets, 'at least one market')
  for (const market of markets) assertMarket(market, CALLER)
  assertKnownOptions(options, [...SEARCH_OPTIONS, ...jobOptions.names], CALLER)
  await planInstead(markets, options)
  const {
    on,
    folder: name,
    workers,
    shards,
    memoryMb,
    timeout,
    shardFile,
  } = jobOptions.resolve(jobOptions.pick(options))
  const search = pick(options, SEARCH_OPTIONS as (keyof SearchOptions)[]) as SearchOptions
  const opened = createPlan(markets, search)
  const { notebookDir = '.' } = currentTask()
  const folder = new JobFolder(name === undefined ? jobsPath() : resolve(notebookDir, name))
  if (on !== 'local') {
    assertQueueUrl(on, `${CALLER}: on`)
    for (const [option, value] of Object.entries({ workers, memoryMb, timeout }))
      if (value !== undefined)
        throw invalidOption(CALLER, option, value, 'no limits with a queue: they are set where its workers are started')
  }
  const execute =
    on === 'local'
      ? localExecutor({
          ...(workers !== undefined && { processes: workers }),
          ...(memoryMb !== undefined && { memoryMb }),
          ...(timeout !== undefined && { timeoutMs: durationMs(timeout) }),
          ...(shardFile && { file: shardFile }),
        })
      : queueExecutor({ url: on, packages: resolve(notebookDir), caller: `${CALLER}: on` })
  const run = await runPlan(opened, folder, folder.planFile(opened.hash), execute, { count: shards, markets })
  return toResult(markets, opened, folder, run)
}

function toResult(
  markets: readonly Market[],
  { variants, hash }: ReturnType<typeof createPlan>,
  { path }: JobFolder,
  run: PlanRun,
): MarketSweeps {
  const sweeps = markets.map((market, index) => {
    const title = `${countText(variants.length, 'backtest')} · ${market.symbol} ${market.timeframe}`
    return createSweepResult(market, sweepOf(variants, run.outcomes[index]!), title)
  })
  const value = {
    markets,
    sweeps,
    failures: run.failures.map(({ shard, message }) => ({ shard: shard.index, shards: shard.count, message })),
    plan: { hash, folder: path },
    table: () => allRows(markets, sweeps),
  }
  return withSummary(value, summaryOf(markets, sweeps, run))
}

function allRows(markets: readonly Market[], sweeps: readonly SweepResult[]): ColumnTable {
  const tables = sweeps.map(sweep => sweepTable(sweep))
  const [first] = tables
  const names = first!.columnNames()
  const rows = first!.numRows()
  const repeated = (textOf: (market: Market) => string) => markets.flatMap(market => Array(rows).fill(textOf(market)))
  const column = (name: string) => {
    const parts = tables.map(each => each.array(name) as ArrayLike<unknown>)
    if (!(METRICS as readonly string[]).includes(name)) return parts.flatMap(part => Array.from(part))
    const values = new Float64Array(rows * parts.length)
    for (const [index, part] of parts.entries()) values.set(part as ArrayLike<number>, index * rows)
    return values
  }
  const columns = Object.fromEntries(names.map(name => [name, column(name)]))
  return withFormats(
    table({
      symbol: repeated(market => market.symbol),
      timeframe: repeated(market => market.timeframe),
      ...columns,
    }),
    METRIC_FORMATS,
  )
}

/** More markets than a summary has room for. */
const MAX_ROWS = 50

function summaryOf(markets: readonly Market[], sweeps: readonly SweepResult[], run: PlanRun): Summary {
  const bestOf = ({ variants, best, metric }: SweepResult) => {
    const index = best('sharpe', 1)
    if (index < 0) return 'none traded'
    const options = Object.entries(variants[index]!).map(([name, value]) => `${name} ${valueLabel(value)}`)
    const figures = `Sharpe ${formatNumber(metric('sharpe', index), 2)}, mean R ${formatNumber(metric('averageR', index))}, ${countText(metric('trades', index), 'trade')}`
    return `${figures}: ${options.join(', ')}`
  }
  const rows = markets
    .slice(0, MAX_ROWS)
    .map((market, index): [string, string] => [`${market.symbol} ${market.timeframe}`, bestOf(sweeps[index]!)])
  const failed = run.failures.map(
    ({ shard, message }) => `Part ${shard.index} of ${shard.count} failed three times and is missing: ${message}.`,
  )
  const missing =
    run.missingUnits === 0
      ? []
      : [
          `${countText(run.missingUnits, 'backtest')} missing: parts ${describeShards(run.missing)}. Run the cell again to try them again.`,
        ]
  return {
    title: `${countText(sweeps.length, 'market')}, ${countText(sweeps[0]!.variants.length, 'variant')} each`,
    groups: [{ name: 'Best by Sharpe ratio', rows }],
    notes: [...run.notes, ...missing, ...failed.slice(0, 10), ...run.damaged],
    assumptions: [
      `${countText(run.shards, 'part')}, ${run.resumed} of which had been run before`,
      'the best of many variants is partly luck: only figures are kept here, so test it with liq.sweep on its market',
    ],
  }
}
