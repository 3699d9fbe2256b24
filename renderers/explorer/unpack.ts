/** Unpacks the data of a payload: base64 → deflate → layers, times, prices. */
import { inflate } from '../shared/inflate.ts'
import { PayloadError, parsePayload } from '../shared/payload.ts'
import type { Bins } from './full-column.ts'
import type { Maps } from './maps.ts'
import { createLayer, type Layer, type Model, type OffGridNotional } from './model.ts'
import { columnSchema, type Header } from './payload.ts'

/** @throws PayloadError as {@link unpack} does */
export async function unpackMaps({ recent, ...header }: Header): Promise<Maps> {
  const [whole, newest] = await Promise.all([unpack(header), recent ? unpack({ ...header, ...recent }) : null])
  return { whole, recent: newest, detail: null }
}

/**
 * Unpacks one part of a map.
 * @throws PayloadError if the data is not as long as `header` says, or holds impossible values
 */
export async function unpack(header: Header): Promise<Model> {
  const { columns, rows, low, high } = header.grid
  const { candles: candleCount, tiers } = header
  const { floor, perOctave, top, filled } = header.levels
  const layerCount = tiers.length * 2
  const { offGrid } = header
  const offGridSize = layerCount * (4 + 2 * columns) + offGrid.filled
  const recordedSize = header.recorded ? 8 * candleCount : 0
  const size =
    layerCount * rows * 4 +
    filled +
    8 * (columns + 1) +
    4 * columns +
    candleCount * (16 + 16) +
    offGridSize +
    recordedSize
  const bytes = await inflate(header.data, size, "the map's size")

  let at = 0
  const next = (length: number): ArrayBuffer => {
    at += length
    // Copied, because typed arrays must be aligned.
    return bytes.slice(at - length, at).buffer
  }
  const doubles = (count: number, what: string) => checkFinite(new Float64Array(next(8 * count)), what)
  const floats = (count: number, what: string) => checkFinite(new Float32Array(next(4 * count)), what)
  const readLayers = (rows: number, filled: number, floor: number): Layer[] => {
    const from = new Uint16Array(next(2 * layerCount * rows))
    const length = new Uint16Array(next(2 * layerCount * rows))
    let changes = bytes.subarray(at, at + filled)
    at += filled
    const usd = Float32Array.from({ length: 256 }, (_, q) => (q === 0 ? 0 : floor * 2 ** ((q - 1) / perOctave)))
    const layers = Array.from({ length: layerCount }, (_, index) => {
      const part = (values: Uint16Array) => values.subarray(index * rows, (index + 1) * rows)
      const layer = createLayer({ from: part(from), length: part(length) }, changes, columns, usd, top)
      changes = changes.subarray(layer.levels.length)
      return layer
    })
    if (changes.length > 0) throw new PayloadError(`"data" holds ${changes.length} levels that belong to no layer`)
    return layers
  }
  const layers = readLayers(rows, filled, floor)
  const edges = checkRising(doubles(columns + 1, 'column times'), 'column times')
  const closes = checkPositive(floats(columns, 'closes'), 'closes')
  const candles = {
    time: checkRising(doubles(candleCount, 'candle times'), 'candle times'),
    end: checkRising(doubles(candleCount, 'candle ends'), 'candle ends'),
    open: checkPositive(floats(candleCount, 'opens'), 'opens'),
    high: checkPositive(floats(candleCount, 'highs'), 'highs'),
    low: checkPositive(floats(candleCount, 'lows'), 'lows'),
    close: checkPositive(floats(candleCount, 'candle closes'), 'candle closes'),
  }
  const offGridUsd = readLayers(1, offGrid.filled, offGrid.floor)
  const offGridLayers = offGridUsd.map((usd): OffGridNotional => ({ usd, bins: new Uint16Array(next(2 * columns)) }))
  const recorded = header.recorded
    ? {
        long: checkUsd(new Float32Array(next(4 * candleCount))),
        short: checkUsd(new Float32Array(next(4 * candleCount))),
      }
    : null
  const model: Model = {
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
  await addFullColumn(model, header.lastColumn)
  if (!model.fullColumns.has(columns - 1)) throw new PayloadError('"lastColumn" is not the last column of the map')
  return model
}

/** Bytes of a value: a double without its two lowest ones. */
const SHORT = 6

/**
 * Decodes a column of a map and adds it to the map's full columns.
 * @throws PayloadError if it is not one of this map, or cannot be unpacked
 */
export async function addFullColumn(model: Model, payload: unknown): Promise<void> {
  const { time, close, binWidth, reach, spans, data } = parsePayload(columnSchema, payload)
  const column = model.edges.indexOf(time)
  if (column < 0 || column >= model.columns) throw new PayloadError(`a column of ${time} is not in the map`)
  if (spans.length !== 2 * model.tiers.length)
    throw new PayloadError(`a column has ${spans.length} layers, but the map has ${2 * model.tiers.length}`)
  const count = spans.reduce((sum, [, length]) => sum + length, 0)
  const bytes = await inflate(data, SHORT * count, "the column's bins")
  const values = new Float64Array(count)
  const target = new Uint8Array(values.buffer)
  for (let i = 0; i < count; i++) target.set(bytes.subarray(SHORT * i, SHORT * (i + 1)), 8 * i + 2)
  for (const [i, usd] of values.entries())
    if (!(usd >= 0 && usd < 1e30)) throw new PayloadError(`a column: bin ${i} is ${usd}, expected USD`)
  let at = 0
  const layers = spans.map(([fromBin, length]): Bins => {
    at += length
    return { fromBin, usd: values.subarray(at - length, at) }
  })
  const closeBin = Math.floor(Math.log(close) / binWidth)
  const tiers = model.tiers.map((_, tier) => ({ long: layers[2 * tier]!, short: layers[2 * tier + 1]! }))
  model.fullColumns.set(column, { close, closeBin, binWidth, reach, tiers })
}

/** The limit of Date. */
const MAX_TIME = 8.64e15

function checkFinite<T extends Float64Array | Float32Array>(values: T, what: string): T {
  for (let i = 0; i < values.length; i++)
    if (!(Math.abs(values[i]!) <= MAX_TIME)) throw new PayloadError(`${what}: entry ${i} is ${values[i]}`)
  return values
}

function checkRising(values: Float64Array, what: string): Float64Array {
  for (let i = 1; i < values.length; i++)
    if (!(values[i]! > values[i - 1]!)) throw new PayloadError(`${what}: entry ${i} is not after the one before it`)
  return values
}

function checkPositive(values: Float32Array, what: string): Float32Array {
  for (let i = 0; i < values.length; i++)
    if (!(values[i]! > 0)) throw new PayloadError(`${what}: entry ${i} is ${values[i]}, expected a price`)
  return values
}

/** NaN is no record. */
function checkUsd(values: Float32Array): Float32Array {
  for (const [i, usd] of values.entries())
    if (usd < 0 || usd > 1e30) throw new PayloadError(`recorded liquidations: entry ${i} is ${usd}, expected USD`)
  return values
}
