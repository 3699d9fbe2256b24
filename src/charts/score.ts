/** Summaries of a map's scores, against recorded liquidations, as a forecast of them, and against the true levels of a simulated market. */
import type { Side } from '../liquidation/side.ts'
import type { Estimate } from '../liquidation/validation/bar-bootstrap.ts'
import type { ForecastScore } from '../liquidation/validation/forecast.ts'
import type { SideScore } from '../liquidation/validation/score.ts'
import type { TruthScore } from '../liquidation/validation/truth-score.ts'
import { formatNumber, type Summary } from './summary.ts'

export function scoreSummary(scores: Record<Side, SideScore>, title: string, notes: readonly string[] = []): Summary {
  const group = (name: string, score: SideScore): Summary['groups'][number] => ({
    name,
    rows: [
      ['Bars with records', score.bars.toLocaleString('en-US')],
      ['Skill: known before the bar, beyond geometry', estimate(score.skill)],
      ['Rank correlation', estimate(score.spearman)],
      ['  of move × volume alone', formatNumber(score.baseline)],
      ['Beyond move and volume', estimate(score.partial)],
      ['  of a map with a constant flow', formatNumber(score.geometry)],
      ['  levels known before the bar', estimate(score.partialPriorLevels)],
      ['  the same, with a constant flow', formatNumber(score.geometryPriorLevels)],
      ['Implied over recorded USD', times(score.impliedOverRecorded)],
      ['  by tenth of the bars', score.calibration.map(tenth => ratio(tenth.implied / tenth.real)).join(' ')],
      ['Top-decile lift', `${score.topDecileLift.toFixed(2)}×`],
    ],
  })
  return {
    title,
    groups: [group('Longs', scores.long), group('Shorts', scores.short)],
    assumptions: [
      'Spearman’s rank correlation of implied with recorded liquidations, by bar; intervals: 95 %, moving-block bootstrap',
      '“Beyond move and volume”: partial correlation, given the bar’s adverse move from the previous close and its volume',
      '“Skill” is given, in addition, a map that opens the same contracts in every bar: what is left is what volume, open interest and takers tell of levels known before the bar',
      'Exchanges publish at most one liquidation a second, so busy bars are undercounted',
      ...notes,
    ],
  }
}

export function forecastSummary(scores: Record<Side, ForecastScore[]>, timeframe: string, title: string): Summary {
  const rows = (reaches: readonly ForecastScore[]) =>
    reaches.flatMap(({ horizon, within, skill, partial, geometry }): [string, string][] => [
      [`Next ${horizon} × ${timeframe}, levels within ${within}σ`, estimate(skill)],
      [
        '  without the constant flow as a control',
        `${estimate(partial)}; of a constant flow ${formatNumber(geometry)}`,
      ],
    ])
  return {
    title,
    groups: [
      { name: 'Longs', rows: rows(scores.long) },
      { name: 'Shorts', rows: rows(scores.short) },
    ],
    assumptions: [
      'Rank correlation of the notional within reach at a close with what is liquidated afterwards, given volatility, recent volume, recent liquidations and the levels of a map with a constant flow; intervals: 95 %, moving-block bootstrap',
      'Exchanges publish at most one liquidation a second, so busy bars are undercounted',
    ],
  }
}

export function truthSummary(scores: Record<Side, TruthScore>, title: string): Summary {
  const group = (name: string, score: TruthScore): Summary['groups'][number] => ({
    name,
    rows: [
      ['Books compared', score.books.toLocaleString('en-US')],
      ['Rank correlation', estimate(score.spearman)],
      ['  of distance alone', formatNumber(score.distanceAlone)],
      ['Beyond distance', estimate(score.beyondDistance)],
      ['Estimated over true notional', `${score.scale.toPrecision(3)}×`],
    ],
  })
  return {
    title,
    groups: [group('Longs', scores.long), group('Shorts', scores.short)],
    assumptions: [
      'Spearman’s rank correlation of estimated with true notional by price bin, mean over the books; intervals: 95 %, moving-block bootstrap over books',
      '“Beyond distance”: partial correlation, given the distance from the price; “distance alone”: with the mean notional at each distance',
      'The traders of the simulated market, who have stops and add margin, are assumed; no real market’s book is known',
    ],
  }
}

/** Three digits; “∞” over a record of nothing. */
function ratio(value: number): string {
  return Number.isFinite(value) ? String(+value.toPrecision(3)) : value > 0 ? '∞' : '–'
}

function times({ value, low, high }: Estimate): string {
  return `${ratio(value)}× (${ratio(low)} to ${ratio(high)})`
}

function estimate({ value, low, high }: Estimate): string {
  return `${formatNumber(value)} (${formatNumber(low)} to ${formatNumber(high)})`
}
