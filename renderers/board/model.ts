/** The unpacked maps of a board. */
import type { BoardMap, BoardPayload } from '../../src/charts/board-payload.ts'
import { createLayer } from '../explorer/model.ts'
import type { Candles } from '../plot/candles.ts'
import { unpackPrices } from '../plot/unpack-prices.ts'
import { inflate } from '../shared/inflate.ts'
import { PayloadError } from '../shared/payload.ts'
import { checkRange, checkRising, Unpacker } from '../shared/unpacker.ts'

export interface SmallMap {
  header: BoardMap
  columns: number
  rows: number
  /** Epoch ms: column k spans `edges[k]`, the close of its bar, to `edges[k + 1]`. */
  edges: Float64Array
  lnLow: number
  lnRow: number
  candles: Candles
  /** USD by cell, `row * columns + column`. */
  usd: Float32Array
}

export interface BoardModel {
  header: BoardPayload
  maps: SmallMap[]
}

/** @throws PayloadError if the data of a map is not as long as its head says, or holds impossible values */
export async function unpackBoard(header: BoardPayload): Promise<BoardModel> {
  return { header, maps: await Promise.all(header.maps.map(unpackMap)) }
}

async function unpackMap(header: BoardMap): Promise<SmallMap> {
  const { columns, rows, low, high } = header.grid
  const { floor, perOctave, top, filled } = header.levels
  const data = new Unpacker(await inflate(header.data, header.bytes, 'the map'))
  const time = checkRange(checkRising(data.sums(columns), 'bar times'), 'bar times', -8e15, 8e15)
  const lengths = checkRange(data.integers(columns), 'lengths of bars', 1, 1e12)
  const end = checkRising(
    time.map((open, k) => open + lengths[k]!),
    'bar ends',
  )
  const prices = unpackPrices(data, columns, header.priceStep)
  const extent = (what: string) => Uint16Array.from(checkRange(data.integers(rows), what, 0, columns))
  const extents = { from: extent('first columns'), length: extent('numbers of columns') }
  const bytes = data.bytes(filled)
  data.end()
  const levels = Float32Array.from({ length: 256 }, (_, q) => (q === 0 ? 0 : floor * 2 ** ((q - 1) / perOctave)))
  const layer = createLayer(extents, bytes, columns, levels, top)
  if (layer.levels.length < filled)
    throw new PayloadError(`"data" holds ${filled - layer.levels.length} levels that belong to no row`)
  const usd = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row++)
    for (let column = layer.from[row]!; column < layer.to[row]!; column++)
      usd[row * columns + column] = levels[layer.levels[layer.start[row]! + column - layer.from[row]!]!]!
  return {
    header,
    columns,
    rows,
    // The last column is as wide as its bar.
    edges: Float64Array.from({ length: columns + 1 }, (_, k) =>
      k < columns ? end[k]! : end[k - 1]! + lengths[k - 1]!,
    ),
    lnLow: Math.log(low),
    lnRow: Math.log(high / low) / rows,
    candles: { time, end, ...prices },
    usd,
  }
}
