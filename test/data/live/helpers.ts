import { afterEach } from 'vitest'
import type { Task } from '../../../src/common/task.ts'
import { liveMarket } from '../../../src/data/live/live.ts'
import { PACE, type Pace } from '../../../src/data/live/pace.ts'
import type { LiveSource, LiveUpdate } from '../../../src/data/live/types.ts'
import type { ExchangeOptions, LocalExchange } from '../../exchange-server/server.ts'
import { localExchange, MINUTE, QUICK } from '../exchange/helpers.ts'
import { useFolder } from '../store/helpers.ts'

/** The real thing, with waits that do not slow the tests. */
export const FAST: Pace = {
  ...PACE,
  settleMs: 20,
  pollMs: 10,
  keepAliveMs: 30,
  silentMs: 3000,
  quietMs: 60_000,
  waits: [10, 20, 40],
  flushMs: 25,
  tradesFlushMs: 25,
  patience: QUICK,
}

/** For tests in which silence counts: shorter than a busy machine may keep a connection waiting, so not for the others. */
export const SOON_SILENT = { silentMs: 1000 } satisfies Partial<Pace>

/** On a busy machine to load ccxt alone may take half a minute. */
const PATIENCE_MS = 60_000
/** What belongs to a bar is complete by then, so that nobody waits for it. */
const COMPLETE_MS = FAST.lagMs + 500

const realNow = Date.now
let ahead = 0

/** Time jumps for the exchange and for whoever asks it alike; timers go on as before. */
export function jumpTo(time: number): void {
  ahead = time - realNow()
  Date.now = () => realNow() + ahead
}

export interface Following {
  exchange: LocalExchange
  updates: LiveUpdate[]
  said: string[]
  /** Open of the minute in which it began. */
  start: number
  /** Lets the minute after the last known one begin: `into` ms of it are over. */
  minute(n: number, into?: number): void
  until(condition: (last: LiveUpdate) => boolean, what: string): Promise<LiveUpdate>
  /** As the cell's interrupt; resolves with the error and how long the end took. */
  abort(): Promise<{ error: unknown; ms: number }>
  done: Promise<unknown>
}

const running: Following[] = []

/** A store for each test, which is left alone before it is removed. */
export function useStore(): { path: string } {
  const folder = useFolder()
  // What was asked for last happens first.
  afterEach(async () => {
    for (const following of running.splice(0)) await following.abort()
    ahead = 0
    Date.now = realNow
  })
  return folder
}

/** Follows a local exchange from ten seconds into a minute on. */
export async function following(
  options: Partial<LiveSource> & { local?: ExchangeOptions; pace?: Partial<Pace>; slow?: number },
): Promise<Following> {
  const { local, pace, slow = 0, ...source } = options
  const start = Date.UTC(2026, 2, 10, 12, 0)
  jumpTo(start + 10_000)
  const exchange = await localExchange(local)
  const controller = new AbortController()
  const updates: LiveUpdate[] = []
  const said: string[] = []
  const task: Task = { signal: controller.signal, progress: message => void said.push(message) }
  const live = liveMarket(
    {
      exchange: exchange.venue,
      symbol: exchange.symbol,
      timeframe: '1m',
      history: start - 30 * MINUTE,
      every: 10,
      store: false,
      ccxt: exchange.ccxt,
      ...source,
    },
    { ...FAST, ...pace },
    task,
  )
  const done = (async () => {
    for await (const update of live) {
      updates.push(update)
      if (slow > 0) await new Promise(resolve => setTimeout(resolve, slow))
    }
  })().then(
    () => undefined,
    (error: unknown) => error ?? 'ended',
  )
  let over: unknown = false
  done.then(error => {
    over = error ?? 'ended without an error'
  })
  const result: Following = {
    exchange,
    updates,
    said,
    start,
    minute: (n, into = COMPLETE_MS) => jumpTo(start + n * MINUTE + into),
    async until(condition, what) {
      for (const end = performance.now() + PATIENCE_MS; performance.now() < end; ) {
        const last = updates.at(-1)
        if (last && condition(last)) return last
        if (over !== false) throw over instanceof Error ? over : new Error(`It has ended before ${what}`)
        await new Promise(resolve => setTimeout(resolve, 6))
      }
      throw new Error(`${what} has not come. The last state: ${JSON.stringify(updates.at(-1)?.status)}`)
    },
    async abort() {
      const from = performance.now()
      controller.abort(new Error('interrupted'))
      const error = await done
      return { error, ms: performance.now() - from }
    },
    done,
  }
  running.push(result)
  return result
}

/** Waits until all feeds are subscribed. */
export function connected(live: Following): Promise<LiveUpdate> {
  return live.until(({ status }) => Object.values(status.connected).every(Boolean), 'a connection of all feeds')
}
