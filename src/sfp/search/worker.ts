/** Entry point of a worker thread: runs batches of variants on a market in shared memory. */
import { parentPort } from 'node:worker_threads'
import type { Market } from '../../market/market.ts'
import type { LevelColumns } from '../levels/level-source.ts'
import { buffersOf, packOutcomes } from './packed-outcomes.ts'
import { runVariant } from './run-variant.ts'
import { receiveMarket, type Shared, type SharedMarket } from './shared-market.ts'
import type { WorkerReply, WorkerTask } from './worker-messages.ts'

if (!parentPort) throw new Error('This module runs only as a worker thread')
const port = parentPort

// Each message wraps the same memory in new arrays, but caches are by array, so the first ones are kept.
const markets = new Map<number, Market>()
const lowerTimeframes = new Map<number, Market>()
const allLevels = new Map<number, LevelColumns>()

port.on('message', ({ id, market, lowerTimeframe, levels, variants, keep }: WorkerTask) => {
  try {
    const bars = lastOf(markets, market, receiveMarket)
    const lower = lowerTimeframe && lastOf(lowerTimeframes, lowerTimeframe, receiveMarket)
    const columns = lastOf(allLevels, levels, value => value)
    const outcomes = packOutcomes(
      variants.map(({ detect, backtest }) => {
        const options = { detect, backtest: lower ? { ...backtest, lowerTimeframe: lower } : backtest }
        return runVariant(bars, columns, options, keep)
      }),
    )
    // Transferred, not copied: this thread does not need them any more.
    port.postMessage({ id, outcomes } satisfies WorkerReply, buffersOf(outcomes))
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error))
    port.postMessage({ id, error: { name, message } } satisfies WorkerReply)
  }
})

/** The value of this id; only the last one is kept. */
function lastOf<S extends SharedMarket | LevelColumns, T>(
  cache: Map<number, T>,
  { id, value }: Shared<S>,
  receive: (value: S) => T,
): T {
  let received = cache.get(id)
  if (received === undefined) {
    received = receive(value)
    cache.clear()
    cache.set(id, received)
  }
  return received
}
