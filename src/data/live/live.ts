import { setTimeout as sleep } from 'node:timers/promises'
import { durationMs } from '../../common/duration.ts'
import { DataError, quoteValue } from '../../common/errors.ts'
import { momentMs } from '../../common/iso-time.ts'
import { currentTask, type Task } from '../../common/task.ts'
import { type Connection, connect, USUAL } from '../exchange/connect.ts'
import { whoServes } from '../exchange/venues.ts'
import { storeOf } from '../store/open.ts'
import { isOffline } from '../store/store-path.ts'
import { PACE, type Pace } from './pace.ts'
import { LiveSession } from './session.ts'
import { type Topic, watches } from './socket.ts'
import { LIVE_EXTRAS, type LiveExtra, type LiveSource, type LiveUpdate } from './types.ts'

/**
 * A market that goes on: its history through the store, then bar by bar over WebSocket. Whoever is slow gets the newest
 * state and never a queue. Ends with the cell, with {@link LiveSource.for}, or when the loop is left; its sockets are
 * closed then and everything that came is on the disk.
 *
 * @example for await (const { market, closed } of liveMarket({ exchange: 'binanceusdm', symbol, timeframe: '1m' })) …
 * @throws DataError when it cannot be had there, naming who has it, or the store cannot be written
 */
export async function* liveMarket(
  source: LiveSource,
  pace: Pace = PACE,
  task: Task = currentTask(),
): AsyncGenerator<LiveUpdate, void, undefined> {
  const barMs = durationMs(source.timeframe, 'timeframe')
  const everyMs = source.every === undefined ? 1000 : durationMs(source.every, 'every')
  const forMs = source.for === undefined ? Infinity : durationMs(source.for, 'for')
  const extras = extrasOf(source.with)
  if (isOffline()) throw new DataError('liq.live needs the exchange, but LIQNB_OFFLINE is set')
  const path = storeOf({ ...source, offline: false })

  const stop = new AbortController()
  const signal = AbortSignal.any([task.signal, stop.signal])
  let session: LiveSession | undefined
  let timer: (() => void) | undefined
  try {
    const connection = await connect(source, task, pace.patience)
    const topics = await topicsAt(source.exchange, extras)
    const since = sinceOf(source.history ?? '30d', connection, barMs)
    session = new LiveSession({ source, connection, topics, since, barMs, path, pace, task, signal })
    await session.start()
    if (forMs < Infinity) timer = timeout(() => stop.abort(), forMs)
    while (!signal.aborted) {
      const update = session.take()
      const next = sleep(everyMs, undefined, { signal }).catch(() => undefined)
      task.progress(update.status.text)
      yield update
      await next
      await session.changed()
    }
    task.signal.throwIfAborted()
  } catch (error) {
    // The end that `for` asked for is none.
    if (!stop.signal.aborted || task.signal.aborted) throw error
  } finally {
    timer?.()
    stop.abort()
    await session?.close()
  }
}

/** A timer of any length; setTimeout takes less than 25 days. */
function timeout(action: () => void, ms: number): () => void {
  let timer: NodeJS.Timeout
  const wait = (left: number) => {
    const step = Math.min(left, 86_400_000)
    timer = setTimeout(() => (left > step ? wait(left - step) : action()), step)
  }
  wait(ms)
  return () => clearTimeout(timer)
}

function extrasOf(given: LiveSource['with'] = []): ReadonlySet<LiveExtra> {
  for (const extra of given)
    if (!LIVE_EXTRAS.includes(extra))
      throw new DataError(`with: ${quoteValue(extra)}, but liq.live takes ${LIVE_EXTRAS.join(' and ')}`)
  return new Set(given)
}

/** Without a stream of candles there is no bar before it is over; closed ones come all the same. */
async function topicsAt(exchange: string, extras: ReadonlySet<LiveExtra>): Promise<Topic[]> {
  for (const extra of extras) {
    if (await watches(exchange, extra)) continue
    const all = await Promise.all(USUAL.map(async venue => ((await watches(venue, extra)) ? venue : [])))
    throw new DataError(`with: ${exchange} streams no ${extra}. ${whoServes(all.flat())}`)
  }
  return (await watches(exchange, 'candles')) ? ['candles', ...extras] : [...extras]
}

function sinceOf(history: string | number, connection: Connection, barMs: number): number {
  const now = connection.now()
  const isDuration = typeof history === 'string' && /^\s*[\d.]+\s*[smhdw]\s*$/.test(history)
  const since = isDuration ? now - durationMs(history, 'history') : momentMs(history, 'history')
  // At least one closed bar, to go on from.
  return Math.min(since, now - 3 * barMs)
}
