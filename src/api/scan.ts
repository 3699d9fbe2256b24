/** `liq.scan`: the brightest clusters of many markets in one table. */
import { type ColumnTable, table } from 'arquero'
import type { BoardCluster } from '../charts/board-payload.ts'
import type { Displayable, DisplayedFigure } from '../charts/display.ts'
import { FORMATS, withFormats } from '../common/column-format.ts'
import { durationMs } from '../common/duration.ts'
import { oneLine } from '../common/errors.ts'
import { currentTask, DISPLAY } from '../common/host.ts'
import {
  anything,
  assertKnownOptions,
  defineOptions,
  duration,
  invalidOption,
  isOptionsObject,
  listOf,
  numberThat,
  oneOf,
  option,
  valueThat,
} from '../common/options.ts'
import { loadMarket, type MarketSource } from '../data/load-market.ts'
import { type ClusterRule, clusterRule, clusterRuleOptions, clusterTable } from '../liquidation/clusters.ts'
import { liquidationCurve } from '../liquidation/curve.ts'
import { isRelative, liquidationMap, type MapOptions } from '../liquidation/map.ts'
import type { Side } from '../liquidation/side.ts'
import { isMarket, type Market } from '../market/market.ts'
import { resample } from '../market/resample.ts'
import { type BoardRow, boardBundle, scanFigure } from './board.ts'
import { type Heatmap, toHeatmap } from './heatmap.ts'

export interface ScanOptions extends ClusterRule {
  /** For symbols given as text: the other options of `liq.market`, e.g. `{ exchange: 'binanceusdm', timeframe: '1h', since }`. */
  source?: object
  /** Timeframes to resample each market to. Default `[]`: its own. */
  timeframes?: readonly string[]
  /** Distance from the close in % within which `longWithin` and `shortWithin` sum. Default 5. */
  within?: number
  /** Order: by the distance of the nearer of the two clusters, or by the larger one, the largest first. Default `distance`. */
  sortBy?: 'distance' | 'notional'
  /** Options of the maps, as of `liq.heatmap`. */
  map?: MapOptions
}

/**
 * One row for each market and timeframe. A cell shows it as a board: a small map of the newest bars for each, and the table.
 * A saved board takes 4 to 8 kB for each of its maps, of which it has at most 48; all are in the table. A click on a map asks the
 * kernel for its explorer, which is not saved.
 */
export type Scan = ColumnTable &
  Displayable & {
    /** The maps, in the order of the rows; without those that failed. */
    readonly maps: readonly Heatmap[]
    /** The table alone: a cell shows it without the maps. */
    table(): ColumnTable
    /** The maps of the board as a Plotly figure. */
    figure(): DisplayedFigure
  }

const CALLER = 'liq.scan'

const scanOptions = defineOptions<ScanOptions>(CALLER, {
  ...clusterRule,
  source: option({}, valueThat('options of liq.market, e.g. { exchange, timeframe, since }', isOptionsObject)),
  timeframes: option([], listOf(duration(), "a list of timeframes, e.g. ['1h', '4h']")),
  within: option(
    5,
    numberThat('above 0 to 100 %', x => x > 0 && x <= 100),
  ),
  sortBy: option('distance' as const, oneOf('distance', 'notional')),
  // Checked by the map.
  map: option({}, anything),
})

type Rule = typeof scanOptions.defaults

interface Row extends BoardRow {
  timeframe: string
  closedAt: Date | null
  price: number | null
  unit: 'USD' | 'relative' | null
  maxPain: Record<Side, number | null>
  within: Record<Side, number | null>
  error: string | null
}

/**
 * The first cluster of each side, max pain and the total within a distance, of many markets. Markets that are not loaded yet are
 * loaded one after the other; what fails is a row with its error, and the others are delivered.
 *
 * @param markets markets, sources as `liq.market` takes them, or symbols with `source`
 * @throws OptionError naming the option
 * @example await liq.scan([btc, { sample: true }], { timeframes: ['1h', '4h'], within: 3 })
 */
export async function scan(
  markets: readonly (Market | MarketSource | string)[],
  options: ScanOptions = {},
): Promise<Scan> {
  if (!Array.isArray(markets)) throw invalidOption(CALLER, 'markets', markets, 'a list of markets, sources or symbols')
  assertKnownOptions(options, scanOptions.names, CALLER)
  const rule = scanOptions.resolve(options)
  const task = currentTask()
  const rows: Row[] = []
  for (const [index, entry] of markets.entries()) {
    task.signal.throwIfAborted()
    const name = nameOf(entry)
    task.progress(`Scanning ${name}`, index / markets.length)
    try {
      const market = await toMarket(entry, rule)
      const frames = rule.timeframes.length > 0 ? rule.timeframes : [market.timeframe]
      for (const frame of frames) rows.push(rowOf(index, market, frame, rule))
    } catch (error) {
      task.signal.throwIfAborted()
      rows.push(failedRow(index, name, '', error))
    }
  }
  rows.sort((a, b) => order(a, rule) - order(b, rule))
  const maps = rows.flatMap(({ map }) =>
    map === undefined ? [] : [toHeatmap(map, { market: map.market, options: rule.map })],
  )
  const result = Object.assign(toTable(rows), {
    maps,
    table: () => toTable(rows),
    figure: () => scanFigure(rows),
  })
  return Object.defineProperty(result, DISPLAY, {
    value: () => boardBundle(rows, toTable(rows), rule.map),
  }) as object as Scan
}

