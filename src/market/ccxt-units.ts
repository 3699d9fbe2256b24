/** What the amounts of ccxt count, by its own source: `parseOHLCV` and `parseOpenInterest` of each venue. */

/** Venues of whose contracts ccxt's candles count contracts, where others take the amount in coins. */
export const CCXT_CANDLES_IN_CONTRACTS: readonly string[] = ['gate', 'kucoin', 'mexc', 'bitmex', 'poloniex', 'bitmart']

/** Venues of whose contracts ccxt's open interest counts contracts. */
export const CCXT_INTEREST_IN_CONTRACTS: readonly string[] = ['gate', 'kucoin', 'huobi', 'okx', 'mexc', 'bitmex']

/** Venues of whose inverse contracts ccxt's candles count coins. */
export const CCXT_INVERSE_IN_COINS: readonly string[] = ['binance', 'okx', 'bybit', 'bitget', 'deribit', 'huobi']

/** Venues whose contracts' volume is the sum of both sides of each trade. */
export const CCXT_BOTH_SIDES: readonly string[] = ['huobi']
