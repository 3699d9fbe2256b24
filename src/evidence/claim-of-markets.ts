/** A claim from the observations of its markets, which themselves are no longer needed. */
import { countText } from '../common/number-text.ts'
import { describeMarket } from '../market/market.ts'
import { type Claim, createClaim } from './claim.ts'
import {
  type ClaimTest,
  claimTests,
  knownTimeframes,
  type MarketObservations,
  namesOf,
  type TestInput,
  testInput,
} from './claim-tests.ts'
import type { ClaimName } from './claims.ts'
import type { EvidenceSettings } from './evidence-options.ts'
import { Ledger } from './ledger.ts'
import type { Scope } from './scope.ts'
import { figuresOf, type NamedMarket, runTest, type TestFigures, type TestResult } from './test-result.ts'
import { type VarianceRatio, varianceRatio } from './variance-ratio.ts'
import { DENSITY } from './where-liquidated.ts'

/** What claims say of a market beside its observations. */
export interface MarketFacts extends NamedMarket {
  /** The market in words. */
  description: string
  /** Name of its levels, and the assumptions behind them, in words. */
  levels: string
  assumptions: readonly string[]
  varianceRatio: VarianceRatio
}

export function marketFacts({ market, record, assumptions, sigma }: Scope, { horizon }: EvidenceSettings): MarketFacts {
  return {
    symbol: market.symbol,
    timeframe: market.timeframe,
    description: `${describeMarket(market)}, ${countText(market.length, 'bar')}`,
    levels: record.name,
    assumptions,
    varianceRatio: varianceRatio(market.close, sigma, horizon),
  }
}

export function runClaimTest(
  { question }: ClaimTest,
  { observations, ...bars }: TestInput,
  context: { settings: EvidenceSettings; ledger: Ledger; markets: readonly NamedMarket[] },
): TestResult {
  return runTest(question, observations, { ...context, ...bars })
}

/** The tests of a claim that count, in one market by itself; they are in no ledger. */
export function testAlone(
  claim: ClaimName,
  observations: readonly MarketObservations[],
  settings: EvidenceSettings,
  markets: readonly NamedMarket[],
): TestFigures[] {
  return claimTests(claim, settings, namesOf([observations]))
    .filter(({ question }) => !question.descriptive)
    .map(test =>
      figuresOf(
        runClaimTest(test, testInput(test, [observations], settings), { settings, ledger: new Ledger(), markets }),
      ),
    )
}

/**
 * @param names of all observations that there are in some market
 * @param tests in the order of `claimTests`
 */
export function claimOfMarkets(
  name: ClaimName,
  tests: readonly TestResult[],
  facts: readonly MarketFacts[],
  names: ReadonlySet<string>,
  settings: EvidenceSettings,
  {
    levels,
    assumptions = [],
    cautions = [],
  }: { levels?: string | undefined; assumptions?: string[]; cautions?: string[] },
): Claim {
  const drift = name === 'reversal' || name === 'continuation' ? ownDrift(facts, settings) : { notes: [], cautions: [] }
  return createClaim(
    name,
    levels,
    tests.filter(({ question }) => !question.descriptive),
    tests.filter(({ question }) => question.descriptive),
    [
      ...assumptions,
      ...assumptionsOf(facts, settings),
      ...(name === 'timeframes' ? missingTimeframes(settings, names) : []),
      ...(name === 'forecast' ? [forecastNote(settings)] : []),
      ...(name === 'stops' ? [STOPS_NOTE] : []),
      ...drift.notes,
    ],
    [...cautions, ...drift.cautions],
  )
}

const STOPS_NOTE =
  'stops: the layer of stops of the same heatmap; where no option says otherwise, half of the positions end by a stop beyond the last swing point'

function forecastNote({ matters }: EvidenceSettings): string {
  return `forecast: liquidations are ${DENSITY}× as dense in levels as outside of them; a bar's liquidations count where it went farther from the close than the bars before it; smallest effect that matters: ${matters.bits} bit`
}

function missingTimeframes(settings: EvidenceSettings, names: ReadonlySet<string>): string[] {
  const known = knownTimeframes(settings, names)
  const missing = settings.timeframes.filter(timeframe => !known.includes(timeframe))
  if (missing.length === 0) return []
  return [
    `timeframes excluded, as the data is too coarse or too short for them, or the heatmap combines several markets or is of observed positions: ${missing.join(', ')}`,
  ]
}

/**
 * Variance ratios between which the tests of what follows a sweep hold. Prices that return by themselves do so after a sweep too,
 * and matching on the move and the past takes out only a part of it: at a ratio of 0.8 reversals without levels were "supported" in
 * 7 of 40 simulated markets.
 */
const VARIANCE_RATIO_RANGE = [0.9, 1.1] as const

/** The variance ratio of each market over the horizon, and what it means where it is out of range. */
function ownDrift(
  facts: readonly MarketFacts[],
  { horizon }: EvidenceSettings,
): { notes: string[]; cautions: string[] } {
  const [low, high] = VARIANCE_RATIO_RANGE
  const measured = facts
    .map(({ symbol, timeframe, varianceRatio: { ratio, standardError } }) => {
      const text = `variance ratio of ${symbol} ${timeframe} over ${countText(horizon, 'bar')}: ${ratio.toFixed(2)} ± ${standardError.toFixed(2)}`
      return { ratio, text }
    })
    .filter(({ ratio }) => !Number.isNaN(ratio))
  return {
    notes: measured.map(({ text }) => `${text} (1 for a random walk; the test holds from ${low} to ${high})`),
    cautions: measured
      .filter(({ ratio }) => ratio < low || ratio > high)
      .map(
        ({ ratio, text }) =>
          `Caution: ${text}, outside ${low} to ${high}: prices ${ratio < 1 ? 'return' : 'go on'} by themselves there, with or without levels.`,
      ),
  }
}

export function assumptionsOf(
  facts: readonly MarketFacts[],
  { horizon, reach, clusters, levels, matters, resamples, seed }: EvidenceSettings,
): string[] {
  const [first] = facts
  if (!first) return []
  return [
    ...facts.map(({ description }) => description),
    `levels: ${first.levels}${levels ? '' : `, bins of at least ${clusters.brightness}× the mean of their column`}`,
    ...first.assumptions.slice(1),
    `outcomes over ${countText(horizon, 'bar')}; σ is the volatility over them (EWMA of squared returns, half-life 48 bars)`,
    `magnet: each level once, where it is first ${reach[0]} to ${reach[1]} σ away with no level as bright at its mirror image`,
    'sweeps: through at least half of a level known at the previous close; compared with bars of the same direction in the same cell of move, close, volatility and past (coarsened exact matching)',
    'both sides of a market have the same weight, so a trend does not look like an effect',
    'effects are freed of their bias of order 1/n by the jackknife over 20 blocks of time',
    `intervals and p: studentised stationary bootstrap over calendar time, ${resamples} samples, seed ${seed}, blocks of the automatic length of Politis and White, at least two horizons`,
    `smallest effect that matters: ${matters.share * 100} percentage points, ${matters.move} σ or ${matters.r} R`,
  ]
}
