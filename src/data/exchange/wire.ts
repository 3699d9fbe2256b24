import { AsyncLocalStorage } from 'node:async_hooks'
import type { Exchange } from 'ccxt'

/** What ccxt's errors leave out of the answer that caused them. */
export interface Failure {
  /** HTTP status, where an answer came. */
  status?: number
  /** How long the venue asks to stay away. */
  retryAfterMs?: number
  /** The venue says with a good status that this will pass, and ccxt takes it for a final error. */
  temporary?: boolean
}

/** Codes of that kind: Bybit's "service is restarting". */
const TEMPORARY: Record<string, readonly string[]> = { bybit: ['10016'] }

/** An answer with a good status that is not JSON: cut off, broken, or a web page. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer'
}

const failures = new WeakMap<object, Failure>()
const signals = new AsyncLocalStorage<AbortSignal>()

/** What is known of the answer behind an error of a request. */
export function failureOf(error: unknown): Failure {
  return (typeof error === 'object' && error !== null && failures.get(error)) || {}
}

/** Runs requests that end when `signal` does: also in the middle of an answer. */
export function withSignal<T>(signal: AbortSignal, request: () => Promise<T>): Promise<T> {
  return signals.run(signal, request)
}

type Send = (url: string, params: RequestInit) => Promise<Response>

/** The parts of ccxt's base class that stand between a request and its answer, and are not in its public types. */
interface Wire {
  fetchImplementation: Send
  undiciRequest: Send
  loadFetchImplementation(): Promise<void>
  handleErrors(...answer: HttpAnswer): unknown
  handleHttpStatusCode(code: number, reason: string, url: string, method: string, body: string): void
}
type HttpAnswer = [
  code: number,
  reason: string,
  url: string,
  method: string,
  headers: Record<string, string>,
  body: string,
  parsed: unknown,
  ...rest: unknown[],
]

/**
 * Closes three gaps of ccxt's requests: its timeout ends when the head of an answer has come, so that a body may stall
 * for ever; they cannot be cancelled; and its errors do not tell Retry-After. Answers that are not JSON are errors, where
 * ccxt would hand on their text.
 */
export async function hardenWire(exchange: Exchange): Promise<void> {
  const wire = exchange as unknown as Wire
  await wire.loadFetchImplementation()
  const plain = wire.fetchImplementation
  const send: Send = async (url, params) => {
    const given = [params.signal, signals.getStore()].filter(signal => signal instanceof AbortSignal)
    const response = await plain(url, { ...params, signal: AbortSignal.any(given) })
    // Read here, ccxt's own timer is still running.
    const text = await response.text()
    const { status, statusText, headers } = response
    return new Response(text === '' ? null : text, { status, statusText, headers })
  }
  wire.fetchImplementation = send
  wire.undiciRequest = send

  const handle = wire.handleErrors.bind(exchange)
  wire.handleErrors = (...answer) => {
    const [status, reason, url, method, headers, body, parsed] = answer
    try {
      const handled = handle(...answer)
      if (handled !== undefined) return handled
      wire.handleHttpStatusCode(status, reason, url, method, body)
      if (parsed === undefined) throw new UnreadableAnswer(`${exchange.id} ${method} ${url} ${describe(status, body)}`)
      return undefined
    } catch (error) {
      if (typeof error === 'object' && error !== null)
        failures.set(error, {
          status,
          retryAfterMs: retryAfter(headers['Retry-After']),
          temporary: TEMPORARY[exchange.id]?.includes(codeOf(parsed)),
        })
      throw error
    }
  }
}

function describe(status: number, body: string): string {
  const start = body.trim().replace(/\s+/g, ' ').slice(0, 80)
  if (start === '') return `answered ${status} with nothing`
  const kind = start.startsWith('<') ? 'a web page' : 'broken JSON'
  return `answered ${status} with ${kind}, ${body.length} characters that begin ${JSON.stringify(start)}`
}

function codeOf(answer: unknown): string {
  const { retCode, code } = (answer ?? {}) as { retCode?: unknown; code?: unknown }
  return String(retCode ?? code)
}

/** Seconds, or a date. */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  const seconds = Number(header)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}
