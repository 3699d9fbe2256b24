/** Records the positions of accounts into the store. */
import { setTimeout as sleep } from 'node:timers/promises'
import { DAY, durationMs, formatTime } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import { currentTask, type Task } from '../../common/host.ts'
import { anything, defineOptions, duration, numberThat, option, optional, required } from '../../common/options.ts'
import { isOffline } from '../../common/store-path.ts'
import type { ObservedRow } from '../../market/observed-positions.ts'
import { addressOptions, type Connection, connect, type MarketAddress } from '../exchange/connect.ts'
import { startTimer } from '../live/live-market.ts'
import { DEFAULT_TIMING, type LiveTiming } from '../live/timing.ts'
import { Store } from '../store/store.ts'
import { resolveStoreOptions } from '../store/store-options.ts'
import { type Addresses, addressesOption, collectTraders, namedAddresses, watchTraders } from './addresses.ts'
import { accountRows, CONCURRENCY, isPublicVenue, orderRows, parallelTask, readCoins } from './fetch-positions.ts'
import { fetchAccount, fetchTriggerOrders, type Position } from './hyperliquid.ts'
import { coinOfSymbol, fromRecords, positionKey, toRecords } from './position-series.ts'
import { type FollowedAccount, RecordingSchedule } from './recording-schedule.ts'

export interface PositionRecordingSource extends MarketAddress {
  /** Whose positions. With `{ trades }`, traders are added for as long as the recording runs. Those recorded in the last day are always followed. */
  addresses: Addresses
  /** How often each account is read, as far as the exchange's rate limit allows. Default `15m`. */
  every?: string | number
  /** How often accounts with a large position are read, or with one near its liquidation. Default `1m`. */
  nearEvery?: string | number
  /** How often the trigger orders of these accounts are read. Default `15m`. */
  ordersEvery?: string | number
  /** A position is near within this distance of its liquidation price, in ln(price). Default 0.03. */
  near?: number
  /** USD from which a position is large. Default 1,000,000. */
  large?: number
  /** How long to record, e.g. `8h`. Default: until the cell ends. */
  for?: string | number
  /** As `liq.live`: whether to store, which is required, or the absolute path of another store. */
  store?: boolean | string
}

/** What a recording has done so far. */
export interface PositionRecording {
  /** Accounts that are followed; those that are large or near. */
  accounts: number
  priorities: number
  /** Readings of positions and of orders that are on disk. */
  readings: number
  /** Readings that failed, after retries; the account is read again at its next turn. */
  failures: number
  /** How late the last reading was, ms: what the rate limit does not allow. */
  lateMs: number
  /** What went wrong, newest last; the last 50. */
  notes: readonly string[]
}

const CALLER = 'liq.recordPositions'

const recordingOptions = defineOptions<PositionRecordingSource, 'ccxt' | 'for' | 'store'>(CALLER, {
  ...addressOptions,
  exchange: required(isPublicVenue),
  addresses: required(addressesOption),
  every: option('15m', duration()),
  nearEvery: option('1m', duration()),
  ordersEvery: option('15m', duration()),
  near: option(
    0.03,
    numberThat('0 to 1 in ln(price)', x => x >= 0 && x <= 1),
  ),
  large: option(
    1e6,
    numberThat('USD of 0 or more', x => x >= 0),
  ),
  for: optional(duration()),
  // Checked by the store.
  store: optional(anything),
})

/** Open interest changes slowly, and a request for it costs as much as ten accounts. */
const COINS_EVERY_MS = 60_000
const MAX_NOTES = 50
/** The pause after a write, in multiples of the time that the write took. */
const FLUSH_PAUSE_FACTOR = 20
const MAX_WAIT_MS = 250

/**
 * Records the positions of accounts of one coin into the store, with open interest, and trigger orders of the accounts that
 * are large or near their liquidation. Ends with the cell or with `for`; then everything that came is on disk. A recording that
 * was killed has lost at most what it had not written, and the stored coverage says so; the next one goes on with the accounts
 * of the last day. One recording per symbol and store: a second one is an error.
 *
 * @throws OptionError naming the option
 * @throws DataError when the store cannot be written; for a file of addresses; offline
 */
