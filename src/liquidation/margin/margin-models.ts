/** Margin models: the venues' rules for the maintenance margin. */
import { OptionError } from '../../common/errors.ts'
import {
  type Check,
  defineOptions,
  invalidOption,
  numberThat,
  oneOf,
  option,
  required,
  valueThat,
} from '../../common/options.ts'
import { recognizeInstrument } from '../../market/recognize-instrument.ts'
import type { ContractKind } from '../contract.ts'
import { binanceBrackets, hyperliquidBrackets } from './bracket-tables.ts'
import { type Bracket, type BracketSource, checkAmounts, checkLadder } from './brackets.ts'

/**
 * A venue's rule for the maintenance margin, as data. All venues liquidate where the equity of a position meets its
 * requirement; they differ only in these properties.
 */
export interface MarginModel {
  /** Venue and table, e.g. `Binance BTCUSDT, October 2024`; printed with results. */
  readonly name: string
  /** Linear: settled in the quote currency, size in base coins. Inverse: settled in the coin, size in contracts. */
  readonly contract: ContractKind
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
  /** Price at which the fee is due: the liquidation price (`mark`) or the bankruptcy price. */
  readonly closingFeeAt: 'mark' | 'bankruptcy'
}

/** Checks the option or field `margin`. */
export const marginModel: Check = valueThat(
  "a margin model, e.g. liq.margin.binance('BTC/USDT:USDT')",
  value => ((value as Partial<MarginModel> | null | undefined)?.brackets?.length ?? 0) > 0,
)

export const NO_FEE = { contractSize: 1, closingFee: 0, closingFeeAt: 'mark' } as const

/**
 * Binance USD-M: maintenance m·N − c on the mark notional.
 * https://www.binance.com/en/support/faq/b3c689c1f50a44cabb3a84e663b81d93
 *
 * @param market a symbol, whose bundled brackets of October 2024 are used (BTC's for a coin without any; see `name`), or
 *   brackets in the quote currency
 * @throws OptionError for a coin-margined symbol, or naming the invalid bracket
 * @example liq.margin.binance('BTC/USDT:USDT')
 */
export function binanceMargin(market: string | readonly Bracket[]): MarginModel {
  const caller = 'liq.margin.binance'
  const table =
    typeof market === 'string'
      ? linearBrackets(caller, market)
      : { brackets: checkBrackets(caller, market), name: 'Binance, custom brackets' }
  return { ...NO_FEE, ...table, contract: 'linear', maintenanceOn: 'mark' }
}

function linearBrackets(caller: string, symbol: string) {
  const { kind, quote } = recognizeInstrument({ symbols: [symbol], exchange: 'binance' })
  if (kind === 'inverse' || (kind === 'future' && quote === 'USD'))
    throw invalidOption(
      caller,
      'market',
      symbol,
      'a symbol with linear contracts; for coin-margined ones use liq.margin.binanceCoin with their brackets',
    )
  return binanceBrackets(symbol)
}

export interface BinanceCoinOptions {
  /** USD of one contract: 100 for BTC, 10 for the others. */
  contractSize: number
}

/** It has no default: a venue's contracts differ in size. */
const contractSize = required(
  numberThat('the face value of one contract, above 0, e.g. { contractSize: 100 }', x => x > 0 && x < Infinity),
)
export const takerFee = numberThat('a rate from 0 to below 0.1, e.g. 0.0005', x => x >= 0 && x < 0.1)

const binanceCoinOptions = defineOptions<BinanceCoinOptions>('liq.margin.binanceCoin', {
  contractSize,
})

/**
 * Binance COIN-M: the same rule for inverse contracts, everything in the coin.
 * https://www.binance.com/en/support/faq/ceccfcfb4e3a45e3b48b0b1bb1a8ae46
 *
 * @param brackets with notionals in coins
 * @throws OptionError naming the invalid bracket or option
 * @example liq.margin.binanceCoin(brackets, { contractSize: 100 })
 */
export function binanceCoinMargin(brackets: readonly Bracket[], options: BinanceCoinOptions): MarginModel {
  const caller = 'liq.margin.binanceCoin'
  return {
    ...NO_FEE,
    name: 'Binance COIN-M, custom brackets',
    contract: 'inverse',
    contractSize: binanceCoinOptions.resolve(options, caller).contractSize,
    brackets: checkBrackets(caller, brackets),
    maintenanceOn: 'mark',
  }
}

export interface BybitOptions {
  /**
   * The notional that maintenance refers to. Default `entry`: position value = quantity × entry price, as Bybit's help
   * center stated for years ("Liquidation Price (USDT Contract)"). `mark`: as its page on isolated margin of unified
   * accounts states in the version of May 2026.
   */
  maintenanceOn?: 'entry' | 'mark'
  /**
   * Taker fee rate for the estimated fee to close at the bankruptcy price. Isolated margin reserves that fee and
   * maintenance requires it, so it cancels except for extra margin and a cross balance. Default 0, as in the
   * page's formula for USDT contracts; 0.00055 is the rate without VIP level.
   */
  takerFee?: number
}

const bybitOptions = defineOptions<BybitOptions>('liq.margin.bybit', {
  maintenanceOn: option('entry', oneOf('entry', 'mark')),
  takerFee: option(0, takerFee),
})

/**
 * Bybit USDT contracts: maintenance m·N − c, deduction c, on the notional at entry.
 * https://www.bybit.com/en/help-center/article/Liquidation-Price-USDT-Contract
 *
 * @param brackets with notionals in the quote currency, e.g. `bracketsFromTiers` of ccxt's tiers
 * @throws OptionError naming the invalid bracket or option
 * @example liq.margin.bybit(brackets)
 */
