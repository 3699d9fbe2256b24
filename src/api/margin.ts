/** The venues' margin rules and tables of maintenance brackets, for liquidation prices and heatmaps. */
import { binanceBrackets, hyperliquidBrackets } from '../liquidation/margin/bracket-tables.ts'
import { bracketTable } from '../liquidation/margin/brackets.ts'
import { bracketsFromTiers } from '../liquidation/margin/brackets-from-tiers.ts'
import {
  binanceCoinMargin,
  binanceMargin,
  bybitInverseMargin,
  bybitMargin,
  hyperliquidMargin,
  okxInverseMargin,
  okxMargin,
} from '../liquidation/margin/margin-models.ts'
import { bitgetMargin, bitmexMargin, gateMargin, mexcMargin } from '../liquidation/margin/more-margin-models.ts'

/** Margin rules by venue, e.g. `liq.liquidationPrice({ …, margin: liq.margin.hyperliquid('BTC') })`. */
export const margin = {
  binance: binanceMargin,
  binanceCoin: binanceCoinMargin,
  bybit: bybitMargin,
  bybitInverse: bybitInverseMargin,
  okx: okxMargin,
  okxInverse: okxInverseMargin,
  hyperliquid: hyperliquidMargin,
  gate: gateMargin,
  bitget: bitgetMargin,
  mexc: mexcMargin,
  bitmex: bitmexMargin,
}

/** Maintenance brackets by notional: the venues' own, or made from a table. */
export const brackets = {
  binance: binanceBrackets,
  hyperliquid: hyperliquidBrackets,
  table: bracketTable,
  fromTiers: bracketsFromTiers,
}
