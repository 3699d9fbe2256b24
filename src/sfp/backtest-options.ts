import { assertKnownOptions, dropUndefined } from '../common/options.ts'
import type { MarginModel } from '../liquidation/margin/margin-models.ts'
import type { Market } from '../market/market.ts'

/** Where a position, or a share of it, takes its profit. Distances are counted from the entry unless said otherwise. */
export type Target =
  /** A multiple of the risk |entry − stop|, counted from the `entry` price (default) or from the `signal` bar's close. */
  | { r: number; from?: 'entry' | 'signal'; share?: number }
  /** A distance in % of the entry price. */
  | { percent: number; share?: number }
  /**
   * The inner edge of the nearest level on the other side that is known at the signal; where there is none, or it lies nearer
   * than `minR` times the risk (default 0), `elseR` times the risk (default 2).
   */
  | { opposite: true; minR?: number; elseR?: number; share?: number }

/** How large a trade is. */
export type Sizing =
  /** USD. */
  | { notional: number; lot?: number }
  /** A fraction of the equity at the entry's open, which pays the entry fee as well. */
  | { fraction: number; lot?: number }
  /**
   * What is lost at the stop, before costs, as a fraction of the equity; the notional is at most `maxFraction` of the equity
   * (default: the leverage, or 1 without one).
   */
  | { risk: number; maxFraction?: number; lot?: number }

export interface BacktestOptions {
  /**
   * One target for the whole position, or several, each with the `share` of the position that it closes (default: equal
   * shares; what they leave goes on to the other exits). `false` for none. Default `{ r: 2 }`.
   */
  target?: Target | readonly Target[] | false
  /** The stop lies behind the sweep's extreme by this fraction of the price. Default 0.0005. */
  stopBuffer?: number
  /** And by so many ATR of the signal bar. Default 0. */
  stopBufferAtr?: number
  /**
   * Least distance of the entry's open from the stop, in ATR of the signal bar. A result in R is divided by that distance, so one
   * trade with next to none would outweigh all others: its signal is not taken, and counted in `rejected.stop`. So is one whose
   * open lies at or behind the stop, where there is no risk to divide by. Default 0.05; 0 refuses only the latter.
   */
  minRisk?: number
  /**
   * A stop that follows the best close at a distance in `atr`, or in multiples `r` of the risk; from a bar's close on it holds for
   * the bars after. It begins once the trade has been `after` times the risk in profit at a close (default 0). Default: none.
   */
  trailingStop?: { atr?: number; r?: number; after?: number } | false
  /**
   * Close at the next open when a bar closes this many ATR beyond the level: a trend; with `impulse`, only a bar whose body is at
   * least so many ATR. `false` for never. Default 0.5.
   */
  trendExit?: number | { beyond: number; impulse: number } | false
  /** Close at the open after so many bars. Default: never. */
  maxBars?: number
  /** Positions at a time, in all and on one side. Default 1, and no other limit on a side. */
  maxOpen?: number
  maxPerSide?: number
  /** Fee a side, as a fraction of the notional. Default 0.0005. */
  takerFee?: number
  /** Fee of a target, which is a resting order. Default: the taker fee. */
  makerFee?: number
  /** Worse fill of entries, stops and market exits, in basis points. A target is a resting order and fills at its price. Default 1. */
  slippageBps?: number
  /** Pay and receive funding where the market has it. Default true. */
  funding?: boolean
  /** Stop and target in one bar: `pessimistic` takes the stop (default), `optimistic` the target. */
  intrabar?: 'pessimistic' | 'optimistic'
  /** The same market in shorter bars, which divide its own: tells what came first in a bar that holds both stop and target. */
  lowerTimeframe?: Market
  /** Notional of every trade in USD. Default 10,000. Short for `size: { notional }`. */
  notional?: number
  /** Size of a trade in place of `notional`. `lot`: sizes are rounded down to a multiple of it, in base coins. */
  size?: Sizing
  /**
   * Leverage of each position's own isolated margin: it is force-closed at its liquidation price and loses that margin.
   * Default: none; the whole account backs every position.
   */
  leverage?: number
  /** The venue's margin rule for `leverage`. Default: Binance's with the coin's brackets. */
  margin?: MarginModel
  /** Equity at the start in USD. When it is lost, no more trades are taken. Default 100,000. */
  equity?: number
  /** Period of the ATR. Default 14. */
  atrPeriod?: number
}

