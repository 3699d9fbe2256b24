/** `liq.evidence` over many markets: observed one by one, in processes or by the workers of a queue, and pooled. */
import type { ColumnTable } from 'arquero'
import { type Displayable, displayed, htmlBundle } from '../charts/display.ts'
import { claimsHtml, claimsText } from '../charts/evidence.ts'
import { html } from '../charts/html.ts'
import { DataError } from '../common/errors.ts'
import { currentTask } from '../common/host.ts'
import { dropUndefined, invalidOption, listWords } from '../common/options.ts'
import { CLAIMS, type ClaimName, SIX_CLAIMS } from '../evidence/claims.ts'
import { assertLongEnough } from '../evidence/evidence.ts'
import { type EvidenceSettings, resolveEvidence } from '../evidence/evidence-options.ts'
import { Ledger, marketName, sessionLedger } from '../evidence/ledger.ts'
import { deviations, isPlan, type Plan, type PlannedEvidenceOptions, planLine } from '../evidence/plan.ts'
import { ledgerTable } from '../evidence/tables.ts'
import { type MergedEvidence, mergeEvidence, poolClaims } from '../jobs/evidence-merge.ts'
import { createEvidencePlan, type OpenEvidence } from '../jobs/evidence-plan.ts'
import { JobFolder } from '../jobs/job-folder.ts'
import { type PlannedMarket, plannedMarket } from '../jobs/plan-format.ts'
import { type PartFailure, type PlanRun, partFailures, runNotes, runPlan } from '../jobs/run-plan.ts'
import { assertMarket, type Market } from '../market/market.ts'
import {
  allClaims,
  assertClaim,
  type ByMarket,
  type ClaimResult,
  type ClaimResults,
  createClaimResult,
  pooledView,
} from './evidence-views.ts'
import { JOB_OPTIONS, type JobOptions, PlanWritten, resolveJobs } from './job-options.ts'
import { PLAN_VARIABLE } from './plan-variable.ts'

const CALLER = 'liq.evidence'

/** A market, or what loads it: many markets then need not be in memory together. */
export type MarketOrLoader = Market | (() => Market | Promise<Market>)

/** How the claims are tested in many markets. */
export interface MarketsEvidenceOptions extends Omit<PlannedEvidenceOptions, 'levels'>, JobOptions {
  on: string
  /** The claims that are tested. Default: the six of clusters. */
  claims?: readonly ClaimName[]
}

/** The claims, tested in many markets and pooled. Displays itself as {@link all}. */
export interface MarketsEvidence extends Record<ClaimName, () => ClaimResult>, Displayable {
  /** The claims that were tested. */
  all(): ClaimResults
  /** A claim in each market by itself, and pooled by random effects. */
  byMarket(claim: ClaimName): ByMarket
  /** Every test made in this session, with corrections. */
  ledger(): ColumnTable
  readonly settings: EvidenceSettings
  /** The markets in order, those that failed too. */
  readonly markets: readonly { readonly symbol: string; readonly timeframe: string; readonly bars: number }[]
  /** Parts that failed three times, and why. Run the cell again to try them again. */
  readonly failures: readonly PartFailure[]
  /** The plan, by which `liqnb sweep` and workers know it, and the folder that it lies in. */
  readonly plan: { readonly hash: string; readonly folder: string }
}

/**
 * Tests claims in many markets, of which one is in memory at a time.
 * @throws OptionError naming the option or market; DataError when no market can be observed; PlanWritten where the command line asks
 */
export async function evidenceOfMarkets(
  sources: readonly MarketOrLoader[],
  given: MarketsEvidenceOptions,
): Promise<MarketsEvidence> {
  const { plan: registered, claims = SIX_CLAIMS, ...others } = given
  if (registered !== undefined && !isPlan(registered))
    throw invalidOption(CALLER, 'plan', registered, 'a plan, as liq.register returns it')
  if (!Array.isArray(claims) || claims.length === 0 || !claims.every(name => Object.hasOwn(CLAIMS, name)))
    throw invalidOption(CALLER, 'claims', claims, `some of ${listWords(Object.keys(CLAIMS))}`)
  if (sources.length === 0) throw invalidOption(CALLER, 'markets', sources, 'at least one market')
  const jobs = resolveJobs(others, CALLER)
  const own = Object.entries(others).filter(([name]) => !JOB_OPTIONS.includes(name))
  const options = { ...dropUndefined(registered?.options ?? {}), ...Object.fromEntries(own) }
  const settings = resolveEvidence(options)
  const file = process.env[PLAN_VARIABLE]
  const folder = file ? JobFolder.ofPlan(file) : jobs.folder
  const opened = createEvidencePlan(await writeMarkets(sources, folder, settings), claims, options)
  if (file) {
    await folder.writePlan(opened, [], file)
    throw new PlanWritten(`Planned ${file}`)
  }
  const planFile = folder.planFile(opened.hash)
  const run = await runPlan(opened, folder, planFile, jobs.execute, mergeEvidence, { count: jobs.count, markets: [] })
  return evidenceResult(opened, folder, run, registered)
}

