/** Bundled bracket tables of Binance and Hyperliquid. */
import { invalidOption, listWords } from '../../common/options.ts'
import { type Bracket, type BracketRow, bracketTable } from './brackets.ts'

const M = 1e6

/**
 * Brackets of Binance USD-M perpetuals as of October 2024, from the exchange's published table "Leverage & Margin"
 * (https://www.binance.com/en/futures/trading-rules/perpetual/leverage-margin). They change from time to time.
 */
const BINANCE = {
  BTC: [
    [50_000, 0.004, 125],
    [600_000, 0.005, 100],
    [3 * M, 0.0065, 75],
    [12 * M, 0.01, 50],
    [70 * M, 0.02, 25],
    [100 * M, 0.025, 20],
    [230 * M, 0.05, 10],
    [480 * M, 0.1, 5],
    [600 * M, 0.125, 4],
    [800 * M, 0.15, 3],
    [1200 * M, 0.25, 2],
    [1800 * M, 0.5, 1],
  ],
  ETH: [
    [50_000, 0.004, 125],
    [600_000, 0.005, 100],
    [3 * M, 0.0065, 75],
    [12 * M, 0.01, 50],
    [50 * M, 0.02, 25],
    [65 * M, 0.025, 20],
    [150 * M, 0.05, 10],
    [320 * M, 0.1, 5],
    [400 * M, 0.125, 4],
    [530 * M, 0.15, 3],
    [800 * M, 0.25, 2],
    [1200 * M, 0.5, 1],
  ],
  SOL: [
    [20_000, 0.005, 100],
    [100_000, 0.0065, 75],
    [800_000, 0.01, 50],
    [4 * M, 0.02, 25],
    [8 * M, 0.025, 20],
    [40 * M, 0.05, 10],
    [80 * M, 0.1, 5],
    [100 * M, 0.125, 4],
    [200 * M, 0.25, 2],
    [400 * M, 0.5, 1],
  ],
} as const satisfies Record<string, readonly BracketRow[]>

/** The coin whose brackets replace missing ones. */
const FALLBACK = 'BTC'

/**
 * Binance's brackets for a symbol such as `ETH/USDT:USDT`, and whose they are: BTC's for a coin without bundled ones.
 * @example liq.brackets.binance('BTC/USDT:USDT')
 */
export function binanceBrackets(symbol: string): { brackets: Bracket[]; name: string } {
  if (typeof symbol !== 'string')
    throw invalidOption('liq.brackets.binance', 'symbol', symbol, 'a symbol such as BTC/USDT:USDT')
  const coin = findCoin(symbol, BINANCE) ?? FALLBACK
  return { brackets: bracketTable(BINANCE[coin]), name: `Binance ${coin}USDT, October 2024` }
}

/** Maximum leverage of Hyperliquid's mainnet margin tiers: `[cap of the first tier, leverage in it, leverage above]`. */
const HYPERLIQUID = {
  BTC: [150 * M, 40, 20],
  ETH: [100 * M, 25, 15],
  SOL: [70 * M, 20, 10],
  XRP: [40 * M, 20, 10],
} as const satisfies Record<string, readonly [cap: number, first: number, above: number]>

/**
 * Hyperliquid's rule: maintenance is half of the initial margin at the maximum leverage, 1/(2·max). For a number, one
 * open bracket; for a coin, its mainnet margin tiers as documented in 2025
 * (https://hyperliquid.gitbook.io/hyperliquid-docs/trading/margin-tiers).
 *
 * @param market maximum leverage, or a coin
 * @param caller the public function, for errors
 * @throws OptionError when the leverage is below 1 or the coin's tiers are not bundled
 * @example liq.brackets.hyperliquid('BTC')
 */
export function hyperliquidBrackets(market: number | string, caller = 'liq.brackets.hyperliquid'): Bracket[] {
  if (typeof market === 'number') {
    if (!(market >= 1 && market < Infinity))
      throw invalidOption(caller, 'market', market, 'a maximum leverage of 1 or more')
    return bracketTable([[Infinity, 1 / (2 * market), market]])
  }
  const coin = typeof market === 'string' ? findCoin(market, HYPERLIQUID) : undefined
  if (coin === undefined)
    throw invalidOption(
      caller,
      'market',
      market,
      `a maximum leverage, or a coin with bundled margin tiers: ${listWords(Object.keys(HYPERLIQUID))}`,
    )
  const [cap, first, above] = HYPERLIQUID[coin]
  return bracketTable([
    [cap, 1 / (2 * first), first],
    [Infinity, 1 / (2 * above), above],
  ])
}

/** The coin of a symbol such as `ETH/USDT:USDT`, `ETHUSDT-perp` or `ETH`; undefined if the table does not have it. */
function findCoin<Coin extends string>(symbol: string, table: Record<Coin, unknown>): Coin | undefined {
  const base = symbol.replace(/[/:\-_].*/s, '').toUpperCase()
  const coins = Object.keys(table) as Coin[]
  return coins.find(coin => base === coin || base === `${coin}USDT` || base === `${coin}USDC`)
}
