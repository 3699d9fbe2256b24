/** `liqnb sweep merge`. */
import { resolve } from 'node:path'
import { pooledClaimsText } from '../api/evidence-markets.ts'
import { writeAtomically } from '../common/atomic-file.ts'
import { countText } from '../common/number-text.ts'
import { mergeEvidence } from '../jobs/evidence-merge.ts'
import type { OpenEvidence } from '../jobs/evidence-plan.ts'
import { JobFolder } from '../jobs/job-folder.ts'
import { type Coverage, describeShards, mergeSweep } from '../jobs/merge.ts'
import { unitCount, unitName } from '../jobs/plan.ts'
import { bestOfEachMarket, evidenceResults, type ResultsFormat, resultsFormat, sweepResults } from '../jobs/results.ts'
import type { OpenSweep } from '../jobs/sweep-plan.ts'
import { EXIT, UsageError } from './environment.ts'
import { withTask } from './library-task.ts'
import type { SweepAction } from './sweep-options.ts'
import { textTable } from './text-table.ts'

/** Puts the results of a plan together. */
export const merge: SweepAction = (name, values, environment) =>
  withTask(values, environment, async progress => {
    const { stdout, stderr, cwd } = environment
    const file = resolve(cwd, name)
    const format = values.output === undefined ? undefined : resultsFormat(values.output)
    if (values.output !== undefined && !format) throw new UsageError('-o takes a file that ends with .parquet or .csv')
    const folder = JobFolder.ofPlan(file)
    const opened = await folder.readPlan(file)
    const merged = opened.kind === 'sweep' ? await mergedSweep(opened, folder) : await mergedEvidence(opened, folder)
    progress.end()
    for (const problem of merged.damaged) stderr.write(`Damaged: ${problem}\n`)
    if (format && values.output !== undefined) {
      await writeAtomically(resolve(cwd, values.output), merged.encode(format))
      stderr.write(`Wrote ${values.output}\n`)
    }
    stdout.write(merged.text)
    if (merged.missingUnits === 0) return EXIT.ok
    const total = unitCount(opened)
    stderr.write(
      `${countText(merged.missingUnits, unitName(opened))} of ${total} missing: parts ${describeShards(merged.missing)}\n`,
    )
    return EXIT.failed
  })

interface Merged extends Coverage {
  text: string
  encode(format: ResultsFormat): Uint8Array | string
}

async function mergedSweep(opened: OpenSweep, folder: JobFolder): Promise<Merged> {
  const merged = await mergeSweep(opened, folder)
  const text = textTable(...bestOfEachMarket(opened, merged))
  return { ...merged, text, encode: format => sweepResults(opened, merged, format) }
}

async function mergedEvidence(opened: OpenEvidence, folder: JobFolder): Promise<Merged> {
  const merged = await mergeEvidence(opened, folder)
  const text = await pooledClaimsText(opened, folder, merged)
  return { ...merged, text, encode: format => evidenceResults(opened, merged, format) }
}
