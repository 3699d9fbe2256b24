/**
 * Liqnb's public interface: what a cell sees as `liq` and `aq`, and what `import { liq, aq } from 'liqnb'` gives elsewhere.
 * Each member of `liq` is also exported under its own name.
 */
import * as aq from 'arquero'
import { alerts } from './api/alerts.ts'
import { audit } from './api/audit.ts'
import { controls, interact } from './api/controls.ts'
import { describe } from './api/describe.ts'
import { evidence } from './api/evidence.ts'
import { exchangeKey } from './api/exchange-key.ts'
import { fitImpact } from './api/fit-impact.ts'
import { aggregate, calibrate, forecast, heatmap, score, timeframes, truth } from './api/heatmap.ts'
import { holdout, ledger, register } from './api/ledger.ts'
import { levels } from './api/levels.ts'
import { live } from './api/live.ts'
import { brackets, margin } from './api/margin.ts'
import { market, resample, tradeFlow } from './api/market.ts'
import { portfolio } from './api/portfolio.ts'
import { compare, observedMap, positions, recordPositions } from './api/positions.ts'
import { scan } from './api/scan.ts'
import { sql } from './api/sql.ts'
import { store } from './api/store.ts'
import { sfp } from './api/study.ts'
import { sweep, walkForward } from './api/sweep.ts'
import { explainTableErrors } from './api/table-errors.ts'
import { keepTableFormats } from './api/table-formats.ts'
import { studyFigure } from './charts/study.ts'
import { LEVERAGE_PRIORS as leveragePriors } from './liquidation/book/leverage.ts'
import { fromCoinglass } from './liquidation/coinglass.ts'
import { heatGrid, tierGrids } from './liquidation/grid.ts'
import { bankruptcyPrice, liquidationPrice } from './liquidation/margin/liquidation-price.ts'
import { liquidationPrices } from './liquidation/margin/price-columns.ts'
import { timeframeClusters } from './liquidation/timeframes.ts'
import { asOf } from './market/as-of.ts'
import { atr } from './market/atr.ts'
import { createMarket } from './market/market.ts'
import { backtest } from './sfp/backtest.ts'
import { PRESETS as presets } from './sfp/sfp-options.ts'
import { statistics } from './sfp/statistics/statistics.ts'
import { fees, VENUE_FEES as feeTables } from './sfp/venue-fees.ts'

explainTableErrors(aq.table({}))
keepTableFormats(aq.table({}))

const members = {
  market,
  live,
  tradeFlow,
  resample,
  asOf,
  store,
  sql,
  exchangeKey,
  describe,
  createMarket,
  heatmap,
  aggregate,
  timeframes,
  timeframeClusters,
  scan,
  alerts,
  positions,
  recordPositions,
  observedMap,
  compare,
  heatGrid,
  tierGrids,
  score,
  forecast,
  truth,
  calibrate,
  leveragePriors,
  fromCoinglass,
  sfp,
  presets,
  levels,
  backtest,
  portfolio,
  fees,
  feeTables,
  fitImpact,
  statistics,
  studyFigure,
  sweep,
  walkForward,
  evidence,
  ledger,
  holdout,
  register,
  audit,
  liquidationPrice,
  bankruptcyPrice,
  liquidationPrices,
  margin,
  brackets,
  atr,
  controls,
  interact,
}

/** The members of `liq`, under a name: messages about one that does not exist then say it instead of listing all. */
export interface Liq extends Readonly<typeof members> {}

export const liq: Liq = members

