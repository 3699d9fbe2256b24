import { describe, expect, it } from 'vitest'
import { sweepFigure } from '../../src/charts/sweep.ts'
import { Outcomes } from '../../src/sfp/search/outcomes.ts'
import type { Sweep } from '../../src/sfp/search/sweep.ts'

describe('sweepFigure', () => {
  it('keeps the colour scale finite when a variant has no losses', () => {
    const variants = [1, 2].flatMap(a => [3, 4].map(b => ({ a, b })))
    const values = [0.5, Number.POSITIVE_INFINITY, -2, Number.NaN]
    const sweep: Sweep = {
      variants,
      outcomes: new Outcomes(variants.length, 'figures'),
      metric: (_, k) => values[k]!,
      best: () => 1,
    }
    expect(sweepFigure(sweep, 'Sweep').data[0]).toMatchObject({ zmin: -2, zmax: 2 })
  })
})
