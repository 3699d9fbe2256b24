/** The backtest's options: exits, costs and sizes of trades. */
import {
  type Check,
  defineOptions,
  dropUndefined,
  invalidOption,
  listOf,
  nestedOptions,
  numberThat,
  oneOf,
  option,
  optional,
  orFalse,
  trueOrFalse,
  valueThat,
  wholeNumber,
} from '../common/options.ts'
import { type MarginModel, marginModel } from '../liquidation/margin/margin-models.ts'
import type { Market } from '../market/market.ts'
import { type ImpactOptions, type ImpactRule, impactCheck, resolveImpact } from './impact.ts'

/** Where a position, or a share of it, takes its profit. Distances are measured from the entry unless stated otherwise. */
export type Target =
  /** A multiple of the risk |entry − stop|, measured from the `entry` price (default) or from the `signal` bar's close. */
  | { r: number; from?: 'entry' | 'signal'; share?: number }
  /** A distance in % of the entry price. */
  | { percent: number; share?: number }
  /**
   * The inner edge of the nearest opposite level that is known at the signal. Where there is none, or it lies nearer than `minR`
   * times the risk (default 0), the target is `elseR` times the risk (default 2).
   */
  | { opposite: true; minR?: number; elseR?: number; share?: number }

/** Default of `elseR` in a target at the opposite level. */
export const DEFAULT_ELSE_R = 2

/** How large a trade is. */
export type Sizing =
  /** USD. */
  | { notional: number; lot?: number }
  /**
   * A fraction of the equity at the entry's open, less the margin of the positions open then (without leverage their notional); the
   * entry fee is paid from it too.
   */
  | { fraction: number; lot?: number }
  /**
   * The loss at the stop, before costs, as a fraction of the equity. The notional of all positions together is at most
   * `maxFraction` of the equity (default: the leverage, or 1 without one).
   */
  | { risk: number; maxFraction?: number; lot?: number }

export interface BacktestOptions {
  /**
   * One target for the whole position, or several, each with the `share` of the position that it closes (default: equal
   * shares). The other exits close what the targets leave. `false` for none. Default `{ r: 2 }`.
   */
  target?: Target | readonly Target[] | false
  /** Distance of the stop behind the sweep's extreme, as a fraction of the price. Default 0.0005. */
  stopBuffer?: number
  /** Further distance of the stop, in ATR of the signal bar. Default 0. */
  stopBufferAtr?: number
  /**
   * Minimum distance from the entry's open to the stop, in ATR of the signal bar. Results in R are divided by that distance, so
   * a trade with almost none would outweigh all others: its signal is not traded, and `rejected.stop` counts it. The same goes
   * for an open at or behind the stop. Default 0.05; 0 rejects only opens at or behind the stop.
   */
  minRisk?: number
  /**
   * A stop that follows the best close at a distance of `atr`, or of `r` times the risk; each move applies from the next bar on.
   * It starts once a close shows a profit of `after` times the risk (default 0). Default: none.
   */
  trailingStop?: { atr?: number; r?: number; after?: number } | false
  /**
   * Exit at the next open when a bar closes this many ATR beyond the level: a trend, not a sweep. With `impulse`, the bar's body
   * must also be at least this many ATR. `false` for never. Default 0.5.
   */
  trendExit?: number | { beyond: number; impulse: number } | false
  /** Moves the stop to the entry once a target has been taken; from the next bar on. Default false. */
  breakeven?: boolean
  /**
   * How to enter: at the `open` after the signal, or by a `limit` order at the reclaimed edge of the level, which rests for
   * `limitBars` bars from then on. It fills at its price (see `fill`), or at an open beyond it; the bar of such a fill counts from there
   * on, and no target in it unless `intrabar` is optimistic. One that is not filled is dropped: `rejected.unfilled` counts it. Default
   * `open`.
   */
  entry?: 'open' | 'limit'
  /** Default 3. */
  limitBars?: number
  /** Exit at the open after this many bars. Default: never. */
  maxBars?: number
  /** Maximum number of positions open at once. Default 1. */
  maxOpen?: number
  /** Maximum number of positions open at once on one side. Default: no limit but `maxOpen`. */
  maxPerSide?: number
  /** Fee of each fill, as a fraction of the notional. Default 0.0005. */
  takerFee?: number
  /** Fee of targets and limit entries, which are resting orders. Default: the taker fee. */
  makerFee?: number
  /** Slippage of entries, stops and market exits, in basis points. A target is a resting order and fills at its price. Default 1. */
  slippageBps?: number
  /**
   * What market orders cost beyond that, by their size: `true` for the square-root law of volume and volatility, or its parameters, see
   * {@link ImpactOptions}. Without it a backtest holds for small sizes only. Default false.
   */
  impact?: boolean | ImpactOptions
  /**
   * Bars by which market orders that a close decides come later than the next open: entries and trend exits. Stops and targets rest at
   * the venue. Default 0.
   */
  latency?: number
  /**
   * Pay and receive funding where the market has it: each payment at its own time, in bars of any length. A position that ends
   * within a bar is taken to end at its middle, as the bar does not tell when. Default true.
   */
  funding?: boolean
  /**
   * When a target fills: at the `touch` of its price, or only when price goes `through` it, as a resting order waits behind others
   * at the same price. Stops are market orders, which a touch triggers. Default `touch`.
   */
  fill?: 'touch' | 'through'
  /** Which comes first when stop and target lie in one bar: the stop (`pessimistic`, default) or the target (`optimistic`). */
  intrabar?: 'pessimistic' | 'optimistic'
  /** The same market in shorter bars that divide its own. They decide what came first in a bar with both stop and target. */
  lowerTimeframe?: Market
  /** Notional of every trade in USD. Default 10,000. Short for `size: { notional }`. */
  notional?: number
  /** Size of a trade, instead of `notional`. `lot`: sizes are rounded down to a multiple of it, in base coins. */
  size?: Sizing
  /**
   * Leverage of each position, which then has its own isolated margin: it is force-closed at its liquidation price and loses
   * that margin. Default: none; the whole account backs every position.
   */
  leverage?: number
  /** The venue's margin rule for `leverage`. Default: as that of a map of the same market. */
  margin?: MarginModel
  /** Equity at the start in USD. When it is lost, trading ends. Default 100,000. */
  equity?: number
  /** Period of the ATR. Default 14. */
  atrPeriod?: number
}

