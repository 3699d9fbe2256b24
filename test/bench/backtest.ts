/** Times detector, backtest and figures. */
import { ClusterSearch, clusterRuleOptions, tierWeights } from '../../src/liquidation/clusters.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import type { Market } from '../../src/market/market.ts'
import { backtest } from '../../src/sfp/backtest.ts'
import { detectSfp } from '../../src/sfp/detect.ts'
import { clusterLevels } from '../../src/sfp/levels/clusters.ts'
import { toLevelColumns } from '../../src/sfp/levels/level-source.ts'
import { pivotLevels } from '../../src/sfp/levels/pivots.ts'
import { performance as performanceFigures } from '../../src/sfp/statistics/performance.ts'
import { statistics } from '../../src/sfp/statistics/statistics.ts'
import { plainClusters, plainView } from '../liquidation/plain-clusters.ts'
import { prefix } from '../market/fixtures.ts'
import { type Repeats, type Timing, time } from './measure.ts'
import type { BenchPlan } from './plan.ts'
import { count, ms, TIMING_HEADER, textTable, times, timingRow } from './table.ts'

/** Times a study whose levels are computed, beside a plain loop over the same bars. */
export function backtestBench(market: Market, { repeats, fewRepeats }: BenchPlan): string {
  const pivots = pivotLevels(market)
  const clusters = clusterLevels(liquidationMap(market), { brightest: 5, brightness: 1.5 })
  const many = { warmups: 3 * repeats.warmups, runs: 3 * repeats.runs }
  const rows: [string, Timing][] = []
  const bench = (name: string, work: () => unknown) => rows.push([name, time(work, many)])
  bench('a plain loop: sums of logarithms over the bars', () => plainLoop(market))
  for (const [name, source] of [
    ['pivots', pivots],
    ['clusters', clusters],
  ] as const) {
    const signals = detectSfp(market, source)
    const result = backtest(market, signals)
    bench(`${name}: detector (${count(signals.length)} signals)`, () => detectSfp(market, source))
    bench(`${name}: backtest (${count(result.trades.length)} trades)`, () => backtest(market, signals))
    bench(`${name}: detector and backtest`, () => backtest(market, detectSfp(market, source)))
    bench(`${name}: figures`, () => performanceFigures(market, result))
    rows.push([`${name}: figures with intervals`, time(() => statistics(market, result), fewRepeats)])
  }
  const table = textTable(
    `Backtest: ${count(market.length)} bars (${market.symbol} ${market.timeframe}, ${market.source}), levels packed`,
    TIMING_HEADER,
    rows.map(([name, timing]) => timingRow(name, timing, market.length)),
  )
  return `${clusterSearch(market, fewRepeats)}\n${table}\n${growth(market, many)}`
}

/** Times the search of the brightest clusters of every bar, beside the replay and a search that reads the whole book anew. */
function clusterSearch(market: Market, repeats: Repeats): string {
  const map = liquidationMap(market)
  const { binWidth } = map.options
  const searched = (brightness: number) => () => {
    const search = new ClusterSearch(tierWeights(map), binWidth, { ...clusterRuleOptions.defaults, brightness }, 1)
    map.replay((t, book) => {
      for (const side of ['long', 'short'] as const) search.clusters(book, side, market.close[t]!)
    })
  }
  // The plain search takes minutes on all bars, and its cost does not depend on their number.
  const plainBars = Math.min(market.length, 2000)
  const plain = () => {
    const run = map.parts[0]!.start({ until: plainBars - 1 })
    const rule = { ...clusterRuleOptions.defaults }
    while (run.step())
      for (const side of ['long', 'short'] as const)
        plainClusters(plainView(run.book), side, market.close[run.bar]!, binWidth, tierWeights(map), rule)
  }
  const packed = (brightness: number) => () =>
    toLevelColumns(clusterLevels(liquidationMap(market), { brightness }), market)
  const rows: [string, Timing, number][] = [
    ['replay alone', time(() => map.replay(() => {}), repeats), market.length],
    ['brightest clusters, brightness 3', time(searched(3), repeats), market.length],
    ['as levels, packed (with the map), brightness 3', time(packed(3), repeats), market.length],
    ['as levels, packed (with the map), brightness 1.5', time(packed(1.5), repeats), market.length],
    [`whole book read anew, ${count(plainBars)} bars`, time(plain, { warmups: 0, runs: 1 }), plainBars],
  ]
  return textTable(
    `The brightest cluster of each side at each of ${count(market.length)} bars`,
    ['', 'cpu ms', 'cpu µs a bar', 'replays'],
    rows.map(([name, { cpu }, bars]) => [
      name,
      ms(cpu),
      ((1000 * cpu) / bars).toFixed(2),
      times(cpu / bars / (rows[0]![1].cpu / market.length)),
    ]),
  )
}

function growth(market: Market, repeats: { warmups: number; runs: number }): string {
  const timed = [8, 4, 2, 1].map(part => {
    const shorter = prefix(market, Math.round(market.length / part))
    const source = pivotLevels(shorter)
    toLevelColumns(source, shorter)
    return { bars: shorter.length, cpu: time(() => backtest(shorter, detectSfp(shorter, source)), repeats).cpu }
  })
  return textTable(
    'Growth with bars: detector and backtest of pivots',
    ['bars', 'cpu ms', 'vs first'],
    timed.map(({ bars, cpu }) => [count(bars), ms(cpu), times(cpu / timed[0]!.cpu)]),
  )
}

/** The lower bound of a pass over the bars. */
export function plainLoop({ close, high, low, length }: Market): number {
  let sum = 0
  for (let t = 1; t < length; t++) sum += Math.log(close[t]! / close[t - 1]!) + (high[t]! - low[t]!)
  return sum
}
