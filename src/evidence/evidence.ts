import { DataError } from '../common/errors.ts'
import { lazy } from '../common/lazy.ts'
import { dropUndefined } from '../common/options.ts'
import { currentTask } from '../common/task.ts'
import type { LiquidationMap } from '../liquidation/map.ts'
import { type Market, marketLine, requireMarket } from '../market/market.ts'
import { type Claim, makeClaim } from './claim.ts'
import { CLAIMS, type ClaimName, questionsOf } from './claims.ts'
import { type Ledger, sessionLedger } from './ledger.ts'
import {
  continuation,
  convergingMagnet,
  convergingReversal,
  magnet,
  magnetAgainstPlacebo,
  type Observed,
  reversal,
  sfpAgainstPlacebo,
  sfpNet,
} from './observe.ts'
import { makeTest, type Question, type TestContext, type TestResult } from './result.ts'
import { makeScope, type Scope } from './scope.ts'
import { type EvidenceOptions, resolveSettings, type Settings, WARM_UP } from './settings.ts'
import { FEWEST_BARS, scopesByTimeframe, timeframeTests } from './timeframes.ts'

/** The six claims on one market or several; each is tested when it is asked for. */
export interface Evidence extends Record<ClaimName, () => Claim> {
  /** All six in order. */
  all(): Claim[]
  readonly settings: Settings
  readonly markets: readonly Market[]
  readonly assumptions: readonly string[]
}

/**
 * Tests of what is claimed of liquidation clusters, or of the levels given. Several markets are pooled: each is compared within
 * itself, and events of one time are resampled together.
 *
 * @param maps the markets' heatmaps, in their order; without them they are made with `options.map`
 * @throws DataError naming the option or market that cannot be used
 */
export function gatherEvidence(
  markets: readonly Market[],
  maps: readonly LiquidationMap[] | undefined,
  options: EvidenceOptions = {},
  ledger: Ledger = sessionLedger,
): Evidence {
  const settings = resolveSettings(options)
  checkLevels(maps, settings, dropUndefined(options))
  checkMarkets(markets, maps, settings)
  const scopes = lazy(() => markets.map((market, index) => makeScope(market, index, settings, maps?.[index])))
  const byTimeframe = lazy(() => scopesByTimeframe(scopes(), settings, maps))

  const named = () => (settings.levels && !maps ? scopes()[0]!.record.name : undefined)
  const context = (over: readonly Scope[]): TestContext => ({
    settings,
    ledger,
    markets,
    shortestBarMs: Math.min(...over.map(scope => scope.market.barMs)),
    longestBarMs: Math.max(...over.map(scope => scope.market.barMs)),
  })
  const test = (question: Question, observed: Observed, over: readonly Scope[] = scopes()) =>
    makeTest(question, observed, context(over))
  const claim = (name: ClaimName, make: () => { tests: TestResult[]; descriptive?: TestResult[]; notes?: string[] }) =>
    lazy(() => {
      currentTask().signal.throwIfAborted()
      currentTask().progress(CLAIMS[name].title(named()), Object.keys(CLAIMS).indexOf(name) / 6)
      const { tests, descriptive = [], notes = [] } = make()
      return makeClaim(name, named(), tests, descriptive, [...assumptionsOf(scopes(), settings), ...notes])
    })

  const questions = questionsOf(settings.converging)
  const claims: Record<ClaimName, () => Claim> = {
    magnet: claim('magnet', () => ({
      tests: [
        test(questions.magnet, magnet(scopes(), settings)),
        test(questions.magnetPlacebo, magnetAgainstPlacebo(scopes(), settings)),
      ],
    })),
    reversal: claim('reversal', () => ({ tests: [test(questions.reversal, reversal(scopes(), settings))] })),
    sfp: claim('sfp', () => ({
      tests: [
        test(questions.sfp, sfpNet(scopes(), settings)),
        test(questions.sfpPlacebo, sfpAgainstPlacebo(scopes(), settings)),
      ],
    })),
    timeframes: claim('timeframes', () => timeframeTests(byTimeframe(), settings, test)),
    convergence: claim('convergence', () => ({
      tests: [
        test(questions.convergencePull, convergingMagnet(scopes(), settings)),
        test(questions.convergenceTurn, convergingReversal(scopes(), settings)),
      ],
    })),
    continuation: claim('continuation', () => ({
      tests: [test(questions.continuation, continuation(scopes(), settings))],
    })),
  }
  return {
    ...claims,
    all: () => (Object.keys(CLAIMS) as ClaimName[]).map(name => claims[name]()),
    settings,
    markets,
    get assumptions() {
      return assumptionsOf(scopes(), settings)
    },
  }
}

function assumptionsOf(
  scopes: readonly Scope[],
  { horizon, reach, clusters, levels, matters, resamples, seed }: Settings,
): string[] {
  const [first] = scopes
  return [
    ...scopes.map(({ market }) => `${marketLine(market)}, ${market.length.toLocaleString('en-US')} bars`),
    `levels: ${first!.record.name}${levels ? '' : `, bins of at least ${clusters.brightness}× the mean of their column`}`,
    ...first!.assumptions.slice(1),
    `outcomes over ${horizon} bars; σ is the usual move over them (root of the weighted mean square of returns, half-life 48 bars)`,
    `pull: each level once, where it first lies ${reach[0]} to ${reach[1]} σ away and no level as bright at its mirror image`,
    'sweeps: through at least half of a level known at the close before; compared with bars of the same direction in the same cell of move, close, volatility and past (coarsened exact matching)',
    'both sides of a market weigh alike, so that a trend cannot pass for an effect',
    `intervals and p: studentised stationary bootstrap over calendar time, ${resamples} samples, seed ${seed}, blocks of the automatic length of Politis and White, at least two horizons`,
    `an effect matters from ${matters.share * 100} percentage points, ${matters.move} σ or ${matters.r} R on`,
  ]
}

/** Levels come from one place; what is given beside it would do nothing. */
function checkLevels(
  maps: readonly LiquidationMap[] | undefined,
  { levels }: Settings,
  { map, clusters }: EvidenceOptions,
): void {
  const [from, beside] = maps
    ? (['a heatmap is', { levels, map }] as const)
    : (['levels are', levels && { map, clusters }] as const)
  for (const [name, value] of Object.entries(beside ?? {}))
    if (value !== undefined)
      throw new DataError(
        `evidence, ${name}: ${from} given as well, which says where the levels come from; leave one out`,
      )
}

function checkMarkets(
  markets: readonly Market[],
  maps: readonly LiquidationMap[] | undefined,
  { horizon }: Settings,
): void {
  if (markets.length === 0) throw new DataError('evidence: the list of markets is empty')
  if (maps && maps.length !== markets.length)
    throw new DataError(`evidence: ${markets.length} markets, but ${maps.length} heatmaps`)
  for (const [index, market] of markets.entries()) {
    requireMarket(market, 'liq.evidence')
    if (maps && maps[index]!.market.time !== market.time)
      throw new DataError(
        `evidence: heatmap ${index + 1} is of another market than ${market.symbol} ${market.timeframe}`,
      )
    const least = WARM_UP + horizon + FEWEST_BARS
    if (market.length < least)
      throw new DataError(
        `evidence: ${market.symbol} ${market.timeframe} has ${market.length} bars, but a horizon of ${horizon} needs at least ${least}`,
      )
  }
}
