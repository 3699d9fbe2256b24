/** BullMQ and ioredis, which only those install who use a queue. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type * as bullmq from 'bullmq'
import type * as ioredis from 'ioredis'
import { OptionError } from '../../common/errors.ts'

export interface QueuePackages {
  bullmq: typeof bullmq
  Redis: typeof ioredis.Redis
}

/** @throws OptionError with the command that installs them */
export async function loadQueuePackages(folder: string, caller: string): Promise<QueuePackages> {
  const [queue, redis] = await Promise.all(['bullmq', 'ioredis'].map(name => load(name, folder)))
  if (!queue || !redis)
    throw new OptionError(
      `${caller}: a queue needs ${!queue ? 'bullmq' : 'ioredis'}, which is not installed: npm install bullmq@6 ioredis@6 (looked in ${folder} and beside Liqnb)`,
    )
  return { bullmq: queue as typeof bullmq, Redis: (redis as typeof ioredis).Redis }
}

/** A package from a folder, else from where this library is; undefined if neither has it. */
async function load(name: string, folder: string): Promise<unknown> {
  for (const from of [join(folder, 'index.js'), fileURLToPath(import.meta.url)]) {
    let file: string
    try {
      file = createRequire(from).resolve(name)
    } catch {
      continue
    }
    const loaded = (await import(pathToFileURL(file).href)) as { default?: object }
    // Of a CommonJS file, names that are not found by reading it are in the default export only.
    return { ...loaded.default, ...loaded }
  }
  return undefined
}
