import typescript from '@typescript/typescript6'
import { describe, expect, it } from 'vitest'
import { changeHeatmapCall } from '../../src/extension/heatmap-call.ts'
import type { HeatmapChange } from '../../src/kernel/messaging.ts'

const NONE: HeatmapChange = { market: 'btc', set: [], remove: [] }
const change = (source: string, part: Partial<HeatmapChange>) =>
  changeHeatmapCall(typescript, source, { ...NONE, ...part })
const halfLife = { set: [['halfLife', "'3d'"]] as [string, string][] }

describe('a call of liq.heatmap in a cell', () => {
  it.each([
    ['liq.heatmap(btc)', "liq.heatmap(btc, { halfLife: '3d' })"],
    ['liq.heatmap(btc, {})', "liq.heatmap(btc, { halfLife: '3d' })"],
    [
      "const map = liq.heatmap(btc, { halfLife: '7d', scale: 2 })\nmap",
      "const map = liq.heatmap(btc, { halfLife: '3d', scale: 2 })\nmap",
    ],
    ['liq.heatmap(btc, { halfLife })', "liq.heatmap(btc, { halfLife: '3d' })"],
    ['liq.heatmap(btc, options)', "liq.heatmap(btc, { ...options, halfLife: '3d' })"],
    ['liq.heatmap(btc, { ...options })', "liq.heatmap(btc, { ...options, halfLife: '3d' })"],
    [
      'liq.heatmap(btc, {\n  // why\n  scale: 2,\n})',
      "liq.heatmap(btc, {\n  // why\n  scale: 2,\n  halfLife: '3d',\n})",
    ],
    [
      "liq.heatmap(await liq.market({ file: 'a.csv' }) as Market)",
      "liq.heatmap(await liq.market({ file: 'a.csv' }) as Market, { halfLife: '3d' })",
    ],
    [
      "// liq.heatmap(eth)\n'liq.heatmap(x)'; liq.heatmap(btc)",
      "// liq.heatmap(eth)\n'liq.heatmap(x)'; liq.heatmap(btc, { halfLife: '3d' })",
    ],
  ])('%s gets an option', (source, expected) => {
    expect(change(source, halfLife)).toEqual({ source: expected })
  })

  it.each([
    ["liq.heatmap(btc, { halfLife: '7d' })", 'liq.heatmap(btc)'],
    ["liq.heatmap(btc, { halfLife: '7d', scale: 2 })", 'liq.heatmap(btc, { scale: 2 })'],
    ["liq.heatmap(btc, { scale: 2, halfLife: '7d' })", 'liq.heatmap(btc, { scale: 2 })'],
    ['liq.heatmap(btc, options)', 'liq.heatmap(btc, { ...options, halfLife: undefined })'],
  ])('%s loses an option', (source, expected) => {
    expect(change(source, { remove: ['halfLife'] })).toEqual({ source: expected })
  })

  it('gets several options and another timeframe at once', () => {
    const set: [string, string][] = [
      ['leverage', '{ 10: 0.5, 50: 0 }'],
      ['margin', "liq.margin.binance('BTC')"],
    ]
    expect(change("liq.heatmap(btc, { halfLife: '7d' })", { set, remove: ['halfLife'], timeframe: '4h' })).toEqual({
      source:
        "liq.heatmap(liq.resample(btc, '4h'), { leverage: { 10: 0.5, 50: 0 }, margin: liq.margin.binance('BTC') })",
    })
  })

  it.each([
    ['map', /no call/],
    ['liq.heatmap(btc); liq.heatmap(btc)', /several/],
    ['const f = () => liq.heatmap(btc)', /inside a function/],
    ['for (const m of [btc]) display(liq.heatmap(m))', /inside a function or a loop/],
    ['liq.heatmap(eth)', /of eth, not of btc/],
    ['liq.heatmap(...all)', /unusual/],
    ["liq.heatmap(btc, { halfLife: '1d', ...options })", /spread/],
    ["liq.heatmap(btc, { ['half' + 'Life']: '1d' })", /computed/],
    ['liq.heatmap(btc', /syntax/],
  ])('%s is left alone', (source, problem) => {
    expect(change(source, halfLife)).toEqual({ problem: expect.stringMatching(problem) })
  })

  it.each([
    'evil()',
    '1, evil()',
    '1); evil(',
    '`text`',
    '{ [evil()]: 1 }',
    '{ get a() { return 1 } }',
    'x.y',
    '() => 1',
    'liq.margin.binance(evil())',
  ])('is not given %s', expression => {
    expect(change('liq.heatmap(btc)', { set: [['scale', expression]] })).toEqual({
      problem: 'The value of scale is not plain data.',
    })
  })
})
