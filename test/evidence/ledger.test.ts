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

  it('find as many as the worked example of Benjamini and Hochberg 1995, of a trial with 15 outcomes', () => {
    const p = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
    ]
    const found = (adjusted: number[]) => adjusted.filter(value => value <= 0.05).length
    // The fourth is 0.0095 ≤ 4/15 · 0.05 = 0.0133, the fifth 0.0201 > 0.0167; Bonferroni's bound of 0.0033 leaves three.
    expect(found(benjaminiHochberg(p))).toBe(4)
    expect(found(holm(p))).toBe(3)
    expect(benjaminiHochberg(p)[3]).toBeCloseTo((0.0095 * 15) / 4, 12)
    expect(benjaminiHochberg(p)[4]).toBeCloseTo((0.0201 * 15) / 5, 12)
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
  it('writes a p that changed, and only that', () => {
    const written: [string, number | undefined][] = []
    const ledger = new Ledger()
    ledger.connect('file', [], record => {
      written.push([record.key, record.p])
      return record
    })
    ledger.enter('a', 'x', 0.5, ['M 1h'])
    ledger.enter('a', 'x', 0.5)
    ledger.revise('a', 0.5)
    ledger.revise('a', Number.NaN)
    ledger.revise('unknown', 0.1)
    ledger.enter('b', 'y', Number.NaN)
    expect(written).toEqual([['a', 0.5]])
    ledger.revise('a', 0.1)
    ledger.enter('a', 'x', 0.2)
    expect(written).toEqual([
      ['a', 0.5],
      ['a', 0.1],
      ['a', 0.2],
    ])
    expect(ledger.rows()).toMatchObject([{ key: 'a', p: 0.2, times: 3 }])
    expect([ledger.scope, ledger.isKept]).toEqual(['file', true])
  })

  it('takes over a file: its tests come first, and those of the process that it lacks are written', () => {
    const ledger = new Ledger()
    ledger.enter('own', 'own', 0.04, ['M 1h'])
    ledger.enter('both', 'both', 0.3)
    ledger.note({ kind: 'holdout', key: 'h', name: 'h', markets: ['M 1h'] })
    const written: string[] = []
    const kept = [
      { kind: 'test', key: 'both', name: 'both', p: 0.2, markets: [] },
      { kind: 'test', key: 'old', name: 'old', p: 0.9, markets: [] },
    ] as const
    ledger.connect('file', kept, record => {
      written.push(`${record.kind} ${record.key} ${record.p ?? ''}`)
      return { ...record, at: '2024-01-01T00:00:00.000Z' }
    })
    expect(written).toEqual(['test own 0.04', 'test both 0.3', 'holdout h '])
    expect(ledger.rows().map(({ key, p }) => [key, p])).toEqual([
      ['both', 0.3],
      ['old', 0.9],
      ['own', 0.04],
    ])
    expect(ledger.records.at(-1)).toMatchObject({ kind: 'holdout', at: '2024-01-01T00:00:00.000Z' })
    ledger.clear()
    expect([ledger.scope, ledger.isKept, ledger.records]).toEqual(['this session', false, []])
  })

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
