/** The null of a map: the same geometry, without anything that the market tells of its positions. */
import { aggregateMaps } from '../aggregate.ts'
import { type LiquidationMap, liquidationMap, type MapPart } from '../map.ts'

/**
 * The map with a flow of the same contracts in every bar: the same leverage, margins, entries and trigger, and positions that end
 * at the average pace of the map's own, but no volume, open interest or taker flow. Much of how well a map matches recorded
 * liquidations is geometry, which this map has too.
 */
export function constantFlowMap(map: LiquidationMap): LiquidationMap {
  const maps = map.parts.map(part => {
    const { market, inputOptions, flow } = part
    const { entry } = flow.options
    return liquidationMap(market, { ...inputOptions, flow: { from: 'constant', entry }, halfLife: meanHalfLife(part) })
  })
  return maps.length === 1 ? maps[0]! : aggregateMaps(maps)
}

/** A bar that closes everything counts as one that leaves this share. */
const LEAST_SHARE = 0.01

/** ms after which half of the positions have closed, at the average pace of all bars; Infinity when none close. */
function meanHalfLife({ market, flow, halfLifeMs }: MapPart): number {
  const { time, length } = market
  let halvings = (time[length - 1]! - time[0]!) / halfLifeMs
  for (let t = 0; t < length; t++) halvings -= Math.log2(Math.max(LEAST_SHARE, flow.survivingShare(t)))
  return halvings > 0 ? (time[length - 1]! - time[0]!) / halvings : Infinity
}
