/** Fits a map's leverage mix and scale to observed positions, and scores the fit on later snapshots. */
import { type ColumnTable, table } from 'arquero'
import { DataError } from '../../common/errors.ts'
import { currentTask } from '../../common/host.ts'
import {
  anything,
  defineOptions,
  invalidOption,
  listOf,
  numberThat,
  oneOf,
  option,
  optional,
  required,
  wholeNumber,
} from '../../common/options.ts'
import type { Market } from '../../market/market.ts'
import { bootstrap, type Interval, MAX_RESAMPLES, MIN_INTERVAL_VALUES } from '../../stats/bootstrap.ts'
import { nonNegativeLeastSquares } from '../../stats/nnls.ts'
import { random } from '../../stats/random.ts'
import type { LeverageMix } from '../book/leverage.ts'
import { defaultFlows, type FlowOptions, flowOption } from '../book/position-flow.ts'
import { type LiquidationMap, liquidationMap, type MapOptions, mapOptions } from '../map.ts'
import type { Side } from '../side.ts'
import { compareMaps, overlapShare, type SideComparison } from './compare.ts'
import type { ObservedMap } from './observed-map.ts'
import {
  assertSameBars,
  type BookSides,
  booksAt,
  evenlySpread,
  type GroupOptions,
  type GroupShape,
  groupOptions,
  groupShape,
} from './price-groups.ts'
import { type SeenPositions, seenPositions } from './seen-positions.ts'

export interface ObservedCalibrateOptions extends GroupOptions {
  /** The map of observed positions, as `liq.observedMap` returns it, of the same market. */
  to: LiquidationMap
  /** Share of the snapshots, from the first, to fit on; the remaining ones are scored. Default 0.5. */
  train?: number
  /** Tiers of the mix. Default: those of the observed map. */
  tiers?: readonly number[]
  /**
   * What a tier is told by:
   * - `distance`: where positions are liquidated, whatever leverage the exchange shows. For cross margin, whose levels the leverage
   *   does not tell
   * - `leverage`: the leverage that the exchange shows, where positions are isolated and no margin is added: far sharper
   *
   * Default `distance`.
   */
  by?: 'distance' | 'leverage'
  /** Flows to try. Default: volume; with open interest turnover, by which 10, 25, 50 or 100 % of the volume open. */
  flows?: readonly FlowOptions[]
  /** All other options of the map, the same in every trial. Its mix is what the fit is compared with. Default `{}`. */
  base?: MapOptions
  /** Number of snapshots to use: closes before which accounts were read, evenly spread. Default 200. */
  snapshots?: number
  /** Mean length of a bootstrap block, in snapshots. Default: a fifth of the fitted ones, as positions stay open over many. */
  block?: number
  /** Number of bootstrap samples. Default 500. */
  resamples?: number
  /** Seed of the bootstrap. Default 1. */
  seed?: number
}

/** The fitted weight of a tier; intervals: 95 %, bootstrap of blocks of snapshots and of accounts. */
export interface FittedTier {
  leverage: number
  share: Interval
}

export interface ObservedCalibration {
  /** The options of the fitted map, with the {@link scale} where that is known. */
  options: MapOptions
  /** The mix: shares of the opened notional by leverage. */
  mix: FittedTier[]
  /**
   * USD of all positions for each USD of the unscaled map: the USD seen, divided by the {@link coverage}. Null where the share of
   * open interest that was seen is not known: what was seen then says nothing of the size of the whole.
   */
  scale: Interval | null
  /** Share of open interest that was seen in the fitted snapshots, mean of both sides; NaN where it is not known. */
  coverage: number
  /** Mean share of overlap of the best map with the observed one, on the fitted snapshots. */
  train: number
  /** First and last bar of the fitted and of the scored part. */
  trainBars: [from: number, to: number]
  testBars: [from: number, to: number]
  /** The fitted map against the snapshots that the fit never saw, and the map of `base` against the same. */
  test: Record<Side, SideComparison>
  before: Record<Side, SideComparison>
  /** Every flow, best first: `train`, its options, and the mix fitted with it. */
  trials: ColumnTable
}

const CALLER = 'liq.calibrate'

const observedCalibrateOptions = defineOptions<ObservedCalibrateOptions, 'tiers' | 'flows' | 'block'>(CALLER, {
  to: required(anything),
  train: option(
    0.5,
    numberThat('a share between 0 and 1', x => x > 0 && x < 1),
  ),
  by: option('distance', oneOf('distance', 'leverage')),
  tiers: optional(listOf(numberThat('a leverage above 1', x => x > 1 && x < Infinity))),
  flows: optional(listOf(flowOption)),
  base: option({}, mapOptions.check),
  ...groupOptions,
  snapshots: option(200, wholeNumber(2 * MIN_INTERVAL_VALUES)),
  block: optional(numberThat('1 snapshot or more', x => x >= 1 && x < Infinity)),
  resamples: option(500, wholeNumber(1, MAX_RESAMPLES)),
  seed: option(1, wholeNumber()),
})

