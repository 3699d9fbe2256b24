import { DataError } from '../../common/errors.ts'
import { assertKnownOptions } from '../../common/options.ts'
import { binOf } from '../../market/bins.ts'
import type { Market } from '../../market/market.ts'
import { isTradeFlow, type TradeFlow } from '../../market/trade-flow/trade-flow.ts'
import type { BarEntries, OpenedBy } from './bar-entries.ts'
import { pathEntries } from './intrabar-path.ts'
import { flowEntries, type TradeColumns, type TradeFilter, tradeEntries } from './trade-entries.ts'

export interface FlowOptions extends TradeFilter {
  /**
   * What tells that positions opened:
   * - `volume`: `openShare` of each side of the traded volume opened positions; none are known to close
   * - `openInterest`: a rise of open interest opened that many contracts on both sides; a fall closed outstanding ones in
   *   proportion
   * - `trades`: `openShare` of each of `trades` opened positions at its price
   * - a blend of the first two, e.g. `{ volume: 0.3, openInterest: 0.7 }`: the sum of both, so weighted
   *
   * Default: `volume`. Hourly open interest nets what opens against what closes, and levels from it match real
   * liquidations worse (score it on your own data).
   */
  from?: FlowSource | Readonly<Partial<Record<'volume' | 'openInterest', number>>>
  /** Single trades of the market, in order of time, or what they add up to; those outside its bars are left out. */
  trades?: TradeColumns | TradeFlow
  /** Share of a side's volume that opens positions (from volume and trades). Default 0.5: as many contracts open as close. */
  openShare?: number
  /**
   * How the opened notional is divided between longs and shorts: `taker` gives longs the takers' buying share (makers are
   * assumed to be hedged), `even` half each. Default: `taker` where the data has taker volume, else `even`.
   */
  split?: 'taker' | 'even'
  /**
   * Where inside a bar positions open: along its `path` (default, see {@link pathEntries}), evenly over its `range`, at its
   * `typical` price (h+l+c)/3, or at its `close`. Only on the path is it known which of them the rest of the bar liquidates.
   * Trades have their own prices.
   */
  entry?: EntryRule
}

export type EntryRule = 'path' | 'range' | 'typical' | 'close'

export type FlowSource = 'volume' | 'openInterest' | 'trades'

export interface ResolvedFlow {
  /** Weights of the sources; trades exclude the others. */
  from: { volume: number; openInterest: number; trades: number }
  openShare: number
  split: 'taker' | 'even'
  entry: EntryRule
  minNotional: number
  maxNotional: number
}

/** New leveraged notional by bar, known at the bar's close. A recipe, not columns: of minutes those would be as large as the market. */
export interface PositionFlow extends OpenedBy {
  /** Share of the positions open before bar t that its close leaves open; 1 = none closed. */
  survivingShare(t: number): number
  /** Hands over the entries of bar t to `into`, which was started with that bar; the same on every call. */
  entries(t: number, into: BarEntries): void
  /** Prices between which all entries lie, beyond the market's own lows and highs. */
  lowest: number
  highest: number
  options: ResolvedFlow
}

/**
 * How much leveraged notional opened in each bar, and at which prices. The value at bar t depends on bars up to t only. One
 * contract has a long and a short leg, both counted: a rise of q coins, or q coins of volume that open, is 2·q·price of
 * notional before the split. An entry counts as at the middle of its price bin.
 *
 * @throws RangeError when the market lacks the series that is asked for, or an option is out of range; DataError for
 *   trades that cannot be right
 */
export function positionFlow(market: Market, options: FlowOptions = {}, binWidth = 0.001): PositionFlow {
  const resolved = resolveFlow(market, options)
  if (resolved.from.trades > 0) return tradeFlow(market, options.trades!, resolved, binWidth)
  const { high, low, close, volume, takerBuyVolume } = market
  const { from, split, openShare } = resolved
  const contracts = from.openInterest > 0 ? openInterestFlow(market.openInterest!) : null
  const opened: OpenedBy = {
    notional(t) {
      const coins = from.volume * openShare * volume[t]! + (contracts ? from.openInterest * contracts.opened[t]! : 0)
      return (2 * coins * (high[t]! + low[t]! + close[t]!)) / 3
    },
    longShare(t) {
      const share = split === 'taker' && volume[t]! > 0 ? takerBuyVolume![t]! / volume[t]! : 0.5
      return Number.isNaN(share) ? 0.5 : Math.min(1, share)
    },
  }
  return {
    ...opened,
    survivingShare: t => (contracts ? contracts.kept[t]! : 1),
    entries: barEntries(market, opened, resolved.entry, binWidth),
    lowest: Infinity,
    highest: 0,
    options: resolved,
  }
}

