import { setTimeout as sleep } from 'node:timers/promises'
import { barOpen, formatTime } from '../duration.ts'
import { DataError } from '../errors.ts'
import { type Connection, connect } from '../exchange/connect.ts'
import { downloadMarket } from '../exchange/download.ts'
import { fetchSeries } from '../exchange/fetch.ts'
import type { SeriesChunk } from '../exchange/series.ts'
import type { FlowField } from '../market.ts'
import { cachedSeries } from '../store/cached.ts'
import { Store } from '../store/store.ts'
import type { Task } from '../task.ts'
import { type Flow, GrowingMarket, joinChunks } from './bars.ts'
import { type LiveEvent, liquidationsOf, tradeOf } from './events.ts'
import { tradesFill } from './fill.ts'
import { type Follower, follow } from './follow.ts'
import { Forming } from './forming.ts'
import type { LiveSource, LiveUpdate } from './live.ts'
import type { Pace } from './pace.ts'
import { recordedLiquidations } from './recorded.ts'
import { Recorder } from './recorder.ts'
import { openSocket, type Topic } from './socket.ts'

export interface SessionOptions {
  source: LiveSource
  connection: Connection
  topics: readonly Topic[]
  /** Start of the history, epoch ms. */
  since: number
  barMs: number
  /** Of the store; null: nothing is kept. */
  path: string | null
  pace: Pace
  task: Task
  signal: AbortSignal
}

/** An update holds at most so many trades and liquidations. */
const NEWEST = 1000
const NOTES = 50
/** How often a bar is asked for again that does not look like what was streamed of it. */
const SECOND_LOOKS = 2
const LONGEST_WAIT_MS = 15_000

/** Candles need no recorder: bars that were missed are fetched when they are over, whatever the stream has told. */
class CandleFeed implements Follower {
  connectedNow = false
  #lost = false
  readonly #forming: Forming
  readonly #say: (text: string) => void

  constructor(forming: Forming, say: (text: string) => void) {
    this.#forming = forming
    this.#say = say
  }

  connected(): void {
    if (this.#lost) this.#say('candles: connected again')
    this.connectedNow = true
    this.#lost = false
  }

  life(): void {}

  rows(rows: readonly unknown[]): void {
    this.#forming.take(rows)
  }

  lost(reason: string): void {
    if (this.connectedNow) this.#say(`candles: ${reason}; connecting again`)
    this.#lost ||= this.connectedNow
    this.connectedNow = false
  }
}

/** Everything that runs while a market is followed, and the state that the next update is made of. */
export class LiveSession {
  readonly #options: SessionOptions
  #connection: Connection
  /** Requests of every bar: their progress would only flicker. */
  readonly #quiet: Task
  readonly #recorders = new Map<Topic, Recorder>()
  readonly #forming: Forming
  readonly #candleStore: Store | null
  #growing!: GrowingMarket
  /** Up to here the closed bars are known. */
  #knownTo = 0
  readonly #candles: CandleFeed
  #closed = true
  #bars = 0
  #trades: LiveEvent[] = []
  #liquidations: LiveEvent[] = []
  readonly #notes: string[] = []
  #dirty = true
  #wake: () => void = () => {}
  #error: unknown
  #running: Promise<unknown>[] = []
  #closing: Promise<void> | undefined

  constructor(options: SessionOptions) {
    const { connection, signal, path, topics, barMs } = options
    this.#options = options
    this.#connection = connection
    this.#quiet = { signal, progress() {} }
    this.#candleStore = path === null ? null : new Store(path)
    this.#forming = new Forming(() => this.#change())
    this.#candles = new CandleFeed(this.#forming, text => this.#say(text))
    for (const topic of topics) if (topic !== 'candles') this.#recorders.set(topic, this.#recorder(topic, barMs))
  }

