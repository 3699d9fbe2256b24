import { describe, expect, it } from 'vitest'
import { CONTROLS_MIME } from '../../src/notebook/mime.ts'
import type { CodeCell } from '../../src/notebook/types.ts'
import { keepControlValues, viewsOf } from '../../src/notebook/views.ts'

const shown = (view: string): CodeCell => ({
  cell_type: 'code',
  id: 'a',
  source: '',
  metadata: {},
  outputs: [
    { output_type: 'display_data', data: { [CONTROLS_MIME]: { view, values: { halfLife: 3 } } }, metadata: {} },
  ],
})

describe('the values of controls after a run', () => {
  it('are kept where the reader had set some, or one was asked for by name', () => {
    const cell = shown('controls:halfLife')
    expect(keepControlValues(cell, new Set())).toBe(cell)
    const kept = keepControlValues(cell, new Set(['halfLife']))
    expect(viewsOf(kept.metadata)).toEqual({ 'controls:halfLife': { values: { halfLife: 3 } } })
    expect(keepControlValues(kept, new Set())).toEqual(kept)
  })

  it.each(['constructor', '__proto__', 'toString'])('of a view called %s are those of a view nobody has set', view => {
    const cell = shown(view)
    expect(keepControlValues(cell, new Set())).toBe(cell)
  })
})
