/** What a project tested, kept back and planned, in a file that notebooks share. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { evidence } from '../../src/api/evidence.ts'
import { holdout, ledger, register } from '../../src/api/ledger.ts'
import { sfp } from '../../src/api/study.ts'
import { openLedgerFile } from '../../src/data/ledger-file.ts'
import { sessionLedger } from '../../src/evidence/ledger.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { marketRange } from '../../src/market/market-range.ts'
import { resample } from '../../src/market/resample.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'

const market = simulateMarket({ seed: 8, bars: 3000, volatility: 1.5, population: { positionsPerBar: 0 } })
const name = `${market.symbol} ${market.timeframe}`
let folder: string
let file: string
beforeEach(() => {
  sessionLedger.clear()
  folder = mkdtempSync(join(tmpdir(), 'liqnb-ledger-'))
  file = join(folder, 'ledger.jsonl')
})
afterEach(() => {
  sessionLedger.clear()
  rmSync(folder, { recursive: true })
})

/** Another notebook: a process that knows nothing of the first but its file. */
function anotherNotebook() {
  sessionLedger.clear()
}

function study(r: number) {
  const found = sfp(market, { levels: 'pivots', minMove: 0.3 }).backtest({ target: { r } })
  void found.statistics
  return found
}

describe('a project’s ledger', () => {
  it('corrects for the tests of other notebooks, and of this one before it was opened', async () => {
    study(1)
    await ledger({ file })
    study(2)
    anotherNotebook()
    expect(study(3).summary.text).toContain('corrected for the 1 test of this session')
    const all = await ledger({ file })
    expect(all.numRows()).toBe(3)
    expect(study(3).summary.text).toContain(`corrected for the 3 tests of ${file} (Holm)`)
    // Holm's largest of three is at most three times p.
    const rows = all.objects() as { p: number; pAdjusted: number; markets: string; at: Date }[]
    const smallest = rows.reduce((least, row) => (row.p < least.p ? row : least))
    expect(smallest.pAdjusted).toBeCloseTo(Math.min(1, 3 * smallest.p), 12)
    for (const { markets, at } of rows)
      expect([markets, Math.abs(Date.now() - at.getTime()) < 60_000]).toEqual([name, true])
  })

  it('stays as it is when a notebook runs again', async () => {
    await ledger({ file })
    study(1)
    const before = readFileSync(file, 'utf8')
    for (let run = 0; run < 2; run++) {
      anotherNotebook()
      await ledger({ file })
      study(1)
      expect(readFileSync(file, 'utf8')).toBe(before)
    }
    expect(sessionLedger.rows()).toMatchObject([{ times: 3 - 1 }])
  })

  it('keeps the last p of a test, and what others append at the same time', async () => {
    await ledger({ file })
    sessionLedger.enter('a', 'test a', 0.04, [name])
    openLedgerFile(file).append({ kind: 'test', key: 'b', name: 'test b', p: 0.01, markets: [] })
    sessionLedger.revise('a', 0.02)
    anotherNotebook()
    await ledger({ file })
    expect(sessionLedger.rows()).toMatchObject([
      { key: 'a', p: 0.02, pAdjusted: 0.02 },
      { key: 'b', p: 0.01, pAdjusted: 0.02 },
    ])
  })

  it('is refused by name of line and field where it is not one, and keeps what a cut-off write left', async () => {
    const line = { kind: 'test', key: 'a', name: 'a', markets: [], at: '2026-01-01T00:00:00.000Z' }
    for (const [text, message] of [
      [`${JSON.stringify({ ...line, p: 2 })}\n`, /ledger\.jsonl, line 1: p: /],
      [`${JSON.stringify({ ...line, p: 0.5 })}\n\n<<<<<<< HEAD\n`, /ledger\.jsonl, line 3: not JSON/],
      [`${JSON.stringify({ ...line, kind: 'guess' })}\n`, /line 1: kind: /],
    ] as const) {
      writeFileSync(file, text)
      await expect(ledger({ file })).rejects.toThrow(message)
    }
    await expect(ledger({ file: '' })).rejects.toThrow(/liq\.ledger: file/)
    await expect(ledger({ file: folder })).rejects.toThrow(`${folder}: cannot be read as a ledger`)
    // Written by a program that does not end its lines.
    writeFileSync(file, JSON.stringify({ ...line, p: 0.5 }))
    await ledger({ file })
    sessionLedger.enter('b', 'b', 0.1)
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2)
    appendFileSync(file, '{"kind":"te')
    await expect(ledger({ file })).rejects.toThrow(/line 3: not JSON/)
  })
})

