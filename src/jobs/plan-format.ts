/** What plans of all kinds have in common. */
import { createHash } from 'node:crypto'
import * as v from 'valibot'
import { version } from '../../package.json'
import { OptionError } from '../common/errors.ts'
import type { JsonObject } from '../common/json.ts'
import { arrayOf, record, wholeNumberFrom } from '../common/schema.ts'
import type { Market } from '../market/market.ts'
import { marketHash } from './market-file.ts'

export interface PlannedMarket {
  /** Of its content: names its file, and tells whether it is that market. */
  hash: string
  symbol: string
  timeframe: string
  bars: number
}

export const FORMAT = 1
const MAX_MARKETS = 10_000

export const HASH_PATTERN = /^[0-9a-f]{64}$/

/** Options as JSON, see `toJson`. */
export const optionsSchema = v.custom<JsonObject>(value => v.is(record, value), 'an object')

/** The properties that plans of all kinds have beside `kind`. */
export const planEntries = {
  format: v.literal(FORMAT),
  liqnb: v.string(),
  markets: arrayOf(
    v.strictObject({
      hash: v.pipe(v.string(), v.regex(HASH_PATTERN, '64 hexadecimal digits')),
      symbol: v.string(),
      timeframe: v.string(),
      bars: wholeNumberFrom(1, 2 ** 31),
    }),
    1,
    MAX_MARKETS,
  ),
  options: optionsSchema,
}

export interface PlanBase {
  format: typeof FORMAT
  /** The version that made it: another one may give other results, and refuses it. */
  liqnb: string
  markets: PlannedMarket[]
  options: JsonObject
}

/** The properties of a plan of this version, without its kind. */
export function newPlan(markets: readonly PlannedMarket[], options: JsonObject): PlanBase {
  return { format: FORMAT, liqnb: version, markets: [...markets], options }
}

export function plannedMarket(market: Market): PlannedMarket {
  return { hash: marketHash(market), symbol: market.symbol, timeframe: market.timeframe, bars: market.length }
}

/** @throws OptionError when a market is there twice: its evidence would count twice, and its backtests would be run twice */
export function assertDistinct(markets: readonly PlannedMarket[], caller: string): void {
  const first = new Map<string, number>()
  for (const [index, { hash, symbol, timeframe }] of markets.entries()) {
    const other = first.get(hash)
    if (other !== undefined)
      throw new OptionError(
        `${caller}: markets ${other + 1} and ${index + 1} are the same, ${symbol} ${timeframe}: give each once`,
      )
    first.set(hash, index)
  }
}

/** SHA-256 of a plan, as hexadecimal digits. */
export function planHash(plan: object): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex')
}
