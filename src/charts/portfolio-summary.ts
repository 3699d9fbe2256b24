/** The summary of a portfolio in words. */
import { formatDuration, formatTime } from '../common/duration.ts'
import { countText, decimalText, usdText } from '../common/number-text.ts'
import type { PlaceboComparison } from '../evidence/placebo-comparison.ts'
import type { PortfolioBacktest } from '../sfp/portfolio/portfolio.ts'
import type { PortfolioRule } from '../sfp/portfolio/portfolio-options.ts'
import type { MarketResult } from '../sfp/portfolio/portfolio-statistics.ts'
import type { Statistics } from '../sfp/statistics/statistics.ts'
import { mean } from '../stats/descriptive.ts'
import { describeRules } from './describe-rules.ts'
import {
  equityGroup,
  formatNumber,
  placeboNotes,
  placeboRows,
  type Summary,
  statisticsNotes,
  tradeGroup,
} from './summary.ts'

/**
 * @param placebo null where the levels of a market are not known
 * @param results by market
 * @param days number of UTC days with trades
 */
export function portfolioSummary(
  portfolio: PortfolioBacktest,
  statistics: Statistics,
  placebo: PlaceboComparison | null,
  results: readonly MarketResult[],
  days: number,
  title: string,
  assumptions: readonly string[],
): Summary {
  const { markets, time, equity, exposure, refusals } = portfolio
  const percent = (value: number) => (Number.isFinite(value) ? `${formatNumber(value, 2)} %` : 'n/a')
  const reasons = countsOf(refusals.filter(({ share }) => share === 0).map(({ reason }) => reason))
  const reduced = refusals.filter(({ share }) => share > 0).length
  const span = markets.map(({ market }) => market.time[0]!)
  return {
    title,
    groups: [
      {
        name: 'Data',
        rows: [
          ['From', `${formatTime(Math.min(...span))} UTC`],
          ['To', `${formatTime(time[time.length - 1]!)} UTC`],
          ['Moments', decimalText(equity.length, 0)],
          ['Hold, equal amounts', percent(statistics.buyHoldPct)],
          ['Time with a position', percent(statistics.exposurePct)],
          [
            'Mean / max. exposure',
            `${ofEquity(exposure.gross, mean)} / ${ofEquity(exposure.gross, max)} of the equity`,
          ],
          ['Most positions at once', decimalText(max(exposure.positions), 0)],
          ['Refused', reasons || 'none'],
          ['Entries made smaller', decimalText(reduced, 0)],
        ],
      },
      { name: 'By market, net USD', rows: results.map(marketRow) },
      tradeGroup(statistics, days, placebo ? placeboRows(placebo, days) : [['  at placebo levels', 'n/a']]),
      equityGroup(statistics, []),
    ],
    notes: statisticsNotes(
      statistics,
      markets.some(({ market }) => market.synthetic),
      placebo ? placeboNotes(placebo) : [noPlacebo(markets)],
    ),
    assumptions,
  }
}

function noPlacebo(markets: PortfolioBacktest['markets']): string {
  const names = markets.filter(({ placeboSignals }) => !placeboSignals).map(({ name }) => name)
  return `There is no placebo to compare with, as the levels of ${names.join(', ')} are not known: give studies, as liq.sfp(…).backtest() returns them, instead of signals.`
}

function marketRow({ name, net, trades, averageR }: MarketResult): [string, string] {
  return [name, `${usdText(net)}, ${countText(trades, 'trade')}, ${formatNumber(averageR)} R`]
}

/** What is assumed, one line each; the rules of the markets once where they are the same. */
export function portfolioAssumptions({ markets, options }: PortfolioBacktest): string[] {
  const rules = markets.map(({ market, rule }) => describeRules(market, { options: rule }))
  const isShared = rules.every(lines => lines.join() === rules[0]!.join())
  return [
    `one equity of ${options.equity.toLocaleString('en-US')} USD for ${countText(markets.length, 'market')}; limits: ${limitWords(options)}`,
    'the open of a bar acts at its open time, and what happens in it at its close time; at the same moment closes come before opens, and markets in the order of the list',
    'sizes and limits know open positions at the last price known then, and no later one',
    ...(isShared ? rules[0]! : markets.flatMap(({ name }, i) => rules[i]!.map(line => `${name}: ${line}`))),
    'intervals draw the trades of one UTC day together, whatever their markets',
    ...(markets.every(({ placeboSignals }) => placeboSignals)
      ? ['at each placebo all markets trade random levels, with the same limits from the same equity']
      : []),
    'holding buys all markets for equal amounts, each at its first close',
  ]
}

function limitWords({ maxPositions, maxPerSide, maxPerMarket, maxExposure, maxCorrelated }: PortfolioRule): string {
  const words = [
    ...(maxPositions < Infinity ? [`${countText(maxPositions, 'position')}`] : []),
    ...(maxPerSide < Infinity ? [`${maxPerSide} on one side`] : []),
    ...(maxPerMarket !== null ? [`${maxPerMarket} in one market`] : []),
    ...(maxExposure < Infinity ? [`notional of ${maxExposure} times the equity, entries made smaller to fit`] : []),
    ...(maxCorrelated === null
      ? []
      : [
          `${countText(maxCorrelated.positions, 'position')} whose returns correlate by ${maxCorrelated.correlation} or more over ${formatDuration(maxCorrelated.windowMs)}`,
        ]),
  ]
  return words.join(', ') || 'none over all markets'
}

function countsOf(values: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([value, count]) => `${value} ${count}`)
    .join(', ')
}

const ofEquity = (values: Float64Array, of: (values: ArrayLike<number>) => number): string => decimalText(of(values), 2)

function max(values: ArrayLike<number>): number {
  let largest = 0
  for (let i = 0; i < values.length; i++) if (values[i]! > largest) largest = values[i]!
  return largest
}
