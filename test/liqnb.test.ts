import { expect, it } from 'vitest'
import * as library from '../src/liqnb.ts'

it('exports each member of liq under its own name, and nothing else besides liq and aq', () => {
  const { liq, aq, ...members } = library
  expect(Object.keys(members).sort()).toEqual(Object.keys(liq).sort())
  for (const [name, value] of Object.entries(members)) expect(value, name).toBe(liq[name as keyof typeof liq])
  expect(aq.desc).toBeTypeOf('function')
})
