/** A worker of plans: runs each shard in a process of its own, so that this one always renews its locks. */
import { OptionError } from '../../common/errors.ts'
import { JobFolder } from '../job-folder.ts'
import { type ShardLimits, ShardRunner, shardProcessFile } from '../shard-runner.ts'
import { type ServeOptions, serveJobs } from './serve-jobs.ts'
import { readShardJob } from './shard-job.ts'

export interface WorkerOptions extends ShardLimits, ServeOptions {
  /** The folder of plans, as this machine sees it. */
  folder: string
}

/**
 * Serves a queue until it is stopped.
 * @throws OptionError when the queue cannot be reached, or its packages are not installed
 */
export async function serveQueue(options: WorkerOptions): Promise<void> {
  const { processes, signal } = options
  const file = options.file ?? shardProcessFile()
  if (!file) throw new OptionError('--queue: the process that runs shards is not built: npm run build')
  const folder = new JobFolder(options.folder)
  const runners = Array.from({ length: processes }, () => new ShardRunner(options, file))
  const free = [...runners]

  const run = async (data: unknown): Promise<void> => {
    const { hash, shard } = readShardJob(data)
    // Delivered twice, or run by an array job as well.
    if (await folder.hasShard(hash, shard)) return
    const runner = free.pop()!
    try {
      await runner.run({ folder: folder.path, file: folder.planFile(hash), hash, shard })
    } finally {
      free.push(runner)
    }
  }

  const end = () => {
    for (const runner of runners) runner.end()
  }
  signal.addEventListener('abort', end)
  try {
    await serveJobs('shard', run, options)
  } finally {
    signal.removeEventListener('abort', end)
    end()
  }
}
