/** Fills as a node of Hyperliquid writes them, of which those of liquidated positions are liquidations on record. */

type Fields = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `["0x…", { coin, px, sz, … }]`: an account and what was filled of its order. */
function isFill(value: unknown): value is readonly [string, Fields] {
  if (!Array.isArray(value) || value.length !== 2) return false
  const [user, fill] = value as readonly unknown[]
  return typeof user === 'string' && isObject(fill) && 'px' in fill && 'sz' in fill && 'tid' in fill
}

/**
 * The liquidations in a line of `node_fills`, which is one fill, or of `node_fills_by_block`, which is `{ block_number, events: [fill,
 * …] }`; null for any other value. Both accounts of a trade have a fill, and both fills name the liquidated account: only its own
 * counts, whose side is that of the order that closes its position.
 * Layout: https://hyperliquid.gitbook.io/hyperliquid-docs/historical-data
 */
export function nodeLiquidations(value: unknown): Fields[] | null {
  if (isFill(value)) return liquidationsOf([value])
  if (!isObject(value) || !('block_number' in value) || !Array.isArray(value.events)) return null
  return value.events.every(isFill) ? liquidationsOf(value.events) : null
}

function liquidationsOf(fills: readonly (readonly [string, Fields])[]): Fields[] {
  return fills.flatMap(([user, { liquidation, ...fill }]) => {
    if (!isObject(liquidation)) return []
    const { liquidatedUser, markPx, method } = liquidation
    if (String(liquidatedUser).toLowerCase() !== user.toLowerCase()) return []
    return [{ ...fill, liquidatedUser, markPx, method }]
  })
}
