import { expect, it } from 'vitest'
import type { Connection } from '../../../src/data/exchange/connect.ts'
import { contractNote, liquidationFeedNotes } from '../../../src/data/live/liquidation-feeds.ts'

it('says which feeds leave liquidations out', () => {
  expect(liquidationFeedNotes('binanceusdm').join()).toMatch(
    /at most one liquidation a second and symbol, .* lower bound/,
  )
  expect(liquidationFeedNotes('okx').join()).toMatch(/at most one liquidation a second.*bankruptcy prices/)
  expect(liquidationFeedNotes('bybit')).toEqual([])
})

it('says in which unit the feed counts', () => {
  const noteOf = (instrument: object) =>
    contractNote({ exchange: { id: 'okx' }, instrument } as unknown as Pick<Connection, 'exchange' | 'instrument'>)
  expect(noteOf({ contractSize: 0.01, inverse: false, base: 'BTC' })).toBe(
    'liquidations: okx counts contracts of 0.01 BTC; they are stored in BTC',
  )
  expect(noteOf({ contractSize: 100, inverse: true, base: 'BTC' })).toBe(
    'liquidations: okx counts contracts of 100 USD; they are stored in BTC',
  )
  expect(noteOf({ contractSize: 1, inverse: false, base: 'BTC' })).toBeNull()
})
