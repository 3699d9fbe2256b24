/** `liq.sweep` over several markets: planned, run in processes or by the workers of a queue, and resumed. */
import { type ColumnTable, table } from 'arquero'
import type { Displayable } from '../charts/display.ts'
import { formatNumber, type Summary, withSummary } from '../charts/summary.ts'
import { valueLabel } from '../charts/sweep.ts'
import { withFormatsOf } from '../common/column-format.ts'
import { concatDoubles } from '../common/doubles.ts'
import { countText } from '../common/number-text.ts'
import { assertKnownOptions, defineOptions, invalidOption, option, pick, valueThat } from '../common/options.ts'
import { JobFolder } from '../jobs/job-folder.ts'
import { type MergedSweep, mergeSweep } from '../jobs/merge.ts'
import { type PartFailure, type PlanRun, partFailures, runNotes, runPlan } from '../jobs/run-plan.ts'
import { createSweepPlan } from '../jobs/sweep-plan.ts'
import { assertMarket, type Market } from '../market/market.ts'
import { type BenchmarkMetric, benchmarkOption, type SweepBenchmark } from '../sfp/search/benchmark.ts'
import { SEARCH_OPTIONS, type SearchOptions } from '../sfp/search/search-options.ts'
import { sweepOf } from '../sfp/search/sweep.ts'
import { JOB_OPTIONS, type JobOptions, PlanWritten, resolveJobs } from './job-options.ts'
import { PLAN_VARIABLE } from './plan-variable.ts'
import { BENCHMARK_TEXTS, createSweepResult, type SweepResult } from './sweep-result.ts'

const CALLER = 'liq.sweep'

/** How the backtests of several markets are run. */
export interface MarketSweepOptions extends SearchOptions, JobOptions {
  /** What is kept of each backtest. Of several markets only `figures`. */
  keep?: 'figures'
  /**
   * What each variant is compared with, as of one market: `nothing`, `hold`, or `placebo`, which takes six times the time. Its figures stand
   * beside those of the variant, and `sweeps[i].realityCheck()` tests whether the best of a market is luck. Default `nothing`.
   */
  benchmark?: SweepBenchmark
}

/** The options that a plan is made of. */
const PLAN_OPTIONS = [...SEARCH_OPTIONS, ...benchmarkOption.names] as (keyof SearchOptions | 'benchmark')[]

type PlanOptions = SearchOptions & { benchmark?: SweepBenchmark }

const keepOption = defineOptions<Pick<MarketSweepOptions, 'keep'>>(CALLER, {
  keep: option(
    'figures',
    valueThat(
      "'figures', as those of several markets lie in files: run liq.sweep on one market for the returns or trades of its variants",
      value => value === 'figures',
    ),
  ),
})

/** Sweeps of several markets. Displays itself as the best variant of each. */
export interface MarketSweeps extends Displayable {
  readonly markets: readonly Market[]
  /** One for each market. Figures that are missing are NaN. */
  readonly sweeps: readonly SweepResult[]
  /** Parts that failed three times, and why. Run the cell again to try them again. */
  readonly failures: readonly PartFailure[]
  /** The plan, by which `liqnb sweep` and workers know it, and the folder that it lies in. */
  readonly plan: { readonly hash: string; readonly folder: string }
  /** One row for each market and variant: `symbol`, `timeframe`, the options, the metrics. */
  table(): ColumnTable
}

/**
 * Writes the plan of a sweep where the command line asks for it.
 * @throws PlanWritten then
 */
export async function planInstead(markets: readonly Market[], options: object): Promise<void> {
  const file = process.env[PLAN_VARIABLE]
  if (!file) return
  const opened = createSweepPlan(markets, pick(options as PlanOptions, PLAN_OPTIONS) as PlanOptions)
  await JobFolder.ofPlan(file).writePlan(opened, markets, file)
  throw new PlanWritten(`Planned ${file}`)
}

export async function sweepMarkets(markets: readonly Market[], options: MarketSweepOptions): Promise<MarketSweeps> {
  if (markets.length === 0) throw invalidOption(CALLER, 'markets', markets, 'at least one market')
  for (const market of markets) assertMarket(market, CALLER)
  assertKnownOptions(options, [...PLAN_OPTIONS, ...JOB_OPTIONS, ...keepOption.names], CALLER)
  benchmarkOption.resolve(benchmarkOption.pick(options))
  await planInstead(markets, options)
  keepOption.resolve(keepOption.pick(options))
  const { folder, execute, count } = resolveJobs(options, CALLER)
  const opened = createSweepPlan(markets, pick(options, PLAN_OPTIONS) as PlanOptions, CALLER)
  const planFile = folder.planFile(opened.hash)
  const run = await runPlan(opened, folder, planFile, execute, mergeSweep, { count, markets })
  return toResult(markets, opened, folder, run)
}

