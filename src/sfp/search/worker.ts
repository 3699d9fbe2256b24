/** Entry of a worker thread: runs batches of variants on a market that it shares with the thread that started it. */
import { parentPort, workerData } from 'node:worker_threads'
import type { LevelColumns } from '../levels/columns.ts'
import type { WorkerReply, WorkerStart, WorkerTask } from './protocol.ts'
import { receiveMarket } from './shared-market.ts'
import { runVariant } from './work.ts'

const start = workerData as WorkerStart
const market = receiveMarket(start.market)
const lowerTimeframe = start.lowerTimeframe ? receiveMarket(start.lowerTimeframe) : undefined

let known: { group: number; levels: LevelColumns } | null = null

parentPort!.on('message', ({ id, group, levels: sent, variants }: WorkerTask) => {
  let reply: WorkerReply
  // Every message wraps the same memory anew, and what is known of levels hangs on the wrapper.
  if (known?.group !== group) known = { group, levels: sent }
  const { levels } = known
  try {
    const outcomes = variants.map(({ detect, backtest }) =>
      runVariant(market, levels, { detect, backtest: lowerTimeframe ? { ...backtest, lowerTimeframe } : backtest }),
    )
    reply = { id, outcomes }
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error))
    reply = { id, error: { name, message } }
  }
  const kept = 'outcomes' in reply ? reply.outcomes : []
  // Handed over, not copied: nobody looks at them here any more.
  parentPort!.postMessage(
    reply,
    kept.flatMap(({ figures, returns, trades }) =>
      [figures, returns, ...Object.values(trades)].map(values => values.buffer as ArrayBuffer),
    ),
  )
})