export async function recordPositions(
  source: PositionRecordingSource,
  timing: LiveTiming = DEFAULT_TIMING,
  callerTask: Task = currentTask(),
): Promise<PositionRecording> {
  const task = parallelTask(callerTask)
  const options = recordingOptions.resolve(source)
  const { exchange, symbol, ccxt, store, addresses } = options
  const forMs = options.for === undefined ? Infinity : durationMs(options.for, 'for')
  if (isOffline()) throw new DataError(`${CALLER} needs the exchange, but LIQNB_OFFLINE is set`)
  const stored = { offline: false, ...(store !== undefined && { store }), ...(ccxt && { ccxt }) }
  const { path } = resolveStoreOptions(stored, CALLER)
  if (path === null) throw new DataError(`${CALLER} needs a store; set store to true or to the path of a folder`)
  const followed = { exchange, symbol, timeframe: '1m', caller: CALLER, ...(ccxt && { ccxt }) }
  const named = 'trades' in addresses ? null : await namedAddresses(addresses, CALLER)
  const connection = await connect(followed, task, timing.retryPolicy)
  const stop = new AbortController()
  const { signal } = parallelTask(task, stop.signal)
  const recording = new Recording(options, connection, new Store(path), timing, task, signal)
  await recording.restore()
  const span = (addresses as { trades: string | number }).trades
  for (const address of named ?? (await collectTraders(followed, connection, span, timing, task)))
    recording.follow(address)
  const cancelTimer = forMs < Infinity ? startTimer(() => stop.abort(), forMs) : undefined
  const feed = named
    ? Promise.resolve()
    : watchTraders(
        followed,
        connection,
        timing,
        signal,
        address => recording.follow(address),
        text => recording.note(text),
      )
  try {
    await recording.run(feed, () => stop.abort())
  } finally {
    cancelTimer?.()
    stop.abort()
  }
  task.signal.throwIfAborted()
  return recording.status
}

/** One run of the recorder. */
class Recording {
  readonly #options: ReturnType<typeof recordingOptions.resolve>
  readonly #connection: Connection
  readonly #store: Store
  readonly #timing: LiveTiming
  readonly #task: Task
  readonly #signal: AbortSignal
  readonly #schedule: RecordingSchedule
  readonly #key
  readonly #coin: string
  readonly #notes: string[] = []
  #unsaved: ObservedRow[] = []
  #unsavedReadings = 0
  /** Everything before is on disk, or was not recorded. */
  #savedUntil = 0
  /** The last time that was given to a row. */
  #lastTime = 0
  #readings = 0
  #failures = 0
  #lateMs = 0
  readonly #drafts = new Set<string>()