function toResult(
  markets: readonly Market[],
  { variants, hash }: ReturnType<typeof createSweepPlan>,
  { path }: JobFolder,
  run: MergedSweep & PlanRun,
): MarketSweeps {
  const sweeps = markets.map((market, index) => {
    const title = `${countText(variants.length, 'backtest')} · ${market.symbol} ${market.timeframe}`
    return createSweepResult(market, sweepOf(variants, run.outcomes[index]!), title, run.comparisons?.[index])
  })
  const value = {
    markets,
    sweeps,
    failures: partFailures(run),
    plan: { hash, folder: path },
    table: () => allRows(markets, sweeps),
  }
  return withSummary(value, summaryOf(markets, sweeps, run))
}

function allRows(markets: readonly Market[], sweeps: readonly SweepResult[]): ColumnTable {
  const tables = sweeps.map(sweep => sweep.table())
  const [first] = tables
  const names = first!.columnNames()
  const stored = first!.data() as Record<string, unknown>
  const rows = first!.numRows()
  const repeated = (textOf: (market: Market) => string) => markets.flatMap(market => Array(rows).fill(textOf(market)))
  const column = (name: string) => {
    const parts = tables.map(each => each.array(name) as ArrayLike<unknown>)
    if (!(stored[name] instanceof Float64Array)) return parts.flatMap(part => Array.from(part))
    return concatDoubles(parts as Float64Array[])
  }
  const all = table({
    symbol: repeated(market => market.symbol),
    timeframe: repeated(market => market.timeframe),
    ...Object.fromEntries(names.map(name => [name, column(name)])),
  })
  return withFormatsOf(all, first!)
}

/** More markets than a summary has room for. */
const MAX_ROWS = 50

function summaryOf(markets: readonly Market[], sweeps: readonly SweepResult[], run: MergedSweep & PlanRun): Summary {
  const bestOf = ({ variants, best, metric }: SweepResult, market: number) => {
    const index = best('sharpe', 1)
    if (index < 0) return 'none traded'
    const options = Object.entries(variants[index]!).map(([name, value]) => `${name} ${valueLabel(value)}`)
    const benchmark = run.comparisons?.[market]
    const beside = (name: BenchmarkMetric, digits: number) => {
      const value = benchmark?.figure(index, name) ?? Number.NaN
      return Number.isNaN(value) ? '' : ` (${benchmark!.name} ${formatNumber(value, digits)})`
    }
    const sharpe = `Sharpe ${formatNumber(metric('sharpe', index), 2)}${beside('sharpe', 2)}`
    const meanR = `mean R ${formatNumber(metric('averageR', index))}${beside('averageR', 3)}`
    return `${sharpe}, ${meanR}, ${countText(metric('trades', index), 'trade')}: ${options.join(', ')}`
  }
  const luckOf = (sweep: SweepResult, market: number) => {
    if (!run.comparisons![market]!.check) return 'n/a'
    // What is shown has been looked at.
    const { consistent, white } = sweep.realityCheck()
    return `p ${formatNumber(consistent)} (${formatNumber(white)})`
  }
  const rowsOf = (text: (sweep: SweepResult, market: number) => string) =>
    markets
      .slice(0, MAX_ROWS)
      .map((market, index): [string, string] => [`${market.symbol} ${market.timeframe}`, text(sweeps[index]!, index)])
  const name = run.comparisons?.[0]?.name
  return {
    title: `${countText(sweeps.length, 'market')}, ${countText(sweeps[0]!.variants.length, 'variant')} each`,
    groups: [
      { name: 'Best by Sharpe ratio', rows: rowsOf(bestOf) },
      ...(name ? [{ name: `Does the best earn more than ${LESS[name]}? Hansen (White)`, rows: rowsOf(luckOf) }] : []),
    ],
    notes: runNotes(run, 'backtest'),
    assumptions: [
      `${countText(run.shards, 'part')}, ${run.resumed} of which had been run before`,
      ...(name
        ? [
            `benchmark: ${BENCHMARK_TEXTS[name]}`,
            `the best of many variants is partly luck: p is how often the best of as many without any advantage would do as well; of ${countText(sweeps.length, 'market')}, ${formatNumber(0.05 * sweeps.length, 2)} would be below 0.05 by chance`,
          ]
        : [
            'the best of many variants is partly luck: only figures are kept here, so test it with liq.sweep on its market',
          ]),
    ],
  }
}

const LESS = { hold: 'holding', placebo: 'at placebo levels' } as const
