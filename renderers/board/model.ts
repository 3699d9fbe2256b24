/** The unpacked maps of a board. */
import type { BoardMap, BoardPayload } from '../../src/charts/board-payload.ts'
import { cellUsd } from '../explorer/model.ts'
import { readLayers } from '../explorer/read-layers.ts'
import type { Candles } from '../plot/candles.ts'
import { unpackPrices } from '../plot/unpack-prices.ts'
import { inflate } from '../shared/inflate.ts'
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
  const data = new Unpacker(await inflate(header.data, header.bytes, 'the map'))
  const time = checkRange(checkRising(data.sums(columns), 'bar times'), 'bar times', -8e15, 8e15)
  const lengths = checkRange(data.integers(columns), 'lengths of bars', 1, 1e12)
  const end = checkRising(
    time.map((open, k) => open + lengths[k]!),
    'bar ends',
  )
  const prices = unpackPrices(data, columns, header.priceStep)
  const [layer] = readLayers(data, { ...header.levels, layers: 1, rows }, new Int32Array(columns))
  data.end()
  const usd = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) usd[row * columns + column] = cellUsd(layer!, row, column)
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
