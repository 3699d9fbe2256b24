/** Reads the head of an `application/vnd.liqnb.market+json` payload: everything but its packed data. */
import * as v from 'valibot'
import type { MarketPart, MarketPayload } from '../../src/charts/market-payload.ts'
import { arrayOf, numberFrom, type SchemaOf, wholeNumberFrom } from '../../src/common/schema.ts'
import { base64, line, parsePayload, version } from '../shared/payload.ts'

const MAX_CANDLES = 20_000
const MAX_BYTES = 4 * 1024 * 1024
const MAX_FACTS = 30
const MAX_NOTES = 200

/** A payload whose every number is in its range. Text is only shortened: it enters the page as text. */
export type Header = MarketPayload

const partEntries = {
  candles: wholeNumberFrom(1, MAX_CANDLES),
  bytes: wholeNumberFrom(1, MAX_BYTES),
  data: base64,
}

const partSchema = v.object(partEntries) satisfies SchemaOf<MarketPart>

const headerSchema = v.object({
  version: version(2),
  ...partEntries,
  view: line,
  symbol: line,
  timeframe: line,
  synthetic: v.boolean(),
  barMs: numberFrom(1, 1e12),
  base: line,
  quote: line,
  price: numberFrom(1e-30, 1e30),
  facts: arrayOf(v.strictTuple([line, line]), 0, MAX_FACTS),
  notes: arrayOf(line, 0, MAX_NOTES),
  series: v.pipe(
    arrayOf(v.picklist(['openInterest', 'fundingRate', 'longLiquidations', 'shortLiquidations']), 0, 4),
    v.check(names => new Set(names).size === names.length, 'each series once'),
  ),
  priceStep: numberFrom(1e-9, 0.1),
  recent: v.exactOptional(partSchema),
  channel: v.exactOptional(v.string()),
}) satisfies SchemaOf<MarketPayload>

/** @throws PayloadError naming the field that cannot be right */
export const readHeader = (payload: unknown): Header => parsePayload(headerSchema, payload)

/** @throws PayloadError as {@link readHeader} does */
export const readPart = (payload: unknown): MarketPart => parsePayload(partSchema, payload)