interface Trial {
  options: MapOptions
  /** Per snapshot the price groups of each tier, as if all positions had its leverage. */
  columns: Float64Array[][]
  weights: Float64Array
  /** By price group: what its weight in the fit is the inverse of. */
  variance: Float64Array
  train: number
}

/**
 * Fits the leverage mix and the scale of a map to observed positions: on the first part of the snapshots, by side and distance
 * from the close; and compares the fitted map with the observed one on the rest.
 *
 * The map is linear in the weights of its tiers, so the weights are those with the least squares of what was seen less what the
 * map has, summed over the fitted snapshots by side and price group, none below 0 (see {@link nonNegativeLeastSquares}). A group
 * counts in inverse proportion to what the fit expects in it, as counts do whose variance is their mean. Summing first keeps the errors
 * of single levels, which are large, from pulling the weights towards 0. Of several flows, the one is taken whose fitted map
 * overlaps most with the snapshots, level by level.
 *
 * What the weights are: shares by *effective* leverage, the distance at which positions really are liquidated. Added and cross
 * margin look like a lower leverage, and tiers whose positions are held for longer weigh more. What cannot be told from levels
 * alone is `survival`: a smaller share that reaches its liquidation and a smaller scale look alike. Neighbouring tiers look
 * alike too; their intervals say so. Accounts that were not seen are taken to be like those that were, which nothing shows.
 * Positions open at the split are in both parts. By distance the fit is as good as the map's other assumptions: on twelve simulated
 * markets the 95 % intervals held half of the planted shares, and 50x came out 0.12 too low on average; by leverage, 16 of 18.
 *
 * The intervals resample blocks of snapshots and, apart from them, accounts (Owen 2007, The pigeonhole bootstrap, Annals of Applied
 * Statistics 1, 386–411): snapshots alone hold the same positions again and again, and so would look more certain than they are.
 *
 * @throws DataError when the bars differ, or the part to fit or to score has fewer than ten snapshots
 * @throws OptionError naming the option
 */
export async function calibrateToObserved(
  market: Market,
  options: ObservedCalibrateOptions,
): Promise<ObservedCalibration> {
  const resolved = observedCalibrateOptions.resolve(options, CALLER)
  const observed = assertObserved(resolved.to)
  const { by, within, binWidth, snapshots, resamples, seed } = resolved
  const { leverage: baseLeverage, ...base } = withBinsOf(resolved.base, observed)
  const leverages = [...(resolved.tiers ?? observed.options.tiers.map(tier => tier.leverage))].sort((a, b) => a - b)
  const flows = resolved.flows ?? (base.flow ? [{}] : defaultFlows(market))
  const shape = groupShape(within, binWidth, observed.options.binWidth)
  const before = liquidationMap(
    market,
    { ...base, ...(baseLeverage !== undefined && { leverage: baseLeverage }) },
    CALLER,
  )
  assertSameBars(before, observed, CALLER)
  const bars = evenlySpread(observed.barsRead(), snapshots)
  const split = Math.round(resolved.train * bars.length)
  const [trainBars, testBars] = [bars.slice(0, split), bars.slice(split)]
  if (Math.min(trainBars.length, testBars.length) < MIN_INTERVAL_VALUES)
    throw new DataError(
      `${CALLER}: accounts were read in ${bars.length} bars: ${trainBars.length} to fit on and ${testBars.length} to score, but expected at least ${MIN_INTERVAL_VALUES} of each`,
    )
  const seen = seenPositions(observed, trainBars, shape, by === 'leverage' ? leverages : [])
  assertEnough(seen, leverages.length)

  const task = currentTask()
  const trials: Trial[] = []
  for (const [k, flow] of flows.entries()) {
    const trialOptions: MapOptions = { ...base, flow: { ...base.flow, ...flow } }
    const columns = tierColumns(market, trialOptions, leverages, trainBars, shape, by)
    const { weights, variance } = fitCounts(seen.sum(), columns)
    if (!(total(weights) > 0)) continue
    trials.push({ options: trialOptions, columns, weights, variance, train: meanOverlap(seen, columns, weights) })
    task.progress(`Calibrating: ${k + 1} of ${flows.length} flows`, (k + 1) / flows.length)
    // Yields, so that an interrupt can arrive.
    await new Promise(setImmediate)
    task.signal.throwIfAborted()
  }
  // Sorting keeps equals in order, so the first of them wins.
  const ordered = trials.toSorted((a, b) => b.train - a.train)
  const [best] = ordered
  if (!best)
    throw new DataError(`${CALLER}: the map has no level where positions were observed: widen \`within\`, or its tiers`)
  const block = resolved.block ?? Math.max(1, trainBars.length / BLOCKS)
  const { figures, share } = withIntervals(seen, best, leverages, { block, resamples, seed })
  const mix = leverages.map((leverage, k) => ({ leverage, share: figures[`mix${k}`]! }))
  const scale = Number.isFinite(share) ? figures.scale! : null
  const fitted: MapOptions = {
    ...best.options,
    leverage: Object.fromEntries(mix.map(({ leverage, share }) => [leverage, share.mean])) satisfies LeverageMix,
    ...(scale && {
      scale: { value: scale.mean, low: scale.low, high: scale.high, to: `observed positions of ${observed.exchange}` },
    }),
  }
  const range = { from: testBars[0]!, to: testBars.at(-1)!, within, binWidth, snapshots, resamples, seed }
  return {
    options: fitted,
    mix,
    scale,
    coverage: share,
    train: best.train,
    trainBars: [trainBars[0]!, trainBars.at(-1)!],
    testBars: [testBars[0]!, testBars.at(-1)!],
    test: compareMaps(liquidationMap(market, fitted, CALLER), observed, range),
    before: compareMaps(before, observed, range),
    trials: trialTable(ordered, leverages),
  }
}

