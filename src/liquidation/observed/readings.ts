/** Readings of accounts: which rows tell what an account had at a time. */
import { KIND, type ObservedPositions } from '../../market/observed-positions.ts'

/** Readings of one coin in order of time, as columns. */
export interface Readings {
  readonly length: number
  readonly time: Float64Array
  /** Slot of the account's positions or of its orders: each new reading of a slot replaces the one before. */
  readonly slot: Int32Array
  /** Range of {@link items}. */
  readonly from: Int32Array
  readonly to: Int32Array
  /** Rows of the coin. */
  readonly items: Int32Array
  readonly slots: number
}

/** Slots of an account: positions and orders are read apart from each other. */
export const positionSlot = (account: number): number => 2 * account
const orderSlot = (account: number): number => 2 * account + 1

/** The readings of a coin, by its index in `coins`. */
export function readingsOf({ rows, accounts }: ObservedPositions, coin: number): Readings {
  const headers: number[] = []
  let count = 0
  for (let i = 0; i < rows.length; i++) {
    if (rows.kind[i] === KIND.account || rows.kind[i] === KIND.orders) headers.push(i)
    else if (rows.kind[i] !== KIND.market && rows.coin[i] === coin) count++
  }
  const n = headers.length
  const out = {
    length: n,
    time: new Float64Array(n),
    slot: new Int32Array(n),
    from: new Int32Array(n),
    to: new Int32Array(n),
    items: new Int32Array(count),
    slots: 2 * accounts.length,
  }
  let item = 0
  for (const [r, header] of headers.entries()) {
    const account = rows.account[header]!
    const isOrders = rows.kind[header] === KIND.orders
    out.time[r] = rows.time[header]!
    out.slot[r] = isOrders ? orderSlot(account) : positionSlot(account)
    out.from[r] = item
    for (let i = header + 1; i < rows.length && belongsTo(rows.kind[i]!, isOrders); i++)
      if (rows.coin[i] === coin) out.items[item++] = i
    out.to[r] = item
  }
  return { ...out, items: out.items.subarray(0, item) }
}

function belongsTo(kind: number, isOrders: boolean): boolean {
  return isOrders ? kind === KIND.stop || kind === KIND.takeProfit : kind === KIND.position
}
