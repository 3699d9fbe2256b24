import { createHash } from 'node:crypto'
import type { Market } from '../market/market.ts'
import { type Inference, type InferOptions, infer } from './bootstrap.ts'
import type { Ledger } from './ledger.ts'
import type { Observed } from './observe.ts'
import { type Sample, stratumWeights } from './sample.ts'
import type { Settings } from './settings.ts'
import { formatEffect, formatP, formatShare, judge, type Unit, type Verdict } from './verdict.ts'

/** What a test asks, in words. */
export interface Question {
  /** e.g. `magnet`, `timeframes: pull`. */
  name: string
  unit: Unit
  /** What the effect is, and what it is compared with. */
  effect: string
  null: string
  /** What {@link TestResult.rate} and its base rate are the rates of. */
  rates: string
  /** Shown beside others without entering the ledger: its interval informs, but no verdict rests on it. */
  descriptive?: boolean
}

/** One test: effect, 95 % interval, p-value against a stated null, and what it all rests on. */
export interface TestResult extends Inference {
  question: Question
  /** Observations in the effect: {@link Inference.treated}. */
  n: number
  /** Events found, before those without anything to compare with were left out. */
  events: number
  leftOut: readonly string[]
  /** Share of the events that went as the claim says, and the same of what they are compared with. */
  rate: number
  baseRate: number
  /** Smallest effect that would matter. */
  matters: number
  /** Corrected for all tests made so far: Holm's p, and Benjamini and Hochberg's q. NaN for a descriptive one. */
  readonly pAdjusted: number
  readonly q: number
  /** Different tests made so far, and all of them with repetitions. */
  readonly testsMade: number
  readonly testsRun: number
  readonly verdict: Verdict
  readonly sentence: string
}

export interface TestContext {
  settings: Settings
  ledger: Ledger
  markets: readonly Market[]
  /** Shortest and longest bar among the scopes observed. */
  shortestBarMs: number
  longestBarMs: number
}

/** Makes a test of observations and enters it in the ledger. */
export function makeTest(question: Question, observed: Observed, context: TestContext): TestResult {
  const { settings, ledger, shortestBarMs, longestBarMs } = context
  const { sample } = observed
  const { horizon, resamples, seed, alpha } = settings
  const options = {
    slotMs: shortestBarMs * Math.max(1, Math.floor(horizon / 6)),
    leastBlockMs: 2 * horizon * longestBarMs,
    resamples,
    seed,
  }
  const found = infer(sample, options)
  const key = keyOf(question, sample, options)
  if (!question.descriptive) ledger.enter(key, question.name, found.p)
  const corrected = () => ledger.rows().find(row => row.key === key)
  const matters = settings.matters[question.unit]
  return {
    ...found,
    question,
    n: found.treated,
    events: observed.events,
    leftOut: [...observed.leftOut, ...oneSided(sample, context.markets)],
    ...rates(sample),
    matters,
    get pAdjusted() {
      // The ledger has the last p of this test, which more resamples may have made smaller since.
      return question.descriptive ? Number.NaN : Math.max(found.p, corrected()?.pAdjusted ?? Number.NaN)
    },
    get q() {
      return question.descriptive ? Number.NaN : (corrected()?.q ?? Number.NaN)
    },
    get testsMade() {
      return ledger.tests
    },
    get testsRun() {
      return ledger.runs
    },
    get verdict() {
      return question.descriptive ? 'inconclusive' : judge(found, this.pAdjusted, matters, alpha)
    },
    get sentence() {
      return sentence(this, settings)
    },
  }
}

/** A side with too little to compare leaves the other alone, where both should weigh alike: in words. */
function oneSided(sample: Sample, markets: readonly Market[]): string[] {
  const { strata } = sample
  const weights = stratumWeights(sample)
  return strata.flatMap(({ family, market, side, sign }, s) => {
    const others = strata.filter(
      (other, o) =>
        o !== s && weights[o] !== 0 && other.family === family && other.market === market && other.sign === sign,
    )
    if (weights[s] !== 0 || others.length === 0) return []
    const { symbol, timeframe } = markets[market]!
    return `${symbol} ${family || timeframe} ${side === 'high' ? 'above' : 'below'} the price, where too few can be compared; so a trend can pass for an effect there`
  })
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

function sentence(test: TestResult, { alpha, resamples }: Settings): string {
  const { question, effect, low, high, p, rate, baseRate, n, events, verdict, matters } = test
  const { unit } = question
  if (Number.isNaN(effect))
    return `${question.effect}: ${n} of ${events} events can be compared, too few to say anything.`
  const base = Number.isNaN(baseRate) ? '' : ` against ${formatShare(baseRate)}`
  const counts = `n = ${n.toLocaleString('en-US')}`
  const size = `${question.effect}: ${formatEffect(effect, unit)}`
  const rated = `${question.rates} ${formatShare(rate)}${base}`
  if (Number.isNaN(p)) {
    const why = test.standardError === 0 ? 'The outcomes are all alike' : 'The events are too few or the span too short'
    return `${size} (${counts}); ${rated}. ${why}, which leaves no interval.`
  }
  const interval = `95 % ${formatEffect(low, unit, true)} to ${formatEffect(high, unit, true)}`
  if (question.descriptive) return `${size} (${interval}, ${counts}); ${rated}.`
  const because = {
    supported: high < matters ? ', but too small to matter' : '',
    'not supported':
      effect < 0 && test.pAdjusted < alpha
        ? ': it goes the other way'
        : `: nothing of ${formatEffect(matters, unit)} or more is left in the interval`,
    // Of so many samples none went as far; of more, some might.
    inconclusive:
      p * (1 + resamples) < 1.5
        ? `: p is as small as ${resamples.toLocaleString('en-US')} resamples can show, which is not enough for so many tests; take more`
        : '',
  }[verdict]
  return `${size} (${interval}, p ${equals(p)}, ${formatP(test.pAdjusted)} corrected for ${test.testsMade} ${test.testsMade === 1 ? 'test' : 'tests'}, ${counts}); ${rated}. ${capital(verdict)}${because}.`
}

function equals(p: number): string {
  return p < 0.001 ? formatP(p) : `= ${formatP(p)}`
}

function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1)
}

/**
 * Names a test by all that its p-value follows from. The observations stand for the data, the levels and every option that
 * chose them: a filter is a function, which has no name of its own. More resamples only tell the same p more exactly.
 */
function keyOf(
  { name }: Question,
  { strata, time, stratum, y, a, b }: Sample,
  { slotMs, leastBlockMs, seed }: InferOptions,
): string {
  const hash = createHash('sha256').update(JSON.stringify([name, slotMs, leastBlockMs, seed, strata]))
  for (const column of [time, stratum, y, a, b]) hash.update(new Uint8Array(Float64Array.from(column).buffer))
  return hash.digest('hex')
}
