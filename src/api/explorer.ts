/** What a heatmap shows in a notebook: the explorer, which can ask the running kernel for the map with other parameters. */
import * as v from 'valibot'
import { type ExplorerOptions, explorerPayload } from '../charts/explorer.ts'
import { explorerColumn } from '../charts/explorer-column.ts'
import {
  type ChoiceValue,
  EXPLORER_MIME,
  type ExplorerChoice,
  type ExplorerPayload,
  type ExplorerRequest,
} from '../charts/explorer-payload.ts'
import { heatmapFigure } from '../charts/heatmap.ts'
import { durationMs, formatDuration } from '../common/duration.ts'
import { DataError } from '../common/errors.ts'
import { channelHost, portableOutputs } from '../common/host.ts'
import { dropUndefined } from '../common/options.ts'
import { arrayOf, parse, type SchemaOf, wholeNumberFrom } from '../common/schema.ts'
import { leverageTiers } from '../liquidation/book/leverage.ts'
import { clusterRuleOptions } from '../liquidation/clusters.ts'
import { type LiquidationMap, liquidationMap, type MapOptions } from '../liquidation/map.ts'
import { binanceMargin, hyperliquidMargin, type MarginModel } from '../liquidation/margin/margin-models.ts'
import { unifiedSymbol } from '../market/instrument.ts'
import type { Market } from '../market/market.ts'
import { resample } from '../market/resample.ts'
import { feedOf } from './live-feed.ts'
import { mapCode, marginCode } from './map-code.ts'

/** What a map is built from. */
export interface Recipe {
  market: Market
  options: MapOptions
}

/** Size of the figure for readers without the explorer: in a saved notebook it takes about 100 kB. */
const FALLBACK = { columns: 200, rows: 100 }

/**
 * The MIME bundle of a map: the explorer, text, and for other readers of the notebook a Plotly figure, see {@link portableOutputs}.
 *
 * @param recipe null for a map that cannot be built again, such as a sum of maps
 * @throws OptionError naming the option that is out of range
 */
export function explorerBundle(
  map: LiquidationMap,
  text: string,
  recipe: Recipe | null,
  options: ExplorerOptions = {},
): Record<string, unknown> {
  const { from, to } = options
  return {
    [EXPLORER_MIME]: {
      ...payloadFor(map, recipe, options),
      ...(recipe && {
        ...connection(map, recipe, options),
        code: mapCode(map, map, { source: recipe.market, ...recipe }),
      }),
    },
    ...(portableOutputs() && {
      'application/vnd.plotly.v1+json': heatmapFigure(map, { ...FALLBACK, ...dropUndefined({ from, to }) }),
    }),
    'text/plain': text,
  }
}

/** The public function in messages about requests. */
const CALLER = 'explorer'

function connection(
  cell: LiquidationMap,
  recipe: Recipe,
  options: ExplorerOptions,
): Pick<ExplorerPayload, 'channel' | 'choices' | 'live'> {
  const feed = feedOf(recipe.market)
  const channel = channelHost()?.open(message => {
    const request = parse(requestSchema, message, problem => new DataError(`${CALLER}: ${problem}`))
    if (request.feed) return feed?.now ?? null
    const next = applyRequest(cell, recipe, request)
    const map = liquidationMap(next.market, next.options, CALLER)
    if (request.column !== undefined) {
      const bar = barClosedAt(next.market, request.column)
      return explorerColumn(
        withAllTiers(map, next),
        bar,
        options.maxDistance ?? clusterRuleOptions.defaults.maxDistance,
      )
    }
    // By times, because bar numbers depend on the timeframe.
    const { time } = next.market
    const barAt = (moment: number) =>
      Math.max(
        0,
        time.findLastIndex(open => open <= moment),
      )
    const momentOf = (bar: number | undefined) => (bar === undefined ? undefined : recipe.market.time[bar])
    const [from, to] = request.range ?? [momentOf(options.from), momentOf(options.to)]
    const part = {
      from: from === undefined ? undefined : barAt(from),
      to: to === undefined ? undefined : barAt(to),
      low: request.prices?.[0],
      high: request.prices?.[1],
    }
    // Sent once and never saved: fast compression.
    const payload = payloadFor(map, next, { ...dropUndefined({ ...options, ...part }), compression: 2 })
    const rule = request.margin && marginCode(VENUE_RULES[request.margin], marginSymbol(next.market))
    const code = mapCode(cell, map, { source: recipe.market, options: next.options, marginRule: rule ?? undefined })
    return { ...payload, code, choices: choicesFor(cell, recipe, request) }
  })
  return channel === undefined ? {} : { channel, choices: choicesFor(cell, recipe), ...(feed && { live: true }) }
}

