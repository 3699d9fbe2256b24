import { expect, it } from 'vitest'
import type { Connection } from '../../../src/data/exchange/connect.ts'
import { fileFeedNotes, liveFeedNotes } from '../../../src/data/liquidation-bias.ts'
import { contractNote } from '../../../src/data/live/liquidation-feeds.ts'

it('says which feeds leave liquidations out', () => {
  expect(liveFeedNotes('binanceusdm').join()).toMatch(/at most one liquidation a second and symbol, .* lower bound/)
  expect(liveFeedNotes('okx').join()).toMatch(/at most one liquidation a second.*bankruptcy prices/)
  expect(liveFeedNotes('bybit')).toEqual([])
})

it('says of each source of files what it leaves out', () => {
  expect(fileFeedNotes('Binance forced orders', 'binance').join()).toMatch(/^Binance sends at most one .* lower bound/)
  expect(fileFeedNotes('Bybit liquidations', 'bybit').join()).toMatch(
    /all liquidations since its feed of 2025; earlier/,
  )
  expect(fileFeedNotes('Tardis liquidations', 'okx')).toHaveLength(3)
  expect(fileFeedNotes('Coinalyze liquidations', undefined).join()).toMatch(/sums up what exchanges publish/)
  expect(fileFeedNotes('Hyperliquid node fills', 'hyperliquid').join()).toMatch(/complete/)
  expect(fileFeedNotes(undefined, 'binance')).toHaveLength(1)
  expect(fileFeedNotes(undefined, undefined)).toEqual([])
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
