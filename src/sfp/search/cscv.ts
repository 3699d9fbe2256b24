/** The probability of backtest overfitting, by combinatorially symmetric cross-validation (CSCV). */

import { OptionError } from '../../common/errors.ts'
import { countText } from '../../common/number-text.ts'
import { invalidOption } from '../../common/options.ts'
import type { Sequence } from './outcomes.ts'

const CALLER = 'sweep.overfitting'

export interface Overfitting {
  /** Probability of backtest overfitting: how often the best trial of one half is at or below the median in the other half. */
  probability: number
  /** How often the best trial of one half loses in the other half. */
  lossProbability: number
  /** Slope of its Sharpe ratio in the other half on that in its own half; below 0 where the search fits noise. */
  slope: number
  /** ln(ω / (1 − ω)) of its relative rank ω in the other half, one for each split into halves. */
  logits: Float64Array
  blocks: number
  trials: number
}

/**
 * Combinatorially symmetric cross-validation (Bailey, Borwein, López de Prado & Zhu 2017, Journal of Computational Finance 20(4)):
 * the periods are cut into `blocks` equal blocks. For each choice of half of the blocks, the trial with the best Sharpe ratio there
 * is ranked in the other half. Its rank among n trials, over n + 1, is ω; overfitting is ω ≤ ½. Ties share their rank. A trial
 * whose returns never change has a Sharpe ratio of 0.
 *
 * @param trials returns by period of every trial, all of one length; periods at the end that fill no block are ignored
 * @param blocks default 16, or as many as leave two periods for each
 * @throws OptionError when `blocks` is not even, out of range or more than half the periods, or when there are fewer than 2
 *   trials or {@link MIN_PERIODS} periods
 */
export function overfitting(
  trials: Sequence<ArrayLike<number>>,
  blocks = defaultBlocks(trials.at(0)?.length ?? 0),
): Overfitting {
  const trialCount = trials.length
  const periods = trials.at(0)?.length ?? 0
  if (periods < MIN_PERIODS)
    throw new OptionError(`${CALLER}: ${countText(periods, 'period')}, but expected at least ${MIN_PERIODS}`)
  if (trialCount < 2) throw new OptionError(`${CALLER}: ${countText(trialCount, 'variant')}, but expected at least 2`)
  if (!(Number.isInteger(blocks) && blocks >= 2 && blocks % 2 === 0 && blocks <= 24))
    throw invalidOption(CALLER, 'blocks', blocks, 'an even number from 2 to 24')
  const size = Math.floor(periods / blocks)
  if (size < 2)
    throw invalidOption(
      CALLER,
      'blocks',
      blocks,
      `at most ${Math.floor(periods / 2)} for ${countText(periods, 'period')}`,
    )
  const { sums, squares } = blockSums(trials, blocks, size)
  const logits: number[] = []
  const bestInSample: number[] = []
  const bestOutOfSample: number[] = []
  const inSample = new Float64Array(trialCount)
  const outOfSample = new Float64Array(trialCount)
  const n = (blocks / 2) * size
  for (const half of halves(blocks)) {
    sharpeRatios(inSample, sums, squares, half, 1, blocks, n)
    sharpeRatios(outOfSample, sums, squares, half, 0, blocks, n)
    let best = 0
    for (let k = 1; k < trialCount; k++) if (inSample[k]! > inSample[best]!) best = k
    const omega = rankOf(outOfSample, best) / (trialCount + 1)
    logits.push(Math.log(omega / (1 - omega)))
    bestInSample.push(inSample[best]!)
    bestOutOfSample.push(outOfSample[best]!)
  }
  const share = (values: readonly number[], test: (value: number) => boolean) =>
    values.filter(test).length / values.length
  return {
    probability: share(logits, value => value <= 0),
    lossProbability: share(bestOutOfSample, value => value < 0),
    slope: regressionSlope(bestInSample, bestOutOfSample),
    logits: Float64Array.from(logits),
    blocks,
    trials: trialCount,
  }
}

/** Two blocks of two periods. */
export const MIN_PERIODS = 4

function defaultBlocks(periods: number): number {
  return Math.min(16, 2 * Math.floor(periods / 4))
}

/** Every choice of half of the blocks, as flags. */
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

/** Sums and sums of squares of each block's returns, block by block, so that all trials of a block are adjacent in memory. */
function blockSums(trials: Sequence<ArrayLike<number>>, blocks: number, size: number) {
  const trialCount = trials.length
  const sums = new Float64Array(blocks * trialCount)
  const squares = new Float64Array(blocks * trialCount)
  let k = 0
  for (const returns of trials) {
    for (let b = 0; b < blocks; b++) {
      let sum = 0
      let square = 0
      for (let i = b * size; i < (b + 1) * size; i++) {
        sum += returns[i]!
        square += returns[i]! ** 2
      }
      sums[b * trialCount + k] = sum
      squares[b * trialCount + k] = square
    }
    k++
  }
  return { sums, squares }
}

/** Writes each trial's Sharpe ratio over the n periods of the blocks whose flag is `flag`. */
function sharpeRatios(
  out: Float64Array,
  sums: Float64Array,
  squares: Float64Array,
  flags: Uint8Array,
  flag: 0 | 1,
  blocks: number,
  n: number,
): void {
  const trialCount = out.length
  const square = scratch(trialCount)
  out.fill(0)
  square.fill(0)
  for (let b = 0; b < blocks; b++) {
    if (flags[b] !== flag) continue
    const start = b * trialCount
    for (let k = 0; k < trialCount; k++) {
      out[k]! += sums[start + k]!
      square[k]! += squares[start + k]!
    }
  }
  for (let k = 0; k < trialCount; k++) {
    const average = out[k]! / n
    const variance = (square[k]! - n * average * average) / (n - 1)
    // Equal returns leave a variance of rounding errors.
    out[k] = variance > 1e-12 * (square[k]! / n) ? average / Math.sqrt(variance) : 0
  }
}

let buffer = new Float64Array(0)

function scratch(length: number): Float64Array {
  if (buffer.length !== length) buffer = new Float64Array(length)
  return buffer
}

/** Rank of a value from 1 (worst) to n (best); equal values share the mean of their ranks. */
function rankOf(values: Float64Array, index: number): number {
  let below = 0
  let equal = 0
  for (let k = 0; k < values.length; k++) {
    if (values[k]! < values[index]!) below++
    else if (values[k] === values[index]) equal++
  }
  return below + (equal + 1) / 2
}

/** Slope of the regression of y on x. */
function regressionSlope(x: readonly number[], y: readonly number[]): number {
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
