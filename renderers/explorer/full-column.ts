/** Columns of the map in full resolution: the price bins of the library, as one column of the payload or of the kernel has them. */

/** USD by bin as if the tier held all of the notional; 0 outside. */
export interface Bins {
  fromBin: number
  usd: Float64Array
}

export interface FullColumn {
  close: number
  closeBin: number
  binWidth: number
  /** Bins on either side of the close's that are known. */
  reach: number
  tiers: { long: Bins; short: Bins }[]
}

/** Notional of a side in `count` bins from `fromBin` on, mixed by `shares`. */
export function mixBins(
  { tiers }: FullColumn,
  shares: readonly number[],
  side: 'long' | 'short',
  fromBin: number,
  count: number,
): Float64Array {
  const out = new Float64Array(Math.max(0, count))
  for (const [tier, layers] of tiers.entries()) {
    const share = shares[tier]!
    if (!(share > 0)) continue
    const { usd, fromBin: first } = layers[side]
    const end = Math.min(out.length, first + usd.length - fromBin)
    for (let i = Math.max(0, first - fromBin); i < end; i++) out[i]! += share * usd[fromBin + i - first]!
  }
  return out
}

/** Notional of a tier and side in the bins `fromBin` … `toBin`, as if the tier held all of it. */
export function sumBins(
  { tiers }: FullColumn,
  tier: number,
  side: 'long' | 'short',
  fromBin: number,
  toBin: number,
): number {
  const { usd, fromBin: first } = tiers[tier]![side]
  let sum = 0
  for (let i = Math.max(0, fromBin - first); i < Math.min(usd.length, toBin + 1 - first); i++) sum += usd[i]!
  return sum
}

/** The bins `from` … `to`, or null unless the column knows all of them. */
export function knownBins(column: FullColumn, from: number, count: number): [from: number, to: number] | null {
  const to = from + count - 1
  return from >= column.closeBin - column.reach && to <= column.closeBin + column.reach ? [from, to] : null
}