// Every type that these take or return.
export type { Alerts, AlertsOptions } from './api/alerts.ts'
export type { Capacity, CapacityOptions } from './api/capacity.ts'
export type { ControlDescriptions, Controls, Interaction } from './api/controls.ts'
export type { EvidenceResult } from './api/evidence.ts'
export type { MarketOrLoader, MarketsEvidence, MarketsEvidenceOptions } from './api/evidence-markets.ts'
export type { ByMarket, ClaimResult, ClaimResults } from './api/evidence-views.ts'
export type { ImpactSource } from './api/fit-impact.ts'
export type { Heatmap, Score } from './api/heatmap.ts'
export type { JobOptions } from './api/job-options.ts'
export type { HoldOutOptions, LedgerOptions, ProjectLedger } from './api/ledger.ts'
export type { DisplayedMarket } from './api/market.ts'
export type { Portfolio } from './api/portfolio.ts'
export type { Comparison, ObservedHeatmap, Positions } from './api/positions.ts'
export type { Robustness, RobustnessOptions } from './api/robustness.ts'
export type { Scan, ScanOptions } from './api/scan.ts'
export type { SqlOptions, SqlSource, SqlValue } from './api/sql.ts'
export type { StoreApi } from './api/store.ts'
export type { Sfp, Study } from './api/study.ts'
export type { SweepOptions } from './api/sweep.ts'
export type { MarketSweepOptions, MarketSweeps } from './api/sweep-markets.ts'
export type { SweepResult, WalkForwardResult } from './api/sweep-result.ts'
export type {
  Control,
  ControlLike,
  ControlValue,
  DateControl,
  LabeledControl,
  NumberControl,
  RangeControl,
  Scalar,
  SelectControl,
  SwitchControl,
  TextControl,
  ValuesOf,
} from './charts/controls.ts'
export type { Displayable, DisplayedFigure } from './charts/display.ts'
export type { ExplorerOptions } from './charts/explorer.ts'
export type { Figure } from './charts/figure.ts'
export type { HeatmapFigureOptions } from './charts/heatmap.ts'
export type { MarketFigureOptions } from './charts/market-figure.ts'
export type { SweepFigureOptions } from './charts/sweep.ts'
export type { ExchangeKey } from './common/exchange-key.ts'
export type { RequestContext } from './common/host.ts'
export type { Json, JsonObject } from './common/json.ts'
export type { LedgerRecord } from './common/ledger-record.ts'
export type { ResolvedOptions } from './common/options.ts'
export type { LiteralValue } from './data/clickhouse/sql-text.ts'
export type { TradeColumnNames } from './data/clickhouse/trade-columns.ts'
export type { ClickHouseSource } from './data/clickhouse/trade-flow.ts'
export type { MarketAddress } from './data/exchange/connect.ts'
export type { ExchangeSource, MarketExtra } from './data/exchange/download-market.ts'
export type { TradeSource } from './data/exchange/trades.ts'
export type { ColumnMapping, ImportField } from './data/import/column-names.ts'
export type { FileOptions } from './data/import/file-options.ts'
export type { FileEntry, FileSelection } from './data/import/find-files.ts'
export type { FileKind, Unit } from './data/import/layouts/layout.ts'
export type { LiveLiquidation, LiveTrade } from './data/live/events.ts'
export type { FeedState } from './data/live/feed-state.ts'
export type { LiveBar, LiveExtra, LiveSource, LiveStatus, LiveTopic, LiveUpdate } from './data/live/types.ts'
export type { FileSource } from './data/load-file.ts'
export type { MarketSource, SampleSource, SimulateSource, StoredExchangeSource } from './data/load-market.ts'
export type { Addresses } from './data/positions/addresses.ts'
export type { PositionExchangeSource } from './data/positions/fetch-positions.ts'
export type { PositionFileSource } from './data/positions/file-positions.ts'
export type {
  PositionSource,
  RecordedPositionsSource,
  SimulatedPositionsSource,
} from './data/positions/load-positions.ts'
export type { PositionRecording, PositionRecordingSource } from './data/positions/record-positions.ts'
export type { StoreFilter } from './data/store/contents.ts'
export type { RemoveFilter } from './data/store/manage.ts'
export type { SeriesName } from './data/store/schema.ts'
export type { SeriesKey } from './data/store/series-key.ts'
export type { StoreOptions } from './data/store/store-options.ts'
export type { TradeFileSource } from './data/trades/file-trades.ts'
export type { TimeRange, TradeChunkSource, TradeFlowSource, TradeReadSource } from './data/trades/load-trade-flow.ts'
export type { Audit, AuditFinding, AuditOptions } from './evidence/audit.ts'
export type { Inference } from './evidence/bootstrap.ts'
export type { MarketEffect, PooledTest } from './evidence/by-market.ts'
export type { Claim } from './evidence/claim.ts'
export type { ClaimName } from './evidence/claims.ts'
export type { Evidence } from './evidence/evidence.ts'
export type { EffectThresholds, EvidenceOptions, EvidenceSettings } from './evidence/evidence-options.ts'
export type { HoldOut } from './evidence/hold-out.ts'
export type { PlaceboComparison } from './evidence/placebo-comparison.ts'
export type { Plan, PlannedEvidenceOptions, PlanSource } from './evidence/plan.ts'
export type { BarOfRow } from './evidence/study-rows.ts'
export type { TestFigures, TestQuestion, TestResult } from './evidence/test-result.ts'
export type { EffectUnit, Verdict } from './evidence/verdict.ts'
export type { PartFailure } from './jobs/run-plan.ts'
export type { AlertDistance, AlertKind, AlertOptions, AlertRule } from './liquidation/alert-options.ts'
export type { Alert } from './liquidation/alert-watch.ts'
export type { BarEntries, OpenedNotional } from './liquidation/book/bar-entries.ts'
export type { PositionCohorts } from './liquidation/book/cohorts.ts'
export type { DirtyRange } from './liquidation/book/dirty-range.ts'
export type { BookView, LayeredBook, LevelBook, SideLevels } from './liquidation/book/level-book.ts'
export type { LeverageBySize, LeverageMix, LeveragePrior, Tier } from './liquidation/book/leverage.ts'
export type {
  EntryRule,
  FlowOptions,
  FlowSource,
  PositionFlow,
  ResolvedFlow,
} from './liquidation/book/position-flow.ts'
export type { ByTier, Liquidated, Replay, ReplayInput, ReplayOptions } from './liquidation/book/replay.ts'
export type { Distribution } from './liquidation/book/shares.ts'
export type { BookFeatures, Cohort, SideBook } from './liquidation/book/side-book.ts'
export type { ResolvedStops, StopOptions } from './liquidation/book/stop-places.ts'
export type { Layer, Survival } from './liquidation/book/survival.ts'
export type { TradeColumns, TradeFilter } from './liquidation/book/trade-entries.ts'
export type { AssumedOpenInterest } from './liquidation/book/turnover.ts'
export type { Cluster, ClusterOptions, ClusterRule } from './liquidation/clusters.ts'
export type { CoinglassHeatmap } from './liquidation/coinglass.ts'
export type { ContractKind } from './liquidation/contract.ts'
export type { CurveOptions, LiquidationCurve } from './liquidation/curve.ts'
export type { ColumnVisitor, GridLayer, GridOptions, HeatGrid } from './liquidation/grid.ts'
export type { HistoryOptions } from './liquidation/history.ts'
export type {
  CalibratedScale,
  LiquidationMap,
  MapOptions,
  MapPart,
  ResolvedMapOptions,
} from './liquidation/map.ts'
export type { Bracket, BracketRow } from './liquidation/margin/brackets.ts'
export type { TierOptions } from './liquidation/margin/brackets-from-tiers.ts'
export type { CrossPosition, Exposure, IsolatedPosition, Position } from './liquidation/margin/liquidation-price.ts'
export type { BinanceCoinOptions, BybitOptions, MarginModel, OkxOptions } from './liquidation/margin/margin-models.ts'
export type { PositionColumns } from './liquidation/margin/price-columns.ts'
export type {
  FittedTier,
  ObservedCalibrateOptions,
  ObservedCalibration,
} from './liquidation/observed/calibrate-observed.ts'
export type { Agreement, CompareOptions, SideComparison } from './liquidation/observed/compare.ts'
export type { Coverage } from './liquidation/observed/coverage.ts'
export type {
  ObservedMap,
  ObservedMapOptions,
  PositionAt,
  PositionVisitor,
} from './liquidation/observed/observed-map.ts'
export type { GroupOptions } from './liquidation/observed/price-groups.ts'
export type { BookVisitor, MapRun } from './liquidation/replay-parts.ts'
export type { Side } from './liquidation/side.ts'
export type { BarBootstrapOptions, Estimate } from './liquidation/validation/bar-bootstrap.ts'
export type { CalibrateOptions, Calibration, CalibrationEdge } from './liquidation/validation/calibrate.ts'
export type { ForecastOptions, ForecastScore } from './liquidation/validation/forecast.ts'
export type { ScoreOptions, SideScore } from './liquidation/validation/score.ts'
export type { TruthOptions, TruthScore } from './liquidation/validation/truth-score.ts'
export type { MarketSeries } from './market/as-of.ts'
export type { DescribedColumn, FileDescription } from './market/file-description.ts'
export type { FundingEvents } from './market/funding.ts'
export type { Instrument, InstrumentKind, ReferencePrice } from './market/instrument.ts'
export type { LeverageTier } from './market/leverage-tier.ts'
export type { CandleField, FlowField, Market, MarketColumns, MarketMeta } from './market/market.ts'
export type { ObservedPositions, ObservedRow, ObservedRows, RowKind } from './market/observed-positions.ts'
export type { TradeChunk } from './market/trade-flow/trade-chunk.ts'
export type { TradeFlow, TradeFlowColumns } from './market/trade-flow/trade-flow.ts'
export type { TradeFlowOptions } from './market/trade-flow/trade-flow-builder.ts'
export type { LiquidationTruth, TrueBook, TrueLevels, TruePositions } from './market/true-positions.ts'
export type { RefusalReason } from './sfp/account.ts'
export type { Backtest, RejectedSignals } from './sfp/backtest.ts'
export type { BacktestOptions, BacktestRule, Sizing, Target } from './sfp/backtest-options.ts'
export type { CapacityCurve, CapacityRow } from './sfp/capacity.ts'
export type { Signal } from './sfp/detect.ts'
export type { DetectOptions } from './sfp/detect-options.ts'
export type { FittedImpact, OrderBook } from './sfp/fit-impact.ts'
export type { ImpactOptions, ImpactRule } from './sfp/impact.ts'
export type { ClusterLevelOptions } from './sfp/levels/clusters.ts'
export type { Level, LevelColumns, LevelSource, LevelVisitor } from './sfp/levels/level-source.ts'
export type { PivotOptions } from './sfp/levels/pivots.ts'
export type { Levels, NamedLevelOptions, Placebo } from './sfp/levels/resolve-levels.ts'
export type { RoundOptions } from './sfp/levels/round.ts'
export type { TimeframeLevels } from './sfp/levels/timeframe-clusters.ts'
export type {
  PortfolioBacktest,
  PortfolioExposure,
  PortfolioPart,
  PortfolioTrade,
  Refusal,
} from './sfp/portfolio/portfolio.ts'
export type { PortfolioEntry, PortfolioMarket, TradedStudy } from './sfp/portfolio/portfolio-markets.ts'
export type { CorrelationLimit, PortfolioOptions, PortfolioRule } from './sfp/portfolio/portfolio-options.ts'
export type { ExitReason, Fill, Trade } from './sfp/position.ts'
export type { RobustnessRow, RobustnessVerdict } from './sfp/robustness.ts'
export type { SweepBenchmark } from './sfp/search/benchmark.ts'
export type { Overfitting } from './sfp/search/cscv.ts'
export type { DeflatedSharpe } from './sfp/search/deflated-sharpe.ts'
export type { Sequence, SweepOutcomes } from './sfp/search/outcomes.ts'
export type { RealityCheck, RealityCheckOptions } from './sfp/search/reality-check.ts'
export type { Keep, Metric, Outcome, OutcomeTrades } from './sfp/search/run-variant.ts'
export type { RunOptions } from './sfp/search/run-variants.ts'
export type { SearchOptions } from './sfp/search/search-options.ts'
export type { Sweep } from './sfp/search/sweep.ts'
export type { OptionValues, RandomSearch, SearchSpace, Variant } from './sfp/search/variants.ts'
export type { WalkForward, WalkForwardOptions, WalkMetric, WalkStep } from './sfp/search/walk-forward.ts'
export type { Preset, PresetName, SfpOptions } from './sfp/sfp-options.ts'
export type { Performance } from './sfp/statistics/performance.ts'
export type { MarketSplit, Split } from './sfp/statistics/splits.ts'
export type { Statistics } from './sfp/statistics/statistics.ts'
export type { SweepMeasure } from './sfp/sweep-measure.ts'
export type { FeeTier, VenueFees } from './sfp/venue-fees.ts'
export type { PopulationOptions, SimulateOptions } from './simulate/simulate-options.ts'
export type { Interval, MeanTest } from './stats/bootstrap.ts'
export type { RandomEffects } from './stats/random-effects.ts'
export {
  aggregate,
  alerts,
  aq,
  asOf,
  atr,
  audit,
  backtest,
  bankruptcyPrice,
  brackets,
  calibrate,
  compare,
  controls,
  createMarket,
  describe,
  evidence,
  exchangeKey,
  fees,
  feeTables,
  fitImpact,
  forecast,
  fromCoinglass,
  heatGrid,
  heatmap,
  holdout,
  interact,
  ledger,
  levels,
  leveragePriors,
  liquidationPrice,
  liquidationPrices,
  live,
  margin,
  market,
  observedMap,
  portfolio,
  positions,
  presets,
  recordPositions,
  register,
  resample,
  scan,
  score,
  sfp,
  sql,
  statistics,
  store,
  studyFigure,
  sweep,
  tierGrids,
  timeframeClusters,
  timeframes,
  tradeFlow,
  truth,
  walkForward,
}
