/** Loads a market from a file, an exchange, the embedded sample or a simulation. */
import { durationMs, HOUR, MINUTE } from '../common/duration.ts'
import {
  assertKnownOptions,
  defineOptions,
  duration,
  invalidOption,
  listOf,
  oneOf,
  option,
  valueThat,
} from '../common/options.ts'
import type { Market } from '../market/market.ts'
import { simulateMarket } from '../simulate/simulate-market.ts'
import type { SimulateOptions } from '../simulate/simulate-options.ts'
import {
  downloadMarket,
  EXTRAS,
  type ExchangeSource,
  exchangeOptions,
  type MarketExtra,
} from './exchange/download-market.ts'
import { fetchSeries } from './exchange/fetch-series.ts'
import { addRecordedLiquidations, requireRecordedLiquidations } from './live/recorded-liquidations.ts'
import { type FileSource, readMarketFile } from './load-file.ts'
import { selectSource } from './select-source.ts'
import { resolveStoreOptions, type StoreOptions, storeOptions, withStore } from './store/store-options.ts'

export interface SampleSource {
  /** The embedded market: synthetic, from a fixed seed. */
  sample: true
  /** Default `1h`. */
  timeframe?: string
}

export interface SimulateSource {
  simulate: SimulateOptions
}

export interface StoredExchangeSource extends Omit<ExchangeSource, 'with'>, StoreOptions {
  /** As {@link ExchangeSource.with}, and `liquidations` as `liq.live` has recorded them: NaN where it did not run. */
  with?: readonly (MarketExtra | 'liquidations')[]
}

export type MarketSource = FileSource | StoredExchangeSource | SampleSource | SimulateSource

const CALLER = 'liq.market'

/** The embedded sample: about eight months of hours, without planted effects; with this seed the price ends near its start. */
const SAMPLE_HOURS = 6000
const SAMPLE_SEED = 3

const sampleOptions = defineOptions<SampleSource>(CALLER, {
  sample: option(
    true,
    valueThat('true: there is one embedded market', value => value === true),
  ),
  timeframe: option('1h', duration()),
})

const extrasOptions = defineOptions<Pick<StoredExchangeSource, 'with'>>(CALLER, {
  with: option([], listOf(oneOf(...EXTRAS, 'liquidations'))),
})

/**
 * Loads a market from exactly one kind of source: `{ file }`, `{ exchange, symbol, timeframe, since }`, `{ sample: true }` or
 * `{ simulate: { seed } }`.
 *
 * @example const btc = await liq.market({ exchange: 'binanceusdm', symbol: 'BTC/USDT:USDT', timeframe: '4h', since: '2023-01-01' })
 * @throws OptionError without exactly one kind of source, for an unknown option, and for a value that is not allowed
 * @throws DataError when the data is not usable
 */
export async function loadMarket(source: MarketSource): Promise<Market> {
  const { kind, options } = selectSource(source, ['file', 'exchange', 'sample', 'simulate'], CALLER)
  if (kind === 'file') return readMarketFile(options as FileSource)
  if (kind === 'exchange') return loadFromExchange(options as StoredExchangeSource)
  if (kind === 'simulate') {
    assertKnownOptions(options, ['simulate'], CALLER)
    return simulateMarket((options as SimulateSource).simulate)
  }
  const { timeframe } = sampleOptions.resolve(options as SampleSource)
  const barMs = durationMs(timeframe)
  if (barMs < MINUTE)
    throw invalidOption(CALLER, 'timeframe', timeframe, 'a minute or more: the sample has eight months')
  const bars = Math.max(1, Math.floor((SAMPLE_HOURS * HOUR) / barMs))
  return simulateMarket({ seed: SAMPLE_SEED, bars, timeframe })
}

async function loadFromExchange(source: StoredExchangeSource): Promise<Market> {
  assertKnownOptions(source, [...exchangeOptions.names, ...storeOptions.names], CALLER)
  const { with: extras } = extrasOptions.resolve(extrasOptions.pick(source))
  const { path, offline } = resolveStoreOptions(source, CALLER)
  const notStored = extras.filter(extra => extra === 'brackets' || extra === 'trades')
  if (offline && notStored.length > 0)
    throw invalidOption(CALLER, 'with', notStored, 'only series in time while offline: the store has no others')
  const withLiquidations = extras.includes('liquidations')
  if (withLiquidations && path === null)
    throw invalidOption(CALLER, 'store', false, 'a store, where liq.live has recorded the liquidations')
  const market = await downloadMarket(
    { ...source, with: extras.filter(extra => extra !== 'liquidations') },
    { fetch: withStore(fetchSeries, source, CALLER), caller: CALLER },
  )
  if (!withLiquidations || path === null) return market
  return requireRecordedLiquidations(await addRecordedLiquidations(market, path, source), source.exchange)
}
