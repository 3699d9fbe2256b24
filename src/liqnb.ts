/**
 * Liqnb's research library: what a cell sees as `liq`, and what `import { liq } from 'liqnb'` gives elsewhere. It only puts the
 * functions of the research floors together; `face/` gives their results a way to show themselves in a notebook.
 */

import { auditStudy } from './api/audit.ts'
import { controls, interact } from './api/controls.ts'
import { evidence } from './api/evidence.ts'
import { aggregate, calibration, heatmap, score, timeframes } from './api/heatmap.ts'
import { levels } from './api/levels.ts'
import { live } from './api/live.ts'
import { market, resampled, tradeFlow } from './api/market.ts'
import { store } from './api/store.ts'
import { sfp } from './api/study.ts'
import { sweep, walkForward } from './api/sweep.ts'
import { truth } from './api/truth.ts'
import type { Displayable } from './charts/display.ts'
import type { Figure } from './charts/figure.ts'
import { type HeatmapOptions, heatmapFigure } from './charts/heatmap.ts'
import { studyFigure } from './charts/study.ts'
import type { LiveSource, LiveUpdate } from './data/live/types.ts'
import { loadMarket, type MarketSource } from './data/load-market.ts'
import type { TradeFlowSource } from './data/trades/load-trade-flow.ts'
import { type Audit, type AuditOptions, audit } from './evidence/audit.ts'
import type { Claim } from './evidence/claim.ts'
import { gatherEvidence } from './evidence/evidence.ts'
import type { EvidenceOptions } from './evidence/settings.ts'
import { LEVERAGE_PRIORS } from './liquidation/book/leverage.ts'
import { type ClusterOptions, clusterTable } from './liquidation/clusters.ts'
import { fromCoinglass } from './liquidation/coinglass.ts'
import { heatGrid, tierGrids } from './liquidation/grid.ts'
import { type LiquidationMap, liquidationMap, type MapOptions } from './liquidation/map.ts'
import { binanceBrackets, hyperliquidBrackets } from './liquidation/margin/bracket-tables.ts'
import { type Bracket, bracketTable } from './liquidation/margin/brackets.ts'
import { bracketsFromTiers, type LeverageTierInput } from './liquidation/margin/brackets-from-tiers.ts'
import { bankruptcyPrice, liquidationPrice, type Position } from './liquidation/margin/liquidation-price.ts'
import {
  binanceCoinMargin,
  binanceMargin,
  bybitInverseMargin,
  bybitMargin,
  hyperliquidMargin,
  type MarginModel,
  okxInverseMargin,
  okxMargin,
} from './liquidation/margin/margin-models.ts'
import { liquidationPrices, type PositionColumns } from './liquidation/margin/price-columns.ts'
import { timeframeClusters } from './liquidation/timeframes.ts'
import { asOf } from './market/as-of.ts'
import { atr } from './market/atr.ts'
import { createMarket, type Market } from './market/market.ts'
import type { TradeFlow } from './market/trade-flow/trade-flow.ts'
import { type Backtest, backtest } from './sfp/backtest.ts'
import type { BacktestOptions } from './sfp/backtest-options.ts'
import { detectSfp, type Signal } from './sfp/detect.ts'
import { clusterLevels } from './sfp/levels/clusters.ts'
import type { LevelSource } from './sfp/levels/columns.ts'
import { pivotLevels } from './sfp/levels/pivots.ts'
import { type Statistics, statistics } from './sfp/statistics/statistics.ts'

export const liq = {
  market,
  live,
  tradeFlow,
  resample: resampled,
  asOf,
  store,
  heatmap,
  aggregate,
  timeframes,
  timeframeClusters,
  score,
  truth,
  calibrate: calibration,
  leveragePriors: LEVERAGE_PRIORS,
  fromCoinglass,
  sfp,
  levels,
  sweep,
  walkForward,
  evidence,
  audit: auditStudy,
  liquidationPrice,
  bankruptcyPrice,
  liquidationPrices,
  /** Margin rules of the venues, for `liquidationPrice({ …, margin })`. */
  margin: {
    binance: binanceMargin,
    binanceCoin: binanceCoinMargin,
    bybit: bybitMargin,
    bybitInverse: bybitInverseMargin,
    okx: okxMargin,
    okxInverse: okxInverseMargin,
    hyperliquid: hyperliquidMargin,
  },
  brackets: {
    binance: binanceBrackets,
    hyperliquid: hyperliquidBrackets,
    table: bracketTable,
    fromTiers: bracketsFromTiers,
  },
  createMarket,
  atr,
  controls,
  interact,
}

export type {
  Audit,
  AuditOptions,
  Backtest,
  BacktestOptions,
  Bracket,
  Claim,
  ClusterOptions,
  Displayable,
  EvidenceOptions,
  Figure,
  HeatmapOptions,
  LevelSource,
  LeverageTierInput,
  LiquidationMap,
  LiveSource,
  LiveUpdate,
  MapOptions,
  MarginModel,
  Market,
  MarketSource,
  Position,
  PositionColumns,
  Signal,
  Statistics,
  TradeFlow,
  TradeFlowSource,
}
export {
  atr,
  audit,
  backtest,
  bankruptcyPrice,
  binanceCoinMargin,
  binanceMargin,
  bracketsFromTiers,
  bracketTable,
  bybitInverseMargin,
  bybitMargin,
  clusterLevels,
  clusterTable,
  createMarket,
  detectSfp,
  gatherEvidence,
  heatGrid,
  heatmapFigure,
  hyperliquidMargin,
  liquidationMap,
  liquidationPrice,
  liquidationPrices,
  loadMarket,
  okxInverseMargin,
  okxMargin,
  pivotLevels,
  statistics,
  studyFigure,
  tierGrids,
}
export default liq
