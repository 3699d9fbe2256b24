/** Records trades or liquidations of a feed into the store. */
import { barOpen, formatTime } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import type { Interval } from '../store/intervals.ts'
import type { SeriesRecords } from '../store/schema.ts'
import { describeKey, type SeriesKey } from '../store/series-key.ts'
import type { Store } from '../store/store.ts'
import type { Backfill } from './backfill.ts'
import { type EventBatch, EventBuffer } from './event-buffer.ts'
import { EventSums } from './event-sums.ts'
import type { LiveEvent } from './events.ts'
import type { FeedListener } from './feed.ts'

interface RecorderOptions {
  key: SeriesKey
  /** Null if nothing is stored. */
  store: Store | null
  /** Null if the exchange serves no past events. */
  backfill: Backfill | null
  /** The events in a row of the feed. */
  parseRow(row: unknown): readonly LiveEvent[]
  barMs: number
  maxLagMs: number
  /** The exchange's clock. */
  now(): number
  note(text: string): void
  /** Called with new events as they come. */
  onEvents(events: readonly LiveEvent[]): void
  onError(error: unknown): void
}

/**
 * Records the events of a feed: orders them, drops duplicates, fetches missed ones if the exchange serves them, and stores
 * them with the time ranges that were received, so that "no events" differs from "not recorded".
 */
export class Recorder implements FeedListener {
  readonly sums: EventSums
  readonly #options: RecorderOptions
  readonly #buffer: EventBuffer
  /** Complete and not yet stored. */
  #unsaved: EventBatch[] = []
  #late: LiveEvent[] = []
  #lateNoted = false
  #writing: Promise<void> = Promise.resolve()
  #isBackfilling = false
  #isClosed = false
  /** Number of the current connection. */
  #connection = 0
  #lostAt: number | null = null
  /** By a clock that does not jump: the last call of {@link seal}, and when messages that piled up will be through. */
  #lastCheck = performance.now()
  #busyUntil = 0
  /** The exchange's clock at the last check without piled-up messages. */
  #lastIdleTime = 0
  readonly #parts = new Set<string>()
  isConnected = false
  /** Pings the exchange while connected. */
  probe: () => void = () => {}
  count = 0

  constructor(options: RecorderOptions) {
    this.#options = options
    this.#buffer = new EventBuffer(options.maxLagMs)
    this.sums = new EventSums(options.barMs, time => barOpen(time, options.barMs))
  }

  /** Whether the missing part of a bar may still come. */
  expects(open: number): boolean {
    const [first, ...others] = this.sums.missingIn(open)
    if (first === undefined || !this.isConnected) return false
    const { unsealedFrom } = this.#buffer
    return this.#isBackfilling || (others.length === 0 && unsealedFrom !== null && first[0] >= unsealedFrom)
  }

  /** Whether there are complete events that are not stored. */
  get hasUnsaved(): boolean {
    return this.#late.length > 0 || this.#unsaved.some(({ events }) => events.length > 0)
  }

  get duplicates(): number {
    return this.#buffer.duplicates
  }

