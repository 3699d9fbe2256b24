import { DAY, durationMs } from '../common/duration.ts'
import { DataError, quoteValue } from '../common/errors.ts'
import { assertKnownOptions } from '../common/options.ts'
import { type Market, marketLine } from '../market/market.ts'
import { type Distribution, type PositionCohorts, positionCohorts } from './book/cohorts.ts'
import type { BookView } from './book/level-book.ts'
import {
  DEFAULT_LEVERAGE,
  type LeverageBySize,
  type LeverageMix,
  type LeveragePrior,
  type Tier,
} from './book/leverage.ts'
import { type FlowOptions, type PositionFlow, positionFlow } from './book/position-flow.ts'
import { Replay, type ReplayOptions } from './book/replay.ts'
import { defaultMargin } from './margin/default-margin.ts'
import { checkModel } from './margin/liquidation-price.ts'
import type { MarginModel } from './margin/margin-models.ts'

export interface MapOptions {
  /** Share of the opened notional by leverage: a mix, the name of a published prior, or a mix by size. Default `retail`. */
  leverage?: LeverageMix | LeveragePrior | LeverageBySize
  /** How new positions are told from the data. */
  flow?: FlowOptions
  /** Time after which half of the positions are taken to be closed for other reasons. Default `7d`; `Infinity` for never. */
  halfLife?: string | number
  /** Age at which every position is taken to be closed. Default: none. */
  maxAge?: string | number
  /**
   * How far, in ln(price), a low or high must go through a level to take all of it; a part of the way takes a part.
   * Liquidation follows the mark price, which does not follow the last price into the tip of a wick. Default 0: a level
   * goes as soon as its bin is reached. Not together with `maxAge`.
   */
  triggerDepth?: number
  /** Width of a price bin in ln(price). Default 0.001 (10 bp). */
  binWidth?: number
  /** Notional of positions in USD, one size or shares by size; it selects the margin bracket. Default 10,000. */
  positionNotional?: number | Distribution
  /** Margin that traders add later, in multiples of the initial margin: shares by multiple. Default none. */
  extraMargin?: Distribution
  /** The venue's margin rule. Default: {@link defaultMargin} the market: the tiers its exchange served, else Binance's with the coin's brackets. */
  margin?: MarginModel
}

export interface ResolvedMapOptions {
  /** Weights after the caps of the brackets. */
  tiers: Tier[]
  halfLifeMs: number
  maxAgeMs: number
  triggerDepth: number
  binWidth: number
  positionNotional: Distribution
  extraMargin: Distribution
  margin: MarginModel
}

/** Called after the close of bar t with the book as it is known then. The book is reused: read it, don't keep it. */
export type BookVisitor = (t: number, book: BookView) => void

/** Estimated liquidation levels of a market over time. A recipe, not a matrix: {@link replay} runs it. */
export interface LiquidationMap {
  readonly market: Market
  readonly options: ResolvedMapOptions
  /** The options as they were given: they make the same map of other bars. */
  readonly inputOptions: MapOptions
  readonly flow: PositionFlow
  readonly positionCohorts: PositionCohorts
  /** The assumptions in words, one a line, to be printed with every result. */
  readonly assumptions: readonly string[]
  /** The maps that were added up; of a single map itself alone. */
  readonly parts: readonly MapPart[]
  /** Runs through the market, up to the bar `until`, and calls back after every bar. */
  replay(visit: BookVisitor, options?: ReplayOptions): void
}

/**
 * For functions that a cell calls with what it has at hand, which may be the market or a list instead.
 * @throws DataError saying what was given
 */
export function requireMap(value: unknown, caller: string): asserts value is LiquidationMap {
  const given = value as (Partial<LiquidationMap> & Partial<Market>) | null | undefined
  if (typeof given?.replay === 'function' && given.parts) return
  const isMarket = given?.time instanceof Float64Array
  const hint = isMarket ? 'a market: write `liq.heatmap(market)`' : Array.isArray(value) ? 'a list' : quoteValue(value)
  throw new DataError(`${caller} takes a heatmap, as liq.heatmap gives it, but was given ${hint}`)
}

/** @throws DataError unless it is a list of heatmaps, which may be empty */
export function requireMaps(value: unknown, caller: string): asserts value is readonly LiquidationMap[] {
  if (!Array.isArray(value)) throw new DataError(`${caller} takes a list of heatmaps, e.g. ${caller}([one, other])`)
  for (const [index, map] of value.entries()) requireMap(map, `${caller}, map ${index + 1}:`)
}

/** One market's share in a map. */
export interface MapPart {
  readonly market: Market
  /** Starts a run through the market, to be stepped by hand. */
  start(options?: ReplayOptions): Replay
}

/**
 * Where leveraged positions would be force-closed, estimated from what the market did. See {@link Replay} for the order of
 * events in a bar. What is known of bar t never depends on later bars.
 *
 * @throws RangeError naming the option that is out of range
 */
