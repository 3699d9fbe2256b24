/** The variants of a sweep on several threads, which are stand-ins in this one. */
import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { HOUR } from '../../../src/common/duration.ts'
import { OptionError } from '../../../src/common/errors.ts'
import { binanceMargin } from '../../../src/liquidation/margin/margin-models.ts'
import { resample } from '../../../src/market/resample.ts'
import { toLevelColumns } from '../../../src/sfp/levels/level-source.ts'
import { pivotLevels } from '../../../src/sfp/levels/pivots.ts'
import { type RunOptions, runVariants } from '../../../src/sfp/search/run-variants.ts'
import { hasWarmThreads, takeThreads } from '../../../src/sfp/search/thread-pool.ts'
import type { VariantOptions } from '../../../src/sfp/search/variants.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { inCell } from '../../common/in-cell.ts'
import { FakeWorker, fakeThreads, runTasks } from './fake-worker.ts'

const lowerTimeframe = simulateMarket({ seed: 5, bars: 800, timeframe: '15m', volatility: 1.5 })
const market = resample(lowerTimeframe, HOUR)
const levels = [3, 6].map(bars => toLevelColumns(pivotLevels(market, bars), market))
/** Three detectors with eight backtests each; half of them on other levels. */
const variants: VariantOptions[] = [0, 0.5, 1].flatMap(minMove =>
  [0, 1, 2, 3, 4, 5, 6, 7].map(k => ({
    detect: { minMove },
    backtest: { target: { r: 0.5 + k / 4 }, lowerTimeframe },
  })),
)
const groups = [0, 1].map(half => ({
  levels: () => levels[half]!,
  members: variants.flatMap((_, k) => (k % 2 === half ? [k] : [])),
}))

function run(options: RunOptions, list = variants, of = groups) {
  return soon(runVariants(market, of, { length: list.length, options: k => list[k]! }, options))
}

/** A promise that may take some turns of the event loop: the sweeps here take a few hundred. */
function soon<T>(promise: Promise<T>): Promise<T> {
  const waiting = async () => {
    for (let turn = 0; turn < 5000; turn++) await setImmediate()
    throw new Error('still waiting')
  }
  return Promise.race([promise, waiting()])
}

const onThisThread = async () => [...(await run({ workers: 0 }))]
const sent = (...workers: FakeWorker[]) => workers.flatMap(({ tasks }) => tasks)

