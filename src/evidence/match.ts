/** Matches treated units with controls. */

/** The units to compare: treated ones and potential controls. */
export interface Units {
  treated: Uint8Array | readonly number[]
  /** Only units of the same group (market and side) are compared. */
  group: readonly number[]
  /** One column of values per feature to match on. */
  features: readonly (readonly number[])[]
}

interface Matching {
  /** Weights by unit, of the treated (`a`) and the controls (`b`); 0 if unmatched. */
  a: Float64Array
  b: Float64Array
  /** Cell of each unit, from 0; −1 outside the range of the treated. */
  cell: Int32Array
  /** Number of treated units, and of those with a match. */
  treated: number
  matched: number
}

/** Share of the treated excluded at either end of a feature, where controls are sparse. */
const TAIL = 0.01

/** Treated units per cell, if the features were independent. */
const TREATED_PER_CELL = 4

/**
 * Coarsened exact matching (Iacus, King and Porro 2012): each feature is cut at quantiles of the treated, and a treated unit is
 * compared only with the controls in its cell. In a cell of n treated and m controls, each treated unit weighs m/(n+m) and each
 * control n/(n+m) (overlap weights, Li, Morgan and Zaslavsky 2018): both sides have the same distribution over cells, and a
 * cell where one side is scarce counts less, so that no single unit dominates. Matching does not see the outcomes.
 *
 * @param bins number of bins of each feature; fewer are used if there are few treated units
 */
export function match({ treated, group, features }: Units, bins: readonly number[]): Matching {
  const n = group.length
  const binCounts = affordableBins(treated, bins)
  const sortedTreated = (values: readonly number[]) => values.filter((_, i) => treated[i]).sort((x, y) => x - y)
  const cuts = features.map((values, f) => {
    const sorted = sortedTreated(values)
    const count = binCounts[f]!
    return Array.from({ length: count - 1 }, (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / count)]!)
  })
  const support = features.map(values => {
    const sorted = sortedTreated(values)
    return [sorted[Math.floor(TAIL * sorted.length)]!, sorted[Math.ceil((1 - TAIL) * sorted.length) - 1]!] as const
  })
  const cells = new Map<string, number>()
  const cell = Int32Array.from({ length: n }, (_, i) => {
    let key = String(group[i])
    for (const [f, values] of features.entries()) {
      const value = values[i]!
      const [low, high] = support[f]!
      if (!(value >= low && value <= high)) return -1
      key += `,${cuts[f]!.filter(cut => value >= cut).length}`
    }
    const id = cells.get(key) ?? cells.size
    cells.set(key, id)
    return id
  })
  const counts = Array.from(cells, () => ({ treated: 0, controls: 0 }))
  for (let i = 0; i < n; i++) {
    const count = counts[cell[i]!]
    if (!count) continue
    if (treated[i]) count.treated++
    else count.controls++
  }
  const a = new Float64Array(n)
  const b = new Float64Array(n)
  let matched = 0
  let total = 0
  for (let i = 0; i < n; i++) {
    if (treated[i]) total++
    const count = counts[cell[i]!]
    if (!count || count.treated === 0 || count.controls === 0) continue
    const size = count.treated + count.controls
    if (treated[i]) {
      a[i] = count.controls / size
      matched++
    } else b[i] = count.treated / size
  }
  return { a, b, cell, treated: total, matched }
}

/** Reduces the bins, those of the finest feature first, until there are enough treated units per cell. */
function affordableBins(treated: Units['treated'], bins: readonly number[]): number[] {
  let count = 0
  for (const isTreated of treated) if (isTreated) count++
  const binCounts = [...bins]
  while (binCounts.reduce((product, bin) => product * bin, 2) > count / TREATED_PER_CELL) {
    const max = Math.max(...binCounts)
    if (max <= 2) break
    binCounts[binCounts.indexOf(max)] = max - 1
  }
  return binCounts
}
