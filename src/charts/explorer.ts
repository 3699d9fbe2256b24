/** The payload of the explorer: a liquidation map by tier, packed small enough to be saved in a notebook. */
import { createHash } from 'node:crypto'
import { BACKGROUNDS, CANDLE_COLOURS, type Look, PALETTES } from '../common/look.ts'
import {
  assertKnownOptions,
  defineOptions,
  dropUndefined,
  listOf,
  numberThat,
  oneOf,
  option,
  optional,
  wholeNumber,
} from '../common/options.ts'
import { LEVERAGE_PRIORS } from '../liquidation/book/leverage.ts'
import { type ClusterRule, clusterRule } from '../liquidation/clusters.ts'
import { type GridOptions, gridOptions } from '../liquidation/grid.ts'
import type { LiquidationMap } from '../liquidation/map.ts'
import { collectColumn } from './explorer-column.ts'
import { type PartOptions, packPart } from './explorer-part.ts'
import type { ExplorerPart, ExplorerPayload } from './explorer-payload.ts'
import { recordedUsd } from './recorded.ts'
import { mapSubject, mapUnit } from './subject.ts'

/** As fine as a screen can show. */
const FULL = { columns: 1000, rows: 500 }
/** Of a map whose newest bars are there in full detail besides: a column is a pixel or two of all that is known. */
const OVERVIEW = { columns: 600, rows: 300 }
/** Candles of a map, and of an overview: one for each column or two. */
const FULL_CANDLES = 2000
const OVERVIEW_CANDLES = 600
/** More than a wide screen shows readably; a month of hours. */
const RECENT_BARS = 720
const RECENT_ROWS = 400
/** In ln(price) beyond the range of the newest bars, for the levels that the price may reach next: at least, and at most. */
const RECENT_MARGIN = 0.1
const MAX_RECENT_MARGIN = 0.25

/** The cluster rule is that of `map.clusters`, with the same defaults: the outlines are the clusters of the table. */
export interface ExplorerOptions extends GridOptions, ClusterRule, Partial<Look> {
  /** Initial share of the notional by tier, 0…1. Default: the map's own weights. */
  weights?: readonly number[]
  /** Colours of the map. Default `viridis`; the reader's choice counts more, here and below. */
  palette?: Look['palette']
  /** Colours of rising and falling candles. Default `greenRed`. */
  candles?: Look['candles']
  /** `dark`: dark in a light theme too. Default `theme`. */
  background?: Look['background']
  /** 1 (fast) to 9 (small). Default 6, which takes two thirds of the time of 9 for half a percent more. */
  compression?: number
}

/** The options besides those of the grid. */
export const explorerOptions = defineOptions<Omit<ExplorerOptions, keyof GridOptions>, 'weights' | keyof Look>(
  'map.explore',
  {
    ...clusterRule,
    weights: optional(
      listOf(
        numberThat('a share of 0 to 1', x => x >= 0 && x <= 1),
        'a list of shares, one for each tier',
      ),
    ),
    compression: option(6, wholeNumber(1, 9)),
    palette: optional(oneOf(...PALETTES)),
    candles: optional(oneOf(...CANDLE_COLOURS)),
    background: optional(oneOf(...BACKGROUNDS)),
  },
)

/**
 * One layer of USD for each tier and side, as if that tier held all of the notional, so that the explorer mixes them by any
 * weights. A tier of weight 0 is empty in the map: build the map with a tiny weight there, and set the real one in `weights`.
 *
 * @throws OptionError naming the option that is out of range
 */
export function explorerPayload(map: LiquidationMap, options: ExplorerOptions = {}): ExplorerPayload {
  assertKnownOptions(options, [...explorerOptions.names, ...gridOptions.names], 'map.explore')
  const resolved = explorerOptions.resolve(explorerOptions.pick(options))
  const {
    weights = map.options.tiers.map(tier => tier.weight),
    compression,
    palette,
    candles: candleColours,
    background,
    ...rule
  } = resolved
  const look = dropUndefined({ palette, candles: candleColours, background })
  const { market } = map
  const { tiers } = map.options
  const last = collectColumn(map, options.to ?? market.length - 1, rule.maxDistance)
  const pack = { maxDistance: rule.maxDistance, candles: FULL_CANDLES, compression }
  const isPart = options.from !== undefined || options.to !== undefined
  const hasRecent = !isPart && market.length > RECENT_BARS
  const size = hasRecent ? OVERVIEW : FULL
  const packWhole = { ...pack, candles: hasRecent ? OVERVIEW_CANDLES : FULL_CANDLES }
  const whole = packPart(map, { ...size, ...gridOptions.pick(options) }, packWhole, last.visit)
  return {
    version: 6,
    id: viewId(map),
    symbol: market.symbol,
    timeframe: market.timeframe,
    synthetic: market.synthetic,
    subject: mapSubject(map),
    unit: mapUnit(map),
    assumptions: [...map.assumptions],
    barMs: market.barMs,
    ...whole,
    tiers: tiers.map(({ leverage }, tier) => ({ leverage, weight: weights[tier] ?? 0 })),
    presets: presetsFor(tiers.map(tier => tier.leverage)),
    ...(Object.keys(look).length > 0 && { look }),
    rule,
    ...(!isPart && { first: 'recent' }),
    ...(hasRecent && { recent: recentPart(map, pack) }),
    ...(recordedUsd(market) && { recorded: 'bars' }),
    lastColumn: last.column(),
  }
}

/** The newest bars with a column for each. */
function recentPart(map: LiquidationMap, options: PartOptions): ExplorerPart {
  const from = map.market.length - RECENT_BARS
  let [low, high] = [Infinity, 0]
  for (let t = from; t < map.market.length; t++) {
    low = Math.min(low, map.market.low[t]!)
    high = Math.max(high, map.market.high[t]!)
  }
  // As much more as the rows have room for.
  const { binWidth } = map.options
  const height = Math.log(high / low)
  const binsPerRow = Math.ceil((height + 2 * RECENT_MARGIN) / binWidth / RECENT_ROWS)
  const margin = Math.min(MAX_RECENT_MARGIN, ((RECENT_ROWS - 1) * binsPerRow * binWidth - height) / 2)
  const prices = { low: low * Math.exp(-margin), high: high * Math.exp(margin) }
  return packPart(map, { from, columns: RECENT_BARS, rows: RECENT_ROWS, ...prices }, options)
}

/** The same market and tiers are the same view: what the reader chose is kept when other assumptions change. */
function viewId({ market, options, isObserved }: LiquidationMap): string {
  const leverages = options.tiers.map(tier => tier.leverage)
  const observed = isObserved ? ['observed', options.layer] : []
  const key = JSON.stringify([market.symbol, market.timeframe, leverages, ...observed])
  return `explorer-${createHash('sha256').update(key).digest('base64url').slice(0, 12)}`
}

/** Published mixes, reduced to the tiers of the map; shares by tier, summing to 1. */
function presetsFor(leverages: readonly number[]): ExplorerPayload['presets'] {
  return Object.entries<Readonly<Record<number, number>>>(LEVERAGE_PRIORS).flatMap(([name, mix]) => {
    const parts = leverages.map(leverage => mix[leverage] ?? 0)
    const sum = parts.reduce((total, part) => total + part, 0)
    return sum > 0 ? [{ name, shares: parts.map(part => part / sum) }] : []
  })
}