export function bybitMargin(brackets: readonly Bracket[], options: BybitOptions = {}): MarginModel {
  return { ...bybit('liq.margin.bybit', brackets, options), name: 'Bybit linear, custom brackets', contract: 'linear' }
}

/**
 * Bybit inverse contracts of 1 USD: the same in the coin.
 * https://www.bybit.com/en/help-center/article/Liquidation-Price-Calculation-under-Isolated-Mode-Unified-Trading-Account
 *
 * @param brackets with notionals in coins
 * @throws OptionError naming the invalid bracket or option
 * @example liq.margin.bybitInverse(brackets)
 */
export function bybitInverseMargin(brackets: readonly Bracket[], options: BybitOptions = {}): MarginModel {
  return {
    ...bybit('liq.margin.bybitInverse', brackets, options),
    name: 'Bybit inverse, custom brackets',
    contract: 'inverse',
  }
}

function bybit(caller: string, brackets: readonly Bracket[], options: BybitOptions) {
  const { maintenanceOn, takerFee: closingFee } = bybitOptions.resolve(options, caller)
  const fee = { closingFee, closingFeeAt: 'bankruptcy' } as const
  return { ...NO_FEE, ...fee, brackets: checkBrackets(caller, brackets), maintenanceOn }
}

export interface OkxOptions {
  /** Base coins (linear) or USD (inverse) of one contract, e.g. 0.01 for BTC-USDT-SWAP and 100 for BTC-USD-SWAP. */
  contractSize: number
  /** Taker fee rate, added to the maintenance rate. Default 0.0005, the rate without VIP level. */
  takerFee?: number
}

const okxOptions = defineOptions<OkxOptions>('liq.margin.okx', {
  contractSize,
  takerFee: option(0.0005, takerFee),
})

/**
 * OKX USDT-margined swaps: liquidation where the margin ratio
 * (margin + result) / (face value · contracts · mark price · (tier's rate + fee rate)) is 1. The number of
 * contracts selects the tier, whose rate applies to all of them, without an amount.
 * https://www.okx.com/help/vii-introduction-to-the-isolated-mode-of-single-multi-currency-portfolio-margin
 *
 * @param tiers with floors and caps in contracts, e.g. `bracketsFromTiers` (lot 1) of ccxt's tiers. The position's size
 *   is still in base coins
 * @throws OptionError naming the invalid tier or option
 * @example liq.margin.okx(brackets, { takerFee: 0.0005, contractSize: 0.01 })
 */
export function okxMargin(tiers: readonly Bracket[], options: OkxOptions): MarginModel {
  const caller = 'liq.margin.okx'
  const { contractSize, takerFee } = okxOptions.resolve(options, caller)
  return {
    ...okx(caller, tiers, takerFee, contractSize),
    name: 'OKX linear, custom tiers',
    contract: 'linear',
    contractSize: 1,
  }
}

/**
 * OKX coin-margined swaps: the same in the coin, size in contracts.
 * @throws OptionError naming the invalid tier or option
 * @example liq.margin.okxInverse(brackets, { takerFee: 0.0005, contractSize: 100 })
 */
export function okxInverseMargin(tiers: readonly Bracket[], options: OkxOptions): MarginModel {
  const caller = 'liq.margin.okxInverse'
  const { contractSize, takerFee } = okxOptions.resolve(options, caller)
  return {
    ...okx(caller, tiers, takerFee, 1),
    name: 'OKX inverse, custom tiers',
    contract: 'inverse',
    contractSize,
  }
}

/** @param unit size of one contract, in the unit of position sizes */
function okx(caller: string, tiers: readonly Bracket[], closingFee: number, unit: number) {
  checkLadder(tiers, { caller, table: 'tiers', error: OptionError })
  const brackets = tiers.map(tier => ({
    ...tier,
    floor: tier.floor * unit,
    cap: tier.cap * unit,
    maintenanceAmount: 0,
  }))
  return { ...NO_FEE, closingFee, brackets, maintenanceOn: 'size' } as const
}

/**
 * Hyperliquid: maintenance is half of the initial margin at the maximum leverage, on the mark notional:
 * liq_price = price − side · margin_available / size / (1 − l · side), l = 1/(2·max).
 * https://hyperliquid.gitbook.io/hyperliquid-docs/trading/liquidations
 *
 * @param market the market's maximum leverage, or a coin whose margin tiers of 2025 are bundled (BTC, ETH, SOL, XRP)
 * @throws OptionError when the leverage is below 1 or the coin's tiers are not bundled
 * @example liq.margin.hyperliquid('BTC')
 */
export function hyperliquidMargin(market: number | string): MarginModel {
  const brackets = hyperliquidBrackets(market, 'liq.margin.hyperliquid')
  const name = typeof market === 'number' ? `Hyperliquid ${market}x` : `Hyperliquid ${market}, margin tiers of 2025`
  return { ...NO_FEE, name, contract: 'linear', brackets, maintenanceOn: 'mark' }
}

/** @throws OptionError naming the row whose ladder or amount is wrong */
export function checkBrackets(caller: string, brackets: readonly Bracket[]): readonly Bracket[] {
  const source: BracketSource = { caller, table: 'brackets', error: OptionError }
  checkLadder(brackets, source)
  checkAmounts(brackets, source)
  return brackets
}
