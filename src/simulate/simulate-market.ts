import { formatDuration, HOUR } from '../common/duration.ts'
import { DataError } from '../common/errors.ts'
import { createMarket, type Market, type MarketColumns } from '../market/market.ts'
import { liquidationTruth } from '../market/true-positions.ts'
import { random } from '../stats/random.ts'
import { LevelEffects } from './effects.ts'
import { FundingState, fundingDue } from './funding-state.ts'
import { LevelHistogram } from './histogram.ts'
import { EFFECTS, type ResolvedSimulation, resolveSimulation, type SimulateOptions } from './options.ts'
import { MEAN_MOVE, PricePath } from './path.ts'
import { Traders } from './traders.ts'

/** Steps of the price inside one bar. */
const STEPS = 12
/** Share of the volume that does not depend on how much the price moves. */
const QUIET_VOLUME = 0.25
/** Lean of the takers: standard deviation over a bar by chance, and per usual step of the price. */
const LEAN_NOISE = 0.037
const LEAN_MOVE = 0.05
/** What the traders' mood and their liking for longs add to the chance that a position is long; taker volume does not show it. */
const LEAN_MOOD = 0.05
const LEAN_LONG = 0.015
/** A cascade that goes on longer than this within a step goes on in the next. */
const MOST_ROUNDS = 50

/** Effects by which levels drive the price, and which `convergence` makes stronger. */
const LEVEL_EFFECTS = ['magnet', 'reversal', 'continuation'] as const
/** Outside of this a price is no price any more, and rounds to nothing sooner or later. */
const LEAST_PRICE = 1e-12
const MOST_PRICE = 1e12

/** Streams of random numbers: the price and the volume have their own, which nobody who trades can disturb. */
const PRICE_STREAM = 0
const TRADER_STREAM = 1
const FLOW_STREAM = 2

/** Columns that every simulated market has. */
type SimulatedColumns = Required<MarketColumns>

/**
 * A synthetic perpetual with a known truth. Its price has clustered volatility, fat tails and rare jumps; its traders open
 * positions with the volume, and close them after a while, at their stops, or by force where the price reaches their
 * liquidation. Volume, taker volume, open interest, funding and liquidations follow from them, and `truth` knows every position.
 *
 * With `magnet`, `reversal`, `continuation` and `cascades` at 0 (the default) no position has any influence on the price: it
 * is a martingale, drawn from a stream of random numbers of its own, and none of the claims about clusters holds. The same
 * seed and options give the same market to the last bit on every platform; a longer market begins like the shorter one.
 *
 * @throws DataError naming the option that is out of range
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
  const people = random(seed, TRADER_STREAM)
  const levels = LEVEL_EFFECTS.some(name => effects[name] > 0)
    ? new LevelHistogram(price, population.leverage.length)
    : null
  const pulls = levels && new LevelEffects(levels, effects)
  const traders = new Traders(options, people, levels)
  const mood = new FundingState(rng, hours)
  const columns = emptyColumns(bars)

  const usualStepVolume = (options.turnover / price) * (hours / STEPS)
  const usualHourVolume = options.turnover / price
  const perStep = population.positionsPerBar / STEPS
  for (let t = 0; t < bars; t++) {
    const time = start + t * barMs
    const open = path.price
    let high = open
    let low = open
    let volume = 0
    let bought = 0
    let longLiquidations = 0
    let shortLiquidations = 0
    let forced = 0
    columns.fundingRate[t] = fundingDue(time, barMs, traders.longCoins, traders.shortCoins)
    pulls?.look(open)
    // Some bars are busier than others for no reason.
    const activity = clamp(1 + 0.25 * rng.normal(), 0.2, 2)
    const lean = 0.5 + LEAN_NOISE * rng.normal()
    let toOpen = people.uniform()
    for (let step = 0; step < STEPS; step++) {
      path.step(pulls ? pulls.drift : 0)
      for (let round = 0; round < MOST_ROUNDS; round++) {
        traders.reach(path.low, path.high, t)
        const { liquidatedLong, liquidatedShort } = traders
        if (liquidatedLong + liquidatedShort === 0) break
        longLiquidations += liquidatedLong
        shortLiquidations += liquidatedShort
        if (effects.cascades === 0) break
        const before = impact(forced / usualHourVolume)
        forced += liquidatedShort - liquidatedLong
        path.push(effects.cascades * path.hourNow * (impact(forced / usualHourVolume) - before))
      }
      if (path.high > high) high = path.high
      if (path.low < low) low = path.low

      const moved = (path.level * Math.abs(path.surprise)) / MEAN_MOVE
      const traded = usualStepVolume * activity * (QUIET_VOLUME + (1 - QUIET_VOLUME) * moved)
      const takers = clamp(lean + LEAN_MOVE * clamp(path.surprise, -3, 3), 0.05, 0.95)
      volume += traded
      bought += traded * takers
      toOpen += perStep
      while (toOpen >= 1) {
        toOpen--
        const size = (2 * population.openShare * traded * people.exponential()) / perStep
        traders.open(path.price, size, clamp(takers + LEAN_LONG + LEAN_MOOD * mood.level, 0.05, 0.95), t)
      }
    }
    traders.closeDue(t)
    mood.advance()
    pulls?.learn(low, high, path.price)

    if (!(path.price >= LEAST_PRICE && path.price <= MOST_PRICE))
      throw new DataError(
        `simulate: by bar ${t + 1} of ${bars} the price has gone from ${price} to ${path.price.toPrecision(3)}; take a lower volatility, weaker effects or fewer bars`,
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
  const moved = LEVEL_EFFECTS.some(name => effects[name] > 0)
  const planted = EFFECTS.filter(name => effects[name] > 0 && (moved || name !== 'convergence')).map(
    name => `${name} ${effects[name]}`,
  )
  const what =
    planted.length > 0
      ? `planted in it: ${planted.join(', ')}`
      : 'no liquidation level has any influence on its price, so what is found in it is chance'
  return `Synthetic: simulated from seed ${seed}, ${formatDuration(barMs)} bars. No real market did this; ${what}`
}

/** Impact in standard deviations of an hour, of forced buying (+) or selling (−) in multiples of an hour's volume. */
function impact(share: number): number {
  return share < 0 ? -Math.sqrt(-share) : Math.sqrt(share)
}

/** Coins as exchanges write them, to a thousandth. */
function coins(value: number): number {
  return Math.round(value * 1000) / 1000
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value
}

/** Six digits before the comma count: 0.1 at 60,000. Powers of ten, so that prices print as they are. */
function ticksPerUnit(price: number): number {
  let ticks = 1
  for (let p = price; p < 100_000; p *= 10) ticks *= 10
  return ticks
}
