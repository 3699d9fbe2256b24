/** The liquidation map: options, assumptions and replay of the estimated liquidation levels of a market. */
import { type ColumnFormat, FORMATS } from '../common/column-format.ts'
import { DAY, durationMs, formatTime } from '../common/duration.ts'
import { DataError, quoteValue } from '../common/errors.ts'
import {
  type Check,
  defineOptions,
  duration,
  invalidOption,
  nestedOptions,
  numberThat,
  oneOf,
  option,
  optional,
  text,
  valueThat,
} from '../common/options.ts'
import { describeInstrument } from '../market/instrument.ts'
import { describeMarket, type Market } from '../market/market.ts'
import { type PositionCohorts, positionCohorts } from './book/cohorts.ts'
import {
  type LeverageBySize,
  type LeverageMix,
  type LeveragePrior,
  leverageOption,
  type Tier,
} from './book/leverage.ts'
import { PlacedReplay } from './book/placed-replay.ts'
import { type FlowOptions, flowOption, type PositionFlow, positionFlow } from './book/position-flow.ts'
import { Replay, type ReplayOptions } from './book/replay.ts'
import { type Distribution, sharesBy } from './book/shares.ts'
import { type ResolvedStops, resolveStops, type StopOptions, stopOption, stopWords } from './book/stop-places.ts'
import { type Layer, type Survival, survivalCurve, survivalOption } from './book/survival.ts'
import { defaultMargin } from './margin/default-margin.ts'
import { type MarginModel, marginModel } from './margin/margin-models.ts'
import { type BookVisitor, type MapRun, replayParts } from './replay-parts.ts'

export interface MapOptions {
  /** Share of the opened notional by leverage: a mix, the name of a prior, or a mix by size. Default `inverseRoot`. */
  leverage?: LeverageMix | LeveragePrior | LeverageBySize
  /** How new positions follow from the data. Default: see {@link FlowOptions}. */
  flow?: FlowOptions
  /**
   * Time after which half of the positions are assumed closed for other reasons; `Infinity` for never. Default `Infinity` with a
   * flow by turnover, which knows how many close; else `7d`.
   */
  halfLife?: string | number
  /** Age at which every position is assumed closed. Default `Infinity`: none. */
  maxAge?: string | number
  /**
   * Distance in ln(price) by which a low or high must go through a level to consume all of it; a smaller distance consumes
   * a part. Liquidation follows the mark price, which does not follow the last price into the tip of a wick. 0: a level is
   * consumed as soon as its bin is reached. Cannot be combined with `maxAge`. Default 0.0015; 0 with a `maxAge`.
   */
  triggerDepth?: number
  /** Width of a price bin in ln(price). Default 0.001 (10 bp). */
  binWidth?: number
  /** Notional of positions in USD, one size or shares by size; it selects the margin bracket. Default 10,000. */
  positionNotional?: number | Distribution
  /** Margin that traders add later, in multiples of the initial margin: shares by multiple. Default `{ 0: 1 }`: none. */
  extraMargin?: Distribution
  /**
   * Positions that end on the way to their liquidation, by stops, added margin or taking the loss: the share still open when the
   * price has gone a part of the way. Default `{}`: all are liquidated, as no data tells how many are not.
   */
  survival?: Survival
  /** What the levels are: liquidations, the stops that `survival` implies, or both. Default `liquidations`. */
  layer?: Layer
  /** Where those stops lie. Default: at the parts of the way that `survival` names; see {@link StopOptions}. */
  stops?: StopOptions
  /** Multiplies every USD of the map: what one USD of it really is, as `liq.calibrate` finds. Default 1. */
  scale?: number | CalibratedScale
  /** The venue's margin rule. Default: {@link defaultMargin}, from the tiers that the market's exchange served, else Binance's. */
  margin?: MarginModel
}

/** A scale with its 95 % interval, and what it was fitted to, e.g. `observed positions of hyperliquid`. */
export interface CalibratedScale {
  value: number
  low: number
  high: number
  to: string
}

