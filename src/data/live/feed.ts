/** Keeps one feed connected. */
import { setTimeout as sleep } from 'node:timers/promises'
import { formatSeconds } from '../exchange/retry.ts'
import type { Socket, SocketHandlers } from './socket.ts'
import type { LiveTiming } from './timing.ts'

/** Receives what a feed brings over all its connections. */
export interface FeedListener {
  /** The subscription is active. */
  onConnected(): void
  /** Something came: data, an answer or a pong. */
  onActivity(): void
  onRows(rows: readonly unknown[]): void
  /** The connection is lost; the next attempt follows by itself. */
  onDisconnected(reason: string): void
}

type OpenConnection = (handlers: SocketHandlers) => Promise<Pick<Socket, 'close'>>

/**
 * Keeps a feed connected until the signal ends it. After a failure or silence it connects again, with growing delays while
 * no connection succeeds.
 *
 * @param expectsData whether a live connection without data is to be replaced
 * @throws an error that will not pass: the exchange refuses the very first subscription
 */
export async function runFeed(
  open: OpenConnection,
  listener: FeedListener,
  expectsData: boolean,
  timing: LiveTiming,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0
  let everConnected = false
  let dataTimeoutMs = expectsData ? timing.dataTimeoutMs : Infinity
  while (!signal.aborted) {
    const end = await runConnection(open, listener, dataTimeoutMs, timing, signal)
    if (signal.aborted) return
    everConnected ||= end.wasActive
    if (!everConnected && end.error && !(await isTransient(end.error))) throw end.error
    listener.onDisconnected(end.reason)
    // In a market without trades every connection stays without data.
    if (expectsData) dataTimeoutMs = end.hadData ? timing.dataTimeoutMs : dataTimeoutMs * 2
    failures = end.wasActive ? 0 : failures + 1
    const delays = timing.reconnectDelaysMs
    const delay = delays[Math.min(failures, delays.length - 1)] ?? 0
    await sleep(delay * (0.75 + 0.5 * Math.random()), undefined, { signal }).catch(() => undefined)
  }
}

interface ConnectionEnd {
  reason: string
  error?: Error
  /** Whether anything came. */
  wasActive: boolean
  /** Whether data came. */
  hadData: boolean
}

/** Runs one connection from its opening to its end. */
async function runConnection(
  open: OpenConnection,
  listener: FeedListener,
  dataTimeoutMs: number,
  timing: LiveTiming,
  signal: AbortSignal,
): Promise<ConnectionEnd> {
  let wasActive = false
  let hadData = false
  let lastActivity = performance.now()
  let lastData = lastActivity
  let finish: (end: Pick<ConnectionEnd, 'reason' | 'error'>) => void = () => {}
  const ended = new Promise<Pick<ConnectionEnd, 'reason' | 'error'>>(resolve => {
    finish = resolve
  })
  const markActive = () => {
    lastActivity = performance.now()
    if (!wasActive) listener.onConnected()
    wasActive = true
  }
  const handlers: SocketHandlers = {
    onActivity() {
      markActive()
      listener.onActivity()
    },
    onRows(rows) {
      markActive()
      lastData = lastActivity
      hadData = true
      listener.onRows(rows)
    },
    onError: error => finish({ reason: error.message, error }),
  }
  const { silenceTimeoutMs } = timing
  const period = Math.max(5, Math.min(silenceTimeoutMs, dataTimeoutMs) / 4)
  let lastCheck = performance.now()
  const watchdog = setInterval(() => {
    const now = performance.now()
    // While this process was busy it received nothing; the messages of that time are delivered now.
    const busyMs = now - lastCheck - period
    lastCheck = now
    if (busyMs > period) {
      lastActivity += busyMs
      lastData += busyMs
      return
    }
    if (now - lastActivity > silenceTimeoutMs)
      finish({ reason: `nothing came for ${formatSeconds(now - lastActivity)}` })
    else if (wasActive && now - lastData > dataTimeoutMs)
      finish({ reason: `no data came for ${formatSeconds(now - lastData)} on a live connection` })
  }, period)
  const abort = () => finish({ reason: 'stopped' })
  signal.addEventListener('abort', abort, { once: true })
  const opening = open(handlers)
  opening.catch((error: Error) => finish({ reason: error.message, error }))
  const end = await ended
  clearInterval(watchdog)
  signal.removeEventListener('abort', abort)
  // The connection may open only now.
  opening.then(
    socket => socket.close(),
    () => undefined,
  )
  return { ...end, wasActive, hadData }
}

async function isTransient(error: Error): Promise<boolean> {
  const { BaseError, NetworkError } = await import('../ccxt.ts')
  return error instanceof NetworkError || !(error instanceof BaseError)
}
