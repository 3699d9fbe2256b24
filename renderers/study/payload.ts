/** Reads the head of an `application/vnd.liqnb.study+json` payload: everything but its packed data. */
import * as v from 'valibot'
import type { StudyPayload } from '../../src/charts/study-payload.ts'
import { arrayOf, numberFrom, type SchemaOf, wholeNumberFrom } from '../../src/common/schema.ts'
import { base64, line, parsePayload, version } from '../shared/payload.ts'

const MAX_BARS = 5_000_000
const MAX_CANDLES = 500_000
const MAX_TRADES = 200_000
const MAX_BYTES = 64 * 1024 * 1024
const MAX_LINES = 60
const MAX_REASONS = 64

/** A payload whose every number is in its range. Text is only shortened: it enters the page as text. */
export type Header = StudyPayload

const headerSchema = v.object({
  version: version(2),
  id: line,
  symbol: line,
  timeframe: line,
  synthetic: v.boolean(),
  title: line,
  assumptions: arrayOf(line, 0, MAX_LINES),
  placebo: v.exactOptional(line),
  barMs: numberFrom(1, 1e12),
  bars: wholeNumberFrom(1, MAX_BARS),
  candles: wholeNumberFrom(1, MAX_CANDLES),
  trades: wholeNumberFrom(0, MAX_TRADES),
  fills: wholeNumberFrom(0, 8 * MAX_TRADES),
  priceStep: numberFrom(1e-9, 0.1),
  tradeStep: numberFrom(1e-9, 0.1),
  start: numberFrom(1e-9, 1e18),
  equityStep: v.number(),
  reasons: arrayOf(line, 0, MAX_REASONS),
  bytes: wholeNumberFrom(0, MAX_BYTES),
  data: base64,
}) satisfies SchemaOf<StudyPayload>

/** @throws PayloadError naming the field that cannot be right */
export function readHeader(payload: unknown): Header {
  const header = parsePayload(headerSchema, payload)
  const { bars, start } = header
  // Limits that depend on other fields.
  parsePayload(v.object({ candles: wholeNumberFrom(1, bars), equityStep: numberFrom(start * 1e-12, start) }), payload)
  return header
}