/** Guards against typos: no realistic map needs finer bins. */
const MIN_BIN_WIDTH = 1e-5

const isSize = (size: number): boolean => size > 0 && size < Infinity
const sizeDistribution = sharesBy('sizes above 0 USD', isSize, '{ 10000: 0.7, 1000000: 0.3 }')
const positionSize: Check = value => {
  if (typeof value !== 'number') return sizeDistribution(value)
  return isSize(value) ? undefined : { expected: 'a size above 0 USD' }
}

const scaleNumber = numberThat('above 0', x => x > 0 && x < Infinity)
const bound = valueThat('a number, NaN where it is not known', value => typeof value === 'number')
const calibratedScale = nestedOptions({
  value: scaleNumber,
  low: bound,
  high: bound,
  to: text,
})
const mapScale: Check = value => (typeof value === 'number' ? scaleNumber(value) : calibratedScale(value))

const CALLER = 'liq.heatmap'

const DEFAULT_TRIGGER_DEPTH = 0.0015

/** Of flows that do not tell when positions close. */
const DEFAULT_HALF_LIFE = '7d'

export const mapOptions = defineOptions<MapOptions, 'halfLife' | 'triggerDepth' | 'margin'>(CALLER, {
  leverage: option('inverseRoot', leverageOption),
  flow: option({}, flowOption),
  halfLife: optional(duration(true)),
  maxAge: option(Infinity, duration(true)),
  triggerDepth: optional(numberThat('0 to 0.1 in ln(price), e.g. 0.002 for 20 bp', x => x >= 0 && x <= 0.1)),
  binWidth: option(
    0.001,
    numberThat(`${MIN_BIN_WIDTH} to 0.1 in ln(price), e.g. 0.001 for 10 bp`, x => x >= MIN_BIN_WIDTH && x <= 0.1),
  ),
  positionNotional: option(10_000, positionSize),
  extraMargin: option(
    { 0: 1 },
    sharesBy('multiples of 0 or more', multiple => multiple >= 0, '{ 0: 0.7, 1: 0.3 }'),
  ),
  survival: option({}, survivalOption),
  layer: option('liquidations', oneOf('liquidations', 'stops', 'both')),
  stops: option({}, stopOption),
  scale: option(1, mapScale),
  margin: optional(marginModel),
})

export interface ResolvedMapOptions {
  /** Weights after the brackets' caps. */
  tiers: Tier[]
  halfLifeMs: number
  maxAgeMs: number
  triggerDepth: number
  binWidth: number
  positionNotional: Distribution
  extraMargin: Distribution
  survival: Survival
  layer: Layer
  stops: ResolvedStops
  scale: number
  /** Where the scale was fitted: with its interval, and to what. */
  calibration: CalibratedScale | null
  margin: MarginModel
}

/** Liquidation levels of a market over time. It stores no matrix: {@link replay} computes the levels. */
export interface LiquidationMap {
  readonly market: Market
  readonly options: ResolvedMapOptions
  /** The options as passed in; they build the same map of other bars. */
  readonly inputOptions: MapOptions
  readonly flow: PositionFlow
  readonly positionCohorts: PositionCohorts
  /** The assumptions in words, one per line, printed with every result. */
  readonly assumptions: readonly string[]
  /** The positions were observed, not estimated: `inputOptions` do not build the map again. */
  readonly isObserved?: true
  /** The maps that this one sums; a single map has one part. */
  readonly parts: readonly MapPart[]
  /** Runs through the market, up to the bar `until`, and calls back after every bar. */
  replay(visit: BookVisitor, options?: ReplayOptions): void
}

/**
 * For functions that cells call with any value, e.g. with the market or a list instead of its map.
 * @throws DataError naming the value
 */
export function assertMap(value: unknown, caller: string): asserts value is LiquidationMap {
  const candidate = value as (Partial<LiquidationMap> & Partial<Market>) | null | undefined
  if (typeof candidate?.replay === 'function' && candidate.parts) return
  const isMarket = candidate?.time instanceof Float64Array
  const hint = isMarket ? 'a market: write `liq.heatmap(market)`' : Array.isArray(value) ? 'a list' : quoteValue(value)
  throw new DataError(`${caller} expects a heatmap, as liq.heatmap returns it, but got ${hint}`)
}

