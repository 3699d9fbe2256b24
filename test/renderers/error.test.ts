import { expect, it } from 'vitest'
import { errorParts } from '../../renderers/error/parts.ts'

const TRACEBACK = [
  'TypeError: no',
  '    at f (Cell 3:4:66)',
  '    at async Cell 12:2:7',
  '    at Object.market (liqnb)',
  'Caused by: Error: Cell 1:1:1 is no place here',
  '',
  '2 | await f()',
  '          ^',
  '',
  '→ Did you mean liq.f?',
]

it('an error is split into places in cells, code, and what to do', () => {
  const { name, message, lines, advice } = errorParts('TypeError', 'no', TRACEBACK)
  expect({ name, message, advice }).toEqual({ name: 'TypeError', message: 'no', advice: 'Did you mean liq.f?' })
  expect(lines.flatMap(({ place }) => place ?? [])).toEqual([
    { text: 'Cell 3:4:66', cell: 3, line: 4, column: 66 },
    { text: 'Cell 12:2:7', cell: 12, line: 2, column: 7 },
  ])
  expect(lines.map(({ before, place, after }) => before + (place?.text ?? '') + after)).toEqual(TRACEBACK.slice(1, -2))
  expect(lines.filter(({ code }) => code).map(({ before }) => before)).toEqual(TRACEBACK.slice(6, 8))
})

it('a text that does not begin with name and message is kept whole', () => {
  expect(errorParts('Interrupted', 'The cell was interrupted.', ['other']).lines.map(({ before }) => before)).toEqual([
    'other',
  ])
  expect(errorParts('Interrupted', '', []).lines).toEqual([])
})
