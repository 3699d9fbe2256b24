/** The options of alerts. */
import {
  anything,
  type Check,
  defineOptions,
  isOptionsObject,
  listOf,
  numberThat,
  oneOf,
  option,
  optional,
  wholeNumber,
} from '../common/options.ts'
import { type ClusterRule, clusterRule } from './clusters.ts'

/**
 * - `near` a close comes within {@link AlertRule.near} of the cluster's near edge
 * - `sweep` a low (longs) or high (shorts) goes into the cluster that was known at the close before
 * - `reclaim` after a sweep, price closes back on the near side of the cluster
 */
export const ALERT_KINDS = ['sweep', 'reclaim', 'near'] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** A distance from the close, in % of it or in ATR. */
export type AlertDistance = { percent: number } | { atr: number }

export interface AlertRule extends ClusterRule {
  /** Watch only the first N clusters of each side by `rankBy`. Default 2. */
  brightest?: number
  /** Whose liquidations: `long` below the price, `short` above it. Default `both`. */
  side?: 'long' | 'short' | 'both'
  /** Which alerts. Default: all three. */
  kinds?: readonly AlertKind[]
  /** How near is near: `{ percent: 0.5 }` or `{ atr: 1 }`. Default `{ atr: 1 }`. */
  near?: AlertDistance
  /** Price has left a cluster, which can alert again, beyond this multiple of `near`. Default 2. */
  leave?: number
  /** Bars after its last alert before price can have left a cluster. Default 24. */
  cooldown?: number
  /** Minimum share of the cluster's width that a sweep goes through. Default 0.1, as `liq.sfp`. */
  minSweepDepth?: number
  /** Bars after the sweep within which the close must be back; 0: in its own bar. Default 3. */
  reclaimWithin?: number
}

export interface AlertOptions extends AlertRule {
  /** The bar at whose close alerts arise: its number, a time within it, or `all` bars. Default: the last bar. */
  at?: number | Date | string | 'all'
}

const isDistance: Check = value => {
  const [[name, amount] = [], ...more] = isOptionsObject(value) ? Object.entries(value) : []
  const isValid = (name === 'percent' || name === 'atr') && typeof amount === 'number' && amount > 0
  return isValid && amount < Infinity && more.length === 0
    ? undefined
    : { expected: 'a distance above 0: { percent: 0.5 } or { atr: 1 }' }
}

export const alertOptions = defineOptions<AlertOptions, 'at'>('liq.alerts', {
  ...clusterRule,
  brightest: option(2, wholeNumber(1)),
  side: option('both' as const, oneOf('long', 'short', 'both')),
  kinds: option(ALERT_KINDS, listOf(oneOf(...ALERT_KINDS), 'a list of near, sweep and reclaim')),
  near: option({ atr: 1 } as AlertDistance, isDistance),
  leave: option(
    2,
    numberThat('1 or more times near', x => x >= 1 && x < Infinity),
  ),
  cooldown: option(24, wholeNumber(0)),
  minSweepDepth: option(
    0.1,
    numberThat('0 to 1', x => x >= 0 && x <= 1),
  ),
  reclaimWithin: option(3, wholeNumber(0)),
  at: optional(anything),
})
