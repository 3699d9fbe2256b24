/** Signals, trades, orders and near misses as tables: each column against the field that it is of. */
import { expect, it } from 'vitest'
import { FORMATS, formatOf } from '../../src/common/column-format.ts'
import { createMarket } from '../../src/market/market.ts'
import type { NearMiss } from '../../src/sfp/detect.ts'
import type { Trade } from '../../src/sfp/position.ts'
import {
  marketOrderTable,
  marketTradeTable,
  missTable,
  orderTable,
  signalTable,
  tradeTable,
} from '../../src/sfp/tables.ts'
import { HOUR, marketOf, START } from '../market/fixtures.ts'
import { createLevel, createSignal, QUIET } from './helpers.ts'

const LEVEL = { ...createLevel('low', 98, 97), strength: 7, convergence: 2 }
const TRADE: Trade = {
  signal: createSignal(1, { level: LEVEL, extreme: 95 }),
  ...{ side: 'long', entryBar: 2, exitBar: 5, entry: 100, exit: 106, stop: 94, target: 110, reason: 'trend' },
  ...{ size: 4, gross: 24, fees: 1.5, funding: 0.5, net: 22, r: 22 / 24, mae: 0.25, mfe: 1.5, ambiguous: true },
  exits: [
    { bar: 4, price: 110, size: 1, reason: 'target', fee: 0.2 },
    { bar: 5, price: 104 + 2 / 3, size: 3, reason: 'trend', fee: 0.8 },
  ],
}
const market = marketOf(Array.from({ length: 9 }, () => QUIET))

it('the table of signals has every field, with times at the closes of their bars', () => {
  const level = { ...createLevel('high', 105, 107), strength: 12, convergence: 3, since: 2 }
  const signal = createSignal(6, {
    ...{ side: 'short', sweepBar: 4, level, extreme: 106.5, move: 1.25, sweepDepth: 0.75, consumed: 0.6 },
    ...{ depth: 0.5, depthPct: 1.4, volumeOutside: 2.5, opposite: 95 },
  })
  expect(signalTable(market, [signal]).objects()).toEqual([
    {
      time: new Date(START + 7 * HOUR),
      bar: 6,
      side: 'short',
      reason:
        'swept the high 105–107 (60 % of its USD) to 106.5, 0.50 ATR deep in a move of 1.25 ATR; closed back after 2 bars: short',
      levelInner: 105,
      levelOuter: 107,
      levelSince: new Date(START + 3 * HOUR),
      strength: 12,
      convergence: 3,
      sweepBar: 4,
      extreme: 106.5,
      move: 1.25,
      sweepDepth: 0.75,
      consumed: 0.6,
      depth: 0.5,
      depthPct: 1.4,
      volumeOutside: 2.5,
      opposite: 95,
    },
  ])
  const line = createSignal(6, { sweepBar: 6, depth: Number.NaN })
  expect(signalTable(market, [line]).get('reason', 0)).toBe('swept the low 98 to 95; closed back in the same bar: long')
  expect(signalTable(market, []).numRows()).toBe(0)
})

it('the table of trades has every field, with times at the opens of their bars', () => {
  const row = {
    ...{ entryTime: new Date(START + 2 * HOUR), exitTime: new Date(START + 5 * HOUR), side: 'long', entry: 100 },
    ...{ exit: 106, stop: 94, target: 110, size: 4, reason: 'trend', r: 22 / 24, returnPct: 5.5, net: 22, gross: 24 },
    ...{ fees: 1.5, funding: 0.5, mae: 0.25, mfe: 1.5, bars: 4, exits: 2, ambiguous: true, levelInner: 98 },
    ...{ levelOuter: 97, extreme: 95, strength: 7, convergence: 2, signalBar: 1, entryBar: 2, exitBar: 5 },
  }
  expect(tradeTable(market, [TRADE]).objects()).toEqual([row])
  expect(marketTradeTable([{ ...TRADE, market: 'X' }], () => market).objects()).toEqual([{ market: 'X', ...row }])
})

