/** One statistical test: its question, its result and its sentence. */

import { countText } from '../common/number-text.ts'
import { normalQuantile } from '../stats/normal.ts'
import { type Inference, type InferOptions, infer } from './bootstrap.ts'
import type { EvidenceSettings } from './evidence-options.ts'
import { type Ledger, ledgerKey, marketName } from './ledger.ts'
import type { Exclusion, Observations } from './observations.ts'
import { type Sample, stratumWeights } from './sample.ts'
import { capital, type EffectUnit, formatEffect, formatP, formatShare, judge, type Verdict } from './verdict.ts'

/** The question of a test, in words. */
export interface TestQuestion {
  /** e.g. `magnet`, `timeframes: magnet`. */
  name: string
  unit: EffectUnit
  /** The effect, and the null hypothesis. */
  effect: string
  null: string
  /** What {@link TestResult.rate} counts, e.g. `touched`. */
  rateLabel: string
  /** Shown for information: not in the ledger, and without a verdict. */
  descriptive?: boolean
}

/** Result of one test: effect, 95 % interval, p-value against the stated null, and counts. */
export interface TestResult extends Inference {
  question: TestQuestion
  /** Number of treated observations in the effect: {@link Inference.treated}. */
  n: number
  /** Events found, including those without a control. */
  events: number
  /** Why events were excluded, in words. */
  exclusions: readonly string[]
  /** Why there is nothing to compare the events with, in words; null if there may be. */
  incomparable: string | null
  /** Share of the events that went as claimed, and the same share of the controls. */
  rate: number
  baseRate: number
  /** Smallest effect that would matter. */
  matters: number
  /** Corrected for all tests so far: Holm's p, and Benjamini and Hochberg's q. NaN for a descriptive test. */
  readonly pAdjusted: number
  readonly q: number
  /** Distinct tests so far, and all of them with repetitions. */
  readonly testsMade: number
  readonly testsRun: number
  /** What the tests are those of: `this session`, or the file of a project. */
  readonly ledgerScope: string
  readonly verdict: Verdict
  readonly sentence: string
}

/** A test by itself: data only, without what corrects it for others. */
export type TestFigures = Omit<
  TestResult,
  'pAdjusted' | 'q' | 'testsMade' | 'testsRun' | 'ledgerScope' | 'verdict' | 'sentence'
>

/** The data of a test. */
export function figuresOf(test: TestResult): TestFigures {
  const { question, n, events, exclusions, incomparable, rate, baseRate, matters } = test
  const { effect, bias, low, high, p, standardError, treated, controls, blockMs, blocks } = test
  return {
    ...{ question, n, events, exclusions, incomparable, rate, baseRate, matters },
    ...{ effect, bias, low, high, p, standardError, treated, controls, blockMs, blocks },
  }
}

/** A market by its names. */
export type NamedMarket = Readonly<Record<'symbol' | 'timeframe', string>>

export interface TestContext {
  settings: EvidenceSettings
  ledger: Ledger
  /** All markets, by their number in the strata. */
  markets: readonly NamedMarket[]
  /** Shortest and longest bar of the tested scopes. */
  shortestBarMs: number
  longestBarMs: number
}

/** Tests observations and enters the test in the ledger. */
export function runTest(question: TestQuestion, observations: Observations, context: TestContext): TestResult {
  const { settings, ledger, shortestBarMs, longestBarMs } = context
  const { sample } = observations
  const { horizon, resamples, seed, alpha } = settings
  const options = {
    slotMs: shortestBarMs * Math.max(1, Math.floor(horizon / 6)),
    minBlockMs: 2 * horizon * longestBarMs,
    resamples,
    seed,
  }
  const inference = infer(sample, options)
  const key = testKey(question, sample, options)
  if (!question.descriptive) ledger.enter(key, question.name, inference.p, context.markets.map(marketName))
  const ledgerRow = () => ledger.rows().find(row => row.key === key)
  const matters = settings.matters[question.unit]
  return {
    ...inference,
    question,
    n: inference.treated,
    events: observations.events,
    incomparable: observations.incomparable ?? null,
    exclusions: [...observations.exclusions.map(exclusionText), ...oneSided(sample, context.markets)],
    ...rates(sample),
    matters,
    get pAdjusted() {
      // The ledger has the latest p of this test, which may be smaller after a run with more resamples.
      return question.descriptive ? Number.NaN : Math.max(inference.p, ledgerRow()?.pAdjusted ?? Number.NaN)
    },
    get q() {
      return question.descriptive ? Number.NaN : (ledgerRow()?.q ?? Number.NaN)
    },
    get ledgerScope() {
      return ledger.scope
    },
    get testsMade() {
      return ledger.tests
    },
    get testsRun() {
      return ledger.runs
    },
    get verdict() {
      return question.descriptive ? 'inconclusive' : judge(inference, this.pAdjusted, matters, alpha)
    },
    get sentence() {
      return sentence(this, settings)
    },
  }
}

const exclusionText = ({ count, why }: Exclusion): string => (count === undefined ? why : `${count} ${why}`)

