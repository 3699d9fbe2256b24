import { binanceBrackets, hyperliquidBrackets } from './bracket-tables.ts'
import { type Bracket, checkAmounts, checkLadder } from './brackets.ts'

/**
 * A venue's rule for the maintenance margin, as data. All venues liquidate where the equity of a position meets its
 * requirement; they differ only in what is said here.
 */
export interface MarginModel {
  /** Whose rule and table, e.g. `Binance BTCUSDT, October 2024`; printed with results. */
  readonly name: string
  /** Linear: settled in the quote currency, size in base coins. Inverse: settled in the coin, size in contracts. */
  readonly contract: 'linear' | 'inverse'
  /** Face value of one inverse contract in the quote currency (USD); 1 for linear contracts. */
  readonly contractSize: number
  readonly brackets: readonly Bracket[]
  /**
   * What the requirement refers to. `mark`: m·N − c for the notional N at the liquidation price, in the bracket of that
   * notional. `entry`: the same for the notional at entry, so it stays fixed. `size`: m·N for the notional at the
   * liquidation price, with the rate of the bracket that holds the position's size.
   */
  readonly maintenanceOn: 'mark' | 'entry' | 'size'
  /** Fee for closing the position, as a share of the notional, that counts against the margin. */
  readonly closingFee: number
  /** The notional that the fee is of: at the liquidation price or at the bankruptcy price. */
  readonly closingFeeAt: 'mark' | 'bankruptcy'
}

const PLAIN = { contractSize: 1, closingFee: 0, closingFeeAt: 'mark' } as const

/**
 * Binance USD-M: maintenance m·N − c on the mark notional.
 * https://www.binance.com/en/support/faq/b3c689c1f50a44cabb3a84e663b81d93
 *
 * @param market a symbol, whose bundled brackets of October 2024 are taken (BTC's where it has none; see `name`), or
 *   brackets in the quote currency
 * @throws RangeError for a coin-margined symbol, or naming the bracket that is wrong
 */
export function binanceMargin(market: string | readonly Bracket[]): MarginModel {
  if (typeof market === 'string' && /\/USD:|USD_PERP$/i.test(market))
    throw new RangeError(`symbol: ${market} is coin-margined; use binanceCoinMargin with its brackets`)
  const own =
    typeof market === 'string'
      ? binanceBrackets(market)
      : { brackets: checked(market), name: 'Binance, given brackets' }
  return { ...PLAIN, ...own, contract: 'linear', maintenanceOn: 'mark' }
}

/**
 * Binance COIN-M: the same rule for inverse contracts, everything in the coin.
 * https://www.binance.com/en/support/faq/ceccfcfb4e3a45e3b48b0b1bb1a8ae46
 *
 * @param brackets with notionals in coins
 * @param options.contractSize USD of one contract: 100 for BTC, 10 for the others
 * @throws RangeError naming the bracket or option that is wrong
 */
export function binanceCoinMargin(brackets: readonly Bracket[], options: { contractSize: number }): MarginModel {
  const contractSize = contractSizeOf(options)
  const name = 'Binance COIN-M, given brackets'
  return { ...PLAIN, name, contract: 'inverse', contractSize, brackets: checked(brackets), maintenanceOn: 'mark' }
}

export interface BybitOptions {
  /**
   * The notional that maintenance refers to. Default `entry`: position value = quantity × entry price, as Bybit's help
   * center had it for years ("Liquidation Price (USDT Contract)"). `mark`: as its page for isolated margin on unified
   * accounts has it in its version of May 2026.
   */
  maintenanceOn?: 'entry' | 'mark'
  /**
   * Taker fee rate for the estimated fee to close at the bankruptcy price. Isolated margin reserves that fee and
   * maintenance asks for it, so it cancels but for what extra margin and a cross balance add. Default 0, as in the
   * page's formula for USDT contracts; 0.00055 is the rate without VIP level.
   */
  takerFee?: number
}

/**
 * Bybit USDT contracts: maintenance m·N − c, deduction c, on the notional at entry.
 * https://www.bybit.com/en/help-center/article/Liquidation-Price-USDT-Contract
 *
 * @param brackets with notionals in the quote currency, e.g. `bracketsFromTiers` of ccxt's tiers
 * @throws RangeError naming the bracket or option that is wrong
 */
export function bybitMargin(brackets: readonly Bracket[], options: BybitOptions = {}): MarginModel {
  return { ...bybit(brackets, options), name: 'Bybit linear, given brackets', contract: 'linear' }
}

/**
 * Bybit inverse contracts of 1 USD: the same in the coin.
 * https://www.bybit.com/en/help-center/article/Liquidation-Price-Calculation-under-Isolated-Mode-Unified-Trading-Account
 *
 * @param brackets with notionals in coins
 * @throws RangeError naming the bracket or option that is wrong
 */
