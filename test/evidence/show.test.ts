import { describe, expect, it } from 'vitest'
import type { Figure } from '../../src/charts/figure.ts'
import { liq } from '../../src/liqnb.ts'
import { createMarket, type MarketColumns } from '../../src/market/market.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { bundleOf } from '../charts/helpers.ts'

const simulated = simulateMarket({ seed: 3, bars: 1200, population: { positionsPerBar: 0 } })
const columns = Object.fromEntries(
  (['time', 'open', 'high', 'low', 'close', 'volume'] as const).map(name => [name, simulated[name]]),
) as unknown as MarketColumns
const market = createMarket(columns, { symbol: '<b>X</b>', source: 'test' })
const evidence = liq.evidence(market, {
  horizon: 12,
  resamples: 200,
  timeframes: ['1h', '2h'],
  stronger: ['2h'],
  levels: (tested: typeof market) => liq.levels.pivots(tested, 4),
})

describe('the display of a claim', () => {
  it('has a sentence, a table and the null, in text and HTML', () => {
    const claim = evidence.magnet()
    const { 'text/html': html, 'text/plain': text } = bundleOf<Record<string, string>>(claim)
    expect(text).toContain(claim.sentence)
    for (const { exclusions } of claim.tests) for (const why of exclusions) expect(text).toContain(why)
    expect(claim.tests.flatMap(({ exclusions: leftOut }) => leftOut)).not.toEqual([])
    expect(text).toMatch(/^Test +Verdict +Effect +95 % interval +p +p corrected/m)
    expect(html).toContain(`<strong>${claim.verdict}</strong>`)
    expect(html).toContain('magnet: against placebo')
    expect(html).toContain('Null: ')
    // The symbol of a market comes from outside.
    expect(html).not.toContain('<b>X</b>')
    expect(html).toContain('&#60;b&#62;X&#60;/b&#62;')
  })

  it('names the tested levels if they are not clusters', () => {
    expect(evidence.magnet().title).toBe('Price is drawn to last swing high and low (4 bars each side)')
    expect(evidence.sfp().sentence).not.toContain('cluster')
  })

  it('has a table with a row per test', () => {
    const table = evidence.timeframes().table()
    expect(table.columnNames().slice(0, 9)).toEqual([
      'claim',
      'test',
      'effect',
      'low',
      'high',
      'unit',
      'p',
      'pAdjusted',
      'q',
    ])
    expect(table.array('test')).toEqual(
      ['magnet', 'reversal', 'sfp']
        .map(kind => `timeframes: ${kind}`)
        .concat(['magnet 1h', 'magnet 2h', 'reversal 1h', 'reversal 2h', 'sfp 1h', 'sfp 2h']),
    )
    expect(table.array('verdict').slice(3)).toEqual(Array(6).fill('descriptive'))
  })
})

describe('the display of all claims', () => {
  const all = evidence.all()

  it('has six verdicts and the number of tests', () => {
    const { 'text/html': html, 'text/plain': text } = bundleOf<Record<string, string>>(all)
    expect(text!.match(/^[●○◌] /gm)).toHaveLength(6)
    expect(html).toMatch(/count all \d+ tests of this session/)
    expect(evidence.ledger().numRows()).toBe(Number(/count all (\d+) tests/.exec(html!)![1]))
  })

  it('has a forest plot with a point and an interval per test, in multiples of the smallest effect that matters', () => {
    const { figure } = all.forest()
    const tests = all.claims.flatMap(claim => claim.tests).filter(({ effect }) => Number.isFinite(effect))
    const points = (figure.data as { x: number[]; y: number[]; error_x: { array: number[] } }[]).flatMap(trace =>
      trace.x.map((x, i) => ({ x, row: trace.y[i]!, half: trace.error_x.array[i]! })),
    )
    expect(points).toHaveLength(tests.length)
    for (const [i, test] of tests.entries()) {
      const point = points.find(({ row }) => row === tests.length - 1 - i)!
      expect(point.x).toBeCloseTo(test.effect / test.matters, 9)
      if (Number.isFinite(test.high)) expect(point.half).toBeCloseTo((test.high - test.effect) / test.matters, 9)
    }
    expectNeutral(figure)
  })

  it('has a forest plot per claim that includes the tests without a verdict', () => {
    const { figure } = evidence.timeframes().forest()
    const descriptive = (figure.data as { name: string; text: string[] }[]).find(({ name }) => name === 'descriptive')!
    expect(descriptive.text).toHaveLength(6)
    for (const text of descriptive.text) expect(text).toMatch(/^(magnet|reversal|sfp) [12]h<br>.*, descriptive$/)
  })

  it('says in the figure if there are too few events', () => {
    const { figure } = liq.evidence(market, { converging: 9, horizon: 12, resamples: 200 }).convergence().forest()
    expect(figure.data).toEqual([])
    expect(figure.layout).toMatchObject({
      title: { subtitle: { text: 'Too few events to show an effect' } },
    })
    expect(JSON.stringify(figure.layout)).not.toContain('null')
  })
})

function expectNeutral({ layout }: Figure): void {
  for (const name of ['paper_bgcolor', 'plot_bgcolor', 'font']) expect(layout).not.toHaveProperty(name)
}

describe('the display of an audit', () => {
  it('has a tick, or a table of the differences', async () => {
    const clean = await liq.audit(market, of => of.close, { cuts: 4 })
    expect(bundleOf<Record<string, string>>(clean)['text/plain']).toMatch(/^✓ No look-ahead bias found/)
    const leaky = await liq.audit(market, of => of.close.map(x => x / Math.max(...of.close)), { cuts: 4 })
    const { 'text/html': html, 'text/plain': text } = bundleOf<Record<string, string>>(leaky)
    expect(text).toMatch(/^✗ Look-ahead bias/)
    expect(text!.split('\n').length).toBeGreaterThan(2)
    expect(html).toContain('<table')
  })
})

describe('a wrong argument of liq.evidence', () => {
  it('is refused with a hint', () => {
    expect(() => liq.evidence([])).toThrow('the list of markets is empty')
    expect(() => liq.evidence(Promise.resolve(market) as never)).toThrow(/write `await liq.market/)
    expect(() => liq.evidence(market, { horizon: 12 }, { horizon: 6 })).toThrow('options were given twice')
    expect(() => liq.evidence(market, null as never)).toThrow('the second argument is null, but expected a heatmap')
    expect(() => liq.evidence(market, 'retail' as never)).toThrow('the second argument is "retail"')
    expect(() => liq.evidence(market, Promise.resolve() as never)).toThrow('is a Promise: write `await`')
    expect(() => liq.evidence([market], [{}] as never)).toThrow('heatmap 1: {}, but expected a heatmap')
  })
})
