import { exactKey } from '../../common/cache-key.ts'
import type { Market } from '../../market/market.ts'
import { backtest } from '../backtest.ts'
import { detectSfp, type Signal } from '../detect.ts'
import type { DetectOptions } from '../detect-options.ts'
import type { LevelColumns } from '../levels/columns.ts'
import { periodReturns } from '../statistics/equity.ts'
import { type Performance, performance, returnOf } from '../statistics/performance.ts'
import type { Applied } from './variants.ts'

/** Figures of a backtest that a sweep keeps, in this order. */
export const FIGURES = [
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
export type Figure = (typeof FIGURES)[number]

/** What is left of one backtest: its figures, the returns by period, and its trades in columns. */
export interface Outcome {
  figures: Float64Array
  returns: Float64Array
  trades: TradeColumns
}

export interface TradeColumns {
  entryBar: Int32Array
  exitBar: Int32Array
  /** Net, as a fraction of the notional at the entry. */
  returns: Float64Array
  r: Float64Array
}

/** Detects, trades and measures one variant. Pure: the same on every thread. */
export function runVariant(market: Market, levels: LevelColumns, { detect, backtest: trading }: Applied): Outcome {
  if (equity.length !== market.length) equity = new Float64Array(market.length)
  const result = backtest(market, signalsOf(market, levels, detect), trading, equity)
  const figures = performance(market, result)
  const { trades } = result
  return {
    figures: Float64Array.from(FIGURES, name => figures[name]),
    returns: periodReturns(market, result.equity).returns,
    trades: {
      entryBar: Int32Array.from(trades, trade => trade.entryBar),
      exitBar: Int32Array.from(trades, trade => trade.exitBar),
      returns: Float64Array.from(trades, returnOf),
      r: Float64Array.from(trades, trade => trade.r),
    },
  }
}

/** Written anew by every backtest: half a megabyte each would keep the collector busy. */
let equity = new Float64Array(0)

let last: { market: Market; levels: LevelColumns; key: string; signals: readonly Signal[] } | null = null

/** Variants that differ in their trading alone come one after the other and share their signals. */
function signalsOf(market: Market, levels: LevelColumns, detect: DetectOptions): readonly Signal[] {
  const key = exactKey(detect)
  if (last?.market !== market || last.levels !== levels || last.key !== key) {
    const source = { name: 'levels', columns: () => levels, forEachBar() {} }
    last = { market, levels, key, signals: detectSfp(market, source, detect) }
  }
  return last.signals
}
