/** Entry of a worker thread: runs batches of variants on a market that it shares with the thread that started it. */
import { parentPort, workerData } from 'node:worker_threads'
import type { WorkerReply, WorkerStart, WorkerTask } from './protocol.ts'
import { receiveMarket } from './shared.ts'
import { runVariant } from './work.ts'

const start = workerData as WorkerStart
const market = receiveMarket(start.market)
const detail = start.detail ? receiveMarket(start.detail) : undefined

parentPort!.on('message', ({ id, levels, variants }: WorkerTask) => {
  let reply: WorkerReply
  try {
    const outcomes = variants.map(({ detect, backtest }) =>
      runVariant(market, levels, { detect, backtest: detail ? { ...backtest, detail } : backtest }),
    )
    reply = { id, outcomes }
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error))
    reply = { id, error: { name, message } }
  }
  parentPort!.postMessage(reply)
})
