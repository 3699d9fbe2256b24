/** How venues and tools write their symbols. Symbols that venues publish, and what their documentation says that they are. */
import { describe, expect, it } from 'vitest'
import { coinName, readSymbol } from '../../src/market/instrument-spellings.ts'

/** What a symbol names: kind, base, quote, settle, expiry, venue; `-` where it is not said. */
function read(text: string, venue?: string): string {
  const known = readSymbol(text, venue)
  if (known === undefined) return 'nothing'
  const { kind = known.usually && `usually ${known.usually}`, base, quote, settle, expiry, venue: own } = known
  return [kind, base, quote, settle, expiry, own].map(part => part ?? '-').join(' ')
}

const SYMBOLS: readonly [symbol: string, expected: string, venue?: string][] = [
  // ccxt
  ['BTC/USDT', 'usually spot BTC USDT - - -'],
  ['BTC/USDT:USDT', 'linear BTC USDT USDT - -'],
  ['BTC/USD:BTC', 'inverse BTC USD BTC - -'],
  ['ETH/USD:USDC', 'linear ETH USD USDC - -'],
  ['BTC/USD:BTC-240628', 'future BTC USD BTC 240628 -'],
  ['BTC/USDT:USDT-240628', 'future BTC USDT USDT 240628 -'],
  ['BTC/USDT:USDT-24062', 'nothing'],
  // Coinalyze
  ['BTCUSDT_PERP.A', 'linear BTC USDT USDT - -'],
  ['BTCUSD_PERP.0', 'inverse BTC USD BTC - -'],
  ['BTCUSD.6', 'inverse BTC USD BTC - bybit'],
  ['BTCUSDT.6', 'linear BTC USDT USDT - bybit'],
  ['BTCUSDT.A', '- BTC USDT - - -'],
  // Binance
  ['BTCUSD_PERP', 'inverse BTC USD BTC - binance'],
  ['ETHUSDC_PERP', 'linear ETH USDC USDC - -'],
  ['BTCUSD_240628', 'future BTC USD BTC 240628 binance'],
  ['BTCUSDT_240628', 'future BTC USDT USDT 240628 binance'],
  ['ETHBUSD_210924', 'future ETH BUSD BUSD 210924 binance'],
  // Bitget
  ['BTCUSDT_UMCBL', 'linear BTC USDT USDT - bitget'],
  ['BTCUSDT_SUMCBL', 'linear BTC USDT USDT - bitget'],
  ['BTCPERP_CMCBL', 'linear BTC USDC USDC - bitget'],
  ['BTCPERP_SCMCBL', 'linear BTC USDC USDC - bitget'],
  ['BTCUSD_DMCBL', 'inverse BTC USD BTC - bitget'],
  ['BTCUSD_SDMCBL', 'inverse BTC USD BTC - bitget'],
  ['BTCUSD_DMCBL_240628', 'future BTC USD BTC 240628 bitget'],
  ['BTCUSDT_SPBL', 'spot BTC USDT - - bitget'],
  // OKX
  ['BTC-USDT-SWAP', 'linear BTC USDT USDT - okx'],
  ['BTC-USD-SWAP', 'inverse BTC USD BTC - okx'],
  ['BTC-USD_UM-SWAP', 'linear BTC USD USD - okx'],
  ['BTC-USD-240628', 'future BTC USD BTC 240628 okx'],
  ['BTC-USDT-240628', 'future BTC USDT USDT 240628 okx'],
  ['BTC-USDT', 'usually spot BTC USDT - - -', 'okx'],
  ['BTC-USDT', 'usually spot BTC USDT - - -', 'kucoin'],
  ['BTC-USD', 'usually spot BTC USD - - -', 'coinbase'],
  ['BTC-USD', 'usually spot BTC USD - - -', 'kaiko'],
  ['BTC-USD', '- BTC USD - - -', 'bybit'],
  ['BTC-USD', '- BTC USD - - -'],
  // Kraken
  ['PI_XBTUSD', 'inverse BTC USD BTC - kraken'],
  ['PF_XBTUSD', 'linear BTC USD USD - kraken'],
  ['FI_XBTUSD_240628', 'future BTC USD BTC 240628 kraken'],
  ['FF_ETHUSD_240628', 'future ETH USD USD 240628 kraken'],
  ['XXBTZUSD', 'spot BTC USD - - kraken'],
  ['XETHZEUR', 'spot ETH EUR - - kraken'],
  // Deribit
  ['BTC-PERPETUAL', 'inverse BTC USD BTC - deribit'],
  ['ETH_USDC-PERPETUAL', 'linear ETH USDC USDC - deribit'],
  ['BTC-28JUN24', 'future BTC USD BTC 28JUN24 -', 'deribit'],
  ['BTC-5JUL24', 'future BTC USD BTC 5JUL24 -', 'deribit'],
  ['BTC-28JUN24', 'nothing'],
  // Bybit
  ['BTCPERP', 'linear BTC USDC USDC - -', 'bybit'],
  ['BTCPERP', 'linear BTC USDC USDC - -', 'bitget'],
  ['BTCPERP', 'nothing', 'okx'],
  ['BTCUSDT-28JUN24', 'future BTC USDT USDT 28JUN24 bybit'],
  ['BTC-28JUN24', 'future BTC USDC USDC 28JUN24 -', 'bybit'],
  ['BTCUSDM24', 'future BTC USD BTC M24 -', 'bybit'],
  ['BTCUSD', 'inverse BTC USD BTC - -', 'bybit'],
  ['BTCUSD', '- BTC USD - - -', 'binance'],
  // BitMEX: other contracts in USD are settled in bitcoin.
  ['XBTUSD', 'inverse BTC USD BTC - -', 'bitmex'],
  ['XBTUSD.P', 'inverse BTC USD BTC - -', 'bitmex'],
  ['ETHUSD', '- ETH USD BTC - -', 'bitmex'],
  ['ETHUSDT', 'linear ETH USDT USDT - -', 'bitmex'],
  ['XBT_USDT', 'spot BTC USDT - - -', 'bitmex'],
  ['XBTM24', 'future BTC USD BTC M24 bitmex'],
  // KuCoin
  ['XBTUSDTM', 'linear BTC USDT USDT - kucoin'],
  ['XBTUSDCM', 'linear BTC USDC USDC - kucoin'],
  ['XBTUSDM', 'inverse BTC USD BTC - kucoin'],
  // TradingView
  ['BTCUSDT.P', 'linear BTC USDT USDT - -'],
  ['BTCUSDTPERP', 'linear BTC USDT USDT - -'],
  ...['binance', 'bybit', 'okx', 'bitget', 'deribit', 'kraken', 'huobi'].map(
    venue => ['BTCUSD.P', 'inverse BTC USD BTC - -', venue] as [string, string, string],
  ),
  ['BTCUSDPERP', 'inverse BTC USD BTC - -', 'binance'],
  ['BTCUSD.P', '- BTC USD - - -'],
  ['BINANCE:BTCUSDT', 'usually spot BTC USDT - - binance'],
  ['BINANCE:BTCUSDT.P', 'linear BTC USDT USDT - binance'],
  ['binance:btcusd.p', 'inverse BTC USD BTC - binance'],
  ['COINBASE:BTCUSD.P', 'unknown BTC USD - - coinbase'],
  ['BITMEX:ETHUSD', 'unknown ETH USD BTC - bitmex'],
  ['BINANCE:?', 'nothing'],
  ['BINANCE:NOTHING', 'nothing'],
  ['NOBODY:BTCUSDT', 'nothing'],
  // Upbit
  ['KRW-BTC', 'spot BTC KRW - - upbit'],
  // A pair
  ['BTCUSDT', '- BTC USDT - - -'],
  ['BTC_USDT', '- BTC USDT - - -'],
  ['1000PEPEUSDT', '- 1000PEPE USDT - - -'],
  ['ETHBTC', '- ETH BTC - - -'],
  ['240628USDT', 'nothing'],
  ['USDT', 'nothing'],
  [' btcusdt ', '- BTC USDT - - -'],
  // TUSD and BUSD, and coins that end with their first letter.
  ['ETHTUSD', '- ETH TUSD - - -'],
  ['ETHBUSD', '- ETH BUSD - - -'],
  ['XBTUSD', '- BTC USD - - -'],
  ['DOTUSD', '- DOT USD - - -'],
  ['BNBUSD', '- BNB USD - - -'],
  ['ARBUSD', '- ARB USD - - -'],
  ['BATUSDT', '- BAT USDT - - -'],
  ['XDGUSD', '- DOGE USD - - -'],
]

describe('a symbol', () => {
  it.each(SYMBOLS)('%s names %s (%s)', (symbol, expected, venue) => {
    expect(read(symbol, venue)).toBe(expected)
  })

  it('stays as it is written', () => {
    expect(readSymbol(' xbtusd ', undefined)).toMatchObject({ symbol: 'xbtusd', base: 'BTC' })
  })

  it('of coins with two names has the usual one', () => {
    expect(['XBT', 'XDG', 'ETH'].map(coinName)).toEqual(['BTC', 'DOGE', 'ETH'])
  })
})
