/** Repeats requests that fail for reasons that may pass. */
import { setTimeout as sleep } from 'node:timers/promises'
import { DataError, oneLine } from '../../common/errors.ts'
import type { Task } from '../../common/host.ts'
import { random } from '../../stats/random.ts'
import { failureDetails, hideSecrets, OversizedResponse, UnreadableResponse, withLimits } from './http.ts'
import { abortable } from './shared-task.ts'

export interface RetryPolicy {
  /** Delays between attempts, in ms. There is one attempt more than delays. */
  delaysMs: readonly number[]
  /** Each delay grows by up to this share, so that parallel downloads do not retry at the same time. */
  jitter: number
  /** A longer Retry-After ends the download. */
  maxRetryAfterMs: number
  /** Timeout of one request. */
  timeoutMs: number
  /** The largest response, unpacked. Default {@link MAX_RESPONSE_BYTES}. */
  maxResponseBytes?: number
  /** Attempts if the host's name cannot be resolved. Default: as after any failure. */
  maxOfflineAttempts?: number
}

/** A page of any series takes less than 1 MB, a whole history of funding less than 10. */
const MAX_RESPONSE_BYTES = 32 * 2 ** 20

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  delaysMs: [1000, 2000, 4000, 8000, 16_000, 32_000],
  jitter: 0.25,
  maxRetryAfterMs: 5 * 60_000,
  timeoutMs: 20_000,
}

/** Seeded by process, so that two processes do not retry at the same time. */
const jitter = random(process.pid)

/**
 * Repeats a request after errors that may pass: 429, 418 and 5xx, timeouts, lost connections, maintenance, responses that
 * are not JSON. Delays double from attempt to attempt, and are never shorter than the venue's Retry-After. Ends as soon as
 * the task is cancelled.
 *
 * @param label for messages, e.g. `binanceusdm: candles of BTC/USDT:USDT from 2024-01-01 00:00`
 * @throws DataError after the last attempt, if Retry-After is too long, and if the exchange refuses the request or sends
 * more than such a response can hold; any other error as it is
 */
export async function retry<T>(
  request: () => Promise<T>,
  label: string,
  task: Task,
  retryPolicy: RetryPolicy,
): Promise<T> {
  const { BaseError, NetworkError } = await import('../ccxt.ts')
  const { maxResponseBytes = MAX_RESPONSE_BYTES } = retryPolicy
  let waitedMs = 0
  for (let attempt = 1; ; attempt++) {
    task.signal.throwIfAborted()
    try {
      // No signal reaches a wait inside ccxt (its throttle).
      return await abortable(withLimits({ signal: task.signal, maxResponseBytes }, request), task.signal)
    } catch (cause) {
      task.signal.throwIfAborted()
      const { status, retryAfterMs = 0, transient = false } = failureDetails(cause)
      const passing = transient || cause instanceof NetworkError || cause instanceof UnreadableResponse
      const reason = describe(cause as Error, status)
      if (cause instanceof OversizedResponse) throw new DataError(`${label}: ${cause.message}`, { cause })
      if (!isTransient(status, passing))
        throw cause instanceof BaseError ? new DataError(`${label}: ${reason}`, { cause }) : cause
      if (retryAfterMs > retryPolicy.maxRetryAfterMs)
        throw new DataError(
          `${label}: ${reason}. The exchange accepts no requests until ${new Date(Date.now() + retryAfterMs).toISOString()}; run it again then`,
          { cause },
        )
      if (attempt >= (retryPolicy.maxOfflineAttempts ?? Infinity) && OFFLINE_CODES.test(reason))
        throw new DataError(
          `${label}: the exchange cannot be reached, this machine seems to be offline (${reason}). ${OFFLINE_ADVICE}`,
          {
            cause,
          },
        )
      const delay = retryPolicy.delaysMs[attempt - 1]
      if (delay === undefined)
        throw new DataError(
          `${label}: no usable response in ${attempt} attempts over ${formatSeconds(waitedMs)}. The last one: ${reason}`,
          { cause },
        )
      const ms = Math.max(retryAfterMs, delay * (1 + retryPolicy.jitter * jitter.uniform()))
      waitedMs += ms
      task.progress(`${label}: ${reason}; trying again in ${formatSeconds(ms)}`)
      await sleep(ms, undefined, { signal: task.signal }).catch(() => task.signal.throwIfAborted())
    }
  }
}

const OFFLINE_ADVICE =
  'Check the network and run it again; offline: true takes what is stored, and { sample: true } needs neither'

/** The host's name is unknown, or there is no name server or network. */
const OFFLINE_CODES = /ENOTFOUND|EAI_AGAIN|ENETUNREACH/

/**
 * A failure status decides, whatever error class ccxt derives from the venue's text. Without a status nothing came back,
 * and with a good status the venue's body holds the error: then ccxt's error class decides.
 */
function isTransient(status: number | undefined, transientError: boolean): boolean {
  if (status === undefined || status < 300) return transientError
  return status === 408 || status === 418 || status === 429 || status >= 500
}

function describe(error: Error, status: number | undefined): string {
  const text = oneLine(hideSecrets(error.message))
  return status === undefined || text.includes(String(status))
    ? `${error.name}: ${text}`
    : `${error.name} (${status}): ${text}`
}

/** `1.5 s`, `32 s`. */
export function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
}
