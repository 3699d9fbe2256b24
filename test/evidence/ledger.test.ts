import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { benjaminiHochberg, holm, Ledger } from '../../src/evidence/ledger.ts'

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 })

describe('corrections', () => {
  it('agree with a calculation by hand', () => {
    // Holm: 0.01·4, 0.02·3 → 0.06, 0.03·2 = 0.06, 0.5. Benjamini–Hochberg: 0.01·4/1, 0.02·4/2, 0.03·4/3, 0.5.
    const p = [0.03, 0.5, 0.01, 0.02]
    expect(holm(p).map(x => +x.toFixed(12))).toEqual([0.06, 0.5, 0.04, 0.06])
    expect(benjaminiHochberg(p).map(x => +x.toFixed(12))).toEqual([0.04, 0.5, 0.04, 0.04])
  })

  it('never lower a p-value, keep the order, and do not exceed Bonferroni', () => {
    fc.assert(
      fc.property(pValues, p => {
        const adjusted = holm(p)
        const q = benjaminiHochberg(p)
        for (const [i, value] of p.entries()) {
          expect(adjusted[i]).toBeGreaterThanOrEqual(value)
          expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, value * p.length) + 1e-12)
          expect(q[i]).toBeGreaterThanOrEqual(value - 1e-15)
          expect(q[i]).toBeLessThanOrEqual(adjusted[i]! + 1e-12)
          for (const [j, other] of p.entries()) if (other < value) expect(adjusted[j]).toBeLessThanOrEqual(adjusted[i]!)
        }
      }),
    )
  })
})

describe('ledger', () => {
  it('counts every test, and corrects for every distinct one', () => {
    const ledger = new Ledger()
    ledger.enter('a', 'magnet', 0.01)
    expect(ledger.rows()[0]).toMatchObject({ pAdjusted: 0.01, times: 1 })
    ledger.enter('a', 'magnet', 0.01)
    ledger.enter('b', 'magnet with a horizon of 12', 0.6)
    ledger.enter('c', 'too few events to test', Number.NaN)
    expect([ledger.tests, ledger.runs]).toEqual([2, 3])
    expect(ledger.rows()[0]).toMatchObject({ pAdjusted: 0.02, times: 2 })
    ledger.clear()
    expect(ledger.rows()).toEqual([])
  })
})
