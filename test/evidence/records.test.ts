/** Levels followed over time, and results of studies as rows, by hand. */
import { describe, expect, it } from 'vitest'
import { recordLevels } from '../../src/evidence/level-record.ts'
import { studyRows } from '../../src/evidence/study-rows.ts'
import type { Level, LevelSource } from '../../src/sfp/levels/level-source.ts'
import { marketOf } from '../market/fixtures.ts'

const line = (kind: Level['kind'], price: number, since: number): Level => ({
  ...{ kind, inner: price, outer: price, strength: 1, convergence: 0, since },
})

describe('levels followed over time', () => {
  /** Bars at 100 with these highs. */
  const bars = (highs: number[]) => marketOf(highs.map(high => [100, high, 99, 100]))
  const record = (highs: number[], levels: Level[][]) => {
    const of = bars(highs)
    const { levelId, consumed, levelCount, offset } = recordLevels(of, {
      name: 'by hand',
      forEachBar(visit) {
        for (const [t, list] of levels.entries()) visit(t, list)
      },
    })
    return { ids: [...levelId], consumed: [...consumed], levelCount, offset: [...offset] }
  }
  const zone = (inner: number, outer: number, since = 0): Level => ({ ...line('high', inner, since), outer })

  it('are the same while they overlap, and another after price went through all of them', () => {
    const { ids, consumed, levelCount, offset } = record(
      [101, 101, 104, 106, 101],
      [[zone(103, 105)], [zone(103.5, 106)], [zone(103, 105)], [zone(103, 105)], [zone(103, 105, 4)]],
    )
    // At bar 3 the high of 106 goes through; the report of that bar is still the swept level. At bar 4 it is known anew.
    expect(ids).toEqual([0, 0, 0, 0, 1])
    expect(consumed).toEqual([0, 0, 0, 1, 0])
    expect([levelCount, offset]).toEqual([2, [0, 1, 2, 3, 4, 5]])
  })

  it('are known anew also from the bar on that swept them, not from one before', () => {
    const again = (since: number) => record([101, 106, 101], [[zone(103, 105)], [], [zone(103, 105, since)]]).ids
    // Bar 1 sweeps it.
    expect(again(0)).toEqual([0, 0])
    expect(again(1)).toEqual([0, 1])
    expect(again(2)).toEqual([0, 1])
  })

  it('are swept at their exact outer edge, not before', () => {
    const states = (high: number) =>
      record([101, high, 101], [[zone(103, 105)], [zone(103, 105)], [zone(103, 105)]]).consumed
    expect(states(105)).toEqual([0, 1, 1])
    expect(states(104.999)).toEqual([0, 0, 0])
  })

  it('are several where a bar reports several, even of one place', () => {
    const { ids, levelCount } = record(
      [101, 101],
      [
        [zone(103, 105), zone(103, 105)],
        [zone(103, 105), zone(103, 105)],
      ],
    )
    expect(new Set(ids.slice(0, 2)).size).toBe(2)
    expect(new Set(ids.slice(2)).size).toBe(2)
    expect(levelCount).toBe(2)
  })

  it('end 24 bars after their last report', () => {
    const highs = (gap: number) => Array.from({ length: gap + 2 }, () => 101)
    const levels = (gap: number) => highs(gap).map((_, t) => (t === 0 || t === gap ? [zone(103, 105)] : []))
    expect(record(highs(24), levels(24)).levelCount).toBe(1)
    expect(record(highs(25), levels(25)).levelCount).toBe(2)
  })

  it('are consumed where price is beyond their inner edge, and those of sides are apart', () => {
    expect(record([101], [[zone(100, 105), zone(99.9, 105), zone(100.01, 105)]]).consumed).toEqual([1, 1, 0])
    const { ids } = record([101, 101], [[line('low', 98, 0)], [line('high', 102, 1), line('low', 98, 0)]])
    expect(ids).toEqual([0, 1, 0])
  })

  it('have edges and strengths that can be', () => {
    const wrong: [Partial<Level>, string][] = [
      [{ inner: 0 }, 'inner: 0, but expected a price above 0'],
      [{ inner: Infinity, outer: Infinity }, 'inner: Infinity'],
      [{ outer: 0, kind: 'low' }, 'outer: 0, but expected a price above 0'],
      [{ outer: Infinity }, 'outer: Infinity, but expected a price above 0'],
      [{ outer: Number.NaN }, 'outer: NaN, but expected a price above 0'],
      [{ outer: 102.9 }, 'outer: 102.9, but expected at least the inner edge 103, as it is a high'],
      [{ kind: 'low', outer: 103.1 }, 'at most the inner edge 103, as it is a low'],
      [{ strength: 0 }, 'strength: 0, but expected a number above 0'],
      [{ strength: Infinity }, 'strength: Infinity'],
    ]
    for (const [change, message] of wrong)
      expect(() => record([101], [[{ ...zone(103, 103), ...change }]])).toThrow(message)
  })
})

