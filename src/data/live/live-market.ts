/** Follows a market: its history, then bar by bar as they close. */
import { setTimeout as sleep } from 'node:timers/promises'
import { DAY, durationMs } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import { currentTask, type Task } from '../../common/host.ts'
import { momentMs } from '../../common/iso-time.ts'
import {
  anything,
  type Check,
  defineOptions,
  duration,
  listOf,
  moment,
  oneOf,
  option,
  optional,
  required,
} from '../../common/options.ts'
import { isOffline } from '../../common/store-path.ts'
import { addressOptions, type Connection, connect, MAIN_VENUES } from '../exchange/connect.ts'
import { notServed } from '../exchange/venues.ts'
import { resolveStoreOptions } from '../store/store-options.ts'
import { LiveSession } from './session.ts'
import { canWatch } from './socket.ts'
import { DEFAULT_TIMING, type LiveTiming } from './timing.ts'
import { LIVE_EXTRAS, type LiveExtra, type LiveSource, type LiveTopic, type LiveUpdate } from './types.ts'

const CALLER = 'liq.live'

const isDuration = (value: unknown): value is string =>
  typeof value === 'string' && /^\s*[\d.]+\s*[smhdw]\s*$/.test(value)

const durationOrMoment: Check = value =>
  (isDuration(value) ? duration() : moment)(value) && {
    expected: 'a duration such as 30d, a date such as 2023-01-01, or epoch ms',
  }

const liveOptions = defineOptions<LiveSource, 'for' | 'store' | 'ccxt'>(CALLER, {
  ...addressOptions,
  timeframe: required(duration()),
  with: option([], listOf(oneOf(...LIVE_EXTRAS))),
  history: option('30d', durationOrMoment),
  // Checked by the store.
  store: optional(anything),
  every: option('1s', duration()),
  for: optional(duration()),
})

/**
 * Follows a market: its history through the store, then bar by bar over WebSocket. A slow consumer gets the newest state
 * and no queue. Ends with the cell, with {@link LiveSource.for}, or when the loop is left; then its sockets are closed and
 * everything that came is stored.
 *
 * @example for await (const { market, closed } of liveMarket({ exchange: 'binanceusdm', symbol, timeframe: '1m' })) …
 * @throws OptionError if an option is invalid, or the exchange does not stream what it names
 * @throws DataError if the history cannot be loaded, the store cannot be written, or LIQNB_OFFLINE is set
 */
export async function* liveMarket(
  source: LiveSource,
  timing: LiveTiming = DEFAULT_TIMING,
  task: Task = currentTask(),
): AsyncGenerator<LiveUpdate, void, undefined> {
  const options = liveOptions.resolve(source)
  const { exchange, symbol, timeframe, ccxt, store } = options
  const followed = { exchange, symbol, timeframe, caller: CALLER, ...(ccxt !== undefined && { ccxt }) }
  const barMs = durationMs(timeframe, 'timeframe')
  const everyMs = durationMs(options.every, 'every')
  const forMs = options.for === undefined ? Infinity : durationMs(options.for, 'for')
  if (isOffline()) throw new DataError(`${CALLER} needs the exchange, but LIQNB_OFFLINE is set`)
  const storeSource = { offline: false, ...(store !== undefined && { store }), ...(ccxt !== undefined && { ccxt }) }
  const { path: storePath } = resolveStoreOptions(storeSource, CALLER)

  const stop = new AbortController()
  const signal = AbortSignal.any([task.signal, stop.signal])
  let session: LiveSession | undefined
  let cancelTimer: (() => void) | undefined
  try {
    const connection = await connect(followed, task, timing.retryPolicy)
    const topics = await findTopics(exchange, options.with)
    const since = historyStart(options.history, connection, barMs)
    session = new LiveSession({ source: followed, connection, topics, since, barMs, storePath, timing, task, signal })
    await session.start()
    if (forMs < Infinity) cancelTimer = startTimer(() => stop.abort(), forMs)
    while (!signal.aborted) {
      const update = session.takeUpdate()
      const delay = sleep(everyMs, undefined, { signal }).catch(() => undefined)
      task.progress(update.status.text)
      yield update
      await delay
      await session.nextChange()
    }
    task.signal.throwIfAborted()
  } catch (error) {
    // The end through `for` is no error.
    if (!stop.signal.aborted || task.signal.aborted) throw error
  } finally {
    cancelTimer?.()
    stop.abort()
    await session?.close()
  }
}

/** A timer of any length; setTimeout takes less than 25 days. Returns a function that cancels it. */
export function startTimer(action: () => void, ms: number): () => void {
  let timer: NodeJS.Timeout
  const wait = (remainingMs: number) => {
    const step = Math.min(remainingMs, DAY)
    timer = setTimeout(() => (remainingMs > step ? wait(remainingMs - step) : action()), step)
  }
  wait(ms)
  return () => clearTimeout(timer)
}

/** The feeds to open. An exchange that streams no candles shows no forming bar, but its closed bars come all the same. */
async function findTopics(exchange: string, extras: readonly LiveExtra[]): Promise<LiveTopic[]> {
  for (const extra of extras) {
    if (await canWatch(exchange, extra)) continue
    const providers = await Promise.all(MAIN_VENUES.map(async venue => ((await canWatch(venue, extra)) ? venue : [])))
    throw notServed(CALLER, extra, exchange, `stream of ${extra}`, providers.flat())
  }
  const topics = new Set(extras)
  return (await canWatch(exchange, 'candles')) ? ['candles', ...topics] : [...topics]
}

function historyStart(history: string | number, connection: Connection, barMs: number): number {
  const now = connection.now()
  const since = isDuration(history) ? now - durationMs(history, 'history') : momentMs(history, 'history')
  // At least one closed bar to continue from.
  return Math.min(since, now - 3 * barMs)
}
