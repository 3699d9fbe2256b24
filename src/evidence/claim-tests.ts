/** What is observed of a claim in a market, and the tests that are made of it. */
import { type ClaimName, createQuestions, EFFECT_KINDS, type EffectKind } from './claims.ts'
import type { EvidenceSettings } from './evidence-options.ts'
import {
  emptyObservations,
  type Observations,
  ObservationsPool,
  type PartObservations,
  timeframeContrast,
} from './observations.ts'
import {
  continuation,
  convergingMagnet,
  convergingReversal,
  magnet,
  magnetAgainstPlacebo,
  reversal,
  sfpAgainstPlacebo,
  sfpNet,
} from './observe.ts'
import type { Scope } from './scope.ts'
import type { TestQuestion } from './test-result.ts'
import { forecastAgainstMirror, forecastAgainstPlacebo } from './where-liquidated.ts'

type Observe = (scope: Scope, settings: EvidenceSettings) => Observations
type QuestionName = keyof ReturnType<typeof createQuestions>

const OBSERVERS: Record<QuestionName, Observe> = {
  magnet,
  magnetPlacebo: magnetAgainstPlacebo,
  reversal,
  sfp: sfpNet,
  sfpPlacebo: sfpAgainstPlacebo,
  convergenceMagnet: convergingMagnet,
  convergenceReversal: convergingReversal,
  continuation,
  forecast: forecastAgainstMirror,
  forecastPlacebo: forecastAgainstPlacebo,
  stopsMagnet: ofStops(magnet),
  stopsReversal: ofStops(reversal),
  observedMagnet: ofObserved(magnet),
  observedReversal: ofObserved(reversal),
}

/** Observes the levels of the market's stops. */
function ofStops(observe: Observe): Observe {
  return (scope, settings) => {
    const stops = scope.stops()
    if (stops) return observe(stops, settings)
    const incomparable = `there are no stops to estimate in ${scope.market.symbol}: they need an estimated heatmap of one market`
    return { ...emptyObservations(), incomparable }
  }
}

function ofObserved(observe: Observe): Observe {
  return (scope, settings) => {
    if (scope.isObserved) return observe(scope, settings)
    const incomparable = `the levels of ${scope.market.symbol} are an estimate: give a map of observed positions, as liq.observedMap returns it`
    return { ...emptyObservations(), incomparable }
  }
}

/** The questions of each claim except that about timeframes. */
const QUESTIONS: Record<Exclude<ClaimName, 'timeframes'>, readonly QuestionName[]> = {
  magnet: ['magnet', 'magnetPlacebo'],
  reversal: ['reversal'],
  sfp: ['sfp', 'sfpPlacebo'],
  convergence: ['convergenceMagnet', 'convergenceReversal'],
  continuation: ['continuation'],
  forecast: ['forecast', 'forecastPlacebo'],
  stops: ['stopsMagnet', 'stopsReversal'],
  observed: ['observedMagnet', 'observedReversal'],
}

/**
 * What is shown for each timeframe, and what is compared between them if that differs. Net SFP results are not compared: costs
 * weigh less on the larger risks of longer bars, so they would favour these regardless of the levels.
 */
const BY_TIMEFRAME: Record<EffectKind, { shown: Observe; compared?: Observe }> = {
  magnet: { shown: magnet },
  reversal: { shown: reversal },
  sfp: { shown: sfpNet, compared: sfpAgainstPlacebo },
}

const KINDS = Object.keys(BY_TIMEFRAME) as EffectKind[]
const shownName = (kind: EffectKind, timeframe: string) => `${kind} ${timeframe}`
const comparedName = (kind: EffectKind, timeframe: string) =>
  BY_TIMEFRAME[kind].compared ? `${kind} ${timeframe}: against placebo` : shownName(kind, timeframe)

/** Observations of a market, by name, and the bars that they are of. */
export interface MarketObservations {
  name: string
  barMs: number
  observations: Observations
}

/**
 * Everything that the tests of a claim need of a market.
 * @param byTimeframe the market in the timeframes that it supports
 */
export function observeClaim(
  claim: ClaimName,
  scope: Scope,
  byTimeframe: () => ReadonlyMap<string, Scope>,
  settings: EvidenceSettings,
): MarketObservations[] {
  const observed = (name: string, observe: Observe, of: Scope): MarketObservations => ({
    name,
    barMs: of.market.barMs,
    observations: observe(of, settings),
  })
  if (claim !== 'timeframes') return QUESTIONS[claim].map(name => observed(name, OBSERVERS[name], scope))
  return [...byTimeframe()].flatMap(([timeframe, inTimeframe]) =>
    KINDS.flatMap(kind => {
      const { shown, compared } = BY_TIMEFRAME[kind]
      return [
        observed(shownName(kind, timeframe), shown, inTimeframe),
        ...(compared ? [observed(comparedName(kind, timeframe), compared, inTimeframe)] : []),
      ]
    }),
  )
}

