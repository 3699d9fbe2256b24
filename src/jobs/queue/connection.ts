/** The connection to the Redis of a queue, and whether that keeps what it is given. */
import type { Redis } from 'ioredis'
import { OptionError, oneLine } from '../../common/errors.ts'
import type { QueuePackages } from './packages.ts'

/** @throws OptionError unless it is the address of a Redis */
export function assertQueueUrl(url: string, name: string): void {
  if (!/^rediss?:\/\/[^/]/.test(url) || !URL.canParse(url))
    throw new OptionError(`${name}: ${JSON.stringify(oneLine(url, 60))}, but expected redis://HOST:PORT or rediss://…`)
}

/** The address without its password, for messages. */
export function shownUrl(url: string): string {
  const shown = new URL(url)
  if (shown.password) shown.password = '…'
  return decodeURI(shown.href)
}

const CONNECT_MS = 5000
const MAX_RETRY_MS = 2000

/**
 * A connection that comes back when Redis does.
 * @throws OptionError when there is none at first
 */
export async function connectQueue({ Redis }: QueuePackages, url: string, name: string): Promise<Redis> {
  const probe = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: CONNECT_MS })
  let problem: Error | undefined
  probe.on('error', error => {
    problem = error
  })
  try {
    await probe.connect()
    await probe.ping()
  } catch (error) {
    throw new OptionError(`${name}: cannot reach ${shownUrl(url)}: ${oneLine((problem ?? (error as Error)).message)}`)
  } finally {
    probe.disconnect()
  }
  const redis = new Redis(url, {
    // As BullMQ needs it.
    maxRetriesPerRequest: null,
    retryStrategy: attempt => Math.min(100 * attempt, MAX_RETRY_MS),
  })
  // It connects again; without a listener an error would end the process.
  redis.on('error', () => {})
  return redis
}

/** What of the settings of a Redis loses jobs, one sentence each. */
export async function queueWarnings(redis: Redis): Promise<string[]> {
  const info = await redis.info()
  const value = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]
  const warnings: string[] = []
  if (value('aof_enabled') === '0')
    warnings.push(
      'Redis keeps no log of what it is given (appendonly is no): jobs are lost when it restarts. They are queued again, but set "appendonly yes".',
    )
  const policy = value('maxmemory_policy')
  if (policy !== undefined && policy !== 'noeviction')
    warnings.push(
      `Redis drops keys when its memory is full (maxmemory-policy is ${policy}), jobs included: set "maxmemory-policy noeviction".`,
    )
  return warnings
}
