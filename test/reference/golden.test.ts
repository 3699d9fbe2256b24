import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { fromCSV } from 'arquero'
import { describe, expect, it } from 'vitest'
import { readMarketFile } from '../../src/market/file.ts'
import { backtest } from '../../src/sfp/backtest.ts'
import { detectSfp } from '../../src/sfp/detect.ts'
import { pivotLevels } from '../../src/sfp/levels.ts'
import { statistics } from '../../src/sfp/statistics.ts'
import { referenceData } from './data.ts'

describe.skipIf(referenceData === null)(
  'with LIQNB_REFERENCE_DATA: plain pivot SFP against trades made by backtesting.py 0.6.6',
  () => {
    const path = (name: string) => join(referenceData!, name)

    it('reproduces every entry bar, exit bar and price', async () => {
      const market = await readMarketFile({ file: path('BTCUSDT-perp-1h-2019-2026.csv.gz') })
      const golden = fromCSV(
        gunzipSync(readFileSync(path('golden-pivot-sfp-trades-BTCUSDT-1h.csv.gz'))).toString(),
      ).objects() as Record<'Size' | 'EntryBar' | 'ExitBar' | 'EntryPrice' | 'ExitPrice' | 'SL' | 'TP', number>[]
      const signals = detectSfp(market, pivotLevels(market, 10), {
        reclaimWithin: 0,
        minMove: 0,
        minTaken: 0,
        both: 'short',
      })
      const study = backtest(market, signals, {
        target: { r: 2, from: 'signal' },
        giveUp: false,
        takerFee: 0,
        slippageBps: 0,
      })
      expect(study.trades.length).toBe(golden.length)
      const wrong = golden.filter((row, i) => {
        const trade = study.trades[i]!
        return !(
          trade.entryBar === row.EntryBar &&
          trade.exitBar === row.ExitBar &&
          (trade.side === 'long') === row.Size > 0 &&
          Math.abs(trade.entry - row.EntryPrice) < 1e-6 &&
          Math.abs(trade.exit - row.ExitPrice) < 1e-6
        )
      })
      expect(wrong).toEqual([])
      expect(golden.length).toBe(1444)
      expect(statistics(market, study).winRate).toBeCloseTo(33.51800554016621, 9)
    })
  },
)
