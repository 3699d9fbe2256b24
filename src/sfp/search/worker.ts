/** Entry point of a worker thread. */
import { parentPort } from 'node:worker_threads'
import { buffersOf } from './packed-outcomes.ts'
import { TaskRunner } from './task-runner.ts'
import type { WorkerTask } from './worker-messages.ts'

if (!parentPort) throw new Error('This module runs only as a worker thread')
const port = parentPort
const runner = new TaskRunner()

port.on('message', (task: WorkerTask) => {
  const reply = runner.run(task)
  // Transferred, not copied: this thread does not need them any more.
  port.postMessage(reply, 'outcomes' in reply ? buffersOf(reply.outcomes) : [])
})
