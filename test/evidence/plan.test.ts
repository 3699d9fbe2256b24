/** Registered plans: what they hold, and what is found to differ from them. */
import { describe, expect, it } from 'vitest'
import { resolveEvidence } from '../../src/evidence/evidence-options.ts'
import { Ledger } from '../../src/evidence/ledger.ts'
import { deviations, planLine, registerPlan } from '../../src/evidence/plan.ts'

describe('a plan', () => {
  const ledger = () => {
    const kept = new Ledger()
    kept.connect('ledger.jsonl', [], record => ({ ...record, at: '2024-05-01T10:00:00.000Z' }))
    return kept
  }
  const source = {
    name: 'Does it turn?',
    markets: ['B 1h', 'A 1h', 'B 1h'],
    claims: ['reversal', 'magnet', 'magnet'] as const,
  }
  const done = (plan: ReturnType<typeof registerPlan>, change: object = {}) =>
    deviations(plan, {
      ...{ claim: 'magnet', markets: ['A 1h', 'B 1h'], settings: resolveEvidence({}), maps: [{}] },
      ...change,
    } as never)

  it('is kept where nothing differs, in whatever order', () => {
    const plan = registerPlan(source as never, ledger())
    expect(plan).toMatchObject({
      markets: ['A 1h', 'B 1h'],
      claims: ['magnet', 'reversal'],
      testsBefore: 0,
      ledger: 'ledger.jsonl',
    })
    expect(done(plan)).toEqual([])
    expect(done(plan, { markets: ['B 1h', 'A 1h'], maps: [] })).toEqual([])
    expect(planLine(plan, [])).toBe(
      `plan “Does it turn?” (${plan.hash.slice(0, 8)}), registered 2024-05-01 10:00 UTC in ledger.jsonl: kept`,
    )
    expect(planLine(plan, ['a', 'b'])).toContain(': not kept, as a; b')
  })

  it('is written once, however often it is registered', () => {
    const kept = ledger()
    const first = registerPlan(source as never, kept)
    expect(registerPlan({ ...source, markets: ['A 1h', 'B 1h'] } as never, kept)).toEqual(first)
    expect(kept.records).toMatchObject([{ kind: 'plan', key: first.hash, markets: ['A 1h', 'B 1h'] }])
    registerPlan({ ...source, name: 'Another?' } as never, kept)
    expect(kept.records.length).toBe(2)
  })

  it('is not kept where claim, markets, options, heatmap or the order differ', () => {
    const kept = ledger()
    kept.enter('k', 'earlier', 0.5, ['A 1h'])
    kept.enter('l', 'of another market', 0.5, ['C 1h'])
    const plan = registerPlan({ ...source, options: { horizon: 12, map: { binWidth: 0.002 } } } as never, kept)
    expect(plan.testsBefore).toBe(1)
    kept.enter('m', 'later', 0.5, ['A 1h'])
    expect(
      registerPlan({ ...source, options: { horizon: 12, map: { binWidth: 0.002 } } } as never, kept).testsBefore,
    ).toBe(1)
    const settings = resolveEvidence({ horizon: 12 })
    const found = (change: object) =>
      done({ ...plan, testsBefore: 0 }, { settings, maps: [{ binWidth: 0.002 }], ...change })
    expect(found({})).toEqual([])
    expect(found({ claim: 'sfp' })).toEqual(['the claim sfp is not in it'])
    expect(found({ markets: ['A 1h'] })).toEqual(['it was of A 1h, B 1h, but this is of A 1h'])
    expect(found({ settings: resolveEvidence({ horizon: 6 }) })).toEqual(['horizon is 6 instead of 12'])
    expect(found({ maps: [{ binWidth: 0.002 }, {}] })).toEqual(['the heatmap has other options'])
    expect(found({ maps: [{}] })).toEqual(['the heatmap has other options'])
    expect(done(plan, { settings, maps: [] })).toEqual(['1 test of its markets came before it'])
  })

  it('needs a name, markets, claims, values, and a ledger that is kept', () => {
    const register = (change: object) => () => registerPlan({ ...source, ...change } as never, ledger())
    expect(() => registerPlan(source as never, new Ledger())).toThrow('no ledger is open')
    for (const name of ['', ' ', 5]) expect(register({ name })).toThrow('the question in words')
    for (const markets of [[], 'A', [''], [5]]) expect(register({ markets })).toThrow('names of markets')
    for (const claims of [[], 'magnet', ['other'], ['magnet', 'other']]) expect(register({ claims })).toThrow('claims')
    expect(register({ options: { levels: () => null } })).toThrow('values only')
    expect(register({ options: { horizon: 0 } })).toThrow('horizon: 0')
  })
})
