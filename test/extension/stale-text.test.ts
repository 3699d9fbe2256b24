import { expect, it } from 'vitest'
import { staleText } from '../../src/extension/stale-text.ts'

const numberOf = (cell: string) => (cell === 'gone' ? undefined : Number(cell))
const text = (reason: Partial<Parameters<typeof staleText>[0]>) =>
  staleText({ edited: false, changed: [], outdated: [], ...reason }, numberOf)

it.each([
  [{ edited: true }, 'stale: edited'],
  [{ changed: [{ name: 'market', from: '2' }] }, 'stale: market changed'],
  [
    { edited: true, changed: [{ name: 'market', from: '2' }], outdated: [{ name: 'map', from: '3' }] },
    'stale: edited, market changed',
  ],
  [{ outdated: [{ name: 'map', from: '3' }] }, 'stale: map is stale'],
  [{ changed: ['a', 'b', 'c', 'd'].map(name => ({ name, from: '1' })) }, 'stale: a, b, c, … changed'],
  [
    {
      outdated: [
        { name: 'a', from: '1' },
        { name: 'b', from: '1' },
      ],
    },
    'stale: a, b are stale',
  ],
])('%j is said as %s', (reason, expected) => {
  expect(text(reason).text).toBe(expected)
})

it('tells where each name comes from', () => {
  const { details } = text({
    edited: true,
    changed: [
      { name: 'a', from: '2' },
      { name: 'b', from: undefined },
    ],
    outdated: [{ name: 'c', from: '4' }],
  })
  expect(details).toEqual([
    'The code has changed since this cell ran.',
    'a is not what this cell has read: cell 2 defines it.',
    'b is no longer defined by a cell.',
    'c comes from cell 4, which is stale.',
  ])
})
