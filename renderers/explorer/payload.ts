/** Reads the head of an `application/vnd.liqnb.explorer+json` payload: everything but its packed data. */
import * as v from 'valibot'
import type { ExplorerColumn, ExplorerPart, ExplorerPayload } from '../../src/charts/explorer-payload.ts'
import { BACKGROUNDS, CANDLE_COLOURS, PALETTES } from '../../src/common/look.ts'
import { arrayOf, numberFrom, type SchemaOf, wholeNumberFrom } from '../../src/common/schema.ts'
import { base64, line, PayloadError, parsePayload, version } from '../shared/payload.ts'

const MAX_COLUMNS = 4096
const MAX_ROWS = 2048
const MAX_TIERS = 24
const MAX_CANDLES = 10_000
/** Cells of all layers together; more would exhaust the memory of the page. */
const MAX_CELLS = 40_000_000
const MAX_BYTES = 64 * 1024 * 1024
const MAX_LINES = 40
const MAX_CHOICES = 12
const MAX_OPTIONS = 100
const MAX_PRICE = 1e15
const MIN_USD = 1e-30
const MAX_USD = 1e30

/** A payload whose every number is in its range. Text is only shortened: it enters the page as text. */
export type Header = ExplorerPayload

export const choiceValue = v.union(
  [line, v.number(), v.null(), arrayOf(v.number(), 0, MAX_OPTIONS)],
  'text, a number, null or an array of numbers',
)

const MAX_BINS = 200_000
const bin = v.pipe(v.number(), v.integer(), v.minValue(-1e8), v.maxValue(1e8))

export const columnSchema = v.object({
  time: v.pipe(v.number(), v.finite()),
  close: numberFrom(1e-12, 1e15),
  binWidth: numberFrom(1e-6, 1),
  reach: wholeNumberFrom(0, MAX_BINS),
  spans: arrayOf(v.strictTuple([bin, wholeNumberFrom(0, MAX_BINS)]), 2, 2 * MAX_TIERS),
  data: base64,
}) satisfies SchemaOf<ExplorerColumn>

const expression = v.pipe(v.string(), v.maxLength(5000))

const partEntries = {
  grid: v.object({
    columns: wholeNumberFrom(1, MAX_COLUMNS),
    rows: wholeNumberFrom(1, MAX_ROWS),
    low: numberFrom(1e-12, MAX_PRICE),
    high: numberFrom(1e-12, MAX_PRICE),
    binsPerRow: wholeNumberFrom(1, 1e6),
  }),
  levels: v.object({
    floor: numberFrom(MIN_USD, MAX_USD),
    perOctave: numberFrom(1, 255),
    top: wholeNumberFrom(1, 255),
    filled: wholeNumberFrom(0, MAX_CELLS),
  }),
  candles: wholeNumberFrom(0, MAX_CANDLES),
  priceStep: numberFrom(1e-9, 0.1),
  closeStep: numberFrom(1e-9, 0.1),
  bytes: wholeNumberFrom(0, MAX_BYTES),
  offGrid: v.object({ floor: numberFrom(MIN_USD, MAX_USD), filled: wholeNumberFrom(0, MAX_CELLS) }),
  data: base64,
}

const partSchema = v.object(partEntries) satisfies SchemaOf<ExplorerPart>

const headerSchema = v.object({
  version: version(6),
  ...partEntries,
  id: line,
  symbol: line,
  timeframe: line,
  synthetic: v.boolean(),
  subject: v.object({ both: line, long: line, short: line }),
  unit: v.picklist(['USD', 'relative']),
  assumptions: arrayOf(line, 0, MAX_LINES),
  barMs: numberFrom(1, 1e12),
  tiers: arrayOf(v.object({ leverage: numberFrom(1, 100_000), weight: numberFrom(0, 1) }), 1, MAX_TIERS),
  presets: arrayOf(v.object({ name: line, shares: arrayOf(numberFrom(0, 1), 0, MAX_TIERS) }), 0, MAX_CHOICES),
  look: v.exactOptional(
    v.object({
      palette: v.exactOptional(v.picklist(PALETTES)),
      candles: v.exactOptional(v.picklist(CANDLE_COLOURS)),
      background: v.exactOptional(v.picklist(BACKGROUNDS)),
    }),
  ),
  rule: v.object({
    maxDistance: numberFrom(1e-6, 10),
    brightness: numberFrom(1e-6, 1e6),
    gap: wholeNumberFrom(0, 1e6),
    minShare: numberFrom(0, 1),
    tierShare: numberFrom(0, 100),
    rankBy: v.picklist(['brightest', 'largest']),
  }),
  recent: v.exactOptional(partSchema),
  first: v.exactOptional(v.literal('recent')),
  recorded: v.exactOptional(v.literal('bars')),
  lastColumn: columnSchema,
  code: v.exactOptional(
    v.object({
      market: expression,
      options: arrayOf(v.strictTuple([line, expression]), 0, MAX_OPTIONS),
      mix: arrayOf(numberFrom(0, 1e12), 1, MAX_TIERS),
    }),
  ),
  live: v.exactOptional(v.literal(true)),
  channel: v.exactOptional(v.string()),
  choices: v.exactOptional(
    arrayOf(
      v.object({
        name: line,
        label: line,
        value: choiceValue,
        options: arrayOf(v.object({ label: line, value: choiceValue }), 0, MAX_OPTIONS),
      }),
      0,
      MAX_CHOICES,
    ),
  ),
}) satisfies SchemaOf<ExplorerPayload>

/** Limits that depend on other fields. */
function partLimits({ grid }: ExplorerPart, tierCount: number) {
  const layers = tierCount * 2
  return {
    grid: v.object({ high: numberFrom(grid.low * (1 + 1e-9), MAX_PRICE) }),
    levels: v.object({ filled: wholeNumberFrom(0, grid.columns * grid.rows * layers) }),
    offGrid: v.object({ filled: wholeNumberFrom(0, grid.columns * layers) }),
  }
}

function limits(header: Header) {
  const { length } = header.tiers
  return v.object({
    ...partLimits(header, length),
    presets: v.array(v.object({ shares: arrayOf(v.number(), length, length) })),
    recent: header.recent ? v.object(partLimits(header.recent, length)) : v.optional(v.unknown()),
  })
}

/** @throws PayloadError naming the field that cannot be right */
export function readHeader(payload: unknown): Header {
  const header = parsePayload(headerSchema, payload)
  for (const { grid } of [header, ...(header.recent ? [header.recent] : [])]) {
    const cells = grid.columns * grid.rows * header.tiers.length * 2
    if (cells > MAX_CELLS)
      throw new PayloadError(
        `${grid.columns} × ${grid.rows} cells of ${header.tiers.length} tiers are more than can be shown`,
      )
  }
  parsePayload(limits(header), payload)
  return header
}
