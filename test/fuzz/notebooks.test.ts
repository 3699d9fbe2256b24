import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fuzzNotebooks, readNotebooks } from './notebooks.ts'

it('any file is refused, or keeps its bytes and exports safely', () => {
  const { read, refused } = fuzzNotebooks(1, 1000, readNotebooks(join(import.meta.dirname, '../../samples')))
  // Both happen often enough to mean something.
  expect(Math.min(read, refused)).toBeGreaterThan(200)
})
