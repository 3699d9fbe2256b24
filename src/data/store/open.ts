import { isAbsolute } from 'node:path'
import { DataError, quoteValue } from '../../common/errors.ts'
import type { FetchSeries } from '../exchange/series.ts'
import { cachedSeries } from './cached.ts'
import { Store } from './store.ts'
import { isOffline, storePath } from './store-path.ts'

export interface StoreOptions {
  /**
   * Whether what is downloaded is kept, and what is kept is not downloaded again; or the absolute path of another store.
   * Default: true, but false where `ccxt` names other hosts: a test server must not pass for the exchange.
   */
  store?: boolean | string
  /** Use only what is stored; what is not is an error. Default: whether `LIQNB_OFFLINE` is set. */
  offline?: boolean
}

/** Options of ccxt that may send requests to someone other than the exchange's real market. */
const ELSEWHERE = ['urls', 'hostname', 'sandbox', 'test', 'testnet', 'demo']

/**
 * `fetch` with the store before it, as the options of a source want it.
 * @throws DataError when offline and store contradict each other, or the store's path is not one
 */
export function throughStore(
  fetch: FetchSeries,
  source: StoreOptions & { ccxt?: Record<string, unknown> },
): FetchSeries {
  const offline = source.offline ?? isOffline()
  const path = storeOf(source)
  if (path === null) {
    if (offline) throw new DataError('store: false leaves nothing to work with offline; leave one of the two out')
    return fetch
  }
  return cachedSeries(fetch, openStore(path), { offline })
}

/**
 * Path of the store that a source is kept in; null when in none.
 * @throws DataError when it is not one
 */
export function storeOf(source: StoreOptions & { ccxt?: Record<string, unknown> }): string | null {
  const offline = source.offline ?? isOffline()
  const elsewhere = ELSEWHERE.some(option => source.ccxt?.[option])
  const place: unknown = source.store ?? (offline || !elsewhere)
  if (place === false) return null
  if (place === true) return storePath()
  if (typeof place === 'string' && isAbsolute(place)) return place
  throw new DataError(`store: ${quoteValue(place)}, but expected true, false or the absolute path of a folder`)
}

const opened = new Map<string, Store>()

function openStore(path: string): Store {
  const store = opened.get(path) ?? new Store(path)
  opened.set(path, store)
  return store
}
