import type { Market } from '../../market/market.ts'
import type { BacktestOptions } from '../backtest-options.ts'
import type { DetectOptions } from '../detect-options.ts'
import { columnsOf, type LevelSource } from '../levels/columns.ts'
import { type LevelGroup, type RunOptions, runAll } from './run.ts'
import { applyVariant, type RandomSearch, type Space, type Variant, variantsOf } from './variants.ts'
import { FIGURES, type Figure, type Outcome } from './work.ts'

export interface SweepOptions extends RunOptions {
  /** Values to try by option. */
  grid: Space
  /** Draw so many of the combinations; without it all are tried. */
  random?: RandomSearch
  detect?: DetectOptions
  backtest?: BacktestOptions
  /** Names of options that make the levels, and the source that a variant's values of them give. */
  levels: { names: readonly string[]; source: (variant: Variant) => LevelSource }
}

export interface Sweep {
  readonly variants: readonly Variant[]
  readonly outcomes: readonly Outcome[]
  /** A figure of a variant. */
  figure(name: Figure, variant: number): number
  /** The variant with the largest value; −1 when none has one. */
  best(name: Figure, minTrades?: number): number
}

/**
 * Detects, trades and measures every variant. Levels are made once for all variants that share them.
 *
 * @throws RangeError naming the option that is out of range; the signal's reason when it is cancelled
 */
export async function sweep(market: Market, options: SweepOptions): Promise<Sweep> {
  const { grid, random, detect = {}, backtest = {}, levels } = options
  const variants = variantsOf(grid, random)
  const applied = variants.map(variant => applyVariant({ detect, backtest }, variant, levels.names))
  const outcomes = await runAll(market, groupsOf(market, variants, levels), applied, options)
  const figure = (name: Figure, variant: number) => outcomes[variant]!.figures[FIGURES.indexOf(name)]!
  return {
    variants,
    outcomes,
    figure,
    best(name, minTrades = 0) {
      let best = -1
      for (let k = 0; k < variants.length; k++) {
        if (figure('trades', k) < minTrades || Number.isNaN(figure(name, k))) continue
        if (best < 0 || figure(name, k) > figure(name, best)) best = k
      }
      return best
    },
  }
}

function groupsOf(
  market: Market,
  variants: readonly Variant[],
  { names, source }: SweepOptions['levels'],
): LevelGroup[] {
  const groups: { values: unknown[]; members: number[] }[] = []
  const used = names.filter(name => variants[0] && name in variants[0])
  for (const [k, variant] of variants.entries()) {
    const values = used.map(name => variant[name])
    const group = groups.find(known => known.values.every((value, i) => value === values[i]))
    if (group) group.members.push(k)
    else groups.push({ values, members: [k] })
  }
  return groups.map(({ members }) => ({
    members,
    levels: () => columnsOf(source(variants[members[0]!]!), market),
  }))
}
