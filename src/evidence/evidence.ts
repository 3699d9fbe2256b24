import { type LiquidationMap, liquidationMap } from '../liquidation/map.ts'
import { durationMs } from '../market/duration.ts'
import { DataError } from '../market/errors.ts'
import { type Market, marketLine, requireMarket } from '../market/market.ts'
import { resample } from '../market/resample.ts'
import { currentTask } from '../market/task.ts'
import { CLAIMS, type ClaimName, WAYS, type Way } from './claims.ts'
import { type Ledger, sessionLedger } from './ledger.ts'
import {
  againstEachOther,
  convergingPull,
  convergingTurn,
  goingOn,
  type Observed,
  pull,
  pullAgainstPlacebo,
  sfpAgainstPlacebo,
  sfpNet,
  turn,
} from './observe.ts'
import { makeTest, type Question, type TestContext, type TestResult } from './result.ts'
import { makeScope, mapOptionsOf, type Scope } from './scope.ts'
import { type EvidenceOptions, resolveSettings, type Settings, WARM_UP } from './settings.ts'
import { combine, type Verdict } from './verdict.ts'

/** What was found about one claim. The figures are those of its first test; all are in `tests`. */
export interface Claim extends Omit<TestResult, 'question'> {
  readonly claim: ClaimName
  readonly title: string
  readonly null: string
  /** Tests that the verdict rests on, and those shown beside them. */
  readonly tests: readonly TestResult[]
  readonly descriptive: readonly TestResult[]
  /** What the result rests on, a line each. */
  readonly assumptions: readonly string[]
}

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
  checkMarkets(markets, maps, settings)
  const scopes = lazy(() => markets.map((market, index) => makeScope(market, index, settings, maps?.[index])))
  const byTimeframe = lazy(() => scopesByTimeframe(scopes(), settings, maps))

  const named = () => (settings.levels && !maps ? scopes()[0]!.record.name : undefined)
  const context = (over: readonly Scope[]): TestContext => ({
    settings,
    ledger,
    markets,
    levels:
      maps || !settings.levels
        ? `${scopes()[0]!.record.name}: ${scopes()[0]!.assumptions.join('; ')}`
        : scopes()[0]!.record.name,
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

  const claims: Record<ClaimName, () => Claim> = {
    magnet: claim('magnet', () => ({
      tests: [
        test({ name: 'magnet', ...WAYS.pull }, pull(scopes(), settings)),
        test(
          {
            name: 'magnet: against placebo',
            unit: 'share',
            effect: 'Pull beyond that of prices without a level in the same state',
            null: 'Levels pull as prices without one do that lie as far, on the same side, after the same momentum and trend',
            rates: 'touched',
          },
          pullAgainstPlacebo(scopes(), settings),
        ),
      ],
    })),
    reversal: claim('reversal', () => ({
      tests: [test({ name: 'reversal', ...WAYS.turn }, turn(scopes(), settings))],
    })),
    sfp: claim('sfp', () => ({
      tests: [
        test({ name: 'sfp', ...WAYS.pay }, sfpNet(scopes(), settings)),
        test(
          {
            name: 'sfp: against placebo',
            unit: 'r',
            effect: 'SFP trades, more than on placebo levels',
            null: 'They earn what the same trades earn on mirrored levels and at random distances',
            rates: 'won',
          },
          sfpAgainstPlacebo(scopes(), settings),
        ),
      ],
    })),
    timeframes: claim('timeframes', () => timeframeTests(byTimeframe(), settings, test)),
    convergence: claim('convergence', () => ({
      tests: [
        test(
          {
            name: 'convergence: pull',
            unit: 'share',
            effect: `${settings.converging}+ tiers pull more than fewer, at equal brightness and distance`,
            null: 'Clusters of more tiers are touched more than their mirror images by as much as others as bright and as far',
            rates: 'touched',
          },
          convergingPull(scopes(), settings),
        ),
        test(
          {
            name: 'convergence: turn',
            unit: 'move',
            effect: `${settings.converging}+ tiers turn price more than fewer, at equal brightness and move`,
            null: 'After sweeps of clusters of more tiers price turns as after others as bright, in bars alike',
            rates: 'turned',
          },
          convergingTurn(scopes(), settings),
        ),
      ],
    })),
    continuation: claim('continuation', () => ({
      tests: [
        test(
          {
            name: 'continuation',
            unit: 'move',
            effect: 'Going on after a close beyond',
            null: 'After a close beyond a level price goes on as after closes of the same direction, move, volatility and past beyond none',
            rates: 'went on',
          },
          goingOn(scopes(), settings),
        ),
      ],
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

function makeClaim(
  name: ClaimName,
  levels: string | undefined,
  tests: readonly TestResult[],
  descriptive: readonly TestResult[],
  assumptions: readonly string[],
): Claim {
  const { rule } = CLAIMS[name]
  const title = CLAIMS[name].title(levels)
  const first = tests[0]!
  const verdict = (): Verdict =>
    combine(
      tests.map(test => test.verdict),
      rule,
    )
  const own = { claim: name, title, null: first.question.null, tests, descriptive, assumptions }
  return Object.defineProperties({ ...own } as Claim, {
    ...Object.getOwnPropertyDescriptors(first),
    verdict: { get: verdict, enumerable: true },
    sentence: {
      get: () => `${title}: ${verdict()}. ${tests.map(test => test.sentence).join(' ')}`,
      enumerable: true,
    },
  })
}

type Observe = (scopes: readonly Scope[], settings: Settings) => Observed

/**
 * What is shown of each timeframe, and what is compared between them where that is another thing: costs weigh less on the
 * larger risks of longer bars, so net results would favour those whatever the levels are worth.
 */
const OBSERVE: Record<Way, { shown: Observe; compared?: Observe }> = {
  pull: { shown: pull },
  turn: { shown: turn },
  pay: { shown: sfpNet, compared: sfpAgainstPlacebo },
}

function timeframeTests(
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
      descriptive.push(test({ name: `${way} ${timeframe}`, ...WAYS[way], descriptive: true }, shown, scopes))
      const { compared } = OBSERVE[way]
      observed.set(timeframe, compared ? compared(scopes, settings) : shown)
    }
    const longer = [...byTimeframe.keys()].filter(timeframe => settings.stronger.includes(timeframe)).join(', ')
    const shorter = [...byTimeframe.keys()].filter(timeframe => !settings.stronger.includes(timeframe)).join(', ')
    tests.push(
      test(
        {
          name: `timeframes: ${way}`,
          unit: WAYS[way].unit,
          effect: `${WAYS[way].effect}${way === 'pay' ? ' and beyond placebo levels' : ''}, ${longer || 'longer'} more than ${shorter || 'shorter'}`,
          null: 'The effect is the same in longer timeframes as in shorter ones, each over its own bars',
          rates: WAYS[way].rates,
        },
        againstEachOther(observed, settings.stronger),
        all,
      ),
    )
  }
  const missing = settings.timeframes.filter(timeframe => !byTimeframe.has(timeframe))
  const notes =
    missing.length > 0
      ? [`timeframes left out because the data is too coarse or too short for them: ${missing.join(', ')}`]
      : []
  return { tests, descriptive, notes }
}

/** Fewest bars with an outcome for a timeframe to be looked at. */
const FEWEST_BARS = 200

function scopesByTimeframe(
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
      if ((market.length * market.barMs) / barMs < WARM_UP + settings.horizon + FEWEST_BARS) continue
      if (market.barMs === barMs) {
        found.push(scope)
        continue
      }
      currentTask().progress(`Levels of ${market.symbol} ${timeframe}`)
      const coarser = resample(market, barMs)
      const map = maps?.[index] && liquidationMap(coarser, mapOptionsOf(maps[index]))
      found.push(makeScope(coarser, index, settings, map))
    }
    if (found.length > 0) out.set(timeframe, found)
  }
  return out
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

function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
