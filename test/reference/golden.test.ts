import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { fromCSV } from 'arquero'
import { beforeAll, describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/common/duration.ts'
import { readMarketFile } from '../../src/data/load-file.ts'
import type { Market } from '../../src/market/market.ts'
import { backtest } from '../../src/sfp/backtest.ts'
import type { BacktestOptions } from '../../src/sfp/backtest-options.ts'
import { detectSfp, type Signal } from '../../src/sfp/detect.ts'
import { toLevelColumns } from '../../src/sfp/levels/level-source.ts'
import { pivotLevels } from '../../src/sfp/levels/pivots.ts'
import { namedStatistics } from '../../src/sfp/statistics/named-statistics.ts'
import { performance } from '../../src/sfp/statistics/performance.ts'
import { referenceData } from './data.ts'

const FREE: BacktestOptions = {
  target: { r: 2, from: 'signal' },
  trendExit: false,
  takerFee: 0,
  slippageBps: 0,
}

type GoldenTrade = Record<'Size' | 'EntryBar' | 'ExitBar' | 'EntryPrice' | 'ExitPrice' | 'SL' | 'TP', number>

describe.skipIf(referenceData === null)(
  'with LIQNB_REFERENCE_DATA: plain pivot SFP against trades and statistics made by backtesting.py 0.6.6',
  () => {
    const path = (name: string) => join(referenceData!, name)
    let market: Market
    let signals: Signal[]
    let golden: GoldenTrade[]
    beforeAll(async () => {
      market = await readMarketFile({ file: path('BTCUSDT-perp-1h-2019-2026.csv.gz') })
      signals = detectSfp(market, pivotLevels(market, 10), {
        reclaimWithin: 0,
        minMove: 0,
        minSweepDepth: 0,
        both: 'short',
      })
      const csv = gunzipSync(readFileSync(path('golden-pivot-sfp-trades-BTCUSDT-1h.csv.gz'))).toString()
      golden = fromCSV(csv).objects() as GoldenTrade[]
    })

    it('reproduces every entry bar, exit bar and price', () => {
      const { trades } = backtest(market, signals, FREE)
      expect(trades.length).toBe(golden.length)
      const wrong = golden.filter((row, i) => {
        const trade = trades[i]!
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
    })

    for (const commission of ['0.0', '0.0005'] as const) {
      it(`reproduces every statistic at a commission of ${commission}, and every size with one`, () => {
        const rate = Number(commission)
        const result = backtest(market, signals, {
          ...FREE,
          takerFee: rate,
          equity: 10_000_000,
          size: { fraction: 0.5, lot: 1 },
        })
        if (rate > 0) {
          const sizes = result.trades.map(trade => (trade.side === 'long' ? trade.size : -trade.size))
          expect(sizes).toEqual(golden.map(row => row.Size))
        }
        const file = readFileSync(path('golden-pivot-sfp-stats-BTCUSDT-1h.json'), 'utf8')
        const expected = JSON.parse(file)[commission] as Record<string, number | string>
        // backtesting.py begins to trade, and to hold the market, once both swing levels are known.
        const { starts } = toLevelColumns(pivotLevels(market, 10), market)
        const heldFrom = starts.findIndex((start, t) => starts[t + 1]! - start === 2) + 1
        const named = namedStatistics(market, performance(market, result, { heldFrom }))
        const wrong = Object.entries(expected).flatMap(([name, value]) => {
          const actual = named[name]
          const ok =
            typeof value === 'number'
              ? Math.abs((actual as number) - value) <= 1e-6 * Math.max(1, Math.abs(value))
              : typeof actual === 'number'
                ? // backtesting.py rounds up to whole hours, the unit of 1h bars.
                  Math.ceil(actual / HOUR) * HOUR === timedelta(value)
                : `${actual}:00` === value
          return ok ? [] : [`${name}: ${actual}, but backtesting.py has ${value}`]
        })
        expect(wrong).toEqual([])
        expect(Object.keys(expected).length).toBeGreaterThan(30)
      })
    }
  },
)

/** Milliseconds of pandas' `105 days 13:00:00`. */
function timedelta(text: string): number {
  const match = /^(\d+) days (\d+):(\d+):(\d+)$/.exec(text)
  const [days = Number.NaN, hours = 0, minutes = 0] = match?.slice(1).map(Number) ?? []
  return days * DAY + hours * HOUR + minutes * MINUTE
}
