/** Times a portfolio beside the backtests of its markets, by the number of markets and of bars. */
import type { Market } from '../../src/market/market.ts'
import { backtest } from '../../src/sfp/backtest.ts'
import { resolveBacktest } from '../../src/sfp/backtest-options.ts'
import { detectSfp } from '../../src/sfp/detect.ts'
import { pivotLevels } from '../../src/sfp/levels/pivots.ts'
import { tradePortfolio } from '../../src/sfp/portfolio/portfolio.ts'
import { type PortfolioOptions, resolvePortfolio } from '../../src/sfp/portfolio/portfolio-options.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { prefix } from '../market/fixtures.ts'
import { time } from './measure.ts'
import type { BenchPlan } from './plan.ts'
import { count, ms, textTable, times } from './table.ts'

const LIMITS: PortfolioOptions = {
  riskPerTrade: 0.01,
  maxPositions: 5,
  maxExposure: 3,
  maxCorrelated: { correlation: 0.7, window: '30d', positions: 2 },
}

export function portfolioBench({ hourlyBars, repeats }: BenchPlan): string {
  const all = Array.from({ length: 16 }, (_, k) => simulateMarket({ bars: hourlyBars, timeframe: '1h', seed: k + 1 }))
  const traded = (markets: readonly Market[]) =>
    markets.map((market, m) => ({
      name: `market ${m}`,
      market,
      signals: detectSfp(market, pivotLevels(market)),
      rule: resolveBacktest({}),
    }))
  const rows = [1, 4, 16].flatMap(markets =>
    [4, 1].map(part => {
      const entries = traded(all.slice(0, markets).map(market => prefix(market, Math.round(hourlyBars / part))))
      const bars = entries.reduce((sum, { market }) => sum + market.length, 0)
      const alone = time(() => entries.map(({ market, signals }) => backtest(market, signals)), repeats)
      const run = (options: PortfolioOptions) => time(() => tradePortfolio(entries, resolvePortfolio(options)), repeats)
      const [free, limited] = [run({}), run(LIMITS)]
      return [
        `${markets} × ${count(Math.round(bars / markets))}`,
        ms(alone.cpu),
        ms(free.cpu),
        times(free.cpu / alone.cpu),
        ms(limited.cpu),
        ((1000 * limited.cpu) / bars).toFixed(2),
      ]
    }),
  )
  return textTable(
    'Portfolio of markets with pivots: markets × bars',
    ['', 'backtests alone, cpu ms', 'portfolio, cpu ms', 'vs alone', 'with all limits, cpu ms', 'µs a bar'],
    rows,
  )
}
