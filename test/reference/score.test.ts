import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readMarketFile } from '../../src/data/load-file.ts'
import { calibrate } from '../../src/liquidation/validation/calibrate.ts'
import { referenceData } from './data.ts'

describe.skipIf(referenceData === null)('with LIQNB_REFERENCE_DATA: two months of real ETH liquidations', () => {
  it('fitted on the first month, the map explains liquidations of the second beyond move and volume: at least 0.40 on both sides', async () => {
    const market = await readMarketFile({ file: join(referenceData!, 'ETHUSDT-perp-1h-2024-06-08-flow.csv.gz') })
    const { options, train, test } = await calibrate(market, { score: { resamples: 200 } })
    console.log(`fitted ${JSON.stringify(options)}, ${train.toFixed(3)} on the first month`)
    for (const side of ['long', 'short'] as const) {
      const { partial, partialPriorLevels } = test[side]
      console.log(
        `${side}: ${partial.value.toFixed(3)} (${partial.low.toFixed(3)} to ${partial.high.toFixed(3)}), levels known before the bar ${partialPriorLevels.value.toFixed(3)}`,
      )
      expect(partial.value).toBeGreaterThanOrEqual(0.4)
    }
  })
})
