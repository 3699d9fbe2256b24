/** `liq.sweep` and `liq.walkForward`: backtests of many combinations of options, and tests whether the best of them is luck. */
import { assertKnownOptions, invalidOption } from '../common/options.ts'
import { ColumnFile } from '../data/column-file.ts'
import { assertMarket, type Market } from '../market/market.ts'
import { benchmarkOption, runBenchmark, type SweepBenchmark } from '../sfp/search/benchmark.ts'
import { type RunOptions, runOptions } from '../sfp/search/run-variants.ts'
import { SEARCH_OPTIONS, type SearchOptions, variantSearch } from '../sfp/search/search-options.ts'
import { sweep as runSweep } from '../sfp/search/sweep.ts'
import { type WalkForwardOptions, walkForwardOptions } from '../sfp/search/walk-forward.ts'
import { type MarketSweepOptions, type MarketSweeps, planInstead, sweepMarkets } from './sweep-markets.ts'
import { createSweepResult, type SweepResult, type WalkForwardResult } from './sweep-result.ts'

export interface SweepOptions extends SearchOptions, RunOptions {
  /**
   * What the reality check compares each variant with: `nothing`, a return of 0; `hold`, all of the equity in the market; or `placebo`, the mean
   * of the same variant at five placebos (random levels with the number, strength and distances of its own), which takes six times the time.
   * The table then has the figures of the benchmark beside each variant, and what the variant has more. Default `nothing`.
   */
  benchmark?: SweepBenchmark
}

const RUN_OPTIONS = [...SEARCH_OPTIONS, ...runOptions.names]

/**
 * Backtests all combinations of options, in worker threads; of a list of markets in processes, here or on the machines of a
 * queue, where what was done before is not done again. Cancelling the cell stops them.
 *
 * @throws OptionError naming the option
 * @example await liq.sweep(btc, { levels: map, grid: { minMove: [0.5, 1, 2], 'target.r': [1, 2, 3] } })
 */
export function sweep(market: Market, options: SweepOptions): Promise<SweepResult>
export function sweep(markets: readonly Market[], options: MarketSweepOptions): Promise<MarketSweeps>
export async function sweep(
  market: Market | readonly Market[],
  options: SweepOptions | MarketSweepOptions,
): Promise<SweepResult | MarketSweeps> {
  if (Array.isArray(market)) return sweepMarkets(market as readonly Market[], options as MarketSweepOptions)
  assertMarket(market, 'liq.sweep')
  assertKnownOptions(options, [...RUN_OPTIONS, ...benchmarkOption.names], 'liq.sweep')
  const { benchmark } = benchmarkOption.resolve(benchmarkOption.pick(options))
  if (benchmark !== 'nothing' && options.keep === 'figures')
    throw invalidOption('liq.sweep', 'keep', options.keep, `returns or trades, which are compared with the benchmark`)
  await planInstead([market], options)
  return search(market, options as SweepOptions, 'liq.sweep')
}

async function search(market: Market, options: SweepOptions, caller: string): Promise<SweepResult> {
  const sourceNames = new Set<string>()
  const { grid, random, benchmark = 'nothing' } = options
  const variants = variantSearch(market, options, caller, name => sourceNames.add(name))
  const run = runOptions.pick(options)
  const result = await runSweep(
    market,
    { grid, ...(random && { random }), ...variants, ...run },
    (name, columns) => new ColumnFile(name, columns),
  )
  const [sourceName] = sourceNames
  const levelText = sourceNames.size === 1 ? sourceName : `${sourceNames.size} level sources`
  const title = `${result.variants.length} backtests · ${market.symbol} ${market.timeframe} · ${levelText}`
  if (benchmark === 'nothing') return createSweepResult(market, result, title)
  return createSweepResult(market, result, title, await runBenchmark(benchmark, market, result.variants, variants, run))
}

/**
 * Runs a sweep, and a walk-forward analysis of it.
 * @throws OptionError naming the option
 * @example await liq.walkForward(btc, { levels: map, grid: { minMove: [0.5, 1] }, train: '20d', test: '5d' })
 */
export async function walkForward(
  market: Market,
  options: Omit<SweepOptions, 'benchmark'> & WalkForwardOptions,
): Promise<WalkForwardResult> {
  assertMarket(market, 'liq.walkForward')
  assertKnownOptions(options, [...RUN_OPTIONS, ...walkForwardOptions.names], 'liq.walkForward')
  const walkOptions = walkForwardOptions.pick(options)
  walkForwardOptions.resolve(walkOptions, 'liq.walkForward')
  if (options.keep !== undefined && options.keep !== 'trades')
    throw invalidOption('liq.walkForward', 'keep', options.keep, 'trades, which the steps are chosen by')
  const result = await search(market, options, 'liq.walkForward')
  return result.walkForward(walkOptions)
}
