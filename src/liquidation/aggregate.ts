import { lastOverBy } from '../market/as-of.ts'
import type { Market } from '../market/market.ts'
import type { BookView } from './book/level-book.ts'
import type { Replay } from './book/replay.ts'
import { type LiquidationMap, requireMaps } from './map.ts'

/**
 * One map of several markets of one coin: the levels of all, each consumed by its own market's lows and highs. Bars, candles and
 * the close that divides longs from shorts are those of the first map; a part counts as known at its own closes, so other
 * timeframes and later listings do no harm.
 *
 * @throws DataError for what is no list of maps; RangeError when they have no common price grid or tiers, or when their prices are not of one coin
 * @example liq.aggregate([liq.heatmap(binance), liq.heatmap(bybit)])
 */
export function aggregateMaps(maps: readonly LiquidationMap[]): LiquidationMap {
  requireMaps(maps, 'liq.aggregate')
  const [first, ...others] = maps
  if (!first) throw new RangeError('aggregate: there are no maps to add up')
  const tiers = first.options.tiers.map(tier => tier.leverage).join()
  for (const [index, map] of others.entries()) {
    const where = `aggregate: map ${index + 2} (${map.market.symbol})`
    if (map.options.binWidth !== first.options.binWidth)
      throw new RangeError(`${where} has bins of ${map.options.binWidth}, the first of ${first.options.binWidth}`)
    const own = map.options.tiers.map(tier => tier.leverage).join()
    if (own !== tiers) throw new RangeError(`${where} has the tiers ${own}, the first ${tiers}`)
    const [price, firstPrice] = lastCommonCloses(map.market, first.market) ?? [1, 1]
    if (Math.abs(Math.log(price / firstPrice)) > Math.log(SAME_COIN))
      throw new RangeError(
        `${where} is at ${price} when the first (${first.market.symbol}) is at ${firstPrice}: they are not of one coin in one currency`,
      )
  }
  const parts = maps.flatMap(map => map.parts)
  return {
    ...first,
    parts,
    assumptions: maps.flatMap(map => map.assumptions),
    replay(visit, options = {}) {
      const { market } = first
      const runs = parts.map(part => part.start({ ages: options.ages }))
      const view = sumOf(runs, first.options.tiers.length)
      for (let t = 0; t <= (options.until ?? market.length - 1); t++) {
        const close = market.time[t]! + market.barMs
        for (const [index, run] of runs.entries()) {
          const { time, barMs } = parts[index]!.market
          while (run.bar + 1 < time.length && time[run.bar + 1]! + barMs <= close) run.step()
        }
        visit(t, view)
      }
    },
  }
}

function sumOf(runs: readonly Replay[], tierCount: number): BookView {
  return {
    tierCount,
    column(side, fromBin, out, tier) {
      out.fill(0)
      for (const { book } of runs) book.addColumn(side, fromBin, out, tier)
      return out
    },
    byTier(side, fromBin, toBin) {
      const out = new Float64Array(tierCount)
      for (const { book } of runs) book.addByTier(side, fromBin, toBin, out)
      return out
    },
    openedTime: (side, fromBin, toBin) =>
      runs.reduce((sum, { book }) => sum + book.openedTime(side, fromBin, toBin), 0),
  }
}

/** Markets of one coin are never so many times as dear as each other, not even in a crash. */
const SAME_COIN = 2

/** The last closes by the time at which the first of the two markets ends; null where the other begins later. */
function lastCommonCloses(a: Market, b: Market): [number, number] | null {
  const end = Math.min(closeTime(a, a.length - 1), closeTime(b, b.length - 1))
  const [i, j] = [lastOverBy(a, end), lastOverBy(b, end)]
  return i < 0 || j < 0 ? null : [a.close[i]!, b.close[j]!]
}

const closeTime = ({ time, barMs }: Market, bar: number) => time[bar]! + barMs
