/** `liq.positions`, `liq.observedMap` and `liq.compare`: positions that an exchange publishes, and estimates held against them. */
import { type ColumnTable, table } from 'arquero'
import { compareSummary } from '../charts/compare.ts'
import type { Displayable } from '../charts/display.ts'
import { positionsSummary } from '../charts/positions.ts'
import { withSummary } from '../charts/summary.ts'
import { FORMATS, withFormats } from '../common/column-format.ts'
import { DataError } from '../common/errors.ts'
import { loadPositions, type PositionSource } from '../data/positions/load-positions.ts'
import {
  type PositionRecording,
  type PositionRecordingSource,
  recordPositions as record,
} from '../data/positions/record-positions.ts'
import { assertMap, type LiquidationMap } from '../liquidation/map.ts'
import { type CompareOptions, compareMaps, type SideComparison } from '../liquidation/observed/compare.ts'
import {
  observedMap as buildObservedMap,
  type ObservedMap,
  type ObservedMapOptions,
} from '../liquidation/observed/observed-map.ts'
import type { Side } from '../liquidation/side.ts'
import { assertMarket, type Market } from '../market/market.ts'
import { assertObservedPositions, type ObservedPositions } from '../market/observed-positions.ts'
import { type Heatmap, toHeatmap } from './heatmap.ts'
import { positionLines, positionTable } from './position-table.ts'

/** Observed positions. Displays itself as a summary. */
export interface Positions extends ObservedPositions, Displayable {
  /**
   * One row for each position and order of each reading: `time`, `kind`, `account`, `coin`, `side`, `size` (coins), `price`
   * (liquidation or trigger price), `entry`, `leverage`, `margin` (USD), `marginMode`. Readings are rows of their own.
   */
  table(): ColumnTable
  /** The same as JSON lines, which `liq.positions({ file })` reads back. */
  jsonLines(): string
}

/** A map of observed positions. Displays itself as the explorer. */
export interface ObservedHeatmap extends Heatmap, Omit<ObservedMap, keyof LiquidationMap> {
  /** One row for each bar: `time`, USD seen by side, open interest, and the shares of it. */
  coverageTable(): ColumnTable
}

/** Both sides of a comparison. Displays itself as figures with intervals. */
export type Comparison = Record<Side, SideComparison> &
  Displayable & {
    /** One row for each side and part: all, a distance, a tier. */
    table(): ColumnTable
  }

/**
 * Loads positions that an exchange publishes: `{ exchange: 'hyperliquid', addresses }` for a snapshot, `{ exchange, symbol, since }` for
 * what `liq.recordPositions` has stored, `{ file }` for saved ones, `{ market }` for those of a simulated market.
 * @throws OptionError naming the option; DataError for data that cannot be used
 * @example await liq.positions({ exchange: 'hyperliquid', symbol: 'BTC/USDC:USDC', addresses: { file: 'addresses.txt' } })
 */
export async function positions(source: PositionSource): Promise<Positions> {
  return displayedPositions(await loadPositions(source))
}

/**
 * Records positions into the store until the cell ends or `for` is over: all accounts every 15 minutes, those with a large
 * position or one near its liquidation every minute, as far as the exchange's rate limit allows.
 * @throws OptionError naming the option; DataError when the store cannot be written
 * @example await liq.recordPositions({ exchange: 'hyperliquid', symbol: 'BTC/USDC:USDC', addresses: { file: 'addresses.txt' } })
 */
export function recordPositions(source: PositionRecordingSource): Promise<PositionRecording> {
  return record(source)
}

function displayedPositions(observed: ObservedPositions): Positions {
  return withSummary(
    { ...observed, table: () => positionTable(observed), jsonLines: () => positionLines(observed) },
    positionsSummary(observed),
  )
}