/** The options with their defaults, in the form that the backtest works with. */
export interface BacktestRule
  extends Omit<
    Required<BacktestOptions>,
    'impact' | 'target' | 'trailingStop' | 'trendExit' | 'lowerTimeframe' | 'notional' | 'leverage' | 'margin'
  > {
  targets: readonly Target[]
  trailingStop: { atr?: number; r?: number; after: number } | false
  trendExit: { beyond: number; impulse: number } | false
  impact: ImpactRule | null
  lowerTimeframe: Market | null
  leverage: number | null
  margin: MarginModel | null
}

const inAtr = numberThat('0 or more ATR', x => x >= 0)
const inFiniteAtr = numberThat('0 or more ATR', x => x >= 0 && x < Infinity)
const multiple = numberThat('a multiple above 0', x => x > 0)
const feeRate = numberThat('a fraction such as 0.0005', x => x > -0.01 && x < 0.1)
const oneOrMore = numberThat('1 or more', x => x >= 1)
const amount = numberThat('an amount above 0', x => x > 0 && x < Infinity)
const share = numberThat('above 0 and at most 1', x => x > 0 && x <= 1)

const targetCheck = oneOfKinds('{ r }, { percent }, { opposite: true } or false', {
  r: { r: multiple, from: oneOf('entry', 'signal'), share },
  percent: { percent: numberThat('a distance above 0 %', x => x > 0), share },
  opposite: { opposite: oneOf(true), minR: numberThat('0 or more', x => x >= 0), elseR: multiple, share },
})

const sizeCheck = oneOfKinds('{ notional }, { fraction } or { risk }', {
  notional: { notional: amount, lot: numberThat('a size above 0', x => x > 0) },
  fraction: {
    fraction: numberThat('above 0 and at most 125', x => x > 0 && x <= 125),
    lot: numberThat('a size above 0', x => x > 0),
  },
  risk: { risk: share, maxFraction: numberThat('above 0', x => x > 0), lot: numberThat('a size above 0', x => x > 0) },
})

export const BACKTEST_CALLER = 'liq.backtest'

export const backtestOptions = defineOptions<
  BacktestOptions,
  'makerFee' | 'lowerTimeframe' | 'size' | 'leverage' | 'margin'
