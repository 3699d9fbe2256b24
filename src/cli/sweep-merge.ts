/** `liqnb sweep merge`. */
import { resolve } from 'node:path'
import { writeAtomically } from '../common/atomic-file.ts'
import { countText } from '../common/number-text.ts'
import { JobFolder } from '../jobs/job-folder.ts'
import { describeShards, mergeShards } from '../jobs/merge.ts'
import { bestOfEachMarket, encodeResults, resultsFormat } from '../jobs/results.ts'
import { unitCount } from '../jobs/shard.ts'
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
    const merged = await mergeShards(opened, folder)
    progress.end()
    for (const problem of merged.damaged) stderr.write(`Damaged: ${problem}\n`)
    if (format && values.output !== undefined) {
      await writeAtomically(resolve(cwd, values.output), encodeResults(opened, merged, format))
      stderr.write(`Wrote ${values.output}\n`)
    }
    stdout.write(textTable(...bestOfEachMarket(opened, merged)))
    if (merged.missingUnits === 0) return EXIT.ok
    const total = unitCount(opened)
    stderr.write(
      `${countText(merged.missingUnits, 'backtest')} of ${total} missing: parts ${describeShards(merged.missing)}\n`,
    )
    return EXIT.failed
  })
