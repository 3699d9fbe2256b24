/** What strings of a cell can name without asking an exchange: common names, and what is stored on this machine. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** The venues whose series Liqnb reads itself, with the quote of their main perpetuals. */
export const VENUES: readonly { id: string; name: string; suffix: string }[] = [
  { id: 'binanceusdm', name: 'Binance, USDT-margined', suffix: '/USDT:USDT' },
  { id: 'bybit', name: 'Bybit', suffix: '/USDT:USDT' },
  { id: 'okx', name: 'OKX', suffix: '/USDT:USDT' },
  { id: 'bitget', name: 'Bitget', suffix: '/USDT:USDT' },
  { id: 'hyperliquid', name: 'Hyperliquid', suffix: '/USDC:USDC' },
  { id: 'krakenfutures', name: 'Kraken Futures', suffix: '/USD:USD' },
]

const COINS = [
  'BTC',
  'ETH',
  'SOL',
  'XRP',
  'BNB',
  'DOGE',
  'ADA',
  'AVAX',
  'LINK',
  'SUI',
  'LTC',
  'BCH',
  'DOT',
  'TRX',
  'NEAR',
  'APT',
]

export const TIMEFRAMES = ['1m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '12h', '1d', '1w']

/** Symbols of the largest perpetuals of a venue; without one, those in USDT. */
export function commonSymbols(exchange: string | undefined): string[] {
  const suffix = VENUES.find(({ id }) => id === exchange)?.suffix ?? '/USDT:USDT'
  return COINS.map(coin => coin + suffix)
}

export interface StoredMarket {
  exchange: string
  symbol: string
}

/**
 * The markets whose candles are stored, by the names of the store's folders (`series=candles/exchange=…/symbol=…`, values escaped
 * as in URLs). A folder that cannot be read counts as empty.
 */
export async function storedMarkets(store: string): Promise<StoredMarket[]> {
  const values = async (path: string, field: string) =>
    (await readdir(path).catch(() => [])).flatMap(folder => {
      const value = folder.startsWith(`${field}=`) ? unescapeValue(folder.slice(field.length + 1)) : undefined
      return value === undefined ? [] : [{ value, path: join(path, folder) }]
    })
  const exchanges = await values(join(store, 'series=candles'), 'exchange')
  const markets = await Promise.all(
    exchanges.map(async ({ value: exchange, path }) =>
      (await values(path, 'symbol')).map(({ value: symbol }) => ({ exchange, symbol })),
    ),
  )
  return markets.flat()
}

function unescapeValue(value: string): string | undefined {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}
