/** The inputs of the tests for one market in one timeframe. */
import { lazy } from '../common/lazy.ts'
import { invalidOption } from '../common/options.ts'
import { type LiquidationMap, liquidationMap } from '../liquidation/map.ts'
import type { Market } from '../market/market.ts'
import { clusterLevels } from '../sfp/levels/clusters.ts'
import { createLevelSource, type LevelSource, toLevelColumns } from '../sfp/levels/level-source.ts'
import { mirroredLevels, randomLevels } from '../sfp/levels/placebo.ts'
import { DEFAULT_CONVERGING, EVIDENCE_CALLER, type EvidenceSettings, stopOptions } from './evidence-options.ts'
import { ewmaVolatility } from './ewma-volatility.ts'
import { type LevelRecord, recordLevels } from './level-record.ts'
import { createStream } from './streams.ts'

/** One market in one timeframe, with everything that the tests need. */
export interface Scope {
  market: Market
  /** Index of the market among the pooled ones. */
  index: number
  source: LevelSource
  /** The same levels mirrored, and at random distances. */
  placebos: () => readonly LevelSource[]
  record: LevelRecord
  /** Volatility σ of a bar in ln(price), as known at its close. */
  sigma: Float64Array
  /** ln(strength / geometric mean strength of the market's levels until then), by row of the record. */
  brightness: Float64Array
  /** Convergence from which a level counts as converging; Infinity where the map has fewer than two of the tiers. */
  converging: number
  /** Assumptions behind the levels, in words. */
  assumptions: readonly string[]
  /** The levels are of positions that were observed. */
  isObserved: boolean
  /** The market with the levels of estimated stop orders; null where there is no heatmap of one market to make them of. */
  stops: () => Scope | null
}

/** Number of random placebos; more of them add less noise. */
const RANDOM_PLACEBOS = 2

/** @param map the market's heatmap, if there is one already */
export function createScope(market: Market, index: number, settings: EvidenceSettings, map?: LiquidationMap): Scope {
  const { source, assumptions, converging, heatmap } = resolveLevels(market, settings, map)
  const record = recordLevels(market, source)
  // Convergence is not asked of other levels, whose tiers may be others.
  const withMap = (other: LiquidationMap) => createScope(market, index, { ...settings, converging: 2 }, other)
  const estimated = heatmap && !heatmap.isObserved ? heatmap : null
  return {
    market,
    index,
    source,
    isObserved: heatmap?.isObserved ?? false,
    stops: lazy(() => (estimated?.parts.length === 1 ? withMap(stopMap(estimated, settings)) : null)),
    placebos: lazy(() => {
      const rng = createStream(settings.seed, 'placeboLevels', index)
      return [
        mirroredLevels(market, source),
        ...Array.from({ length: RANDOM_PLACEBOS }, () => randomLevels(market, source, rng.integer(2 ** 32))),
      ]
    }),
    record,
    sigma: ewmaVolatility(market),
    brightness: relativeStrength(record),
    converging,
    assumptions,
  }
}

function resolveLevels(
  market: Market,
  settings: EvidenceSettings,
  map: LiquidationMap | undefined,
): Pick<Scope, 'source' | 'assumptions' | 'converging'> & { heatmap: LiquidationMap | null } {
  if (!map && settings.levels) {
    const source = cached(settings.levels(market), market)
    const { converging } = settings
    return {
      source,
      heatmap: null,
      assumptions: [`levels: ${source.name}`],
      converging: typeof converging === 'number' ? converging : converging.length,
    }
  }
  const heatmap = map ?? liquidationMap(market, settings.map, EVIDENCE_CALLER)
  const { tiers, threshold } = convergingTiers(heatmap, settings.converging)
  return {
    heatmap,
    source: clusterLevels(heatmap, { ...settings.clusters, converging: tiers }),
    assumptions: heatmap.assumptions,
    converging: threshold,
  }
}

/** The layer of stops of a map, by default of half of its positions beyond the last swing point. */
function stopMap({ market, inputOptions }: LiquidationMap, { stops }: EvidenceSettings): LiquidationMap {
  return liquidationMap(market, stopOptions(inputOptions, stops), EVIDENCE_CALLER)
}

/** The tiers that a level's convergence counts, none for all, and how many of them make it converge. */
function convergingTiers(
  { options, market }: LiquidationMap,
  converging: EvidenceSettings['converging'],
): { tiers: readonly number[]; threshold: number } {
  if (typeof converging === 'number') return { tiers: [], threshold: converging }
  const leverages = options.tiers.map(({ leverage }) => leverage)
  const missing = converging.filter(leverage => !leverages.includes(leverage))
  if (missing.length > 0 && converging !== DEFAULT_CONVERGING)
    throw invalidOption(
      EVIDENCE_CALLER,
      'converging',
      converging,
      `tiers of the map of ${market.symbol}: ${leverages.map(x => `${x}x`).join(', ')}`,
    )
  const tiers = converging.filter(leverage => leverages.includes(leverage))
  return { tiers, threshold: tiers.length < 2 ? Infinity : tiers.length }
}

/** A source that computes its levels once, as the tests read them many times. */
function cached(source: LevelSource, market: Market): LevelSource {
  const columns = toLevelColumns(source, market)
  return createLevelSource(source.name, market, () => columns)
}

/** Half-life, in bars, of the weights in the mean strength. */
const STRENGTH_HALF_LIFE = 500

function relativeStrength({ offset, strength, market }: LevelRecord): Float64Array {
  const out = new Float64Array(strength.length)
  const decay = 0.5 ** (1 / STRENGTH_HALF_LIFE)
  let sum = 0
  let weight = 0
  for (let t = 0; t < market.length; t++) {
    sum *= decay
    weight *= decay
    for (let i = offset[t]!; i < offset[t + 1]!; i++) {
      sum += Math.log(strength[i]!)
      weight++
    }
    for (let i = offset[t]!; i < offset[t + 1]!; i++) out[i] = Math.log(strength[i]!) - sum / weight
  }
  return out
}
