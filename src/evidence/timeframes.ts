/** The claim about timeframes: are the levels of longer bars stronger? */
import { durationMs } from '../common/duration.ts'
import { currentTask } from '../common/host.ts'
import { type LiquidationMap, liquidationMap } from '../liquidation/map.ts'
import { resample } from '../market/resample.ts'
import { EFFECT_KINDS, type EffectKind } from './claims.ts'
import { EVIDENCE_CALLER, type EvidenceSettings, WARM_UP } from './evidence-options.ts'
import { magnet, type Observations, reversal, sfpAgainstPlacebo, sfpNet, timeframeContrast } from './observe.ts'
import { createScope, type Scope } from './scope.ts'
import type { TestQuestion, TestResult } from './test-result.ts'

type Observe = (scopes: readonly Scope[], settings: EvidenceSettings) => Observations

/**
 * What is shown for each timeframe, and what is compared between them if that differs. Net SFP results are not compared: costs
 * weigh less on the larger risks of longer bars, so they would favour these regardless of the levels.
 */
const OBSERVERS: Record<EffectKind, { shown: Observe; compared?: Observe }> = {
  magnet: { shown: magnet },
  reversal: { shown: reversal },
  sfp: { shown: sfpNet, compared: sfpAgainstPlacebo },
}

/** Each effect by timeframe, and its difference between the timeframes claimed to be stronger and the others. */
export function timeframeTests(
  byTimeframe: ReadonlyMap<string, Scope[]>,
  settings: EvidenceSettings,
  test: (question: TestQuestion, observed: Observations, testedScopes: readonly Scope[]) => TestResult,
): { tests: TestResult[]; descriptive: TestResult[]; notes: string[] } {
  const descriptive: TestResult[] = []
  const tests: TestResult[] = []
  const all = [...byTimeframe.values()].flat()
  for (const kind of ['magnet', 'reversal', 'sfp'] as const) {
    const observed = new Map<string, Observations>()
    for (const [timeframe, scopes] of byTimeframe) {
      const shown = OBSERVERS[kind].shown(scopes, settings)
      descriptive.push(test({ name: `${kind} ${timeframe}`, ...EFFECT_KINDS[kind], descriptive: true }, shown, scopes))
      const { compared } = OBSERVERS[kind]
      observed.set(timeframe, compared ? compared(scopes, settings) : shown)
    }
    const longer = [...byTimeframe.keys()].filter(timeframe => settings.stronger.includes(timeframe)).join(', ')
    const shorter = [...byTimeframe.keys()].filter(timeframe => !settings.stronger.includes(timeframe)).join(', ')
    tests.push(
      test(
        {
          name: `timeframes: ${kind}`,
          unit: EFFECT_KINDS[kind].unit,
          effect: `${EFFECT_KINDS[kind].effect}${kind === 'sfp' ? ' and beyond placebo levels' : ''}, ${longer || 'longer'} more than ${shorter || 'shorter'}`,
          null: 'The effect is the same in longer timeframes as in shorter ones, each over its own bars',
          rateLabel: `${EFFECT_KINDS[kind].rateLabel} in the longer ones`,
        },
        timeframeContrast(observed, settings.stronger),
        all,
      ),
    )
  }
  const missing = settings.timeframes.filter(timeframe => !byTimeframe.has(timeframe))
  const notes =
    missing.length > 0
      ? [
          `timeframes excluded, as the data is too coarse or too short for them, or the heatmap combines several markets or is of observed positions: ${missing.join(', ')}`,
        ]
      : []
  return { tests, descriptive, notes }
}

/** Minimum number of bars with an outcome in a timeframe. */
export const MIN_BARS = 200

/** The markets in each timeframe that the data supports. */
export function scopesByTimeframe(
  scopes: readonly Scope[],
  settings: EvidenceSettings,
  maps: readonly LiquidationMap[] | undefined,
): Map<string, Scope[]> {
  const out = new Map<string, Scope[]>()
  for (const timeframe of settings.timeframes) {
    const barMs = durationMs(timeframe, 'timeframes')
    const inTimeframe: Scope[] = []
    for (const scope of scopes) {
      const { market, index } = scope
      if (market.barMs > barMs || barMs % market.barMs !== 0) continue
      const heatmap = maps?.[index]
      // An aggregated map cannot be resampled: only the bars of its first market are available. Observed positions are no
      // assumptions that could be applied to longer bars.
      if (market.barMs !== barMs && heatmap && (isAggregated(heatmap) || heatmap.isObserved)) continue
      if ((market.length * market.barMs) / barMs < WARM_UP + settings.horizon + MIN_BARS) continue
      if (market.barMs === barMs) {
        inTimeframe.push(scope)
        continue
      }
      currentTask().progress(`Levels of ${market.symbol} ${timeframe}`)
      const coarser = resample(market, barMs, EVIDENCE_CALLER)
      const map = heatmap && liquidationMap(coarser, heatmap.inputOptions, EVIDENCE_CALLER)
      inTimeframe.push(createScope(coarser, index, settings, map))
    }
    if (inTimeframe.length > 0) out.set(timeframe, inTimeframe)
  }
  return out
}

const isAggregated = ({ parts, market }: LiquidationMap): boolean => parts.some(part => part.market !== market)