describe('rows of a study', () => {
  const bars = marketOf(Array.from({ length: 4 }, () => [100, 101, 99, 100]))
  const rows = (result: unknown, barOf?: (row: Record<string, unknown>) => number) => studyRows(result, bars, barOf)

  it('of a backtest are entries, exits and equity, each at its own bar', () => {
    const trade = {
      side: 'long',
      entry: 1,
      stop: 2,
      size: 3,
      entryBar: 0,
      exitBar: 2,
      reason: 'stop',
      exits: [{ price: 5 }],
      other: undefined,
    }
    const equity = [1, 2, 3, 4]
    const exit = {
      ...{ side: 'long', entry: 1, stop: 2, size: 3, entryBar: 0, exitBar: 2, reason: 'stop' },
      'exits.0.price': 5,
      other: undefined,
    }
    expect(rows({ trades: [trade], equity })).toEqual([
      { bar: 0, values: { side: 'long', entry: 1, stop: 2, size: 3, event: 'entry' } },
      { bar: 2, values: { ...exit, event: 'exit' } },
      ...[0, 1, 2].map(bar => ({ bar, values: { equity: equity[bar] }, skipLastBar: true })),
    ])
    expect(rows({ trades: [{ ...trade, reason: 'end' }] }).length).toBe(1)
    expect(() => rows({ trades: [{ ...trade, entryBar: 0.5 }] })).toThrow(
      'entryBar of a trade: 0.5, but expected the number of a bar',
    )
    expect(() => rows({ trades: [{ ...trade, exitBar: 'x' }] })).toThrow('exitBar of a trade: "x"')
  })

  it('of a series are one value a bar, and of parts have their names before them', () => {
    const series = [5, 6, 7, 8]
    const expected = series.map((value, bar) => ({ bar, values: { value } }))
    expect(rows(series)).toEqual(expected)
    expect(rows(Float64Array.from(series))).toEqual(expected)
    expect(rows({ a: series, b: Float64Array.from(series) })[5]).toEqual({ bar: 1, values: { 'b.value': 6 } })
    for (const other of [[5, 6, 7], [5, 6, 7, '8'], Float64Array.of(1, 2), {}, 5, null, 'x'])
      expect(() => rows(other)).toThrow('liq.audit: ')
  })

  it('of tables and lists are known at their bar, their exit, or where they are told', () => {
    const list = [
      {
        bar: 1,
        when: new Date(5),
        zone: { low: 1, deep: { x: 2 } },
        sizes: [1, 2],
        cells: Float64Array.of(3, 4),
        run() {},
      },
    ]
    const values = { bar: 1, when: 5, 'zone.low': 1, 'zone.deep.x': 2, sizes: '1 2', cells: '3 4' }
    for (const result of [list, { signals: list }, { objects: () => list }])
      expect(rows(result)).toEqual([{ bar: 1, values }])
    expect(rows([{ exitBar: 3 }])[0]!.bar).toBe(3)
    expect(rows([{ x: 2 }], row => Number(row.x))[0]!.bar).toBe(2)
    for (const wrong of [[{ x: 2 }], [{ bar: 0.5 }], [{ bar: '1' }]])
      expect(() => rows(wrong)).toThrow('row 1 of the study does not say at which bar it is known')
    expect(() => rows([{ bar: 1 }, 5])).toThrow('row 2 of the study is not an object, but 5')
    expect(rows([])).toEqual([])
  })

  it('of levels are those of bars at which they change', () => {
    const source: LevelSource = {
      name: 'x',
      forEachBar(visit) {
        visit(0, [line('high', 105, 0)])
        visit(1, [line('high', 105, 1)])
        visit(2, [line('high', 106, 1)])
        visit(3, [])
      },
    }
    expect(rows(source).map(({ bar, values: { levels, inner, kind } }) => [bar, levels, inner, kind])).toEqual([
      [0, 1, undefined, undefined],
      [0, undefined, 105, 'high'],
      [2, 1, undefined, undefined],
      [2, undefined, 106, 'high'],
      [3, 0, undefined, undefined],
    ])
  })
})
