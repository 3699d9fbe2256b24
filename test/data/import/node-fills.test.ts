/** Liquidations in the fills of a node of Hyperliquid, and what a market says of records of liquidations. */
import { expect, it } from 'vitest'
import { nodeLiquidations } from '../../../src/data/import/node-fills.ts'
import { liq } from '../../../src/liqnb.ts'
import { scratch } from './helpers.ts'
import { CANDLES, RECORD_FILES } from './published-files.ts'

const { write } = scratch()

it('counts the fill of the liquidated account alone', () => {
  const fill = { coin: 'BTC', px: '1', sz: '2', tid: 3, side: 'A' }
  const liquidation = { liquidatedUser: '0xab', markPx: '1.1', method: 'backstop' }
  const own = { ...fill, liquidatedUser: '0xab', markPx: '1.1', method: 'backstop' }
  expect(nodeLiquidations(['0xAB', { ...fill, liquidation }])).toEqual([own])
  expect(nodeLiquidations(['0xcd', { ...fill, liquidation }])).toEqual([])
  expect(nodeLiquidations(['0xab', fill])).toEqual([])
  const events = [
    ['0xab', { ...fill, liquidation }],
    ['0xcd', { ...fill, liquidation }],
  ]
  expect(nodeLiquidations({ block_number: 1, events })).toEqual([own])
  for (const other of [[1, 2], ['0xab', { time: 1 }], { events: [] }, { block_number: 1, events: [{}] }, fill])
    expect(nodeLiquidations(other)).toBeNull()
})

it.each([
  ['Hyperliquid', 'liquidations', /Hyperliquid writes every liquidation to its node fills/],
  ['Binance', 'forced orders, USD-M', /Binance sends at most one liquidation a second and symbol/],
  ['OKX', 'liquidations', /OKX states the bankruptcy prices/],
  ['Bybit', 'liquidations', /Bybit sends all liquidations since its feed of 2025/],
  ['Coinalyze', 'liquidations of inverse contracts', /Coinalyze sums up what exchanges publish/],
  ['Coinglass', 'liquidations', /Coinglass sums up what exchanges publish/],
  ['Tardis', 'liquidations of one microsecond', /Tardis records the feed.*binance sends at most one/s],
])('a market says what the liquidations of %s leave out: %s', async (venue, series, note) => {
  const file = RECORD_FILES.find(each => each.venue === venue && each.series.startsWith(series))!
  const market = await liq.market({
    file: [write(CANDLES, 'candles.csv'), { file: write(file.text, file.file), ...file.options }],
  })
  expect(market.notes.join('\n')).toMatch(note)
})

it('says nothing of feeds where no liquidations were read, and how to unpack an archive', async () => {
  const { notes } = await liq.market({ file: write(CANDLES, 'BTCUSDT-1h.csv') })
  expect(notes.join()).not.toMatch(/lower bound|feed/)
  const packed = write(Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0, 0), '0.lz4')
  await expect(liq.market({ file: packed })).rejects.toThrow(/packed with LZ4: unpack it first, e.g. with unlz4/)
})