/** @throws DataError unless the value is a list of heatmaps, which may be empty */
export function assertMaps(value: unknown, caller: string): asserts value is readonly LiquidationMap[] {
  if (!Array.isArray(value)) throw new DataError(`${caller} expects a list of heatmaps, e.g. ${caller}([one, other])`)
  for (const [index, map] of value.entries()) assertMap(map, `${caller}, map ${index + 1}:`)
}

/** One market's contribution to a map. */
export interface MapPart {
  readonly market: Market
  /** The options of its map, as passed in. */
  readonly inputOptions: MapOptions
  readonly flow: PositionFlow
  readonly halfLifeMs: number
  /** Starts a replay of the market that the caller steps. */
  start(options?: ReplayOptions): MapRun
}

/**
 * Estimates where leveraged positions would be force-closed, from a market's bars. See {@link Replay} for the order of
 * events in a bar. Later bars never change what is known of bar t.
 *
 * @param caller the public function, for errors
 * @throws OptionError naming the option that is out of range; DataError for invalid trades or leverage tiers
 */
export function liquidationMap(market: Market, options: MapOptions = {}, caller = CALLER): LiquidationMap {
  const { leverage, flow: flowInput, halfLife, ...rest } = resolveOptions(market, options, caller)
  // Brackets in USD do not depend on a price; at 1 a notional stays exact, also on the edge of a bracket.
  const { contract, maintenanceOn } = rest.margin
  const flow = positionFlow(market, flowInput, rest.binWidth, contract, rest.scale, caller)
  const halfLifeDefault = flow.options.from.turnover > 0 ? Infinity : DEFAULT_HALF_LIFE
  const resolved = { ...rest, halfLifeMs: timeSpan(halfLife ?? halfLifeDefault) }
  const referencePrice = contract === 'linear' && maintenanceOn !== 'size' ? 1 : market.close[0]!
  const cohorts = positionCohorts({ ...resolved, leverage, referencePrice }, resolved.binWidth, caller)
  const { tiers, ways } = cohorts
  const areStopsPlaced = resolved.stops.at !== 'survival' && resolved.layer !== 'liquidations'
  const part: MapPart = {
    market,
    inputOptions: options,
    flow,
    halfLifeMs: resolved.halfLifeMs,
    start(replayOptions) {
      const input = { market, flow, tierCount: tiers.length, contract, ...resolved }
      return areStopsPlaced
        ? new PlacedReplay({ ...input, ways }, replayOptions)
        : new Replay({ ...input, cohorts: cohorts.cohorts }, replayOptions)
    },
  }
  // Stops at prices of their own need another book than liquidations, so a map of both is the sum of two.
  const parts =
    areStopsPlaced && resolved.layer === 'both'
      ? (['liquidations', 'stops'] as const).flatMap(
          layer => liquidationMap(market, { ...options, layer }, caller).parts,
        )
      : [part]
  return {
    market,
    options: { ...resolved, tiers },
    inputOptions: options,
    flow,
    positionCohorts: cohorts,
    assumptions: describe(market, { ...resolved, tiers }, cohorts, flow),
    parts,
    replay(visit, replayOptions) {
      if (parts.length > 1) {
        replayParts(market, parts, tiers.length, visit, replayOptions)
        return
      }
      const run = part.start(replayOptions)
      while (run.step()) visit(run.bar, run.book)
    },
  }
}

