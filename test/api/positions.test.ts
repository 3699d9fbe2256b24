/** `liq.positions`, `liq.observedMap` and `liq.compare` as a cell uses them. */
import { describe, expect, it } from 'vitest'
import { readHeader } from '../../renderers/explorer/payload.ts'
import { EXPLORER_MIME, type ExplorerPayload } from '../../src/charts/explorer-payload.ts'
import { displayMethod } from '../../src/common/host.ts'
import { liq } from '../../src/liqnb.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'

const market = simulateMarket({ seed: 4, bars: 240 })
const bundleOf = (value: unknown) => displayMethod(value)!.call(value) as Record<string, unknown>

describe('an observed map in a cell', async () => {
  const positions = await liq.positions({ market, everyBars: 4, share: 0.5 })
  const map = liq.observedMap(positions, market, { tiers: [5, 10, 50] })

  it('shows itself as the explorer with its tiers and assumptions, without a channel to build another from', () => {
    const bundle = bundleOf(map)
    const payload = bundle[EXPLORER_MIME] as ExplorerPayload
    expect(payload.tiers.map(({ leverage }) => leverage)).toEqual([5, 10, 50])
    expect(payload.levels.filled).toBeGreaterThan(1000)
    expect(payload.channel).toBeUndefined()
    expect(payload.assumptions.join('\n')).toContain('positions: observed, synthetic')
    expect(bundle['text/plain']).toMatch(/^Map of observed positions · SYNTH/)
    expect(payload.subject.long).toBe('Observed liquidation levels of longs')
    expect(readHeader(payload).subject).toEqual(payload.subject)
    const { layout } = bundle['application/vnd.plotly.v1+json'] as { layout: { title: { text: string } } }
    expect(layout.title.text).toMatch(/^Observed liquidation levels · SYNTH/)
    const estimate = bundleOf(liq.heatmap(market))
    expect((estimate[EXPLORER_MIME] as ExplorerPayload).subject.long).toMatch(/^Estimated/)
    expect(JSON.stringify(estimate['application/vnd.plotly.v1+json'])).toContain('Estimated liquidations · SYNTH')
  })

  it('keeps what its reader chose apart from the estimate of the same tiers', () => {
    const estimate = liq.heatmap(market, { leverage: { 5: 1, 10: 1, 50: 1 } })
    const id = (value: unknown) => (bundleOf(value)[EXPLORER_MIME] as ExplorerPayload).id
    expect(id(map)).not.toBe(id(estimate))
  })

  it('has clusters, curve, history and the table of coverage', () => {
    expect(map.clusters().numRows()).toBeGreaterThan(0)
    const { total } = map.curve()
    expect(total.long + total.short).toBeGreaterThan(0)
    expect(map.history().numRows()).toBeGreaterThan(0)
    const [last] = map.coverageTable().slice(-1).objects() as { longShare: number; shortShare: number }[]
    for (const share of [last!.longShare, last!.shortShare]) {
      expect(share).toBeGreaterThan(0.2)
      expect(share).toBeLessThan(0.8)
    }
  })

  it('shows positions as a summary', () => {
    const text = bundleOf(positions)['text/plain']
    expect(text).toContain('Observed positions · simulated (synthetic)')
    expect(text).toMatch(/Positions +\d/)
  })

  const wrong: [string, () => unknown, RegExp][] = [
    [
      'a market as positions',
      () => liq.observedMap(market as never, market),
      /liq.observedMap expects positions as liq.positions returns/,
    ],
    [
      'a promise as positions',
      () => liq.observedMap(liq.positions({ market }) as never, market),
      /write await liq.positions/,
    ],
    ['no market', () => liq.observedMap(positions, map as never), /liq.observedMap expects a market/],
    ['a real market', () => liq.positions({ market: { ...market, truth: undefined } as never }), /is not simulated/],
  ]
  for (const [name, call, message] of wrong)
    it(`refuses ${name}`, async () => {
      await expect((async () => call())()).rejects.toThrow(message)
    })
})
