/** When which account is to be read: all of them at one interval, large and near ones at a shorter one. */

/** What is to be read of an account. */
export type ReadingKind = 'positions' | 'orders'

/** An account that is followed. */
export interface FollowedAccount {
  readonly address: string
  /** Whether it has a large position, or one near its liquidation. */
  isPriority: boolean
}

const QUEUES = ['fresh', 'priority', 'all', 'orders'] as const

type QueueName = (typeof QUEUES)[number]

interface Due {
  account: FollowedAccount
  at: number
}

/**
 * Queues of accounts. Each has a fixed interval, so its order of entry is its order of due times, and the next account is the
 * earliest among the heads. An account that is late comes before any that is due later: under load all become late alike.
 */
export class RecordingSchedule {
  readonly #accounts = new Map<string, FollowedAccount>()
  readonly #queues: Record<QueueName, { due: Due[]; head: number }> = {
    fresh: { due: [], head: 0 },
    priority: { due: [], head: 0 },
    all: { due: [], head: 0 },
    orders: { due: [], head: 0 },
  }
  readonly #intervals: { all: number; priority: number; orders: number }

  /** @param intervals in ms */
  constructor(intervals: { all: number; priority: number; orders: number }) {
    this.#intervals = intervals
  }

  get size(): number {
    return this.#accounts.size
  }

  get priorities(): number {
    let count = 0
    for (const account of this.#accounts.values()) if (account.isPriority) count++
    return count
  }

  /** Follows an account that was never read: it is due at once. @returns false if it is followed already */
  follow(address: string): boolean {
    return this.#add(address, 'fresh', 0)
  }

  /** Follows an account that was read before. Must be called in order of `dueAt`. */
  restore(address: string, dueAt: number): boolean {
    return this.#add(address, 'all', dueAt)
  }

  #add(address: string, queue: QueueName, at: number): boolean {
    if (this.#accounts.has(address)) return false
    const account = { address, isPriority: false }
    this.#accounts.set(address, account)
    this.#queues[queue].due.push({ account, at })
    return true
  }

  /** The next reading, if it is due by `now`; else the time at which one is due. */
  next(now: number): { account: FollowedAccount; task: ReadingKind; lateMs: number } | { dueAt: number } {
    let earliest: QueueName | undefined
    for (const name of QUEUES) {
      const at = this.#headOf(name)
      if (at < (earliest ? this.#headOf(earliest) : Infinity)) earliest = name
    }
    if (earliest === undefined) return { dueAt: Infinity }
    const at = this.#headOf(earliest)
    if (at > now) return { dueAt: at }
    const queue = this.#queues[earliest]
    const { account } = queue.due[queue.head++]!
    if (queue.head > 1024 && queue.head > queue.due.length / 2) {
      queue.due = queue.due.slice(queue.head)
      queue.head = 0
    }
    return { account, task: earliest === 'orders' ? 'orders' : 'positions', lateMs: now - at }
  }

  #headOf(name: QueueName): number {
    const { due, head } = this.#queues[name]
    return due[head]?.at ?? Infinity
  }

  /** Enters an account again after its positions were read, or could not be. */
  done(account: FollowedAccount, now: number, isPriority: boolean): void {
    if (isPriority && !account.isPriority) this.#queues.orders.due.push({ account, at: now })
    account.isPriority = isPriority
    const name = isPriority ? 'priority' : 'all'
    this.#queues[name].due.push({ account, at: now + this.#intervals[name] })
  }

  /** Enters an account again after its orders were read, as long as it is large or near. */
  ordersDone(account: FollowedAccount, now: number): void {
    if (account.isPriority) this.#queues.orders.due.push({ account, at: now + this.#intervals.orders })
  }

  /** The intervals in ms. */
  get intervals(): { all: number; priority: number; orders: number } {
    return this.#intervals
  }
}
