import { lazy } from '../common/lazy.ts'
import { type LiquidationMap, liquidationMap } from '../liquidation/map.ts'
import type { Market } from '../market/market.ts'
import { clusterLevels } from '../sfp/levels/clusters.ts'
import { columnsOf, type LevelSource, levelSource } from '../sfp/levels/columns.ts'
import { mirroredLevels, randomLevels } from '../sfp/levels/placebo.ts'
import { type LevelRecord, recordLevels } from './record.ts'
import type { Settings } from './settings.ts'
import { streamOf } from './streams.ts'
import { volatility } from './volatility.ts'

/** One market in one timeframe with all that the tests ask of it. */
export interface Scope {
  market: Market
  /** Number of the market among those that are pooled. */
  index: number
  source: LevelSource
  /** The same levels elsewhere: mirrored, and at random distances. */
  placebos: () => readonly LevelSource[]
  record: LevelRecord
  /** Usual move of a bar, in ln(price), known at its close. */
  sigma: Float64Array
  /** ln(strength over the usual strength of this market's levels until then), by row of the record. */
  brightness: Float64Array
  /** In words, what the levels rest on. */
  assumptions: readonly string[]
}

/** Random placebos; the more, the less of the noise is theirs. */
const RANDOM_PLACEBOS = 2

/** @param map the market's heatmap, where there is one already */
export function makeScope(market: Market, index: number, settings: Settings, map?: LiquidationMap): Scope {
  const own = map ?? (settings.levels ? undefined : liquidationMap(market, settings.map))
  const source = own ? clusterLevels(own, settings.clusters) : packed(settings.levels!(market), market)
  const record = recordLevels(market, source)
  return {
    market,
    index,
    source,
    placebos: lazy(() => {
      const rng = streamOf(settings.seed, 'placeboLevels', index)
      return [
        mirroredLevels(market, source),
        ...Array.from({ length: RANDOM_PLACEBOS }, () => randomLevels(market, source, rng.integer(2 ** 32))),
      ]
    }),
    record,
    sigma: volatility(market),
    brightness: relativeStrength(record),
    assumptions: own?.assumptions ?? [`levels: ${record.name}`],
  }
}

/** Levels of one's own are made once, as the tests go through them many times. */
function packed(source: LevelSource, market: Market): LevelSource {
  const columns = columnsOf(source, market)
  return levelSource(source.name, market, () => columns)
}

/** Bars after which the weight of a level's strength in the usual strength has halved. */
const STRENGTH_HALF_LIFE = 500

function relativeStrength({ offset, strength, market }: LevelRecord): Float64Array {
  const out = new Float64Array(strength.length)
  const keep = 0.5 ** (1 / STRENGTH_HALF_LIFE)
  let sum = 0
  let weight = 0
  for (let t = 0; t < market.length; t++) {
    sum *= keep
    weight *= keep
    for (let i = offset[t]!; i < offset[t + 1]!; i++) {
      sum += Math.log(strength[i]!)
      weight++
    }
    for (let i = offset[t]!; i < offset[t + 1]!; i++) out[i] = Math.log(strength[i]!) - sum / weight
  }
  return out
}
