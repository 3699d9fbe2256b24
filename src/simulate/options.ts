import { barOpen, durationMs, HOUR } from '../common/duration.ts'
import { DataError, quoteValue } from '../common/errors.ts'
import { momentMs } from '../common/iso-time.ts'

/** The traders of a simulated market. */
export interface PopulationOptions {
  /** Share of the opened notional by leverage. Default {@link DEFAULT_LEVERAGE}. */
  leverage?: Readonly<Record<number, number>>
  /**
   * Margin that traders add to the initial one, in multiples of it: share of the positions by multiple. Each draws its own
   * between 0 and twice that multiple. Default {@link DEFAULT_EXTRA_MARGIN}.
   */
  extraMargin?: Readonly<Record<number, number>>
  /** Share of each side's volume that opens leveraged positions. Default 0.07. */
  openShare?: number
  /**
   * Mean time that a position with 10x is held, unless its liquidation comes first; it falls with the square
   * root of the leverage. Default `7d`.
   */
  holding?: string | number
  /** Share of each position that a stop takes out, somewhere between 20 and 90 % of the way to its liquidation. Default 0.8. */
  stopShare?: number
  /** Maintenance margin rate. Default 0.004, Binance's for BTC positions up to 50,000 USD. */
  maintenanceRate?: number
  /** Positions that open in a bar; each stands for traders who do the same. Default 12 for an hour, by the root of the bar's length, 2 to 24. */
  positionsPerBar?: number
}

export interface SimulateOptions {
  /** Seed of the random numbers, a whole number. Default 1. */
  seed?: number
  /** Default 4000. */
  bars?: number
  /** Default `1h`. */
  timeframe?: string
  /** Open time of the first bar. Default 2024-01-01. */
  start?: string | number
  /** First price, 1e-9 to 1e9. Default 60,000. */
  price?: number
  /** Annual volatility in the long run, as a fraction, up to 100. Default 0.6. */
  volatility?: number
  /** USD traded in a usual hour, at the first price. Default 350 million. */
  turnover?: number
  /**
   * Drift towards bright liquidation clusters, in standard deviations of an hour's moves per hour for a cluster of full
   * strength at no distance. Default 0. 0.3 is noticeable in a few thousand bars, 1 hard to miss.
   */
  magnet?: number
  /**
   * Drift back after a bright cluster was reached, in the same unit at first; it fades by a seventh every bar, so 0.2 moves
   * the price by 1.4 such standard deviations in all (on hourly bars, full strength). Default 0. 0.1 is noticeable.
   */
  reversal?: number
  /** Drift on in the direction of the break where a bar CLOSES beyond a bright cluster; unit and fading as `reversal`. Default 0. */
  continuation?: number
  /**
   * How much stronger the three effects above are for every further leverage tier that carries at least 15 % of the
   * cluster: 1 doubles them where two tiers meet. Default 0.
   */
  convergence?: number
  /**
   * Price impact of forced closes: this times σ·√(Q/V), for Q coins of forced closes in a bar and σ, V the volatility and
   * usual volume of an hour (the square-root law has about 1). What is pushed stays pushed. Default 0.
   */
  cascades?: number
  /** Who trades. Never changes the candles while the effects above are 0. */
  population?: PopulationOptions
}

/** Nominal tiers, by notional. */
export const DEFAULT_LEVERAGE: Readonly<Record<number, number>> = {
  3: 0.1,
  5: 0.15,
  10: 0.3,
  20: 0.2,
  50: 0.15,
  100: 0.1,
}

/** Four in ten leave it at the initial margin; the rest back it with more, as accounts with cross margin do. */
export const DEFAULT_EXTRA_MARGIN: Readonly<Record<number, number>> = { 0: 0.4, 0.5: 0.25, 1: 0.2, 3: 0.15 }

/** All that can be planted; `convergence` is no effect of its own, but a strength of the three before it. */
export const EFFECTS = ['magnet', 'reversal', 'continuation', 'convergence', 'cascades'] as const
export type Effect = (typeof EFFECTS)[number]

/** A position's tier is kept in a byte. */
const MOST_TIERS = 256

export interface Weighted {
  value: number
  /** Sum of the shares up to this one; the last is 1. */
  upTo: number
}

export interface ResolvedSimulation {
  seed: number
  bars: number
  barMs: number
  start: number
  price: number
  volatility: number
  turnover: number
  effects: Record<Effect, number>
  population: {
    leverage: Weighted[]
    extraMargin: Weighted[]
    openShare: number
    holdingHours: number
    stopShare: number
    maintenanceRate: number
    positionsPerBar: number
  }
}