export function liquidationMap(market: Market, options: MapOptions = {}): LiquidationMap {
  const resolved = resolveOptions(market, options)
  const leverage = options.leverage ?? DEFAULT_LEVERAGE
  // Brackets in USD know no price; at 1 a notional stays exactly what it is, also on the edge of a bracket.
  const { contract, maintenanceOn } = resolved.margin
  const referencePrice = contract === 'linear' && maintenanceOn !== 'size' ? 1 : market.close[0]!
  const people = positionCohorts({ ...resolved, leverage, referencePrice }, resolved.binWidth)
  const flow = positionFlow(market, options.flow, resolved.binWidth)
  const part: MapPart = {
    market,
    start(replayOptions) {
      const { cohorts, tiers } = people
      return new Replay({ market, flow, cohorts, tierCount: tiers.length, ...resolved }, replayOptions)
    },
  }
  return {
    market,
    options: { ...resolved, tiers: people.tiers },
    inputOptions: options,
    flow,
    positionCohorts: people,
    assumptions: describe(market, { ...resolved, tiers: people.tiers }, people, flow),
    parts: [part],
    replay(visit, replayOptions) {
      const run = part.start(replayOptions)
      while (run.step()) visit(run.bar, run.book)
    },
  }
}

/** `Record`, so that none is forgotten. */
const MAP_OPTIONS = Object.keys({
  leverage: true,
  flow: true,
  halfLife: true,
  maxAge: true,
  triggerDepth: true,
  binWidth: true,
  positionNotional: true,
  extraMargin: true,
  margin: true,
} satisfies Record<keyof MapOptions, true>)

/** More bins than this would be a slip of the keyboard. */
const FINEST_BIN = 1e-5

function resolveOptions(market: Market, options: MapOptions): Omit<ResolvedMapOptions, 'tiers'> {
  assertKnownOptions(options, MAP_OPTIONS, 'heatmap')
  const {
    halfLife = '7d',
    maxAge = Infinity,
    triggerDepth = 0,
    binWidth = 0.001,
    positionNotional = 10_000,
    extraMargin = { 0: 1 },
  } = options
  if (options.margin) checkModel(options.margin)
  if (!(binWidth >= FINEST_BIN && binWidth <= 0.1))
    throw new RangeError(`binWidth: ${binWidth}, but expected ${FINEST_BIN} to 0.1 (0.001 = 10 bp)`)
  if (!(triggerDepth >= 0 && triggerDepth <= 0.1))
    throw new RangeError(`triggerDepth: ${triggerDepth}, but expected 0 to 0.1 (0.002 = 20 bp)`)
  if (triggerDepth > 0 && maxAge !== Infinity)
    throw new RangeError('triggerDepth: levels that go in parts cannot be given a maxAge as well; use halfLife')
  return {
    halfLifeMs: halfLife === Infinity ? Infinity : durationMs(halfLife, 'halfLife'),
    maxAgeMs: maxAge === Infinity ? Infinity : durationMs(maxAge, 'maxAge'),
    triggerDepth,
    binWidth,
    positionNotional: typeof positionNotional === 'number' ? { [positionNotional]: 1 } : positionNotional,
    extraMargin,
    margin: options.margin ?? defaultMargin(market),
  }
}

function sizesBetween(least: number, below: number): string {
  const usd = (value: number) => value.toLocaleString('en-US')
  if (below < Infinity) return ` of ${usd(least)} to ${usd(below)} USD`
  return least > 0 ? ` of ${usd(least)} USD or more` : ''
}

function describe(market: Market, options: ResolvedMapOptions, people: PositionCohorts, flow: PositionFlow): string[] {
  const percent = (share: number) => `${+(share * 100).toPrecision(3)} %`
  const list = (distribution: Distribution, name: (value: number) => string) => {
    const total = Object.values(distribution).reduce((sum, share) => sum + share, 0)
    return Object.entries(distribution)
      .map(([value, share]) => `${name(Number(value))} ${percent(share / total)}`)
      .join(', ')
  }
  const mix = options.tiers.map(tier => `${tier.leverage}x ${percent(tier.weight)}`).join(', ')
  const capped = people.capped > 0 ? `, ${percent(people.capped)} of it moved down to what its bracket allows` : ''
  const { from, openShare, split, entry, minNotional, maxNotional } = flow.options
  const sources = [
    from.openInterest > 0 && 'rises of open interest open positions, falls close outstanding ones in proportion',
    from.volume > 0 && `${percent(openShare)} of each side of the volume opens positions`,
    from.trades > 0 &&
      `${percent(openShare)} of both sides of the trades${sizesBetween(minNotional, maxNotional)} opens positions; bars without trades open none`,
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
  const margin = added === '0× 100 %' ? 'no margin added' : `margin added in multiples of the initial: ${added}`
  const life = options.halfLifeMs === Infinity ? 'none' : `${+(options.halfLifeMs / DAY).toPrecision(4)} days`
  const age = options.maxAgeMs === Infinity ? '' : `, all closed after ${+(options.maxAgeMs / DAY).toPrecision(4)} days`
  const depth = `${+(options.triggerDepth * 1e4).toPrecision(4)} bp`
  const trigger = `levels are consumed when a low or high ${options.triggerDepth > 0 ? `goes through them, entirely at ${depth}` : 'reaches their bin'}`
  return [
    marketLine(market),
    `leverage mix: ${mix} (assumed)${capped}`,
    `flow: ${sources.join('; ')}${blend}; longs and shorts ${split === 'taker' ? 'by taker volume' : 'half each'}; ${entries}`,
    `margin: isolated, ${margin}, positions of ${size}, ${options.margin.name}`,
    `half-life of positions: ${life}${age}; price bins of ${+(options.binWidth * 1e4).toPrecision(4)} bp; ${trigger}`,
  ]
}
