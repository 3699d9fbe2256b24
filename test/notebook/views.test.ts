import { describe, expect, it } from 'vitest'
import { CONTROLS_MIME } from '../../src/notebook/mime.ts'
import type { CodeCell } from '../../src/notebook/types.ts'
import { saveControlValues, viewsOf } from '../../src/notebook/views.ts'

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
