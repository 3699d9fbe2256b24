/** Observed positions: what an exchange publishes of its accounts' positions and trigger orders, over time. */
import { DataError, quoteValue } from '../common/errors.ts'
import { GrowableArray } from '../common/growable-array.ts'

/**
 * What a row is. A reading of an account is a row of its own, followed by what the account had then, which may be nothing:
 * - `account`: its positions were read; `position` rows follow
 * - `orders`: its trigger orders were read; `stop` and `takeProfit` rows follow
 * - `market`: of a coin, without an account: its open interest (`size`) and mark price (`price`)
 */
export const ROW_KINDS = ['account', 'position', 'orders', 'stop', 'takeProfit', 'market'] as const

export type RowKind = (typeof ROW_KINDS)[number]

/** Index of a kind in {@link ROW_KINDS}. */
export const KIND = { account: 0, position: 1, orders: 2, stop: 3, takeProfit: 4, market: 5 } as const satisfies Record<
  RowKind,
  number
>

/** A row as it is added; what does not apply to its kind is left out. */
export interface ObservedRow {
  /** When it was known, epoch ms. */
  time: number
  kind: RowKind
  /** The account's address; empty for `market`. */
  account: string
  /** Empty for `account` and `orders`, which cover all coins. */
  coin?: string
  /** Coins: above 0 of a long, below of a short. Of an order: of the position that it closes. */
  size?: number
  /** The exchange's own liquidation price (NaN: no price liquidates it), trigger price, or mark price. */
  price?: number
  entry?: number
  leverage?: number
  /** Margin of the position in USD; NaN where it is not known. */
  margin?: number
  /** Isolated margin: 1, cross margin: 0; NaN where it is not known. */
  isolated?: number
}

const COLUMNS = ['time', 'account', 'coin', 'kind', 'size', 'price', 'entry', 'leverage', 'margin', 'isolated'] as const

/** Rows as columns of the same length, in order of time; NaN where a value is not known or does not apply. */
export type ObservedRows = { readonly length: number } & Readonly<Record<(typeof COLUMNS)[number], Float64Array>>

/** Positions and trigger orders of an exchange's accounts, as they were seen. */
export interface ObservedPositions {
  /** e.g. `hyperliquid`. */
  readonly exchange: string
  /** Where they come from, for display: a file name, an exchange. */
  readonly source: string
  readonly synthetic: boolean
  /** `account` of a row is an index into these; −1 for none. */
  readonly accounts: readonly string[]
  /** `coin` of a row is an index into these; −1 for all of them. */
  readonly coins: readonly string[]
  readonly rows: ObservedRows
  readonly notes: readonly string[]
}

/** Names and their numbers, in order of appearance. */
export class NameIndex {
  readonly names: string[] = []
  readonly #numbers = new Map<string, number>()

  /** The number of a name; −1 for an empty one. */
  add(name: string): number {
    if (name === '') return -1
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    this.#numbers.set(name, this.names.length)
    return this.names.push(name) - 1
  }
}

/** Collects rows in order of time. */
export class ObservedPositionsBuilder {
  readonly #accounts = new NameIndex()
  readonly #coins = new NameIndex()
  readonly #columns = COLUMNS.map(() => new GrowableArray())
  #lastTime = Number.NEGATIVE_INFINITY
  /** The reading that the next rows belong to. */
  #reading: Pick<ObservedRow, 'time' | 'kind' | 'account'> | null = null

  get length(): number {
    return this.#columns[0]!.length
  }

  /** @throws DataError for a row that is older than the one before, or that does not follow a reading of its account */
  add(row: ObservedRow): void {
    const { time, kind, account, coin = '', size, price, entry, leverage, margin, isolated } = row
    if (!(time >= this.#lastTime))
      throw new DataError(`Row ${this.length + 1}, time: it is before that of the row above`)
    this.#lastTime = time
    this.#checkReading(row)
    const values = [
      time,
      this.#accounts.add(account),
      this.#coins.add(coin),
      KIND[kind],
      size,
      price,
      entry,
      leverage,
      margin,
      isolated,
    ]
    for (const [k, value] of values.entries()) this.#columns[k]!.push(value ?? Number.NaN)
  }

  #checkReading({ time, kind, account }: ObservedRow): void {
    if (kind === 'account' || kind === 'orders') this.#reading = { time, kind, account }
    else if (kind === 'market') this.#reading = null
    else {
      const reading = kind === 'position' ? 'account' : 'orders'
      const { kind: above, account: owner, time: at } = this.#reading ?? {}
      if (above !== reading || owner !== account || at !== time)
        throw new DataError(
          `Row ${this.length + 1}, account: ${quoteValue(account)}, but expected a row of kind ${reading} of the same account and time before it`,
        )
    }
  }

  /** The positions; the builder is empty then. */
  build(properties: Pick<ObservedPositions, 'exchange' | 'source' | 'synthetic' | 'notes'>): ObservedPositions {
    const { length } = this
    const columns = Object.fromEntries(COLUMNS.map((name, k) => [name, this.#columns[k]!.take()]))
    const rows = { length, ...columns } as unknown as ObservedRows
    return { ...properties, accounts: this.#accounts.names, coins: this.#coins.names, rows }
  }
}

/** For functions that cells call with any value. @throws DataError unless the value holds observed positions */
export function assertObservedPositions(value: unknown, caller: string): asserts value is ObservedPositions {
  const candidate = value as Partial<ObservedPositions> | null | undefined
  if (candidate?.rows?.kind instanceof Float64Array && Array.isArray(candidate.accounts)) return
  throw new DataError(`${caller} expects positions as liq.positions returns them; write await liq.positions({ … })`)
}