async function toMarket(entry: Market | MarketSource | string, { source }: Rule): Promise<Market> {
  if (typeof entry !== 'string') return isMarket(entry) ? entry : loadMarket(entry)
  return loadMarket({ ...source, symbol: entry } as MarketSource)
}

function nameOf(entry: Market | MarketSource | string): string {
  if (typeof entry === 'string') return oneLine(entry, 60)
  const { symbol, file, exchange } = { ...(entry as object) } as Record<string, unknown>
  const name = symbol ?? file ?? exchange ?? Object.keys(entry ?? {})[0] ?? entry
  return oneLine(String(name), 60)
}

function rowOf(entry: number, market: Market, timeframe: string, rule: Rule): Row {
  try {
    const bars = resample(market, durationMs(timeframe, `${CALLER}: timeframes`), CALLER)
    const map = liquidationMap(bars, rule.map, CALLER)
    const clusterOptions = clusterRuleOptions.pick(rule)
    const first = clusterTable(map, clusterOptions)
      .objects()
      .filter(row => (row as { rank: number }).rank === 1) as BoardCluster[]
    const { close, maxPain, table: curve } = liquidationCurve(map, clusterOptions)
    const within = { long: 0, short: 0 }
    const share = rule.within / 100
    for (const { price, side, notional } of curve.objects() as { price: number; side: Side; notional: number }[])
      if (Math.abs(price / close - 1) <= share) within[side] += notional
    return {
      entry,
      symbol: bars.symbol,
      timeframe: bars.timeframe,
      map,
      closedAt: new Date(bars.time[bars.length - 1]! + bars.barMs),
      price: close,
      unit: isRelative(map) ? 'relative' : 'USD',
      clusters: { long: first.find(({ side }) => side === 'long'), short: first.find(({ side }) => side === 'short') },
      maxPain,
      within,
      error: null,
    }
  } catch (error) {
    return failedRow(entry, market.symbol, timeframe, error)
  }
}

function failedRow(entry: number, symbol: string, timeframe: string, error: unknown): Row {
  const none = { long: null, short: null }
  return {
    entry,
    symbol,
    timeframe,
    closedAt: null,
    price: null,
    unit: null,
    clusters: { long: undefined, short: undefined },
    maxPain: none,
    within: none,
    error: error instanceof Error ? error.message : String(error),
  }
}

/** What rows are sorted by, rising; failures last. */
function order({ clusters: { long, short }, error }: Row, { sortBy }: Rule): number {
  if (error !== null) return Number.MAX_VALUE
  const found = [long, short].filter(cluster => cluster !== undefined)
  if (found.length === 0) return Number.MAX_VALUE / 2
  return sortBy === 'distance'
    ? Math.min(...found.map(({ distance }) => Math.abs(distance)))
    : -Math.max(...found.map(({ notional }) => notional))
}

function toTable(rows: readonly Row[]): ColumnTable {
  const column = <Value>(value: (row: Row) => Value) => rows.map(value)
  const scanned = table({
    symbol: column(row => row.symbol),
    timeframe: column(row => row.timeframe),
    closedAt: column(row => row.closedAt),
    price: column(row => row.price),
    longPeak: column(row => row.clusters.long?.peak ?? null),
    longDistance: column(row => row.clusters.long?.distance ?? null),
    longNotional: column(row => row.clusters.long?.notional ?? null),
    shortPeak: column(row => row.clusters.short?.peak ?? null),
    shortDistance: column(row => row.clusters.short?.distance ?? null),
    shortNotional: column(row => row.clusters.short?.notional ?? null),
    longMaxPain: column(row => row.maxPain.long),
    shortMaxPain: column(row => row.maxPain.short),
    longWithin: column(row => row.within.long),
    shortWithin: column(row => row.within.short),
    unit: column(row => row.unit),
    error: column(row => row.error),
  })
  // Amounts of different units stand in one column, so the unit has its own.
  const amount = { notation: 'compact' } as const
  return withFormats(scanned, {
    longDistance: FORMATS.signedPercent,
    shortDistance: FORMATS.signedPercent,
    longNotional: amount,
    shortNotional: amount,
    longWithin: amount,
    shortWithin: amount,
  })
}