export function bybitInverseMargin(brackets: readonly Bracket[], options: BybitOptions = {}): MarginModel {
  return { ...bybit(brackets, options), name: 'Bybit inverse, given brackets', contract: 'inverse' }
}

function bybit(brackets: readonly Bracket[], { maintenanceOn = 'entry', takerFee = 0 }: BybitOptions) {
  if (maintenanceOn !== 'entry' && maintenanceOn !== 'mark')
    throw new RangeError(`maintenanceOn: ${maintenanceOn}, but expected entry or mark`)
  checkFee(takerFee)
  const fee = { closingFee: takerFee, closingFeeAt: 'bankruptcy' } as const
  return { ...PLAIN, ...fee, brackets: checked(brackets), maintenanceOn }
}

export interface OkxOptions {
  /** Base coins (linear) or USD (inverse) of one contract, e.g. 0.01 for BTC-USDT-SWAP and 100 for BTC-USD-SWAP. */
  contractSize: number
  /** Taker fee rate, added to the maintenance rate. Default 0.0005, the rate without VIP level. */
  takerFee?: number
}

/**
 * OKX USDT-margined swaps: liquidation where the margin ratio
 * (margin + result) / (face value · contracts · mark price · (tier's rate + fee rate)) is 1. The tier is chosen by the
 * number of contracts and its rate counts for all of them, without an amount.
 * https://www.okx.com/help/vii-introduction-to-the-isolated-mode-of-single-multi-currency-portfolio-margin
 *
 * @param tiers with floors and caps in contracts, e.g. `bracketsFromTiers` (lot 1) of ccxt's tiers. The position's size
 *   is in base coins all the same
 * @throws RangeError naming the tier or option that is wrong
 */
export function okxMargin(tiers: readonly Bracket[], options: OkxOptions): MarginModel {
  const contractSize = contractSizeOf(options)
  const { takerFee = 0.0005 } = options
  return { ...okx(tiers, takerFee, contractSize), name: 'OKX linear, given tiers', contract: 'linear', contractSize: 1 }
}

/**
 * OKX coin-margined swaps: the same in the coin, size in contracts.
 * @throws RangeError naming the tier or option that is wrong
 */
export function okxInverseMargin(tiers: readonly Bracket[], options: OkxOptions): MarginModel {
  const contractSize = contractSizeOf(options)
  const { takerFee = 0.0005 } = options
  return { ...okx(tiers, takerFee, 1), name: 'OKX inverse, given tiers', contract: 'inverse', contractSize }
}

function okx(tiers: readonly Bracket[], takerFee: number, unit: number) {
  checkFee(takerFee)
  checkLadder(tiers)
  const scaled = ({ floor, cap, ...rest }: Bracket) => ({ ...rest, floor: floor * unit, cap: cap * unit })
  const brackets = tiers.map(tier => ({ ...scaled(tier), maintenanceAmount: 0 }))
  return { ...PLAIN, closingFee: takerFee, brackets, maintenanceOn: 'size' } as const
}

/**
 * Hyperliquid: maintenance is half of the initial margin at the maximum leverage, on the mark notional:
 * liq_price = price − side · margin_available / size / (1 − l · side), l = 1/(2·max).
 * https://hyperliquid.gitbook.io/hyperliquid-docs/trading/liquidations
 *
 * @param market the market's maximum leverage, or a coin whose margin tiers of 2025 are bundled (BTC, ETH, SOL, XRP)
 * @throws RangeError when the leverage is below 1 or the coin's tiers are not bundled
 */
export function hyperliquidMargin(market: number | string): MarginModel {
  const name = typeof market === 'number' ? `Hyperliquid ${market}x` : `Hyperliquid ${market}, margin tiers of 2025`
  return { ...PLAIN, name, contract: 'linear', brackets: hyperliquidBrackets(market), maintenanceOn: 'mark' }
}

function checked(brackets: readonly Bracket[]): readonly Bracket[] {
  checkLadder(brackets)
  checkAmounts(brackets)
  return brackets
}

/** It has no default: of a venue's contracts each has its own. */
function contractSizeOf(options: { contractSize: number } | undefined): number {
  const contractSize = options?.contractSize ?? Number.NaN
  if (!(contractSize > 0 && contractSize < Infinity))
    throw new RangeError(
      `contractSize: ${options?.contractSize}, but expected the face value of one contract, above 0, e.g. { contractSize: 100 }`,
    )
  return contractSize
}

function checkFee(takerFee: number): void {
  if (!(takerFee >= 0 && takerFee < 0.1))
    throw new RangeError(`takerFee: ${takerFee}, but expected a share from 0 to 0.1, e.g. 0.0005`)
}
