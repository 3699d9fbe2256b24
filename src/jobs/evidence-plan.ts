/** Plans of evidence: the claims, tested in many markets. */
import * as v from 'valibot'
import { OptionError } from '../common/errors.ts'
import type { JsonObject } from '../common/json.ts'
import { arrayOf } from '../common/schema.ts'
import { CLAIMS, type ClaimName } from '../evidence/claims.ts'
import {
  EVIDENCE_CALLER,
  type EvidenceOptions,
  type EvidenceSettings,
  resolveEvidence,
} from '../evidence/evidence-options.ts'
import { fromJson, toJson } from './plain-options.ts'
import { assertDistinct, newPlan, type PlanBase, type PlannedMarket, planEntries, planHash } from './plan-format.ts'

/** The claims that are tested in several markets. */
export interface EvidenceJobPlan extends PlanBase {
  kind: 'evidence'
  claims: ClaimName[]
}

const claimNames = Object.keys(CLAIMS) as ClaimName[]

export const evidencePlanSchema = v.strictObject({
  ...planEntries,
  kind: v.literal('evidence'),
  claims: arrayOf(v.picklist(claimNames), 1, claimNames.length),
})

export interface OpenEvidence {
  kind: 'evidence'
  plan: EvidenceJobPlan
  hash: string
  settings: EvidenceSettings
}

/**
 * Plans the tests of claims.
 * @throws OptionError for an option that is out of range, or that a plan cannot hold; for a market that is there twice
 */
export function createEvidencePlan(
  markets: readonly PlannedMarket[],
  claims: readonly ClaimName[],
  options: EvidenceOptions,
): OpenEvidence {
  if (options.levels !== undefined)
    throw new OptionError(
      `${EVIDENCE_CALLER}: levels: a function, but a plan holds options only, no code: without "on" it is run in this process`,
    )
  resolveEvidence(options)
  assertDistinct(markets, EVIDENCE_CALLER)
  return openEvidence({
    ...newPlan(markets, toJson(options, EVIDENCE_CALLER) as JsonObject),
    kind: 'evidence',
    claims: claimNames.filter(name => claims.includes(name)),
  })
}

/** @throws OptionError for an option that is out of range */
export function openEvidence(plan: EvidenceJobPlan): OpenEvidence {
  const settings = resolveEvidence(fromJson(plan.options) as EvidenceOptions)
  return { kind: 'evidence', plan, hash: planHash(plan), settings }
}
