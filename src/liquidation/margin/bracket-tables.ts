import { type Bracket, type BracketRow, bracketTable } from './brackets.ts'

const M = 1e6

/**
 * Brackets of Binance USD-M perpetuals as of October 2024, from the exchange's published table "Leverage & Margin"
 * (https://www.binance.com/en/futures/trading-rules/perpetual/leverage-margin). They change now and then.
 */
const BINANCE: Record<string, readonly BracketRow[]> = {
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
}

/** The coin whose brackets stand in where a symbol has none of its own. */
const FALLBACK = 'BTC'

/** Binance's brackets for a symbol such as `ETH/USDT:USDT`, and whose they are: BTC's where we have none of its own. */
export function binanceBrackets(symbol: string): { brackets: Bracket[]; name: string } {
  const coin = coinOf(symbol, Object.keys(BINANCE)) ?? FALLBACK
  return { brackets: bracketTable(BINANCE[coin]!), name: `Binance ${coin}USDT, October 2024` }
}

/** Maximum leverage of Hyperliquid's mainnet margin tiers: `[cap of the first tier, leverage in it, leverage above]`. */
const HYPERLIQUID: Record<string, readonly [cap: number, first: number, above: number]> = {
  BTC: [150 * M, 40, 20],
  ETH: [100 * M, 25, 15],
  SOL: [70 * M, 20, 10],
  XRP: [40 * M, 20, 10],
}

/**
 * Hyperliquid's rule: maintenance is half of the initial margin at the maximum leverage, 1/(2·max). Given a number, one
 * bracket without an end; given a coin, its mainnet margin tiers as documented in 2025
 * (https://hyperliquid.gitbook.io/hyperliquid-docs/trading/margin-tiers).
 *
 * @throws RangeError when the leverage is below 1 or the coin's tiers are not bundled
 */
export function hyperliquidBrackets(market: number | string): Bracket[] {
  if (typeof market === 'number') {
    if (!(market >= 1 && market < Infinity)) throw new RangeError(`maxLeverage: ${market}, but expected 1 or more`)
    return bracketTable([[Infinity, 1 / (2 * market), market]])
  }
  const coins = Object.keys(HYPERLIQUID)
  const coin = typeof market === 'string' && coinOf(market, coins)
  if (!coin)
    throw new RangeError(
      `symbol: no bundled margin tiers for ${market} (only ${coins.join(', ')}); give its maximum leverage instead`,
    )
  const [cap, first, above] = HYPERLIQUID[coin]!
  return bracketTable([
    [cap, 1 / (2 * first), first],
    [Infinity, 1 / (2 * above), above],
  ])
}

/** Which of the coins a symbol such as `ETH/USDT:USDT`, `ETHUSDT-perp` or `ETH` is of. */
function coinOf(symbol: string, coins: readonly string[]): string | undefined {
  const base = symbol.split(/[/:\-_]/)[0]!.toUpperCase()
  return coins.find(coin => base === coin || base === `${coin}USDT` || base === `${coin}USDC`)
}
