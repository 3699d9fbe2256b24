/**
 * Some trades, in the order in which they came: one row a trade, all columns of the same length. Single trades and
 * trades that the venue has put together (one order, one price) alike.
 */
export interface TradeChunk {
  /** Epoch ms. */
  time: Float64Array
  /** In the quote currency. */
  price: Float64Array
  /** Base coins. */
  amount: Float64Array
  /** 1 where the taker bought, 0 where the taker sold. */
  buy: Uint8Array
  /** Where the first of them stands, for messages: a file, a page; and its row there, from 1 on. */
  source?: string
  row?: number
}
