/** Intervals of statistics over bars, by the moving-block bootstrap. */
import { DAY } from '../../common/duration.ts'
import { defineOptions, option, optional, wholeNumber } from '../../common/options.ts'
import type { Market } from '../../market/market.ts'
import { MAX_RESAMPLES } from '../../stats/bootstrap.ts'
import { random } from '../../stats/random.ts'

/** Options of functions whose intervals are over bars. */
export interface BarBootstrapOptions {
  /** Length of a bootstrap block, in bars. Default: one day, at least 8 bars; of a forecast at least twice its horizon. */
  blockBars?: number
  /** Number of bootstrap samples. Default 500. */
  resamples?: number
  /** Seed of the bootstrap. Default 1. */
  seed?: number
}

/** {@link BarBootstrapOptions} for `defineOptions`. */
export const barBootstrap = {
  blockBars: optional(wholeNumber(1)),
  resamples: option(500, wholeNumber(1, MAX_RESAMPLES)),
  seed: option(1, wholeNumber()),
}

export const barBootstrapOptions = defineOptions<BarBootstrapOptions, 'blockBars'>('bootstrap', barBootstrap)

export interface Estimate {
  value: number
  /** 95 % interval of the moving-block bootstrap. */
  low: number
  high: number
}

/** Length of a bootstrap block unless told, in bars: one day, at least 8 bars. */
export function defaultBlockBars({ barMs }: Pick<Market, 'barMs'>): number {
  return Math.max(8, Math.round(DAY / barMs))
}

/** Rows of moving-block bootstrap samples (Künsch 1989): blocks of neighbouring bars preserve serial dependence. */
export function movingBlocks(n: number, blockBars: number, resamples: number, seed: number): Int32Array[] {
  const rng = random(seed)
  const length = Math.min(blockBars, n)
  return Array.from({ length: resamples }, () => {
    const rows = new Int32Array(n)
    for (let i = 0; i < n; ) {
      const start = rng.integer(n - length + 1)
      for (let k = 0; k < length && i < n; k++) rows[i++] = start + k
    }
    return rows
  })
}

/** A value with the 95 % interval of its bootstrap. @param sampled the same statistic of each sample */
export function estimate(value: number, sampled: readonly number[]): Estimate {
  const values = Float64Array.from(sampled)
    .filter(value => !Number.isNaN(value))
    .sort()
  const quantile = (share: number) =>
    values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN
  return { value, low: quantile(0.025), high: quantile(0.975) }
}
