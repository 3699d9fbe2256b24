/** The packed data of a payload: base64 → deflate → layers, times, prices. */
import { inflate } from '../shared/inflate.ts'
import { PayloadError } from '../shared/json.ts'
import { type Layer, layerFrom, type Model, type OffGridNotional } from './model.ts'
import type { Header } from './payload.ts'

/**
 * Unpacks and checks everything that `header` announces.
 *
 * @throws PayloadError when the data is cut short, too long, or holds values that cannot be right
 */
export async function unpack(header: Header): Promise<Model> {
  const { columns, rows, low, high } = header.grid
  const { candles: candleCount, tiers } = header
  const { floor, perOctave, top, filled } = header.levels
  const layerCount = tiers.length * 2
  const { offGrid } = header
  const offGridSize = offGrid ? layerCount * (4 + 2 * columns) + offGrid.filled : 0
  const size = layerCount * rows * 4 + filled + 8 * (columns + 1) + 4 * columns + candleCount * (16 + 16) + offGridSize
  const bytes = await inflate(header.data, size, "the map's size")

  let at = 0
  const next = (length: number): ArrayBuffer => {
    at += length
    // A copy, because typed arrays may only begin at multiples of their size.
    return bytes.slice(at - length, at).buffer
  }
  const doubles = (count: number, what: string) => checked(new Float64Array(next(8 * count)), what)
  const floats = (count: number, what: string) => checked(new Float32Array(next(4 * count)), what)
  const layersOf = (rows: number, filled: number, floor: number): Layer[] => {
    const from = new Uint16Array(next(2 * layerCount * rows))
    const length = new Uint16Array(next(2 * layerCount * rows))
    let changes = bytes.subarray(at, at + filled)
    at += filled
    const usd = Float32Array.from({ length: 256 }, (_, q) => (q === 0 ? 0 : floor * 2 ** ((q - 1) / perOctave)))
    const made = Array.from({ length: layerCount }, (_, index) => {
      const part = (values: Uint16Array) => values.subarray(index * rows, (index + 1) * rows)
      const layer = layerFrom({ from: part(from), length: part(length) }, changes, columns, usd, top)
      changes = changes.subarray(layer.levels.length)
      return layer
    })
    if (changes.length > 0) throw new PayloadError(`"data" holds ${changes.length} levels that belong to no layer`)
    return made
  }
  const layers = layersOf(rows, filled, floor)
  const edges = rising(doubles(columns + 1, 'column times'), 'column times')
  const closes = positive(floats(columns, 'closes'), 'closes')
  const candles = {
    time: rising(doubles(candleCount, 'candle times'), 'candle times'),
    end: rising(doubles(candleCount, 'candle ends'), 'candle ends'),
    open: positive(floats(candleCount, 'opens'), 'opens'),
    high: positive(floats(candleCount, 'highs'), 'highs'),
    low: positive(floats(candleCount, 'lows'), 'lows'),
    close: positive(floats(candleCount, 'candle closes'), 'candle closes'),
  }
  const sums = offGrid ? layersOf(1, offGrid.filled, offGrid.floor) : []
  const outside = sums.map((usd): OffGridNotional => ({ usd, bins: new Uint16Array(next(2 * columns)) }))
  return {
    header,
    columns,
    rows,
    edges,
    closes,
    candles,
    lnLow: Math.log(low),
    lnRow: Math.log(high / low) / rows,
    tiers: tiers.map(({ leverage }, tier) => {
      const [long, short] = [2 * tier, 2 * tier + 1]
      return {
        leverage,
        long: layers[long]!,
        short: layers[short]!,
        ...(offGrid && { offGrid: { long: outside[long]!, short: outside[short]! } }),
      }
    }),
  }
}

/** The last moment that a Date can name. */
const MOST_TIME = 8.64e15

function checked<T extends Float64Array | Float32Array>(values: T, what: string): T {
  for (let i = 0; i < values.length; i++)
    if (!(Math.abs(values[i]!) <= MOST_TIME)) throw new PayloadError(`${what}: entry ${i} is ${values[i]}`)
  return values
}

function rising(values: Float64Array, what: string): Float64Array {
  for (let i = 1; i < values.length; i++)
    if (!(values[i]! > values[i - 1]!)) throw new PayloadError(`${what}: entry ${i} is not after the one before it`)
  return values
}

function positive(values: Float32Array, what: string): Float32Array {
  for (let i = 0; i < values.length; i++)
    if (!(values[i]! > 0)) throw new PayloadError(`${what}: entry ${i} is ${values[i]}, expected a price`)
  return values
}
