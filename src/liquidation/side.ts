/** Side of a position, and of the liquidations of such positions: longs are closed below the price, shorts above it. */
export type Side = 'long' | 'short'
