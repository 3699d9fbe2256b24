/** Reads the head of an `application/vnd.liqnb.study+json` payload: everything but its packed data. */
import type { StudyPayload } from '../../src/charts/study-payload.ts'
import { between, dataAt, listAt, recordAt, textAt, versionAt, whole } from '../shared/read.ts'

const MOST_BARS = 5_000_000
const MOST_CANDLES = 500_000
export const MOST_TRADES = 200_000
const MOST_BYTES = 64 * 1024 * 1024
const MOST_LINES = 60

/** A payload whose every number is in its range. Text is only cut: it enters the page as text. */
export type Header = StudyPayload

/** @throws PayloadError naming the field that cannot be right */
export function readHeader(payload: unknown): Header {
  const record = recordAt(payload, 'the payload')
  versionAt(record.version, 1)
  const bars = whole(record.bars, 'bars', 1, MOST_BARS)
  const start = between(record.start, 'start', 1e-9, 1e18)
  return {
    version: 1,
    id: textAt(record.id, '"id"'),
    symbol: textAt(record.symbol, '"symbol"'),
    timeframe: textAt(record.timeframe, '"timeframe"'),
    synthetic: record.synthetic === true,
    title: textAt(record.title, '"title"'),
    assumptions: listAt(record.assumptions, '"assumptions"', 0, MOST_LINES).map((line, index) =>
      textAt(line, `assumptions[${index}]`),
    ),
    barMs: between(record.barMs, 'barMs', 1, 1e12),
    bars,
    candles: whole(record.candles, 'candles', 1, Math.min(bars, MOST_CANDLES)),
    trades: whole(record.trades, 'trades', 0, MOST_TRADES),
    fills: whole(record.fills, 'fills', 0, 8 * MOST_TRADES),
    priceStep: between(record.priceStep, 'priceStep', 1e-9, 0.1),
    start,
    equityStep: between(record.equityStep, 'equityStep', start * 1e-12, start),
    reasons: listAt(record.reasons, '"reasons"', 0, 64).map((reason, index) => textAt(reason, `reasons[${index}]`)),
    bytes: whole(record.bytes, 'bytes', 0, MOST_BYTES),
    data: dataAt(record.data),
  }
}