/**
 * The liquidation levels of observed positions, as the explorer, clusters and curve of a heatmap: the exchange's own
 * liquidation prices, as known at each close, with the share of open interest that was seen. `layer: 'stops'` shows the
 * triggers of stop orders.
 * @throws OptionError naming the option; DataError when `positions` are none, or hold no reading within the market
 * @example liq.observedMap(await liq.positions({ file: 'positions.jsonl.gz' }), btc, { tiers: [5, 10, 25, 50] })
 */
export function observedMap(
  positions: ObservedPositions,
  market: Market,
  options: ObservedMapOptions = {},
): ObservedHeatmap {
  assertObservedPositions(positions, 'liq.observedMap')
  assertMarket(market, 'liq.observedMap')
  const map = buildObservedMap(positions, market, options)
  const extra = {
    isObserved: true as const,
    exchange: map.exchange,
    coverage: map.coverage,
    barsRead: map.barsRead,
    forEachPosition: map.forEachPosition,
    coverageTable() {
      const rows = map.coverage()
      const coverage = table({
        time: rows.map(({ bar }) => new Date(market.time[bar]!)),
        longUsd: rows.map(row => row.longUsd),
        shortUsd: rows.map(row => row.shortUsd),
        openInterestUsd: rows.map(row => row.openInterestUsd),
        longShare: rows.map(row => row.longShare),
        shortShare: rows.map(row => row.shortShare),
      })
      return withFormats(coverage, {
        longUsd: FORMATS.usd,
        shortUsd: FORMATS.usd,
        openInterestUsd: FORMATS.usd,
        longShare: FORMATS.share,
        shortShare: FORMATS.share,
      })
    },
  }
  return Object.assign(toHeatmap(map, null), extra)
}

/**
 * Holds an estimated map against observed positions on the same bars: rank correlation, share of overlap and ratio of USD, by
 * side, distance from the price and tier, with intervals over snapshots.
 * @throws DataError when one of the two is no map, when their bars differ, or nothing was observed
 * @throws OptionError naming the option
 * @example liq.compare(liq.heatmap(btc, { leverage: { 5: 0.4, 10: 0.3, 25: 0.2, 50: 0.1 } }), observed)
 */
export function compare(map: LiquidationMap, observed: LiquidationMap, options: CompareOptions = {}): Comparison {
  assertMap(map, 'liq.compare, first argument:')
  assertMap(observed, 'liq.compare, second argument:')
  if (!observed.isObserved)
    throw new DataError(
      'liq.compare: the second map is an estimate; expected one of observed positions, as liq.observedMap returns it',
    )
  const sides = compareMaps(map, observed, options)
  const { market } = observed
  const title = `Estimate against observed positions · ${market.symbol} ${market.timeframe}`
  const note =
    sides.long.byTier.length === 0
      ? ['No tier is in both maps: build the observed one with the tiers of the other']
      : []
  const covered = observed.assumptions.filter(line => /^(positions|coverage|levels)/.test(line))
  return withSummary(
    { ...sides, table: () => comparisonTable(sides) },
    compareSummary(sides, title, [...note, ...covered]),
  )
}

function comparisonTable(sides: Record<Side, SideComparison>): ColumnTable {
  const percent = (share: number) => `${+(100 * share).toPrecision(3)} %`
  const rows = [sides.long, sides.short].flatMap(side => [
    { part: 'all', ...side },
    ...side.byDistance.map(part => ({
      side: side.side,
      part: `${percent(part.from)} to ${percent(part.to)}`,
      ...part,
    })),
    ...side.byTier.map(part => ({ side: side.side, part: `${part.leverage}x`, ...part })),
  ])
  const figures = (['spearman', 'overlap', 'ratio'] as const).flatMap(name => [
    [name, rows.map(row => row[name].mean)],
    [`${name}Low`, rows.map(row => row[name].low)],
    [`${name}High`, rows.map(row => row[name].high)],
  ])
  return table({
    side: rows.map(row => row.side),
    part: rows.map(row => row.part),
    estimatedUsd: rows.map(row => row.estimatedUsd),
    observedUsd: rows.map(row => row.observedUsd),
    ...Object.fromEntries(figures),
  })
}
