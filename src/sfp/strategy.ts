/** A strategy, at its levels and at others. */
import type { Market } from '../market/market.ts'
import { backtest } from './backtest.ts'
import type { BacktestOptions } from './backtest-options.ts'
import { detectSfp, type Signal } from './detect.ts'
import type { DetectOptions } from './detect-options.ts'
import type { LevelSource } from './levels/level-source.ts'
import { randomLevels } from './levels/placebo.ts'
import type { Trade } from './position.ts'

/** A strategy: levels, what counts as a sweep, and how it is traded. */
export interface Strategy {
  market: Market
  source: LevelSource
  detect: DetectOptions
  backtest: BacktestOptions
}

/** The trades of a strategy at other levels. */
export function tradesAt({ market, detect, backtest: options }: Strategy, source: LevelSource): Trade[] {
  return backtest(market, detectSfp(market, source, detect), options).trades
}

/** The signals of a strategy at `count` placebos: random levels with the number, strength and distances of its own, seeds from 1 on. */
export function placeboSignals({ market, source, detect }: Strategy, count: number): Signal[][] {
  return Array.from({ length: count }, (_, k) => detectSfp(market, randomLevels(market, source, k + 1), detect))
}