/** The names of the options. `Record`, so that none is forgotten. */
export const BACKTEST_OPTIONS = Object.keys({
  target: true,
  stopBuffer: true,
  stopBufferAtr: true,
  minRisk: true,
  trailingStop: true,
  trendExit: true,
  maxBars: true,
  maxOpen: true,
  maxPerSide: true,
  takerFee: true,
  makerFee: true,
  slippageBps: true,
  funding: true,
  intrabar: true,
  lowerTimeframe: true,
  notional: true,
  size: true,
  leverage: true,
  margin: true,
  equity: true,
  atrPeriod: true,
} satisfies Record<keyof BacktestOptions, true>)

export interface BacktestRule {
  targets: readonly Target[]
  stopBuffer: number
  stopBufferAtr: number
  minRisk: number
  trailingStop: { atr?: number; r?: number; after: number } | false
  trendExit: { beyond: number; impulse: number } | false
  maxBars: number
  maxOpen: number
  maxPerSide: number
  takerFee: number
  makerFee: number
  slippageBps: number
  funding: boolean
  intrabar: 'pessimistic' | 'optimistic'
  lowerTimeframe: Market | null
  size: Sizing
  leverage: number | null
  margin: MarginModel | null
  equity: number
  atrPeriod: number
}

/** The options with their defaults. @throws RangeError naming the option that is out of range; DataError for one there is not */
export function resolveBacktest(options: BacktestOptions): BacktestRule {
  assertKnownOptions(options, BACKTEST_OPTIONS, 'backtest')
  const { target = { r: 2 }, trendExit = 0.5, trailingStop = false, notional, size, takerFee = 0.0005 } = options
  if (notional !== undefined && size !== undefined)
    throw new RangeError('notional and size: both are given, but one says how large a trade is')
  const rule: BacktestRule = {
    targets: target === false ? [] : 'length' in target ? target : [target],
    stopBuffer: options.stopBuffer ?? 0.0005,
    stopBufferAtr: options.stopBufferAtr ?? 0,
    minRisk: options.minRisk ?? 0.05,
    trailingStop: trailingStop === false ? false : { after: 0, ...dropUndefined(trailingStop) },
    trendExit: typeof trendExit === 'number' ? { beyond: trendExit, impulse: 0 } : trendExit,
    maxBars: options.maxBars ?? Infinity,
    maxOpen: options.maxOpen ?? 1,
    maxPerSide: options.maxPerSide ?? Infinity,
    takerFee,
    makerFee: options.makerFee ?? takerFee,
    slippageBps: options.slippageBps ?? 1,
    funding: options.funding ?? true,
    intrabar: options.intrabar ?? 'pessimistic',
    lowerTimeframe: options.lowerTimeframe ?? null,
    size: size ?? { notional: notional ?? 10_000 },
    leverage: options.leverage ?? null,
    margin: options.margin ?? null,
    equity: options.equity ?? 100_000,
    atrPeriod: options.atrPeriod ?? 14,
  }
  checkRule(rule)
  return rule
}

function check(name: string, value: unknown, ok: boolean, expected: string): void {
  if (!ok) throw new RangeError(`${name}: ${value}, but expected ${expected}`)
}

