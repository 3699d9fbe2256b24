/** Data that is kept back: cut at a bar, opened once, and the ledger knows. */
import { describe, expect, it } from 'vitest'
import { holdOut } from '../../src/evidence/hold-out.ts'
import { Ledger } from '../../src/evidence/ledger.ts'
import { resample } from '../../src/market/resample.ts'
import { HOUR, marketOf, START } from '../market/fixtures.ts'

const market = marketOf(Array.from({ length: 48 }, (_, i) => [100 + i, 101 + i, 99 + i, 100 + i]))
const at = (hour: number) => START + hour * HOUR

function kept(): Ledger {
  let minute = 0
  const ledger = new Ledger()
  ledger.connect('ledger.jsonl', [], record => ({ ...record, at: new Date(START + 60_000 * minute++).toISOString() }))
  return ledger
}

describe('a hold-out', () => {
  it('cuts at the first bar that opens at the time or later', () => {
    for (const from of [at(30), at(29) + 1]) {
      const part = holdOut(market, from, kept())
      expect(part.from).toBe(at(30))
      expect([...part.before.close]).toEqual([...market.close.slice(0, 30)])
      expect([...part.open().close]).toEqual([...market.close.slice(30)])
    }
  })

  it('is opened once, or again if told, and the ledger says when and of which bars', () => {
    const ledger = kept()
    const part = holdOut(market, at(30), ledger)
    expect(part.openings).toEqual([])
    part.open()
    expect(part.openings).toEqual(['2024-01-01T00:00:00.000Z'])
    expect(ledger.records).toMatchObject([
      {
        kind: 'holdout',
        name: 'BTC/USDT:USDT 1h from 2024-01-02 06:00 UTC',
        markets: ['BTC/USDT:USDT 1h'],
        from: at(30),
        to: at(48),
      },
    ])
    const message =
      'liq.holdout: BTC/USDT:USDT 1h from 2024-01-02 06:00 UTC was opened on 2024-01-01 00:00 UTC (ledger.jsonl), so it answers no further question'
    expect(() => part.open()).toThrow(message)
    expect(() => part.open({ again: false })).toThrow(message)
    expect(() => holdOut(market, at(30), ledger).open()).toThrow(message)
    expect(part.open({ again: true }).length).toBe(18)
    expect(part.openings.length).toBe(2)
    expect(() => part.open({ agian: true } as never)).toThrow('agian is not one of its options')
  })

  it('was opened with any part of it: by another start or timeframe of the symbol, and not by what only touches it', () => {
    const opened = (change: (ledger: Ledger) => void) => {
      const ledger = kept()
      change(ledger)
      return holdOut(market, at(30), ledger).openings.length
    }
    expect(opened(ledger => holdOut(market, at(31), ledger).open())).toBe(1)
    expect(opened(ledger => holdOut(market, at(1), ledger).open())).toBe(1)
    expect(opened(ledger => holdOut(resample(market, 4 * HOUR), at(32), ledger).open())).toBe(1)
    const note = (from: number, to: number, symbol = 'BTC/USDT:USDT') =>
      opened(ledger => ledger.note({ kind: 'holdout', key: 'k', name: 'n', markets: [`${symbol} 5m`], from, to }))
    expect(note(at(20), at(30))).toBe(0)
    expect(note(at(20), at(30) + 1)).toBe(1)
    expect(note(at(48), at(60))).toBe(0)
    expect(note(at(48) - 1, at(60))).toBe(1)
    expect(note(at(20), at(60), 'ETH/USDT:USDT')).toBe(0)
    expect(opened(ledger => ledger.enter('k', 'a test', 0.5, ['BTC/USDT:USDT 1h']))).toBe(0)
  })

  it('needs a ledger that is kept, and bars before and after', () => {
    expect(() => holdOut(market, at(30), new Ledger())).toThrow('liq.holdout: no ledger is open')
    for (const hour of [-5, 0, 47.1, 100])
      expect(() => holdOut(market, at(hour), kept())).toThrow(
        'but expected a time within the 48 bars of BTC/USDT:USDT 1h',
      )
    expect(holdOut(market, at(0) + 1, kept()).before.length).toBe(1)
    expect(holdOut(market, at(47), kept()).open().length).toBe(1)
  })
})
