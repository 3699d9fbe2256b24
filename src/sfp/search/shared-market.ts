/** Markets and levels in memory that threads share. */
import { FLOW_FIELDS, type Market, type MarketColumns } from '../../market/market.ts'
import type { LevelColumns } from '../levels/level-source.ts'

/** A market whose series lie in shared memory, so that it can be sent to threads without copying. */
export type SharedMarket = MarketColumns &
  Pick<
    Market,
    'symbol' | 'source' | 'timeframe' | 'barMs' | 'length' | 'synthetic' | 'instrument' | 'leverageTiers' | 'funding'
  >

/** Something in memory that threads share, and a number that tells whether it is what the thread already has. */
export interface Shared<T> {
  id: number
  value: T
}

const SERIES = ['time', 'open', 'high', 'low', 'close', 'volume', ...FLOW_FIELDS] as const

const MARKETS = new WeakMap<Market, Shared<SharedMarket>>()
const LEVELS = new WeakMap<LevelColumns, Shared<LevelColumns>>()
let lastId = 0

/** A market with its series in shared memory: copied once, however many sweeps use it. */
export function sharedMarket(market: Market): Shared<SharedMarket> {
  const shared = MARKETS.get(market) ?? { id: ++lastId, value: shareMarket(market) }
  MARKETS.set(market, shared)
  return shared
}

/** Packed levels in shared memory, copied once. */
export function sharedLevels(columns: LevelColumns): Shared<LevelColumns> {
  const shared = LEVELS.get(columns) ?? { id: ++lastId, value: shareLevels(columns) }
  LEVELS.set(columns, shared)
  return shared
}

function shareMarket(market: Market): SharedMarket {
  const { symbol, source, timeframe, barMs, length, synthetic, instrument, leverageTiers, funding } = market
  const columns: Partial<Record<string, Float64Array>> = {}
  for (const name of SERIES) if (market[name]) columns[name] = share(market[name])
  return {
    ...(columns as unknown as MarketColumns),
    ...{ symbol, source, timeframe, barMs, length, synthetic, instrument },
    ...(leverageTiers && { leverageTiers }),
    ...(funding && { funding: { time: share(funding.time), rate: share(funding.rate) } }),
  }
}

/** The market on the receiving thread. Its values were checked when it was created. */
export function receiveMarket(shared: SharedMarket): Market {
  return {
    ...shared,
    notes: [],
    table() {
      throw new Error('A market in a worker has no table')
    },
  }
}

function shareLevels(columns: LevelColumns): LevelColumns {
  return Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [name, share(values)]),
  ) as unknown as LevelColumns
}

function share<T extends Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array>(values: T): T {
  if (values.buffer instanceof SharedArrayBuffer) return values
  const TypedArray = values.constructor as new (buffer: SharedArrayBuffer) => T
  const copy = new TypedArray(new SharedArrayBuffer(values.byteLength))
  copy.set(values)
  return copy
}