/** @throws DataError when no bar closes then */
function barClosedAt({ time, barMs }: Market, moment: number): number {
  const bar = time.indexOf(moment - barMs)
  if (bar < 0) throw new DataError(`${CALLER}: column: no bar closes at ${moment}`)
  return bar
}

/** Too small to change the other layers, and large enough to keep its digits. */
const TINY_WEIGHT = 1e-9

/** The map in which tiers of weight 0 have a layer too, so that their sliders have something to turn up. */
function withAllTiers(map: LiquidationMap, { market, options }: Recipe): LiquidationMap {
  const mix = options.leverage
  if (map.options.tiers.every(tier => tier.weight > 0) || typeof mix !== 'object') return map
  const leverage = Object.fromEntries(Object.entries(mix).map(([tier, weight]) => [tier, weight || TINY_WEIGHT]))
  return liquidationMap(market, { ...options, leverage })
}

function payloadFor(map: LiquidationMap, recipe: Recipe | null, options: ExplorerOptions): ExplorerPayload {
  const full = recipe ? withAllTiers(map, recipe) : map
  if (full === map) return explorerPayload(map, options)
  return explorerPayload(full, { ...options, weights: map.options.tiers.map(tier => tier.weight) })
}

const HALF_LIVES = ['12h', '1d', '3d', '7d', '14d', '30d', '90d']
const TIMEFRAMES = ['5m', '15m', '1h', '4h', '1d']
/** Minimum number of bars in a timeframe on offer. */
const MIN_BARS = 50
const BIN_WIDTHS = [0.0005, 0.001, 0.002, 0.005]
const MORE_TIERS = [2, 3, 5, 10, 20, 25, 50, 75, 100, 125]
const MAX_TIERS = 24
/** Margin rules that need nothing but the symbol. */
const MARGIN_MODELS = {
  Binance: binanceMargin,
  Hyperliquid: hyperliquidMargin,
} as const satisfies Record<string, (symbol: string) => MarginModel>
/** As members of `liq.margin`. */
const VENUE_RULES = { Binance: 'binance', Hyperliquid: 'hyperliquid' } as const
const VENUES = ['Binance', 'Hyperliquid'] as const
const AS_IN_CELL = 'as in the cell'

const FLOW_SOURCES = ['turnover', 'volume', 'openInterest', 'trades', 'constant'] as const

const MOMENTS = 'two moments in epoch ms, the first before the second'
const PRICES = 'two prices, the first below the second'

const requestSchema = v.strictObject({
  halfLifeMs: v.exactOptional(v.nullable(v.pipe(v.number(), v.finite(), v.gtValue(0)))),
  flow: v.exactOptional(v.nullable(v.picklist(FLOW_SOURCES))),
  margin: v.exactOptional(v.nullable(v.picklist(VENUES))),
  binWidth: v.exactOptional(v.number()),
  timeframe: v.exactOptional(v.string()),
  tiers: v.exactOptional(arrayOf(wholeNumberFrom(2, 1000), 0, MAX_TIERS)),
  range: v.exactOptional(
    v.pipe(
      v.strictTuple([v.number(MOMENTS), v.number(MOMENTS)], MOMENTS),
      v.check(([from, to]) => to > from, MOMENTS),
    ),
  ),
  prices: v.exactOptional(
    v.pipe(
      v.strictTuple([v.number(PRICES), v.number(PRICES)], PRICES),
      v.check(([low, high]) => low > 0 && high > low && high < Infinity, PRICES),
    ),
  ),
  column: v.exactOptional(v.number()),
  feed: v.exactOptional(v.literal(true)),
}) satisfies SchemaOf<ExplorerRequest>

/**
 * What the explorer offers for the map of a cell, in the order of the screen. The cell's own values are always among the
 * options, in their place.
 *
 * @param request what the shown map was asked for
 */