function checkRule(rule: BacktestRule): void {
  for (const [i, target] of rule.targets.entries())
    checkTarget(target, rule.targets.length === 1 ? 'target' : `target[${i}]`)
  const shares = rule.targets.reduce((sum, { share }) => sum + (share ?? 1 / rule.targets.length), 0)
  check('target', `shares of ${shares} in all`, shares <= 1 + 1e-9, 'at most 1 in all')
  check('stopBuffer', rule.stopBuffer, rule.stopBuffer >= 0 && rule.stopBuffer < 0.5, 'a fraction from 0 to 0.5')
  check('stopBufferAtr', rule.stopBufferAtr, rule.stopBufferAtr >= 0 && rule.stopBufferAtr < Infinity, '0 or more ATR')
  check('minRisk', rule.minRisk, rule.minRisk >= 0 && rule.minRisk < Infinity, '0 or more ATR')
  if (rule.trailingStop) {
    const { atr, r, after } = rule.trailingStop
    check(
      'trailingStop',
      JSON.stringify(rule.trailingStop),
      (atr === undefined) !== (r === undefined),
      'either atr or r',
    )
    check('trailingStop', atr ?? r, (atr ?? r)! > 0, 'a distance above 0')
    check('trailingStop.after', after, after >= 0, '0 or more R')
  }
  if (rule.trendExit) {
    check('trendExit', rule.trendExit.beyond, rule.trendExit.beyond >= 0, '0 or more ATR, or false')
    check('trendExit.impulse', rule.trendExit.impulse, rule.trendExit.impulse >= 0, '0 or more ATR')
  }
  check('maxBars', rule.maxBars, rule.maxBars >= 1, '1 or more')
  check('maxOpen', rule.maxOpen, rule.maxOpen >= 1, '1 or more')
  check('maxPerSide', rule.maxPerSide, rule.maxPerSide >= 1, '1 or more')
  for (const name of ['takerFee', 'makerFee'] as const)
    check(name, rule[name], rule[name] > -0.01 && rule[name] < 0.1, 'a fraction such as 0.0005')
  check('slippageBps', rule.slippageBps, rule.slippageBps >= 0 && rule.slippageBps < 1000, '0 to 1000 basis points')
  check('intrabar', rule.intrabar, ['pessimistic', 'optimistic'].includes(rule.intrabar), 'pessimistic or optimistic')
  checkSize(rule.size)
  check('leverage', rule.leverage, rule.leverage === null || rule.leverage >= 1, '1 or more')
  check('equity', rule.equity, rule.equity > 0, 'an amount above 0')
}

function checkTarget(target: Target, name: string): void {
  if ('r' in target) {
    check(`${name}.r`, target.r, target.r > 0, 'a multiple above 0')
    const from = target.from ?? 'entry'
    check(`${name}.from`, from, ['entry', 'signal'].includes(from), 'entry or signal')
  } else if ('percent' in target) check(`${name}.percent`, target.percent, target.percent > 0, 'a distance above 0 %')
  else if ('opposite' in target) {
    check(`${name}.minR`, target.minR, (target.minR ?? 0) >= 0, '0 or more')
    check(`${name}.elseR`, target.elseR, (target.elseR ?? 2) > 0, 'a multiple above 0')
  } else check(name, JSON.stringify(target), false, '{ r }, { percent }, { opposite: true } or false')
  const { share } = target
  check(`${name}.share`, share, share === undefined || (share > 0 && share <= 1), 'above 0 and at most 1')
}

function checkSize(size: Sizing): void {
  if ('notional' in size)
    check('notional', size.notional, size.notional > 0 && size.notional < Infinity, 'an amount above 0')
  else if ('fraction' in size)
    check('size.fraction', size.fraction, size.fraction > 0 && size.fraction <= 125, 'above 0 and at most 125')
  else if ('risk' in size) {
    check('size.risk', size.risk, size.risk > 0 && size.risk <= 1, 'above 0 and at most 1')
    check('size.maxFraction', size.maxFraction, (size.maxFraction ?? 1) > 0, 'above 0')
  } else check('size', JSON.stringify(size), false, '{ notional }, { fraction } or { risk }')
  check('size.lot', size.lot, size.lot === undefined || size.lot > 0, 'a size above 0')
}
