/** A liquidation map of observed positions. */
import { lowerBound } from '../../common/binary-search.ts'
import { durationMs, formatDuration, formatTime } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import {
  type Check,
  defineOptions,
  duration,
  invalidOption,
  numberThat,
  oneOf,
  option,
  optional,
  text,
  trueOrFalse,
} from '../../common/options.ts'
import { describeMarket, type Market } from '../../market/market.ts'
import { KIND, type ObservedPositions } from '../../market/observed-positions.ts'
import type { Layer } from '../book/survival.ts'
import { type LiquidationMap, liquidationMap, mapOptions } from '../map.ts'
import type { Side } from '../side.ts'
import { type Coverage, coverageAt, openInterestOf } from './coverage.ts'
import { leverageTiersOf, ObservedReplay, type ObservedReplayInput } from './observed-replay.ts'
import { readingsOf } from './readings.ts'

export interface ObservedMapOptions {
  /** Which coin's positions. Default: the base coin of the market's symbol, or the only coin of the positions. */
  coin?: string
  /** What the levels are: liquidation prices of positions, triggers of stop orders, or both. Default `liquidations`. */
  layer?: Layer
  /** Leverages of the tiers; a position belongs to the nearest one, by ratio. Default `[2, 5, 10, 25, 50]`. */
  tiers?: readonly number[]
  /** Age at which a reading of an account is dropped, as nothing is known of it any more. Default `1d`. */
  maxAge?: string | number
  /** Width of a price bin in ln(price). Default 0.001 (10 bp). */
  binWidth?: number
  /**
   * Show readings from after the end of the market at its last close, e.g. a snapshot that was taken just now: a market holds
   * closed bars only. What the map says of the last bar was then not known at its close. Default false.
   */
  latest?: boolean
}

const CALLER = 'liq.observedMap'
const MAX_TIERS = 24

const risingLeverages: Check = value => {
  const expected = { expected: `1 to ${MAX_TIERS} leverages above 1, rising, e.g. [5, 10, 25, 50]` }
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_TIERS) return expected
  return value.every((x, i) => typeof x === 'number' && x > (i > 0 ? value[i - 1] : 1) && x < Infinity)
    ? undefined
    : expected
}

const observedOptions = defineOptions<ObservedMapOptions, 'coin'>(CALLER, {
  coin: optional(text),
  layer: option('liquidations', oneOf('liquidations', 'stops', 'both')),
  tiers: option([2, 5, 10, 25, 50], risingLeverages),
  maxAge: option('1d', duration(true)),
  binWidth: option(
    mapOptions.defaults.binWidth,
    numberThat('0.00001 to 0.1 in ln(price), e.g. 0.001 for 10 bp', x => x >= 1e-5 && x <= 0.1),
  ),
  latest: option(false, trueOrFalse),
})

/** A map of positions that were seen, without assumptions on leverage, flow or margin. */
export interface ObservedMap extends LiquidationMap {
  readonly isObserved: true
  /** Whose positions: the name of the exchange. */
  readonly exchange: string
  /** What was seen at each close: USD of both sides, and their share of open interest. */
  coverage(): Coverage[]
  /** Bars at whose close an account had been read since the close before. */
  barsRead(): number[]
  /** Calls back with each position known at the close of some bars, which must rise; whether or not it has a level. */
  forEachPosition(bars: readonly number[], visit: PositionVisitor): void
}

/**
 * @param index of the bar in the list of bars
 * @param account index of the account
 */
export type PositionVisitor = (position: PositionAt, index: number) => void

/** A position as known at a close. */
export interface PositionAt {
  /** Index of the account. */
  account: number
  side: Side
  /** Liquidation price; NaN where no price liquidates the position. */
  price: number
  /** As the exchange gives it; NaN where it does not. */
  leverage: number
  /** At the close of the bar. */
  usd: number
}

/**
 * The liquidation levels of observed positions: the exchange's own liquidation prices, isolated and cross, as known at each
 * close. Later readings and bars never change what is known of a bar. A level that a later low or high reaches is gone until
 * its account is read again.
 *
 * @throws OptionError naming the option
 * @throws DataError when no account was read by the end of the market
 */
