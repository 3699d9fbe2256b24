/** Position flow: how much leveraged notional opens in each bar, and at which prices. */
import {
  anything,
  type Check,
  defineOptions,
  invalidOption,
  nestedOptions,
  numberThat,
  oneOf,
  option,
  optional,
} from '../../common/options.ts'
import { binOf } from '../../market/bins.ts'
import type { Market } from '../../market/market.ts'
import { isTradeFlow, type TradeFlow } from '../../market/trade-flow/trade-flow.ts'
import { type ContractKind, contractUsd } from '../contract.ts'
import type { BarEntries, OpenedNotional } from './bar-entries.ts'
import { pathEntries } from './intrabar-path.ts'
import { flowEntries, type TradeColumns, type TradeFilter, tradeEntries } from './trade-entries.ts'
import { type AssumedOpenInterest, assumedOpenInterest, turnover } from './turnover.ts'

export interface FlowOptions extends TradeFilter {
  /**
   * What opens positions:
   * - `turnover`: `openShare` of the traded volume opens positions, and as many close as the change of open interest then
   *   demands, so that each side sums to at most the open interest; see {@link turnover}
   * - `volume`: `openShare` of each side of the traded volume opens positions; closings are unknown
   * - `openInterest`: a rise of open interest opens that many contracts on both sides; a fall closes outstanding ones in
   *   proportion
   * - `trades`: `openShare` of each of `trades` opens positions at its price
   * - `constant`: the same contracts in every bar, whatever happens in it. A null that knows geometry only: a real flow must
   *   place levels better than this one
   * - a blend of the first two, e.g. `{ volume: 0.3, openInterest: 0.7 }`: their weighted sum
   *
   * Default: `trades` if that option is set, `turnover` if the open interest is known or assumed, else `volume`, whose levels
   * have no true scale. Hourly open interest alone nets openings against closings, and levels from it match real liquidations
   * worse (score it on your own data).
   */
  from?: FlowSource | Readonly<Partial<Record<'volume' | 'openInterest', number>>>
  /** Open interest for `turnover` where the market has no record: USD, or a multiple of the daily volume. */
  openInterest?: AssumedOpenInterest
  /** Single trades of the market in order of time, or a flow summed from them; those outside its bars are ignored. */
  trades?: TradeColumns | TradeFlow
  /**
   * Share of a side's volume that opens positions (from turnover, volume and trades). Default 0.25 with turnover: much volume
   * is of traders who hold nothing for long. Else 0.5: as many contracts open as close.
   */
  openShare?: number
  /**
   * How the opened notional is divided between longs and shorts: `taker` gives longs the takers' buying share (makers are
   * assumed to be hedged), `even` half each. Default: `even` with turnover, as every contract has a long and a short leg; else
   * `taker` when the data has taker volume.
   */
  split?: 'taker' | 'even'
  /**
   * Where inside a bar positions open: along its `path` (see {@link pathEntries}), evenly over its `range`, at its
   * `typical` price (h+l+c)/3, or at its `close`. Only the path tells which of them the rest of the bar liquidates.
   * Trades have their own prices. Default `path`.
   */
  entry?: EntryRule
}

export type EntryRule = 'path' | 'range' | 'typical' | 'close'

export type FlowSource = 'turnover' | 'volume' | 'openInterest' | 'trades' | 'constant'

const OPEN_SHARE = 0.5
const TURNOVER_OPEN_SHARE = 0.25

const weight = numberThat('a weight of 0 or more', x => x >= 0 && x < Infinity)
const blend = nestedOptions({ volume: weight, openInterest: weight })
const source = oneOf('turnover', 'volume', 'openInterest', 'trades', 'constant')

const flowSource: Check = value => {
  if (typeof value !== 'object' || value === null) return source(value)
  return blend(value) ?? (Object.values(value).some(w => w > 0) ? undefined : { expected: 'a weight above 0' })
}

const assumption: Check = value => {
  if (typeof value === 'number')
    return value > 0 && value < Infinity ? undefined : { expected: 'an amount of USD above 0' }
  const { ofDailyVolume, ...rest } = (value ?? {}) as Record<string, unknown>
  if (
    typeof ofDailyVolume === 'number' &&
    ofDailyVolume > 0 &&
    ofDailyVolume < Infinity &&
    Object.keys(rest).length === 0
  )
    return undefined
  return { expected: 'USD, or a multiple of the daily volume, e.g. { ofDailyVolume: 0.4 }' }
}

const flowOptions = defineOptions<
  FlowOptions,
  'from' | 'openInterest' | 'trades' | 'openShare' | 'split' | 'minNotional' | 'maxNotional'
