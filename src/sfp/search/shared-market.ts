/** Markets and levels in memory that threads share. */
import { FLOW_FIELDS, type Market, type MarketColumns } from '../../market/market.ts'
import type { LevelColumns } from '../levels/level-source.ts'

/** A market whose series lie in shared memory, so that it can be sent to threads without copying. */
export type SharedMarket = MarketColumns &
  Pick<Market, 'symbol' | 'source' | 'timeframe' | 'barMs' | 'length' | 'synthetic'>

const SERIES = ['time', 'open', 'high', 'low', 'close', 'volume', ...FLOW_FIELDS] as const

/** Copies a market's series into shared memory. */
export function shareMarket(market: Market): SharedMarket {
  const { symbol, source, timeframe, barMs, length, synthetic } = market
  const columns: Partial<Record<string, Float64Array>> = {}
  for (const name of SERIES) if (market[name]) columns[name] = share(market[name])
  return { ...(columns as unknown as MarketColumns), symbol, source, timeframe, barMs, length, synthetic }
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

/** Copies packed levels into shared memory. */
export function shareLevels(columns: LevelColumns): LevelColumns {
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
