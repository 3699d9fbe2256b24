/** Which files of a folder of plans nobody has used for a time. */
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { TEMPORARY_NAME } from '../common/atomic-file.ts'
import { DataError, oneLine } from '../common/errors.ts'
import { isRecord } from '../common/json.ts'
import { planHash } from './plan-format.ts'
import { SHARD_FILE_NAME } from './shard-file.ts'

/** A plan, of any version, and the shards that it has. */
export interface FoundPlan {
  file: string
  kind: string
  markets: number
  shards: number
  /** Of the plan and its shards; markets may be of several plans. */
  bytes: number
  /** When the newest of its files was written or used, epoch ms. */
  usedAt: number
}

interface File {
  path: string
  name: string
  bytes: number
  usedAt: number
}

/** What lies in the folder; other files are none of its business. */
export interface FolderContent {
  plans: FoundPlan[]
  /** Files that a removal of what is older than a time takes, by {@link unusedFiles}. */
  unused: File[]
}

/** Names of files that are written here, by folder. */
const NAMES = {
  shards: SHARD_FILE_NAME,
  markets: /^[0-9a-f]{64}\.parquet$/,
  notebooks: /^notebook-[0-9a-f]{32}\.json$/,
} as const

/**
 * Finds the plans of a folder, and what could be removed: plans that were last used before a time with their shards, and older shards,
 * markets, results of notebooks and temporary files that belong to no other plan.
 *
 * @param before epoch ms
 * @throws DataError naming a file that may be a plan and cannot be read, as its markets are then not known
 */
export async function lookIntoFolder(folder: string, before: number): Promise<FolderContent> {
  const [top, shards, markets, notebooks] = await Promise.all([
    filesOf(folder, /\.json$|^\.liqnb-/),
    filesOf(join(folder, 'shards'), NAMES.shards),
    filesOf(join(folder, 'markets'), NAMES.markets),
    filesOf(join(folder, 'notebooks'), NAMES.notebooks),
  ])
  const plans: FoundPlan[] = []
  const unused: File[] = []
  const keptShards = new Set<File>()
  const keptMarkets = new Set<string>()
  for (const file of top.filter(({ name }) => name.endsWith('.json'))) {
    const plan = await readMarkets(file.path)
    if (!plan) continue
    const own = shards.filter(({ name }) => name.startsWith(`${plan.hash.slice(0, 16)}-`))
    const usedAt = Math.max(file.usedAt, ...own.map(shard => shard.usedAt))
    const bytes = own.reduce((sum, shard) => sum + shard.bytes, file.bytes)
    plans.push({
      file: file.path,
      ...{ kind: plan.kind, markets: plan.markets.length, shards: own.length },
      ...{ bytes, usedAt },
    })
    if (usedAt < before) {
      unused.push(file)
      continue
    }
    for (const shard of own) keptShards.add(shard)
    for (const hash of plan.markets) keptMarkets.add(`${hash}.parquet`)
  }
  const rest = [
    ...top.filter(({ name }) => TEMPORARY_NAME.test(name)),
    ...shards.filter(file => !keptShards.has(file)),
    ...markets.filter(({ name }) => !keptMarkets.has(name)),
    ...notebooks,
  ]
  return { plans, unused: [...unused, ...rest.filter(({ usedAt }) => usedAt < before)] }
}

/** Removes files; those that are gone already are no error. */
export async function removeFiles(files: readonly File[]): Promise<void> {
  for (const { path } of files) await rm(path, { force: true })
}

/** The files of a folder whose names fit, and temporary ones; none where there is no folder. */
async function filesOf(folder: string, pattern: RegExp): Promise<File[]> {
  const names = await readdir(folder).catch(error => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  })
  const files: File[] = []
  for (const name of names) {
    if (!pattern.test(name) && !TEMPORARY_NAME.test(name)) continue
    const path = join(folder, name)
    const stats = await stat(path).catch(() => undefined)
    if (stats?.isFile()) files.push({ path, name, bytes: stats.size, usedAt: stats.mtimeMs })
  }
  return files
}

/** Kind, hash and markets of a plan, also of another version; undefined for JSON of something else. */
async function readMarkets(path: string): Promise<{ kind: string; hash: string; markets: string[] } | undefined> {
  let json: unknown
  try {
    json = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new DataError(`${path}: it may be a plan and cannot be read: ${oneLine((error as Error).message)}`)
  }
  if (!isRecord(json) || typeof json.liqnb !== 'string' || !Array.isArray(json.markets)) return undefined
  const markets = json.markets.map(market => (isRecord(market) && typeof market.hash === 'string' ? market.hash : ''))
  if (markets.includes('')) throw new DataError(`${path}: it may be a plan, but names a market without a hash`)
  return { kind: typeof json.kind === 'string' ? json.kind : 'plan', hash: planHash(json), markets }
}
