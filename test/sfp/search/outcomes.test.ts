/** What a sweep keeps of its backtests: in memory and in files the same, in the order of the variants. */
import { describe, expect, it } from 'vitest'
import { type OpenSpill, Outcomes } from '../../../src/sfp/search/outcomes.ts'
import { buffersOf, packOutcomes } from '../../../src/sfp/search/packed-outcomes.ts'
import { type Keep, METRICS, type Outcome } from '../../../src/sfp/search/run-variant.ts'
import { sweepOf } from '../../../src/sfp/search/sweep.ts'

const PERIODS = 3

/** The outcome of variant k: k trades, and values that tell it from all others. */
function outcomeOf(k: number, keep: Keep): Outcome {
  const values = (from: number, length: number) => Array.from({ length }, (_, i) => 1000 * k + from + i)
  return {
    metrics: Float64Array.from(values(100, METRICS.length)),
    returns: keep === 'figures' ? null : Float64Array.from(values(200, PERIODS)),
    trades:
      keep === 'trades'
        ? {
            entryBar: Int32Array.from(values(300, k)),
            exitBar: Int32Array.from(values(400, k)),
            returns: Float64Array.from(values(500, k)),
            r: Float64Array.from(values(600, k)),
          }
        : null,
  }
}

/** Files in memory, and what was done to them. */
function createFiles() {
  const files = new Map<string, { columns: string[]; groups: Record<string, ArrayLike<number>>[]; finished: number }>()
  const open: OpenSpill = (name, columns) => {
    const file = { columns: columns.map(column => column.name), groups: [], finished: 0 } as NonNullable<
      ReturnType<typeof files.get>
    >
    expect(files.has(name)).toBe(false)
    files.set(name, file)
    return {
      append: group => file.groups.push(Object.fromEntries(Object.entries(group).map(([k, v]) => [k, v.slice()]))) - 1,
      read: (group, column, from, to) => (file.groups[group]![column] as Float64Array<ArrayBuffer>).slice(from, to),
      finish: () => {
        file.finished++
      },
    }
  }
  return { files, open }
}

/** Batches of variants, out of order. */
const BATCHES = [[4, 1], [0, 5, 2], [3]]

function collect(keep: Keep, open: OpenSpill | null = null, maxBytes?: number): Outcomes {
  const outcomes = new Outcomes(6, keep, open, maxBytes)
  for (const members of BATCHES) outcomes.add(members, packOutcomes(members.map(k => outcomeOf(k, keep))))
  outcomes.finish()
  return outcomes
}

