import { describe, expect, it } from 'vitest'
import { rFigure } from '../../src/charts/r-histogram.ts'
import type { Trade } from '../../src/sfp/position.ts'

describe('rFigure', () => {
  const figure = (...results: number[]) =>
    rFigure(
      results.map(r => ({ r }) as Trade),
      'Study',
    )
  const bins = (...results: number[]) =>
    figure(...results).data[0]?.xbins as { start: number; end: number; size: number }

  it('includes every trade, however large its loss or gain', () => {
    const { start, end, size } = bins(-25.1, 0.1, 107)
    expect(size).toBe(0.5)
    expect(start).toBe(-25.5)
    expect(end).toBe(107.5)
    expect(bins(-1, 2)).toEqual({ start: -1, end: 2.25, size: 0.25 })
  })

  it('limits the number of bars when a risk was almost 0', () => {
    const { start, end, size } = bins(-1, 1e9)
    expect((end - start) / size).toBeLessThanOrEqual(502)
    expect(end).toBeGreaterThan(1e9)
  })

  it('states that there is no mean without trades', () => {
    expect(figure().layout.title).toMatchObject({ subtitle: { text: 'Net result by trade; mean n/a' } })
    expect(bins()).toEqual({ start: 0, end: 0.25, size: 0.25 })
  })
})
