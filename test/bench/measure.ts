/** What several runs of the same work took: medians, in ms. */
export interface Timing {
  wall: number
  /** Processor time of all threads, collector and compiler included: what a busy machine disturbs least. */
  cpu: number
  least: number
  runs: number
}

export interface Repeats {
  /** Runs before the clock counts, so that the compiler has seen the work. */
  warmups: number
  runs: number
}

/** Holds results, so that no work is optimised away. */
const kept: { result?: unknown } = {}

/**
 * Times some work over and over. Garbage is left to the engine of JavaScript: to force a collection between two runs would also
 * throw away compiled code that refers to what is collected, and time its compilation.
 */
export function time(work: () => unknown, { warmups, runs }: Repeats): Timing {
  for (let i = 0; i < warmups; i++) kept.result = work()
  const took = Array.from({ length: runs }, () => {
    const cpu = process.cpuUsage()
    const start = performance.now()
    kept.result = work()
    const wall = performance.now() - start
    const { user, system } = process.cpuUsage(cpu)
    return { wall, cpu: (user + system) / 1000 }
  })
  kept.result = undefined
  const walls = took.map(({ wall }) => wall)
  return { wall: median(walls), cpu: median(took.map(({ cpu }) => cpu)), least: Math.min(...walls), runs }
}

/** As {@link time}, of work that waits for something. */
export async function timeAsync(work: () => Promise<unknown>, { warmups, runs }: Repeats): Promise<Timing> {
  for (let i = 0; i < warmups; i++) kept.result = await work()
  const took: { wall: number; cpu: number }[] = []
  for (let i = 0; i < runs; i++) {
    const cpu = process.cpuUsage()
    const start = performance.now()
    kept.result = await work()
    const { user, system } = process.cpuUsage(cpu)
    took.push({ wall: performance.now() - start, cpu: (user + system) / 1000 })
  }
  kept.result = undefined
  const walls = took.map(({ wall }) => wall)
  return { wall: median(walls), cpu: median(took.map(({ cpu }) => cpu)), least: Math.min(...walls), runs }
}

/** The middle value; the mean of the two middle ones of an even number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The value that so large a share of all lies below; the largest for 1. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
}
