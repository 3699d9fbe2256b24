/** The runs of a column, by hand. */
import { describe, expect, it } from 'vitest'
import { brightRuns, findRuns, type RunRule } from '../../src/liquidation/cluster-runs.ts'

const RULE: RunRule = { brightness: 1, gap: 0, minShare: 0, rankBy: 'brightest' }

/** First and last bin of each run, in order of rank. */
function runs(values: number[], change: Partial<RunRule> = {}, maxCount = Infinity) {
  const column = Float64Array.from(values)
  const sum = values.reduce((total, value) => total + value, 0)
  return findRuns(column, 'long', sum, { ...RULE, ...change }, maxCount).map(({ from, to }) => [from, to])
}

describe('a run of bright bins', () => {
  it('takes every bin of exactly the multiple of the mean, the first and those behind it', () => {
    // Mean 2 of four bins.
    expect(runs([4, 2, 1, 1])).toEqual([[0, 1]])
    expect(runs([2, 4, 1, 1])).toEqual([[0, 1]])
    expect(runs([1, 2, 4, 1])).toEqual([[1, 2]])
    // A little more than the multiple leaves only the brightest.
    expect(runs([4, 2, 1, 1], { brightness: 1.01 })).toEqual([[0, 0]])
  })

  it('is bright against the mean from the first to the last bin that is not empty', () => {
    // 12 in 4 bins: mean 3. Over all 8 bins it would be 1.5, and the bin of 2 bright too.
    expect(runs([0, 0, 4, 2, 2, 4, 0, 0])).toEqual([
      [2, 2],
      [5, 5],
    ])
    expect(runs([0, 0, 0])).toEqual([])
    expect(runs([0, 5, 0])).toEqual([[1, 1]])
    // Empty bins are never bright, whatever the brightness.
    expect(runs([3, 0, 1], { brightness: 0 })).toEqual([
      [0, 0],
      [2, 2],
    ])
  })

  it('goes on over as many dimmer bins as the gap allows, and counts them', () => {
    const values = [9, 1, 1, 9, 1, 9]
    expect(runs(values)).toEqual([
      [0, 0],
      [3, 3],
      [5, 5],
    ])
    // All three have the same brightest bin, so they stay as they lie.
    expect(runs(values, { gap: 1 })).toEqual([
      [0, 0],
      [3, 5],
    ])
    expect(runs(values, { gap: 2 })).toEqual([[0, 5]])
    const [run] = findRuns(Float64Array.from(values), 'long', 30, { ...RULE, gap: 2 })
    expect(run).toEqual({ from: 0, to: 5, peak: 0, notional: 30, peakNotional: 9 })
    // Its peak is the first of its brightest bins.
    const [rising] = findRuns(Float64Array.of(4, 7, 9, 9, 1), 'long', 30, RULE)
    expect(rising).toMatchObject({ from: 1, to: 3, peak: 2, peakNotional: 9 })
    // Dimmer bins at its end are not of it.
    expect(runs([9, 9, 1, 1], { gap: 2 })).toEqual([[0, 1]])
  })

  it('counts from exactly its least share of the column on', () => {
    // 6 of 20 and 8 of 20; the mean is 4.
    const values = [6, 2, 2, 8, 2]
    expect(runs(values, { minShare: 0.3 })).toEqual([
      [3, 3],
      [0, 0],
    ])
    expect(runs(values, { minShare: 0.301 })).toEqual([[3, 3]])
    expect(runs(values, { minShare: 0.401 })).toEqual([])
  })
})

describe('the order of runs', () => {
  // A narrow run with the brightest bin, and a wide one of more in all.
  const values = [10, 1, 7, 7, 1, 1, 1]

  it('is by the brightest bin or by the sum, as told', () => {
    expect(runs(values)).toEqual([
      [0, 0],
      [2, 3],
    ])
    expect(runs(values, { rankBy: 'largest' })).toEqual([
      [2, 3],
      [0, 0],
    ])
  })

  it('keeps equals as they lie, and the first N', () => {
    const equal = [5, 1, 5, 1, 6, 1, 5]
    expect(runs(equal)).toEqual([
      [4, 4],
      [0, 0],
      [2, 2],
      [6, 6],
    ])
    expect(runs(equal, {}, 2)).toEqual([
      [4, 4],
      [0, 0],
    ])
    expect(runs(equal, {}, 1)).toEqual([[4, 4]])
  })
})

describe('a column of which a part is not shown', () => {
  const column = Float64Array.of(0, 6, 1, 5)

  it('has the mean of all of it: the bins beyond the far end, which is the low one of longs', () => {
    // 12 here and 8 outside, in 6 bins beyond: longs reach from there to the bin at the price, 6 + 4 bins, shorts to 6 + 3.
    const outside = { notional: 8, bins: 6 }
    const bright = (side: 'long' | 'short', brightness: number) =>
      brightRuns(column, side, { ...RULE, brightness }, outside).runs.map(({ from }) => from)
    expect(brightRuns(column, 'long', RULE, outside).sum).toBe(20)
    // Longs: mean 2. The bin of 6 is bright up to three times, that of 5 up to 2.5 times.
    expect(bright('long', 3)).toEqual([1])
    expect(bright('long', 2.5)).toEqual([1, 3])
    expect(bright('long', 3.01)).toEqual([])
    // Shorts: mean 20/9.
    expect(bright('short', 2.7)).toEqual([1])
    expect(bright('short', 2.71)).toEqual([])
    // Nothing outside: the mean of three bins is 4.
    expect(brightRuns(column, 'long', { ...RULE, brightness: 1.25 }).runs.map(({ from }) => from)).toEqual([1, 3])
    expect(brightRuns(column, 'long', { ...RULE, brightness: 1.26 }).runs.map(({ from }) => from)).toEqual([1])
  })
})
