/** Trades in order of time, as columns of one length. */
export interface TradeChunk {
  /** Epoch ms UTC. */
  time: Float64Array
  /** In the quote currency. */
  price: Float64Array
  /** Base coins. */
  amount: Float64Array
  /** 1 where the taker bought, 0 where the taker sold. */
  buy: Uint8Array
}
