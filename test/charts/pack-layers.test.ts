/** Amounts that are nothing but the rest of a rounding do not keep a map from being shown. */
import { expect, it } from 'vitest'
import { readHeader } from '../../renderers/explorer/payload.ts'
import { Packer } from '../../src/charts/pack.ts'
import { packLayers } from '../../src/charts/pack-layers.ts'
import { liq } from '../../src/liqnb.ts'

it('a layer of rounding residues is empty, and its smallest level one that renderers take', () => {
  const layers = [{ values: Float32Array.of(0, 4e-35, 2e-35, 0), factor: 1 }]
  const { floor, filled } = packLayers(new Packer(), layers, new Float64Array(4))
  expect(floor).toBeGreaterThanOrEqual(1e-30)
  expect(filled).toBe(0)
})

it('the highest level is the largest amount', () => {
  const { floor } = packLayers(new Packer(), [{ values: Float32Array.of(1, 3e6), factor: 1 }], new Float64Array(2))
  expect(floor * 2 ** (254 / 16)).toBeCloseTo(3e6, -1)
})

it('every layer of stops can be drawn', async () => {
  const market = await liq.market({ sample: true, timeframe: '1h' })
  for (const at of ['survival', 'swings', 'rounds', 'both'] as const)
    for (const layer of ['stops', 'both'] as const) {
      const map = liq.heatmap(market, { survival: { 0.5: 0.7, 1: 0.4 }, layer, stops: { at } })
      const bundle = map[Symbol.for('Jupyter.display') as never] as unknown as () => Record<string, unknown>
      const payload = JSON.parse(JSON.stringify(bundle.call(map)))['application/vnd.liqnb.explorer+json']
      expect(() => readHeader(payload), `${at}, ${layer}`).not.toThrow()
    }
})
