/** The simulated market. */
import { formatDuration, HOUR } from '../common/duration.ts'
import { OptionError } from '../common/errors.ts'
import { createMarket, type Market, type MarketColumns } from '../market/market.ts'
import { liquidationTruth } from '../market/true-positions.ts'
import { random } from '../stats/random.ts'
import { LevelEffects } from './effects.ts'
import { FundingState, fundingDue } from './funding-state.ts'
import { LevelHistogram } from './level-histogram.ts'
import { MEAN_ABS_NORMAL, PricePath } from './price-path.ts'
import { EFFECTS, type ResolvedSimulation, resolveSimulation, type SimulateOptions } from './simulate-options.ts'
import { Traders } from './traders.ts'

/** Price steps per bar. */
const STEPS = 12
/** Share of the volume that does not depend on the price move. */
const BASE_VOLUME = 0.25
/** Taker buy share: its random standard deviation per bar, and its change per standard deviation of a price step. */
const TAKER_NOISE = 0.037
const TAKER_MOVE = 0.05
/** What the directional bias and a general preference for longs add to the chance that a position is long. */
const LONG_BIAS = 0.05
const LONG_PREFERENCE = 0.015
/** Rounds of a cascade within a step; what remains follows in the next step. */
const MAX_ROUNDS = 50

/** Effects by which levels drive the price, and which `convergence` amplifies. */
const LEVEL_EFFECTS = ['magnet', 'reversal', 'continuation'] as const
/** A price outside this range has diverged and would round to 0. */
const MIN_PRICE = 1e-12
const MAX_PRICE = 1e12

/** Random streams. Price and volume have their own, so the traders cannot change them. */
const PRICE_STREAM = 0
const TRADER_STREAM = 1
const FLOW_STREAM = 2

/** Columns of every simulated market. */
type SimulatedColumns = Required<MarketColumns>

/**
 * A synthetic perpetual future with a known truth. Its price has clustered volatility, fat tails and rare jumps. Its traders
 * open positions with the volume and close them after a while, at their stops, or by liquidation. Volume, taker volume, open
 * interest, funding and liquidations follow from them; `truth` has every position.
 *
 * With `magnet`, `reversal`, `continuation` and `cascades` at 0 (the default) no position influences the price: it is a
 * martingale from its own random stream, and none of the claims about clusters holds. The same seed and options give
 * bit-identical markets on every platform. A longer market starts with the same bars as a shorter one.
 *
 * @throws OptionError for a value that is not allowed, and if the price diverges
 * @example simulateMarket({ seed: 7, bars: 2000, magnet: 0.2 }).truth!.at(500).long.price
 */
export function simulateMarket(options: SimulateOptions = {}): Market {
  const resolved = resolveSimulation(options)
  const { columns, traders } = run(resolved)
  const market = createMarket(columns, {
    symbol: 'SYNTH/USDT:USDT',
    source: 'synthetic',
    barMs: resolved.barMs,
    synthetic: true,
    notes: [describe(resolved)],
  })
  return { ...market, truth: liquidationTruth(traders.positions(), resolved.bars) }
}

