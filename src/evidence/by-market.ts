/** A claim in each of several markets, and what they say together if each has an effect of its own. */
import { countText } from '../common/number-text.ts'
import { type RandomEffects, randomEffects } from '../stats/random-effects.ts'
import type { TestFigures } from './test-result.ts'
import { formatEffect } from './verdict.ts'

/** The effect in one market, and in all others together. */
export interface MarketEffect {
  market: string
  test: TestFigures
  /** Share of the pooled effect; 0 where the market has no standard error. */
  weight: number
  /** The pooled effect without this market. */
  without: RandomEffects
}

/** One test over markets. */
export interface PooledTest {
  name: string
  markets: MarketEffect[]
  pooled: RandomEffects
}

/**
 * Pools the effects of a test by random effects, and again without each market in turn.
 *
 * @param tests the same test in each market
 */
export function poolMarkets(markets: readonly string[], tests: readonly TestFigures[]): PooledTest {
  const known = tests.map((test, i) => ({ test, i })).filter(({ test }) => test.standardError > 0)
  const pool = (rows: typeof known) =>
    randomEffects(
      rows.map(({ test }) => test.effect),
      rows.map(({ test }) => test.standardError),
    )
  const pooled = pool(known)
  return {
    name: tests[0]!.question.name,
    pooled,
    markets: markets.map((market, i) => ({
      market,
      test: tests[i]!,
      weight: pooled.weights[known.findIndex(row => row.i === i)] ?? 0,
      without: pool(known.filter(row => row.i !== i)),
    })),
  }
}

/** @param inMarkets the tests of a claim in each market */
export function poolTests(markets: readonly string[], inMarkets: readonly (readonly TestFigures[])[]): PooledTest[] {
  return (inMarkets[0] ?? []).map((_, t) =>
    poolMarkets(
      markets,
      inMarkets.map(tests => tests[t]!),
    ),
  )
}

/** What a pooled test says, in one sentence. */
export function pooledSentence({ name, markets, pooled }: PooledTest): string {
  const { unit } = markets[0]!.test.question
  const counted = markets.filter(({ weight }) => weight > 0)
  if (counted.length < 2)
    return `${name}: ${countText(counted.length, 'market')} of ${markets.length} with an effect that can be measured, which is too few to pool.`
  const interval = `95 % ${formatEffect(pooled.low, unit, true)} to ${formatEffect(pooled.high, unit, true)}`
  const differ = `between markets the true effects differ by ${formatEffect(pooled.tau, unit).slice(1)} (standard deviation; ${Math.round(100 * pooled.i2)} % of what is seen)`
  // With fewer the interval of the others is wide whatever they say.
  const leaning = counted.length >= MIN_TO_LEAVE_OUT ? `; ${leaningWords(counted, pooled)}` : ''
  return `${name}: ${formatEffect(pooled.effect, unit)} in the mean of ${countText(counted.length, 'market')} (${interval}, random effects); ${differ}${leaning}.`
}

/** Fewest markets of which each is left out in turn. */
const MIN_TO_LEAVE_OUT = 4

function leaningWords(counted: readonly MarketEffect[], pooled: RandomEffects): string {
  const side = (effects: RandomEffects) => Math.sign(effects.low > 0 ? 1 : Math.min(0, effects.high))
  const moved = counted.filter(({ without }) => side(without) !== side(pooled)).map(({ market }) => market)
  if (moved.length === 0) return 'no single market decides on which side of 0 the interval lies'
  return `without ${moved.join(' or ')} the interval lies on another side of 0`
}
