/** `study.robustness`: one table of the same strategy under small changes. */
import { type ColumnTable, table } from 'arquero'
import type { Displayable } from '../charts/display.ts'
import { formatNumber, withSummary } from '../charts/summary.ts'
import { FORMATS, withFormats } from '../common/column-format.ts'
import { countText } from '../common/number-text.ts'
import { type Check, defineOptions, invalidOption, isOptionsObject, option, wholeNumber } from '../common/options.ts'
import { assertMarket, type Market } from '../market/market.ts'
import type { LevelSource } from '../sfp/levels/level-source.ts'
import { type RobustnessRow, robustnessRows } from '../sfp/robustness.ts'
import type { Strategy } from '../sfp/strategy.ts'

export interface RobustnessOptions {
  /** The same coin on other venues, by name: `{ bybit }`. Their levels are those that the option `levels` of `liq.sfp` names. */
  venues?: Readonly<Record<string, Market>>
  /** Number of placebos at random levels, each with a seed of its own. Default 5. */
  placebos?: number
}

/** The rows of `study.robustness`. Displays itself as a table, with a warning where the sign flips. */
export interface Robustness extends Displayable {
  readonly rows: readonly RobustnessRow[]
  /** What the result depends on, one sentence each; empty where it is robust. */
  readonly warnings: readonly string[]
  /** `change`, `trades`, `meanR`, `expectancy` (%), `verdict`. */
  table(): ColumnTable
}

const CALLER = 'study.robustness'

const venuesByName: Check = value =>
  isOptionsObject(value) ? undefined : { expected: 'markets by name, e.g. { bybit }' }

const robustnessOptions = defineOptions<RobustnessOptions>(CALLER, {
  venues: option({}, venuesByName),
  placebos: option(5, wholeNumber(0, 1000)),
})

/** @param levelsOf the levels of another market; throws where they cannot be made for it */
export function robustness(
  strategy: Strategy,
  levelsOf: (market: Market) => LevelSource,
  title: string,
  options: RobustnessOptions = {},
): Robustness {
  const { venues, placebos } = robustnessOptions.resolve(options)
  const others = Object.entries(venues).map(([name, market]) => {
    assertMarket(market, CALLER)
    return { name, strategy: { ...strategy, market, source: levelsOfVenue(name, market, levelsOf) } }
  })
  const rows = robustnessRows(strategy, others, placebos)
  const warnings = warningsOf(rows)
  const shown = ({ trades, meanR, verdict }: RobustnessRow) =>
    `${formatNumber(meanR)} R, ${countText(trades, 'trade')}: ${verdict}`
  return withSummary(
    {
      rows,
      warnings,
      table: () => robustnessTable(rows),
    },
    {
      title: `${title}: robustness`,
      groups: [{ name: 'Mean R, net, under each change', rows: rows.map(row => [row.change, shown(row)]) }],
      notes: warnings.length > 0 ? warnings : ['The mean R keeps its sign under every change.'],
      assumptions: [
        'one change at a time; all else as in the study',
        'placebos have the number, strength and distances of the levels',
      ],
    },
  )
}

function levelsOfVenue(name: string, market: Market, levelsOf: (market: Market) => LevelSource): LevelSource {
  try {
    return levelsOf(market)
  } catch (error) {
    throw invalidOption(
      CALLER,
      `venues.${name}`,
      market.symbol,
      `levels that can be made for any market: name them in liq.sfp, e.g. levels: { timeframes: ['4h'] } (${(error as Error).message})`,
    )
  }
}

function warningsOf(rows: readonly RobustnessRow[]): string[] {
  const named = (verdict: RobustnessRow['verdict']) =>
    rows.filter(row => row.verdict === verdict).map(row => row.change)
  const [flips, beaten, silent] = [named('sign flips'), named('placebo does as well'), named('no trades')]
  const [base] = rows
  if (!base || base.verdict === 'no trades') return ['There are no trades.']
  return [
    ...(flips.length > 0 ? [`Warning: the sign of the mean R flips with: ${flips.join('; ')}.`] : []),
    ...(base.meanR > 0 && beaten.length > 0
      ? [
          `Warning: ${beaten.length} of ${countText(named('placebo does worse').length + beaten.length, 'placebo')} earn as much or more.`,
        ]
      : []),
    ...(silent.length > 0 ? [`Without trades: ${silent.join('; ')}.`] : []),
  ]
}

function robustnessTable(rows: readonly RobustnessRow[]): ColumnTable {
  const names = ['change', 'trades', 'meanR', 'expectancy', 'verdict'] as const
  const columns = names.map(name => [name, rows.map(row => row[name])] as const)
  return withFormats(table(Object.fromEntries(columns)), { meanR: FORMATS.r, expectancy: FORMATS.signedPercent })
}
