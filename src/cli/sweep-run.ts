/** `liqnb sweep run`. */
import { resolve } from 'node:path'
import { currentTask } from '../common/host.ts'
import { countText } from '../common/number-text.ts'
import { chosenShard } from '../jobs/array-index.ts'
import { mergeEvidence } from '../jobs/evidence-merge.ts'
import { JobFolder } from '../jobs/job-folder.ts'
import { describeShards, mergeSweep } from '../jobs/merge.ts'
import { unitCount, unitName } from '../jobs/plan.ts'
import { assertQueueUrl } from '../jobs/queue/connection.ts'
import { queueExecutor } from '../jobs/queue/submit.ts'
import { localExecutor, runPlan } from '../jobs/run-plan.ts'
import { MAX_SHARDS, shardRange } from '../jobs/shard.ts'
import { CliError, EXIT, UsageError } from './environment.ts'
import { withTask } from './library-task.ts'
import { readTimeout, readWholeNumber } from './numbers.ts'
import type { SweepAction } from './sweep-options.ts'

/** Runs one part of a plan, or all that have no result. */
export const run: SweepAction = (name, values, environment) =>
  withTask(
    values,
    environment,
    async progress => {
      const { stdout, stderr, cwd } = environment
      const file = resolve(cwd, name)
      const folder = JobFolder.ofPlan(file)
      const of = values.of === undefined ? undefined : readWholeNumber('--of', values.of, 1, MAX_SHARDS)
      const shard = chosenShard({ shard: values.shard, of }, process.env)
      const timeoutMs = readTimeout(values.timeout)
      const memoryMb = values.memory === undefined ? undefined : readWholeNumber('--memory', values.memory, 16)
      const processes = values.workers === undefined ? undefined : readWholeNumber('--workers', values.workers, 1, 1024)
      const execute = localExecutor({
        ...(timeoutMs !== undefined && { timeoutMs }),
        ...(memoryMb !== undefined && { memoryMb }),
        ...(processes !== undefined && { processes }),
      })
      const opened = await folder.readPlan(file)
      if (values.on !== undefined) {
        assertQueueUrl(values.on, '--on')
        if (shard) throw new UsageError('--on runs all parts; it cannot be combined with one part')
        // Workers know plans by their hash only.
        await folder.writePlan(opened, [])
      }
      if (!shard) {
        const queue = values.on !== undefined && queueExecutor({ url: values.on, packages: cwd, caller: '--on' })
        const result = await (opened.kind === 'sweep'
          ? runPlan(opened, folder, file, queue || execute, mergeSweep, { count: of })
          : runPlan(opened, folder, file, queue || execute, mergeEvidence, { count: of }))
        progress.end()
        for (const note of result.notes) stderr.write(`Warning: ${note}\n`)
        for (const { shard, message } of result.failures)
          stderr.write(`Part ${shard.index} of ${shard.count} failed: ${message}\n`)
        stdout.write(
          `${countText(unitCount(opened) - result.missingUnits, unitName(opened))} of ${unitCount(opened)} in ${countText(result.shards, 'part')}, ${result.resumed} run before\n`,
        )
        return result.missingUnits === 0 ? EXIT.ok : EXIT.failed
      }
      const { from, to } = shardRange(unitCount(opened), shard)
      const text = `part ${shard.index} of ${shard.count}, ${countText(to - from, unitName(opened))}`
      if (await folder.hasShard(opened.hash, shard)) {
        stdout.write(`There is already a result of ${text}\n`)
        return EXIT.ok
      }
      const { signal, progress: show } = currentTask()
      const failures = await execute(opened, folder, file, [shard], {
        signal,
        onProgress: done => show(text, done),
        onRetry: ({ message }, attempt) => stderr.write(`Attempt ${attempt} failed: ${message}\n`),
      })
      progress.end()
      if (failures[0]) throw new CliError(`part ${describeShards([shard])}: ${failures[0].message}`)
      stdout.write(`Ran ${text}\n`)
      return EXIT.ok
    },
    'Interrupted; the parts that were finished are kept.',
  )