>(BACKTEST_CALLER, {
  target: option({ r: 2 }, orFalse(checkTargets)),
  stopBuffer: option(
    0.0005,
    numberThat('a fraction from 0 to 0.5', x => x >= 0 && x < 0.5),
  ),
  stopBufferAtr: option(0, inFiniteAtr),
  minRisk: option(0.05, inFiniteAtr),
  trailingStop: option(false, orFalse(checkTrailingStop)),
  trendExit: option(0.5, orFalse(checkTrendExit)),
  breakeven: option(false, trueOrFalse),
  entry: option('open', oneOf('open', 'limit')),
  limitBars: option(3, wholeNumber(1)),
  maxBars: option(Infinity, oneOrMore),
  maxOpen: option(1, oneOrMore),
  maxPerSide: option(Infinity, oneOrMore),
  takerFee: option(0.0005, feeRate),
  makerFee: optional(feeRate),
  slippageBps: option(
    1,
    numberThat('0 to 1000 basis points', x => x >= 0 && x < 1000),
  ),
  impact: option(false, value => (typeof value === 'boolean' ? undefined : impactCheck(value))),
  latency: option(0, wholeNumber(0)),
  funding: option(true, trueOrFalse),
  fill: option('touch', oneOf('touch', 'through')),
  intrabar: option('pessimistic', oneOf('pessimistic', 'optimistic')),
  lowerTimeframe: optional(
    valueThat('a market of shorter bars', value => (value as Partial<Market> | null)?.time instanceof Float64Array),
  ),
  notional: option(10_000, amount),
  size: optional(sizeCheck),
  leverage: optional(oneOrMore),
  margin: optional(marginModel),
  equity: option(100_000, amount),
  atrPeriod: option(14, wholeNumber(1)),
})

/** @throws OptionError for a name that is no option, or naming the option that is out of range */
export function resolveBacktest(options: BacktestOptions, caller = BACKTEST_CALLER): BacktestRule {
  const {
    target,
    trailingStop,
    trendExit,
    impact,
    lowerTimeframe,
    notional,
    size,
    leverage,
    margin,
    makerFee,
    ...shared
  } = backtestOptions.resolve(options, caller)
  if (options.notional !== undefined && size !== undefined)
    throw invalidOption(caller, 'size', size, 'either size or notional, not both')
  return {
    ...shared,
    targets: target === false ? [] : 'length' in target ? target : [target],
    trailingStop: trailingStop && { after: 0, ...dropUndefined(trailingStop) },
    trendExit: typeof trendExit === 'number' ? { beyond: trendExit, impulse: 0 } : trendExit,
    makerFee: makerFee ?? shared.takerFee,
    impact: impact === false ? null : resolveImpact(impact === true ? {} : impact),
    lowerTimeframe: lowerTimeframe ?? null,
    size: size ?? { notional },
    leverage: leverage ?? null,
    margin: margin ?? null,
  }
}

function checkTargets(value: unknown): ReturnType<Check> {
  if (!Array.isArray(value)) return targetCheck(value)
  const mismatch = listOf(targetCheck)(value)
  if (mismatch) return mismatch
  const targets = value as readonly Target[]
  const sum = targets.reduce((total, target) => total + (target.share ?? 1 / targets.length), 0)
  return sum <= 1 + 1e-9 ? undefined : { expected: 'shares of at most 1 in all' }
}

function checkTrailingStop(value: unknown): ReturnType<Check> {
  const distance = numberThat('a distance above 0', x => x > 0)
  const mismatch = nestedOptions({
    atr: distance,
    r: distance,
    after: numberThat('0 or more R', x => x >= 0),
  })(value)
  if (mismatch) return mismatch
  const { atr, r } = value as { atr?: number; r?: number }
  return (atr === undefined) !== (r === undefined) ? undefined : { expected: 'either atr or r' }
}

function checkTrendExit(value: unknown): ReturnType<Check> {
  if (typeof value !== 'object') return inAtr(value) && { expected: '0 or more ATR, { beyond, impulse } or false' }
  const mismatch = nestedOptions({ beyond: inAtr, impulse: inAtr })(value)
  if (mismatch) return mismatch
  const { beyond, impulse } = value as { beyond?: number; impulse?: number }
  return beyond === undefined || impulse === undefined ? { expected: 'both beyond and impulse' } : undefined
}

/** Takes an object of one of several kinds: the one whose name it has as a property, with no properties but those of its kind. */
function oneOfKinds(expected: string, kinds: Readonly<Record<string, Readonly<Record<string, Check>>>>): Check {
  return value => {
    if (typeof value !== 'object' || value === null) return { expected }
    for (const [name, checks] of Object.entries(kinds))
      if ((value as Record<string, unknown>)[name] !== undefined) return nestedOptions(checks)(value)
    return { expected }
  }
}
