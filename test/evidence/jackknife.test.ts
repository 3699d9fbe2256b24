import { describe, expect, it } from 'vitest'
import { jackknifeBias } from '../../src/evidence/jackknife.ts'
import { Sample } from '../../src/evidence/sample.ts'
import { random } from '../../src/stats/random.ts'

const stratum = { family: '', market: 0, side: 'both', sign: 1 } as const

/**
 * Fair outcomes in blocks of time, whose number depends on them: after an outcome below 0 events follow more often, as after a
 * sweep from which price goes on.
 */
function leaning(seed: number, blocks: number): Sample {
  const rng = random(seed)
  const sample = new Sample()
  sample.addStratum(stratum)
  for (let block = 0; block < blocks; block++) {
    const y = rng.normal()
    const count = y < 0 ? 3 : 1
    for (let i = 0; i < count; i++) sample.add(0, block + i / 10, i === 0 ? y : rng.normal(), 1, 0)
  }
  return sample
}

describe('the jackknife', () => {
  it('finds the bias of a mean whose number of events depends on the outcomes', () => {
    // E[Σy] = 0 in each block, but E[Σy / n] ≈ −Cov(Σy, n)/(b·E[n]²) with b blocks: Cov = E[y·n] = −0.399·3 + 0.399·1, E[n] = 2.
    const blocks = 20
    const expected = (0.3989 * 2) / 4 / blocks
    let naive = 0
    let bias = 0
    const runs = 2500
    for (let seed = 1; seed <= runs; seed++) {
      const sample = leaning(seed, blocks)
      naive += sample.y.reduce((sum, y) => sum + y, 0) / sample.y.length / runs
      bias += jackknifeBias(sample, 10) / runs
    }
    // The standard error of the mean of 2,500 means of 40 outcomes is 0.003.
    expect(Math.abs(naive - expected)).toBeLessThan(0.007)
    expect(bias / expected).toBeGreaterThan(0.85)
    expect(bias / expected).toBeLessThan(1.25)
  })

  it('agrees with leaving out each block by hand, where matching decides on the weights', () => {
    const sample = new Sample()
    sample.addStratum({ ...stratum, side: 'high' })
    const rng = random(3)
    for (let t = 0; t < 240; t++) {
      const cell = rng.integer(3)
      const treated = rng.uniform() < 0.3
      sample.add(0, t, rng.normal() + Number(treated), treated ? 0.5 : 0, treated ? 0 : 0.5, 0, Number.NaN, cell)
    }
    const effect = (omitted: number) => {
      let size = 0
      let sum = 0
      for (let cell = 0; cell < 3; cell++) {
        const rows = sample.y
          .map((y, i) => ({
            y,
            treated: sample.a[i]! > 0,
            cell: sample.cell[i],
            block: Math.min(5, Math.floor((6 * i) / 239)),
          }))
          .filter(row => row.cell === cell && row.block !== omitted)
        const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
        const treated = rows.filter(row => row.treated).map(({ y }) => y)
        const controls = rows.filter(row => !row.treated).map(({ y }) => y)
        const weight = (treated.length * controls.length) / rows.length
        size += weight
        sum += weight * (mean(treated) - mean(controls))
      }
      return sum / size
    }
    const without = [0, 1, 2, 3, 4, 5].map(effect)
    const mean = without.reduce((a, b) => a + b, 0) / 6
    expect(jackknifeBias(sample, 6)).toBeCloseTo(5 * (mean - effect(-1)), 10)
  })

  it('leaves out a cell in which one kind is missing, also where only without a block', () => {
    const add = (sample: Sample, time: number, y: number, treated: boolean, cell: number) =>
      sample.add(0, time, y, treated ? 0.5 : 0, treated ? 0 : 0.5, 0, Number.NaN, cell)
    const filled = (more: (sample: Sample) => void) => {
      const sample = new Sample()
      sample.addStratum(stratum)
      const rng = random(4)
      for (let t = 0; t < 200; t++) add(sample, t, rng.normal(), t % 2 === 0, t % 3)
      more(sample)
      return jackknifeBias(sample, 10)
    }
    const plain = filled(() => {})
    // Cells of treated ones or of controls alone compare nothing.
    expect(filled(sample => add(sample, 60, 50, true, 7))).toBeCloseTo(plain, 12)
    expect(filled(sample => add(sample, 60, 50, false, 8))).toBeCloseTo(plain, 12)
    // A pair in one block: without it the cell is empty.
    const pair = filled(sample => {
      add(sample, 60, 1, true, 9)
      add(sample, 61, -1, false, 9)
    })
    expect(Number.isFinite(pair)).toBe(true)
    expect(pair).not.toBe(plain)
  })

  it('is 0 without observations, and for as many events in each block', () => {
    expect(jackknifeBias(new Sample())).toBe(0)
    const even = new Sample()
    even.addStratum(stratum)
    const rng = random(1)
    for (let t = 0; t < 400; t++) even.add(0, t, rng.normal(), 1, 0)
    expect(jackknifeBias(even)).toBeCloseTo(0, 12)
  })
})
