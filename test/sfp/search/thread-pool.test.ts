/** Threads of a sweep: whose answer is whose, what becomes of tasks when one ends, and which wait for the next sweep. */
import { setImmediate } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { DataError, OptionError } from '../../../src/common/errors.ts'
import type { PackedOutcomes } from '../../../src/sfp/search/packed-outcomes.ts'
import {
  hasWarmThreads,
  releaseThread,
  type SweepThread,
  ThreadLostError,
  takeThreads,
  workerFile,
} from '../../../src/sfp/search/thread-pool.ts'
import type { WorkerTask } from '../../../src/sfp/search/worker-messages.ts'
import { FakeWorker } from './fake-worker.ts'

const TASK = { keep: 'figures' } as unknown as Omit<WorkerTask, 'id'>

/** An answer that is told from others by its number of outcomes. */
const packed = (count: number): PackedOutcomes => ({
  count,
  metrics: Float64Array.of(count),
  returns: null,
  trades: null,
})

/** What a promise comes to in this turn of the event loop: its value, its error, or that it waits. */
function stateOf(promise: Promise<unknown>): Promise<unknown> {
  return Promise.race([promise.catch(error => error), setImmediate('waiting')])
}

/** A thread whose worker answers only when told. */
function silentThread(): { worker: FakeWorker; thread: SweepThread; reply: (id: number, count: number) => void } {
  const worker = new FakeWorker(() => null)
  const reply = (id: number, count: number) => void worker.emit('message', { id, outcomes: packed(count) })
  return { worker, thread: worker.thread(), reply }
}

describe('a thread', () => {
  it('gives each task the answer to it, in whatever order they come', async () => {
    const { worker, thread, reply } = silentThread()
    const tasks = [thread.run(TASK), thread.run(TASK)]
    const [first, second] = worker.tasks.map(({ id }) => id)
    reply(second!, 2)
    expect(await stateOf(tasks[0]!)).toBe('waiting')
    reply(first!, 1)
    expect(await Promise.all(tasks.map(stateOf))).toEqual([packed(1), packed(2)])
  })

  it('rejects a task with the error of its variant, in its own class', async () => {
    const { worker, thread } = silentThread()
    for (const [name, ErrorClass] of [
      ['OptionError', OptionError],
      ['DataError', DataError],
      ['RangeError', Error],
    ] as const) {
      const task = thread.run(TASK)
      worker.emit('message', { id: worker.tasks.at(-1)!.id, error: { name, message: `a ${name}` } })
      const error = await stateOf(task)
      expect(error).toBeInstanceOf(ErrorClass)
      expect(error).toMatchObject({ message: `a ${name}` })
    }
    expect(thread.isLost).toBe(false)
  })

  it.each<[event: string, value: unknown, message: string]>([
    ['exit', 3, 'A worker thread ended with code 3'],
    ['error', new Error('out of memory'), 'out of memory'],
    ['error', 'no error object', 'no error object'],
    ['messageerror', new Error('no message'), 'no message'],
  ])('that ends (%s) rejects its tasks, and takes no other', async (event, value, message) => {
    const { worker, thread } = silentThread()
    const tasks = [thread.run(TASK), thread.run(TASK)]
    worker.emit(event, value)
    // What comes after the first reason is its consequence.
    worker.emit('exit', 1)
    tasks.push(thread.run(TASK))
    const states = await Promise.all(tasks.map(stateOf))
    for (const state of states) {
      expect(state).toBeInstanceOf(ThreadLostError)
      expect(state).toMatchObject({ name: 'ThreadLostError', message })
    }
    expect(thread.isLost).toBe(true)
    expect(worker.tasks.length).toBe(2)
  })

  it('rejects a task that cannot be sent, and goes on', async () => {
    const { worker, thread, reply } = silentThread()
    const state = await stateOf(thread.run({ ...TASK, levels: () => 'a function' } as never))
    expect(state).toBeInstanceOf(ThreadLostError)
    expect((state as Error).message).toMatch(/could not be cloned/)
    expect(thread.isLost).toBe(false)
    expect(worker.isAwaited).toBe(false)
    const next = thread.run(TASK)
    reply(worker.tasks[0]!.id, 7)
    expect(await stateOf(next)).toEqual(packed(7))
  })

  it('keeps the process alive while a task runs, until the sweep has ended', async () => {
    const { worker, thread, reply } = silentThread()
    expect(worker.isAwaited).toBe(false)
    const cancelled = thread.run(TASK)
    expect(worker.isAwaited).toBe(true)
    thread.rest()
    expect(worker.isAwaited).toBe(false)
    expect(await stateOf(cancelled)).toMatchObject({ name: 'ThreadLostError', message: 'The task was cancelled' })
    expect(thread.isLost).toBe(false)
    // Its answer still comes, also one with an error, and is not that of the next task.
    const next = thread.run(TASK)
    const { id } = worker.tasks[0]!
    reply(id, 1)
    worker.emit('message', { id, error: { name: 'OptionError', message: 'nobody waits for it' } })
    expect(await stateOf(next)).toBe('waiting')
    reply(worker.tasks[1]!.id, 2)
    expect(await stateOf(next)).toEqual(packed(2))
    thread.end()
    expect(worker.isTerminated).toBe(true)
  })
})

describe('the pool of threads', () => {
  /** A pool of its own, and how many threads it has started. */
  function pool(name: string) {
    const file = new URL(`fake:${name}`)
    const workers: FakeWorker[] = []
    const take = (count: number) =>
      takeThreads(file, count, started => {
        expect(started).toBe(file)
        const worker = new FakeWorker(() => null)
        workers.push(worker)
        return worker as unknown as Worker
      })
    return { file, workers, take }
  }

  it('starts only the threads that it lacks', () => {
    const { file, workers, take } = pool('few')
    expect(hasWarmThreads(file)).toBe(false)
    const two = take(2)
    expect(workers.length).toBe(2)
    expect(hasWarmThreads(file)).toBe(false)
    for (const thread of two) releaseThread(file, thread, 8)
    expect(hasWarmThreads(file)).toBe(true)
    expect(hasWarmThreads(new URL('fake:other'))).toBe(false)
    const [one] = take(1)
    const three = take(3)
    expect(new Set([one, three[0]])).toEqual(new Set(two))
    expect(three.length).toBe(3)
    expect(workers.length).toBe(4)
    expect(take(0)).toEqual([])
  })

  it('keeps as many as asked for, and ends the others', () => {
    const { file, workers, take } = pool('many')
    for (const thread of take(3)) releaseThread(file, thread, 2)
    expect(workers.map(({ isTerminated }) => isTerminated)).toEqual([false, false, true])
    expect(take(2).length).toBe(2)
    expect(workers.length).toBe(3)
  })

  it('keeps no thread that has ended, and hands none out', () => {
    const { file, workers, take } = pool('lost')
    const [first, second] = take(2)
    workers[0]!.emit('exit', 1)
    releaseThread(file, first!, 1)
    expect(hasWarmThreads(file)).toBe(false)
    // Nor does it take the place of another.
    releaseThread(file, second!, 1)
    expect(workers[1]!.isTerminated).toBe(false)
    workers[1]!.emit('exit', 1)
    expect(hasWarmThreads(file)).toBe(false)
    const [third] = take(1)
    expect([first, second]).not.toContain(third)
    expect(workers.length).toBe(3)
  })

  it('has no built worker where the library runs from its sources', () => {
    expect(workerFile()).toBeNull()
  })
})
