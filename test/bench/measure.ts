/** Measures the time of repeated work. */

/** Medians of several runs of the same work, in ms. */
export interface Timing {
  wall: number
  /** Processor time of all threads, including garbage collector and compiler; least disturbed by a busy machine. */
  cpu: number
  minWall: number
  runs: number
}

export interface Repeats {
  /** Runs before the measurement, so that the code is compiled. */
  warmups: number
  runs: number
}

/** Holds results, so that no work is optimised away. */
const sink: { result?: unknown } = {}

/**
 * Times repeated runs of some work. Garbage collection is left to the engine: forcing it between runs would also discard
 * compiled code that refers to collected objects, and so add compilation to the times.
 */
export function time(work: () => unknown, { warmups, runs }: Repeats): Timing {
  for (let i = 0; i < warmups; i++) sink.result = work()
  const runTimes = Array.from({ length: runs }, () => {
    const cpu = process.cpuUsage()
    const start = performance.now()
    sink.result = work()
    const wall = performance.now() - start
    const { user, system } = process.cpuUsage(cpu)
    return { wall, cpu: (user + system) / 1000 }
  })
  sink.result = undefined
  const walls = runTimes.map(({ wall }) => wall)
  return { wall: median(walls), cpu: median(runTimes.map(({ cpu }) => cpu)), minWall: Math.min(...walls), runs }
}

/** As {@link time}, for asynchronous work. */
export async function timeAsync(work: () => Promise<unknown>, { warmups, runs }: Repeats): Promise<Timing> {
  for (let i = 0; i < warmups; i++) sink.result = await work()
  const runTimes: { wall: number; cpu: number }[] = []
  for (let i = 0; i < runs; i++) {
    const cpu = process.cpuUsage()
    const start = performance.now()
    sink.result = await work()
    const { user, system } = process.cpuUsage(cpu)
    runTimes.push({ wall: performance.now() - start, cpu: (user + system) / 1000 })
  }
  sink.result = undefined
  const walls = runTimes.map(({ wall }) => wall)
  return { wall: median(walls), cpu: median(runTimes.map(({ cpu }) => cpu)), minWall: Math.min(...walls), runs }
}

/** The middle value, or the mean of the two middle ones. Values must not be empty. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The value with the given share of all values below it; the largest for 1. Values must not be empty. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
}
