import { expect, it } from 'vitest'
import { newCodeCell, newNotebook } from '../../src/notebook/create.ts'
import { titleWithParameters } from '../../src/notebook/page-title.ts'

it('a title holds the plain values of the parameters, as injected cells override them', () => {
  const cell = (source: string, tag: string) => newCodeCell(tag, source, { tags: [tag] })
  const parameters = cell("const file = '', symbol = 'BTC', days = 60, mix = { 10: 1 }", 'parameters')
  expect(titleWithParameters(newNotebook([parameters]), 'btc')).toBe('btc · symbol BTC · days 60')
  const injected = cell("// Parameters\nconst symbol = 'ETH'", 'injected-parameters')
  expect(titleWithParameters(newNotebook([parameters, injected]), 'btc')).toBe('btc · symbol ETH · days 60')
  expect(titleWithParameters(newNotebook([newCodeCell('a', 'const x = 1')]), 'btc')).toBe('btc')
  const many = cell(Array.from({ length: 8 }, (_, i) => `const p${i} = ${i}`).join('\n'), 'parameters')
  expect(titleWithParameters(newNotebook([many]), 'n')).toBe('n · p0 0 · p1 1 · p2 2 · p3 3 · p4 4 · and 3 more')
})