/** Reports the sides that cannot be compared: the other side then has all the weight. */
function oneSided(sample: Sample, markets: readonly NamedMarket[]): string[] {
  const { strata } = sample
  const weights = stratumWeights(sample)
  return strata.flatMap(({ family, market, side, sign }, s) => {
    const others = strata.filter(
      (other, o) =>
        o !== s && weights[o] !== 0 && other.family === family && other.market === market && other.sign === sign,
    )
    if (weights[s] !== 0 || others.length === 0) return []
    const { symbol, timeframe } = markets[market]!
    return `${symbol} ${family || timeframe} ${side === 'high' ? 'above' : 'below'} the price, where too few events can be compared, so a trend may look like an effect`
  })
}

/** Power at which data is called enough. */
const POWER = 0.8

/**
 * How much more data a claim takes: the standard error falls with its root, and an effect that just matters is found with a chance of
 * 80 % once it is z(1 − α/2m) + z(0.8) standard errors, m being the tests that are corrected for.
 */
export function dataFactor({ standardError, matters, testsMade }: TestResult, alpha: number): number {
  const errors = normalQuantile(1 - alpha / (2 * Math.max(1, testsMade))) + normalQuantile(POWER)
  return ((errors * standardError) / matters) ** 2
}

function dataNeeded(test: TestResult, alpha: number): string {
  const factor = dataFactor(test, alpha)
  if (!(factor > 1 && factor < Infinity)) return ''
  const times = factor < 10 ? factor.toFixed(1) : Math.round(factor).toLocaleString('en-US')
  return `: an effect of ${formatEffect(test.matters, test.question.unit)} would take about ${times} times this data to be found (power 80 %)`
}

function rates(sample: Sample): { rate: number; baseRate: number } {
  const weights = stratumWeights(sample)
  const sums = { hit: 0, a: 0, base: 0, b: 0 }
  for (let i = 0; i < sample.y.length; i++) {
    if (!(weights[sample.stratum[i]!]! > 0)) continue
    const a = sample.a[i]!
    const paired = !Number.isNaN(sample.base[i]!)
    sums.hit += a * sample.hit[i]!
    sums.a += a
    sums.base += paired ? a * sample.base[i]! : sample.b[i]! * sample.hit[i]!
    sums.b += paired ? a : sample.b[i]!
  }
  return { rate: sums.hit / sums.a, baseRate: sums.b > 0 ? sums.base / sums.b : Number.NaN }
}

function sentence(test: TestResult, { alpha, resamples }: EvidenceSettings): string {
  const { question, effect, low, high, p, rate, baseRate, n, events, verdict, matters } = test
  const { unit } = question
  if (test.incomparable !== null) return `${question.effect}: cannot be tested, as ${test.incomparable}.`
  if (Number.isNaN(effect))
    return `${question.effect}: ${n} of ${countText(events, 'event')} can be compared, which is too few.`
  const base = Number.isNaN(baseRate) ? '' : ` against ${formatShare(baseRate)}`
  const counts = `n = ${n.toLocaleString('en-US')}`
  const size = `${question.effect}: ${formatEffect(effect, unit)}`
  const rated = `${question.rateLabel} ${formatShare(rate)}${base}`
  if (Number.isNaN(p)) {
    const reason =
      test.standardError === 0 ? 'the outcomes do not vary' : 'the events are too few or the span is too short'
    return `${size} (${counts}); ${rated}. There is no interval, as ${reason}.`
  }
  const interval = `95 % ${formatEffect(low, unit, true)} to ${formatEffect(high, unit, true)}`
  if (question.descriptive) return `${size} (${interval}, ${counts}); ${rated}.`
  const reason = {
    supported: high < matters ? ', but too small to matter' : '',
    'not supported':
      effect < 0 && test.pAdjusted < alpha
        ? ': the effect has the opposite sign'
        : `: the interval excludes effects of ${formatEffect(matters, unit)} or more`,
    // No bootstrap sample reached the observed effect, so p is at its minimum.
    inconclusive:
      p * (1 + resamples) < 1.5
        ? `: p is the smallest that ${resamples.toLocaleString('en-US')} resamples can show, which is not enough for this number of tests; use more`
        : dataNeeded(test, alpha),
  }[verdict]
  return `${size} (${interval}, p ${equals(p)}, ${formatP(test.pAdjusted)} corrected for ${countText(test.testsMade, 'test')}, ${counts}); ${rated}. ${capital(verdict)}${reason}.`
}

function equals(p: number): string {
  return p < 0.001 ? formatP(p) : `= ${formatP(p)}`
}

/**
 * Identifies a test by everything that determines its p-value. The observations stand for the data, the levels and every
 * option, as options can be functions. The number of resamples is excluded: more of them give the same p more exactly.
 */
function testKey(
  { name }: TestQuestion,
  { strata, time, stratum, y, a, b }: Sample,
  { slotMs, minBlockMs, seed }: InferOptions,
): string {
  return ledgerKey(JSON.stringify([name, slotMs, minBlockMs, seed, strata]), time, stratum, y, a, b)
}
