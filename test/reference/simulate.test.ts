import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { fromCSV } from 'arquero'
import { describe, expect, it } from 'vitest'
import { HOUR } from '../../src/common/duration.ts'
import { readMarketFile } from '../../src/data/load-file.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { facts, flowFacts, fundingQuantiles, settled } from '../simulate/facts.ts'
import { referenceData } from './data.ts'

const rounded = (values: object) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, +value.toPrecision(3)]))

describe.skipIf(referenceData === null)(
  'with LIQNB_REFERENCE_DATA: the simulated market compared with real ones',
  () => {
    const read = (file: string) => readMarketFile({ file: join(referenceData!, file) })
    const simulated = settled(simulateMarket({ seed: 11, bars: 26_280 }))

    it('returns and volume are of the order of BTC’s last three years', async () => {
      const btc = await read('BTCUSDT-perp-1h-2019-2026.csv.gz')
      const recent = settled(btc, btc.length - 26_280)
      const [real, now, ours] = [facts(btc), facts(recent), facts(simulated)]
      console.table({ 'BTC 2019–2026': rounded(real), 'BTC last 3 years': rounded(now), simulated: rounded(ours) })
      const factor = (name: keyof typeof real, max: number) =>
        expect(Math.max(ours[name] / now[name], now[name] / ours[name]), name).toBeLessThan(max)
      factor('annualVolatility', 1.7)
      factor('kurtosis', 2)
      factor('hill', 1.4)
      factor('absAcf1', 1.5)
      factor('absAcf5', 1.7)
      factor('absAcf24', 2)
      factor('volumeAcf1', 1.3)
      factor('rangeToReturn', 1.15)
      factor('volumeWithRange', 1.2)
      expect(Math.abs(ours.acf1)).toBeLessThan(0.03)
    })

    it('flow: open interest, takers and liquidations are of the order of ETH’s', async () => {
      const [real, ours] = [flowFacts(await read('ETHUSDT-perp-1h-2024-06-08-flow.csv.gz')), flowFacts(simulated)]
      console.table({ 'ETH June to August 2024': rounded(real), simulated: rounded(ours) })
      const factor = (name: keyof typeof real, max: number) =>
        expect(Math.max(ours[name] / real[name], real[name] / ours[name]), name).toBeLessThan(max)
      factor('takerSd', 1.3)
      factor('takerWithReturn', 1.3)
      factor('openInterestToVolume', 1.5)
      factor('openInterestChangeSd', 3)
      // Public records undercount busy hours, in size and in bursts.
      factor('liquidatedShare', 10)
      factor('liquidatedTop1', 2)
      factor('liquidatedTop10', 1.6)
    })

    it('funding: mostly at the interest rate, with tails of the same order', () => {
      const csv = gunzipSync(readFileSync(join(referenceData!, 'BTCUSDT-perp-funding-2019-2026.csv.gz'))).toString()
      const real = fundingQuantiles(Float64Array.from(fromCSV(csv).array('fundingRate') as number[]))
      const ours = fundingQuantiles(simulated.fundingRate!.filter((_, t) => simulated.time[t]! % (8 * HOUR) === 0))
      console.table({ 'BTC 2019–2026, bp': real, 'simulated, bp': ours })
      expect(ours.q50).toBe(real.q50)
      expect(ours.q95! / real.q95!).toBeGreaterThan(0.4)
      expect(ours.q95! / real.q95!).toBeLessThan(2.5)
    })
  },
)