function resolveOptions(market: Market, options: MapOptions, caller: string) {
  const resolved = mapOptions.resolve(options, caller)
  const { leverage, flow, halfLife, maxAge, binWidth, positionNotional, extraMargin, survival, layer, scale } = resolved
  const stops = resolveStops(resolved.stops)
  const { triggerDepth = maxAge === Infinity ? DEFAULT_TRIGGER_DEPTH : 0 } = resolved
  if (layer === 'stops' && !Object.values(survival).some(share => share < 1))
    throw invalidOption(
      caller,
      'layer',
      layer,
      'liquidations, or a survival with it that leaves some out, e.g. { 0.5: 0.7 }',
    )
  if (stops.at !== 'survival' && !Object.values(survival).some(share => share < 1))
    throw invalidOption(caller, 'stops.at', stops.at, 'a survival with it that leaves some out, e.g. { 0.5: 0.7 }')
  if (stops.at !== 'survival' && maxAge !== Infinity)
    throw invalidOption(caller, 'maxAge', maxAge, 'Infinity with stops at prices of their own; use halfLife')
  if (triggerDepth > 0 && maxAge !== Infinity)
    throw invalidOption(
      caller,
      'triggerDepth',
      triggerDepth,
      '0 with a maxAge: partly consumed levels cannot expire; use halfLife',
    )
  return {
    leverage,
    flow,
    halfLife,
    maxAgeMs: timeSpan(maxAge),
    triggerDepth,
    binWidth,
    positionNotional: typeof positionNotional === 'number' ? { [positionNotional]: 1 } : positionNotional,
    extraMargin,
    survival,
    layer,
    stops,
    scale: typeof scale === 'number' ? scale : scale.value,
    calibration: typeof scale === 'number' ? null : scale,
    margin: resolved.margin ?? defaultMargin(market),
  }
}

/** `7 days`, `1 day`, `0.5 days`. */
function daysText(ms: number): string {
  const days = +(ms / DAY).toPrecision(4)
  return `${days} ${days === 1 ? 'day' : 'days'}`
}

const timeSpan = (duration: string | number): number => (duration === Infinity ? Infinity : durationMs(duration))

function sizeRange(min: number, below: number): string {
  const usd = (value: number) => value.toLocaleString('en-US')
  if (below < Infinity) return ` of ${usd(min)} to ${usd(below)} USD`
  return min > 0 ? ` of ${usd(min)} USD or more` : ''
}

function describeLayer({ survival, layer, stops }: ResolvedMapOptions): string[] {
  const curve = survivalCurve(survival)
  if (curve.length === 0) return []
  const points = curve.map(({ part, share }) => `${percent(share)} at ${percent(part)} of the way`).join(', ')
  const what = { liquidations: 'liquidations', stops: 'the stops that this implies', both: 'liquidations and stops' }[
    layer
  ]
  return [
    `positions still open on the way to their liquidation: ${points} (assumed); levels are ${what}`,
    ...(stops.at === 'survival' || layer === 'liquidations' ? [] : [stopWords(stops)]),
  ]
}

const percent = (share: number): string => `${+(share * 100).toPrecision(3)} %`

function openInterestWords(market: Market, source: PositionFlow['options']['openInterest']): string {
  if (source === 'recorded') {
    const first = market.openInterest!.findIndex(coins => coins >= 0)
    const since = first > 0 ? ` (on record since ${formatTime(market.time[first]!)}; nothing opens before)` : ''
    return `the change of open interest${since}`
  }
  if (typeof source === 'number') return `an assumed open interest of ${source.toLocaleString('en-US')} USD`
  return `an assumed open interest of ${source!.ofDailyVolume} times the daily volume`
}

/** How tables show the amounts of a map. */
export const amountFormat = (map: LiquidationMap): ColumnFormat => (isRelative(map) ? FORMATS.relative : FORMATS.usd)

/** Whether the USD of a map compare its levels with each other only: nothing ties their sum to open interest or to a record. */
export function isRelative({
  isObserved,
  flow,
  options,
}: Pick<LiquidationMap, 'isObserved' | 'flow' | 'options'>): boolean {
  return !isObserved && options.scale === 1 && !options.calibration && flow.options.from.turnover === 0
}

