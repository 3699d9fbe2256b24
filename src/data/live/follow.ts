import { setTimeout as sleep } from 'node:timers/promises'
import type { Pace } from './pace.ts'
import type { Hearing, Socket } from './socket.ts'

/** Hears of a feed that comes and goes. */
export interface Follower {
  /** The subscription holds. */
  connected(): void
  life(): void
  rows(rows: readonly unknown[]): void
  /** The connection is gone; the next attempt comes by itself. */
  lost(reason: string): void
}

/**
 * Keeps a feed alive until the signal ends it: opens a connection, and after a failure or silence another one, with longer
 * and longer waits while none holds.
 *
 * @param quiet whether a living connection without data is a reason to open another one
 * @throws what cannot pass: the exchange refuses the very first subscription
 */
export async function follow(
  open: (hearing: Hearing) => Promise<Pick<Socket, 'close'>>,
  follower: Follower,
  quiet: boolean,
  pace: Pace,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0
  let everConnected = false
  let quietMs = quiet ? pace.quietMs : Infinity
  while (!signal.aborted) {
    const { reason, error, lived, fed } = await listen(open, follower, quietMs, pace, signal)
    if (signal.aborted) return
    everConnected ||= lived
    if (!everConnected && error && !(await mayPass(error))) throw error
    follower.lost(reason)
    // A market in which nobody trades brings nothing, whatever the connection.
    quietMs = fed || !quiet ? (quiet ? pace.quietMs : Infinity) : quietMs * 2
    failures = lived ? 0 : failures + 1
    const wait = pace.waits[Math.min(failures, pace.waits.length - 1)]!
    await sleep(wait * (0.75 + 0.5 * Math.random()), undefined, { signal }).catch(() => undefined)
  }
}

interface End {
  reason: string
  error?: Error
  /** Whether anything came, and whether data did. */
  lived: boolean
  fed: boolean
}

/** One connection from its opening to its end. */
async function listen(
  open: (hearing: Hearing) => Promise<Pick<Socket, 'close'>>,
  follower: Follower,
  quietMs: number,
  pace: Pace,
  signal: AbortSignal,
): Promise<End> {
  let lived = false
  let fed = false
  let lastLife = performance.now()
  let lastRows = lastLife
  let finish: (end: Pick<End, 'reason' | 'error'>) => void = () => {}
  const ended = new Promise<Pick<End, 'reason' | 'error'>>(resolve => {
    finish = resolve
  })
  const alive = () => {
    lastLife = performance.now()
    if (!lived) follower.connected()
    lived = true
  }
  const hearing: Hearing = {
    life() {
      alive()
      follower.life()
    },
    rows(rows) {
      alive()
      lastRows = lastLife
      fed = true
      follower.rows(rows)
    },
    fail: error => finish({ reason: error.message, error }),
  }
  const period = Math.max(5, Math.min(pace.silentMs, quietMs) / 4)
  let lastLook = performance.now()
  const watch = setInterval(() => {
    const now = performance.now()
    // While this process was busy nothing could be heard; what came by then is heard now.
    const busyMs = now - lastLook - period
    lastLook = now
    if (busyMs > period) {
      lastLife += busyMs
      lastRows += busyMs
      return
    }
    if (now - lastLife > pace.silentMs) finish({ reason: `nothing came for ${seconds(now - lastLife)}` })
    else if (lived && now - lastRows > quietMs)
      finish({ reason: `no data came for ${seconds(now - lastRows)} on a living connection` })
  }, period)
  const abort = () => finish({ reason: 'stopped' })
  signal.addEventListener('abort', abort, { once: true })
  const opening = open(hearing)
  opening.catch((error: Error) => finish({ reason: error.message, error }))
  const end = await ended
  clearInterval(watch)
  signal.removeEventListener('abort', abort)
  // Also one that opens only now.
  opening.then(
    socket => socket.close(),
    () => undefined,
  )
  return { ...end, lived, fed }
}

async function mayPass(error: Error): Promise<boolean> {
  const { BaseError, NetworkError } = await import('../ccxt.ts')
  return error instanceof NetworkError || !(error instanceof BaseError)
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