describe('a hold-out', () => {
  it('is opened once, whichever notebook asks, and the ledger says when', async () => {
    expect(() => holdout(market, { from: market.time[2000]! })).toThrow(/no ledger is open/)
    await ledger({ file })
    const kept = holdout(market, { from: market.time[1999]! + 1 })
    expect([kept.before.length, kept.from, kept.openings]).toEqual([2000, market.time[2000], []])
    expect(kept.before.time.at(-1)).toBe(market.time[1999])
    const opened = kept.open()
    expect(opened.length).toBe(market.length - 2000)
    expect(opened.close).toEqual(market.close.slice(2000))
    expect(opened.openInterest).toEqual(market.openInterest?.slice(2000))
    anotherNotebook()
    const rows = await ledger({ file })
    expect(rows.objects()).toMatchObject([{ kind: 'holdout', markets: name }])
    const again = holdout(market, { from: market.time[2000]! })
    expect(again.openings).toHaveLength(1)
    expect(() => again.open()).toThrow(/was opened on \d{4}-\d\d-\d\d \d\d:\d\d UTC \(.*ledger\.jsonl\)/)
    expect(again.open({ again: true }).length).toBe(1000)
    expect(again.openings).toHaveLength(2)
    for (const from of [market.time[0]!, market.time.at(-1)! + 1])
      expect(() => holdout(market, { from })).toThrow(/within the 3,000 bars/)
  })

  it('is opened by any bars that overlap it, and by no others', async () => {
    await ledger({ file })
    holdout(market, { from: market.time[2000]! }).open()
    anotherNotebook()
    await ledger({ file })
    const start = new Date(market.time[2000]!).toISOString().slice(0, 16).replace('T', ' ')
    for (const [other, from] of [
      [market, market.time[1990]!],
      [market, market.time[2010]!],
      [resample(market, 4 * market.barMs), market.time[2400]!],
    ] as const) {
      expect(() => holdout(other, { from }).open()).toThrow(`liq.holdout: ${name} from ${start} UTC was opened on`)
      expect(holdout(other, { from }).openings).toHaveLength(1)
    }
    expect(holdout(marketRange(market, 0, 2000), { from: market.time[1500]! }).open().length).toBe(500)
    expect(holdout({ ...market, symbol: 'OTHER/USDT:USDT' }, { from: market.time[2000]! }).open().length).toBe(1000)
    const kept = holdout(market, { from: market.time[2000]! })
    expect(() => kept.open({ agian: true } as never)).toThrow(/liq\.holdout: open: agian is not one of its options/)
    expect(() => kept.open({ again: 'no' } as never)).toThrow(/was opened on/)
  })
})

describe('a registered plan', () => {
  const market = simulateMarket({ seed: 3, bars: 3000 })
  const map = liquidationMap(market, { halfLife: '3d' })
  const source = {
    name: 'Drawn?',
    markets: [name],
    claims: ['magnet'] as const,
    options: { horizon: 12, resamples: 200, map: { halfLife: '3d' } },
  }
  const lineOf = (result: { assumptions: readonly string[] }) => result.assumptions[0]

  it('is kept where nothing differs, in a later notebook too', async () => {
    await ledger({ file })
    const { hash, at } = register(source)
    for (let run = 0; run < 2; run++) {
      anotherNotebook()
      await ledger({ file })
      const plan = register(source)
      expect(plan).toMatchObject({ hash, at, testsBefore: 0 })
      const result = evidence(market, map, { plan })
      expect(result.settings.horizon).toBe(12)
      expect(lineOf(result.magnet())).toMatch(/^plan “Drawn\?” \([0-9a-f]{8}\), registered .* UTC in .*: kept$/)
      expect(lineOf(evidence(market, { plan }).magnet())).toMatch(/: kept$/)
      expect(sessionLedger.tests).toBeGreaterThan(0)
    }
    expect(sessionLedger.records.filter(({ kind }) => kind === 'plan')).toHaveLength(1)
  })

  it('is not kept by another claim, market, option or heatmap, or after a first look', async () => {
    await ledger({ file })
    const plan = register(source)
    const found = (result: { assumptions: readonly string[] }) => lineOf(result)!.split(': not kept, as ')[1]
    expect(found(evidence(market, map, { plan }).reversal())).toBe('the claim reversal is not in it')
    expect(found(evidence(market, map, { plan, horizon: 24 }).magnet())).toBe('horizon is 24 instead of 12')
    expect(found(evidence(market, liquidationMap(market), { plan }).magnet())).toBe('the heatmap has other options')
    const other = simulateMarket({ seed: 8, bars: 3000, timeframe: '4h', population: { positionsPerBar: 0 } })
    expect(found(evidence(other, { plan }).magnet())).toBe(`it was of ${name}, but this is of ${other.symbol} 4h`)
    const late = register({ ...source, name: 'Drawn, really?' })
    expect(found(evidence(market, map, { plan: late }).magnet())).toMatch(/^\d+ tests of its markets came before it$/)
  })

  it('needs a ledger, words, and values that stay as they are', async () => {
    expect(() => register(source)).toThrow(/no ledger is open/)
    await ledger({ file })
    expect(() => register({ ...source, claims: ['magic'] as never })).toThrow(/claims: .*magnet/)
    expect(() => register({ ...source, options: { levels: () => null } as never })).toThrow(/options\.levels/)
    expect(() => register({ ...source, options: { horizon: 0 } })).toThrow(/horizon: 0/)
    expect(() => register({ ...source, markets: [' '] })).toThrow(/markets: /)
    expect(() => evidence(market, map, { plan: {} as never })).toThrow(/plan/)
  })

  it('is the same one with a name twice, and without options', async () => {
    await ledger({ file })
    const { options: _, ...plain } = source
    const { hash, markets } = register(plain)
    expect(markets).toEqual([name])
    const twice = { ...plain, markets: [name, name], claims: ['magnet', 'magnet'] as const }
    expect(register(twice).hash).toBe(hash)
    expect(register({ ...plain, options: null as never }).hash).toBe(hash)
  })
})
