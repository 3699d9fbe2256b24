/** Summary of a comparison of an estimated map with observed positions. */

import { usdText } from '../common/number-text.ts'
import type { ObservedCalibration } from '../liquidation/observed/calibrate-observed.ts'
import type { Agreement, SideComparison } from '../liquidation/observed/compare.ts'
import type { Side } from '../liquidation/side.ts'
import type { Interval } from '../stats/bootstrap.ts'
import { formatNumber, type Summary } from './summary.ts'

export function compareSummary(
  sides: Record<Side, SideComparison>,
  title: string,
  notes: readonly string[] = [],
): Summary {
  const percent = (share: number) => `${+(100 * share).toPrecision(3)} %`
  const group = (name: string, side: SideComparison): Summary['groups'][number] => ({
    name,
    rows: [
      ['Snapshots compared', side.snapshots.toLocaleString('en-US')],
      ['Estimated and observed USD', `${usdText(side.estimatedUsd)} and ${usdText(side.observedUsd)}`],
      ['Estimated over observed USD', times(side.ratio)],
      ['Rank correlation', within(side.spearman)],
      ['Beyond distance', within(side.beyondDistance)],
      ['Share of overlap', within(side.overlap)],
      ...side.byDistance.map(part => row(`${percent(part.from)} to ${percent(part.to)} from the price`, part)),
      ...side.byTier.map(part => row(`${part.leverage}x`, part)),
    ],
  })
  return {
    title,
    groups: [group('Longs', sides.long), group('Shorts', sides.short)],
    assumptions: [
      'By price group at each snapshot; intervals: 95 %, stationary block bootstrap over snapshots, none below ten',
      '“Share of overlap”: what the two have in common when each is scaled to sum 1; 1 = distributed alike',
      'By distance and by tier: estimated over observed USD, rank correlation, share of overlap',
      'Only positions that were seen count as observed: at a coverage of a quarter, an estimate of the right size has a ratio of 4; rank and overlap do not depend on it',
      ...notes,
    ],
  }
}

export function observedCalibrationSummary(result: ObservedCalibration, options: string): Summary {
  const { mix, scale, coverage, test, before, trainBars, testBars } = result
  const scored = (name: string, side: SideComparison, base: SideComparison): Summary['groups'][number] => ({
    name,
    rows: [
      ['Share of overlap', within(side.overlap)],
      ['  of the map of base', within(base.overlap)],
      ['Beyond distance', within(side.beyondDistance)],
      ['  of the map of base', within(base.beyondDistance)],
      ['Estimated over observed USD', times(side.ratio)],
    ],
  })
  const covered = Number.isFinite(coverage) ? `${+(100 * coverage).toPrecision(3)} % of open interest` : 'unknown'
  return {
    title: `Fitted to observed positions on bars ${trainBars.join(' to ')}, scored on bars ${testBars.join(' to ')}`,
    groups: [
      {
        name: 'Fitted',
        rows: [
          ...mix.map(({ leverage, share }): [string, string] => [`Share of ${leverage}x`, within(share)]),
          ['Scale', scale ? times(scale) : 'not known, as the share that was seen is not'],
          ['Seen', covered],
        ],
      },
      scored('Longs, scored', test.long, before.long),
      scored('Shorts, scored', test.short, before.short),
    ],
    assumptions: [
      'Shares of the opened notional by leverage, by least squares over sides and distances from the close; intervals: 95 %, bootstrap of blocks of snapshots and of accounts. They hold if the other assumptions of the map do',
      'Scale: USD of all positions for each USD of the unscaled map; accounts that were not seen are taken to be like those that were',
      '“Share of overlap”: what map and observation have in common when each is scaled to sum 1; “beyond distance”: rank correlation, given the distance',
      'How many positions end before their liquidation cannot be told from levels: a lower survival and a lower scale look alike',
      options,
    ],
  }
}

function row(name: string, { ratio, spearman, overlap }: Agreement): [string, string] {
  return [name, `${times(ratio)}, ${within(spearman)}, ${within(overlap)}`]
}

const hasBounds = ({ low, high }: Interval): boolean => Number.isFinite(low) && Number.isFinite(high)

function within(interval: Interval): string {
  const value = formatNumber(interval.mean)
  return hasBounds(interval) ? `${value} (${formatNumber(interval.low)} to ${formatNumber(interval.high)})` : value
}

function times(interval: Interval): string {
  const number = (value: number) => (Number.isFinite(value) ? String(+value.toPrecision(3)) : '–')
  const value = `${number(interval.mean)}×`
  return hasBounds(interval) ? `${value} (${number(interval.low)} to ${number(interval.high)})` : value
}
