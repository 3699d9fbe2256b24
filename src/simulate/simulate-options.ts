/** Options of the simulated market. */
import { barOpen, DAY, durationMs, HOUR } from '../common/duration.ts'
import { momentMs } from '../common/iso-time.ts'
import {
  type Check,
  defineOptions,
  duration,
  invalidOption,
  moment,
  numberThat,
  option,
  optional,
  wholeNumber,
} from '../common/options.ts'

/** The traders of a simulated market. */
export interface PopulationOptions {
  /** Share of the opened notional by leverage. Default {@link DEFAULT_LEVERAGE}. */
  leverage?: Readonly<Record<number, number>>
  /**
   * Share of the positions by added margin, in multiples of the initial margin. Each position draws its own multiple between 0
   * and twice its value here. Default {@link DEFAULT_EXTRA_MARGIN}.
   */
  extraMargin?: Readonly<Record<number, number>>
  /** Share of each side's volume that opens leveraged positions. Default 0.07. */
  openShare?: number
  /**
   * Mean holding time of a 10x position that is not liquidated first. It falls with the square root of the leverage.
   * Default `7d`.
   */
  holding?: string | number
  /** Share of each position that a stop closes, at 20 to 90 % of the distance to its liquidation. Default 0.8. */
  stopShare?: number
  /** Maintenance margin rate. Default 0.004, Binance's for BTC positions up to 50,000 USD. */
  maintenanceRate?: number
  /**
   * Positions that open per bar; each stands for several traders who do the same. Default 12·√hours of the bar's length, from
   * 2 to 24.
   */
  positionsPerBar?: number
}

export interface SimulateOptions {
  /** Seed of the random numbers. Default 1. */
  seed?: number
  /** Number of bars. Default 4000. */
  bars?: number
  /** Length of a bar. Default `1h`. */
  timeframe?: string
  /** Open time of the first bar. Default 2024-01-01. */
  start?: string | number
  /** First price, 1e-9 to 1e9. Default 60,000. */
  price?: number
  /** Long-run annual volatility as a fraction, up to 100. Default 0.6. */
  volatility?: number
  /** USD traded in an average hour, at the first price. Default 350 million. */
  turnover?: number
  /**
   * Drift towards bright liquidation clusters, in hourly standard deviations per hour for a cluster of full strength at
   * distance 0. Default 0. 0.3 is noticeable in a few thousand bars, 1 is hard to miss.
   */
  magnet?: number
  /**
   * Initial drift back after a bright cluster was reached, in the unit of `magnet`. It decays by a seventh per bar, so 0.2
   * moves the price by 1.4 hourly standard deviations in total (hourly bars, full strength). Default 0. 0.1 is noticeable.
   */
  reversal?: number
  /** Drift in the direction of the break after a bar closes beyond a bright cluster; unit and decay as `reversal`. Default 0. */
  continuation?: number
  /**
   * Amplifies the three effects above per additional leverage tier that holds at least 15 % of the cluster: 1 doubles them
   * where two tiers meet. Default 0.
   */
  convergence?: number
  /**
   * Price impact of liquidations: this times σ·√(Q/V), for Q coins liquidated in a bar and σ, V the volatility and average
   * volume of an hour (about 1 in the square-root law). The impact is permanent. Default 0.
   */
  cascades?: number
  /** The traders. They do not change the candles while the effects above are 0. */
  population?: PopulationOptions
}

/** Default share of the opened notional by leverage. */
const DEFAULT_LEVERAGE: Readonly<Record<number, number>> = {
  3: 0.1,
  5: 0.15,
  10: 0.3,
  20: 0.2,
  50: 0.15,
  100: 0.1,
}

/** Four in ten positions have only the initial margin; the others have more, as with cross margin. */
const DEFAULT_EXTRA_MARGIN: Readonly<Record<number, number>> = { 0: 0.4, 0.5: 0.25, 1: 0.2, 3: 0.15 }

/** All effects that can be planted. `convergence` only amplifies the three before it. */
export const EFFECTS = ['magnet', 'reversal', 'continuation', 'convergence', 'cascades'] as const
export type Effect = (typeof EFFECTS)[number]

/** Guards against typos: memory grows with the bars, and a bar's time with the funding times in it. */
const MAX_BARS = 10_000_000
const MAX_BAR_MS = 366 * DAY

/** The tier of a position is stored in one byte. */
const MAX_TIERS = 256

export interface WeightedValue {
  value: number
  /** Sum of the shares up to this value; 1 for the last. */
  cumulativeShare: number
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
    leverage: WeightedValue[]
    extraMargin: WeightedValue[]
    openShare: number
    holdingHours: number
    stopShare: number
    maintenanceRate: number
    positionsPerBar: number
  }
}

