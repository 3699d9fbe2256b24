/** Loads observed positions from files, an exchange, the store, or a simulated market. */
import { assertKnownOptions } from '../../common/options.ts'
import { assertMarket, type Market } from '../../market/market.ts'
import type { ObservedPositions } from '../../market/observed-positions.ts'
import {
  type SimulatedPositionsOptions,
  simulatedPositions,
  simulatedPositionsOptions,
} from '../../simulate/simulated-positions.ts'
import { selectSource } from '../select-source.ts'
import { type PositionFileSource, positionFileOptions, readPositionFiles } from './file-positions.ts'

/** The positions of a simulated market, which are all known. */
export interface SimulatedPositionsSource extends SimulatedPositionsOptions {
  market: Market
}

export type PositionSource = PositionFileSource | SimulatedPositionsSource

const CALLER = 'liq.positions'

/**
 * Loads positions from exactly one kind of source: `{ file }` or `{ market }`.
 *
 * @throws OptionError without exactly one kind of source, for an unknown option, and for a value that is not allowed
 * @throws DataError when the data is not usable
 */
export async function loadPositions(source: PositionSource): Promise<ObservedPositions> {
  const { kind, options } = selectSource(source, ['file', 'market'], CALLER)
  if (kind === 'file') {
    assertKnownOptions(options, positionFileOptions.names, CALLER)
    return readPositionFiles(options as PositionFileSource)
  }
  const { market, ...rest } = options as SimulatedPositionsSource
  assertMarket(market, CALLER)
  assertKnownOptions(rest, ['market', ...simulatedPositionsOptions.names], CALLER)
  return simulatedPositions(market, rest)
}
