/**
 * The folder that a plan and everything of it lies in, which all who work on it see: `plan.json`, `markets/` and `shards/`. Names
 * follow from hashes, never from what a plan or a message says.
 */
import { mkdir, readdir, readFile, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeAtomically } from '../common/atomic-file.ts'
import { DataError } from '../common/errors.ts'
import { decodeGroup, type NumberColumns } from '../data/sealed-table.ts'
import type { Market } from '../market/market.ts'
import { decodeMarket, encodeMarket, marketHash } from './market-file.ts'
import { type OpenPlan, parsePlan, planText } from './plan.ts'
import type { Shard } from './shard.ts'
import { decodeShard, encodeShard, parseShardFileName, type ShardContent, shardFileName } from './shard-file.ts'

export class JobFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** The folder of a plan's file. */
  static ofPlan(file: string): JobFolder {
    return new JobFolder(dirname(file))
  }

  /** Where a plan lies that is known by its hash only. */
  planFile(hash: string): string {
    return join(this.path, `${hash.slice(0, 16)}.plan.json`)
  }

  shardFile(hash: string, shard: Shard): string {
    return join(this.path, 'shards', shardFileName(hash, shard))
  }

  #marketFile(hash: string): string {
    return join(this.path, 'markets', `${hash}.parquet`)
  }

  /** Writes a market that is not there yet; one that is counts as used. */
  async writeMarket(market: Market): Promise<void> {
    const path = this.#marketFile(marketHash(market))
    if (await exists(path)) await touch(path)
    else await writeAtomically(path, encodeMarket(market))
  }

  /** Writes a plan and its markets; what is there already stays, and counts as used. */
  async writePlan(opened: OpenPlan, markets: readonly Market[], file = this.planFile(opened.hash)): Promise<void> {
    for (const market of markets) await this.writeMarket(market)
    const text = planText(opened.plan)
    if ((await readFile(file, 'utf8').catch(() => undefined)) === text) await touch(file)
    else await writeAtomically(file, text)
  }

  /** @throws DataError naming the file, also when it is not the plan of this hash; OptionError for a plan of another version */
  async readPlan(file: string, hash?: string): Promise<OpenPlan> {
    const opened = await named(file, async () => parsePlan(await readFile(file, 'utf8')))
    if (hash !== undefined && opened.hash !== hash) throw new DataError(`${file}: it is another plan: its hash differs`)
    return opened
  }

  /** @throws DataError naming the file that is missing, damaged or not the market that it should be */
  async readMarket({ plan }: OpenPlan, index: number): Promise<Market> {
    const { hash } = plan.markets[index]!
    const file = this.#marketFile(hash)
    return named(file, async () => decodeMarket(await readBytes(file), hash))
  }

  /** The shards of a plan that have been run, by their files' names, whatever number of shards each is of. */
  async shards(hash: string): Promise<Shard[]> {
    const names = await readdir(join(this.path, 'shards')).catch(() => [])
    return names.flatMap(name => parseShardFileName(hash, name) ?? [])
  }

  async hasShard(hash: string, shard: Shard): Promise<boolean> {
    return exists(this.shardFile(hash, shard))
  }

  async writeShard(hash: string, shard: Shard, content: ShardContent): Promise<void> {
    const file = this.shardFile(hash, shard)
    await mkdir(dirname(file), { recursive: true })
    await writeAtomically(file, encodeShard(hash, shard, content))
  }

  /** @throws DataError naming the file that is missing, damaged or of another plan */
  async readShard(hash: string, shard: Shard): Promise<Required<Omit<ShardContent, 'groups'>>> {
    const file = this.shardFile(hash, shard)
    return named(file, async () => decodeShard(hash, shard, await readBytes(file)))
  }

  /** One group of the rows of a shard that {@link readShard} has checked. */
  async readShardGroup(hash: string, shard: Shard, group: number): Promise<NumberColumns> {
    const file = this.shardFile(hash, shard)
    return named(file, async () => decodeGroup(await readBytes(file), group))
  }
}

async function readBytes(file: string): Promise<ArrayBuffer> {
  const bytes = await readFile(file)
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    stats => stats.isFile(),
    () => false,
  )
}

/** Sets the time of a file to now, for `liqnb sweep clean`. A file of someone else may refuse it. */
async function touch(file: string): Promise<void> {
  const now = new Date()
  await utimes(file, now, now).catch(() => {})
}

/** Errors of the content of a file and of reading it, with its name. */
async function named<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new DataError(`${file}: there is no such file`)
    if (error instanceof DataError) throw new DataError(`${file}: ${error.message}`)
    throw error
  }
}