>('liq.heatmap', {
  from: optional(flowSource),
  openInterest: optional(assumption),
  trades: optional(anything),
  openShare: optional(numberThat('above 0 to 1', x => x > 0 && x <= 1)),
  split: optional(oneOf('taker', 'even')),
  entry: option('path', oneOf('path', 'range', 'typical', 'close')),
  minNotional: optional(numberThat('0 or more USD', x => x >= 0)),
  maxNotional: optional(numberThat('above 0 USD', x => x > 0)),
})

/** Checks the option `flow`. A trade flow can itself be the option. */
export const flowOption: Check = value => (isTradeFlow(value) ? undefined : flowOptions.check(value))

export interface ResolvedFlow {
  /** Weights of the sources; trades exclude the others. */
  from: Record<FlowSource, number>
  /** Whether turnover follows a record of open interest or an assumption; null without turnover. */
  openInterest: 'recorded' | AssumedOpenInterest | null
  openShare: number
  split: 'taker' | 'even'
  entry: EntryRule
  minNotional: number
  maxNotional: number
}

/** New leveraged notional by bar, known at the bar's close. Computed on demand: minute columns would be as large as the market. */
export interface PositionFlow extends OpenedNotional {
  /** Share of the positions open before bar t that are still open at its close; 1 = none closed. */
  survivingShare(t: number): number
  /** Adds the entries of bar t to `into`, which was started with that bar; the same on every call. */
  entries(t: number, into: BarEntries): void
  /** Price range of entries that may lie outside the market's lows and highs. */
  lowest: number
  highest: number
  options: ResolvedFlow
}

/**
 * How much leveraged notional opens in each bar, and at which prices. The value at bar t depends on bars up to t only. USD are
 * contracts at the bar's close. One contract has a long and a short leg, both counted: a rise of q coins, or q coins of volume
 * that open, is 2·q·close of notional before the split. An entry is placed at the middle of its price bin.
 *
 * @param options already checked, as part of a map's options
 * @param scale multiplies all USD
 * @throws OptionError when the market lacks the series that an option needs; DataError for invalid trades
 */
export function positionFlow(
  market: Market,
  options: FlowOptions,
  binWidth: number,
  contract: ContractKind,
  scale = 1,
  caller = 'liq.heatmap',
): PositionFlow {
  const resolved = resolveFlow(market, options, caller)
  const { from } = resolved
  if (options.trades && from.trades > 0)
    return tradeFlow(market, options.trades, resolved, binWidth, contract, scale, caller)
  const { high, low, close, volume } = market
  const traded = (t: number) => (contract === 'linear' ? 1 : (high[t]! + low[t]! + close[t]!) / 3) * volume[t]!
  const takerBuyVolume = resolved.split === 'taker' ? market.takerBuyVolume : undefined
  const longShare = (t: number) => {
    const share = takerBuyVolume && volume[t]! > 0 ? takerBuyVolume[t]! / volume[t]! : 0.5
    return Number.isNaN(share) ? 0.5 : Math.min(1, share)
  }
  const { contracts, surviving } = openedContracts(market, resolved, contract, traded, longShare)
  const opened: OpenedNotional = {
    notional: t => 2 * scale * contracts(t) * contractUsd(market, contract, t),
    longShare,
  }
  return {
    ...opened,
    survivingShare: t => surviving?.[t] ?? 1,
    entries: barEntries(market, opened, resolved.entry, binWidth),
    lowest: Infinity,
    highest: 0,
    options: resolved,
  }
}

/** Contracts that open in each bar, and the share of the open ones that stays; null when none are known to close. */
function openedContracts(
  market: Market,
  { from, openInterest, openShare }: ResolvedFlow,
  contract: ContractKind,
  traded: (t: number) => number,
  longShare: (t: number) => number,
): { contracts: (t: number) => number; surviving: Float64Array | null } {
  if (from.constant > 0) return { contracts: () => 1, surviving: null }
  const outstanding = openContracts(market, openInterest, contract)
  if (from.turnover > 0 && outstanding) {
    const { opened, surviving } = turnover(outstanding, traded, openShare, longShare)
    return { contracts: t => opened[t]!, surviving }
  }
  const changes = from.openInterest > 0 && outstanding ? openInterestFlow(outstanding) : null
  const contracts = (t: number) =>
    from.volume * openShare * traded(t) + (changes ? from.openInterest * changes.opened[t]! : 0)
  return { contracts, surviving: changes?.surviving ?? null }
}

