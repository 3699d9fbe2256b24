/** Entry point of a worker thread: runs batches of variants on a market in shared memory. */
import { parentPort, workerData } from 'node:worker_threads'
import type { LevelColumns } from '../levels/level-source.ts'
import { runVariant } from './run-variant.ts'
import { receiveMarket } from './shared-market.ts'
import type { WorkerReply, WorkerStart, WorkerTask } from './worker-messages.ts'

if (!parentPort) throw new Error('This module runs only as a worker thread')
const port = parentPort
const start = workerData as WorkerStart
const market = receiveMarket(start.market)
const lowerTimeframe = start.lowerTimeframe ? receiveMarket(start.lowerTimeframe) : undefined

let lastLevels: { group: number; columns: LevelColumns } | null = null

port.on('message', ({ id, group, levels: received, variants }: WorkerTask) => {
  let reply: WorkerReply
  // Each message wraps the same memory in new arrays, but the cache of signals is by array.
  if (lastLevels?.group !== group) lastLevels = { group, columns: received }
  const { columns } = lastLevels
  try {
    const outcomes = variants.map(({ detect, backtest }) =>
      runVariant(market, columns, { detect, backtest: lowerTimeframe ? { ...backtest, lowerTimeframe } : backtest }),
    )
    reply = { id, outcomes }
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error))
    reply = { id, error: { name, message } }
  }
  const outcomes = 'outcomes' in reply ? reply.outcomes : []
  // Transferred, not copied: this thread does not need them any more.
  port.postMessage(
    reply,
    outcomes.flatMap(({ metrics, returns, trades }) =>
      [metrics, returns, ...Object.values(trades)].map(values => values.buffer as ArrayBuffer),
    ),
  )
})
