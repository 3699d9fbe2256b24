/**
 * One leverage bracket: the rule for positions whose notional is in (floor, cap].
 * All amounts in the quote currency.
 */
export interface Bracket {
  floor: number
  cap: number
  /** Maintenance margin per notional, m. */
  maintenanceRate: number
  /** Maintenance amount c, subtracted from m·notional so that the requirement has no step between brackets. */
  maintenanceAmount: number
  maxLeverage: number
}

/** `[cap, maintenance rate, maximum leverage]` of each bracket, from the smallest. */
export type BracketRow = readonly [cap: number, maintenanceRate: number, maxLeverage: number]

/**
 * Brackets from their caps and rates. The amounts follow from continuity, c₀ = 0 and
 * c_n = c_{n−1} + floor_n · (m_n − m_{n−1}), as Binance states it
 * (https://www.binance.com/en/support/faq/b3c689c1f50a44cabb3a84e663b81d93).
 *
 * @throws RangeError naming the bracket when caps or rates do not increase, or a leverage is below 1
 */
export function bracketTable(rows: readonly BracketRow[]): Bracket[] {
  if (rows.length === 0) throw new RangeError('brackets: the table is empty')
  const out: Bracket[] = []
  for (const [index, [cap, maintenanceRate, maxLeverage]] of rows.entries()) {
    const previous = out.at(-1)
    const floor = previous?.cap ?? 0
    if (!(cap > floor))
      throw new RangeError(`brackets[${index}].cap: ${cap}, but expected more than the floor ${floor}`)
    const lowest = previous?.maintenanceRate ?? 0
    if (!(maintenanceRate > lowest && maintenanceRate < 1))
      throw new RangeError(
        `brackets[${index}].maintenanceRate: ${maintenanceRate}, but expected above ${lowest} and below 1`,
      )
    if (!(maxLeverage >= 1))
      throw new RangeError(`brackets[${index}].maxLeverage: ${maxLeverage}, but expected 1 or more`)
    const maintenanceAmount = previous
      ? previous.maintenanceAmount + floor * (maintenanceRate - previous.maintenanceRate)
      : 0
    out.push({ floor, cap, maintenanceRate, maintenanceAmount, maxLeverage })
  }
  return out
}

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
}

/** The coin whose brackets stand in where a symbol has none of its own. */
const FALLBACK = 'BTC'

/** Binance's brackets for a symbol such as `ETH/USDT:USDT`, and whose they are: BTC's where we have none of its own. */
export function binanceBrackets(symbol: string): { brackets: Bracket[]; name: string } {
  const base = symbol.split(/[/:\-_]/)[0]!.toUpperCase()
  const coin = Object.keys(BINANCE).find(key => base === key || base === `${key}USDT`) ?? FALLBACK
  return { brackets: bracketTable(BINANCE[coin]!), name: `Binance ${coin}USDT, October 2024` }
}

/**
 * Hyperliquid's rule: maintenance is half of the initial margin at the market's maximum leverage, 1/(2·max), without
 * an amount (https://hyperliquid.gitbook.io/hyperliquid-docs/trading/liquidations).
 */
export function hyperliquidBrackets(maxLeverage: number): Bracket[] {
  if (!(maxLeverage >= 1)) throw new RangeError(`maxLeverage: ${maxLeverage}, but expected 1 or more`)
  return [{ floor: 0, cap: Infinity, maintenanceRate: 1 / (2 * maxLeverage), maintenanceAmount: 0, maxLeverage }]
}
