/** Worker threads that live in this one, for tests of what surrounds them. */
import { EventEmitter } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { TaskRunner } from '../../../src/sfp/search/task-runner.ts'
import { releaseThread, SweepThread } from '../../../src/sfp/search/thread-pool.ts'
import type { WorkerReply, WorkerTask } from '../../../src/sfp/search/worker-messages.ts'

/** Receives copies of messages, as a thread does, and answers each after a turn of the event loop, or never where there is no answer. */
export class FakeWorker extends EventEmitter {
  readonly tasks: WorkerTask[] = []
  /** Whether it keeps the process alive. */
  isAwaited = true
  isTerminated = false
  readonly #answer: (task: WorkerTask) => WorkerReply | null

  constructor(answer: (task: WorkerTask) => WorkerReply | null = runTasks()) {
    super()
    this.#answer = answer
  }

  postMessage(message: WorkerTask): void {
    const task = structuredClone(message)
    this.tasks.push(task)
    setImmediate(() => {
      const reply = this.#answer(task)
      if (reply) this.emit('message', reply)
    })
  }

  ref(): void {
    this.isAwaited = true
  }

  unref(): void {
    this.isAwaited = false
  }

  async terminate(): Promise<number> {
    this.isTerminated = true
    return 1
  }

  thread(): SweepThread {
    return new SweepThread(this as unknown as Worker)
  }
}

/** What a thread does with its tasks. */
export function runTasks(): (task: WorkerTask) => WorkerReply {
  const runner = new TaskRunner()
  return task => runner.run(task)
}

/** Threads that wait in the pool under a name of their own. */
export function fakeThreads(name: string, ...workers: FakeWorker[]): URL {
  const file = new URL(`fake:${name}`)
  for (const worker of workers) releaseThread(file, worker.thread(), workers.length)
  return file
}
