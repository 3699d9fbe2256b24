import { barOpen, formatTime } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import type { Interval } from '../store/intervals.ts'
import { describeKey, type SeriesKey } from '../store/key.ts'
import type { Records } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import type { LiveEvent } from './events.ts'
import type { Follower } from './follow.ts'
import { type Heard, Listening } from './listening.ts'
import { Tally } from './tally.ts'

/** Past events of an exchange in [from, to), piece by piece, each with the stretch that it is complete for. */
export type Fill = (range: Interval) => AsyncIterable<Heard>

export interface RecorderOptions {
  key: SeriesKey
  /** Nothing is kept without one. */
  store: Store | null
  /** Where the exchange serves past events. */
  fill: Fill | null
  /** What a row of the feed holds. */
  read(row: unknown): readonly LiveEvent[]
  barMs: number
  lagMs: number
  /** The exchange's clock. */
  now(): number
  say(text: string): void
  /** New events, as they come. */
  heard(events: readonly LiveEvent[]): void
  fail(error: unknown): void
}

/**
 * Keeps trades or liquidations: hears them, puts them in order, each once, fills what was missed where the exchange can,
 * and writes them with the stretches that were listened to, so that silence is told from absence.
 */
export class Recorder implements Follower {
  readonly tally: Tally
  readonly #options: RecorderOptions
  readonly #listening: Listening
  /** Complete, and not yet on the disk. */
  #pending: Heard[] = []
  #late: LiveEvent[] = []
  #lateSaid = false
  #writing: Promise<void> = Promise.resolve()
  #filling = false
  #closed = false
  /** Counts the connections. */
  #session = 0
  #lostAt: number | null = null
  /** By a clock that does not jump: when it was looked last, and until when it is caught up on what came meanwhile. */
  #lookedAt = performance.now()
  #busyUntil = 0
  /** The exchange's clock when it was looked last and nothing had piled up. */
  #steadyAt = 0
  readonly #parts = new Set<string>()
  connectedNow = false
  /** Asks the other side for a sign of life, when it is connected. */
  probe: () => void = () => {}
  count = 0

  constructor(options: RecorderOptions) {
    this.#options = options
    this.#listening = new Listening(options.lagMs)
    this.tally = new Tally(options.barMs, time => barOpen(time, options.barMs))
  }

  /** Whether what is not known of a bar yet may still come. */
  expects(open: number): boolean {
    const [first, ...more] = this.tally.missingOf(open)
    if (first === undefined || !this.connectedNow) return false
    const { from } = this.#listening
    return this.#filling || (more.length === 0 && from !== null && first[0] >= from)
  }

  /** Whether there are events that are complete and not on the disk. */
  get hasNews(): boolean {
    return this.#late.length > 0 || this.#pending.some(({ events }) => events.length > 0)
  }

  get twice(): number {
    return this.#listening.twice
  }

