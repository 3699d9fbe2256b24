/** Level sources made from others: placebos, which show what the position of a level is worth, and combinations. */
import { invalidOption, wholeNumber } from '../../common/options.ts'
import type { Market } from '../../market/market.ts'
import { random } from '../../stats/random.ts'
import { cachedAtr } from '../cached-series.ts'
import {
  createLevelSource,
  type Level,
  type LevelColumns,
  LevelPacker,
  type LevelSource,
  toLevel,
  toLevelColumns,
} from './level-source.ts'

/**
 * Each level on the other side of the price, at the same distance in ln(price) from the close at which it became known: a
 * high at close·f becomes a low at close/f. Width, strength and convergence stay. What a real level does and its mirror does
 * not is not due to its distance.
 */
export function mirroredLevels(market: Market, source: LevelSource): LevelSource {
  return placebo(market, source, `mirror of ${source.name}`, level => {
    const square = market.close[level.since]! ** 2
    return {
      ...level,
      kind: level.kind === 'high' ? 'low' : 'high',
      inner: square / level.inner,
      outer: square / level.outer,
    }
  })
}

/**
 * Each level moved away from the price by `byAtr` ATR (towards it with a negative number), as of the bar at which it became
 * known. A level that would cross that bar's close is left out.
 *
 * @throws OptionError unless `byAtr` is a finite number other than 0
 */
export function shiftedLevels(market: Market, source: LevelSource, byAtr: number): LevelSource {
  if (!(Number.isFinite(byAtr) && byAtr !== 0))
    throw invalidOption('liq.levels.shifted', 'byAtr', byAtr, 'a number of ATR other than 0')
  const atr = cachedAtr(market)
  return placebo(market, source, `${source.name}, shifted by ${byAtr} ATR`, level => {
    const sign = level.kind === 'high' ? 1 : -1
    const shift = sign * byAtr * atr[level.since]!
    const inner = level.inner + shift
    const outer = level.outer + shift
    return inner > 0 && outer > 0 && sign * (inner - market.close[level.since]!) > 0 ? { ...level, inner, outer } : null
  })
}

/**
 * Levels at random distances: each keeps its kind, width and strength. Its distance (in ln(price), from the close at which it
 * became known) is that of a level of its kind, drawn from those known by then. So the distributions of distance and strength
 * are those of the source, and the position of a level carries no information.
 *
 * @param seed the same seed gives the same levels
 */
export function randomLevels(market: Market, source: LevelSource, seed = 1): LevelSource {
  const mismatch = wholeNumber()(seed)
  if (mismatch) throw invalidOption('liq.levels.random', 'seed', seed, mismatch)
  const rng = random(seed)
  const distances = { high: [] as number[], low: [] as number[] }
  return placebo(market, source, `random levels like ${source.name} (seed ${seed})`, level => {
    const distance = Math.log(level.inner / market.close[level.since]!)
    const past = distances[level.kind]
    past.push(distance)
    const factor = Math.exp(past[rng.integer(past.length)]! - distance)
    return { ...level, inner: level.inner * factor, outer: level.outer * factor }
  })
}

/** Levels of several sources together, in the order of the sources. @throws OptionError when there is no source */
export function combinedLevels(market: Market, sources: readonly LevelSource[]): LevelSource {
  if (sources.length === 0)
    throw invalidOption('liq.levels.combined', 'sources', sources, 'at least one source of levels')
  const name = sources.map(source => source.name).join(' and ')
  return createLevelSource(name, market, () => {
    const packer = new LevelPacker(market.length)
    const inputs = sources.map(source => ({
      columns: toLevelColumns(source, market),
      packedIds: new Map<number, number>(),
    }))
    for (let t = 0; t < market.length; t++) {
      for (const { columns, packedIds } of inputs)
        for (const id of idsAt(columns, t)) packer.markKnown(copyLevel(packer, columns, packedIds, id))
      packer.closeBar()
    }
    return packer.columns()
  })
}

/** What a placebo changes of a level; width in parts, strength and convergence stay. */
type Zone = Pick<Level, 'kind' | 'inner' | 'outer' | 'since'>

/** Changes each level by itself, using only what was known at its `since`; `null` leaves it out. */
function placebo(market: Market, source: LevelSource, name: string, change: (zone: Zone) => Zone | null): LevelSource {
  return createLevelSource(name, market, () => {
    const columns = toLevelColumns(source, market)
    const { ids, starts } = columns
    const high = columns.high.slice()
    const inner = columns.inner.slice()
    const outer = columns.outer.slice()
    const seen = new Uint8Array(inner.length)
    const omitted = new Uint8Array(inner.length)
    let omissions = 0
    for (const id of ids) {
      if (seen[id]) continue
      seen[id] = 1
      const changed = change({
        kind: high[id] ? 'high' : 'low',
        inner: inner[id]!,
        outer: outer[id]!,
        since: columns.since[id]!,
      })
      if (changed) {
        high[id] = Number(changed.kind === 'high')
        inner[id] = changed.inner
        outer[id] = changed.outer
      } else {
        omitted[id] = 1
        omissions++
      }
    }
    const kept = omissions > 0 ? without(omitted, ids, starts) : { ids, starts }
    return { ...columns, ...kept, high, inner, outer }
  })
}

/** The levels known at each close, without some of them. */
function without(omitted: Uint8Array, ids: Uint32Array, starts: Uint32Array): Pick<LevelColumns, 'ids' | 'starts'> {
  const kept = new Uint32Array(ids.length)
  const keptStarts = new Uint32Array(starts.length)
  let count = 0
  for (let t = 0; t + 1 < starts.length; t++) {
    for (let k = starts[t]!; k < starts[t + 1]!; k++) if (!omitted[ids[k]!]) kept[count++] = ids[k]!
    keptStarts[t + 1] = count
  }
  return { ids: kept.slice(0, count), starts: keptStarts }
}

function idsAt({ ids, starts }: LevelColumns, t: number): Uint32Array {
  return ids.subarray(starts[t]!, starts[t + 1]!)
}

/** @returns the id in `packer` */
function copyLevel(packer: LevelPacker, columns: LevelColumns, packedIds: Map<number, number>, id: number): number {
  let packedId = packedIds.get(id)
  if (packedId === undefined) {
    packedId = packer.addLevel(toLevel(columns, id))
    packedIds.set(id, packedId)
  }
  return packedId
}