  onConnected(): void {
    this.isConnected = true
    const now = Math.floor(this.#options.now())
    this.#buffer.begin(now)
    const { backfill, maxLagMs, note, key } = this.#options
    this.#connection++
    if (this.#lostAt === null) return
    if (backfill) {
      if (!this.#isBackfilling) void this.#runBackfill(backfill, this.#lostAt, now + maxLagMs)
      return
    }
    note(
      `${key.series}: connected again; nothing is known of ${formatRange([this.#lostAt, now])}, and ${key.exchange} serves no past ones`,
    )
    this.#lostAt = null
  }

  onActivity(): void {
    this.#buffer.advance(this.#messageTime())
  }

  onRows(rows: readonly unknown[]): void {
    try {
      const events = rows.flatMap(this.#options.parseRow)
      this.#buffer.advance(this.#messageTime())
      const { fresh, late } = this.#buffer.add(events)
      this.count += fresh.length
      for (const event of late) this.#late.push(event)
      this.sums.add(late)
      if (fresh.length > 0) this.#options.onEvents(fresh)
    } catch (error) {
      this.#options.onError(error)
    }
  }

  onDisconnected(reason: string): void {
    const { note, key } = this.#options
    if (this.isConnected) note(`${key.series}: ${reason}; connecting again`)
    this.isConnected = false
    // A running backfill is repeated up to the next connection.
    if (this.#isBackfilling) this.#buffer.discard()
    else this.#accept(this.#buffer.end())
    this.#lostAt ??= this.#buffer.sealedTo
  }

  /** Seals what is complete by now. Must be called several times within the lag. */
  seal(): void {
    const now = performance.now()
    if (now - this.#lastCheck > this.#options.maxLagMs) this.#busyUntil = now + this.#options.maxLagMs
    else if (now >= this.#busyUntil) this.#lastIdleTime = this.#options.now()
    this.#lastCheck = now
    if (now >= this.#busyUntil && !this.#isBackfilling) this.#accept(this.#buffer.seal())
  }

  /**
   * The time for which a message proves the connection alive. Messages that pile up while this process is busy are older
   * than their delivery, and say nothing of a connection that may be lost by now.
   */
  #messageTime(): number {
    const now = performance.now()
    const busy = now < this.#busyUntil || now - this.#lastCheck > this.#options.maxLagMs
    return busy ? this.#lastIdleTime : this.#options.now()
  }

  /** Stores what is complete; resolves when it is on disk. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  /** Ends the recording; resolves when everything received is on disk. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (!this.#isBackfilling) this.#accept(this.#buffer.end())
    await this.flush()
  }

  /** Compacts all days but the newest, which may continue: for millions of trades that takes seconds. */
  async #compactOlderParts(store: Store): Promise<void> {
    const older = [...this.#parts].sort().slice(0, -1)
    for (const part of older) this.#parts.delete(part)
    await store.compact(this.#options.key, older)
  }

  #accept(batch: EventBatch | null): void {
    if (batch === null) return
    this.sums.add(batch.events)
    this.sums.addCoverage(batch.range)
    const last = this.#unsaved.at(-1)
    if (!this.#options.store) return
    if (last && last.range[1] === batch.range[0]) {
      for (const event of batch.events) last.events.push(event)
      last.range = [last.range[0], batch.range[1]]
    } else this.#unsaved.push(batch)
  }

  async #runBackfill(backfill: Backfill, from: number, to: number): Promise<void> {
    const { note, key, now, maxLagMs } = this.#options
    const connection = this.#connection
    this.#isBackfilling = true
    let completeUntil = from
    let fetched = 0
    try {
      // The requested time must be over by the exchange's clock, and its trades published.
      const published = to + maxLagMs
      while (now() < published && !this.#isClosed)
        await new Promise(resolve => setTimeout(resolve, Math.max(1, Math.min(published - now(), 1000))))
      for await (const batch of backfill([from, to])) {
        if (this.#isClosed) return
        const [start, end] = batch.range
        if (start > completeUntil)
          note(`${key.series}: the exchange no longer serves ${formatRange([completeUntil, start])}`)
        this.#accept(batch)
        fetched += batch.events.length
        this.count += batch.events.length
        completeUntil = end
        this.#buffer.skipTo(end)
        if (this.#unsaved.length > 0) await this.flush()
      }
      note(`${key.series}: connected again; ${fetched} from ${formatRange([from, to])} were fetched`)
    } catch (error) {
      if (this.#isClosed) return
      if (!(error instanceof DataError)) return this.#options.onError(error)
      note(`${key.series}: connected again; ${formatRange([completeUntil, to])} could not be fetched: ${error.message}`)
    } finally {
      this.#isBackfilling = false
      this.#lostAt = this.isConnected && connection === this.#connection ? null : this.#buffer.sealedTo
    }
    if (this.isConnected && connection !== this.#connection && this.#lostAt !== null)
      await this.#runBackfill(backfill, this.#lostAt, Math.floor(now()) + maxLagMs)
  }

  async #write(): Promise<void> {
    const { store, key, note, maxLagMs } = this.#options
    const unsaved = this.#unsaved
    const late = this.#late
    this.#unsaved = []
    this.#late = []
    if (!store) return
    for (const { range, events } of unsaved) {
      const isDraft = key.series === 'trades'
      const { parts } = await store.write(key, toRecords(key, events), range, isDraft)
      if (isDraft) for (const part of parts) this.#parts.add(part)
    }
    await this.#compactOlderParts(store)
    if (late.length === 0) return
    if (!this.#lateNoted)
      note(`${key.series}: some came more than ${maxLagMs} ms late; they are stored in order of time`)
    this.#lateNoted = true
    for (const event of late) await this.#insert(store, event)
  }

  async #insert(store: Store, event: LiveEvent): Promise<void> {
    const { key } = this.#options
    const range: Interval = [event.time, event.time + 1]
    const { records: stored } = await store.load(key, range)
    const added = toRecords(key, [event])
    const flag = flagColumn(key)
    const values = (name: string) => [...(stored.columns[name] ?? []), ...(added.columns[name] ?? [])]
    const merged: SeriesRecords = {
      time: Float64Array.of(...stored.time, ...added.time),
      columns: {
        price: Float64Array.from(values('price')),
        amount: Float64Array.from(values('amount')),
        [flag]: Uint8Array.from(values(flag)),
      },
    }
    await store.write(key, merged, range, key.series === 'trades')
  }
}

const FLAG_COLUMNS: Partial<Record<SeriesKey['series'], string>> = { trades: 'buy', liquidations: 'long' }

function flagColumn(key: SeriesKey): string {
  const column = FLAG_COLUMNS[key.series]
  if (column === undefined) throw new Error(`${describeKey(key)} are no events`)
  return column
}

function toRecords(key: SeriesKey, events: readonly LiveEvent[]): SeriesRecords {
  return {
    time: Float64Array.from(events, ({ time }) => time),
    columns: {
      price: Float64Array.from(events, ({ price }) => price),
      amount: Float64Array.from(events, ({ amount }) => amount),
      [flagColumn(key)]: Uint8Array.from(events, ({ flag }) => Number(flag)),
    },
  }
}

/** `2024-01-01 12:00:05 to 2024-01-01 12:00:45`. */
const formatRange = ([from, to]: Interval) => `${formatSecond(from)} to ${formatSecond(to)}`
const formatSecond = (time: number) => `${formatTime(time)}:${new Date(time).toISOString().slice(17, 19)}`
