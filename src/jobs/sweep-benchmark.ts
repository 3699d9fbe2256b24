/** What a shard of a sweep says of the benchmark: its figures beside each variant, and its part of the reality check of each market. */
import * as v from 'valibot'
import { decodeDoubles, encodeDoubles } from '../common/doubles.ts'
import { DataError } from '../common/errors.ts'
import type { JsonObject } from '../common/json.ts'
import { parse, wholeNumberFrom } from '../common/schema.ts'
import type { NumberColumns } from '../data/sealed-table.ts'
import type { Market } from '../market/market.ts'
import { BENCHMARK_METRICS, type Benchmark, differences, runBenchmark } from '../sfp/search/benchmark.ts'
import {
  type Bootstrap,
  defaultBootstrap,
  MAXIMA,
  medianBlockLength,
  mergeMaxima,
  noMaxima,
  type TrialMaxima,
  trialMaxima,
} from '../sfp/search/reality-check.ts'
import type { RunOptions } from '../sfp/search/run-variants.ts'
import { runSearch, type VariantSearch } from '../sfp/search/sweep.ts'
import type { Variant } from '../sfp/search/variants.ts'

/** Variants whose block lengths stand for those of all: each process runs them once more. */
const BLOCK_VARIANTS = 32

/** A part of the reality check of one market. */
export interface MarketMaxima {
  market: number
  block: number
  maxima: TrialMaxima
}

/** What the shard says of each of its rows and of its markets. */
export interface BenchmarkRows {
  /** Figures of the benchmark, in the order of {@link BENCHMARK_METRICS}, one row after the other. */
  figures: Float64Array
  markets: MarketMaxima[]
}

/** Runs variants beside their benchmark. */
async function compare(
  name: Benchmark['name'],
  market: Market,
  variants: readonly Variant[],
  search: VariantSearch,
  run: RunOptions,
) {
  const outcomes = await runSearch(market, variants, search, { ...run, keep: 'returns' })
  const benchmark = await runBenchmark(name, market, variants, search, run)
  return { outcomes, benchmark, trials: differences(outcomes.returns(), benchmark.returns) }
}

const BOOTSTRAPS = new WeakMap<readonly Variant[], WeakMap<Market, Bootstrap>>()

/**
 * The bootstrap of the reality check of a market: the same in all of its shards, so its block is that of variants spread evenly over those
 * of the plan, or of all where these are few.
 */
async function marketBootstrap(
  name: Benchmark['name'],
  market: Market,
  variants: readonly Variant[],
  search: VariantSearch,
  run: RunOptions,
): Promise<Bootstrap> {
  const known = BOOTSTRAPS.get(variants) ?? new WeakMap<Market, Bootstrap>()
  BOOTSTRAPS.set(variants, known)
  let bootstrap = known.get(market)
  if (!bootstrap) {
    const count = Math.min(BLOCK_VARIANTS, variants.length)
    const spread = Array.from({ length: count }, (_, i) => variants[Math.floor((i * variants.length) / count)]!)
    const { trials } = await compare(name, market, spread, search, run)
    bootstrap = defaultBootstrap(medianBlockLength(trials))
    known.set(market, bootstrap)
  }
  return bootstrap
}

/** Returns that are held at once: of this many variants some 8 MB on years of days, and their placebos'. */
const CHUNK = 512

/**
 * Runs variants of a market beside their benchmark.
 * @param numbers of the variants in the plan
 * @param add takes the metrics and the benchmark's figures of a variant by its place in `numbers`
 */
export async function runCompared(
  name: Benchmark['name'],
  market: Market,
  variants: readonly Variant[],
  numbers: Int32Array,
  search: VariantSearch,
  run: RunOptions,
  add: (place: number, metric: (index: number) => number, figures: readonly number[]) => void,
): Promise<Omit<MarketMaxima, 'market'>> {
  const bootstrap = await marketBootstrap(name, market, variants, search, run)
  const maxima = noMaxima(bootstrap.resamples)
  for (let from = 0; from < numbers.length; from += CHUNK) {
    const part = numbers.subarray(from, from + CHUNK)
    const members = Array.from(part, k => variants[k]!)
    const { outcomes, benchmark, trials } = await compare(name, market, members, search, run)
    mergeMaxima(maxima, trialMaxima(trials, bootstrap, part))
    for (let k = 0; k < part.length; k++)
      add(
        from + k,
        index => outcomes.metric(k, index),
        BENCHMARK_METRICS.map(metric => benchmark.figure(k, metric)),
      )
  }
  return { block: bootstrap.block, maxima }
}

const columnName = (metric: string) => `benchmark_${metric}`

export function benchmarkContent({ figures, markets }: BenchmarkRows): { columns: NumberColumns; header: JsonObject } {
  const size = BENCHMARK_METRICS.length
  const columns = BENCHMARK_METRICS.map(
    (metric, m) =>
      [
        columnName(metric),
        Float64Array.from({ length: figures.length / size }, (_, k) => figures[k * size + m]!),
      ] as const,
  )
  const checks = markets.map(({ market, block, maxima: { mean, ratio, best, resampled } }) => {
    const values = [mean, ratio, ...MAXIMA.flatMap(name => [...resampled[name]])]
    return { market, block, best, maxima: encodeDoubles(Float64Array.from(values)) }
  })
  return { columns: Object.fromEntries(columns), header: { checks } }
}

const schema = v.looseObject({
  checks: v.array(
    v.strictObject({
      market: wholeNumberFrom(0, 2 ** 31),
      block: v.pipe(v.number(), v.minValue(1)),
      best: wholeNumberFrom(-1, 2 ** 31),
      maxima: v.string(),
    }),
  ),
})

/**
 * Reads what {@link benchmarkContent} wrote.
 * @param market of each row
 * @throws DataError when something is missing, or is not of these markets
 */
export function benchmarkRows(columns: NumberColumns, header: JsonObject, market: Int32Array): BenchmarkRows {
  const rows = market.length
  const size = BENCHMARK_METRICS.length
  const figures = new Float64Array(rows * size)
  for (const [m, metric] of BENCHMARK_METRICS.entries()) {
    const values = columns[columnName(metric)]
    if (!values) throw new DataError(`it has no column ${columnName(metric)}`)
    for (let row = 0; row < rows; row++) figures[row * size + m] = values[row]!
  }
  const { checks } = parse(schema, header, problem => new DataError(`its header: ${problem}`))
  if (checks.map(check => check.market).join() !== [...new Set(market)].join())
    throw new DataError('its header: checks: not those of its markets')
  const markets = checks.map(({ market, block, best, maxima: text }): MarketMaxima => {
    const values = decodeDoubles(text)
    const { resamples } = defaultBootstrap(block)
    if (values?.length !== 2 + MAXIMA.length * resamples)
      throw new DataError(`its check of market ${market} is not of ${resamples} resamples`)
    const resampled = MAXIMA.map((name, i) => [name, values.slice(2 + i * resamples, 2 + (i + 1) * resamples)] as const)
    const maxima = { mean: values[0]!, ratio: values[1]!, best, resampled: Object.fromEntries(resampled) }
    return { market, block, maxima: maxima as TrialMaxima }
  })
  return { figures, markets }
}
