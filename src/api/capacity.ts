/** `study.capacity`: what is left of a result at larger sizes. */
import { type ColumnTable, table } from 'arquero'
import { capacityFigure, capacityText } from '../charts/capacity.ts'
import { type Displayable, type DisplayedFigure, displayed, displayedFigure, figureBundle } from '../charts/display.ts'
import { FORMATS, withFormats } from '../common/column-format.ts'
import { type Check, defineOptions, listOf, numberThat, option, optional } from '../common/options.ts'
import { type CapacityCurve, capacityCurve, type Rerun } from '../sfp/capacity.ts'
import { type ImpactOptions, impactCheck } from '../sfp/impact.ts'

export interface CapacityOptions {
  /** USD per trade. Default: half decades from 1,000 to 100,000,000. */
  sizes?: readonly number[]
  /** Default: as in the backtest; where it has none, the square-root law of volume and volatility. */
  impact?: true | ImpactOptions
}

/** Results of the same signals by size. Displays itself as a curve. */
export interface Capacity extends CapacityCurve, Displayable {
  /** One row for each size. */
  table(): ColumnTable
  figure(): DisplayedFigure
}

const CALLER = 'study.capacity'
const SIZES = Array.from({ length: 11 }, (_, k) => Math.round(10 ** (3 + k / 2)))

const sizeList: Check = value => {
  const mismatch = listOf(
    numberThat('USD above 0', x => x > 0 && x < 1e12),
    'a list of sizes in USD',
  )(value)
  return mismatch ?? ((value as unknown[]).length > 0 ? undefined : { expected: 'at least one size' })
}

const capacityOptions = defineOptions<CapacityOptions, 'impact'>(CALLER, {
  sizes: option(SIZES, sizeList),
  impact: optional(value => (value === true ? undefined : impactCheck(value))),
})

/** @param own impact of the backtest itself */
export function capacity(
  rerun: Rerun,
  own: boolean | ImpactOptions,
  title: string,
  options: CapacityOptions = {},
): Capacity {
  const { sizes, impact = own || true } = capacityOptions.resolve(options)
  const curve = capacityCurve(rerun, impact, sizes)
  const figure = () => capacityFigure(curve, title)
  const text = `${title}: ${capacityText(curve.zeroAt)}`
  return displayed(
    {
      ...curve,
      table: () => capacityTable(curve),
      figure: () => displayedFigure(figure(), text),
    },
    () => figureBundle(figure(), text),
  )
}

function capacityTable({ rows }: CapacityCurve): ColumnTable {
  const names = ['size', 'trades', 'expectancy', 'meanR', 'net', 'impact'] as const
  const columns = names.map(name => [name, rows.map(row => row[name])] as const)
  return withFormats(table(Object.fromEntries(columns)), {
    size: FORMATS.usd,
    expectancy: FORMATS.signedPercent,
    meanR: FORMATS.r,
    net: FORMATS.resultUsd,
    impact: FORMATS.percent,
  })
}
