/** Positions seen at snapshots by price group, so that accounts and snapshots can be drawn again. */
import { GrowableArray } from '../../common/growable-array.ts'
import { binOf } from '../../market/bins.ts'
import type { ObservedMap } from './observed-map.ts'
import { nearestLeverage } from './observed-replay.ts'
import type { GroupShape } from './price-groups.ts'

export interface SeenPositions {
  readonly accountCount: number
  /**
   * USD by price group, longs from the close outwards, then shorts, of each tier: summed over the snapshots `rows`, each account
   * `counts` times. Default: every snapshot and account once.
   */
  sum(rows?: Uint32Array, counts?: Float64Array): Float64Array
  /** Share of open interest that was seen, with or without a level: mean of both sides. NaN where it is not known. */
  coverage(rows: Uint32Array, counts: Float64Array): number
}

/** @param tiers a position belongs to the nearest of these leverages; all to one tier if there are none */
export function seenPositions(
  observed: ObservedMap,
  bars: readonly number[],
  shape: GroupShape,
  tiers: readonly number[] = [],
): SeenPositions {
  const { market, options } = observed
  const { groups, binsPerGroup } = shape
  const accounts = new Map<number, number>()
  const account = new GrowableArray()
  /** Group, and −1 outside the compared distance. */
  const group = new GrowableArray()
  const amount = new GrowableArray()
  const starts = new Uint32Array(bars.length + 1)
  const closeBins = bars.map(bar => binOf(market.close[bar]!, options.binWidth))
  observed.forEachPosition(bars, ({ account: owner, side, price, leverage, usd }, index) => {
    if (!accounts.has(owner)) accounts.set(owner, accounts.size)
    account.push(accounts.get(owner)!)
    amount.push(usd)
    const bins = binOf(price, options.binWidth) - closeBins[index]!
    // The bin of the close belongs to neither side.
    const outwards = Math.floor(((side === 'long' ? -bins : bins) - 1) / binsPerGroup)
    const isNear = outwards >= 0 && outwards < groups
    const tier = tiers.length > 0 ? nearestLeverage(leverage, tiers) : 0
    group.push(isNear ? 2 * groups * tier + (side === 'long' ? 0 : groups) + outwards : -1)
    starts[index + 1] = amount.length
  })
  // A snapshot without a position ends where the one before it does.
  for (let k = 1; k <= bars.length; k++) starts[k] = Math.max(starts[k]!, starts[k - 1]!)
  const [accountOf, groupOf, usdOf] = [account.take(), group.take(), amount.take()]
  const coverage = observed.coverage()
  const openInterest = bars.map(bar => 2 * coverage[bar]!.openInterestUsd)
  return {
    accountCount: accounts.size,
    sum(rows = Uint32Array.from(bars.keys()), counts) {
      const sum = new Float64Array(2 * groups * Math.max(1, tiers.length))
      for (const row of rows)
        for (let i = starts[row]!; i < starts[row + 1]!; i++)
          if (groupOf[i]! >= 0) sum[groupOf[i]!]! += (counts ? counts[accountOf[i]!]! : 1) * usdOf[i]!
      return sum
    },
    coverage(rows, counts) {
      let [seen, all] = [0, 0]
      for (const row of rows) {
        for (let i = starts[row]!; i < starts[row + 1]!; i++) seen += counts[accountOf[i]!]! * usdOf[i]!
        all += openInterest[row]!
      }
      return seen / all
    },
  }
}
