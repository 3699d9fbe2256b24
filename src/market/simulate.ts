import { barOpen, durationMs, formatDuration, HOUR } from './duration.ts'
import { DataError } from './errors.ts'
import { createMarket, type Market, type MarketColumns } from './market.ts'
import { random } from './random.ts'

export interface SimulateOptions {
  /** Seed of the random numbers. Default 1. */
  seed?: number
  /** Default 4000. */
  bars?: number
  /** Default `1h`. */
  timeframe?: string
  /** Open time of the first bar. Default 2024-01-01. */
  start?: string | number
  /** First price. Default 60,000. */
  price?: number
  /** Annual volatility, as a fraction. Default 0.6. */
  volatility?: number
}

/** Steps of the price path inside one bar, from which high and low are taken. */
const STEPS = 12
/** GARCH(1,1) per hour: weight of the last squared return and persistence (stylised, typical of crypto hours). */
const ARCH = 0.08
const GARCH = 0.9
const JUMP_CHANCE_PER_HOUR = 0.004
/** Size of a jump in standard deviations of a usual hour. */
const JUMP_SCALE = 4
const TICK = 0.1

/**
 * A synthetic perpetual: a price with clustered volatility and rare jumps, volume that rises with the size of moves,
 * taker volume that leans with them, and open interest that builds up slowly and drops in violent bars. No
 * liquidation level has any pull or push on this price: it is a market in which none of the claims about clusters holds.
 *
 * The same seed and options give the same market to the last bit.
 */
export function simulateMarket(options: SimulateOptions = {}): Market {
  const { seed = 1, bars = 4000, price = 60_000, volatility = 0.6 } = options
  if (!(Number.isInteger(bars) && bars > 0)) throw new DataError(`bars: ${bars}, but expected a whole number above 0`)
  if (!(price > 0)) throw new DataError(`price: ${price}, but expected a price above 0`)
  if (!(volatility > 0)) throw new DataError(`volatility: ${volatility}, but expected a fraction above 0`)
  const barMs = durationMs(options.timeframe ?? '1h', 'timeframe')
  const start = barOpen(new Date(options.start ?? '2024-01-01T00:00:00Z').getTime(), barMs)
  if (!Number.isFinite(start)) throw new DataError(`start: ${options.start} is not a date`)

  const rng = random(seed)
  const columns: MarketColumns = {
    time: new Float64Array(bars),
    open: new Float64Array(bars),
    high: new Float64Array(bars),
    low: new Float64Array(bars),
    close: new Float64Array(bars),
    volume: new Float64Array(bars),
    takerBuyVolume: new Float64Array(bars),
    openInterest: new Float64Array(bars),
  }
  const hours = barMs / HOUR
  const baseVariance = (volatility ** 2 / (365 * 24)) * hours
  const usualVolume = 12_000 * hours
  let variance = baseVariance
  let log = Math.log(price)
  let openInterest = 80_000
  for (let t = 0; t < bars; t++) {
    const open = log
    let high = log
    let low = log
    const jump = rng.uniform() < JUMP_CHANCE_PER_HOUR * hours ? JUMP_SCALE * Math.sqrt(baseVariance) * rng.normal() : 0
    const jumpStep = rng.integer(STEPS)
    const stepSigma = Math.sqrt(variance / STEPS)
    for (let step = 0; step < STEPS; step++) {
      log += stepSigma * rng.normal() - (stepSigma * stepSigma) / 2 + (step === jumpStep ? jump : 0)
      if (log > high) high = log
      if (log < low) low = log
    }
    const move = log - open
    const surprise = Math.abs(move) / Math.sqrt(baseVariance)
    variance = (1 - ARCH - GARCH) * baseVariance + ARCH * move * move + GARCH * variance

    const volume = usualVolume * Math.exp(0.45 * rng.normal() + 0.45 * Math.min(surprise, 4) - 0.4)
    const lean = Math.tanh(0.5 * (move / Math.sqrt(baseVariance)) + 0.25 * rng.normal())
    const opened = 0.05 * volume * (1 + 0.5 * rng.normal())
    const closed = 0.0075 * openInterest * (1 + Math.max(0, surprise - 1.5))
    openInterest = Math.max(1000, openInterest + opened - closed)

    columns.time[t] = start + t * barMs
    columns.open[t] = tick(open)
    columns.high[t] = tick(high)
    columns.low[t] = tick(low)
    columns.close[t] = tick(log)
    columns.volume[t] = Math.round(volume * 1000) / 1000
    columns.takerBuyVolume![t] = Math.round(columns.volume[t]! * (0.5 + 0.25 * lean) * 1000) / 1000
    columns.openInterest![t] = Math.round(openInterest * 1000) / 1000
  }
  return createMarket(columns, {
    symbol: 'SYNTH/USDT:USDT',
    source: 'synthetic',
    barMs,
    synthetic: true,
    notes: [
      `Synthetic: simulated from seed ${seed}, ${formatDuration(barMs)} bars. No real market did this, and no liquidation level moves this price`,
    ],
  })
}

function tick(log: number): number {
  return Math.round(Math.max(TICK, Math.exp(log)) / TICK) / (1 / TICK)
}