export function observedMap(
  positions: ObservedPositions,
  market: Market,
  options: ObservedMapOptions = {},
): ObservedMap {
  const { coin, layer, tiers, maxAge, binWidth, latest } = observedOptions.resolve(options)
  const coinIndex = positions.coins.indexOf(coinOf(positions, market, coin))
  const readings = readingsOf(positions, coinIndex)
  if (layer !== 'liquidations' && !positions.rows.kind.includes(KIND.orders))
    throw invalidOption(CALLER, 'layer', layer, `liquidations: no orders were read of ${positions.source}`)
  checkPrices(positions, coinIndex, market)
  const end = market.time[market.length - 1]! + market.barMs
  if (readings.length === 0 || (readings.time[0]! > end && !latest))
    throw new DataError(
      readings.length === 0
        ? `${CALLER}: the positions of ${positions.source} hold no reading of an account`
        : `${CALLER}: the first reading of an account is of ${formatTime(readings.time[0]!)}, but ${market.symbol} ends ${formatTime(end)}: load it again once a later bar has closed, or show them at its last close with latest: true`,
    )
  const maxAgeMs = maxAge === Infinity ? Infinity : durationMs(maxAge, 'maxAge')
  const leverageTier = leverageTiersOf(positions.rows, tiers)
  const input = { market, rows: positions.rows, readings, layer, binWidth, tiers, leverageTier, maxAgeMs, latest }
  // The map of the same tiers and bins that knows nothing: what scores hold an observed map against.
  const leverage = Object.fromEntries(tiers.map(tier => [tier, 1 / tiers.length]))
  const base = liquidationMap(market, { leverage, binWidth, flow: { from: 'constant' }, halfLife: Infinity }, CALLER)
  const start = (replayOptions = {}) => new ObservedReplay(input, replayOptions)
  const openInterest = openInterestOf(positions, coinIndex, market, latest)
  const last = start()
  while (last.step()) {}
  const seen = coverageAt(last, input, openInterest)
  return {
    ...base,
    // The shares of the tiers are in the levels themselves; equal weights only name the layers.
    options: {
      ...base.options,
      triggerDepth: 0,
      layer,
      tiers: tiers.map(leverage => ({ leverage, weight: 1 / tiers.length })),
    },
    isObserved: true,
    exchange: positions.exchange,
    assumptions: describe(positions, input, seen, openInterest.source),
    parts: [{ ...base.parts[0]!, start }],
    replay(visit, replayOptions) {
      const run = start(replayOptions)
      while (run.step()) visit(run.bar, run.book)
    },
    coverage() {
      const run = start()
      const out: Coverage[] = []
      while (run.step()) out.push(coverageAt(run, input, openInterest))
      return out
    },
    barsRead() {
      const bars = new Set<number>()
      for (const time of readings.time) {
        const bar = lowerBound(market.time, time - market.barMs)
        bars.add(latest ? Math.min(bar, market.length - 1) : bar)
      }
      return [...bars].filter(bar => bar < market.length)
    },
    forEachPosition(bars, visit) {
      const { rows } = positions
      const run = start({ until: bars.at(-1) ?? -1 })
      for (let index = 0; run.step(); ) {
        if (run.bar !== bars[index]) continue
        run.forEachOpen(row => {
          if (rows.kind[row] !== KIND.position) return
          const size = rows.size[row]!
          const position: PositionAt = {
            account: rows.account[row]!,
            side: size > 0 ? 'long' : 'short',
            price: rows.price[row]!,
            leverage: rows.leverage[row]!,
            usd: Math.abs(size) * run.book.scale,
          }
          visit(position, index)
        })
        index++
      }
    },
  }
}

/** @throws OptionError when the positions have no such coin */
function coinOf({ coins }: ObservedPositions, market: Market, coin: string | undefined): string {
  const name = coin ?? (coins.length === 1 ? coins[0]! : market.symbol.split('/')[0]!)
  if (coins.includes(name)) return name
  const held = coins.length > 0 ? coins.slice(0, 20).join(', ') : 'none'
  throw invalidOption(CALLER, 'coin', name, `a coin of the positions, which are of ${held}`)
}

/** Prices of one coin in one currency never differ by this factor within a recording. */
const MAX_PRICE_RATIO = 5

/** @throws DataError when the positions were entered at prices of another coin or unit */
function checkPrices({ coins, rows }: ObservedPositions, coin: number, market: Market): void {
  const entries: number[] = []
  for (let i = 0; i < rows.length; i++)
    if (rows.kind[i] === KIND.position && rows.coin[i] === coin && rows.entry[i]! > 0) entries.push(rows.entry[i]!)
  if (entries.length === 0) return
  const middle = (values: ArrayLike<number>) => Float64Array.from(values).sort()[Math.floor(values.length / 2)]!
  const [entry, close] = [middle(entries), middle(market.close)]
  if (Math.max(entry / close, close / entry) > MAX_PRICE_RATIO)
    throw new DataError(
      `${CALLER}: ${coins[coin]}: the positions’ prices are about ${+entry.toPrecision(4)}, but ${market.symbol} is at ${+close.toPrecision(4)}: they must be of one coin in one currency and unit`,
    )
}

const percent = (share: number): string => (Number.isFinite(share) ? `${+(share * 100).toPrecision(3)} %` : 'unknown')

function describe(
  positions: ObservedPositions,
  { market, readings, layer, tiers, maxAgeMs, binWidth, latest }: ObservedReplayInput,
  seen: Coverage,
  openInterestSource: string | null,
): string[] {
  const { exchange, source, synthetic, accounts } = positions
  const usd = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 0 })
  const what = {
    liquidations: 'liquidation prices as the exchange gives them, isolated and cross',
    stops: 'triggers of stop orders that close a position',
    both: 'liquidation prices as the exchange gives them, and triggers of stop orders that close a position',
  }[layer]
  const share = openInterestSource
    ? `${percent(seen.longShare)} and ${percent(seen.shortShare)} of open interest (${openInterestSource})`
    : 'a share of open interest that is not known: there is none on record'
  return [
    describeMarket(market),
    `positions: observed${synthetic ? ', synthetic' : ''}, of ${exchange} (${source}), ${accounts.length.toLocaleString('en-US')} accounts in ${readings.length.toLocaleString('en-US')} readings from ${formatTime(readings.time[0]!)} to ${formatTime(readings.time.at(-1)!)}`,
    `levels: ${what}; a cross margin level moves with the account’s other positions`,
    `coverage at the last close: longs of ${usd(seen.longUsd)} and shorts of ${usd(seen.shortUsd)} USD seen, ${share}; ${percent(seen.isolatedShare)} of it isolated, ${percent(seen.withoutLevelShare)} without a liquidation price`,
    `scale: USD of the positions that were seen, coins at the close`,
    `tiers: leverage of the position, to the nearest of ${tiers.map(tier => `${tier}x`).join(', ')}; price bins of ${+(binWidth * 1e4).toPrecision(4)} bp`,
    `readings ${maxAgeMs === Infinity ? 'never expire' : `expire after ${formatDuration(maxAgeMs)}`}; a level that a low or high reaches is gone until the account is read again${latest ? '; readings after the last close are shown at it' : ''}`,
  ]
}
