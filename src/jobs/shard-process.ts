/** Entry point of a process that runs shards, one after the other, and writes their files. */
import { publishTask } from '../common/host.ts'
import type { Market } from '../market/market.ts'
import { JobFolder } from './job-folder.ts'
import type { OpenPlan } from './plan.ts'
import { runShard } from './run-shard.ts'
import { MEMORY_VARIABLE, type ShardReply, type ShardRequest } from './shard-messages.ts'

/** Markets that stay loaded, with the maps and levels built of them. */
const MAX_MARKETS = 2
const PROGRESS_MS = 200

const maxBytes = Number(process.env[MEMORY_VARIABLE] ?? Infinity) * 2 ** 20
const markets = new Map<string, Promise<Market>>()
let plan: { key: string; opened: Promise<OpenPlan> } | undefined

process.on('message', (request: ShardRequest) => void answer(request))
// Without its parent nobody counts the attempts of a shard, or ends one that takes too long.
process.on('disconnect', () => process.exit(0))

async function answer(request: ShardRequest): Promise<void> {
  const { id } = request
  let reportedAt = Date.now()
  const unpublish = publishTask(globalThis, () => ({
    signal: new AbortController().signal,
    progress: (_, fraction) => {
      const bytes = process.memoryUsage.rss()
      if (bytes > maxBytes)
        throw new Error(`it takes ${Math.round(bytes / 2 ** 20)} MB of memory, more than ${maxBytes / 2 ** 20} MB`)
      if (Date.now() - reportedAt < PROGRESS_MS || fraction == null) return
      reportedAt = Date.now()
      send({ id, progress: fraction })
    },
  }))
  try {
    await run(request)
    send({ id, done: true })
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error))
    send({ id, error: { name, message } })
  } finally {
    unpublish()
  }
}

async function run({ folder: path, file, hash, shard }: ShardRequest): Promise<void> {
  const folder = new JobFolder(path)
  const key = `${file} ${hash}`
  if (plan?.key !== key) plan = { key, opened: folder.readPlan(file, hash) }
  const opened = await plan.opened.catch(error => {
    plan = undefined
    throw error
  })
  const result = await runShard(opened, shard, index => market(folder, opened, index), { workers: 0 })
  await folder.writeShard(hash, shard, result)
}

function market(folder: JobFolder, opened: OpenPlan, index: number): Promise<Market> {
  const { hash } = opened.plan.markets[index]!
  let loaded = markets.get(hash)
  if (!loaded) {
    loaded = folder.readMarket(opened, index)
    loaded.catch(() => markets.delete(hash))
    const [oldest] = markets.keys()
    if (oldest !== undefined && markets.size >= MAX_MARKETS) markets.delete(oldest)
    markets.set(hash, loaded)
  }
  return loaded
}

function send(reply: ShardReply): void {
  if (process.connected) process.send?.(reply)
}
