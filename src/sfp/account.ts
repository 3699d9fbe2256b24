/** One account that one or several markets draw on. */
import type { Signal } from './detect.ts'
import type { Cash, Position } from './position.ts'

/** What a sum of positions is worth, in USD. */
export interface Holdings {
  /** Cash and the unrealised results of the open positions at known prices. */
  equity: number
  /** Notional of the open positions at known prices. */
  notional: number
  /** Notional over leverage. */
  margin: number
}

/** The part of one market in an account. */
export interface Book extends Cash {
  /** Place in the list of markets. */
  readonly index: number
  /** The last price that is known: the open of the current bar, or the close of the last one. */
  readonly price: number
  /** Open positions, and those that the current open closed. */
  readonly positions: readonly Position[]
  /** Notional / margin of its positions. */
  readonly leverage: number
}

/** Why a signal was not traded, see the options of the same name, `Backtest.rejected` and `PortfolioOptions`. */
export type RefusalReason =
  | 'gap'
  | 'stop'
  | 'size'
  | 'unfilled'
  | 'maxPerMarket'
  | 'maxPerSide'
  | 'maxPositions'
  | 'maxCorrelated'
  | 'maxExposure'
  | 'ruined'
  | 'end'

/** Limits on entries beyond those of one market. */
export interface EntryLimits {
  /** Why an entry is refused, or null. @param knownAt epoch ms: nothing later may count */
  refusal(book: Book, signal: Signal, knownAt: number): RefusalReason | null
  /** USD by which the notional of all positions may grow. */
  room(): number
}

/** Is told of entries that were refused or made smaller. @param share of the wanted size: 0 refused */
export type RefusalListener = (book: Book, signal: Signal, bar: number, reason: RefusalReason, share: number) => void

/** Sums over the markets in their order, so that the account of one market has the bits of that market alone. */
export class Account {
  readonly books: Book[] = []
  readonly limits: EntryLimits | null
  readonly onRefusal: RefusalListener | null
  /** The moment, as counted by the caller of {@link mark}, at which the equity was lost, which ends trading; −1 = never. */
  ruined = -1

  constructor(limits: ((account: Account) => EntryLimits) | null = null, onRefusal: RefusalListener | null = null) {
    this.limits = limits?.(this) ?? null
    this.onRefusal = onRefusal
  }

  get isRuined(): boolean {
    return this.ruined >= 0
  }

  /** Equity at moment k, open positions marked to the last known prices; notes when it is lost. */
  mark(k: number): number {
    const { books } = this
    let cash = 0
    for (let i = 0; i < books.length; i++) cash += books[i]!.cash
    let equity = cash
    for (let i = 0; i < books.length; i++) {
      const { positions, price } = books[i]!
      for (let j = 0; j < positions.length; j++) equity += positions[j]!.unrealised(price)
    }
    if (cash <= 0 && equity <= 0 && this.ruined < 0) this.ruined = k
    return equity
  }

  /** Of all markets. */
  holdings(): Holdings {
    return this.othersThan(null)
  }

  /** Of all markets but one. */
  othersThan(own: Book | null): Holdings {
    const sums = { equity: 0, notional: 0, margin: 0 }
    for (const book of this.books) if (book !== own) sums.equity += book.cash
    for (const book of this.books) if (book !== own) addPositions(sums, book)
    return sums
  }
}

/** Adds the open positions of a market at its last known price. */
export function addPositions(sums: Holdings, { positions, price, leverage }: Book): void {
  let notional = 0
  for (const position of positions) {
    sums.equity += position.unrealised(price)
    notional += position.openSize * price
  }
  sums.notional += notional
  sums.margin += notional / leverage
}
