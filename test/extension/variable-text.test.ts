/** Variables as text for the view. */
import { expect, it } from 'vitest'
import { variableDescription, variableLabel, variableTooltip } from '../../src/extension/variable-text.ts'

const table = { name: 't', type: 'Table', shape: '10 × 2', preview: 'a, b', size: { bytes: 2_400_000, atLeast: true } }
const number = { name: 'n', type: 'number', shape: '', preview: '42', size: { bytes: 8, atLeast: false } }

it('shows type, shape, the size of what is large, and the preview', () => {
  expect(variableDescription(table)).toBe('Table 10 × 2  ≥ 2.4 MB  a, b')
  expect(variableDescription(number)).toBe('number  42')
})

it('says all of it in the tooltip and to screen readers', () => {
  expect(variableTooltip(table)).toBe('t: Table 10 × 2\n≥ 2.4 MB\na, b')
  expect(variableLabel(number)).toBe('n, number, ≈ 8 B, 42')
  expect(variableLabel({ ...number, size: null, preview: '' })).toBe('n, number')
})
