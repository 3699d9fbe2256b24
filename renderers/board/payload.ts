/** Reads the head of an `application/vnd.liqnb.board+json` payload: everything but its packed data. */
import * as v from 'valibot'
import type { BoardMap, BoardPayload } from '../../src/charts/board-payload.ts'
import { arrayOf, numberFrom, type SchemaOf, wholeNumberFrom } from '../../src/common/schema.ts'
import { base64, line, PayloadError, parsePayload, version } from '../shared/payload.ts'

const MAX_MAPS = 200
const MAX_COLUMNS = 1000
const MAX_ROWS = 500
const MAX_BYTES = 2 * 1024 * 1024

const price = numberFrom(1e-12, 1e15)
const usd = numberFrom(0, 1e30)

const mapSchema = v.object({
  symbol: line,
  timeframe: line,
  synthetic: v.boolean(),
  unit: v.picklist(['USD', 'relative']),
  price,
  clusters: arrayOf(
    v.object({
      side: v.picklist(['long', 'short']),
      low: price,
      high: price,
      peak: price,
      notional: usd,
      distance: numberFrom(-1e6, 1e6),
    }),
    0,
    2,
  ),
  grid: v.object({
    columns: wholeNumberFrom(1, MAX_COLUMNS),
    rows: wholeNumberFrom(1, MAX_ROWS),
    low: price,
    high: price,
  }),
  levels: v.object({
    floor: numberFrom(1e-30, 1e30),
    perOctave: numberFrom(1, 255),
    top: wholeNumberFrom(1, 255),
    filled: wholeNumberFrom(0, MAX_COLUMNS * MAX_ROWS),
  }),
  priceStep: numberFrom(1e-9, 0.1),
  bytes: wholeNumberFrom(1, MAX_BYTES),
  data: base64,
}) satisfies SchemaOf<BoardMap>

/** The table is checked by its own renderer. */
const boardSchema = v.object({
  version: version(2),
  view: line,
  maps: arrayOf(mapSchema, 0, MAX_MAPS),
  more: wholeNumberFrom(0, 1e6),
  table: v.unknown(),
  channel: v.exactOptional(v.string()),
}) satisfies SchemaOf<BoardPayload>

/** @throws PayloadError naming the field that cannot be right */
export function readBoard(payload: unknown): BoardPayload {
  const board = parsePayload(boardSchema, payload)
  for (const [i, { grid }] of board.maps.entries())
    if (!(grid.high > grid.low)) throw new PayloadError(`maps[${i}].grid: the highest price is not above the lowest`)
  return board
}
