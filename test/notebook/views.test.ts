import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/common/json.ts'
import { liq } from '../../src/liqnb.ts'
import { CONTROLS_MIME, EXPLORER_MIME, isOwnMime, STUDY_MIME } from '../../src/notebook/mime.ts'
import type { CodeCell, MimeBundle } from '../../src/notebook/types.ts'
import { saveControlValues, viewsOf, withoutStaleViews } from '../../src/notebook/views.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { bundleOf } from '../charts/helpers.ts'

const cellWithControls = (view: string): CodeCell => ({
  cell_type: 'code',
  id: 'a',
  source: '',
  metadata: {},
  outputs: [
    { output_type: 'display_data', data: { [CONTROLS_MIME]: { view, values: { halfLife: 3 } } }, metadata: {} },
  ],
})

describe('the values of controls after a run', () => {
  it('are saved if the reader has set some, or one is a parameter', () => {
    const cell = cellWithControls('controls:halfLife')
    expect(saveControlValues(cell, new Set())).toBe(cell)
    const saved = saveControlValues(cell, new Set(['halfLife']))
    expect(viewsOf(saved.metadata)).toEqual({ 'controls:halfLife': { values: { halfLife: 3 } } })
    expect(saveControlValues(saved, new Set())).toEqual(saved)
  })

  it.each(['constructor', '__proto__', 'toString'])('of a view with the name %s are not saved by accident', view => {
    const cell = cellWithControls(view)
    expect(saveControlValues(cell, new Set())).toBe(cell)
  })
})

describe('views that a cell no longer shows after a run', () => {
  // The payloads that the library makes: their views must be found by the name that they save under.
  const market = simulateMarket({ seed: 1, bars: 60 })
  const own = (value: unknown) =>
    Object.entries(bundleOf<Record<string, Json>>(value)).filter(([mime]) => isOwnMime(mime))
  const payloads = Object.fromEntries([
    ...own(liq.heatmap(market)),
    ...own(liq.sfp(market, { levels: 'pivots' }).backtest()),
    ['application/vnd.dataresource+json', {}],
  ]) as MimeBundle
  const [map, study] = [EXPLORER_MIME, STUDY_MIME].map(mime => (payloads[mime] as { id: string }).id) as [
    string,
    string,
  ]
  const cell = (views: object, others = {}): CodeCell => ({
    cell_type: 'code',
    id: 'a',
    source: '',
    metadata: { tags: ['x'], liqnb: { views, ...others } } as CodeCell['metadata'],
    outputs: [{ output_type: 'display_data', data: payloads, metadata: {} }],
  })

  it('are removed; those that are shown stay, with their parts', () => {
    const views = { [study]: 1, table: 2, [map]: 3, [`${map}:model`]: 4, [`${map}:edge`]: 5 }
    const stale = { gone: 6, 'gone:model': 7, ['__proto__']: 8 }
    const { metadata } = withoutStaleViews(cell({ ...stale, ...views }))
    expect(metadata).toEqual({ tags: ['x'], liqnb: { views } })
  })
  it('leave no empty metadata', () => {
    expect(withoutStaleViews(cell({ gone: 1 })).metadata).toEqual({ tags: ['x'] })
    expect(withoutStaleViews(cell({ gone: 1 }, { other: 1 })).metadata).toEqual({ tags: ['x'], liqnb: { other: 1 } })
  })
  it('do not change other metadata', () => {
    const { metadata } = cell({ [study]: 1 })
    expect(withoutStaleViews(cell({ [study]: 1 })).metadata).toEqual(metadata)
  })
})
