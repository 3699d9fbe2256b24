/** Runs the shards of a plan by the workers of a queue. */
import { OptionError } from '../../common/errors.ts'
import type { ShardFailure } from '../local.ts'
import type { Executor } from '../run-plan.ts'
import { type QueueOptions, runOnQueue } from './queue-run.ts'
import { shardJob, shardJobId } from './shard-job.ts'

/** Queues shards and waits for their files, which count as results whoever wrote them. */
export function queueExecutor(options: QueueOptions): Executor {
  return async ({ hash }, folder, _planFile, shards, { signal, onProgress, onNote }) => {
    const byId = new Map(shards.map(shard => [shardJobId(hash, shard), shard]))
    const failed: ShardFailure[] = []
    await runOnQueue(
      {
        kind: 'shard',
        data: new Map(shards.map(shard => [shardJobId(hash, shard), shardJob(hash, shard)])),
        results: async () => (await folder.shards(hash)).map(shard => shardJobId(hash, shard)),
        folder: folder.path,
        command: `liqnb worker --queue URL --folder ${folder.path}`,
      },
      options,
      {
        signal,
        ...(onNote && { onNote }),
        onEnded(_, failures, left) {
          for (const { id, message, isRefused } of failures) {
            // The others would fail by it too.
            if (isRefused) throw new OptionError(message)
            failed.push({ shard: byId.get(id)!, message })
          }
          onProgress?.(shards.length - left)
        },
      },
    )
    return failed
  }
}
