/** Signals as a table: each column against the field that it is of. */
import { expect, it } from 'vitest'
import { signalTable } from '../../src/sfp/tables.ts'
import { HOUR, marketOf, START } from '../market/fixtures.ts'
import { createLevel, createSignal, QUIET } from './helpers.ts'

it('the table of signals has every field, with times at the closes of their bars', () => {
  const market = marketOf(Array.from({ length: 9 }, () => QUIET))
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
