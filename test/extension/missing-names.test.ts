/** Advice on a name that a cell did not find. */
import { expect, it } from 'vitest'
import { missingName, withMissingCell } from '../../src/extension/missing-names.ts'
import { createErrorOutput } from '../../src/notebook/outputs.ts'

const error = (name: string, message: string) => createErrorOutput(name, message)

it('finds the name', () => {
  expect(missingName(error('ReferenceError', 'btc is not defined'))).toBe('btc')
  expect(missingName(error('TypeError', 'btc is not defined'))).toBeUndefined()
  expect(missingName(error('ReferenceError', "Cannot access 'btc' before initialization"))).toBeUndefined()
})

it('names the cell in place of other advice', () => {
  const output = { ...error('ReferenceError', 'btc is not defined'), traceback: ['x', '', '→ Did you mean abc?'] }
  expect(withMissingCell(output, 'btc', 2, false).traceback).toEqual([
    'x',
    '',
    '→ Cell 2 declares btc, and has not run in this kernel: run it first.',
  ])
  expect(withMissingCell({ ...output, traceback: ['x'] }, 'btc', 2, true).traceback).toEqual([
    'x',
    '',
    '→ btc was defined before the window was reloaded: run cell 2, which declares it.',
  ])
})
