/** Weights of strata and of matched units, by hand. */
import { describe, expect, it } from 'vitest'
import { match } from '../../src/evidence/match.ts'
import { Sample, type Stratum, stratumWeights, weightsByCount } from '../../src/evidence/sample.ts'

const stratum = (change: Partial<Stratum> = {}): Stratum => ({
  family: '',
  market: 0,
  side: 'both',
  sign: 1,
  ...change,
})

describe('strata', () => {
  const weights = (strata: Stratum[], counts: number[]) => [...weightsByCount(strata, Float64Array.from(counts))]

  it('of a market weigh the same on both sides, whatever their numbers', () => {
    const sides = [stratum({ side: 'high' }), stratum({ side: 'low' })]
    expect(weights(sides, [90, 10])).toEqual([0.5, 0.5])
    expect(weights(sides, [90, 0])).toEqual([1, 0])
    expect(weights(sides, [0, 0])).toEqual([0, 0])
  })

  it('of several markets weigh by their events', () => {
    const strata = [0, 1].flatMap(market => [stratum({ market, side: 'high' }), stratum({ market, side: 'low' })])
    expect(weights(strata, [20, 10, 5, 5])).toEqual([0.375, 0.375, 0.125, 0.125])
    expect(weights([stratum({ market: 0 }), stratum({ market: 1 })], [30, 10])).toEqual([0.75, 0.25])
  })

  it('of several families weigh the same, and against those of the other sign', () => {
    const strata = [
      stratum({ family: '15m', sign: -1 }),
      stratum({ family: '1h', sign: -1 }),
      stratum({ family: '1h', sign: -1, market: 1 }),
      stratum({ family: '4h' }),
    ]
    expect(weights(strata, [100, 3, 1, 7])).toEqual([-0.5, -0.375, -0.125, 1])
    // A family without events leaves its weight to the others.
    expect(weights(strata, [0, 3, 1, 7])).toEqual([0, -0.75, -0.25, 1])
  })

  it('with fewer than five treated ones, or controls where there are any, do not count', () => {
    const sample = new Sample()
    const [one, two, three] = [0, 1, 2].map(market => sample.addStratum(stratum({ market })))
    expect([one, two, three]).toEqual([0, 1, 2])
    const add = (s: number, treated: number, controls: number) => {
      for (let i = 0; i < treated; i++) sample.add(s, i, 1, 1, 0)
      for (let i = 0; i < controls; i++) sample.add(s, i, 1, 0, 1)
    }
    add(0, 5, 0)
    add(1, 4, 0)
    add(2, 15, 0)
    expect([...stratumWeights(sample)]).toEqual([0.25, 0, 0.75])
    add(0, 0, 5)
    add(2, 0, 4)
    expect([...stratumWeights(sample)]).toEqual([1, 0, 0])
  })

  it('keep their observations when samples are joined', () => {
    const part = new Sample()
    part.addStratum(stratum({ side: 'low' }))
    part.add(0, 7, -2, 1, 0)
    part.add(0, 8, 3, 0, 0.5, 0.25, 0.75, 6)
    const whole = new Sample()
    whole.addStratum(stratum())
    whole.append(part, { family: '4h', sign: -1 })
    whole.append(part, { family: '1d' })
    expect(whole.strata).toEqual([
      stratum(),
      stratum({ side: 'low', family: '4h', sign: -1 }),
      stratum({ side: 'low', family: '1d', sign: 1 }),
    ])
    expect(whole.stratum).toEqual([1, 1, 2, 2])
    expect(whole.time).toEqual([7, 8, 7, 8])
    expect(whole.y).toEqual([-2, 3, -2, 3])
    expect(whole.a).toEqual([1, 0, 1, 0])
    expect(whole.b).toEqual([0, 0.5, 0, 0.5])
    expect(whole.hit).toEqual([0, 0.25, 0, 0.25])
    expect(whole.base).toEqual([Number.NaN, 0.75, Number.NaN, 0.75])
    expect(whole.cell).toEqual([0, 6, 0, 6])
  })
})

describe('matching', () => {
  it('cuts a feature at quantiles of the treated, and weighs each cell by n·m/(n + m)', () => {
    // 24 treated from 0 to 23 allow 3 bins: 24/4 = 6 = 2 · 3. Cuts at the treated of rank 8 and 16.
    const treatedX = Array.from({ length: 24 }, (_, i) => i)
    // Controls: below the treated, at either end, at a cut (which begins a cell), and above.
    const controlX = [-0.1, 0, 7.9, 8, 15.9, 23, 23.1]
    const x = [...treatedX, ...controlX]
    const treated = x.map((_, i) => Number(i < 24))
    const { a, b, cell, treated: count, matched } = match({ treated, group: x.map(() => 1), features: [x] }, [3])
    expect([count, matched]).toEqual([24, 24])
    expect([...cell.slice(24)].map(each => (each < 0 ? each : each - cell[0]!))).toEqual([-1, 0, 0, 1, 1, 2, -1])
    expect([a[0], a[8], a[16], a[23]]).toEqual([2 / 10, 2 / 10, 1 / 9, 1 / 9])
    expect([...b.slice(24)]).toEqual([0, 8 / 10, 8 / 10, 8 / 10, 8 / 10, 8 / 9, 0])
    expect(b.slice(0, 24).every(weight => weight === 0)).toBe(true)
  })

  it('leaves out a hundredth of the treated at either end', () => {
    const x = Array.from({ length: 200 }, (_, i) => i)
    const controls = [1, 2, 197, 198]
    const { cell, treated, matched } = match(
      { treated: [...x.map(() => 1), 0, 0, 0, 0], group: Array(204).fill(0), features: [[...x, ...controls]] },
      [1],
    )
    expect([...cell].flatMap((each, i) => (each < 0 ? [i] : []))).toEqual([0, 1, 198, 199, 200, 203])
    expect([treated, matched]).toEqual([200, 196])
  })

  it('takes fewer bins of the finest feature where the treated are few', () => {
    // 16 treated: 2 · bins ≤ 4 cells, so 6 × 5 bins become 2 × 2, which are the fewest.
    const x = Array.from({ length: 32 }, (_, i) => Math.floor(i / 2))
    const { cell } = match({ treated: x.map((_, i) => i % 2), group: x.map(() => 0), features: [x, x] }, [6, 5])
    expect(new Set(cell).size).toBe(2)
    // 64 treated: 2 · 6 = 12 ≤ 16, but not 2 · 9.
    const y = Array.from({ length: 128 }, (_, i) => Math.floor(i / 2))
    const fewer = match({ treated: y.map((_, i) => i % 2), group: y.map(() => 0), features: [y] }, [9])
    expect(new Set(fewer.cell).size).toBe(8)
    const kept = match({ treated: y.map((_, i) => i % 2), group: y.map(() => 0), features: [y] }, [6])
    expect(new Set(kept.cell).size).toBe(6)
  })

  it('compares within groups only', () => {
    const { matched, a } = match({ treated: [1, 0, 1, 1], group: [1, 1, 2, 1], features: [[5, 5, 5, 5]] }, [1])
    expect(matched).toBe(2)
    expect([...a]).toEqual([1 / 3, 0, 0, 1 / 3])
  })
})