function choicesFor(
  cell: LiquidationMap,
  { market, options }: Recipe,
  request: ExplorerRequest = {},
): ExplorerChoice[] {
  const { halfLifeMs, binWidth, margin } = cell.options
  const frames = [market.timeframe, ...TIMEFRAMES].filter(frame => {
    const ms = durationMs(frame)
    return ms % market.barMs === 0 && (ms === market.barMs || market.length / (ms / market.barMs) >= MIN_BARS)
  })
  const sources = Object.entries(cell.flow.options.from).flatMap(([source, part]) => (part > 0 ? [source] : []))
  const venues = VENUES.filter(venue => ![undefined, margin.name].includes(venueMargin(venue, market)?.name))
  const choices = [
    choice<number | null>(
      'halfLifeMs',
      'Half-life',
      halfLifeMs === Infinity ? null : halfLifeMs,
      [...rising([...HALF_LIVES.map(name => durationMs(name)), halfLifeMs]).filter(Number.isFinite), null],
      halfLifeText,
    ),
    choice<string | null>(
      'flow',
      'Flow',
      sources.length === 1 ? sources[0]! : null,
      [
        ...(sources.length === 1 ? [] : [null]),
        ...(market.openInterest ? ['turnover'] : []),
        'volume',
        ...(market.openInterest ? ['openInterest'] : []),
        ...(options.flow?.trades ? ['trades'] : []),
        'constant',
      ],
      value => value ?? AS_IN_CELL,
    ),
    choice<(typeof VENUES)[number] | null>('margin', 'Margin', null, [null, ...venues], venue =>
      venue === null ? margin.name : venueMargin(venue, market)!.name,
    ),
    choice(
      'binWidth',
      'Bins',
      binWidth,
      rising([...BIN_WIDTHS, binWidth]),
      width => `${+(width * 1e4).toPrecision(4)} bp`,
    ),
    choice('timeframe', 'Timeframe', market.timeframe, [...new Set(frames)], String),
    choice('tiers', 'Tiers', [], [[], MORE_TIERS], leverages =>
      leverages.length === 0 ? AS_IN_CELL : leverages.map(leverage => `${leverage}x`).join(' '),
    ),
  ]
  return choices.map(choice => {
    const requested = request[choice.name as Exclude<keyof ExplorerRequest, 'feed'>]
    return requested === undefined ? choice : { ...choice, value: requested }
  })
}

function choice<Value extends ChoiceValue>(
  name: Exclude<keyof ExplorerRequest, 'range' | 'prices' | 'column' | 'feed'>,
  label: string,
  value: Value,
  offered: readonly Value[],
  labelOf: (value: Value) => string,
): ExplorerChoice {
  return { name, label, value, options: offered.map(other => ({ label: labelOf(other), value: other })) }
}

const rising = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b)

/** A week is shown as 7d, like the other multiples of a day. */
function halfLifeText(ms: number | null): string {
  return ms === null ? 'none' : (HALF_LIVES.find(name => durationMs(name) === ms) ?? formatDuration(ms))
}

/** The coin whose brackets apply; of an inverse contract its symbol, for which the linear rules are refused. */
function marginSymbol({ symbol, instrument }: Market): string {
  return unifiedSymbol(instrument) ?? instrument.base ?? symbol
}

/** A venue's rule with its bundled table; undefined for a coin that it does not have. */
function venueMargin(venue: keyof typeof MARGIN_MODELS, market: Market): MarginModel | undefined {
  try {
    return MARGIN_MODELS[venue](marginSymbol(market))
  } catch {
    return undefined
  }
}

function applyRequest(cell: LiquidationMap, { market, options }: Recipe, request: ExplorerRequest): Recipe {
  const { halfLifeMs, flow, margin, binWidth, timeframe, tiers = [] } = request
  const next: MapOptions = { ...options }
  if (halfLifeMs !== undefined) next.halfLife = halfLifeMs ?? Infinity
  if (flow) next.flow = { ...options.flow, from: flow }
  if (margin) next.margin = MARGIN_MODELS[margin](marginSymbol(market))
  if (binWidth !== undefined) next.binWidth = binWidth
  if (tiers.length > 0 && typeof options.leverage !== 'function') {
    const mix: Record<number, number> = Object.fromEntries(tiers.map(leverage => [leverage, 0]))
    for (const { leverage, weight } of cell.options.tiers) mix[leverage] = weight
    next.leverage = Object.fromEntries(leverageTiers(mix).map(tier => [tier.leverage, tier.weight]))
  }
  return {
    market: timeframe === undefined ? market : resample(market, durationMs(timeframe, `${CALLER}: timeframe`), CALLER),
    options: next,
  }
}
