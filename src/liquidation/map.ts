import { DAY, durationMs } from '../market/duration.ts'
import type { Market } from '../market/market.ts'
import { LevelBook } from './book.ts'
import { binanceBrackets } from './bracket-tables.ts'
import type { Bracket } from './brackets.ts'
import { type FlowOptions, type PositionFlow, positionFlow } from './flow.ts'
import { DEFAULT_LEVERAGE, type LeverageMix, leverageTiers, type Tier } from './leverage.ts'
import { binanceMargin } from './margin.ts'
import { liquidationPrice } from './price.ts'

export interface MapOptions {
  /** Share of the opened notional by leverage. Default {@link DEFAULT_LEVERAGE}. */
  leverage?: LeverageMix
  /** How new positions are told from the data. */
  flow?: FlowOptions
  /** Where inside a bar positions open: at its `close`, its `typical` price (h+l+c)/3, or evenly over its `range` (default). */
  entry?: 'range' | 'typical' | 'close'
  /** Time after which half of the positions are taken to be closed for other reasons. Default `7d`; `Infinity` for never. */
  halfLife?: string | number
  /** Width of a price bin in ln(price). Default 0.001 (10 bp). */
  binWidth?: number
  /** Notional of a typical position in USD, which selects its margin bracket. Default 10,000. */
  positionNotional?: number
  /** Margin brackets. Default: Binance's of the coin (BTC's where there are none of its own). */
  brackets?: readonly Bracket[]
}

export interface ResolvedMapOptions {
  tiers: Tier[]
  entry: 'range' | 'typical' | 'close'
  halfLifeMs: number
  binWidth: number
  positionNotional: number
  brackets: readonly Bracket[]
  bracketName: string
}

/** A tier's liquidation price over its entry price, the same at every price. */
interface TierReach {
  long: number
  short: number
}

/** Called after the close of bar t with the book as it is known then. The book is reused: read it, don't keep it. */
export type BookVisitor = (t: number, book: LevelBook) => void

/** Estimated liquidation levels of a market over time. A recipe, not a matrix: {@link replay} runs it. */
export interface LiquidationMap {
  readonly market: Market
  readonly options: ResolvedMapOptions
  readonly flow: PositionFlow
  readonly reach: readonly TierReach[]
  /** The assumptions in words, one a line, to be printed with every result. */
  readonly assumptions: readonly string[]
  /** Notional (USD) that each bar's low (longs) and high (shorts) liquidates. */
  implied(): { long: Float64Array; short: Float64Array }
  /** Runs through the market bar by bar up to `until` (default: the last). */
  replay(visit: BookVisitor, until?: number): void
}

/**
 * Where leveraged positions would be force-closed, estimated from what the market did.
 *
 * In each bar: (1) positions decay for the time since the last bar; (2) the low consumes the long levels it reaches, the
 * high the short levels; (3) falls of open interest close outstanding positions in proportion; (4) the bar's new positions
 * open, live from the next bar on. What is known of bar t never depends on later bars.
 *
 * @throws RangeError naming the option that is out of range
 */
export function liquidationMap(market: Market, options: MapOptions = {}): LiquidationMap {
  const resolved = resolveOptions(market, options)
  const flow = positionFlow(market, options.flow)
  const reach = resolved.tiers.map(tier => tierReach(tier, resolved))
  const replay = (visit: BookVisitor, until = market.length - 1) => {
    run({ market, options: resolved, flow, reach }, visit, until, null)
  }
  return {
    market,
    options: resolved,
    flow,
    reach,
    assumptions: describe(market, resolved, flow),
    replay,
    implied() {
      const consumed = { long: new Float64Array(market.length), short: new Float64Array(market.length) }
      run({ market, options: resolved, flow, reach }, null, market.length - 1, consumed)
      return consumed
    },
  }
}

interface Recipe {
  market: Market
  options: ResolvedMapOptions
  flow: PositionFlow
  reach: readonly TierReach[]
}

/** Bin of a price on the fixed grid. */
export function binOf(price: number, binWidth: number): number {
  return Math.floor(Math.log(price) / binWidth)
}

/** Price at the lower edge of a bin. */
export function binPrice(bin: number, binWidth: number): number {
  return Math.exp(bin * binWidth)
}

