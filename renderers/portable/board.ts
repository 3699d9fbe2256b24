/** The figure of a saved board. */
import { drawBoard } from '../../src/charts/board-traces.ts'
import type { Figure } from '../../src/charts/figure.ts'
import { unpackBoard } from '../board/model.ts'
import { readBoard } from '../board/payload.ts'
import { edgesOf } from './map.ts'

/**
 * undefined for a board without maps, which is a table.
 * @throws PayloadError if the payload is damaged
 */
export async function boardFigure(payload: unknown): Promise<Figure | undefined> {
  const { maps, header } = await unpackBoard(readBoard(payload))
  if (maps.length === 0) return undefined
  const tiles = maps.map(map => ({ ...map.header, cells: { ...edgesOf(map), z: map.usd }, candles: map.candles }))
  return drawBoard(tiles, header.more)
}
