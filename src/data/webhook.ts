/** Posts JSON to an address that the user gave. The address may hold a secret, so no message quotes more than its host. */
import type { Check } from '../common/options.ts'

const TIMEOUT_MS = 5000

const EXPECTED = 'an https address, or an http one of this machine, without user and password'

/** The check of an option that holds such an address. */
export const webhookAddress: Check = value => {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined) return { expected: EXPECTED, value: 'no address' }
  const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
  const isAllowed = url.protocol === 'https:' || (url.protocol === 'http:' && isLocal)
  if (isAllowed && url.username === '' && url.password === '') return undefined
  return { expected: EXPECTED, value: `${url.protocol}//${url.host}` }
}

export interface PostOptions {
  signal: AbortSignal
  /** Of one attempt. Default 5 s. */
  timeoutMs?: number
}

/**
 * Posts a value as JSON, and once more after a failure that may pass. Redirections are not followed: they could lead anywhere.
 * @returns why it did not arrive; undefined if it did
 */
export async function postJson(address: string, value: unknown, options: PostOptions): Promise<string | undefined> {
  const first = await attempt(address, value, options)
  if (first === undefined || !first.mayPass || options.signal.aborted) return first?.reason
  return (await attempt(address, value, options))?.reason
}

interface Failure {
  reason: string
  mayPass: boolean
}

async function attempt(
  address: string,
  value: unknown,
  { signal, timeoutMs = TIMEOUT_MS }: PostOptions,
): Promise<Failure | undefined> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(value),
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    })
    // Nobody reads it, and it may be endless.
    await response.body?.cancel()
    const { ok, status } = response
    return ok ? undefined : { reason: `status ${status}`, mayPass: status === 429 || status >= 500 }
  } catch (error) {
    if (signal.aborted) return { reason: 'the cell was interrupted', mayPass: false }
    if (timeout.aborted) return { reason: `no answer within ${timeoutMs / 1000} s`, mayPass: true }
    // The message of the error may quote the address.
    const { cause } = error as { cause?: { code?: unknown } }
    return { reason: typeof cause?.code === 'string' ? cause.code : 'no connection', mayPass: true }
  }
}
