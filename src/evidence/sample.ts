/** Observations of a test, by stratum. */

/**
 * A group of observations that is compared within itself only: one market, one side, one timeframe. The effect is the
 * weighted sum of the differences within strata, so a difference between strata (a trend that favours one side, a market with
 * more events) cannot pass for an effect.
 */
export interface Stratum {
  /** Strata of one family, e.g. `4h`, share the weight of the family by their number of events. */
  family: string
  market: number
  side: 'high' | 'low' | 'both'
  /** +1 adds its difference to the effect, −1 subtracts it, to test one family against another. */
  sign: 1 | -1
}

/** A sample, however its columns are held. */
export interface SampleColumns {
  readonly strata: readonly Stratum[]
  readonly time: ArrayLike<number>
  readonly stratum: ArrayLike<number>
  readonly y: ArrayLike<number>
  readonly a: ArrayLike<number>
  readonly b: ArrayLike<number>
  readonly hit: ArrayLike<number>
  readonly base: ArrayLike<number>
  readonly cell: ArrayLike<number>
}

/**
 * Observations of one test, as columns. Observation i became known at `time[i]` (epoch ms). It belongs to a stratum and has an
 * outcome `y`, a weight `a` among the treated and a weight `b` among the controls. For a paired difference or a plain mean all
 * `b` are 0. `hit` is 1 if it went as claimed, else 0; `base` is the same for the other half of a pair.
 */
export class Sample implements SampleColumns {
  readonly strata: Stratum[] = []
  readonly time: number[] = []
  readonly stratum: number[] = []
  readonly y: number[] = []
  readonly a: number[] = []
  readonly b: number[] = []
  readonly hit: number[] = []
  readonly base: number[] = []
  /** Cell of the matching that gave the weights, within the stratum; 0 where nothing is matched. */
  readonly cell: number[] = []

  /** Adds a stratum and returns its index. */
  addStratum(stratum: Stratum): number {
    return this.strata.push(stratum) - 1
  }

  add(
    stratum: number,
    time: number,
    y: number,
    a: number,
    b: number,
    hit = Number(y > 0),
    base = Number.NaN,
    cell = 0,
  ): void {
    this.stratum.push(stratum)
    this.time.push(time)
    this.y.push(y)
    this.a.push(a)
    this.b.push(b)
    this.hit.push(hit)
    this.base.push(base)
    this.cell.push(cell)
  }

  /** Adds the observations of another sample, its strata with another family and sign where these are given. */
  append(other: SampleColumns, change: Partial<Pick<Stratum, 'family' | 'sign'>> = {}): void {
    const first = this.strata.length
    for (const stratum of other.strata) this.strata.push({ ...stratum, ...change })
    for (let i = 0; i < other.y.length; i++)
      this.add(
        first + other.stratum[i]!,
        other.time[i]!,
        other.y[i]!,
        other.a[i]!,
        other.b[i]!,
        other.hit[i]!,
        other.base[i]!,
        other.cell[i]!,
      )
  }
}

/** Minimum number of treated observations in a stratum, and of controls if the sample has any. */
const MIN_OBSERVATIONS = 5

/**
 * Weight of each stratum in the effect: families of the same sign weigh the same, markets of a family by their number of
 * treated observations, the two sides of a market the same. A stratum with too few observations gets 0, and the others its
 * weight.
 */
export function stratumWeights(sample: Sample): Float64Array {
  const { strata } = sample
  const treated = new Float64Array(strata.length)
  const controls = new Float64Array(strata.length)
  for (let i = 0; i < sample.y.length; i++) {
    const s = sample.stratum[i]!
    if (sample.a[i]! > 0) treated[s]!++
    if (sample.b[i]! > 0) controls[s]!++
  }
  const hasControls = controls.some(count => count > 0)
  for (let s = 0; s < strata.length; s++)
    if (treated[s]! < MIN_OBSERVATIONS || (hasControls && controls[s]! < MIN_OBSERVATIONS)) treated[s] = 0
  return weightsByCount(strata, treated)
}

/** {@link stratumWeights} from the number of treated observations, 0 for a stratum that does not count. */
export function weightsByCount(strata: readonly Stratum[], treated: Float64Array): Float64Array {
  const sumWhere = (test: (s: number) => boolean) =>
    strata.reduce((sum, _, s) => (test(s) ? sum + treated[s]! : sum), 0)
  return Float64Array.from(strata, ({ family, market, side, sign }, s) => {
    if (!(treated[s]! > 0)) return 0
    const families = new Set(
      strata.filter((other, o) => treated[o]! > 0 && other.sign === sign).map(other => other.family),
    )
    const inFamily = (o: number) => strata[o]!.family === family && strata[o]!.sign === sign
    const inMarket = (o: number) => inFamily(o) && strata[o]!.market === market
    const sides = new Set(strata.filter((_, o) => treated[o]! > 0 && inMarket(o)).map(other => other.side))
    const share = side === 'both' ? 1 : 1 / sides.size
    return (sign * share * sumWhere(inMarket)) / sumWhere(inFamily) / families.size
  })
}