/** Blocks of the fitted snapshots, unless told. */
const BLOCKS = 5

/** Fewer tell of themselves, not of a market. */
const MIN_ACCOUNTS = 30

/** Price groups with something in them, for each tier: fewer cannot tell tiers apart. */
const MIN_GROUPS_PER_TIER = 3

function assertObserved(map: LiquidationMap): ObservedMap {
  const expected = 'a map of observed positions, as liq.observedMap returns it'
  const candidate = map as Partial<ObservedMap> | null
  if (!candidate?.isObserved || typeof candidate.coverage !== 'function')
    throw invalidOption(CALLER, 'to', map, expected)
  if (candidate.options?.layer !== 'liquidations')
    throw invalidOption(CALLER, 'to', candidate.options?.layer, `${expected}, of the layer liquidations`)
  return candidate as ObservedMap
}

/** The scale is fitted, and the bins must be those of the observed map. */
function withBinsOf({ scale: _, ...base }: MapOptions, observed: LiquidationMap): MapOptions {
  return { binWidth: observed.options.binWidth, ...base }
}

function assertEnough(seen: SeenPositions, tiers: number): void {
  if (seen.accountCount < MIN_ACCOUNTS)
    throw new DataError(
      `${CALLER}: positions of ${seen.accountCount} accounts were observed in the fitted snapshots, but expected at least ${MIN_ACCOUNTS}`,
    )
  const groups = seen.sum().filter(usd => usd > 0).length
  if (groups < MIN_GROUPS_PER_TIER * tiers)
    throw new DataError(
      `${CALLER}: positions were observed in ${groups} price groups of the fitted snapshots, but expected at least ${MIN_GROUPS_PER_TIER * tiers} to tell ${tiers} tiers apart`,
    )
}

const bothSides = (book: BookSides, of: (side: BookSides[Side]) => Float64Array): Float64Array =>
  Float64Array.from([...of(book.long), ...of(book.short)])

/** By snapshot: the price groups of each tier as if all positions had its leverage. */
function tierColumns(
  market: Market,
  options: MapOptions,
  leverages: readonly number[],
  bars: readonly number[],
  shape: GroupShape,
  by: 'distance' | 'leverage',
): Float64Array[][] {
  const map = liquidationMap(market, { ...options, leverage: Object.fromEntries(leverages.map(x => [x, 1])) }, CALLER)
  if (map.positionCohorts.capped > 0)
    throw invalidOption(
      CALLER,
      'tiers',
      leverages,
      `leverages that the brackets of ${map.options.margin.name} allow: they cap ${leverages.at(-1)}x`,
    )
  const { tiers } = map.options
  return booksAt(map, bars, shape, [...tiers.keys()]).map(book =>
    tiers.map(({ weight }, k) => {
      const groups = bothSides(book, sides => sides.byTier[k]!).map(usd => usd / weight)
      if (by === 'distance') return groups
      // Each tier is held against the positions of its own leverage only.
      const column = new Float64Array(tiers.length * groups.length)
      column.set(groups, k * groups.length)
      return column
    }),
  )
}

