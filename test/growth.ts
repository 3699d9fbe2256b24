/** Checks that work grows in proportion to its input, by ratios of processor times measured side by side. */
import { expect } from 'vitest'

/** Linear work takes 4 times as long for 4 times the input, quadratic work 16 times. Between them lies noise. */
const MAX_RATIO = 12
/** The smallest input is one that takes this long, so that the clock and the compiler matter little. */
const MIN_MS = 1
const MAX_SIZE = 2 ** 19
const RUNS = 3
/** A disturbed measurement is repeated; work that is not linear fails each time. */
const ATTEMPTS = 5
/** Before each repetition, so that what disturbed it may pass. */
const PAUSE_MS = 30

/**
 * Expects that `work` takes time in proportion to the size of its input.
 *
 * Linear work may take a step where its memory no longer fits a cache, or where the machine must first provide it (14 to 27 times as
 * long for 4 times the input were seen). A step happens once: so work fails only if the next 4 times of input are as bad.
 * @param build makes an input of size n
 */
export function expectLinear<Input>(build: (n: number) => Input, work: (input: Input) => unknown): void {
  let size = 256
  // By the best of several runs: the first ones wait for the compiler.
  while (size < MAX_SIZE && bestOf(RUNS, work, build(size)) < MIN_MS) size *= 2
  const small = build(size)
  const large = build(4 * size)
  const seen: string[] = []
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const first = ratio(work, small, large)
    if (first <= MAX_RATIO) return
    const second = ratio(work, large, build(16 * size))
    if (second <= MAX_RATIO) return
    seen.push(`${first.toFixed(1)} and ${second.toFixed(1)}`)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
  }
  expect.fail(`4 and again 4 times the input of size ${size} take ${seen.join(', ')} times as long`)
}

/** How many times as long the larger input takes; 0 where it is too fast to measure, which is fast enough. */
function ratio<Input>(work: (input: Input) => unknown, small: Input, large: Input): number {
  const fast = bestOf(RUNS, work, small)
  const slow = bestOf(RUNS, work, large)
  return slow < 2 * MIN_MS ? 0 : slow / fast
}

function bestOf<Input>(runs: number, work: (input: Input) => unknown, input: Input): number {
  return Math.min(...Array.from({ length: runs }, () => timeOf(work, input)))
}

/** Processor time in ms, which does not grow while other processes run. */
function timeOf<Input>(work: (input: Input) => unknown, input: Input): number {
  const start = process.cpuUsage()
  work(input)
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}