describe('variants on threads', () => {
  it('have the outcomes of one thread, each run once', async () => {
    const workers = [new FakeWorker(), new FakeWorker()]
    const workerFile = fakeThreads('same', ...workers)
    expect([...(await run({ workers: 2, workerFile }))]).toEqual(await onThisThread())
    const tasks = sent(...workers)
    expect(Math.min(...workers.map(worker => worker.tasks.length))).toBeGreaterThan(0)
    const received = tasks.flatMap(task => task.variants.map(each => JSON.stringify(each)))
    // The market of shorter bars is not sent with each.
    const expected = variants.map(({ detect, backtest: { target } }) =>
      JSON.stringify({ detect, backtest: { target } }),
    )
    expect(received.toSorted()).toEqual(expected.toSorted())
    for (const { market: bars, lowerTimeframe: shorter, levels: columns, keep } of tasks) {
      expect(bars.value.close.buffer).toBeInstanceOf(SharedArrayBuffer)
      expect(shorter!.value.close.buffer).toBeInstanceOf(SharedArrayBuffer)
      expect(columns.value.ids.buffer).toBeInstanceOf(SharedArrayBuffer)
      expect(keep).toBe('trades')
    }
    // The threads wait for the next sweep.
    expect(workers.map(({ isAwaited }) => isAwaited)).toEqual([false, false])
    expect(hasWarmThreads(workerFile)).toBe(true)
    expect(takeThreads(workerFile, 2).map(thread => thread.isLost)).toEqual([false, false])
  })

  it('start with at most four, and half of what is each thread’s share, while their time is not known', async () => {
    const firstOf = async (count: number) => {
      const worker = new FakeWorker()
      const all = { levels: () => levels[0]!, members: Array.from({ length: count }, (_, k) => k) }
      const workerFile = fakeThreads(`first ${count}`, worker, new FakeWorker())
      await run({ workers: 2, workerFile, keep: 'figures' }, variants.slice(0, count), [all])
      return worker.tasks[0]!.variants.length
    }
    // Of 24, 9 and 2 on two threads a quarter is 6, 3 and 1, with broken ones rounded up.
    expect([await firstOf(24), await firstOf(9), await firstOf(2)]).toEqual([4, 3, 1])
  })

  it('tell how many have been run', async () => {
    const workerFile = fakeThreads('progress', new FakeWorker(), new FakeWorker())
    const seen: [string, number | null | undefined][] = []
    const progress = (message: string, fraction?: number | null) => void seen.push([message, fraction])
    for (const workers of [0, 2]) {
      seen.length = 0
      await inCell({ progress }, () => run({ workers, workerFile }))
      for (const [message, fraction] of seen) expect(message).toBe(`${24 * fraction!} of 24 backtests`)
      expect(seen.map(([, fraction]) => fraction)).toEqual(seen.map(([, fraction]) => fraction).toSorted())
      expect(seen.at(-1)![1]).toBe(1)
    }
  })

  it.each([0, 1])('are run here when every thread ends after %i tasks', async count => {
    /** A worker that ends with the task after so many. */
    const mortal = () => {
      const answer = runTasks()
      const worker: FakeWorker = new FakeWorker(task => {
        if (worker.tasks.length <= count) return answer(task)
        worker.emit('exit', 1)
        return null
      })
      return worker
    }
    const workers = [mortal(), mortal()]
    const workerFile = fakeThreads(`mortal ${count}`, ...workers)
    expect([...(await run({ workers: 2, workerFile }))]).toEqual(await onThisThread())
    expect(workers.map(({ tasks }) => tasks.length)).toEqual([count + 1, count + 1])
    expect(hasWarmThreads(workerFile)).toBe(false)
  })

  it('are run here where they cannot be sent, and the thread goes on', async () => {
    const worker = new FakeWorker()
    const workerFile = fakeThreads('unsendable', worker)
    // A margin model has functions.
    const margin = binanceMargin('BTC/USDT:USDT')
    const list = variants.map((each, k) =>
      k === 0 ? { ...each, backtest: { ...each.backtest, leverage: 50, margin } } : each,
    )
    expect([...(await run({ workers: 1, workerFile }, list))]).toEqual([...(await run({ workers: 0 }, list))])
    expect(worker.tasks.length).toBeGreaterThan(0)
    expect(hasWarmThreads(workerFile)).toBe(true)
  })

  it('end with the first error, also while other threads run', async () => {
    const workers = [new FakeWorker(), new FakeWorker()]
    const workerFile = fakeThreads('wrong', ...workers)
    const list = variants.map((each, k) => (k === 3 ? { ...each, detect: { minMove: -1 } } : each))
    const failed = run({ workers: 2, workerFile }, list).catch(error => error)
    expect(await failed).toBeInstanceOf(OptionError)
    expect((await failed).message).toContain('minMove: -1')
    const count = sent(...workers).length
    for (let turn = 0; turn < 20; turn++) await setImmediate()
    expect(sent(...workers).length).toBe(count)
    expect(takeThreads(workerFile, 2).map(thread => thread.isLost)).toEqual([false, false])
  })

  it.each([0, 2])('end when the sweep is cancelled, on %i threads', async workers => {
    const fakes = [new FakeWorker(), new FakeWorker()]
    const workerFile = fakeThreads(`cancelled ${workers}`, ...fakes)
    const controller = new AbortController()
    let calls = 0
    const progress = () => {
      calls++
      controller.abort(new Error('cancelled'))
    }
    const work = inCell({ signal: controller.signal, progress }, () => run({ workers, workerFile }))
    await expect(work).rejects.toThrow('cancelled')
    expect(calls).toBe(1)
    expect(sent(...fakes).length).toBe(workers)
    expect(fakes.map(({ isAwaited }) => isAwaited)).toEqual([false, false])
    for (let turn = 0; turn < 20; turn++) await setImmediate()
    expect(calls).toBe(1)
  })

  it('give their threads back at once when cancelled, though these still run', async () => {
    const busy = [new FakeWorker(() => null), new FakeWorker(() => null)]
    const workerFile = fakeThreads('busy', ...busy)
    const controller = new AbortController()
    const work = inCell({ signal: controller.signal }, () => run({ workers: 2, workerFile }))
    for (let turn = 0; turn < 100 && sent(...busy).length < 2; turn++) await setImmediate()
    expect(busy.map(({ isAwaited }) => isAwaited)).toEqual([true, true])
    controller.abort(new Error('cancelled'))
    expect(busy.map(({ isAwaited }) => isAwaited)).toEqual([false, false])
    expect(hasWarmThreads(workerFile)).toBe(true)
    await expect(work).rejects.toThrow('cancelled')
    expect(takeThreads(workerFile, 2).length).toBe(2)
  })
})

describe('without a number of threads', () => {
  /** Runs with a clock that goes on by `step` ms at every look. @returns the number of tasks that were sent */
  async function sentAt(step: number, ...workers: FakeWorker[]): Promise<number> {
    let now = 0
    performance.now = () => {
      now += step
      return now
    }
    try {
      const result = await run({ workerFile: fakeThreads(`by time ${step} ${workers.length}`, ...workers) })
      expect(result.at(23)!.metrics.length).toBeGreaterThan(0)
    } finally {
      Reflect.deleteProperty(performance, 'now')
    }
    return sent(...workers).length
  }
  const warm = () => Array.from({ length: Math.min(8, availableParallelism()) }, () => new FakeWorker())

  it('a quick sweep stays on this one', async () => {
    expect(await sentAt(0, ...warm())).toBe(0)
    expect(await sentAt(0.01, ...warm())).toBe(0)
  })

  it.skipIf(availableParallelism() < 2)('a long one takes the threads that wait', async () => {
    expect(await sentAt(30, ...warm())).toBeGreaterThan(0)
  })
})
