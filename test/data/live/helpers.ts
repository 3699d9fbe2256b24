/** Follows local exchanges with a clock that the test sets. */
import { afterEach } from 'vitest'
import { MINUTE } from '../../../src/common/duration.ts'
import type { Task } from '../../../src/common/host.ts'
import { liveMarket } from '../../../src/data/live/live-market.ts'
import { DEFAULT_TIMING, type LiveTiming } from '../../../src/data/live/timing.ts'
import type { LiveSource, LiveUpdate } from '../../../src/data/live/types.ts'
import type { Interval } from '../../../src/data/store/intervals.ts'
import { Store } from '../../../src/data/store/store.ts'
import type { ExchangeOptions, LocalExchange } from '../../exchange-server/server.ts'
import { FAST_RETRIES, localExchange } from '../exchange/helpers.ts'
import { useFolder } from '../store/helpers.ts'

/** The real timing, but too short to slow down the tests. */
const FAST_TIMING: LiveTiming = {
  ...DEFAULT_TIMING,
  barDelayMs: 20,
  pollMs: 10,
  keepAliveMs: 30,
  silenceTimeoutMs: 3000,
  dataTimeoutMs: 60_000,
  reconnectDelaysMs: [10, 20, 40],
  flushMs: 25,
  tradesFlushMs: 25,
  retryPolicy: FAST_RETRIES,
}

/** For tests of silence only: a busy machine may keep a connection waiting for longer. */
export const SHORT_SILENCE = { silenceTimeoutMs: 1000 } satisfies Partial<LiveTiming>

/** On a busy machine loading ccxt alone may take half a minute. */
const TIMEOUT_MS = 60_000
/** This long after its end, all events of a bar have come. */
const COMPLETE_MS = FAST_TIMING.maxLagMs + 500

const realNow = Date.now
let offsetMs = 0

/** Sets the clock for the exchange and its clients alike; timers are not affected. */
function jumpTo(time: number): void {
  offsetMs = time - realNow()
  Date.now = () => realNow() + offsetMs
}

export interface FollowedExchange {
  exchange: LocalExchange
  updates: LiveUpdate[]
  messages: string[]
  /** Open of the minute in which the following began. */
  start: number
  /** Sets the clock to `into` ms after the open of the n-th minute after `start`. */
  toMinute(n: number, into?: number): void
  until(condition: (last: LiveUpdate) => boolean, what: string): Promise<LiveUpdate>
  /** Interrupts as a cell does; resolves with the error and the time that the end took. */
  abort(): Promise<{ error: unknown; ms: number }>
  done: Promise<unknown>
}

const running: FollowedExchange[] = []

/** A store for each test. What still runs at the end of the test is stopped before the store is removed. */
export function useStore(): { path: string } {
  const folder = useFolder()
  // Hooks run in reverse order.
  afterEach(async () => {
    for (const following of running.splice(0)) await following.abort()
    offsetMs = 0
    Date.now = realNow
  })
  return folder
}

/** Follows a local exchange, starting ten seconds into a minute. */
export async function followExchange(
  options: Partial<LiveSource> & { local?: ExchangeOptions; timing?: Partial<LiveTiming>; consumerDelayMs?: number },
): Promise<FollowedExchange> {
  const { local, timing, consumerDelayMs = 0, ...source } = options
  const start = Date.UTC(2026, 2, 10, 12, 0)
  jumpTo(start + 10_000)
  const exchange = await localExchange(local)
  const controller = new AbortController()
  const updates: LiveUpdate[] = []
  const messages: string[] = []
  const task: Task = { signal: controller.signal, progress: message => void messages.push(message) }
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
    { ...FAST_TIMING, ...timing },
    task,
  )
  const done = (async () => {
    for await (const update of live) {
      updates.push(update)
      if (consumerDelayMs > 0) await new Promise(resolve => setTimeout(resolve, consumerDelayMs))
    }
  })().then(
    () => undefined,
    (error: unknown) => error ?? 'ended',
  )
  let ended: unknown
  done.then(error => {
    ended = error ?? 'ended without an error'
  })
  const result: FollowedExchange = {
    exchange,
    updates,
    messages,
    start,
    toMinute: (n, into = COMPLETE_MS) => jumpTo(start + n * MINUTE + into),
    async until(condition, what) {
      for (const end = performance.now() + TIMEOUT_MS; performance.now() < end; ) {
        const last = updates.at(-1)
        if (last && condition(last)) return last
        if (ended !== undefined) throw ended instanceof Error ? ended : new Error(`The session ended before ${what}`)
        await new Promise(resolve => setTimeout(resolve, 6))
      }
      throw new Error(`${what} did not come. The last state: ${JSON.stringify(updates.at(-1)?.status)}`)
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

/** Waits until all feeds are connected. */
export function allConnected(live: FollowedExchange): Promise<LiveUpdate> {
  return live.until(({ status }) => Object.values(status.connected).every(Boolean), 'the connection of all feeds')
}

/** Loads what is stored of the followed symbol's trades or liquidations. */
export function loadStored(
  storePath: string,
  { exchange }: FollowedExchange,
  series: 'trades' | 'liquidations',
  range: Interval,
) {
  return new Store(storePath).load({ series, exchange: exchange.venue, symbol: exchange.symbol, timeframe: '' }, range)
}
