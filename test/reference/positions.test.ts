/** Real positions as an observed map. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readMarketFile } from '../../src/data/load-file.ts'
import { liq } from '../../src/liqnb.ts'
import { binOf } from '../../src/market/bins.ts'
import { referenceData } from './data.ts'

describe.skipIf(referenceData === null)('with LIQNB_REFERENCE_DATA: eight real positions', () => {
  it('make an observed map with each at the exchange’s own liquidation price', async () => {
    const market = await readMarketFile({ file: join(referenceData!, 'BTCUSDT-perp-1h-2019-2026.csv.gz') })
    // The file has no time; the entry prices are of about then.
    const time = '2025-12-01T12:00Z'
    const file = join(referenceData!, 'hyperliquid-isolated-btc-positions.json')
    const positions = await liq.positions({ file, time, coin: 'BTC', venue: 'hyperliquid', marginMode: 'isolated' })
    const map = liq.observedMap(positions, market)
    const bar = market.time.findLastIndex(open => open + market.barMs <= Date.parse('2025-12-01T12:00:00Z'))
    const close = market.close[bar]!
    const rows = positions.rows
    map.replay((t, book) => {
      if (t !== bar) return
      let total = 0
      for (let i = 0; i < rows.length; i++) {
        if (!(rows.size[i]! !== 0) || Number.isNaN(rows.size[i])) continue
        const side = rows.size[i]! > 0 ? 'long' : 'short'
        const [usd] = book.column(side, binOf(rows.price[i]!, 0.001), new Float64Array(1))
        expect(usd).toBeGreaterThanOrEqual(Math.abs(rows.size[i]!) * close * (1 - 1e-9))
        total += Math.abs(rows.size[i]!) * close
      }
      const { longUsd, shortUsd } = map.coverage()[bar]!
      expect(longUsd + shortUsd).toBeCloseTo(total, 3)
    })
    const { long, short } = liq.compare(liq.heatmap(market), map, { from: bar, to: bar, within: 0.5 })
    for (const { snapshots, ratio, overlap } of [long, short]) {
      expect(snapshots).toBe(1)
      expect(overlap.mean).toBeGreaterThan(0)
      // One snapshot has no interval.
      expect(ratio.low).toBeNaN()
    }
    console.log(
      `overlap of the default map: longs ${long.overlap.mean.toFixed(3)}, shorts ${short.overlap.mean.toFixed(3)}`,
    )
  })
})
