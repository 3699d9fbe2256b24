/** Things to compare: the treated, and what could serve as their controls. */
export interface Units {
  treated: Uint8Array | readonly number[]
  /** Only units of one group are compared: market and side. */
  group: readonly number[]
  /** One column of values for each feature to be matched on. */
  features: readonly (readonly number[])[]
}

export interface Matching {
  /** Weights of the treated and of the controls by unit, 0 where there is nothing to compare with. */
  a: Float64Array
  b: Float64Array
  treated: number
  matched: number
}

/** Share of the treated at either end of a feature that is left out, for there the controls thin out. */
const TAIL = 0.01

/** Treated for each cell, were the features independent. */
const TREATED_PER_CELL = 4

/**
 * Coarsened exact matching (Iacus, King and Porro 2012): every feature is cut at quantiles of the treated, and a treated unit
 * is compared with the controls in its own cell only. In a cell of n treated and m controls each treated weighs m/(n+m) and
 * each control n/(n+m) (overlap weights, Li, Morgan and Zaslavsky 2018): both sides have the same distribution over cells,
 * and where one side is scarce, the cell counts less, so that no single one carries the result. Outcomes are not looked
 * at, so matching cannot favour one.
 *
 * @param bins cuts each feature into so many parts; fewer where there are few treated
 */
export function match({ treated, group, features }: Units, bins: readonly number[]): Matching {
  const n = group.length
  const affordable = partsFor(treated, bins)
  const cuts = features.map((values, f) => {
    const own = values.filter((_, i) => treated[i]).sort((x, y) => x - y)
    const parts = affordable[f]!
    return Array.from({ length: parts - 1 }, (_, k) => own[Math.floor(((k + 1) * own.length) / parts)]!)
  })
  const support = features.map(values => {
    const own = values.filter((_, i) => treated[i]).sort((x, y) => x - y)
    return [own[Math.floor(TAIL * own.length)]!, own[Math.ceil((1 - TAIL) * own.length) - 1]!] as const
  })
  const cell = Array.from({ length: n }, (_, i) => {
    let key = String(group[i])
    for (const [f, values] of features.entries()) {
      const value = values[i]!
      const [low, high] = support[f]!
      if (!(value >= low && value <= high)) return null
      key += `,${cuts[f]!.filter(cut => value >= cut).length}`
    }
    return key
  })
  const counts = new Map<string | null, { treated: number; controls: number }>()
  for (let i = 0; i < n; i++) {
    if (cell[i] === null) continue
    const count = counts.get(cell[i]!) ?? { treated: 0, controls: 0 }
    if (treated[i]) count.treated++
    else count.controls++
    counts.set(cell[i]!, count)
  }
  const a = new Float64Array(n)
  const b = new Float64Array(n)
  let matched = 0
  let total = 0
  for (let i = 0; i < n; i++) {
    if (treated[i]) total++
    const count = counts.get(cell[i]!)
    if (!count || count.treated === 0 || count.controls === 0) continue
    const all = count.treated + count.controls
    if (treated[i]) {
      a[i] = count.controls / all
      matched++
    } else b[i] = count.treated / all
  }
  return { a, b, treated: total, matched }
}

/** As many parts as there are treated for, taken from the most finely cut feature first. */
function partsFor(treated: Units['treated'], bins: readonly number[]): number[] {
  let count = 0
  for (const one of treated) if (one) count++
  const parts = [...bins]
  while (parts.reduce((product, part) => product * part, 2) > count / TREATED_PER_CELL) {
    const most = Math.max(...parts)
    if (most <= 2) break
    parts[parts.indexOf(most)] = most - 1
  }
  return parts
}
