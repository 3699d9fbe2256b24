import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { heatmap } from '../../src/api/heatmap.ts'
import { sfp } from '../../src/api/study.ts'
import { sweep, walkForward } from '../../src/api/sweep.ts'
import { momentMs } from '../../src/common/iso-time.ts'
import { findFiles } from '../../src/data/import/files.ts'
import { loadTradeFlow } from '../../src/data/trades/load-trade-flow.ts'
import { resolveSettings } from '../../src/evidence/settings.ts'
import { resolveRule } from '../../src/liquidation/clusters.ts'
import { calibrate } from '../../src/liquidation/validation/calibrate.ts'
import { resolveBacktest } from '../../src/sfp/backtest-options.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { scratch } from '../data/import/files.ts'
import { marketOf } from '../market/fixtures.ts'

const { dir } = scratch()
const market = simulateMarket({ seed: 5, bars: 600, volatility: 1.5 })

describe('an option that is undefined is left out', () => {
  it('of a backtest, which then trades as its signals say', async () => {
    const signals = sfp(market, { levels: 'pivots', leftBars: 4, minMove: 0, target: { r: 5 }, stopBuffer: 0.01 })
    const { options, trades } = signals.backtest({ target: undefined, stopBuffer: undefined })
    expect(trades.length).toBeGreaterThan(0)
    expect(options).toMatchObject({ targets: [{ r: 5 }], stopBuffer: 0.01 })
    const base = { levels: 'pivots', leftBars: 4, target: { r: 5 }, grid: { minMove: [0] } } as const
    const [plain, undefinedToo] = await Promise.all([
      sweep(market, base),
      sweep(market, { ...base, backtest: { target: undefined } }),
    ])
    expect(undefinedToo.figure('averageR', 0)).toBe(plain.figure('averageR', 0))
    expect(resolveBacktest({ trailingStop: { atr: 2, after: undefined } }).trailingStop).toMatchObject({
      atr: 2,
      after: 0,
    })
  })

  it('of clusters, evidence and a calibration', async () => {
    expect(resolveRule({ gap: undefined, brightness: 4 })).toEqual(resolveRule({ brightness: 4 }))
    const none = { alpha: undefined, seed: undefined, clusters: { brightest: undefined }, matters: { r: undefined } }
    expect(resolveSettings(none)).toEqual(resolveSettings({}))
    const silent = marketOf(Array.from({ length: 50 }, () => [100, 101, 99, 100]))
    await expect(calibrate(silent, { train: undefined, tiers: undefined })).rejects.toThrow(/liquidations/i)
  })

  it('of a file among several', async () => {
    const file = join(dir, 'oi.csv')
    writeFileSync(file, 'time,openInterest\n')
    expect(await findFiles([{ file, shift: undefined }], { shift: '1h' })).toEqual([{ file, shift: '1h' }])
  })

  it('of where trades come from', async () => {
    const chunk = { time: [1], price: [100], amount: [2], buy: [1] }
    const trades = [
      {
        time: Float64Array.from(chunk.time),
        price: Float64Array.from(chunk.price),
        amount: Float64Array.from(chunk.amount),
        buy: Uint8Array.from(chunk.buy),
      },
    ]
    const flow = await loadTradeFlow({ trades, file: undefined, exchange: undefined, timeframe: '1h' } as never)
    expect(flow.volume[0]).toBe(2)
    const file = join(dir, 'trades.csv')
    writeFileSync(file, 'time,price,amount,side\n2024-01-01T00:00:00Z,100,3,buy\n')
    const ofFile = await loadTradeFlow({ file, trades: undefined, timeframe: '1h' } as never)
    expect(ofFile.volume[0]).toBe(3)
  })

  it('and where one is needed, its name is said', () => {
    for (const none of [undefined, null, {}])
      expect(() => momentMs(none as never, 'since')).toThrow(/^since: .*not a date/)
  })
})

describe('a misspelt option is refused, as it would do nothing and say nothing', () => {
  const unknown = (name: string) => new RegExp(`${name} is not one of its options; there are`)

  it('of a study, its backtest and a search among them', async () => {
    const base = { levels: 'pivots', grid: { minMove: [1] } } as const
    expect(() => sfp(market, { levels: 'pivots', minmove: 2 } as never)).toThrow(unknown('liq.sfp: minmove'))
    expect(() => sfp(market, { levels: 'pivots' }).backtest({ fee: 0.01 } as never)).toThrow(unknown('backtest: fee'))
    await expect(sweep(market, { ...base, minmove: 2 } as never)).rejects.toThrow(unknown('liq.sweep: minmove'))
    await expect(walkForward(market, { ...base, trian: '9d' } as never)).rejects.toThrow(unknown('walkForward: trian'))
  })

  it('of each view of a heatmap, and a side that there is not', () => {
    const map = heatmap(market)
    for (const view of ['clusters', 'history', 'curve', 'coinglass', 'explore', 'figure'] as const)
      expect(() => map[view]({ brightnes: 5 } as never)).toThrow(unknown(`${view}: brightnes`))
    expect(() => map.figure({ side: 'longs' as never })).toThrow('side: longs, but expected both, long, short')
  })
})
