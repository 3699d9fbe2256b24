/** One variant of a sweep: detection, backtest and metrics. */
import { exactKey } from '../../common/cache-key.ts'
import type { Market } from '../../market/market.ts'
import { backtestInto } from '../backtest.ts'
import { detectSfp, type Signal } from '../detect.ts'
import type { DetectOptions } from '../detect-options.ts'
import type { LevelColumns } from '../levels/level-source.ts'
import { periodReturns } from '../statistics/equity.ts'
import { type Performance, performance, tradeReturn } from '../statistics/performance.ts'
import type { VariantOptions } from './variants.ts'

/** The statistics of a backtest that a sweep keeps, in this order. */
export const METRICS = [
  'trades',
  'winRate',
  'profitFactor',
  'profitFactorGross',
  'expectancy',
  'averageR',
  'net',
  'returnPct',
  'annualReturnPct',
  'volatilityPct',
  'sharpe',
  'sortino',
  'calmar',
  'maxDrawdownPct',
  'sqn',
  'kelly',
  'exposurePct',
  'ambiguousPct',
  'fees',
  'funding',
] as const satisfies readonly (keyof Performance)[]
export type Metric = (typeof METRICS)[number]

/** What a sweep keeps of each backtest; each kind includes those before it. */
export const KEEPS = ['figures', 'returns', 'trades'] as const
export type Keep = (typeof KEEPS)[number]

/** What a sweep keeps of one backtest: its metrics, the returns by period and its trades in columns, null unless kept. */
export interface Outcome {
  metrics: Float64Array
  returns: Float64Array | null
  trades: OutcomeTrades | null
}

export interface OutcomeTrades {
  entryBar: Int32Array
  exitBar: Int32Array
  /** Net return on the notional at the entry. */
  returns: Float64Array
  r: Float64Array
}

/** Detects, trades and measures one variant. Pure: every thread gives the same. */
export function runVariant(market: Market, levels: LevelColumns, options: VariantOptions, keep: Keep): Outcome {
  if (equity.length !== market.length) equity = new Float64Array(market.length)
  const result = backtestInto(equity, market, cachedSignals(market, levels, options.detect), options.backtest)
  const statistics = performance(market, result)
  const { trades } = result
  return {
    metrics: Float64Array.from(METRICS, name => statistics[name]),
    returns: keep === 'figures' ? null : periodReturns(market, result.equity).returns,
    trades:
      keep === 'trades'
        ? {
            entryBar: Int32Array.from(trades, trade => trade.entryBar),
            exitBar: Int32Array.from(trades, trade => trade.exitBar),
            returns: Float64Array.from(trades, tradeReturn),
            r: Float64Array.from(trades, trade => trade.r),
          }
        : null,
  }
}

/** Reused by every backtest: half a megabyte each would keep the garbage collector busy. */
let equity = new Float64Array(0)

let last: { market: Market; levels: LevelColumns; key: string; signals: readonly Signal[] } | null = null

/** Variants that differ only in their backtest options run one after the other and share their signals. */
function cachedSignals(market: Market, levels: LevelColumns, detect: DetectOptions): readonly Signal[] {
  const key = exactKey(detect)
  if (last?.market !== market || last.levels !== levels || last.key !== key) {
    const source = { name: 'levels', columns: () => levels, forEachBar() {} }
    last = { market, levels, key, signals: detectSfp(market, source, detect) }
  }
  return last.signals
}
