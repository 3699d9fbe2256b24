/** Outcomes of several variants in few arrays, to be sent between threads and kept. */
import type { Outcome, OutcomeTrades } from './run-variant.ts'

export interface PackedOutcomes {
  count: number
  /** Metrics of all variants, one after the other. */
  metrics: Float64Array
  /** Returns of all variants, equally many of each; null unless kept. */
  returns: Float64Array | null
  /** Trades of all variants; those of variant k are `starts[k]` … `starts[k + 1] − 1`. Null unless kept. */
  trades: (OutcomeTrades & { starts: Uint32Array }) | null
}

export function packOutcomes(outcomes: readonly Outcome[]): PackedOutcomes {
  const returns = outcomes.flatMap(outcome => outcome.returns ?? [])
  const trades = outcomes.flatMap(outcome => outcome.trades ?? [])
  const starts = new Uint32Array(trades.length + 1)
  for (const [k, { r }] of trades.entries()) starts[k + 1] = starts[k]! + r.length
  return {
    count: outcomes.length,
    metrics: concat(
      Float64Array,
      outcomes.map(outcome => outcome.metrics),
    ),
    returns: returns.length > 0 ? concat(Float64Array, returns) : null,
    trades:
      trades.length > 0
        ? {
            starts,
            entryBar: concat(
              Int32Array,
              trades.map(({ entryBar }) => entryBar),
            ),
            exitBar: concat(
              Int32Array,
              trades.map(({ exitBar }) => exitBar),
            ),
            returns: concat(
              Float64Array,
              trades.map(({ returns }) => returns),
            ),
            r: concat(
              Float64Array,
              trades.map(({ r }) => r),
            ),
          }
        : null,
  }
}

/** All arrays, for their transfer to another thread. */
export function buffersOf({ metrics, returns, trades }: PackedOutcomes): ArrayBuffer[] {
  const arrays = [metrics, ...(returns ? [returns] : []), ...(trades ? Object.values(trades) : [])]
  return arrays.map(values => values.buffer as ArrayBuffer)
}

function concat<T extends Int32Array | Float64Array>(TypedArray: new (length: number) => T, arrays: readonly T[]): T {
  const out = new TypedArray(arrays.reduce((length, values) => length + values.length, 0))
  let at = 0
  for (const values of arrays) {
    out.set(values, at)
    at += values.length
  }
  return out
}
