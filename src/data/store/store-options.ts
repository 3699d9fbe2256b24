/** Options of functions that use the store, and what they mean. */
import { isAbsolute } from 'node:path'
import { defineOptions, invalidOption, optional, trueOrFalse, valueThat } from '../../common/options.ts'
import { isOffline, storePath } from '../../common/store-path.ts'
import { isProduction } from '../exchange/connect.ts'
import type { FetchSeries } from '../exchange/series.ts'
import { cachedSeries } from './cached-series.ts'
import { Store } from './store.ts'

export interface StoreOptions {
  /**
   * Whether to store downloaded data and to load stored data instead of downloading it again; or the absolute path of
   * another store. Default: true, but false where `ccxt` names other hosts, so that a test server's data is not stored as
   * the exchange's.
   */
  store?: boolean | string
  /** Use only stored data; fail if some is missing. Default: whether `LIQNB_OFFLINE` is set. */
  offline?: boolean
}

export const storeOptions = defineOptions<StoreOptions, 'store' | 'offline'>('liq.market', {
  store: optional(
    valueThat(
      'true, false or the absolute path of a folder',
      value => typeof value === 'boolean' || (typeof value === 'string' && isAbsolute(value)),
    ),
  ),
  offline: optional(trueOrFalse),
})

type StoreSource = StoreOptions & { ccxt?: Record<string, unknown> }

/**
 * @param caller the public function
 * @returns the path of the store, null without one; whether only stored data may be used
 * @throws OptionError for a value that is not allowed, or for no store while offline
 */
export function resolveStoreOptions(source: StoreSource, caller: string): { path: string | null; offline: boolean } {
  const { offline = isOffline(), ...options } = storeOptions.resolve(storeOptions.pick(source), caller)
  const store = options.store ?? (offline || isProduction(source.ccxt))
  if (store === false) {
    if (offline) throw invalidOption(caller, 'store', false, 'a store, because offline there is no other data')
    return { path: null, offline }
  }
  return { path: store === true ? storePath() : store, offline }
}

/**
 * Puts the store before `fetch`, unless the source's options turn it off.
 *
 * @param caller the public function
 * @throws OptionError as {@link resolveStoreOptions}
 */
export function withStore(fetch: FetchSeries, source: StoreSource, caller: string): FetchSeries {
  const { path, offline } = resolveStoreOptions(source, caller)
  return path === null ? fetch : cachedSeries(fetch, openStore(path), { offline })
}

const openStores = new Map<string, Store>()

function openStore(path: string): Store {
  const store = openStores.get(path) ?? new Store(path)
  openStores.set(path, store)
  return store
}
