/** What an order of a size costs beyond half the spread: a power law of the size over the liquidity. */
import { DAY } from '../common/duration.ts'
import { OptionError } from '../common/errors.ts'
import { type Check, nestedOptions, numberThat, orFalse } from '../common/options.ts'
import type { Market } from '../market/market.ts'
import { cachedAtr } from './cached-series.ts'

/**
 * Price impact of a market order of Q USD. The price moves to a·(Q/L)^δ, and the order pays the mean of the way, a/(1 + δ)·(Q/L)^δ.
 *
 * - without `depth`, L is the mean daily volume in USD and a is `coefficient` times the daily volatility, both of the last 30 days
 *   before the fill. With δ = ½ this is the square-root law (Tóth et al. 2011, Physical Review X 1, 021006; on Bitcoin over four
 *   decades of size Donier and Bonart 2015, Market Microstructure and Liquidity 1, 1550008), whose coefficient is of order one.
 * - with `depth`, the USD that rest within 1 % of the price on one side of the order book, L is that and a is 1 %: the order walks
 *   the book, in which D(x) ∝ x^(1/δ) USD rest within x %. `liq.fitImpact` fits both from recorded books.
 */
export interface ImpactOptions {
  /** USD within 1 % of the price, on one side. Default: the law of volume and volatility. */
  depth?: number
  /** δ. Default 0.5; with `depth` 1, a book of the same depth at every distance. */
  exponent?: number
  /** Impact of a day's volume, in daily volatilities. Default 1. Without effect with `depth`. */
  coefficient?: number
  /**
   * In a cascade less rests in the book: L shrinks to the share `depth` where the bar of the fill, or the one before it, has a range
   * of at least `range` ATR (of the bar before). Default `{ range: 3, depth: 0.6 }`: in the crashes of a public study of 21 coins (2026)
   * depth fell to 63 %. `false` for never.
   */
  cascade?: { range?: number; depth?: number } | false
}

export interface ImpactRule {
  depth: number | null
  exponent: number
  coefficient: number
  cascade: { range: number; depth: number } | false
}

const DEFAULT_CASCADE = { range: 3, depth: 0.6 }

const positive = (expected: string) => numberThat(expected, x => x > 0 && x < Infinity)

export const impactCheck: Check = nestedOptions({
  depth: positive('USD above 0'),
  exponent: numberThat('above 0 to 3', x => x > 0 && x <= 3),
  coefficient: positive('a factor above 0'),
  cascade: orFalse(
    nestedOptions({ range: positive('ATR above 0'), depth: numberThat('above 0 to 1', x => x > 0 && x <= 1) }),
  ),
})

export function resolveImpact({ depth, exponent, coefficient = 1, cascade = {} }: ImpactOptions): ImpactRule {
  return {
    depth: depth ?? null,
    exponent: exponent ?? (depth === undefined ? 0.5 : 1),
    coefficient,
    cascade: cascade && {
      range: cascade.range ?? DEFAULT_CASCADE.range,
      depth: cascade.depth ?? DEFAULT_CASCADE.depth,
    },
  }
}

/** An order that moves the price by more than this share did not find enough to trade with. */
const MAX_IMPACT = 0.1

/** The 30 days before a bar, from which volume and volatility are taken. */
const WINDOW = 30 * DAY

/** The share of the price that an order of `usd` pays in bar t beyond half the spread. Depends on no later bar. */
type Impact = (t: number, usd: number) => number

/** @throws OptionError when the law needs a volume that the market does not have */
export function marketImpact(market: Market, { depth, exponent, coefficient, cascade }: ImpactRule): Impact {
  if (depth === null && !market.volume.some(volume => volume > 0))
    throw new OptionError('liq.backtest: impact: the market has no volume, so it needs { depth }')
  const liquidity = depth === null ? dailyLiquidity(market) : null
  const inCascade = cascade ? cascades(market, cascade.range) : null
  const thin = cascade ? cascade.depth : 1
  return (t, usd) => {
    const base = depth ?? liquidity!.volume[t]!
    const unit = depth === null ? coefficient * liquidity!.volatility[t]! : 0.01
    const share = usd / (inCascade?.[t] ? thin * base : base)
    const impact = (unit / (1 + exponent)) * share ** exponent
    // Also where nothing was traded before, or nothing is known of it.
    return impact < MAX_IMPACT ? impact : MAX_IMPACT
  }
}

/** Whether bar t, or the one before it, has a range of at least `atrs` times the ATR before it. */
function cascades(market: Market, atrs: number): Uint8Array {
  const { high, low, close, length } = market
  const atr = cachedAtr(market)
  const wide = new Uint8Array(length)
  for (let t = 1; t < length; t++) {
    const range = Math.max(high[t]!, close[t - 1]!) - Math.min(low[t]!, close[t - 1]!)
    wide[t] = Number(range >= atrs * atr[t - 1]!)
  }
  for (let t = length - 1; t > 0; t--) wide[t]! |= wide[t - 1]!
  return wide
}

const CACHE = new WeakMap<Market, { volume: Float64Array; volatility: Float64Array }>()

/**
 * Mean daily volume in USD and daily volatility (the root of the mean square of the log returns of bars, by √time), of the bars in the
 * 30 days before each bar, or of as many as there are. NaN at the first two bars.
 */
function dailyLiquidity(market: Market): { volume: Float64Array; volatility: Float64Array } {
  const cached = CACHE.get(market)
  if (cached) return cached
  const { close, volume, barMs, length } = market
  const window = Math.max(1, Math.floor(WINDOW / barMs))
  const perDay = DAY / barMs
  const result = {
    volume: new Float64Array(length).fill(Number.NaN),
    volatility: new Float64Array(length).fill(Number.NaN),
  }
  const usd = new Float64Array(length + 1)
  const squares = new Float64Array(length + 1)
  for (let t = 0; t < length; t++) {
    usd[t + 1] = usd[t]! + volume[t]! * close[t]!
    squares[t + 1] = squares[t]! + (t > 0 ? Math.log(close[t]! / close[t - 1]!) ** 2 : 0)
  }
  for (let t = 2; t < length; t++) {
    const from = Math.max(1, t - window)
    result.volume[t] = ((usd[t]! - usd[from]!) / (t - from)) * perDay
    result.volatility[t] = Math.sqrt(((squares[t]! - squares[from]!) / (t - from)) * perDay)
  }
  CACHE.set(market, result)
  return result
}