/** Coins by which open interest rose in each bar, and the share that its fall left open. */
function openInterestFlow(openInterest: Float64Array): { opened: Float64Array; kept: Float64Array } {
  const opened = new Float64Array(openInterest.length)
  const kept = new Float64Array(openInterest.length).fill(1)
  let last = Number.NaN
  for (let t = 0; t < openInterest.length; t++) {
    const now = openInterest[t]!
    // A bar without a record says nothing; the next record is compared with the last one.
    if (Number.isNaN(now)) continue
    if (now > last) opened[t] = now - last
    else if (now < last) kept[t] = now / last
    last = now
  }
  return { opened, kept }
}

function barEntries(
  market: Market,
  opened: OpenedBy,
  entry: ResolvedFlow['entry'],
  binWidth: number,
): PositionFlow['entries'] {
  const { high, low, close } = market
  if (entry === 'path') return pathEntries(market, opened, binWidth)
  if (entry === 'range') {
    return (t, into) => {
      const from = binOf(low[t]!, binWidth)
      const to = binOf(high[t]!, binWidth)
      into.add(from, to, opened.notional(t) / (to - from + 1), opened.longShare(t))
    }
  }
  return (t, into) => {
    const bin = binOf(entry === 'close' ? close[t]! : (high[t]! + low[t]! + close[t]!) / 3, binWidth)
    into.add(bin, bin, opened.notional(t), opened.longShare(t))
  }
}

function tradeFlow(
  market: Market,
  trades: TradeColumns | TradeFlow,
  resolved: ResolvedFlow,
  binWidth: number,
): PositionFlow {
  const { notional, longShare, ...entries } = isTradeFlow(trades)
    ? flowEntries(market, trades, resolved, binWidth)
    : tradeEntries(market, trades, resolved, binWidth)
  return {
    ...entries,
    notional: t => notional[t]!,
    longShare: t => longShare[t]!,
    survivingShare: () => 1,
    options: resolved,
  }
}

/** `Record`, so that none is forgotten. */
const FLOW_OPTIONS = Object.keys({
  from: true,
  trades: true,
  openShare: true,
  split: true,
  entry: true,
  minNotional: true,
  maxNotional: true,
} satisfies Record<keyof FlowOptions, true>)

function resolveFlow(market: Market, options: FlowOptions): ResolvedFlow {
  if (!isTradeFlow(options)) assertKnownOptions(options, FLOW_OPTIONS, 'flow')
  const given = options.from ?? (options.trades ? 'trades' : 'volume')
  const from = { volume: 0, openInterest: 0, trades: 0, ...(typeof given === 'string' ? { [given]: 1 } : given) }
  for (const [name, weight] of Object.entries(from)) {
    if (!['volume', 'openInterest', 'trades'].includes(name))
      throw new RangeError(`flow.from: ${name}, but expected volume, openInterest or trades`)
    if (!(weight >= 0 && weight < Infinity))
      throw new RangeError(`flow.from.${name}: ${weight}, but expected 0 or more`)
  }
  if (from.volume + from.openInterest + from.trades === 0) throw new RangeError('flow.from: all weights are 0')
  if (from.trades > 0 && from.volume + from.openInterest > 0)
    throw new RangeError('flow.from: trades cannot be blended with volume or openInterest')
  if (from.trades > 0 && !options.trades) throw new RangeError('flow.from: trades, but flow.trades holds none')
  if (from.openInterest > 0 && !market.openInterest)
    throw new RangeError(`flow.from: ${market.symbol} has no openInterest series`)
  for (const name of ['minNotional', 'maxNotional'] as const)
    if (!options.trades && options[name] !== undefined)
      throw new RangeError(`flow.${name}: only single trades have a size; give them as flow.trades`)
  const summed = isTradeFlow(options.trades) ? options.trades : undefined
  const { openShare = 0.5, entry = 'path' } = options
  const { minNotional = summed?.minUsd ?? 0, maxNotional = summed?.maxUsd ?? Infinity } = options
  const split = options.split ?? (market.takerBuyVolume || from.trades > 0 ? 'taker' : 'even')
  if (split !== 'taker' && split !== 'even') throw new RangeError(`flow.split: ${split}, but expected taker or even`)
  if (split === 'taker' && !market.takerBuyVolume && from.trades === 0)
    throw new RangeError(`flow.split: ${market.symbol} has no takerBuyVolume series`)
  if (!(openShare > 0 && openShare <= 1))
    throw new RangeError(`flow.openShare: ${openShare}, but expected above 0 and at most 1`)
  if (!['path', 'range', 'typical', 'close'].includes(entry))
    throw new RangeError(`flow.entry: ${entry}, but expected path, range, typical or close`)
  if (!(minNotional >= 0 && maxNotional > minNotional))
    throw new DataError(`flow.minNotional: ${minNotional} to flow.maxNotional: ${maxNotional} holds no trade`)
  return { from, openShare, split, entry, minNotional, maxNotional }
}
