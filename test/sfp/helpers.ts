/** Level sources, signals and backtests for tests. */
import { createMarket, type Market, type MarketColumns } from '../../src/market/market.ts'
import { type Backtest, backtest } from '../../src/sfp/backtest.ts'
import type { BacktestOptions } from '../../src/sfp/backtest-options.ts'
import type { Signal } from '../../src/sfp/detect.ts'
import type { DetectOptions } from '../../src/sfp/detect-options.ts'
import type { Level, LevelSource } from '../../src/sfp/levels/level-source.ts'
import { marketOf } from '../market/fixtures.ts'

/** A bar that sweeps nothing: open, high, low, close. */
export const QUIET = [100, 101, 99, 100]

/** Detector options under which every sweep that closes back in its own bar is a signal. */
export const LOOSE: DetectOptions = { minMove: 0, minSweepDepth: 0, reclaimWithin: 0 }

export function createLevel(kind: Level['kind'], inner: number, outer = inner): Level {
  return { kind, inner, outer, strength: 1, convergence: 0, since: 0 }
}

/** A source whose levels are known at each of the first 100 bars. */
export function fixedLevels(...levels: Level[]): LevelSource {
  return {
    name: 'fixed',
    forEachBar(visit) {
      for (let t = 0; t < 100; t++) visit(t, levels)
    },
  }
}

/** All levels of a source, bar by bar. */
export function allLevels(source: LevelSource): Level[][] {
  const all: Level[][] = []
  source.forEachBar((_, levels) => all.push([...levels]))
  return all
}

/** A long signal after a sweep of the low 98 down to 95. */
export function createSignal(bar = 0, changes: Partial<Signal> = {}): Signal {
  return {
    bar,
    side: 'long',
    sweepBar: bar,
    level: createLevel('low', 98),
    extreme: 95,
    move: 1,
    sweepDepth: 1,
    consumed: 1,
    depth: 1,
    depthPct: 3,
    volumeOutside: 1,
    opposite: Number.NaN,
    ...changes,
  }
}

/** The bar of {@link createSignal}'s sweep. Its ATR is 6. */
export const SWEEP = [99, 101, 95, 100]

/** Trading without costs, with the stop at the sweep's extreme. */
export const FREE: BacktestOptions = {
  takerFee: 0,
  slippageBps: 0,
  stopBuffer: 0,
  trendExit: false,
  equity: 10_000,
}

/** Trades signals, by default one at bar 0, on the bars after it. */
export function tradeSignals(rows: number[][], options: BacktestOptions = {}, signals = [createSignal()]): Backtest {
  return backtest(marketOf([SWEEP, ...rows]), signals, { ...FREE, ...options })
}

/** A market with only the bars that pass a test. */
export function filterBars(market: Market, test: (t: number) => boolean): Market {
  const columns = Object.fromEntries(
    (['time', 'open', 'high', 'low', 'close', 'volume'] as const).map(name => [
      name,
      market[name].filter((_, t) => test(t)),
    ]),
  )
  return createMarket(columns as unknown as MarketColumns, { ...market, notes: [] })
}
