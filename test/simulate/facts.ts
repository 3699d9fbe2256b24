/** Stylised facts of a market's returns and flow. */
import type { Market } from '../../src/market/market.ts'
import { spearman } from '../../src/stats/ranks.ts'

/** Stylised facts of returns (Cont 2001, "Empirical properties of asset returns"). */
export interface Facts {
  annualVolatility: number
  kurtosis: number
  /** Tail exponent of |r|, from the largest 1 % (Hill 1975). */
  hill: number
  /** Autocorrelation of returns at lag 1, of absolute returns at 1, 5 and 24 bars, of volume at 1. */
  acf1: number
  absAcf1: number
  absAcf5: number
  absAcf24: number
  volumeAcf1: number
  /** Mean range of a bar over mean absolute return. */
  rangeToReturn: number
  /** Spearman of volume and range. */
  volumeWithRange: number
}

/** Facts of open interest, taker volume and liquidations. */
export interface FlowFacts {
  /** Standard deviation of the taker buy share, and its correlation with the bar's return. */
  takerSd: number
  takerWithReturn: number
  /** Mean open interest in bars of mean volume. */
  openInterestToVolume: number
  openInterestChangeSd: number
  /** Liquidated share of the volume, and the share of it in the top 1 % and 10 % of bars. */
  liquidatedShare: number
  liquidatedTop1: number
  liquidatedTop10: number
}

export const mean = (values: ArrayLike<number>) => {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}

export function autocorrelation(values: ArrayLike<number>, lag: number): number {
  const middle = mean(values)
  let covariance = 0
  let variance = 0
  for (let t = 0; t < values.length; t++) {
    variance += (values[t]! - middle) ** 2
    if (t >= lag) covariance += (values[t]! - middle) * (values[t - lag]! - middle)
  }
  return covariance / variance
}

const logReturns = ({ close }: Pick<Market, 'close'>) =>
  Float64Array.from({ length: close.length - 1 }, (_, t) => Math.log(close[t + 1]! / close[t]!))

export function facts(market: Market): Facts {
  const returns = logReturns(market)
  const absolute = returns.map(Math.abs)
  const variance = mean(returns.map(r => r * r))
  const range = market.high.map((high, t) => Math.log(high / market.low[t]!))
  const largest = absolute.slice().sort().reverse()
  const top = Math.floor(largest.length / 100)
  return {
    annualVolatility: Math.sqrt((variance * 365 * 86_400_000) / market.barMs),
    kurtosis: mean(returns.map(r => r ** 4)) / variance ** 2,
    hill: 1 / mean(largest.slice(0, top).map(r => Math.log(r / largest[top]!))),
    acf1: autocorrelation(returns, 1),
    absAcf1: autocorrelation(absolute, 1),
    absAcf5: autocorrelation(absolute, 5),
    absAcf24: autocorrelation(absolute, 24),
    volumeAcf1: autocorrelation(market.volume, 1),
    rangeToReturn: mean(range) / mean(absolute),
    volumeWithRange: spearman(market.volume, range),
  }
}

export function flowFacts(market: Market): FlowFacts {
  const { volume, close } = market
  const taker = market.takerBuyVolume!.map((bought, t) => bought / volume[t]!)
  const middle = mean(taker)
  const takerSd = Math.sqrt(mean(taker.map(share => (share - middle) ** 2)))
  const returns = Float64Array.from(close, (price, t) => Math.log(price / market.open[t]!))
  const returnSd = Math.sqrt(mean(returns.map(r => r * r)))
  const interest = market.openInterest!.filter(value => value > 0)
  const changes = Float64Array.from({ length: interest.length - 1 }, (_, t) =>
    Math.log(interest[t + 1]! / interest[t]!),
  )
  const recorded = market.longLiquidations!.map((long, t) => long + market.shortLiquidations![t]!)
  const liquidated = recorded
    .filter(value => !Number.isNaN(value))
    .sort()
    .reverse()
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0)
  const top = (share: number) => sum(liquidated.slice(0, Math.floor(share * liquidated.length))) / sum(liquidated)
  return {
    takerSd,
    takerWithReturn: mean(taker.map((share, t) => (share - middle) * returns[t]!)) / takerSd / returnSd,
    openInterestToVolume: mean(interest) / mean(volume),
    openInterestChangeSd: Math.sqrt(mean(changes.map(change => change * change))),
    liquidatedShare: sum(liquidated) / sum(volume.filter((_, t) => !Number.isNaN(recorded[t]!))),
    liquidatedTop1: top(0.01),
    liquidatedTop10: top(0.1),
  }
}

/** Quantiles of funding rates, in basis points. */
export function fundingQuantiles(rates: Float64Array): Record<string, number> {
  const sorted = rates.slice().sort()
  return Object.fromEntries(
    [0.05, 0.25, 0.5, 0.75, 0.95].map(q => [`q${100 * q}`, +(1e4 * sorted[Math.floor(q * sorted.length)]!).toFixed(2)]),
  )
}

/** The market without its first bars, in which open interest builds up. */
export function settled(market: Market, from = 500): Market {
  const out: Record<string, unknown> = { ...market, length: market.length - from }
  for (const [name, value] of Object.entries(market)) if (value instanceof Float64Array) out[name] = value.slice(from)
  return out as unknown as Market
}
