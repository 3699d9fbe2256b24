/** Loads observed positions from files, an exchange, the store, or a simulated market. */
import { DataError } from '../../common/errors.ts'
import { currentTask } from '../../common/host.ts'
import { momentMs } from '../../common/iso-time.ts'
import {
  anything,
  assertKnownOptions,
  defineOptions,
  moment,
  option,
  optional,
  required,
  text,
} from '../../common/options.ts'
import { assertMarket, type Market } from '../../market/market.ts'
import { type ObservedPositions, ObservedPositionsBuilder } from '../../market/observed-positions.ts'
import {
  type SimulatedPositionsOptions,
  simulatedPositions,
  simulatedPositionsOptions,
} from '../../simulate/simulated-positions.ts'
import { selectSource } from '../select-source.ts'
import { Store } from '../store/store.ts'
import { resolveStoreOptions } from '../store/store-options.ts'
import { fetchPositions, isPublicVenue, type PositionExchangeSource } from './fetch-positions.ts'
import { type PositionFileSource, positionFileOptions, readPositionFiles } from './file-positions.ts'
import { addRecords, coinOfSymbol, positionKey } from './position-series.ts'

/** The positions of a simulated market, which are all known. */
export interface SimulatedPositionsSource extends SimulatedPositionsOptions {
  market: Market
}

/** What `liq.recordPositions` has stored. */
export interface RecordedPositionsSource {
  /** `hyperliquid`, whose positions are public. */
  exchange: string
  symbol: string
  /** Start of the readings (ISO date or epoch ms). */
  since: string | number
  /** End, exclusive. Default: now. */
  until?: string | number
  /** The absolute path of another store than the usual one. */
  store?: boolean | string
}

export type PositionSource =
  | PositionFileSource
  | PositionExchangeSource
  | RecordedPositionsSource
  | SimulatedPositionsSource

const CALLER = 'liq.positions'

const recordedOptions = defineOptions<RecordedPositionsSource, 'until' | 'store'>(CALLER, {
  exchange: required(isPublicVenue),
  symbol: option('', text),
  since: required(moment),
  until: optional(moment),
  // Checked by the store.
  store: optional(anything),
})

/**
 * Loads positions from exactly one kind of source: `{ file }`, `{ exchange, addresses }` for a snapshot from the exchange,
 * `{ exchange, symbol, since }` for what was recorded, or `{ market }`.
 *
 * @throws OptionError without exactly one kind of source, for an unknown option, and for a value that is not allowed
 * @throws DataError when the data is not usable
 */
export async function loadPositions(source: PositionSource): Promise<ObservedPositions> {
  const { kind, options } = selectSource(source, ['file', 'exchange', 'market'], CALLER)
  if (kind === 'file') {
    assertKnownOptions(options, positionFileOptions.names, CALLER)
    return readPositionFiles(options as PositionFileSource)
  }
  if (kind === 'exchange')
    return 'since' in options
      ? loadRecorded(options as RecordedPositionsSource)
      : fetchPositions(options as PositionExchangeSource)
  const { market, ...rest } = options as SimulatedPositionsSource
  assertMarket(market, CALLER)
  assertKnownOptions(rest, ['market', ...simulatedPositionsOptions.names], CALLER)
  return simulatedPositions(market, rest)
}

async function loadRecorded(source: RecordedPositionsSource): Promise<ObservedPositions> {
  const { exchange, symbol, since, until, store } = recordedOptions.resolve(source)
  const { path } = resolveStoreOptions({ offline: false, store: store ?? true }, CALLER)
  if (path === null)
    throw new DataError(`${CALLER} reads recorded positions from a store; set store to true or to its path`)
  const range = [momentMs(since, 'since'), until === undefined ? Date.now() : momentMs(until, 'until')] as const
  currentTask().progress(`Reading recorded positions of ${symbol}`)
  const { records, coverage, damaged } = await new Store(path).load(positionKey(exchange, symbol), range)
  if (records.time.length === 0)
    throw new DataError(
      `${CALLER}: no positions of ${exchange} ${symbol} were recorded in that time; record them with liq.recordPositions`,
    )
  const builder = new ObservedPositionsBuilder()
  addRecords(builder, records, coinOfSymbol(symbol))
  const notes = damaged.map(({ file, reason }) => `${file} cannot be used: ${reason}`)
  if (coverage.length > 1) notes.push(`The recording has ${coverage.length - 1} gaps`)
  return builder.build({ exchange, source: `recorded from ${exchange}`, synthetic: false, notes })
}
