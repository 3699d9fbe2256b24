import type { Estimate } from '../liquidation/validation/score.ts'
import type { TruthScore } from '../liquidation/validation/truth-score.ts'
import type { Summary } from './summary.ts'

/** Names and numbers of a map's comparison with the true book, as they are printed. */
export function truthSummary(scores: Record<'long' | 'short', TruthScore>, title: string): Summary {
  const estimate = ({ value, low, high }: Estimate) => `${number(value)} (${number(low)} to ${number(high)})`
  const group = (name: string, score: TruthScore): Summary['groups'][number] => ({
    name,
    rows: [
      ['Books compared', score.books.toLocaleString('en-US')],
      ['Rank correlation', estimate(score.spearman)],
      ['  of distance alone', number(score.distanceAlone)],
      ['Beyond distance', estimate(score.beyondDistance)],
      ['Estimated over true notional', `${score.scale.toPrecision(3)}×`],
    ],
  })
  return {
    title,
    groups: [group('Longs', scores.long), group('Shorts', scores.short)],
    assumptions: [
      'Spearman’s rank correlation of estimated with true notional by price bin, mean over the books; intervals: 95 %, moving-block bootstrap over books',
      '“Beyond distance”: partial correlation, given the distance from the price; “distance alone”: with the usual notional at each distance',
      'The traders of the simulated market, who have stops and add margin, are assumed; no real market’s book is known',
    ],
  }
}

const number = (value: number) => (Number.isFinite(value) ? value.toFixed(3) : 'n/a')