  constructor(
    options: ReturnType<typeof recordingOptions.resolve>,
    connection: Connection,
    store: Store,
    timing: LiveTiming,
    task: Task,
    signal: AbortSignal,
  ) {
    this.#options = options
    this.#connection = connection
    this.#store = store
    this.#timing = timing
    this.#task = task
    this.#signal = signal
    this.#key = positionKey(options.exchange, options.symbol)
    this.#coin = coinOfSymbol(options.symbol)
    this.#schedule = new RecordingSchedule({
      all: durationMs(options.every, 'every'),
      priority: durationMs(options.nearEvery, 'nearEvery'),
      orders: durationMs(options.ordersEvery, 'ordersEvery'),
    })
  }

  get status(): PositionRecording {
    return {
      accounts: this.#schedule.size,
      priorities: this.#schedule.priorities,
      readings: this.#readings,
      failures: this.#failures,
      lateMs: this.#lateMs,
      notes: this.#notes,
    }
  }

  /** Goes on with the accounts of the last day: each is due when it would have been. */
  async restore(): Promise<void> {
    const now = Math.floor(this.#connection.now())
    await this.#store.clean(this.#key)
    const { records, coverage, drafts, damaged } = await this.#store.load(this.#key, [now - DAY, now + DAY])
    for (const { file, reason } of damaged) this.note(`The stored ${file} cannot be used: ${reason}`)
    for (const name of drafts) this.#drafts.add(name)
    const readAt = new Map<string, number>()
    for (const { kind, account, time } of fromRecords(records, this.#coin)) {
      if (kind !== 'account') continue
      // In order of the last reading.
      readAt.delete(account)
      readAt.set(account, time)
    }
    for (const [account, time] of readAt) this.#schedule.restore(account, time + this.#schedule.intervals.all)
    this.#savedUntil = Math.max(now, coverage.at(-1)?.[1] ?? 0)
    this.#lastTime = this.#savedUntil
  }

  follow(address: string): void {
    this.#schedule.follow(address)
  }

  note(text: string): void {
    this.#notes.push(`${formatTime(this.#connection.now())} ${text}`)
    if (this.#notes.length > MAX_NOTES) this.#notes.shift()
  }

  /** Records until the signal ends it. @throws the first error that is not one of an account */
  async run(feed: Promise<void>, stop: () => void): Promise<void> {
    let failure: unknown
    const watch = (work: Promise<void>) =>
      work.catch((error: unknown) => {
        if (!this.#signal.aborted || error instanceof DataError) failure ??= error
        stop()
      })
    // Which positions are large or near depends on the price.
    await watch(this.#readCoin())
    const workers = Array.from({ length: CONCURRENCY }, () => watch(this.#read()))
    await Promise.all([...workers, watch(this.#readCoinAtIntervals()), watch(this.#flushAtIntervals()), watch(feed)])
    await this.#flush()
    await this.#store.compact(this.#key, this.#drafts)
    if (failure !== undefined) throw failure
  }

  async #wait(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#signal }).catch(() => undefined)
  }

  async #read(): Promise<void> {
    while (!this.#signal.aborted) {
      const now = this.#connection.now()
      const next = this.#schedule.next(now)
      if ('dueAt' in next) {
        await this.#wait(Math.max(1, Math.min(MAX_WAIT_MS, next.dueAt - now)))
        continue
      }
      this.#lateMs = next.lateMs < now ? next.lateMs : 0
      if (next.task === 'orders') await this.#readOrders(next.account)
      else await this.#readPositions(next.account)
    }
  }

  async #readPositions(account: FollowedAccount): Promise<void> {
    let { isPriority } = account
    try {
      const positions = await fetchAccount(this.#connection, account.address)
      const own = positions.filter(({ coin }) => coin === this.#coin)
      isPriority = own.some(position => this.#isLargeOrNear(position))
      this.#keep(accountRows(account.address, own, this.#stamp()))
    } catch (error) {
      this.#fail(error)
    }
    this.#schedule.done(account, this.#connection.now(), isPriority)
  }

  async #readOrders(account: FollowedAccount): Promise<void> {
    try {
      // An order for a whole position has the size that the position has now.
      const positions = await fetchAccount(this.#connection, account.address)
      const orders = await fetchTriggerOrders(this.#connection, account.address, positions)
      const own = orders.filter(({ coin }) => coin === this.#coin)
      this.#keep(
        accountRows(
          account.address,
          positions.filter(({ coin }) => coin === this.#coin),
          this.#stamp(),
        ),
      )
      this.#keep(orderRows(account.address, own, this.#stamp()))
    } catch (error) {
      this.#fail(error)
    }
    this.#schedule.ordersDone(account, this.#connection.now())
  }

  /** While it is not known, every position with a level counts as near. */
  #markPrice = Number.NaN

  #isLargeOrNear({ size, price }: Position): boolean {
    const { near, large } = this.#options
    if (Math.abs(size) * this.#markPrice >= large) return true
    return price > 0 && !(Math.abs(Math.log(price / this.#markPrice)) > near)
  }

  async #readCoinAtIntervals(): Promise<void> {
    while (!this.#signal.aborted) {
      await this.#wait(COINS_EVERY_MS)
      if (!this.#signal.aborted) await this.#readCoin()
    }
  }

  async #readCoin(): Promise<void> {
    try {
      const rows = await readCoins(this.#connection, 0)
      const own = rows.find(({ coin }) => coin === this.#coin)
      if (own === undefined) throw new DataError(`open interest: there is no coin ${this.#coin}`)
      this.#markPrice = own.price!
      this.#keep([{ ...own, time: this.#stamp() }])
    } catch (error) {
      this.#fail(error)
    }
  }

  /** The exchange's clock, never before what was recorded. */
  #stamp(): number {
    this.#lastTime = Math.max(this.#lastTime, Math.floor(this.#connection.now()), this.#savedUntil)
    return this.#lastTime
  }

  #keep(rows: readonly ObservedRow[]): void {
    for (const row of rows) this.#unsaved.push(row)
    this.#unsavedReadings++
  }

  /** A reading that failed is not recorded, so that it is never taken for an account without positions. */
  #fail(error: unknown): void {
    if (!(error instanceof DataError)) {
      if (this.#signal.aborted) return
      throw error
    }
    this.#failures++
    this.note(error.message)
  }

  async #flushAtIntervals(): Promise<void> {
    while (!this.#signal.aborted) {
      const started = performance.now()
      await this.#flush()
      const { accounts, priorities, readings, failures, lateMs } = this.status
      const late = lateMs > 1000 ? `, ${Math.round(lateMs / 1000)} s late` : ''
      const failed = failures > 0 ? `, ${failures} failed` : ''
      this.#task.progress(
        `${this.#options.symbol}: ${readings} readings of ${accounts} accounts stored, ${priorities} large or near${late}${failed}`,
      )
      await this.#wait(Math.max(this.#timing.tradesFlushMs, FLUSH_PAUSE_FACTOR * (performance.now() - started)))
    }
  }

  /** Writes what has come, and the time that it covers. */
  async #flush(): Promise<void> {
    const rows = this.#unsaved
    const count = this.#unsavedReadings
    const to = Math.max(this.#stamp() + 1, this.#savedUntil + 1)
    const from = this.#savedUntil
    // Later rows are of later times.
    this.#unsaved = []
    this.#unsavedReadings = 0
    this.#savedUntil = to
    const { parts, revised } = await this.#store.write(this.#key, toRecords(rows), [from, to], true)
    if (revised > 0)
      throw new DataError(
        `${CALLER}: another recording of ${this.#options.symbol} writes to the same store, and ${revised} of its rows were replaced; run one at a time`,
      )
    this.#readings += count
    for (const part of parts) this.#drafts.add(part)
    const older = [...this.#drafts].sort().slice(0, -1)
    for (const part of older) this.#drafts.delete(part)
    await this.#store.compact(this.#key, older)
  }
}
