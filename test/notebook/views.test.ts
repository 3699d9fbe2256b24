import { describe, expect, it } from 'vitest'
import { CONTROLS_MIME } from '../../src/notebook/mime.ts'
import type { CodeCell } from '../../src/notebook/types.ts'
import { saveControlValues, viewsOf, withoutStaleViews } from '../../src/notebook/views.ts'

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
  const payloads = { 'application/vnd.liqnb.study+json': { view: 'study' }, 'application/vnd.dataresource+json': {} }
  const cell = (views: object, others = {}): CodeCell => ({
    cell_type: 'code',
    id: 'a',
    source: '',
    metadata: { tags: ['x'], liqnb: { views, ...others } } as CodeCell['metadata'],
    outputs: [{ output_type: 'display_data', data: payloads, metadata: {} }],
  })

  it('are removed; those that are shown stay', () => {
    const { metadata } = withoutStaleViews(cell({ study: 1, table: 2, gone: 3, ['__proto__']: 4 }))
    expect(metadata).toEqual({ tags: ['x'], liqnb: { views: { study: 1, table: 2 } } })
  })
  it('leave no empty metadata', () => {
    expect(withoutStaleViews(cell({ gone: 1 })).metadata).toEqual({ tags: ['x'] })
    expect(withoutStaleViews(cell({ gone: 1 }, { other: 1 })).metadata).toEqual({ tags: ['x'], liqnb: { other: 1 } })
  })
  it('do not change other metadata', () => {
    const { metadata } = cell({ study: 1 })
    expect(withoutStaleViews(cell({ study: 1 })).metadata).toEqual(metadata)
  })
})