/** Options with their defaults. @throws DataError naming the option that is out of range */
export function resolveSimulation(options: SimulateOptions): ResolvedSimulation {
  const { seed = 1, bars = 4000, price = 60_000, volatility = 0.6, turnover = 350e6 } = options
  if (!Number.isSafeInteger(seed)) throw new DataError(`seed: ${quoteValue(seed)}, but expected a whole number`)
  if (!(Number.isInteger(bars) && bars > 0)) throw new DataError(`bars: ${bars}, but expected a whole number above 0`)
  if (!(price >= 1e-9 && price <= 1e9)) throw new DataError(`price: ${quoteValue(price)}, but expected 1e-9 to 1e9`)
  if (!(volatility > 0 && volatility <= 100))
    throw new DataError(`volatility: ${quoteValue(volatility)}, but expected above 0 to 100, e.g. 0.6 for 60 % a year`)
  above0('turnover', turnover)
  const barMs = durationMs(options.timeframe ?? '1h', 'timeframe')
  const start = barOpen(momentMs(options.start ?? '2024-01-01', 'start'), barMs)
  const effects = {} as Record<Effect, number>
  for (const name of EFFECTS) {
    const value = options[name] ?? 0
    if (!(value >= 0 && value < Infinity))
      throw new DataError(`${name}: ${quoteValue(value)}, but expected 0 (off) or a strength above it`)
    effects[name] = value
  }
  return {
    ...{ seed, bars, barMs, start, price, volatility, turnover, effects },
    population: resolvePopulation(options.population ?? {}, barMs),
  }
}

function resolvePopulation(options: PopulationOptions, barMs: number): ResolvedSimulation['population'] {
  const { openShare = 0.07, stopShare = 0.8, maintenanceRate = 0.004 } = options
  const usual = Math.min(24, Math.max(2, Math.round(12 * Math.sqrt(barMs / HOUR))))
  const { positionsPerBar = usual } = options
  const name = (field: string) => `population.${field}`
  share(name('openShare'), openShare)
  share(name('stopShare'), stopShare)
  if (!(maintenanceRate >= 0 && maintenanceRate < 0.1))
    throw new DataError(`${name('maintenanceRate')}: ${maintenanceRate}, but expected 0 to 0.1, e.g. 0.004`)
  if (!(Number.isInteger(positionsPerBar) && positionsPerBar >= 0 && positionsPerBar <= 1000))
    throw new DataError(`${name('positionsPerBar')}: ${positionsPerBar}, but expected a whole number from 0 to 1000`)
  const leverage = weighted(name('leverage'), options.leverage ?? DEFAULT_LEVERAGE)
  for (const { value } of leverage)
    if (!(value > 1 && 1 / value > maintenanceRate))
      throw new DataError(
        `${name('leverage')}: ${value}x, but expected above 1x and a margin above the maintenance rate of ${maintenanceRate}`,
      )
  if (leverage.length > MOST_TIERS)
    throw new DataError(`${name('leverage')}: ${leverage.length} tiers, but expected ${MOST_TIERS} at most`)
  const holdingHours = durationMs(options.holding ?? '7d', name('holding')) / HOUR
  const extraMargin = weighted(name('extraMargin'), options.extraMargin ?? DEFAULT_EXTRA_MARGIN)
  return { leverage, extraMargin, openShare, holdingHours, stopShare, maintenanceRate, positionsPerBar }
}

function weighted(name: string, shares: Readonly<Record<number, number>>): Weighted[] {
  const entries = Object.entries(shares).map(([key, weight]) => ({ value: Number(key), weight }))
  for (const { value, weight } of entries)
    if (!(value >= 0 && value < Infinity && weight >= 0 && weight < Infinity))
      throw new DataError(`${name}: ${weight} of ${value}, but expected numbers of 0 or more`)
  const total = entries.reduce((sum, { weight }) => sum + weight, 0)
  if (!(total > 0)) throw new DataError(`${name}: all shares are 0, but expected at least one above`)
  let sum = 0
  return entries.map(({ value, weight }, i) => {
    sum += weight
    return { value, upTo: i === entries.length - 1 ? 1 : sum / total }
  })
}

function above0(name: string, value: number): void {
  if (!(value > 0 && value < Infinity))
    throw new DataError(`${name}: ${quoteValue(value)}, but expected a number above 0`)
}

function share(name: string, value: number): void {
  if (!(value >= 0 && value <= 1))
    throw new DataError(`${name}: ${quoteValue(value)}, but expected a share from 0 to 1`)
}
