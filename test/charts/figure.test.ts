import { expect, it } from 'vitest'
import { binary } from '../../src/charts/figure.ts'

it('binary encodes values as little-endian base64', () => {
  expect(binary(Float64Array.of(1, -2.5))).toEqual({ dtype: 'f8', bdata: 'AAAAAAAA8D8AAAAAAAAEwA==' })
})
