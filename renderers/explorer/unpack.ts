/** Unpacks the data of a payload: base64 → deflate → layers, times, prices. */
import { unpackPrices } from '../plot/unpack-prices.ts'
import { inflate } from '../shared/inflate.ts'
import { PayloadError, parsePayload } from '../shared/payload.ts'
import { checkRange, checkRising, Unpacker } from '../shared/unpacker.ts'
import type { Bins, FullColumn } from './full-column.ts'
import type { Maps } from './maps.ts'
import type { Model, OffGridNotional } from './model.ts'
import { columnSchema, type Header } from './payload.ts'
import { MAX_DRIFT, readLayers } from './read-layers.ts'

/**
 * @param unused a map that nothing reads any more: its memory is taken, as new memory takes longer to get than to fill
 * @throws PayloadError as {@link unpack} does
 */
export async function unpackMaps({ recent, ...header }: Header, unused?: Maps | null): Promise<Maps> {
  const [lastColumn, whole, newest] = await Promise.all([
    unpackColumn(header.lastColumn, header.tiers.length),
    unpackPart(header, unused?.whole),
    recent ? unpackPart({ ...header, ...recent }, unused?.recent) : null,
  ])
  for (const part of [whole, newest]) if (part) addLastColumn(part, lastColumn)
  return { whole, recent: newest, detail: null }
}

/**
 * Unpacks one part of a map.
 * @throws PayloadError if the data is not as long as `header` says, or holds impossible values
 */
export async function unpack(header: Header): Promise<Model> {
  const [lastColumn, model] = await Promise.all([
    unpackColumn(header.lastColumn, header.tiers.length),
    unpackPart(header),
  ])
  addLastColumn(model, lastColumn)
  return model
}

/** All but its last column. */
async function unpackPart(header: Header, unused?: Model | null): Promise<Model> {
  const { columns, rows, low, high } = header.grid
  const { candles: count, tiers, levels, offGrid, bytes } = header
  const data = new Unpacker(await inflate(header.data, bytes, 'the map'))
  const drift = Int32Array.from(checkRange(data.sums(columns), 'drift', -MAX_DRIFT, MAX_DRIFT))
  const frame = { ...levels, layers: tiers.length * 2 }
  const memory = unused && new Uint8Array(unused.tiers[0]!.long.levels.buffer)
  const layers = readLayers(data, { ...frame, rows }, drift, memory ?? undefined)
  const edges = checkTimes(data.sums(columns + 1), 'column times')
  const closes = checkPositive(
    Float32Array.from(data.sums(columns), steps => Math.exp(steps * header.closeStep)),
    'closes',
  )
  const time = checkTimes(data.sums(count), 'candle times')
  const lengths = data.integers(count)
  const candles = {
    time,
    end: checkTimes(
      time.map((start, k) => start + lengths[k]!),
      'candle ends',
    ),
    ...unpackPrices(data, count, header.priceStep),
  }
  const offGridUsd = readLayers(data, { ...frame, ...offGrid, rows: 1 }, drift)
  const offGridLayers = offGridUsd.map((usd): OffGridNotional => ({ usd, bins: Uint16Array.from(data.sums(columns)) }))
  const recorded = header.recorded ? { long: checkUsd(data.floats(count)), short: checkUsd(data.floats(count)) } : null
  data.end()
  return {
    header,
    columns,
    rows,
    edges,
    closes,
    candles,
    recorded,
    lnLow: Math.log(low),
    lnRow: Math.log(high / low) / rows,
    tiers: tiers.map(({ leverage }, tier) => {
      const [long, short] = [2 * tier, 2 * tier + 1]
      return {
        leverage,
        long: layers[long]!,
        short: layers[short]!,
        offGrid: { long: offGridLayers[long]!, short: offGridLayers[short]! },
      }
    }),
    fullColumns: new Map(),
  }
}

/** Bytes of a value: a double without its two lowest ones. */
const SHORT = 6

/**
 * Decodes a column of a map and adds it to the map's full columns.
 * @throws PayloadError if it is not one of this map, or cannot be unpacked
 */
export async function addFullColumn(model: Model, payload: unknown): Promise<void> {
  addColumn(model, await unpackColumn(payload, model.tiers.length))
}

interface UnpackedColumn {
  time: number
  full: FullColumn
}

function addColumn(model: Model, { time, full }: UnpackedColumn): void {
  const column = model.edges.indexOf(time)
  if (column < 0 || column >= model.columns) throw new PayloadError(`a column of ${time} is not in the map`)
  model.fullColumns.set(column, full)
}

function addLastColumn(model: Model, column: UnpackedColumn): void {
  addColumn(model, column)
  if (!model.fullColumns.has(model.columns - 1))
    throw new PayloadError('"lastColumn" is not the last column of the map')
}

async function unpackColumn(payload: unknown, tierCount: number): Promise<UnpackedColumn> {
  const { time, close, binWidth, reach, spans, data } = parsePayload(columnSchema, payload)
  if (spans.length !== 2 * tierCount)
    throw new PayloadError(`a column has ${spans.length} layers, but the map has ${2 * tierCount}`)
  const count = spans.reduce((sum, [, length]) => sum + length, 0)
  const bytes = await inflate(data, SHORT * count, "the column's bins")
  const values = new Float64Array(count)
  const target = new Uint8Array(values.buffer)
  let first = 0
  const layers = spans.map(([fromBin, length]): Bins => {
    for (let plane = 0; plane < SHORT; plane++) {
      const source = SHORT * first + plane * length
      const byte = 8 * first + 8 - SHORT + plane
      for (let i = 0; i < length; i++) target[byte + 8 * i] = bytes[source + i]!
    }
    first += length
    return { fromBin, usd: values.subarray(first - length, first) }
  })
  for (let i = 0; i < count; i++)
    if (!(values[i]! >= 0 && values[i]! < 1e30))
      throw new PayloadError(`a column: bin ${i} is ${values[i]}, expected USD`)
  const closeBin = Math.floor(Math.log(close) / binWidth)
  const tiers = Array.from({ length: tierCount }, (_, tier) => ({
    long: layers[2 * tier]!,
    short: layers[2 * tier + 1]!,
  }))
  return { time, full: { close, closeBin, binWidth, reach, tiers } }
}

const checkTimes = (values: Float64Array, what: string): Float64Array =>
  checkRange(checkRising(values, what), what, -8e15, 8e15)

function checkPositive(values: Float32Array, what: string): Float32Array {
  for (let i = 0; i < values.length; i++)
    if (!(values[i]! > 0 && values[i]! < Infinity))
      throw new PayloadError(`${what}: entry ${i} is ${values[i]}, expected a price`)
  return values
}

/** NaN is no record. */
function checkUsd(values: Float32Array): Float32Array {
  for (let i = 0; i < values.length; i++)
    if (values[i]! < 0 || values[i]! > 1e30)
      throw new PayloadError(`recorded liquidations: entry ${i} is ${values[i]}, expected USD`)
  return values
}