  /** Feeds first, so that nothing is missed while the history is loaded. */
  async start(): Promise<void> {
    const { source, since, path, pace, signal, task, topics, barMs } = this.#options
    signal.addEventListener('abort', () => void this.close().catch(error => this.#fail(error)), { once: true })
    for (const topic of topics) this.#run(this.#follow(topic))
    this.#run(this.#keepHouse())

    const plain = (request: Parameters<typeof fetchSeries>[0], onChunk: Parameters<typeof fetchSeries>[1], of: Task) =>
      fetchSeries(request, onChunk, of, pace.patience)
    const fetch = path === null ? plain : cachedSeries(plain, new Store(path))
    const { exchange, symbol, timeframe, ccxt } = source
    let history = await downloadMarket({ exchange, symbol, timeframe, since, ccxt }, { fetch, patience: pace.patience })
    task.signal.throwIfAborted()
    if (path !== null && topics.includes('liquidations')) history = await recordedLiquidations(history, path, source)
    const extra: FlowField[] = [
      ...(topics.includes('trades') ? (['takerBuyVolume'] as const) : []),
      ...(topics.includes('liquidations') ? (['longLiquidations', 'shortLiquidations'] as const) : []),
    ]
    this.#growing = new GrowingMarket(history, extra)
    this.#knownTo = this.#growing.lastOpen + barMs
    this.#throwIfFailed()
    this.#run(this.#followBars())
  }

  /** Resolves when there is something new, or at the end. @throws what has ended it */
  async changed(): Promise<void> {
    this.#throwIfFailed()
    if (!this.#dirty && !this.#options.signal.aborted)
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    this.#throwIfFailed()
  }

  /** The state of now; what has gathered since the last one is handed over. */
  take(): LiveUpdate {
    const update: LiveUpdate = {
      market: this.#growing.market,
      closed: this.#closed,
      bar: this.#forming.since(this.#knownTo),
      trades: this.#trades.map(({ flag, ...trade }) => ({ ...trade, buy: flag })),
      liquidations: this.#liquidations.map(({ time, price, amount, flag }) => ({ time, price, amount, long: flag })),
      status: this.#status(),
    }
    this.#closed = false
    this.#trades = []
    this.#liquidations = []
    this.#dirty = false
    return update
  }

  /** Ends everything; what came is on the disk when it returns. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    this.#wake()
    await Promise.all([...this.#recorders.values()].map(recorder => recorder.close()))
    await Promise.all(this.#running)
  }

  #run(work: Promise<unknown>): void {
    this.#running.push(work.catch(error => this.#fail(error)))
  }

  #fail(error: unknown): void {
    if (!this.#options.signal.aborted || error instanceof DataError) this.#error ??= error
    this.#wake()
  }

  #throwIfFailed(): void {
    if (this.#error !== undefined) throw this.#error
  }

  #change(): void {
    this.#dirty = true
    this.#wake()
  }

  #say(text: string): void {
    this.#notes.push(`${formatTime(Date.now())} ${text}`)
    if (this.#notes.length > NOTES) this.#notes.shift()
    this.#change()
  }

  #recorder(topic: Exclude<Topic, 'candles'>, barMs: number): Recorder {
    const { source, connection, path, pace } = this.#options
    const gathered = (events: readonly LiveEvent[]) => {
      const all = topic === 'trades' ? this.#trades : this.#liquidations
      for (const event of events) all.push(event)
      if (all.length > NEWEST) all.splice(0, all.length - NEWEST)
      this.#change()
    }
    return new Recorder({
      key: { series: topic, exchange: source.exchange, symbol: source.symbol, timeframe: '' },
      store: path === null ? null : new Store(path),
      fill: topic === 'trades' ? tradesFill(source, connection, this.#quiet, pace) : null,
      read: row => (topic === 'trades' ? [tradeOf(row, connection)] : liquidationsOf(row, connection)),
      barMs,
      lagMs: pace.lagMs,
      now: () => this.#connection.now(),
      say: text => this.#say(text),
      heard: gathered,
      fail: error => this.#fail(error),
    })
  }

  #follow(topic: Topic): Promise<void> {
    const { source, pace, signal } = this.#options
    const own = this.#recorders.get(topic) ?? this.#candles
    let refused = false
    return follow(
      hearing => openSocket(source, this.#connection, topic, source.timeframe, pace.keepAliveMs, hearing),
      {
        connected: () => {
          own.connected()
          refused = false
          this.#change()
        },
        life: () => own.life(),
        rows: rows => own.rows(rows),
        lost: reason => {
          // Once, not for each of many attempts.
          if (!own.connectedNow && !refused) this.#say(`${topic}: no connection (${reason}); trying on`)
          refused = !own.connectedNow
          own.lost(reason)
          this.#change()
        },
      },
      topic !== 'liquidations',
      pace,
      signal,
    )
  }

  /** Seals what is complete, and writes it now and then. */
  async #keepHouse(): Promise<void> {
    const { pace, signal } = this.#options
    const flushed = new Map<Topic, number>()
    while (await this.#pause(pace.pollMs)) {
      for (const [topic, recorder] of this.#recorders) {
        recorder.seal()
        const every = topic === 'trades' ? pace.tradesFlushMs : pace.flushMs
        const now = performance.now()
        if (now - (flushed.get(topic) ?? 0) < every) continue
        flushed.set(topic, now)
        await recorder.flush()
        if (signal.aborted) return
      }
    }
  }

  /** Asks for each bar once it is over: streams tell neither everything of a bar nor surely its end. */
  async #followBars(): Promise<void> {
    const { pace, barMs } = this.#options
    let failures = 0
    while (await this.#pause(pace.pollMs)) {
      const end = this.#knownTo + barMs
      const now = this.#connection.now()
      const over = now >= end + pace.settleMs || (now >= end && this.#forming.hasBegun(end))
      if (!over) continue
      try {
        if (await this.#takeBars()) failures = 0
        else failures++
      } catch (error) {
        if (!(error instanceof DataError) || this.#options.signal.aborted) throw error
        failures++
        this.#say(`bars: ${error.message}`)
      }
      if (failures > 0) await this.#pause(Math.min(LONGEST_WAIT_MS, pace.settleMs * 2 ** (failures - 1)))
    }
  }

  /** True when more is known than before. */
  async #takeBars(): Promise<boolean> {
    const { source, pace, barMs } = this.#options
    this.#connection = await connect(source, this.#quiet, pace.patience)
    const { chunk, range } = await this.#fetchBars()
    const last = chunk.time.at(-1)
    if (last !== undefined && last > this.#growing.lastOpen) await this.#flowOf(last)
    if (this.#candleStore) {
      const { exchange, symbol, timeframe } = source
      await this.#candleStore.write({ series: 'candles', exchange, symbol, timeframe }, chunk, range)
    }
    const { added, revised } = this.#growing.add(chunk, open => this.#flow(open))
    if (revised > 0)
      this.#say(
        'bars: the exchange has changed a bar after its close; the store has the new values, this market those that were seen',
      )
    const before = this.#knownTo
    this.#knownTo = Math.max(before, barOpen(range[1], barMs), this.#growing.lastOpen + barMs)
    this.#bars += added
    if (added > 1) this.#say(`bars: ${added} closed at once`)
    for (const { tally } of this.#recorders.values()) tally.forgetBefore(this.#knownTo)
    this.#forming.forgetBefore(this.#knownTo)
    if (added > 0) {
      this.#closed = true
      this.#change()
    }
    return this.#knownTo > before
  }

  /** From the last known bar, which may have been revised, to the last that is over. */
  async #fetchBars(): Promise<{ chunk: SeriesChunk; range: [number, number] }> {
    const { source, pace } = this.#options
    const { exchange, symbol, timeframe, ccxt } = source
    const since = this.#growing.lastOpen
    for (let look = 0; ; look++) {
      const chunks: SeriesChunk[] = []
      const { until } = await fetchSeries(
        { exchange, symbol, timeframe, ccxt, kind: 'candles', since, until: Infinity },
        chunk => void chunks.push(chunk),
        this.#quiet,
        pace.patience,
      )
      const chunk = joinChunks(chunks)
      // Right after its close a bar may come without its last trades.
      if (look === SECOND_LOOKS || this.#forming.agrees(chunk, since)) return { chunk, range: [since, until] }
      await this.#pause(pace.settleMs / 2)
    }
  }

  /** Waits a moment for what belongs to a bar and is still on its way. */
  async #flowOf(open: number): Promise<void> {
    const { pace } = this.#options
    const end = performance.now() + 2 * pace.lagMs + pace.pollMs
    for (const recorder of this.#recorders.values()) {
      while (recorder.expects(open) && performance.now() < end) {
        if (!(await this.#pause(Math.min(pace.pollMs, 50)))) return
        recorder.seal()
      }
    }
  }

  #flow(open: number): Flow {
    const trades = this.#recorders.get('trades')?.tally.of(open)
    const liquidations = this.#recorders.get('liquidations')?.tally.of(open)
    return {
      ...(trades && { takerBuyVolume: trades.flagged }),
      ...(liquidations && { longLiquidations: liquidations.flagged, shortLiquidations: liquidations.other }),
    }
  }

  /** False when it is over. */
  async #pause(ms: number): Promise<boolean> {
    const { signal } = this.#options
    await sleep(ms, undefined, { signal }).catch(() => undefined)
    return !signal.aborted
  }

  #status(): LiveUpdate['status'] {
    const { source, topics } = this.#options
    const count = (topic: Topic) => this.#recorders.get(topic)?.count ?? 0
    const connected = Object.fromEntries(
      topics.map(topic => [topic, this.#recorders.get(topic)?.connectedNow ?? this.#candles.connectedNow]),
    )
    const away = topics.filter(topic => !connected[topic])
    const said = [
      `${this.#bars} ${this.#bars === 1 ? 'bar' : 'bars'} closed`,
      ...[...this.#recorders.keys()].map(topic => `${count(topic)} ${topic}`),
      ...(away.length > 0 ? [`connecting: ${away.join(', ')}`] : []),
    ]
    return {
      connected,
      bars: this.#bars,
      trades: count('trades'),
      liquidations: count('liquidations'),
      twice: [...this.#recorders.values()].reduce((sum, { twice }) => sum + twice, 0),
      notes: [...this.#notes],
      text: `Live ${source.symbol} ${source.timeframe}, ${source.exchange}: ${said.join(', ')}`,
    }
  }
}
