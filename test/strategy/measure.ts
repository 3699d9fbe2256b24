/** What the strategy earned in one case: itself, its controls, its years and its variants. */
import type { BacktestOptions, SfpOptions, Statistics, Trade } from '../../src/liqnb.ts'
import { liq } from '../../src/liqnb.ts'
import type { Case } from './cases.ts'

/** Costs of all backtests: taker fee of Binance's lowest tier, and one basis point of slippage. Funding where it is known. */
export const COSTS: BacktestOptions = { takerFee: 0.0005, slippageBps: 1 }
export const PLACEBO_SEEDS = 99
/** USD per trade. */
export const SIZES = [1e4, 1e5, 1e6, 1e7]
const PRESET = { preset: 'liquidity-sweep' } as const

/** Every combination is one variant that was looked at. */
export const GRID = {
  timeframes: [['4h', '1d'], ['4h'], ['1d']],
  minConvergence: [0, 2, 3],
  maxDistance: [0.02, 0.05, 0.1],
  minMove: [0.5, 1],
  reclaimWithin: [0, 1],
  'target.r': [1, 2, 3],
} as const

export interface Control {
  trades: number
  meanR: number
  low: number
  high: number
}

export interface CaseResult {
  name: string
  clusters: string
  from: number
  to: number
  bars: number
  signals: number
  strategy: Statistics
  /** Mean R without fees, slippage and funding. */
  beforeCosts: number
  /** Mean net % of the notional of a trade, with its market impact, by size; and the size in USD at which it reaches 0. */
  capacity: { expectancy: readonly number[]; zeroAt: number; pivotsZeroAt: number }
  controls: Record<'any convergence' | 'mirrored' | 'pivots' | 'round', Control>
  placebo: { meanR: number; trades: number; p: number }
  years: { year: string; trades: number; meanR: number; placebo: number; pivots: number }[]
}

export interface Variants {
  count: number
  traded: number
  profitable: number
  /** By Sharpe ratio; null where none traded. */
  best: {
    options: string
    trades: number
    meanR: number
    /** Deflated Sharpe ratio: the probability of skill, given the number of variants. */
    deflated: number
    /** p of Hansen's test that no variant earns anything. */
    superior: number
  } | null
}

/** @param seeds number of placebos at random levels */
export function measure({ name, market, clusters, levels }: Case, seeds = PLACEBO_SEEDS): CaseResult {
  const source = levels(['4h', '1d'])
  const signals = (options: Partial<SfpOptions>) => liq.sfp(market, { ...PRESET, levels: source, ...options })
  const study = (options: Partial<SfpOptions>) => signals(options).backtest(COSTS)
  const real = study({})
  const placebos = Array.from({ length: seeds }, (_, k) =>
    study({ levels: { placebo: 'random', of: source, seed: k + 1 } }),
  )
  const pooled = placebos.flatMap(({ trades }) => trades)
  const pivots = study({ levels: 'pivots' })
  const bySize = real.capacity({ sizes: SIZES })
  const years = yearsOf(market.time, real.trades)
  const inYear = (trades: readonly Trade[], year: string) =>
    meanR(trades.filter(({ entryBar }) => yearOf(market.time[entryBar]!) === year))
  return {
    name,
    clusters,
    from: market.time[0]!,
    to: market.time[market.length - 1]! + market.barMs,
    bars: market.length,
    signals: signals({}).signals.length,
    strategy: real.statistics,
    beforeCosts: meanR(signals({}).backtest({ takerFee: 0, slippageBps: 0, funding: false }).trades),
    capacity: {
      expectancy: bySize.rows.map(({ expectancy }) => expectancy),
      zeroAt: bySize.zeroAt,
      pivotsZeroAt: pivots.capacity({ sizes: SIZES }).zeroAt,
    },
    controls: {
      'any convergence': control(study({ minConvergence: 0 }).statistics),
      mirrored: control(study({ levels: { placebo: 'mirrored', of: source } }).statistics),
      pivots: control(pivots.statistics),
      round: control(study({ levels: 'round' }).statistics),
    },
    placebo: {
      meanR: meanR(pooled),
      trades: pooled.length / seeds,
      p: rankP(
        meanR(real.trades),
        placebos.map(({ trades }) => meanR(trades)),
      ),
    },
    years: years.map(year => ({
      year,
      trades: real.trades.filter(({ entryBar }) => yearOf(market.time[entryBar]!) === year).length,
      meanR: inYear(real.trades, year),
      placebo: inYear(pooled, year),
      pivots: inYear(pivots.trades, year),
    })),
  }
}

/** Backtests every combination of {@link GRID}. */
export async function measureVariants({ market, levels }: Case): Promise<Variants> {
  const { timeframes, ...others } = GRID
  const sources = new Map<unknown, string>(timeframes.map(names => [levels(names), names.join(' and ')]))
  const sweep = await liq.sweep(market, {
    ...PRESET,
    grid: { levels: [...sources.keys()], ...others },
    backtest: COSTS,
  })
  const count = sweep.variants.length
  const meanRs = sweep.variants.map((_, k) => sweep.metric('averageR', k))
  const traded = sweep.variants.filter((_, k) => sweep.metric('trades', k) > 0).length
  const best = sweep.best('sharpe', 1)
  if (best < 0) return { count, traded, profitable: 0, best: null }
  const { levels: source, ...options } = sweep.variants[best]!
  const words = [sources.get(source), ...Object.entries(options).map(([option, value]) => `${option} ${value}`)]
  return {
    count,
    traded,
    profitable: meanRs.filter(value => value > 0).length,
    best: {
      options: words.join(', '),
      trades: sweep.metric('trades', best),
      meanR: meanRs[best]!,
      deflated: sweep.deflatedSharpe().probability,
      superior: sweep.realityCheck().consistent,
    },
  }
}

const control = ({ trades, meanR }: Statistics): Control => ({
  trades,
  meanR: meanR.mean,
  low: meanR.low,
  high: meanR.high,
})

function meanR(trades: readonly Trade[]): number {
  return trades.reduce((sum, { r }) => sum + r, 0) / trades.length
}

/** How often a placebo does as well, the real levels counted among them: a test without any model. */
function rankP(real: number, placebos: readonly number[]): number {
  const comparable = placebos.filter(value => !Number.isNaN(value))
  if (Number.isNaN(real) || comparable.length === 0) return Number.NaN
  return (1 + comparable.filter(value => value >= real).length) / (1 + comparable.length)
}

const yearOf = (ms: number): string => new Date(ms).toISOString().slice(0, 4)

function yearsOf(time: Float64Array, trades: readonly Trade[]): string[] {
  return [...new Set(trades.map(({ entryBar }) => yearOf(time[entryBar]!)))].sort()
}
