/** Checks that work grows in proportion to its input, by ratios of processor times measured side by side. */
import { expect } from 'vitest'

/** Linear work takes 4 times as long for 4 times the input, quadratic work 16 times. Between them lies noise. */
const MAX_RATIO = 12
/** The smaller input is one that takes this long, so that the clock and the compiler matter little. */
const MIN_MS = 1
const MAX_SIZE = 2 ** 19
const SMALL_RUNS = 3
const LARGE_RUNS = 3
/** A disturbed measurement is repeated; work that is not linear fails each time. */
const ATTEMPTS = 10
/** Before each repetition, so that what disturbed it may pass. */
const PAUSE_MS = 30

/**
 * Expects that `work` takes time in proportion to the size of its input.
 * @param build makes an input of size n
 */
export function expectLinear<Input>(build: (n: number) => Input, work: (input: Input) => unknown): void {
  let size = 256
  // By the best of several runs: the first ones wait for the compiler.
  while (size < MAX_SIZE && bestOf(SMALL_RUNS, work, build(size)) < MIN_MS) size *= 2
  const small = build(size)
  const large = build(4 * size)
  const ratios: number[] = []
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const fast = bestOf(SMALL_RUNS, work, small)
    const slow = bestOf(LARGE_RUNS, work, large)
    // Too fast to measure is fast enough.
    if (slow < 2 * MIN_MS || slow / fast <= MAX_RATIO) return
    ratios.push(Math.round((10 * slow) / fast) / 10)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
  }
  expect.fail(`4 times the input of size ${size} takes ${ratios.join(', ')} times as long`)
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