/** As in `liq.market({ simulate: … })`. */
const CALLER = 'simulate'

const share = numberThat('a share from 0 to 1', x => x >= 0 && x <= 1)
const strength = numberThat('0 (off) or a strength above 0', x => x >= 0 && x < Infinity)
const atLeast0 = (x: unknown) => typeof x === 'number' && x >= 0 && x < Infinity

/** Shares by value, e.g. `{ 10: 0.5, 20: 0.5 }`. */
const shares: Check = value => {
  if (typeof value !== 'object' || value === null) return { expected: 'shares by value, e.g. { 10: 0.5, 20: 0.5 }' }
  const entries = Object.entries(value)
  for (const [key, weight] of entries)
    if (!atLeast0(Number(key)) || !atLeast0(weight))
      return { expected: 'values and shares of 0 or more', path: `[${key}]`, value: weight }
  return entries.some(([, weight]) => weight > 0) ? undefined : { expected: 'at least one share above 0' }
}

const populationOptions = defineOptions<PopulationOptions, 'positionsPerBar'>(CALLER, {
  leverage: option(DEFAULT_LEVERAGE, shares),
  extraMargin: option(DEFAULT_EXTRA_MARGIN, shares),
  openShare: option(0.07, share),
  holding: option('7d', duration()),
  stopShare: option(0.8, share),
  maintenanceRate: option(
    0.004,
    numberThat('0 to 0.1, e.g. 0.004', rate => rate >= 0 && rate < 0.1),
  ),
  positionsPerBar: optional(wholeNumber(0, 1000)),
})

const barDuration: Check = value =>
  duration()(value) ?? (durationMs(value as string | number) > MAX_BAR_MS ? { expected: 'at most 366d' } : undefined)

const simulateOptions = defineOptions<SimulateOptions>(CALLER, {
  seed: option(1, wholeNumber()),
  bars: option(4000, wholeNumber(1, MAX_BARS)),
  timeframe: option('1h', barDuration),
  start: option('2024-01-01', moment),
  price: option(
    60_000,
    numberThat('1e-9 to 1e9', price => price >= 1e-9 && price <= 1e9),
  ),
  volatility: option(
    0.6,
    numberThat('above 0 to 100, e.g. 0.6 for 60 % a year', x => x > 0 && x <= 100),
  ),
  turnover: option(
    350e6,
    numberThat('a number above 0', usd => usd > 0 && usd < Infinity),
  ),
  magnet: option(0, strength),
  reversal: option(0, strength),
  continuation: option(0, strength),
  convergence: option(0, strength),
  cascades: option(0, strength),
  population: option({}, populationOptions.check),
})

/** @throws OptionError for a value that is not allowed */
export function resolveSimulation(options: SimulateOptions): ResolvedSimulation {
  const { timeframe, start, population, ...resolved } = simulateOptions.resolve(options)
  const { seed, bars, price, volatility, turnover, ...effects } = resolved
  const barMs = durationMs(timeframe, 'timeframe')
  return {
    ...{ seed, bars, barMs, price, volatility, turnover, effects },
    start: barOpen(momentMs(start, 'start'), barMs),
    population: resolvePopulation(population, barMs),
  }
}

function resolvePopulation(options: PopulationOptions, barMs: number): ResolvedSimulation['population'] {
  const { leverage, extraMargin, holding, positionsPerBar, ...rest } = populationOptions.resolve(options)
  const tiers = weightedValues(leverage)
  for (const { value } of tiers)
    if (!(value > 1 && 1 / value > rest.maintenanceRate))
      throw invalidOption(
        CALLER,
        'population.leverage',
        value,
        `more than 1 and an initial margin above the maintenance rate of ${rest.maintenanceRate}`,
      )
  if (tiers.length > MAX_TIERS)
    throw invalidOption(CALLER, 'population.leverage', leverage, `at most ${MAX_TIERS} tiers`)
  return {
    ...rest,
    leverage: tiers,
    extraMargin: weightedValues(extraMargin),
    holdingHours: durationMs(holding, 'population.holding') / HOUR,
    positionsPerBar: positionsPerBar ?? Math.min(24, Math.max(2, Math.round(12 * Math.sqrt(barMs / HOUR)))),
  }
}

function weightedValues(byValue: Readonly<Record<number, number>>): WeightedValue[] {
  const entries = Object.entries(byValue)
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0)
  let sum = 0
  return entries.map(([key, weight], i) => {
    sum += weight
    return { value: Number(key), cumulativeShare: i === entries.length - 1 ? 1 : sum / total }
  })
}