/** As {@link MarketObservations}, on their way to those of several markets. */
export interface MarketPart extends Omit<MarketObservations, 'observations'> {
  observations: PartObservations
}

/** A test, and the names of the observations that it is of. */
export interface ClaimTest {
  question: TestQuestion
  inputs: readonly string[]
  /** The timeframe of each input, where these are compared. */
  timeframes?: readonly string[]
}

/**
 * The tests of a claim.
 * @param names of all observations that there are in some market
 */
export function claimTests(claim: ClaimName, settings: EvidenceSettings, names: ReadonlySet<string>): ClaimTest[] {
  const questions = createQuestions(settings.converging)
  if (claim !== 'timeframes') return QUESTIONS[claim].map(name => ({ question: questions[name], inputs: [name] }))
  const timeframes = knownTimeframes(settings, names)
  const isStronger = (timeframe: string) => settings.stronger.includes(timeframe)
  const longer = timeframes.filter(isStronger).join(', ') || 'longer'
  const shorter = timeframes.filter(timeframe => !isStronger(timeframe)).join(', ') || 'shorter'
  return KINDS.flatMap(kind => {
    const { unit, effect, rateLabel } = EFFECT_KINDS[kind]
    return [
      ...timeframes.map(timeframe => ({
        question: { name: `${kind} ${timeframe}`, ...EFFECT_KINDS[kind], descriptive: true },
        inputs: [shownName(kind, timeframe)],
      })),
      {
        question: {
          name: `timeframes: ${kind}`,
          unit,
          effect: `${effect}${kind === 'sfp' ? ' and beyond placebo levels' : ''}, ${longer} more than ${shorter}`,
          null: 'The effect is the same in longer timeframes as in shorter ones, each over its own bars',
          rateLabel: `${rateLabel} in the longer ones`,
        },
        inputs: timeframes.map(timeframe => comparedName(kind, timeframe)),
        timeframes,
      },
    ]
  })
}

/** The timeframes that some market supports, in the order of the option. */
export function knownTimeframes({ timeframes }: EvidenceSettings, names: ReadonlySet<string>): string[] {
  return [...new Set(timeframes)].filter(timeframe => names.has(shownName(KINDS[0]!, timeframe)))
}

/** The names of the observations of several markets. */
export function namesOf(markets: readonly (readonly MarketObservations[])[]): Set<string> {
  return new Set(markets.flatMap(observations => observations.map(({ name }) => name)))
}

/** What a test is made of: its observations in all markets, and the shortest and longest bars of them. */
export interface TestInput {
  observations: Observations
  shortestBarMs: number
  longestBarMs: number
}

/** Collects what a test is made of, market by market, and keeps none of what it is given. */
export class TestPool {
  readonly #test: ClaimTest
  readonly #pools: readonly ObservationsPool[]
  #shortestBarMs = Infinity
  #longestBarMs = -Infinity

  constructor(test: ClaimTest) {
    this.#test = test
    this.#pools = test.inputs.map(() => new ObservationsPool())
  }

  /** @param input number of the input; markets are added in their order, and may lack some */
  add(input: number, { barMs, observations }: MarketPart): void {
    this.#pools[input]!.add(observations)
    this.#shortestBarMs = Math.min(this.#shortestBarMs, barMs)
    this.#longestBarMs = Math.max(this.#longestBarMs, barMs)
  }

  finish({ stronger }: EvidenceSettings): TestInput {
    const { timeframes } = this.#test
    const pooled = this.#pools.map(pool => pool.finish())
    const observations = timeframes
      ? timeframeContrast(new Map(timeframes.map((timeframe, i) => [timeframe, pooled[i]!])), stronger)
      : pooled[0]!
    return { observations, shortestBarMs: this.#shortestBarMs, longestBarMs: this.#longestBarMs }
  }
}

/** What a test is made of, from the observations of all markets. */
export function testInput(
  test: ClaimTest,
  markets: readonly (readonly MarketObservations[])[],
  settings: EvidenceSettings,
): TestInput {
  const pool = new TestPool(test)
  for (const [k, input] of test.inputs.entries())
    for (const observations of markets) {
      const part = observations.find(({ name }) => name === input)
      if (part) pool.add(k, part)
    }
  return pool.finish(settings)
}
