/** Registered plans: what will be tested is written down before the data is looked at, and what was done is compared with it. */
import { createHash } from 'node:crypto'
import { exactKey } from '../common/cache-key.ts'
import { formatTime } from '../common/duration.ts'
import { OptionError } from '../common/errors.ts'
import { isRecord, type JsonObject } from '../common/json.ts'
import type { LedgerRecord } from '../common/ledger-record.ts'
import { countText } from '../common/number-text.ts'
import { invalidOption, listWords } from '../common/options.ts'
import { CLAIMS, type ClaimName } from './claims.ts'
import { type EvidenceOptions, type EvidenceSettings, resolveEvidence } from './evidence-options.ts'
import type { Ledger } from './ledger.ts'

/** What will be tested. */
export interface PlanSource {
  /** The question, in words. */
  name: string
  /** Markets by symbol and timeframe, e.g. `BTC/USDT:USDT 1h`, in any order. */
  markets: readonly string[]
  /** The claims that will be tested. */
  claims: readonly ClaimName[]
  /** Options of `liq.evidence`, those of the heatmap under `map`. Values only: `levels` is a function. Default: the defaults. */
  options?: Omit<EvidenceOptions, 'levels'>
}

/** A registered plan. */
export interface Plan extends Required<PlanSource> {
  /** SHA-256 of the plan. */
  readonly hash: string
  /** When it was first registered, ISO 8601, and in which ledger. */
  readonly at: string
  readonly ledger: string
  /** Tests of its markets that the ledger had before it. */
  readonly testsBefore: number
}

/** Options of `liq.evidence`. */
export interface PlannedEvidenceOptions extends EvidenceOptions {
  /** A plan of `liq.register`: its options apply where none are given here, and results say whether it was kept. */
  plan?: Plan
}

export function isPlan(value: unknown): value is Plan {
  return isRecord(value) && typeof value.hash === 'string' && isRecord(value.options)
}

const CALLER = 'liq.register'

/**
 * Enters a plan in a ledger, or finds it there: a plan that is registered again keeps its first time.
 *
 * @throws OptionError for an option that cannot be used, and without a ledger that is kept
 */
export function registerPlan(source: PlanSource, ledger: Ledger): Plan {
  if (!ledger.isKept)
    throw new OptionError(
      `${CALLER}: no ledger is open, and a plan that nobody kept proves nothing. First: await liq.ledger({ file: 'ledger.jsonl' })`,
    )
  const { name, markets, claims, options } = checkPlan(source)
  const plan = { name, markets: [...new Set(markets)].sort(), claims: [...new Set(claims)].sort(), options }
  const hash = createHash('sha256').update(exactKey(plan)).digest('hex')
  const isThis = (record: LedgerRecord) => record.kind === 'plan' && record.key === hash
  if (!ledger.records.some(isThis))
    ledger.note({
      kind: 'plan',
      key: hash,
      name,
      markets: plan.markets,
      plan: JSON.parse(JSON.stringify(plan)) as JsonObject,
    })
  const place = ledger.records.findIndex(isThis)
  const before = ledger.records
    .slice(0, place)
    .filter(({ kind, markets: tested }) => kind === 'test' && tested.some(each => plan.markets.includes(each)))
  return { ...plan, hash, at: ledger.records[place]!.at ?? '', ledger: ledger.scope, testsBefore: before.length }
}

function checkPlan(source: PlanSource): Required<PlanSource> {
  const { name, markets, claims, options } = source
  if (typeof name !== 'string' || name.trim() === '') throw invalidOption(CALLER, 'name', name, 'the question in words')
  if (
    !Array.isArray(markets) ||
    markets.length === 0 ||
    !markets.every(each => typeof each === 'string' && each.trim() !== '')
  )
    throw invalidOption(CALLER, 'markets', markets, 'names of markets, e.g. ["BTC/USDT:USDT 1h"]')
  const known = Object.keys(CLAIMS)
  if (!Array.isArray(claims) || claims.length === 0 || !claims.every(each => known.includes(each)))
    throw invalidOption(CALLER, 'claims', claims, `some of ${listWords(known)}`)
  if (Object.hasOwn(options ?? {}, 'levels'))
    throw invalidOption(
      CALLER,
      'options.levels',
      '…',
      'values only: what a function does can change while its plan stays',
    )
  resolveEvidence(options ?? {})
  return { ...source, options: options ?? {} }
}

/** What was done otherwise than planned, in words; none if the plan was kept. */
export function deviations(
  plan: Plan,
  done: { claim: ClaimName; markets: readonly string[]; settings: EvidenceSettings; maps: readonly object[] },
): string[] {
  const { map, ...options } = plan.options
  const planned: Record<string, unknown> = { ...resolveEvidence(options) }
  const settings: Record<string, unknown> = { ...done.settings }
  const changed = Object.keys(planned).filter(
    name => name !== 'map' && exactKey(planned[name]) !== exactKey(settings[name]),
  )
  const [asPlanned, asDone] = [plan.markets, [...done.markets].sort()].map(names => names.join(', '))
  return [
    ...(plan.claims.includes(done.claim) ? [] : [`the claim ${done.claim} is not in it`]),
    ...(asPlanned === asDone ? [] : [`it was of ${asPlanned}, but this is of ${asDone}`]),
    ...changed.map(name => `${name} is ${exactKey(settings[name])} instead of ${exactKey(planned[name])}`),
    ...(done.maps.every(each => exactKey(each) === exactKey(map ?? {})) ? [] : ['the heatmap has other options']),
    ...(plan.testsBefore === 0 ? [] : [`${countText(plan.testsBefore, 'test')} of its markets came before it`]),
  ]
}

/** One line for the assumptions of a result. */
export function planLine(plan: Plan, found: readonly string[]): string {
  const name = `plan “${plan.name}” (${plan.hash.slice(0, 8)}), registered ${formatTime(Date.parse(plan.at))} UTC in ${plan.ledger}`
  return found.length === 0 ? `${name}: kept` : `${name}: not kept, as ${found.join('; ')}`
}
