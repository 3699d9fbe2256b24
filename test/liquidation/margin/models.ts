/** Margin models and random positions for the tests of liquidation prices. */
import fc from 'fast-check'
import { bracketTable } from '../../../src/liquidation/margin/brackets.ts'
import type { CrossPosition, IsolatedPosition } from '../../../src/liquidation/margin/liquidation-price.ts'
import {
  binanceCoinMargin,
  binanceMargin,
  bybitInverseMargin,
  bybitMargin,
  hyperliquidMargin,
  type MarginModel,
  okxInverseMargin,
  okxMargin,
} from '../../../src/liquidation/margin/margin-models.ts'
import { existing } from '../helpers.ts'

export const usd = bracketTable([
  [2_000_000, 0.005, 100],
  [10_000_000, 0.01, 50],
  [40_000_000, 0.02, 25],
  [100_000_000, 0.05, 10],
])
/** Brackets of Binance's BTCUSD in 2021, in BTC. */
export const coins = bracketTable([
  [5, 0.004, 125],
  [10, 0.005, 100],
  [20, 0.01, 50],
  [50, 0.025, 20],
  [100, 0.05, 10],
  [200, 0.1, 5],
  [400, 0.125, 4],
])
export const contracts = bracketTable([
  [500, 0.004, 100],
  [2_000, 0.0075, 75],
  [10_000, 0.02, 25],
  [30_000, 0.1, 5],
])

/** Every margin rule of the library, with tables of several brackets. */
export const MODELS: readonly MarginModel[] = [
  binanceMargin('BTC/USDT:USDT'),
  binanceMargin('SOL/USDT:USDT'),
  hyperliquidMargin(40),
  hyperliquidMargin('ETH'),
  bybitMargin(usd),
  bybitMargin(usd, { maintenanceOn: 'mark', takerFee: 0.00055 }),
  okxMargin(contracts, { contractSize: 0.01 }),
  binanceCoinMargin(coins, { contractSize: 100 }),
  bybitInverseMargin(coins),
  bybitInverseMargin(coins, { maintenanceOn: 'mark', takerFee: 0.00055 }),
  okxInverseMargin(contracts, { contractSize: 100 }),
]

/** For test titles: the options distinguish two tables of one venue. */
export function label({ name, contract, maintenanceOn, closingFee }: MarginModel): string {
  return `${name}, ${contract}, maintenance on ${maintenanceOn}${closingFee > 0 ? `, fee ${closingFee}` : ''}`
}

/** Size of a position from the measure of the model's brackets: size (OKX) or notional in the settlement currency. */
export function sizeOf({ contract, contractSize, maintenanceOn }: MarginModel, measure: number, entry: number): number {
  if (maintenanceOn === 'size') return measure
  return contract === 'linear' ? measure / entry : (measure * entry) / contractSize
}

export function notionalOf({ contract, contractSize }: MarginModel, size: number, price: number): number {
  return contract === 'linear' ? size * price : (size * contractSize) / price
}

/** Random isolated positions within the model's brackets, from the smallest to the largest. */
export function isolated(model: MarginModel): fc.Arbitrary<IsolatedPosition> {
  const largest = Math.min(existing(model.brackets.at(-1)).cap, 1e10)
  return fc
    .record({
      side: fc.constantFrom('long' as const, 'short' as const),
      entry: fc.double({ min: 0.01, max: 200_000, noNaN: true }),
      fill: fc.double({ min: -12, max: 0, noNaN: true }),
      ease: fc.double({ min: 0, max: 1, noNaN: true }),
      extra: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.3, noNaN: true })),
    })
    .map(({ side, entry, fill, ease, extra }): IsolatedPosition => {
      const measure = largest * Math.exp(fill) * (1 - 1e-12)
      const size = sizeOf(model, measure, entry)
      const { maxLeverage } = existing(model.brackets.find(({ cap }) => measure <= cap * (1 - 1e-12)))
      const leverage = 1 + ease * (maxLeverage - 1)
      return { side, entry, size, leverage, extraMargin: extra * notionalOf(model, size, entry), margin: model }
    })
}

/** The isolated margin in full: with the closing fee that Bybit reserves for the bankruptcy price without extra margin. */
export function grossMargin({ side, entry, size, leverage, extraMargin = 0, margin }: IsolatedPosition): number {
  const notional = notionalOf(margin, size, entry)
  const loses = (side === 'long') === (margin.contract === 'linear')
  const reserved = margin.closingFeeAt === 'bankruptcy' ? margin.closingFee : 0
  return notional / leverage + reserved * notional * (loses ? 1 - 1 / leverage : 1 + 1 / leverage) + extraMargin
}

/** Random cross positions: a balance from just above maintenance to several times the notional, and other positions. */
export function cross(model: MarginModel): fc.Arbitrary<CrossPosition> {
  return fc
    .record({
      position: isolated(model),
      balance: fc.double({ min: 0.2, max: 2, noNaN: true }),
      others: fc.double({ min: 0, max: 0.1, noNaN: true }),
      unrealised: fc.double({ min: -0.1, max: 0.5, noNaN: true }),
    })
    .map(({ position: { side, entry, size }, balance, others, unrealised }): CrossPosition => {
      const notional = notionalOf(model, size, entry)
      return {
        side,
        entry,
        size,
        margin: model,
        balance: balance * notional,
        otherMaintenance: others * notional,
        otherUnrealised: unrealised * notional,
      }
    })
}
