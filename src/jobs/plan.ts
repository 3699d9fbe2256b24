/** Plans: what is to be run, as JSON that means the same on every machine with the same Liqnb. */
import { version } from '../../package.json'
import { DataError, OptionError, oneLine, quoteValue } from '../common/errors.ts'
import type { Json } from '../common/json.ts'
import { parse } from '../common/schema.ts'
import { type EvidenceJobPlan, evidencePlanSchema, type OpenEvidence, openEvidence } from './evidence-plan.ts'
import { type OpenSweep, openSweep, type SweepPlan, sweepPlanSchema } from './sweep-plan.ts'

/** A plan and the values that it stands for. */
export type OpenPlan = OpenSweep | OpenEvidence

const MAX_BYTES = 64 * 2 ** 20

/** Number of units of a plan, into which it can be divided: the backtests of a sweep, the markets of evidence. */
export function unitCount({ plan }: OpenPlan): number {
  return plan.kind === 'sweep' ? plan.markets.length * plan.variants : plan.markets.length
}

/** What a unit of the plan is called. */
export function unitName({ kind }: OpenPlan): string {
  return kind === 'sweep' ? 'backtest' : 'market'
}

/** The text of a plan's file. The same plan gives the same text. */
export function planText(plan: OpenPlan['plan']): string {
  return `${JSON.stringify(plan, null, 2)}\n`
}

/**
 * Reads the text of a plan.
 * @throws DataError naming the property that is wrong; OptionError for a plan of another version
 */
export function parsePlan(text: string): OpenPlan {
  if (text.length > MAX_BYTES) throw new DataError(`the plan is longer than ${MAX_BYTES / 2 ** 20} MB`)
  let json: Json
  try {
    json = JSON.parse(text) as Json
  } catch (error) {
    throw new DataError(`it is not JSON: ${oneLine((error as Error).message)}`)
  }
  const { liqnb: made, kind } = (json ?? {}) as { liqnb?: unknown; kind?: unknown }
  if (typeof made === 'string' && made !== version)
    throw new OptionError(
      `the plan was made by Liqnb ${quoteValue(made)}, but this is ${version}, which may give other results: run it with the version that made it, or plan again`,
    )
  const fail = (problem: string) => new DataError(problem)
  if (kind === 'evidence') return openEvidence(parse(evidencePlanSchema, json, fail) as EvidenceJobPlan)
  return openSweep(parse(sweepPlanSchema, json, fail) as SweepPlan)
}
