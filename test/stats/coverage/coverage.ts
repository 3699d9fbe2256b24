/** How often 95 % intervals hold the true value, by simulation. */
import { annualFigures, profitFactorInterval, returnIntervals } from '../../../src/sfp/statistics/intervals.ts'
import { type Interval, meanInterval } from '../../../src/stats/bootstrap.ts'
import { type Random, random } from '../../../src/stats/random.ts'

interface Case {
  name: string
  truth: number
  draw: (rng: Random) => number
  interval: (values: Float64Array) => Interval
}

/** Trades that win `win` R with probability p, else lose 1 R. */
const bets = (p: number, win: number) => (rng: Random) => (rng.uniform() < p ? win : -1)

const DAYS = 365
/** A daily return of a strategy with a true Sharpe ratio around 1: most days without a trade, else ±. */
const daily = (rng: Random) => (rng.uniform() < 0.3 ? 0.012 * rng.normal() + 0.0011 : 0)

/** The figure that the estimate tends to, from many days. */
function sharpeOfManyDays(): number {
  const rng = random(99)
  return annualFigures(
    Float64Array.from({ length: 2_000_000 }, () => daily(rng)),
    DAYS,
  ).sharpe
}

export const cases = (): Case[] => [
  { name: 'mean R, 2R/1R at p = .36', truth: 0.36 * 3 - 1, draw: bets(0.36, 2), interval: meanInterval },
  { name: 'mean R, 5R/1R at p = .2', truth: 0.2 * 6 - 1, draw: bets(0.2, 5), interval: meanInterval },
  {
    name: 'profit factor, 2R/1R at p = .36',
    truth: 0.72 / 0.64,
    draw: bets(0.36, 2),
    interval: profitFactorInterval,
  },
  {
    name: 'profit factor, 5R/1R at p = .2',
    truth: 1 / 0.8,
    draw: bets(0.2, 5),
    interval: profitFactorInterval,
  },
  {
    name: 'Sharpe ratio of n days',
    truth: sharpeOfManyDays(),
    draw: daily,
    interval: values => returnIntervals(values, DAYS).sharpe,
  },
]

export interface Coverage {
  /** Share of the samples with an interval, and of these the share whose interval holds the truth. */
  given: number
  covered: number
}

export function coverage({ truth, draw, interval }: Case, n: number, samples: number): Coverage {
  let given = 0
  let covered = 0
  for (let seed = 1; seed <= samples; seed++) {
    const rng = random(seed, n)
    const { low, high } = interval(Float64Array.from({ length: n }, () => draw(rng)))
    if (Number.isNaN(low)) continue
    given++
    if (low <= truth && truth <= high) covered++
  }
  return { given: given / samples, covered: covered / given }
}
