/** What a heatmap shows in a notebook: the explorer, which can ask the running kernel for the map with other parameters. */
import * as v from 'valibot'
import { type ExplorerOptions, explorerPayload } from '../charts/explorer.ts'
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
import { channelHost } from '../common/host.ts'
import { dropUndefined } from '../common/options.ts'
import { arrayOf, parse, type SchemaOf, wholeNumberFrom } from '../common/schema.ts'
import { leverageTiers } from '../liquidation/book/leverage.ts'
import { type LiquidationMap, liquidationMap, type MapOptions, mapOptions } from '../liquidation/map.ts'
import { binanceMargin, hyperliquidMargin, type MarginModel } from '../liquidation/margin/margin-models.ts'
import type { Market } from '../market/market.ts'
import { resample } from '../market/resample.ts'

/** What a map is built from. */
export interface Recipe {
  market: Market
  options: MapOptions
}

/** Size of the figure for readers without the explorer: in a saved notebook it takes about 100 kB. */
const FALLBACK = { columns: 200, rows: 100 }

/**
 * The MIME bundle of a map: the explorer, a Plotly figure for other readers of the notebook, and text.
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
    [EXPLORER_MIME]: { ...payloadFor(map, recipe, options), ...(recipe && connection(recipe, options)) },
    'application/vnd.plotly.v1+json': heatmapFigure(map, { ...FALLBACK, ...dropUndefined({ from, to }) }),
    'text/plain': text,
  }
}

function connection(recipe: Recipe, options: ExplorerOptions): Pick<ExplorerPayload, 'channel' | 'choices'> {
  const channel = channelHost()?.open(message => {
    const request = parse(requestSchema, message, problem => new DataError(problem))
    const next = applyRequest(recipe, request)
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
    }
    const map = liquidationMap(next.market, next.options)
    // Sent once and never saved: fast compression.
    const payload = payloadFor(map, next, { ...dropUndefined({ ...options, ...part }), compression: 2 })
    return { ...payload, choices: choicesFor(next, recipe.market, request.tiers) }
  })
  return channel === undefined ? {} : { channel, choices: choicesFor(recipe, recipe.market) }
}

/** Too small to change the other layers, and large enough to keep its digits. */
const TINY_WEIGHT = 1e-9

/** Tiers of weight 0 get a layer too, so that their sliders have something to turn up. */
function payloadFor(map: LiquidationMap, recipe: Recipe | null, options: ExplorerOptions): ExplorerPayload {
  const { tiers } = map.options
  const mix = recipe?.options.leverage
  if (!recipe || tiers.every(tier => tier.weight > 0) || typeof mix !== 'object') return explorerPayload(map, options)
  const leverage = Object.fromEntries(Object.entries(mix).map(([tier, weight]) => [tier, weight || TINY_WEIGHT]))
  const full = liquidationMap(recipe.market, { ...recipe.options, leverage })
  return explorerPayload(full, { ...options, weights: tiers.map(tier => tier.weight) })
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
const VENUES = ['Binance', 'Hyperliquid'] as const
const AS_IN_CELL = 'as in the cell'

const MOMENTS = 'two moments in epoch ms, the first before the second'

const requestSchema = v.strictObject({
  halfLifeMs: v.exactOptional(v.nullable(v.pipe(v.number(), v.finite(), v.gtValue(0)))),
  flow: v.exactOptional(v.nullable(v.picklist(['volume', 'openInterest', 'trades']))),
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
}) satisfies SchemaOf<ExplorerRequest>

type Choices = {
  [Name in Exclude<keyof ExplorerRequest, 'range'>]-?: ExplorerChoice<Exclude<ExplorerRequest[Name], undefined>>
}

/**
 * What the explorer offers for a recipe, with its present values.
 *
 * @param base the market of the cell
 * @param tiers those requested in addition to the cell's
 */
function choicesFor({ market, options }: Recipe, base: Market, tiers: number[] = []): Choices {
  const { flow, margin } = options
  const { halfLife, binWidth } = { ...mapOptions.defaults, ...dropUndefined(options) }
  const frames = [base.timeframe, ...TIMEFRAMES].filter((frame, i, all) => {
    const ms = durationMs(frame)
    return all.indexOf(frame) === i && ms % base.barMs === 0 && base.length / (ms / base.barMs) >= MIN_BARS
  })
  return {
    halfLifeMs: choice(
      'Half-life',
      halfLife === Infinity ? null : durationMs(halfLife, 'halfLife'),
      [...HALF_LIVES.map(name => durationMs(name)), null],
      halfLifeText,
    ),
    flow: choice(
      'Flow',
      typeof flow?.from === 'object' ? null : (flow?.from ?? (flow?.trades ? 'trades' : 'volume')),
      ['volume', ...(base.openInterest ? ['openInterest' as const] : []), ...(flow?.trades ? ['trades' as const] : [])],
      value => value ?? AS_IN_CELL,
    ),
    margin: choice(
      'Margin',
      margin ? (VENUES.find(venue => margin.name.startsWith(venue)) ?? null) : 'Binance',
      VENUES.filter(venue => hasBrackets(venue, base.symbol)),
      value => value ?? AS_IN_CELL,
    ),
    binWidth: choice('Bins', binWidth, BIN_WIDTHS, width => `${+(width * 1e4).toPrecision(4)} bp`),
    timeframe: choice('Timeframe', market.timeframe, frames, String),
    tiers: choice('Tiers', tiers, [[], MORE_TIERS], leverages =>
      leverages.length === 0 ? AS_IN_CELL : leverages.map(leverage => `${leverage}x`).join(' '),
    ),
  }
}

function choice<Value extends ChoiceValue>(
  label: string,
  value: Value,
  offered: readonly Value[],
  nameOf: (value: Value) => string,
): ExplorerChoice<Value> {
  const isOffered = offered.some(other => JSON.stringify(other) === JSON.stringify(value))
  const values = isOffered ? offered : [value, ...offered]
  return { label, value, options: values.map(other => ({ label: nameOf(other), value: other })) }
}

/** A week is shown as 7d, like the other multiples of a day. */
function halfLifeText(ms: number | null): string {
  return ms === null ? 'none' : (HALF_LIVES.find(name => durationMs(name) === ms) ?? formatDuration(ms))
}

function hasBrackets(venue: keyof typeof MARGIN_MODELS, symbol: string): boolean {
  try {
    MARGIN_MODELS[venue](symbol)
    return true
  } catch {
    return false
  }
}

function applyRequest({ market, options }: Recipe, request: ExplorerRequest): Recipe {
  const { halfLifeMs, flow, margin, binWidth, timeframe, tiers = [] } = request
  const next: MapOptions = { ...options }
  if (halfLifeMs !== undefined) next.halfLife = halfLifeMs ?? Infinity
  if (flow) next.flow = { ...options.flow, from: flow }
  if (margin) next.margin = MARGIN_MODELS[margin](market.symbol)
  if (binWidth !== undefined) next.binWidth = binWidth
  if (tiers.length > 0 && typeof options.leverage !== 'function') {
    const mix: Record<number, number> = Object.fromEntries(tiers.map(leverage => [leverage, 0]))
    for (const { leverage, weight } of liquidationMap(market, options).options.tiers) mix[leverage] = weight
    next.leverage = Object.fromEntries(leverageTiers(mix).map(tier => [tier.leverage, tier.weight]))
  }
  return {
    market: timeframe === undefined ? market : resample(market, durationMs(timeframe, 'timeframe')),
    options: next,
  }
}