/** Loads the markets one after the other and keeps them as files. */
async function writeMarkets(
  sources: readonly MarketOrLoader[],
  folder: JobFolder,
  settings: EvidenceSettings,
): Promise<PlannedMarket[]> {
  const { signal, progress } = currentTask()
  const planned: PlannedMarket[] = []
  for (const [index, source] of sources.entries()) {
    signal.throwIfAborted()
    progress(`Market ${index + 1} of ${sources.length}`, index / sources.length)
    const market = typeof source === 'function' ? await source() : source
    assertMarket(market, `${CALLER}: market ${index + 1}`)
    assertLongEnough(market, settings)
    await folder.writeMarket(market)
    planned.push(plannedMarket(market))
  }
  return planned
}

async function evidenceResult(
  opened: OpenEvidence,
  folder: JobFolder,
  run: MergedEvidence & PlanRun,
  registered: Plan | undefined,
): Promise<MarketsEvidence> {
  const { plan, settings, hash } = opened
  const notes = runNotes(run, 'market')
  if (run.markets.length === 0) throw new DataError(`${CALLER}: no market could be observed. ${notes.join(' ')}`)
  const done = { markets: plan.markets.map(marketName), settings, maps: [settings.map ?? {}] }
  const pooled = await poolClaims(opened, folder, run, sessionLedger, claim =>
    registered ? [planLine(registered, deviations(registered, { claim, ...done }))] : [],
  )
  const results = pooled.map(claim => createClaimResult(claim, plan.markets))
  const resultOf = (name: ClaimName, caller: string): ClaimResult => {
    assertClaim(name, caller)
    const result = results.find(({ claim }) => claim === name)
    if (!result) throw invalidOption(caller, 'claim', name, `one that was tested: ${listWords(plan.claims)}`)
    return result
  }
  const names = Object.keys(CLAIMS) as ClaimName[]
  const value = {
    ...(Object.fromEntries(names.map(name => [name, () => resultOf(name, CALLER)])) as Record<
      ClaimName,
      () => ClaimResult
    >),
    all: () => allClaims(results, plan.markets),
    byMarket: (name: ClaimName) => {
      const { title } = resultOf(name, 'evidence.byMarket')
      return claimByMarket(name, title, run)
    },
    ledger: () => ledgerTable(sessionLedger),
    settings,
    markets: plan.markets.map(({ symbol, timeframe, bars }) => ({ symbol, timeframe, bars })),
    failures: partFailures(run),
    plan: { hash, folder: folder.path },
  }
  return displayed(value, () =>
    htmlBundle(
      html`${notes.map(note => html`<p style="margin:.6em 0"><strong>${note}</strong></p>`)}${claimsHtml(results)}`,
      [...notes, claimsText(results)].join('\n\n'),
    ),
  )
}

/** The claims of a plan in words, corrected for each other only: on the command line there is no session. */
export async function pooledClaimsText(
  opened: OpenEvidence,
  folder: JobFolder,
  merged: MergedEvidence,
): Promise<string> {
  const claims = await poolClaims(opened, folder, merged, new Ledger())
  return claims.length === 0 ? '' : `${claimsText(claims)}\n`
}

/** A claim in each observed market, and pooled. */
function claimByMarket(name: ClaimName, title: string, { markets }: MergedEvidence): ByMarket {
  return pooledView(
    title,
    markets.map(({ facts }) => marketName(facts)),
    markets.map(({ claims }) => claims.find(({ claim }) => claim === name)!.alone),
  )
}