describe('the outcomes of a sweep', () => {
  it.each<Keep>(['figures', 'returns', 'trades'])('are those of each variant, with %s kept', keep => {
    const expected = [0, 1, 2, 3, 4, 5].map(k => outcomeOf(k, keep))
    // All in memory, all in files, and the first batch in memory: its returns take 2 · 3 · 8 bytes, its trades 5 · 24 more.
    for (const maxBytes of [Infinity, 0, 2 * PERIODS * 8 + (keep === 'trades' ? 5 * 24 : 0)]) {
      const { files, open } = createFiles()
      const outcomes = collect(keep, open, maxBytes)
      expect([...outcomes]).toEqual(expected)
      expect(outcomes.at(3)).toEqual(expected[3])
      for (const index of [-1, 6, 0.5]) expect(outcomes.at(index)).toBeUndefined()
      for (const k of [0, 4]) expect(outcomes.metric(k, 7)).toBe(1000 * k + 107)
      const spilled = maxBytes === Infinity || keep === 'figures' ? 0 : maxBytes === 0 ? 3 : 2
      expect(files.get('returns')?.groups.length ?? 0).toBe(spilled)
      expect(files.get('trades')?.groups.length ?? 0).toBe(keep === 'trades' ? spilled : 0)
      for (const file of files.values()) expect(file.finished).toBe(1)
      if (keep === 'figures') continue
      const returns = outcomes.returns()
      expect([...returns]).toEqual(expected.map(each => each.returns))
      expect(returns.length).toBe(6)
      expect([returns.at(5), returns.at(-1), returns.at(6), returns.at(1.5)]).toEqual([
        expected[5]!.returns,
        ...[undefined, undefined, undefined],
      ])
      if (keep === 'trades') expect([...outcomes.trades()]).toEqual(expected.map(each => each.trades))
    }
    expect([...collect(keep)]).toEqual(expected)
  })

  it('have all their arrays listed for a transfer', () => {
    const lists = (['figures', 'returns', 'trades'] as const).map(keep =>
      packOutcomes([1, 2].map(k => outcomeOf(k, keep))),
    )
    for (const { metrics, returns, trades } of lists) {
      const arrays = [metrics, returns, trades?.starts, trades?.entryBar, trades?.exitBar, trades?.returns, trades?.r]
      const buffers = arrays.flatMap(values => (values ? [values.buffer] : []))
      expect(new Set(buffersOf({ count: 2, metrics, returns, trades }))).toEqual(new Set(buffers))
    }
    expect(lists.map(packed => buffersOf(packed).length)).toEqual([1, 2, 7])
  })

  it('name the variant of each value in the files', () => {
    const { files, open } = createFiles()
    collect('trades', open, 0)
    expect(files.get('returns')!.columns).toEqual(['variant', 'return'])
    expect(files.get('trades')!.columns).toEqual(['variant', 'entryBar', 'exitBar', 'return', 'r'])
    expect([...(files.get('returns')!.groups[0]!.variant as Int32Array)]).toEqual([4, 4, 4, 1, 1, 1])
    expect(files.get('trades')!.groups.map(({ variant }) => [...(variant as Int32Array)])).toEqual([
      [4, 4, 4, 4, 1],
      [5, 5, 5, 5, 5, 2, 2],
      [3, 3, 3],
    ])
  })

  it('have metrics by name, of variants that there are, and a best one among those that traded enough', () => {
    const [trades, sharpe] = [METRICS.indexOf('trades'), METRICS.indexOf('sharpe')]
    const of = (rows: readonly [trades: number, sharpe: number][]) => {
      const outcomes = new Outcomes(rows.length, 'figures')
      const packed = packOutcomes(
        rows.map(([count, ratio]) => {
          const metrics = new Float64Array(METRICS.length).fill(-1)
          metrics[trades] = count
          metrics[sharpe] = ratio
          return { metrics, returns: null, trades: null }
        }),
      )
      outcomes.add([...rows.keys()], packed)
      return sweepOf(
        rows.map((_, k) => ({ k })),
        outcomes,
      )
    }
    const sweep = of([
      [5, 1],
      [20, 3],
      [9, 7],
      [30, 3],
      [40, Number.NaN],
    ])
    expect([0, 1, 4].map(k => sweep.metric('trades', k))).toEqual([5, 20, 40])
    for (const variant of [-1, 5, 0.5, Number.NaN])
      expect(() => sweep.metric('trades', variant)).toThrow(`sweep.metric: variant: ${variant}, but expected 0 to 4`)
    expect(() => sweep.metric('luck' as 'sharpe', 0)).toThrow(
      'sweep.metric: name: "luck", but expected trades, winRate',
    )
    expect(sweep.best('sharpe')).toBe(2)
    // The first of two that are equally good.
    expect(sweep.best('sharpe', 10)).toBe(1)
    expect(sweep.best('sharpe', 20)).toBe(1)
    expect(sweep.best('sharpe', 21)).toBe(3)
    expect(sweep.best('sharpe', 31)).toBe(-1)
    expect(of([[0, Number.NaN]]).best('sharpe')).toBe(-1)
  })

  it('that were not kept are refused with what to do', () => {
    expect(() => collect('figures').returns('sweep.x')).toThrow(
      "sweep.x: needs the returns of every variant, but the sweep kept only figures: run it with keep: 'returns'",
    )
    expect(() => collect('figures').trades('sweep.x')).toThrow("kept only figures: run it with keep: 'trades'")
    expect(() => collect('returns').trades()).toThrow(
      "sweep.outcomes.trades: needs the trades of every variant, but the sweep kept returns but no trades: run it with keep: 'trades'",
    )
  })
})