/** Contracts open at the close of each bar; null where they are neither known nor assumed. */
function openContracts(
  market: Market,
  openInterest: ResolvedFlow['openInterest'],
  contract: ContractKind,
): Float64Array | null {
  const assumed = openInterest !== null && openInterest !== 'recorded'
  const coins = assumed ? assumedOpenInterest(market, openInterest) : market.openInterest
  if (!coins) return null
  return contract === 'linear' ? coins : coins.map((amount, t) => amount * market.close[t]!)
}

/** Contracts by which open interest rose in each bar, and the share of positions that survives its fall. */
function openInterestFlow(openInterest: Float64Array): { opened: Float64Array; surviving: Float64Array } {
  const opened = new Float64Array(openInterest.length)
  const surviving = new Float64Array(openInterest.length).fill(1)
  let last = Number.NaN
  for (let t = 0; t < openInterest.length; t++) {
    const current = openInterest[t]!
    // A bar without a record is skipped; the next record is compared with the last one.
    if (Number.isNaN(current)) continue
    if (current > last) opened[t] = current - last
    else if (current < last) surviving[t] = current / last
    last = current
  }
  return { opened, surviving }
}

function barEntries(
  market: Market,
  opened: OpenedNotional,
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
  contract: ContractKind,
  scale: number,
  caller: string,
): PositionFlow {
  const tradeOptions = { ...resolved, binWidth, contract, scale }
  const { notional, longShare, ...entries } = isTradeFlow(trades)
    ? flowEntries(market, trades, tradeOptions, caller)
    : tradeEntries(market, trades, tradeOptions, caller)
  return {
    ...entries,
    notional: t => notional[t]!,
    longShare: t => longShare[t]!,
    survivingShare: () => 1,
    options: resolved,
  }
}

function resolveFlow(market: Market, options: FlowOptions, caller: string): ResolvedFlow {
  const invalid = (name: keyof FlowOptions, expected: string) =>
    invalidOption(caller, `flow.${name}`, options[name], expected)
  const { trades } = options
  // The other properties of a trade flow are not options.
  const resolved = flowOptions.resolve(flowOptions.pick(options), caller)
  const recorded = market.openInterest?.some(coins => coins >= 0) ? 'recorded' : null
  const openInterest = resolved.openInterest ?? recorded
  const sources = resolved.from ?? (trades ? 'trades' : openInterest === null ? 'volume' : 'turnover')
  const from = {
    turnover: 0,
    volume: 0,
    openInterest: 0,
    trades: 0,
    constant: 0,
    ...(typeof sources === 'string' ? { [sources]: 1 } : sources),
  }
  if (from.trades > 0 && !trades) throw invalid('trades', 'single trades or their flow, because flow.from is trades')
  if (from.turnover > 0 && openInterest === null)
    throw invalid(
      'from',
      `volume, or flow.openInterest with it (USD, or { ofDailyVolume: 0.4 }): ${market.symbol} has no record of open interest`,
    )
  if (from.turnover === 0 && resolved.openInterest !== undefined)
    throw invalid('openInterest', 'nothing unless flow.from is turnover')
  if (from.openInterest > 0 && !market.openInterest)
    throw invalid('from', `a series that the market has: ${market.symbol} has no openInterest`)
  for (const name of ['minNotional', 'maxNotional'] as const)
    if (!trades && options[name] !== undefined)
      throw invalid(name, 'flow.trades with it: only single trades have a size')
  const hasTakers = market.takerBuyVolume !== undefined || from.trades > 0
  const fromMarket = from.turnover + from.constant === 0
  const { entry, split = hasTakers && fromMarket ? 'taker' : 'even' } = resolved
  const { openShare = from.turnover > 0 ? TURNOVER_OPEN_SHARE : OPEN_SHARE } = resolved
  if (split === 'taker' && !hasTakers) throw invalid('split', `even: ${market.symbol} has no takerBuyVolume series`)
  const summed = isTradeFlow(trades) ? trades : undefined
  const { minNotional = summed?.minUsd ?? 0, maxNotional = summed?.maxUsd ?? Infinity } = resolved
  if (!(maxNotional > minNotional)) throw invalid('maxNotional', `above flow.minNotional, ${minNotional}`)
  return {
    from,
    openInterest: from.turnover > 0 ? openInterest : null,
    openShare,
    split,
    entry,
    minNotional,
    maxNotional,
  }
}

/** The flows that a calibration tries unless told: what share of the volume opens positions is not known. */
export function defaultFlows(market: Market): FlowOptions[] {
  if (!market.openInterest) return [{ from: 'volume' }]
  return [0.1, 0.25, 0.5, 1].map(openShare => ({ from: 'turnover', openShare }))
}
