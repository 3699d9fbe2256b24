/** Markets that are observed for evidence, as the parts of a plan: their observations, in one table. */
import * as v from 'valibot'
import { DataError } from '../common/errors.ts'
import { currentTask } from '../common/host.ts'
import type { JsonObject } from '../common/json.ts'
import { arrayOf, parse, wholeNumberFrom } from '../common/schema.ts'
import type { NumberColumns } from '../data/sealed-table.ts'
import type { MarketFacts } from '../evidence/claim-of-markets.ts'
import type { MarketObservations, MarketPart } from '../evidence/claim-tests.ts'
import { CLAIMS, type ClaimName } from '../evidence/claims.ts'
import { type ObservedMarket, observeMarket } from '../evidence/observed-market.ts'
import type { Sample } from '../evidence/sample.ts'
import type { TestFigures } from '../evidence/test-result.ts'
import type { Market } from '../market/market.ts'
import type { OpenEvidence } from './evidence-plan.ts'
import { fromJson, toJson } from './plain-options.ts'
import type { Range } from './shard.ts'
import type { ShardContent } from './shard-file.ts'

/** Columns of a sample, and whether they hold whole numbers. */
const COLUMNS = {
  time: Float64Array,
  stratum: Int32Array,
  y: Float64Array,
  a: Float64Array,
  b: Float64Array,
  hit: Float64Array,
  base: Float64Array,
  cell: Int32Array,
} as const

type ColumnName = keyof typeof COLUMNS
const NAMES = Object.keys(COLUMNS) as ColumnName[]

/** Observations whose rows lie in a file. */
export interface StoredObservations extends Omit<MarketObservations, 'observations'> {
  observations: Omit<MarketObservations['observations'], 'sample'>
  strata: Sample['strata']
  /** Group of their rows in the file; −1 where there are none. */
  group: number
}

export interface StoredClaim {
  claim: ClaimName
  alone: TestFigures[]
  observations: StoredObservations[]
}

/** What a file says of a market beside the rows. */
export interface StoredMarket {
  index: number
  facts: MarketFacts
  claims: StoredClaim[]
}

/** Observes the markets of numbers `from` … `to − 1` of the plan, one after the other. */
export async function runEvidenceShard(
  { plan, settings }: OpenEvidence,
  { from, to }: Range,
  loadMarket: (index: number) => Promise<Market>,
): Promise<(ObservedMarket & { index: number })[]> {
  const { signal } = currentTask()
  const observed: (ObservedMarket & { index: number })[] = []
  for (let index = from; index < to; index++) {
    signal.throwIfAborted()
    const market = await loadMarket(index)
    observed.push({ index, ...observeMarket(market, index, plan.markets, settings, plan.claims) })
  }
  return observed
}

/** The rows of all observations one after the other, a group each. */
export function encodeObserved(markets: readonly (ObservedMarket & { index: number })[]): ShardContent {
  const samples: Sample[] = []
  const stored = markets.map(({ index, facts, claims }): StoredMarket => {
    const storedClaims = claims.map(({ claim, alone, observations: list }): StoredClaim => {
      const observations = list.map(({ name, barMs, observations: { sample, ...others } }): StoredObservations => {
        const group = sample.y.length > 0 ? samples.push(sample) - 1 : -1
        return { name, barMs, observations: others, strata: sample.strata, group }
      })
      return { claim, alone, observations }
    })
    return { index, facts, claims: storedClaims }
  })
  const groups = samples.map(({ y }) => y.length)
  const rows = groups.reduce((sum, length) => sum + length, 0)
  const columns = NAMES.map(name => {
    const column = new COLUMNS[name](rows)
    let at = 0
    for (const sample of samples) {
      column.set(sample[name], at)
      at += sample[name].length
    }
    return [name, column] as const
  })
  return {
    header: { markets: toJson(stored, 'shard') },
    columns: Object.fromEntries(columns),
    ...(groups.length > 0 && { groups }),
  }
}

const anyNumber = v.custom<number>(value => typeof value === 'number', 'a number')
const texts = v.array(v.string())
const schema = v.array(
  v.strictObject({
    index: wholeNumberFrom(0, 2 ** 31),
    facts: v.strictObject({
      symbol: v.string(),
      timeframe: v.string(),
      description: v.string(),
      levels: v.string(),
      assumptions: texts,
      varianceRatio: v.strictObject({ ratio: anyNumber, standardError: anyNumber }),
    }),
    claims: arrayOf(
      v.strictObject({
        claim: v.picklist(Object.keys(CLAIMS) as ClaimName[]),
        alone: v.array(
          v.looseObject({
            question: v.looseObject({ name: v.string(), unit: v.picklist(['share', 'move', 'r']) }),
            ...{ effect: anyNumber, low: anyNumber, high: anyNumber, standardError: anyNumber },
            ...{ n: anyNumber, matters: anyNumber },
          }),
        ),
        observations: v.array(
          v.strictObject({
            name: v.string(),
            barMs: wholeNumberFrom(1, Number.MAX_SAFE_INTEGER),
            observations: v.strictObject({
              events: wholeNumberFrom(0, Number.MAX_SAFE_INTEGER),
              exclusions: v.array(
                v.strictObject({
                  why: v.string(),
                  count: v.exactOptional(wholeNumberFrom(0, Number.MAX_SAFE_INTEGER)),
                }),
              ),
              incomparable: v.exactOptional(v.string()),
            }),
            strata: v.array(
              v.strictObject({
                family: v.string(),
                market: wholeNumberFrom(0, 2 ** 31),
                side: v.picklist(['high', 'low', 'both']),
                sign: v.picklist([1, -1]),
              }),
            ),
            group: wholeNumberFrom(-1, 2 ** 31),
          }),
        ),
      }),
      0,
      Object.keys(CLAIMS).length,
    ),
  }),
)

/**
 * Reads what a shard says of its markets.
 * @throws DataError when they are not those of the range
 */
export function storedMarkets(header: JsonObject, { plan }: OpenEvidence, { from, to }: Range): StoredMarket[] {
  const stored = parse(
    schema,
    fromJson(header.markets ?? null),
    problem => new DataError(`its header: markets${problem}`),
  )
  const isComplete = stored.every(
    ({ index, claims }, k) => index === from + k && claims.map(({ claim }) => claim).join() === plan.claims.join(),
  )
  if (stored.length !== to - from || !isComplete) throw new DataError('it does not hold the markets that belong there')
  return stored as unknown as StoredMarket[]
}

/**
 * The observations with their rows.
 * @throws DataError when a row is of no stratum
 */
export function withRows(stored: StoredObservations, rows: NumberColumns | undefined): MarketPart {
  const { strata, name, barMs, observations } = stored
  const columns = rows ?? Object.fromEntries(NAMES.map(column => [column, new Float64Array(0)]))
  const missing = NAMES.find(column => !columns[column])
  if (missing) throw new DataError(`it has no column ${missing}`)
  const sample = { ...(columns as Record<ColumnName, Float64Array>), strata }
  if (sample.stratum.some(stratum => !(stratum >= 0 && stratum < strata.length)))
    throw new DataError('a row is of a stratum that it does not have')
  return { name, barMs, observations: { ...observations, sample } }
}
