/** Makes ccxt's requests cancellable and its errors complete. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Exchange } from 'ccxt'

/** What ccxt's errors leave out of the response that caused them. */
interface FailureDetails {
  /** HTTP status, if there was a response. */
  status?: number
  /** Retry-After. */
  retryAfterMs?: number
  /** The venue reports a passing failure with a good status, and ccxt takes it for a final one. */
  transient?: boolean
}

/** Error codes of such failures: Bybit's "service is restarting". */
const TRANSIENT_CODES: Record<string, readonly string[]> = { bybit: ['10016'] }

/** A response with a good status that is not JSON: cut off, broken, or a web page. */
export class UnreadableResponse extends Error {
  override readonly name = 'UnreadableResponse'
}

/** A response, or a sequence of pages, too large to be what was requested. Trying again would not help. */
export class OversizedResponse extends Error {
  override readonly name = 'OversizedResponse'
}

/** What ends a request early. */
interface RequestLimits {
  signal: AbortSignal
  /** Of the response's body, unpacked. */
  maxResponseBytes: number
}

/** What one call may take: ccxt follows pages by itself, and a server may repeat one for ever. */
const MAX_REQUESTS = 1000

const failures = new WeakMap<object, FailureDetails>()
const limits = new AsyncLocalStorage<RequestLimits & { requests: number }>()

/** What is known of the response behind a request's error. */
export function failureDetails(error: unknown): FailureDetails {
  return (typeof error === 'object' && error !== null && failures.get(error)) || {}
}

/** Runs requests that end with the signal, even in the middle of a response, and when responses are too large or too many. */
export function withLimits<T>(requestLimits: RequestLimits, request: () => Promise<T>): Promise<T> {
  return limits.run({ ...requestLimits, requests: 0 }, request)
}

type Fetch = (url: string, params: RequestInit) => Promise<Response>

/** The parts of ccxt's base class between a request and its response, which its public types leave out. */
interface CcxtHttp {
  fetchImplementation: Fetch
  undiciRequest: Fetch
  loadFetchImplementation(): Promise<void>
  handleErrors(...response: CcxtResponse): unknown
  handleHttpStatusCode(code: number, reason: string, url: string, method: string, body: string): void
}
type CcxtResponse = [
  code: number,
  reason: string,
  url: string,
  method: string,
  headers: Record<string, string>,
  body: string,
  parsed: unknown,
  ...more: unknown[],
]

/**
 * Closes gaps in ccxt's requests: its timeout does not cover the body, so that a body may stall for ever; requests cannot
 * be cancelled; errors do not carry Retry-After; a response may have any size; and one that is not JSON is returned as text
 * instead of an error.
 */
export async function hardenRequests(exchange: Exchange): Promise<void> {
  const http = exchange as unknown as CcxtHttp
  await http.loadFetchImplementation()
  const originalFetch = http.fetchImplementation
  const fetch: Fetch = async (url, params) => {
    const call = limits.getStore()
    if (call !== undefined && ++call.requests > MAX_REQUESTS)
      throw new OversizedResponse(`${addressOf(url)} has still more pages after ${MAX_REQUESTS}`)
    const { signal, maxResponseBytes = Infinity } = call ?? {}
    const abortSignals = [params.signal, signal].filter(each => each instanceof AbortSignal)
    const response = await originalFetch(url, { ...params, signal: AbortSignal.any(abortSignals) })
    // Read here, while ccxt's own timer is still running.
    const text = await readText(response, url, maxResponseBytes)
    const { status, statusText, headers } = response
    return new Response(text === '' ? null : text, { status, statusText, headers })
  }
  http.fetchImplementation = fetch
  http.undiciRequest = fetch

  const handleErrors = http.handleErrors.bind(exchange)
  http.handleErrors = (...response) => {
    const [status, reason, url, method, headers, body, parsed] = response
    try {
      const handled = handleErrors(...response)
      if (handled !== undefined) return handled
      http.handleHttpStatusCode(status, reason, url, method, body)
      if (parsed === undefined)
        throw new UnreadableResponse(`${exchange.id} ${method} ${url} ${describe(status, body)}`)
      return undefined
    } catch (error) {
      if (typeof error === 'object' && error !== null) {
        const retryAfterMs = parseRetryAfter(headers['Retry-After'])
        const transient = TRANSIENT_CODES[exchange.id]?.includes(errorCode(parsed)) ?? false
        failures.set(error, { status, transient, ...(retryAfterMs !== undefined && { retryAfterMs }) })
      }
      throw error
    }
  }
}

/** @throws OversizedResponse as soon as more has come, so that neither a stream without end nor a packed one fills the memory */
async function readText({ body }: Response, url: string, maxBytes: number): Promise<string> {
  if (body === null) return ''
  const parts: Uint8Array[] = []
  let bytes = 0
  // Leaving the loop cancels the response.
  for await (const part of body as unknown as AsyncIterable<Uint8Array>) {
    bytes += part.length
    if (bytes > maxBytes)
      throw new OversizedResponse(
        `${addressOf(url)} sent more than ${Math.round(maxBytes / 2 ** 20)} MB, which is no answer to this request`,
      )
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** Without the query, which may hold a signature. */
function addressOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin + new URL(url).pathname : 'The exchange'
}

/** A text without the values of query parameters that are secrets. */
export function hideSecrets(text: string): string {
  return text.replace(/([?&][\w-]*(?:sign|key|token|secret|pass)[\w-]*=)[^&\s"]+/gi, '$1…')
}

function describe(status: number, body: string): string {
  const start = body.trim().replace(/\s+/g, ' ').slice(0, 80)
  if (start === '') return `answered ${status} with an empty body`
  const kind = start.startsWith('<') ? 'a web page' : 'broken JSON'
  return `answered ${status} with ${kind} of ${body.length} characters, starting with ${JSON.stringify(start)}`
}

function errorCode(body: unknown): string {
  const { retCode, code } = (body ?? {}) as { retCode?: unknown; code?: unknown }
  return String(retCode ?? code)
}

/** The header holds seconds or a date. */
function parseRetryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  const seconds = Number(header)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}