/** What one USD of the map is. */
function scaleWords(flow: PositionFlow, options: ResolvedMapOptions): string {
  const { openInterest } = flow.options
  const { scale, calibration } = options
  const digits = (value: number) => +value.toPrecision(3)
  if (calibration) {
    const { value, low, high, to } = calibration
    const interval = Number.isFinite(low + high) ? `, ${digits(low)}–${digits(high)}` : ', without an interval'
    return `calibrated to ${to} (×${digits(value)}${interval})`
  }
  if (scale !== 1) return `USD times ${digits(scale)}, as given`
  if (isRelative({ flow, options }))
    return 'relative: the amounts compare levels of this map with each other, not with the market'
  return openInterest === 'recorded'
    ? 'conserves open interest: each side sums to at most the open interest at any time'
    : 'conserves an assumed open interest'
}

function describe(market: Market, options: ResolvedMapOptions, cohorts: PositionCohorts, flow: PositionFlow): string[] {
  const list = (distribution: Distribution, name: (value: number) => string) => {
    const total = Object.values(distribution).reduce((sum, share) => sum + share, 0)
    return Object.entries(distribution)
      .map(([value, share]) => `${name(Number(value))} ${percent(share / total)}`)
      .join(', ')
  }
  const mix = options.tiers.map(tier => `${tier.leverage}x ${percent(tier.weight)}`).join(', ')
  const capped =
    cohorts.capped > 0 ? `, ${percent(cohorts.capped)} moved to lower tiers by the brackets’ leverage caps` : ''
  const { from, openInterest, openShare, split, entry, minNotional, maxNotional } = flow.options
  const sources = [
    from.turnover > 0 &&
      `${percent(openShare)} of the volume opens positions, and as many close in proportion as ${openInterestWords(market, openInterest)} demands`,
    from.openInterest > 0 && 'rising open interest opens positions, falling open interest closes them pro rata',
    from.volume > 0 && `${percent(openShare)} of each side of the volume opens positions`,
    from.trades > 0 &&
      `${percent(openShare)} of both sides of the trades${sizeRange(minNotional, maxNotional)} opens positions; bars without trades open none`,
    from.constant > 0 && 'the same contracts open in every bar (a null, which knows nothing of the market)',
  ].filter(Boolean)
  const blend = from.openInterest > 0 && from.volume > 0 ? ` (blended ${from.openInterest} : ${from.volume})` : ''
  const where = {
    path: 'along the path of the bar',
    range: 'evenly over the bar’s range',
    typical: 'at (high+low+close)/3',
    close: 'at the close',
  }[entry]
  const entries = from.trades > 0 ? 'entries at their own prices' : `entries ${where}`
  const sizes = Object.keys(options.positionNotional)
  const usd = (value: number) => `${value.toLocaleString('en-US')} USD`
  const size = sizes.length === 1 ? usd(Number(sizes[0])) : list(options.positionNotional, usd)
  const added = list(options.extraMargin, multiple => `${multiple}×`)
  const margin = added === '0× 100 %' ? 'no margin added' : `margin added, in multiples of the initial margin: ${added}`
  const halfLife = options.halfLifeMs === Infinity ? 'none' : daysText(options.halfLifeMs)
  const age = options.maxAgeMs === Infinity ? '' : `, all closed after ${daysText(options.maxAgeMs)}`
  const depth = `${+(options.triggerDepth * 1e4).toPrecision(4)} bp`
  const trigger = `levels are consumed when a low or high ${options.triggerDepth > 0 ? `passes through them, entirely at ${depth}` : 'reaches their bin'}`
  return [
    describeMarket(market),
    ...(market.synthetic ? [] : [`instrument: ${describeInstrument(market.instrument)}`]),
    `leverage mix: ${mix} (assumed)${capped}`,
    `scale: ${scaleWords(flow, options)}`,
    `flow: ${sources.join('; ')}${blend}; ${split === 'taker' ? 'longs and shorts by taker volume' : 'half long, half short'}; ${entries}`,
    `margin: isolated, ${margin}, positions of ${size}, ${options.margin.name}`,
    ...describeLayer(options),
    `half-life of positions: ${halfLife}${age}; price bins of ${+(options.binWidth * 1e4).toPrecision(4)} bp; ${trigger}`,
  ]
}