  connected(): void {
    this.connectedNow = true
    const now = Math.floor(this.#options.now())
    this.#listening.begin(now)
    const { fill, lagMs, say, key } = this.#options
    this.#session++
    if (this.#lostAt === null) return
    if (fill) {
      if (!this.#filling) void this.#fillTo(fill, now + lagMs)
      return
    }
    say(
      `${key.series}: connected again; nothing is known of ${stretch([this.#lostAt, now])}, and ${key.exchange} serves no past ones`,
    )
    this.#lostAt = null
  }

  life(): void {
    this.#listening.hear(this.#heardAt())
  }

  rows(rows: readonly unknown[]): void {
    try {
      const events = rows.flatMap(this.#options.read)
      this.#listening.hear(this.#heardAt())
      const { fresh, late } = this.#listening.add(events)
      this.count += fresh.length
      for (const event of late) this.#late.push(event)
      this.tally.add(late)
      if (fresh.length > 0) this.#options.heard(fresh)
    } catch (error) {
      this.#options.fail(error)
    }
  }

  lost(reason: string): void {
    const { say, key } = this.#options
    if (this.connectedNow) say(`${key.series}: ${reason}; connecting again`)
    this.connectedNow = false
    // What is being filled is asked for again up to the next connection.
    if (this.#filling) this.#listening.forget()
    else this.#take(this.#listening.end())
    this.#lostAt ??= this.#listening.sealedTo
  }

  /** Moves what is complete by now on its way. Meant to be called many times within the lag. */
  seal(): void {
    const now = performance.now()
    if (now - this.#lookedAt > this.#options.lagMs) this.#busyUntil = now + this.#options.lagMs
    else if (now >= this.#busyUntil) this.#steadyAt = this.#options.now()
    this.#lookedAt = now
    if (now >= this.#busyUntil && !this.#filling) this.#take(this.#listening.seal())
  }

  /**
   * The moment that a message tells of. While this process was busy messages have piled up, which say what was before the
   * newest of them, and nothing of a connection that may be gone by now.
   */
  #heardAt(): number {
    const now = performance.now()
    const busy = now < this.#busyUntil || now - this.#lookedAt > this.#options.lagMs
    return busy ? this.#steadyAt : this.#options.now()
  }

  /** Writes what is complete; returns when it is on the disk. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  /** The end: everything that was heard is on the disk when it returns. */
  async close(): Promise<void> {
    this.#closed = true
    if (!this.#filling) this.#take(this.#listening.end())
    await this.flush()
  }

  /** Brings all days but the newest, which may go on, into their small form: for millions of trades that takes seconds. */
  async #tidy(store: Store): Promise<void> {
    const older = [...this.#parts].sort().slice(0, -1)
    for (const part of older) this.#parts.delete(part)
    await store.compact(this.#options.key, older)
  }

  #take(heard: Heard | null): void {
    if (heard === null) return
    this.tally.add(heard.events)
    this.tally.know(heard.range)
    const last = this.#pending.at(-1)
    if (!this.#options.store) return
    if (last && last.range[1] === heard.range[0]) {
      for (const event of heard.events) last.events.push(event)
      last.range = [last.range[0], heard.range[1]]
    } else this.#pending.push(heard)
  }

  async #fillTo(fill: Fill, to: number): Promise<void> {
    const { say, key, now, lagMs } = this.#options
    const from = this.#lostAt!
    const session = this.#session
    this.#filling = true
    let known = from
    let filled = 0
    try {
      // What the exchange is asked for has to be over, by its clock too, and published.
      const published = to + lagMs
      while (now() < published && !this.#closed)
        await new Promise(resolve => setTimeout(resolve, Math.max(1, Math.min(published - now(), 1000))))
      for await (const piece of fill([from, to])) {
        if (this.#closed) return
        if (piece.range[0] > known) say(`${key.series}: nothing is to be had of ${stretch([known, piece.range[0]])}`)
        this.#take(piece)
        filled += piece.events.length
        this.count += piece.events.length
        known = piece.range[1]
        this.#listening.skipTo(known)
        if (this.#pending.length > 0) await this.flush()
      }
      say(`${key.series}: connected again; ${filled} from ${stretch([from, to])} were fetched`)
    } catch (error) {
      if (this.#closed) return
      if (!(error instanceof DataError)) return this.#options.fail(error)
      say(`${key.series}: connected again; ${stretch([known, to])} could not be fetched: ${error.message}`)
    } finally {
      this.#filling = false
      this.#lostAt = this.connectedNow && session === this.#session ? null : this.#listening.sealedTo
    }
    if (this.connectedNow && session !== this.#session) await this.#fillTo(fill, Math.floor(now()) + lagMs)
  }

  async #write(): Promise<void> {
    const { store, key, say } = this.#options
    const pending = this.#pending
    const late = this.#late
    this.#pending = []
    this.#late = []
    if (!store) return
    for (const { range, events } of pending) {
      const draft = key.series === 'trades'
      const { parts } = await store.write(key, records(key, events), range, draft)
      if (draft) for (const part of parts) this.#parts.add(part)
    }
    await this.#tidy(store)
    if (late.length === 0) return
    if (!this.#lateSaid)
      say(`${key.series}: some came more than ${this.#options.lagMs} ms late; they are stored in their place`)
    this.#lateSaid = true
    for (const event of late) await this.#insert(store, event)
  }

  async #insert(store: Store, event: LiveEvent): Promise<void> {
    const { key } = this.#options
    const range: Interval = [event.time, event.time + 1]
    const { records: known } = await store.load(key, range)
    const merged = records(key, [event])
    const flag = FLAGS[key.series]!
    const together: Records = {
      time: Float64Array.of(...known.time, ...merged.time),
      columns: {
        price: Float64Array.of(...known.columns.price!, ...merged.columns.price!),
        amount: Float64Array.of(...known.columns.amount!, ...merged.columns.amount!),
        [flag]: Uint8Array.of(...known.columns[flag]!, ...merged.columns[flag]!),
      },
    }
    await store.write(key, together, range, key.series === 'trades')
  }
}

const FLAGS: Partial<Record<SeriesKey['series'], string>> = { trades: 'buy', liquidations: 'long' }

function records(key: SeriesKey, events: readonly LiveEvent[]): Records {
  const flag = FLAGS[key.series]
  if (flag === undefined) throw new Error(`${describeKey(key)} are no events`)
  return {
    time: Float64Array.from(events, ({ time }) => time),
    columns: {
      price: Float64Array.from(events, ({ price }) => price),
      amount: Float64Array.from(events, ({ amount }) => amount),
      [flag]: Uint8Array.from(events, event => Number(event.flag)),
    },
  }
}

const stretch = ([from, to]: Interval) => `${clock(from)} to ${clock(to)}`
const clock = (time: number) => `${formatTime(time)}:${new Date(time).toISOString().slice(17, 19)}`