it('numbers in the tables have the formats of their units', () => {
  const formats = (table: { data(): unknown }, ...names: string[]) => {
    const columns = table.data() as Record<string, unknown>
    return names.map(name => formatOf(columns[name]))
  }
  expect(formats(signalTable(market, [createSignal(1)]), 'move', 'sweepDepth', 'depthPct', 'bar')).toEqual([
    ...[FORMATS.atr, FORMATS.share, FORMATS.percent, undefined],
  ])
  expect(formats(tradeTable(market, [TRADE]), 'r', 'returnPct', 'net', 'fees', 'mae')).toEqual([
    ...[FORMATS.r, FORMATS.signedPercent, FORMATS.resultUsd, FORMATS.usd, FORMATS.unsignedR],
  ])
  const inMarket = [{ ...TRADE, market: 'X' }]
  for (const orders of [orderTable(market, [TRADE]), marketOrderTable(inMarket, () => market)])
    expect(formats(orders, 'notional', 'fee')).toEqual([FORMATS.usd, FORMATS.usd])
})

it('the table of orders has entries and exits by bar, a fee each', () => {
  const short: Trade = {
    ...{ ...TRADE, side: 'short', entryBar: 3, exitBar: 3, entry: 50, size: 2, fees: 0.3 },
    exits: [{ bar: 3, price: 49, size: 2, reason: 'stop', fee: 0.1 }],
  }
  const order = (bar: number, trade: number, side: string, name: string, price: number, size: number, fee: number) => ({
    ...{ time: new Date(START + bar * HOUR), bar, trade, order: name, side, price, size },
    ...{ notional: price * size, fee: expect.closeTo(fee, 12) },
  })
  expect(orderTable(market, [TRADE, short]).objects()).toEqual([
    order(2, 0, 'buy', 'entry', 100, 4, 0.5),
    order(3, 1, 'sell', 'entry', 50, 2, 0.2),
    order(3, 1, 'buy', 'stop', 49, 2, 0.1),
    order(4, 0, 'sell', 'target', 110, 1, 0.2),
    order(5, 0, 'sell', 'trend', 104 + 2 / 3, 3, 0.8),
  ])
})

it('the table of orders of several markets has them by the open of their bars, whatever their timeframes', () => {
  // Bar 1 of the long bars opens at 4 h; bars 2, 4 and 5 of the hours are those of the trade above.
  const long = createMarket(
    { ...market, time: market.time.map((_, t) => START + 4 * t * HOUR) },
    { ...market, symbol: 'LONG', barMs: 4 * HOUR, notes: [] },
  )
  const short: Trade = {
    ...{ ...TRADE, side: 'short', entryBar: 0, exitBar: 1, entry: 50, size: 2, fees: 0.3 },
    exits: [{ bar: 1, price: 49, size: 2, reason: 'stop', fee: 0.1 }],
  }
  const trades = [
    { ...short, market: 'LONG' },
    { ...TRADE, market: 'HOUR' },
  ]
  const rows = marketOrderTable(trades, trade => (trade.market === 'LONG' ? long : market)).objects()
  expect(rows[0]).toEqual({
    ...{ market: 'LONG', time: new Date(START), bar: 0, trade: 0, order: 'entry', side: 'sell' },
    ...{ price: 50, size: 2, notional: 100, fee: expect.closeTo(0.2, 12) },
  })
  expect(
    (rows as { market: string; time: Date; trade: number }[]).map(row => [row.market, row.time, row.trade]),
  ).toEqual([
    ['LONG', new Date(START), 0],
    ['HOUR', new Date(START + 2 * HOUR), 1],
    ['LONG', new Date(START + 4 * HOUR), 0],
    ['HOUR', new Date(START + 4 * HOUR), 1],
    ['HOUR', new Date(START + 5 * HOUR), 1],
  ])
})

it('the table of near misses says by how much', () => {
  const miss: NearMiss = {
    ...{ condition: 'minMove', value: 0.5, needed: 0.75, bar: 6, side: 'short', sweepBar: 4 },
    level: { ...LEVEL, kind: 'high' },
  }
  expect(missTable(market, [miss]).objects()).toEqual([
    {
      ...{ time: new Date(START + 7 * HOUR), bar: 6, side: 'short', condition: 'minMove', value: 0.5, needed: 0.75 },
      ...{ by: 0.25, sweepBar: 4, levelInner: 98, levelOuter: 97, strength: 7, convergence: 2 },
    },
  ])
})