function run(options: ResolvedSimulation): { columns: SimulatedColumns; traders: Traders } {
  const { seed, bars, barMs, start, price, effects, population } = options
  const hours = barMs / HOUR
  const path = new PricePath(price, options.volatility, hours / STEPS, random(seed, PRICE_STREAM))
  const rng = random(seed, FLOW_STREAM)
  const traderRng = random(seed, TRADER_STREAM)
  const levels = LEVEL_EFFECTS.some(name => effects[name] > 0)
    ? new LevelHistogram(price, population.leverage.length)
    : null
  const levelEffects = levels && new LevelEffects(levels, effects)
  const traders = new Traders(options, traderRng, levels)
  const fundingState = new FundingState(rng, hours)
  const columns = emptyColumns(bars)

  const stepVolume = (options.turnover / price) * (hours / STEPS)
  const hourVolume = options.turnover / price
  const positionsPerStep = population.positionsPerBar / STEPS
  for (let t = 0; t < bars; t++) {
    const time = start + t * barMs
    const open = path.price
    let high = open
    let low = open
    let volume = 0
    let bought = 0
    let longLiquidations = 0
    let shortLiquidations = 0
    let liquidatedNet = 0
    columns.fundingRate[t] = fundingDue(time, barMs, traders.longCoins, traders.shortCoins)
    levelEffects?.beforeBar(open)
    // Activity also varies at random.
    const activity = clamp(1 + 0.25 * rng.normal(), 0.2, 2)
    const takerBias = 0.5 + TAKER_NOISE * rng.normal()
    let toOpen = traderRng.uniform()
    for (let step = 0; step < STEPS; step++) {
      path.step(levelEffects ? levelEffects.drift : 0)
      for (let round = 0; round < MAX_ROUNDS; round++) {
        traders.processRange(path.low, path.high, t)
        const { liquidatedLong, liquidatedShort } = traders
        if (liquidatedLong + liquidatedShort === 0) break
        longLiquidations += liquidatedLong
        shortLiquidations += liquidatedShort
        if (effects.cascades === 0) break
        const impactBefore = impact(liquidatedNet / hourVolume)
        liquidatedNet += liquidatedShort - liquidatedLong
        path.applyImpact(effects.cascades * path.hourlySigma * (impact(liquidatedNet / hourVolume) - impactBefore))
      }
      if (path.high > high) high = path.high
      if (path.low < low) low = path.low

      const relativeMove = (path.volatilityLevel * Math.abs(path.shock)) / MEAN_ABS_NORMAL
      const traded = stepVolume * activity * (BASE_VOLUME + (1 - BASE_VOLUME) * relativeMove)
      const takerBuyShare = clamp(takerBias + TAKER_MOVE * clamp(path.shock, -3, 3), 0.05, 0.95)
      volume += traded
      bought += traded * takerBuyShare
      toOpen += positionsPerStep
      while (toOpen >= 1) {
        toOpen--
        const size = (2 * population.openShare * traded * traderRng.exponential()) / positionsPerStep
        traders.open(
          path.price,
          size,
          clamp(takerBuyShare + LONG_PREFERENCE + LONG_BIAS * fundingState.level, 0.05, 0.95),
          t,
        )
      }
    }
    traders.closeDue(t)
    fundingState.advance()
    levelEffects?.afterBar(low, high, path.price)

    if (!(path.price >= MIN_PRICE && path.price <= MAX_PRICE))
      throw new OptionError(
        `simulate: by bar ${t + 1} of ${bars} the price has gone from ${price} to ${path.price.toPrecision(3)}; use a lower volatility, weaker effects or fewer bars`,
      )
    const ticks = ticksPerUnit(low)
    columns.time[t] = time
    columns.open[t] = Math.round(open * ticks) / ticks
    columns.high[t] = Math.round(high * ticks) / ticks
    columns.low[t] = Math.round(low * ticks) / ticks
    columns.close[t] = Math.round(path.price * ticks) / ticks
    columns.volume[t] = coins(volume)
    columns.takerBuyVolume[t] = coins(bought)
    columns.openInterest[t] = coins(Math.max(traders.longCoins, traders.shortCoins, 0))
    columns.longLiquidations[t] = coins(longLiquidations)
    columns.shortLiquidations[t] = coins(shortLiquidations)
    columns.longShortRatio[t] = traders.shorts > 0 ? traders.longs / traders.shorts : Number.NaN
  }
  return { columns, traders }
}

function emptyColumns(bars: number): SimulatedColumns {
  const column = () => new Float64Array(bars)
  return {
    time: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    takerBuyVolume: column(),
    openInterest: column(),
    longLiquidations: column(),
    shortLiquidations: column(),
    longShortRatio: column(),
    fundingRate: column(),
  }
}

function describe({ seed, barMs, effects }: ResolvedSimulation): string {
  const hasLevelEffect = LEVEL_EFFECTS.some(name => effects[name] > 0)
  const planted = EFFECTS.filter(name => effects[name] > 0 && (hasLevelEffect || name !== 'convergence')).map(
    name => `${name} ${effects[name]}`,
  )
  const influence =
    planted.length > 0
      ? `planted effects: ${planted.join(', ')}`
      : 'no liquidation level influences its price, so any pattern in it is chance'
  return `Synthetic: simulated from seed ${seed}, ${formatDuration(barMs)} bars. Not a real market; ${influence}`
}

/** Square-root impact in hourly standard deviations, of forced buying (+) or selling (−) in multiples of an hour's volume. */
function impact(share: number): number {
  return share < 0 ? -Math.sqrt(-share) : Math.sqrt(share)
}

/** Rounds coins to a thousandth, as exchanges do. */
function coins(value: number): number {
  return Math.round(value * 1000) / 1000
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value
}

/** Ticks per price unit for six significant digits: 0.1 at 60,000. Powers of ten, so that prices print exactly. */
function ticksPerUnit(price: number): number {
  let ticks = 1
  for (let p = price; p < 100_000; p *= 10) ticks *= 10
  return ticks
}
