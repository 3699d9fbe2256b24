import { durationMs } from '../common/duration.ts'
import { currentTask } from '../common/task.ts'
import { type LiquidationMap, liquidationMap } from '../liquidation/map.ts'
import { resample } from '../market/resample.ts'
import { EFFECT_KINDS, type EffectKind } from './claims.ts'
import { againstEachOther, magnet, type Observed, reversal, sfpAgainstPlacebo, sfpNet } from './observe.ts'
import type { Question, TestResult } from './result.ts'
import { makeScope, type Scope } from './scope.ts'
import { type Settings, WARM_UP } from './settings.ts'

type Observe = (scopes: readonly Scope[], settings: Settings) => Observed

/**
 * What is shown of each timeframe, and what is compared between them where that is another thing: costs weigh less on the
 * larger risks of longer bars, so net results would favour those whatever the levels are worth.
 */
const OBSERVE: Record<EffectKind, { shown: Observe; compared?: Observe }> = {
  pull: { shown: magnet },
  turn: { shown: reversal },
  pay: { shown: sfpNet, compared: sfpAgainstPlacebo },
}

/** Each way of being strong by timeframe, and the difference between those claimed to be stronger and the others. */
export function timeframeTests(
  byTimeframe: ReadonlyMap<string, Scope[]>,
  settings: Settings,
  test: (question: Question, observed: Observed, over: readonly Scope[]) => TestResult,
): { tests: TestResult[]; descriptive: TestResult[]; notes: string[] } {
  const descriptive: TestResult[] = []
  const tests: TestResult[] = []
  const all = [...byTimeframe.values()].flat()
  for (const way of ['pull', 'turn', 'pay'] as const) {
    const observed = new Map<string, Observed>()
    for (const [timeframe, scopes] of byTimeframe) {
      const shown = OBSERVE[way].shown(scopes, settings)
      descriptive.push(test({ name: `${way} ${timeframe}`, ...EFFECT_KINDS[way], descriptive: true }, shown, scopes))
      const { compared } = OBSERVE[way]
      observed.set(timeframe, compared ? compared(scopes, settings) : shown)
    }
    const longer = [...byTimeframe.keys()].filter(timeframe => settings.stronger.includes(timeframe)).join(', ')
    const shorter = [...byTimeframe.keys()].filter(timeframe => !settings.stronger.includes(timeframe)).join(', ')
    tests.push(
      test(
        {
          name: `timeframes: ${way}`,
          unit: EFFECT_KINDS[way].unit,
          effect: `${EFFECT_KINDS[way].effect}${way === 'pay' ? ' and beyond placebo levels' : ''}, ${longer || 'longer'} more than ${shorter || 'shorter'}`,
          null: 'The effect is the same in longer timeframes as in shorter ones, each over its own bars',
          rates: `${EFFECT_KINDS[way].rates} in the longer ones`,
        },
        againstEachOther(observed, settings.stronger),
        all,
      ),
    )
  }
  const missing = settings.timeframes.filter(timeframe => !byTimeframe.has(timeframe))
  const notes =
    missing.length > 0
      ? [
          `timeframes left out because the data is too coarse or too short for them, or the heatmap is one of several markets: ${missing.join(', ')}`,
        ]
      : []
  return { tests, descriptive, notes }
}

/** Fewest bars with an outcome for a timeframe to be looked at. */
export const FEWEST_BARS = 200

/** The markets in each timeframe that the data allows. */
export function scopesByTimeframe(
  scopes: readonly Scope[],
  settings: Settings,
  maps: readonly LiquidationMap[] | undefined,
): Map<string, Scope[]> {
  const out = new Map<string, Scope[]>()
  for (const timeframe of settings.timeframes) {
    const barMs = durationMs(timeframe, 'timeframes')
    const found: Scope[] = []
    for (const scope of scopes) {
      const { market, index } = scope
      if (market.barMs > barMs || barMs % market.barMs !== 0) continue
      // Of a map of several markets only the bars of the first can be made longer.
      if (market.barMs !== barMs && maps && maps[index]!.parts.length > 1) continue
      if ((market.length * market.barMs) / barMs < WARM_UP + settings.horizon + FEWEST_BARS) continue
      if (market.barMs === barMs) {
        found.push(scope)
        continue
      }
      currentTask().progress(`Levels of ${market.symbol} ${timeframe}`)
      const coarser = resample(market, barMs)
      const map = maps && liquidationMap(coarser, maps[index]!.inputOptions)
      found.push(makeScope(coarser, index, settings, map))
    }
    if (found.length > 0) out.set(timeframe, found)
  }
  return out
}