/** USD seen for each USD of each tier, from sums over snapshots. @param variance of what was seen, by group */
function fitWeights(
  observed: Float64Array,
  columns: readonly Float64Array[][],
  variance: Float64Array,
  rows = allOf(columns),
): Float64Array {
  const tiers = columns[0]!.map((_, k) => sumOf(columns, k, rows))
  const product = (a: Float64Array, b: Float64Array) => {
    let sum = 0
    for (let i = 0; i < a.length; i++) sum += (a[i]! * b[i]!) / variance[i]!
    return sum
  }
  const gram = tiers.map(a => Float64Array.from(tiers, b => product(a, b)))
  return nonNegativeLeastSquares(
    gram,
    Float64Array.from(tiers, tier => product(tier, observed)),
  )
}

/**
 * {@link fitWeights} where a group varies as counts do: as much as is expected in it. That follows from the weights, so they are
 * fitted again and again. What was seen itself would not do: groups with little by chance would count most.
 */
function fitCounts(observed: Float64Array, columns: readonly Float64Array[][]) {
  const tiers = columns[0]!.map((_, k) => sumOf(columns, k, allOf(columns)))
  let weights: Float64Array = Float64Array.from(tiers, () => 1)
  let variance: Float64Array = new Float64Array(observed.length)
  for (let round = 0; round < ROUNDS; round++) {
    const expected = mixed(tiers, weights)
    const floor = (FLOOR * total(expected)) / expected.length
    // Where the map has nothing at all, every group counts the same.
    variance = expected.map(usd => Math.max(usd + floor, Number.MIN_VALUE))
    weights = fitWeights(observed, columns, variance)
  }
  return { weights, variance }
}

/** The weights do not change in their third digit after these. */
const ROUNDS = 6

/** Of the mean group: what an empty group is taken to vary by. */
const FLOOR = 0.02

const allOf = (rows: readonly unknown[]): Uint32Array => Uint32Array.from(rows.keys())

function withIntervals(
  seen: SeenPositions,
  { columns, weights, variance }: Trial,
  leverages: readonly number[],
  settings: { block: number; resamples: number; seed: number },
): { figures: Record<string, Interval>; share: number } {
  const rng = random(settings.seed, ACCOUNT_STREAM)
  const drawn = new Float64Array(seen.accountCount)
  let isFirst = true
  const statistics = (rows: Uint32Array): Record<string, number> => {
    // The first call is of the snapshots as they are.
    if (isFirst) drawn.fill(1)
    else drawAccounts(drawn, rng.integer)
    const fitted = isFirst ? weights : fitWeights(seen.sum(rows, drawn), columns, variance, rows)
    isFirst = false
    const sum = total(fitted)
    return {
      coverage: seen.coverage(rows, drawn),
      scale: sum / seen.coverage(rows, drawn),
      ...Object.fromEntries(leverages.map((_, k) => [`mix${k}`, fitted[k]! / sum])),
    }
  }
  const figures = bootstrap(columns.length, statistics, settings)
  return { figures, share: figures.coverage!.mean }
}

/** Apart from the stream of the blocks of snapshots. */
const ACCOUNT_STREAM = 1

/** How often each account is drawn, with replacement. */
function drawAccounts(counts: Float64Array, integer: (below: number) => number): void {
  counts.fill(0)
  for (let i = 0; i < counts.length; i++) counts[integer(counts.length)]!++
}

/** Mean over snapshots of the share of overlap of the fitted map with what was seen. */
function meanOverlap(seen: SeenPositions, columns: readonly Float64Array[][], weights: Float64Array): number {
  const shares = columns.map((tiers, t) => overlapShare(mixed(tiers, weights), seen.sum(Uint32Array.of(t))))
  const defined = shares.filter(share => !Number.isNaN(share))
  return defined.reduce((sum, share) => sum + share, 0) / defined.length
}

/** The groups of a mix of tiers. */
function mixed(tiers: readonly Float64Array[], weights: Float64Array): Float64Array {
  return tiers[0]!.map((_, i) => tiers.reduce((sum, tier, k) => sum + weights[k]! * tier[i]!, 0))
}

function sumOf(columns: readonly Float64Array[][], tier: number, rows: Uint32Array): Float64Array {
  const sum = new Float64Array(columns[0]![tier]!.length)
  for (const row of rows) {
    const column = columns[row]![tier]!
    for (let i = 0; i < sum.length; i++) sum[i]! += column[i]!
  }
  return sum
}

function total(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

function trialTable(trials: readonly Trial[], leverages: readonly number[]): ColumnTable {
  const mixes = leverages.map((leverage, k): [string, number[]] => [
    `x${leverage}`,
    trials.map(({ weights }) => weights[k]! / total(weights)),
  ])
  return table({
    train: trials.map(trial => trial.train),
    flow: trials.map(({ options }) => JSON.stringify(options.flow?.from)),
    openShare: trials.map(({ options }) => options.flow?.openShare),
    ...Object.fromEntries(mixes),
  })
}
