import type { Estimate, SideScore } from '../liquidation/validation/score.ts'
import type { Summary } from './summary.ts'

/** Names and numbers of a score, as they are printed. */
export function scoreSummary(
  scores: Record<'long' | 'short', SideScore>,
  title: string,
  notes: readonly string[] = [],
): Summary {
  const number = (value: number) => (Number.isFinite(value) ? value.toFixed(3) : 'n/a')
  const estimate = ({ value, low, high }: Estimate) => `${number(value)} (${number(low)} to ${number(high)})`
  const group = (name: string, score: SideScore): Summary['groups'][number] => ({
    name,
    rows: [
      ['Bars with a record', score.bars.toLocaleString('en-US')],
      ['Rank correlation', estimate(score.spearman)],
      ['  of move × volume alone', number(score.baseline)],
      ['Beyond move and volume', estimate(score.partial)],
      ['  levels known before the bar', number(score.partialKnown)],
      ['Lift of the top tenth', `${score.topDecileLift.toFixed(2)}×`],
    ],
  })
  return {
    title,
    groups: [group('Longs', scores.long), group('Shorts', scores.short)],
    assumptions: [
      'Spearman’s rank correlation of implied with recorded liquidations, by bar; intervals: 95 %, moving-block bootstrap',
      '“Beyond move and volume”: partial correlation, given the bar’s adverse move from the close before and its volume',
      'Exchanges publish at most one liquidation a second, so busy bars are an undercount',
      ...notes,
    ],
  }
}
