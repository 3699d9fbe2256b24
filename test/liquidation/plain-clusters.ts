/** The cluster rule without caches: it reads the whole book at every bar. Tests and the benchmark compare with it. */
import type { BookView, LayeredBook, LevelBook } from '../../src/liquidation/book/level-book.ts'
import type { Cluster, ClusterRule } from '../../src/liquidation/clusters.ts'
import type { Side } from '../../src/liquidation/side.ts'

/** The book of an estimate without caches: every read adds up all cohorts. */
export function plainView(cached: LayeredBook): BookView {
  const book = cached as LevelBook
  const column = (side: Side, fromBin: number, out: Float64Array) =>
    out.map((_, k) => {
      const { cohorts, opened } = book[side]
      let stored = 0
      for (const [c, { shift, weight }] of cohorts.entries()) {
        const index = fromBin + k - book.firstBin - shift
        if (index >= 0 && index < opened.length) stored += weight * book[side].remaining(c, index)
      }
      return stored * book.scale
    })
  return {
    tierCount: book.tierCount,
    column,
    readColumn: () => Number.NaN,
    byTier(side, fromBin, toBin) {
      const out = new Float64Array(book.tierCount)
      for (const [c, { tier }] of book[side].cohorts.entries())
        out[tier]! += book[side].sum(c, fromBin - book.firstBin, toBin - book.firstBin) * book.scale
      return out
    },
    openedTime: () => Number.NaN,
  }
}

/** The cluster rule as its documentation states it. */
export function plainClusters(
  book: BookView,
  side: Side,
  close: number,
  width: number,
  weights: readonly number[],
  rule: Required<ClusterRule>,
): Cluster[] {
  const closeBin = Math.floor(Math.log(close) / width)
  const binCount = Math.round(rule.maxDistance / width)
  const firstBin = side === 'long' ? closeBin - binCount : closeBin + 1
  const column = [...book.column(side, firstBin, new Float64Array(binCount))]
  const a = column.findIndex(usd => usd !== 0)
  if (a < 0) return []
  const b = column.findLastIndex(usd => usd !== 0)
  const sum = column.reduce((total, usd) => total + usd, 0)
  const bright = (rule.brightness * sum) / (b - a + 1)
  const clusters: Cluster[] = []
  for (let from = a; from <= b; from++) {
    if (column[from]! < bright || column[from] === 0) continue
    let to = from
    for (let j = from + 1; j <= b && j - to <= rule.gap + 1; j++) if (column[j]! >= bright) to = j
    const bins = column.slice(from, to + 1)
    const notional = bins.reduce((total, usd) => total + usd, 0)
    if (notional >= rule.minShare * sum) {
      const byTier = book.byTier(side, firstBin + from, firstBin + to)
      const peak = from + bins.indexOf(Math.max(...bins))
      clusters.push({
        side,
        fromBin: firstBin + from,
        toBin: firstBin + to,
        low: Math.exp((firstBin + from) * width),
        high: Math.exp((firstBin + to + 1) * width),
        peak: Math.exp((firstBin + peak + 0.5) * width),
        notional,
        peakNotional: Math.max(...bins),
        byBin: Float64Array.from(bins),
        byTier,
        share: notional / sum,
        convergence: byTier.filter(
          (usd, tier) => usd > 0 && usd / notional >= rule.tierShare * weights[tier]! * (1 - 1e-12),
        ).length,
      })
    }
    from = to
  }
  return clusters.sort((x, y) =>
    rule.rankBy === 'largest' ? y.notional - x.notional : y.peakNotional - x.peakNotional,
  )
}