function run(
  recipe: Recipe,
  visit: BookVisitor | null,
  until: number,
  consumed: { long: Float64Array; short: Float64Array } | null,
): void {
  const { market, options, flow, reach } = recipe
  const { time, high, low, close } = market
  const { tiers, binWidth, halfLifeMs, entry } = options
  const book = emptyBook(recipe)
  const shifts = reach.map(({ long, short }) => ({
    long: Math.log(long) / binWidth,
    short: Math.log(short) / binWidth,
  }))
  for (let t = 0; t <= until; t++) {
    const lowBin = binOf(low[t]!, binWidth)
    const highBin = binOf(high[t]!, binWidth)
    if (t > 0 && halfLifeMs < Infinity) book.keep(2 ** (-(time[t]! - time[t - 1]!) / halfLifeMs))
    const longs = book.consumeLongs(lowBin)
    const shorts = book.consumeShorts(highBin)
    if (consumed) {
      consumed.long[t] = longs
      consumed.short[t] = shorts
    }
    if (flow.kept[t]! < 1) book.keep(flow.kept[t]!)

    if (flow.long[t]! > 0 || flow.short[t]! > 0) {
      // Entries in ln(price)/binWidth. A range is represented by the middles of the bins it touches.
      let first: number
      let count = 1
      if (entry === 'range') {
        first = lowBin + 0.5
        count = highBin - lowBin + 1
      } else {
        const price = entry === 'close' ? close[t]! : (high[t]! + low[t]! + close[t]!) / 3
        first = Math.log(price) / binWidth
      }
      for (let tier = 0; tier < tiers.length; tier++) {
        const weight = tiers[tier]!.weight / count
        const long = flow.long[t]! * weight
        const short = flow.short[t]! * weight
        const shift = shifts[tier]!
        for (let k = 0; k < count; k++) {
          if (long > 0 && reach[tier]!.long > 0) book.openLong(Math.floor(first + k + shift.long), tier, long, time[t]!)
          if (short > 0) book.openShort(Math.floor(first + k + shift.short), tier, short, time[t]!)
        }
      }
    }
    visit?.(t, book)
  }
}

/** A book wide enough for every level that this market can open; its width has no influence on any value. */
function emptyBook({ market, options, reach }: Recipe): LevelBook {
  let lowest = Infinity
  let highest = 0
  for (let t = 0; t < market.length; t++) {
    if (market.low[t]! < lowest) lowest = market.low[t]!
    if (market.high[t]! > highest) highest = market.high[t]!
  }
  const positive = reach.map(tier => tier.long).filter(ratio => ratio > 0)
  const down = Math.min(1, ...positive)
  const up = Math.max(1, ...reach.map(tier => tier.short))
  const first = binOf(lowest * down, options.binWidth) - 2
  const last = binOf(highest * up, options.binWidth) + 2
  return new LevelBook(first, last - first + 1, options.tiers.length)
}

function tierReach({ leverage }: Tier, { positionNotional, brackets }: ResolvedMapOptions): TierReach {
  // At an entry price of 1 the size is the notional and the liquidation price is the ratio.
  const position = { entry: 1, size: positionNotional, leverage, margin: binanceMargin(brackets) }
  return {
    long: liquidationPrice({ ...position, side: 'long' }),
    short: liquidationPrice({ ...position, side: 'short' }),
  }
}

/** More bins than this would be a slip of the keyboard. */
const FINEST_BIN = 1e-5

function resolveOptions(market: Market, options: MapOptions): ResolvedMapOptions {
  const { entry = 'range', halfLife = '7d', binWidth = 0.001, positionNotional = 10_000 } = options
  if (entry !== 'range' && entry !== 'typical' && entry !== 'close')
    throw new RangeError(`entry: ${entry}, but expected range, typical or close`)
  if (!(binWidth >= FINEST_BIN && binWidth <= 0.1))
    throw new RangeError(`binWidth: ${binWidth}, but expected ${FINEST_BIN} to 0.1 (0.001 = 10 bp)`)
  if (!(positionNotional > 0 && positionNotional < Infinity))
    throw new RangeError(`positionNotional: ${positionNotional}, but expected an amount above 0`)
  const own = options.brackets ? { brackets: options.brackets, name: 'given brackets' } : binanceBrackets(market.symbol)
  return {
    tiers: leverageTiers(options.leverage ?? DEFAULT_LEVERAGE),
    entry,
    halfLifeMs: halfLife === Infinity ? Infinity : durationMs(halfLife, 'halfLife'),
    binWidth,
    positionNotional,
    brackets: own.brackets,
    bracketName: own.name,
  }
}

function describe(market: Market, options: ResolvedMapOptions, flow: PositionFlow): string[] {
  const mix = options.tiers.map(tier => `${tier.leverage}x ${(tier.weight * 100).toFixed(0)} %`).join(', ')
  const opened =
    flow.options.from === 'openInterest'
      ? 'rises of open interest open positions, falls close outstanding ones in proportion'
      : `${(flow.options.openShare * 100).toFixed(0)} % of each side of the volume opens positions`
  const split = flow.options.split === 'taker' ? 'by taker volume' : 'half each'
  const where = { range: 'evenly over the bar’s range', typical: 'at (high+low+close)/3', close: 'at the close' }[
    options.entry
  ]
  const life = options.halfLifeMs === Infinity ? 'none' : `${+(options.halfLifeMs / DAY).toPrecision(4)} days`
  return [
    `${market.symbol} ${market.timeframe}, ${market.source}${market.synthetic ? ' (not a real market)' : ''}`,
    `leverage mix: ${mix} (assumed)`,
    `flow: ${opened}; longs and shorts ${split}; entries ${where}`,
    `margin: isolated, no margin added, positions of ${options.positionNotional.toLocaleString('en-US')} USD, ${options.bracketName}`,
    `half-life of positions: ${life}; price bins of ${+(options.binWidth * 1e4).toPrecision(4)} bp; levels live from the next bar on, consumed when a low or high reaches their bin`,
  ]
}
