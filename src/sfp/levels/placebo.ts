import type { Market } from '../../market/market.ts'
import { random } from '../../stats/random.ts'
import { cachedAtr } from '../cached-series.ts'
import {
  columnsOf,
  type Level,
  type LevelColumns,
  LevelPacker,
  type LevelSource,
  levelOf,
  levelSource,
} from './columns.ts'

/**
 * Each level on the other side of the price, at the same distance in ln(price) from the close at which it became known: a
 * high at close·f is a low at close/f. Width, strength and convergence stay. What a real level does and its mirror does not
 * is not owed to its distance.
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
 * Each level so many ATR farther from the price (nearer with a negative number), as of the bar at which it became known.
 * One that would come to lie on the other side of that close is left out.
 *
 * @throws RangeError unless `byAtr` is a number other than 0
 */
export function shiftedLevels(market: Market, source: LevelSource, byAtr: number): LevelSource {
  if (!(Number.isFinite(byAtr) && byAtr !== 0))
    throw new RangeError(`byAtr: ${byAtr}, but expected a number of ATR other than 0`)
  const ranges = cachedAtr(market)
  return placebo(market, source, `${source.name}, shifted by ${byAtr} ATR`, level => {
    const sign = level.kind === 'high' ? 1 : -1
    const by = sign * byAtr * ranges[level.since]!
    const inner = level.inner + by
    const outer = level.outer + by
    return inner > 0 && outer > 0 && sign * (inner - market.close[level.since]!) > 0 ? { ...level, inner, outer } : null
  })
}

/**
 * Levels at random: each keeps its kind, width and strength, and takes the distance (in ln(price), from the close at which it
 * became known) of a level of its kind that was drawn from those known by then. So distances and strengths have the same
 * distribution, and where the levels lie says nothing.
 *
 * @param seed the same seed gives the same levels
 */
export function randomLevels(market: Market, source: LevelSource, seed = 1): LevelSource {
  const rng = random(seed)
  const distances = { high: [] as number[], low: [] as number[] }
  const distanceOf = (level: Level) => Math.log(level.inner / market.close[level.since]!)
  return placebo(market, source, `random levels like ${source.name} (seed ${seed})`, level => {
    const own = distanceOf(level)
    const past = distances[level.kind]
    past.push(own)
    const factor = Math.exp(past[rng.integer(past.length)]! - own)
    return { ...level, inner: level.inner * factor, outer: level.outer * factor }
  })
}

/** Levels of several sources together; those of the first come first. @throws RangeError when there is none */
export function combinedLevels(market: Market, sources: readonly LevelSource[]): LevelSource {
  if (sources.length === 0) throw new RangeError('levels: there are no sources to combine')
  const name = sources.map(source => source.name).join(' and ')
  return levelSource(name, market, () => {
    const packer = new LevelPacker(market.length)
    const all = sources.map(source => ({ of: columnsOf(source, market), ids: new Map<number, number>() }))
    for (let t = 0; t < market.length; t++) {
      for (const { of, ids } of all) for (const id of idsAt(of, t)) packer.add(copied(packer, of, ids, id, same))
      packer.closeBar()
    }
    return packer.columns()
  })
}

const same = (level: Level) => level

/** Each level changed by itself, with what was known at its `since`; `null` leaves it out. */
function placebo(
  market: Market,
  source: LevelSource,
  name: string,
  change: (level: Level) => Level | null,
): LevelSource {
  return levelSource(name, market, () => {
    const of = columnsOf(source, market)
    const packer = new LevelPacker(market.length)
    const ids = new Map<number, number>()
    for (let t = 0; t < market.length; t++) {
      for (const id of idsAt(of, t)) {
        const at = copied(packer, of, ids, id, change)
        if (at >= 0) packer.add(at)
      }
      packer.closeBar()
    }
    return packer.columns()
  })
}

function idsAt({ ids, starts }: LevelColumns, t: number): Uint32Array {
  return ids.subarray(starts[t]!, starts[t + 1]!)
}

function copied(
  packer: LevelPacker,
  of: LevelColumns,
  ids: Map<number, number>,
  id: number,
  change: (level: Level) => Level | null,
): number {
  let at = ids.get(id)
  if (at === undefined) {
    const changed = change(levelOf(of, id))
    at = changed ? packer.level(changed) : -1
    ids.set(id, at)
  }
  return at
}
