import { describe, expect, it } from 'vitest'
import { rFigure } from '../../src/charts/r-histogram.ts'
import { sweepFigure } from '../../src/charts/sweep.ts'
import type { Trade } from '../../src/sfp/position.ts'
import type { Sweep } from '../../src/sfp/search/sweep.ts'

describe('the histogram of results', () => {
  const figure = (...results: number[]) =>
    rFigure(
      results.map(r => ({ r }) as Trade),
      'Study',
    )
  const bins = (...results: number[]) =>
    figure(...results).data[0]!.xbins as { start: number; end: number; size: number }

  it('leaves no trade out, however large its loss or gain', () => {
    const { start, end, size } = bins(-25.1, 0.1, 107)
    expect(size).toBe(0.5)
    expect(start).toBe(-25.5)
    expect(end).toBe(107.5)
    expect(bins(-1, 2)).toEqual({ start: -1, end: 2.25, size: 0.25 })
  })

  it('has a bearable number of bars, also where a risk was next to nothing', () => {
    const { start, end, size } = bins(-1, 1e9)
    expect((end - start) / size).toBeLessThanOrEqual(502)
    expect(end).toBeGreaterThan(1e9)
  })

  it('says so when there is no trade', () => {
    expect(figure().layout.title).toMatchObject({ subtitle: { text: 'Net result by trade; mean n/a' } })
    expect(bins()).toEqual({ start: 0, end: 0.25, size: 0.25 })
  })
})

describe('the figure of a sweep', () => {
  it('has a finite scale beside variants without a loss', () => {
    const variants = [1, 2].flatMap(a => [3, 4].map(b => ({ a, b })))
    const values = [0.5, Number.POSITIVE_INFINITY, -2, Number.NaN]
    const sweep: Sweep = { variants, outcomes: [], figure: (_, k) => values[k]!, best: () => 1 }
    expect(sweepFigure(sweep, 'Sweep').data[0]).toMatchObject({ zmin: -2, zmax: 2 })
  })
})
