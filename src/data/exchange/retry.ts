import { setTimeout as sleep } from 'node:timers/promises'
import { DataError } from '../../common/errors.ts'
import type { Task } from '../../common/task.ts'
import { random } from '../../stats/random.ts'
import { abortable } from './shared-work.ts'
import { failureOf, UnreadableAnswer, withSignal } from './wire.ts'

export interface Patience {
  /** Waits between tries after an answer that may be better next time, in ms. One more try than waits. */
  waits: readonly number[]
  /** Each wait becomes longer by up to this share, so that many downloads do not come back in step. */
  jitter: number
  /** A venue that asks to stay away for longer than this ends the download. */
  longestMs: number
  /** One request, in ms. */
  timeoutMs: number
  /** Tries after which a host whose name cannot be resolved counts as out of reach. Default: as after any failure. */
  offlineTries?: number
}

export const PATIENCE: Patience = {
  waits: [1000, 2000, 4000, 8000, 16_000, 32_000],
  jitter: 0.25,
  longestMs: 5 * 60_000,
  timeoutMs: 20_000,
}

/** Of this process, so that two that were refused together do not come back together. */
const jitter = random(process.pid)

/**
 * Asks again after what may pass: 429, 418 and 5xx, timeouts, cut connections, maintenance, answers that are not JSON.
 * Waits double from try to try; where the venue says how long to stay away (Retry-After), that is kept. Ends at once
 * when the task is cancelled.
 *
 * @param what for messages, e.g. `binanceusdm: candles of BTC/USDT:USDT from 2024-01-01 00:00`
 * @throws DataError after the last try, or when the venue asks to stay away for too long; any other error as it is
 */
export async function retry<T>(request: () => Promise<T>, what: string, task: Task, patience: Patience): Promise<T> {
  const { NetworkError } = await import('../ccxt.ts')
  let waited = 0
  for (let attempt = 0; ; attempt++) {
    task.signal.throwIfAborted()
    try {
      // A wait inside ccxt (its throttle) is reached by no signal.
      return await abortable(withSignal(task.signal, request), task.signal)
    } catch (cause) {
      task.signal.throwIfAborted()
      const { status, retryAfterMs = 0, temporary: known = false } = failureOf(cause)
      const temporary = known || cause instanceof NetworkError || cause instanceof UnreadableAnswer
      if (!mayPass(status, temporary)) throw cause
      const reason = describe(cause as Error, status)
      if (retryAfterMs > patience.longestMs)
        throw new DataError(
          `${what}: ${reason}. The exchange asks to stay away until ${new Date(Date.now() + retryAfterMs).toISOString()}; run it again then`,
          { cause },
        )
      if (attempt + 1 >= (patience.offlineTries ?? Infinity) && UNRESOLVED.test(reason))
        throw new DataError(`${what}: there is no way to the exchange, this machine seems to be offline. ${reason}`, {
          cause,
        })
      const wait = patience.waits[attempt]
      if (wait === undefined)
        throw new DataError(
          `${what}: no usable answer in ${attempt + 1} tries over ${seconds(waited)}. The last one: ${reason}`,
          { cause },
        )
      const ms = Math.max(retryAfterMs, wait * (1 + patience.jitter * jitter.uniform()))
      waited += ms
      task.progress(`${what}: ${reason}; trying again in ${seconds(ms)}`)
      await sleep(ms, undefined, { signal: task.signal }).catch(() => task.signal.throwIfAborted())
    }
  }
}

/** Of a name that nobody knows, or that nobody could be asked for. */
const UNRESOLVED = /ENOTFOUND|EAI_AGAIN|ENETUNREACH/

/**
 * The status tells, whatever error ccxt makes of the venue's words with it. Without one nothing came; with a good one the
 * venue wrapped its error in it: then ccxt's class of the error tells.
 */
function mayPass(status: number | undefined, temporary: boolean): boolean {
  if (status === undefined || status < 300) return temporary
  return status === 408 || status === 418 || status === 429 || status >= 500
}

function describe(error: Error, status: number | undefined): string {
  const text = error.message.length > 200 ? `${error.message.slice(0, 200)}…` : error.message
  return status === undefined || text.includes(String(status))
    ? `${error.name}: ${text}`
    : `${error.name} (${status}): ${text}`
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
