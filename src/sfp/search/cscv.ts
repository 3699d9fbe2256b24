export interface Overfitting {
  /** Probability of backtest overfitting: how often the best in one half of the time is below the median in the other. */
  probability: number
  /** How often it loses in the other half. */
  lossProbability: number
  /** Slope of its Sharpe ratio in the other half on that in the half it was chosen in; below 0 where the search fits noise. */
  slope: number
  /** ln(ω / (1 − ω)) of its rank ω in the other half, one for each way to halve the time. */
  logits: Float64Array
  blocks: number
  trials: number
}

/**
 * Combinatorially symmetric cross-validation (Bailey, Borwein, López de Prado & Zhu 2017, Journal of Computational Finance 20(4)):
 * time is cut into `blocks` equal parts; for each way to take half of them, the trial with the best Sharpe ratio there is
 * looked up in the other half. Its rank there among n trials, over n + 1, is ω; overfitting is ω ≤ ½. Ties share their rank. A
 * trial that never changes has a Sharpe ratio of 0.
 *
 * @param all returns by period of every trial, all of one length; values at the end that fill no block are left out
 * @param blocks Default 16, or as many as there are two periods for each
 * @throws RangeError when there are fewer than 2 trials or {@link FEWEST_PERIODS}, or `blocks` is not even or more than half the periods
 */
export function overfitting(all: readonly ArrayLike<number>[], blocks = blocksFor(all[0])): Overfitting {
  const trials = all.length
  const periods = all[0]?.length ?? 0
  if (periods < FEWEST_PERIODS)
    throw new RangeError(`overfitting: ${periods} periods, but at least ${FEWEST_PERIODS} are needed`)
  if (trials < 2) throw new RangeError(`overfitting: ${trials} trials, but at least 2 are needed`)
  if (!(Number.isInteger(blocks) && blocks >= 2 && blocks % 2 === 0 && blocks <= 24))
    throw new RangeError(`blocks: ${blocks}, but expected an even number from 2 to 24`)
  const size = Math.floor(periods / blocks)
  if (size < 2) throw new RangeError(`blocks: ${blocks}, but there are only ${periods} periods`)
  const { sums, squares } = blockSums(all, blocks, size)
  const logits: number[] = []
  const inside: number[] = []
  const outside: number[] = []
  const chosen = new Float64Array(trials)
  const other = new Float64Array(trials)
  const n = (blocks / 2) * size
  for (const half of halves(blocks)) {
    sharpes(chosen, sums, squares, half, 1, blocks, n)
    sharpes(other, sums, squares, half, 0, blocks, n)
    let best = 0
    for (let k = 1; k < trials; k++) if (chosen[k]! > chosen[best]!) best = k
    const omega = rankOf(other, best) / (trials + 1)
    logits.push(Math.log(omega / (1 - omega)))
    inside.push(chosen[best]!)
    outside.push(other[best]!)
  }
  const share = (values: readonly number[], test: (value: number) => boolean) =>
    values.filter(test).length / values.length
  return {
    probability: share(logits, value => value <= 0),
    lossProbability: share(outside, value => value < 0),
    slope: slopeOf(inside, outside),
    logits: Float64Array.from(logits),
    blocks,
    trials,
  }
}

/** Two blocks of two. */
export const FEWEST_PERIODS = 4

function blocksFor(returns: ArrayLike<number> | undefined): number {
  return Math.min(16, 2 * Math.floor((returns?.length ?? 0) / 4))
}

/** All ways to choose half of the blocks, as flags. */
function* halves(blocks: number): Generator<Uint8Array> {
  const flags = new Uint8Array(blocks)
  for (let mask = 0; mask < 2 ** blocks; mask++) {
    let count = 0
    for (let b = 0; b < blocks; b++) {
      flags[b] = (mask >> b) & 1
      count += flags[b]!
    }
    if (count === blocks / 2) yield flags
  }
}

/** Sums and sums of squares of each block's returns, block after block, so that one block of all trials lies together. */
function blockSums(all: readonly ArrayLike<number>[], blocks: number, size: number) {
  const trials = all.length
  const sums = new Float64Array(blocks * trials)
  const squares = new Float64Array(blocks * trials)
  for (let k = 0; k < trials; k++) {
    const returns = all[k]!
    for (let b = 0; b < blocks; b++) {
      let sum = 0
      let square = 0
      for (let i = b * size; i < (b + 1) * size; i++) {
        sum += returns[i]!
        square += returns[i]! ** 2
      }
      sums[b * trials + k] = sum
      squares[b * trials + k] = square
    }
  }
  return { sums, squares }
}

function sharpes(
  into: Float64Array,
  sums: Float64Array,
  squares: Float64Array,
  half: Uint8Array,
  which: 0 | 1,
  blocks: number,
  n: number,
): void {
  const trials = into.length
  const square = scratch(trials)
  into.fill(0)
  square.fill(0)
  for (let b = 0; b < blocks; b++) {
    if (half[b] !== which) continue
    const at = b * trials
    for (let k = 0; k < trials; k++) {
      into[k]! += sums[at + k]!
      square[k]! += squares[at + k]!
    }
  }
  for (let k = 0; k < trials; k++) {
    const average = into[k]! / n
    const variance = (square[k]! - n * average * average) / (n - 1)
    // Sums of squares of equal returns cancel to a rounding error.
    into[k] = variance > 1e-12 * (square[k]! / n) ? average / Math.sqrt(variance) : 0
  }
}

let buffer = new Float64Array(0)

function scratch(length: number): Float64Array {
  if (buffer.length !== length) buffer = new Float64Array(length)
  return buffer
}

/** Rank from 1 (worst) to n (best); those that are equal share the mean of their ranks. */
function rankOf(values: Float64Array, of: number): number {
  let below = 0
  let equal = 0
  for (let k = 0; k < values.length; k++) {
    if (values[k]! < values[of]!) below++
    else if (values[k] === values[of]) equal++
  }
  return below + (equal + 1) / 2
}

function slopeOf(x: readonly number[], y: readonly number[]): number {
  const meanX = x.reduce((sum, value) => sum + value, 0) / x.length
  const meanY = y.reduce((sum, value) => sum + value, 0) / y.length
  let product = 0
  let square = 0
  for (let i = 0; i < x.length; i++) {
    product += (x[i]! - meanX) * (y[i]! - meanY)
    square += (x[i]! - meanX) ** 2
  }
  return square > 0 ? product / square : Number.NaN
}
