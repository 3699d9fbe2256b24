/** Everything that runs while a market is followed. */

import { setTimeout as sleep } from 'node:timers/promises'
import { formatTime } from '../../common/duration.ts'
import { DataError, withCallerStack } from '../../common/errors.ts'
import type { Task } from '../../common/host.ts'
import { countText } from '../../common/number-text.ts'
import type { FlowField } from '../../market/market.ts'
import type { Connection } from '../exchange/connect.ts'
import { downloadMarket } from '../exchange/download-market.ts'
import { fetchSeries } from '../exchange/fetch-series.ts'
import type { FetchSeries } from '../exchange/series.ts'
import { liveFeedNotes } from '../liquidation-bias.ts'
import { cachedSeries } from '../store/cached-series.ts'
import { Store } from '../store/store.ts'
import { createTradeBackfill } from './backfill.ts'
import { CandleFeed } from './candle-feed.ts'
import { ClosedBars } from './closed-bars.ts'
import { type LiveEvent, parseLiquidations, parseTrade } from './events.ts'
import { runFeed } from './feed.ts'
import { FeedStateClock, feedState } from './feed-state.ts'
import { FormingBars } from './forming-bars.ts'
import { contractNote } from './liquidation-feeds.ts'
import { addRecordedLiquidations } from './recorded-liquidations.ts'
import { Recorder } from './recorder.ts'
import { openSocket } from './socket.ts'
import type { LiveTiming } from './timing.ts'
import type { FollowedMarket, LiveTopic, LiveUpdate } from './types.ts'

export interface SessionOptions {
  source: FollowedMarket
  connection: Connection
  topics: readonly LiveTopic[]
  /** Start of the history, epoch ms. */
  since: number
  barMs: number
  /** Null if nothing is stored. */
  storePath: string | null
  timing: LiveTiming
  task: Task
  signal: AbortSignal
}

/** Trades and liquidations that one update holds at most. */
const MAX_EVENTS = 1000
const MAX_NOTES = 50
/** The pause after a write, in multiples of the time that the write took. */
const FLUSH_PAUSE_FACTOR = 50

/** Runs the feeds, the recording and the fetching of bars, and collects the state of the next update. */
export class LiveSession {
  readonly #options: SessionOptions
  /** For the requests of every bar, whose progress would only flicker. */
  readonly #silentTask: Task
  readonly #recorders = new Map<LiveTopic, Recorder>()
  readonly #forming: FormingBars
  /** Undefined until the history is loaded. */
  #bars: ClosedBars | undefined
  readonly #candles: CandleFeed
  #hasClosedBar = true
  #trades: LiveEvent[] = []
  #liquidations: LiveEvent[] = []
  readonly #notes: string[] = []
  readonly #state = new FeedStateClock()
  #hasChanged = true
  #wake: () => void = () => {}
  #error: unknown
  #running: Promise<unknown>[] = []
  #closing: Promise<void> | undefined

  constructor(options: SessionOptions) {
    const { signal, topics, barMs } = options
    this.#options = options
    this.#silentTask = { signal, progress() {} }
    this.#forming = new FormingBars(() => this.#markChanged())
    this.#candles = new CandleFeed(this.#forming, text => this.#note(text))
    for (const topic of topics) if (topic !== 'candles') this.#recorders.set(topic, this.#createRecorder(topic, barMs))
  }

  /** Starts the feeds first, so that nothing is missed while the history is loaded. */
  async start(): Promise<void> {
    const { source, since, storePath, timing, signal, task, topics, barMs, connection } = this.#options
    signal.addEventListener('abort', () => void this.close().catch(error => this.#fail(error)), { once: true })
    for (const topic of topics) this.#run(this.#runFeed(topic))
    this.#run(this.#sealAndFlush())

    const { retryPolicy } = timing
    const download: FetchSeries = (request, onChunk, requestTask) =>
      fetchSeries(request, onChunk, requestTask, retryPolicy)
    const fetch = storePath === null ? download : cachedSeries(download, new Store(storePath))
    let history = await downloadMarket({ ...source, since }, { fetch, retryPolicy, caller: source.caller })
    task.signal.throwIfAborted()
    if (storePath !== null && topics.includes('liquidations'))
      history = await addRecordedLiquidations(history, storePath, source)
    const extra: FlowField[] = [
      ...(topics.includes('trades') ? (['takerBuyVolume'] as const) : []),
      ...(topics.includes('liquidations') ? (['longLiquidations', 'shortLiquidations'] as const) : []),
    ]
    this.#bars = new ClosedBars({
      source,
      connection,
      history,
      extra,
      barMs,
      storePath,
      timing,
      silentTask: this.#silentTask,
      signal,
      forming: this.#forming,
      recorders: this.#recorders,
      note: text => this.#note(text),
      onClosed: () => {
        this.#hasClosedBar = true
        this.#markChanged()
      },
    })
    this.#throwIfFailed()
    this.#run(this.#bars.follow())
  }

  /** Resolves on a change since the last update, or at the end. @throws the error that ended the session */
  async nextChange(): Promise<void> {
    this.#throwIfFailed()
    if (!this.#hasChanged && !this.#options.signal.aborted)
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    this.#throwIfFailed()
  }

  /** The current state, with the events since the last update. */
  takeUpdate(): LiveUpdate {
    const bars = this.#bars
    if (bars === undefined) throw new Error('The live session has no state before start() has resolved')
    const update: LiveUpdate = {
      market: bars.market,
      closed: this.#hasClosedBar,
      bar: this.#forming.newestFrom(bars.closedUntil),
      trades: this.#trades.map(({ flag, ...trade }) => ({ ...trade, buy: flag })),
      liquidations: this.#liquidations.map(({ time, price, amount, flag }) => ({ time, price, amount, long: flag })),
      status: this.#status(bars.count),
    }
    this.#hasClosedBar = false
    this.#trades = []
    this.#liquidations = []
    this.#hasChanged = false
    return update
  }

  /** Ends everything; resolves when all that came is on disk. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    this.#wake()
    await Promise.all([...this.#running, ...[...this.#recorders.values()].map(recorder => recorder.close())])
    await this.#bars?.close()
  }

  #run(work: Promise<unknown>): void {
    this.#running.push(work.catch(error => this.#fail(error)))
  }

  #fail(error: unknown): void {
    if (!this.#options.signal.aborted || error instanceof DataError) this.#error ??= error
    this.#wake()
  }

  #throwIfFailed(): void {
    if (this.#error !== undefined) throw withCallerStack(this.#error)
  }

  #markChanged(): void {
    this.#hasChanged = true
    this.#wake()
  }

  #note(text: string): void {
    this.#notes.push(`${formatTime(Date.now())} ${text}`)
    if (this.#notes.length > MAX_NOTES) this.#notes.shift()
    this.#markChanged()
  }

  #createRecorder(topic: Exclude<LiveTopic, 'candles'>, barMs: number): Recorder {
    const { source, connection, storePath, timing } = this.#options
    const collect = (events: readonly LiveEvent[]) => {
      const collected = topic === 'trades' ? this.#trades : this.#liquidations
      for (const event of events) collected.push(event)
      if (collected.length > MAX_EVENTS) collected.splice(0, collected.length - MAX_EVENTS)
      this.#markChanged()
    }
    if (topic === 'liquidations') {
      const contracts = contractNote(connection)
      for (const note of liveFeedNotes(source.exchange)) this.#note(note)
      if (contracts !== null) this.#note(contracts)
    }
    return new Recorder({
      key: { series: topic, exchange: source.exchange, symbol: source.symbol, timeframe: '' },
      store: storePath === null ? null : new Store(storePath),
      backfill:
        topic === 'trades'
          ? createTradeBackfill(source, connection, this.#silentTask, timing, text => this.#note(text))
          : null,
      parseRow: row => (topic === 'trades' ? [parseTrade(row, connection)] : parseLiquidations(row, connection)),
      barMs,
      maxLagMs: timing.maxLagMs,
      now: () => (this.#bars?.connection ?? connection).now(),
      note: text => this.#note(text),
      onEvents: collect,
      onError: error => this.#fail(error),
    })
  }

  #runFeed(topic: LiveTopic): Promise<void> {
    const { source, connection, timing, signal } = this.#options
    const recorder = this.#recorders.get(topic)
    const listener = recorder ?? this.#candles
    let refused = false
    return runFeed(
      async handlers => {
        const socket = await openSocket(source, connection, topic, timing.keepAliveMs, handlers)
        if (recorder) recorder.probe = socket.probe
        return socket
      },
      {
        onConnected: () => {
          listener.onConnected()
          refused = false
          this.#markChanged()
        },
        onActivity: () => listener.onActivity(),
        onRows: rows => listener.onRows(rows),
        onDisconnected: reason => {
          // One note for any number of failed attempts.
          if (!listener.isConnected && !refused) this.#note(`${topic}: no connection (${reason}); still trying`)
          refused = !listener.isConnected
          listener.onDisconnected(reason)
          this.#markChanged()
        },
      },
      topic !== 'liquidations',
      timing,
      signal,
    )
  }

  /** Seals what is complete, and stores it at intervals. */
  async #sealAndFlush(): Promise<void> {
    const { timing, signal } = this.#options
    const flushedAt = new Map<LiveTopic, number>()
    while (await this.#pause(timing.pollMs)) {
      if (this.#checkState()) this.#markChanged()
      for (const [topic, recorder] of this.#recorders) {
        recorder.seal()
        const busyInterval = topic === 'trades' ? timing.tradesFlushMs : timing.flushMs
        const interval = recorder.hasUnsaved ? busyInterval : timing.idleFlushMs
        const now = performance.now()
        if (now - (flushedAt.get(topic) ?? 0) < interval) continue
        await recorder.flush()
        // Writing a day of millions of trades takes long, so the pause grows with it.
        flushedAt.set(topic, now + FLUSH_PAUSE_FACTOR * (performance.now() - now))
        if (signal.aborted) return
      }
    }
  }

  /** Resolves with false at the end of the session. */
  async #pause(ms: number): Promise<boolean> {
    const { signal } = this.#options
    await sleep(ms, undefined, { signal }).catch(() => undefined)
    return !signal.aborted
  }

  #isConnected(topic: LiveTopic): boolean {
    return this.#recorders.get(topic)?.isConnected ?? this.#candles.isConnected
  }

  /** @returns whether the state of the feeds has changed */
  #checkState(): boolean {
    const { topics, barMs, timing, connection } = this.#options
    if (this.#bars === undefined) return false
    const now = (this.#bars.connection ?? connection).now()
    const next = { expected: this.#bars.closedUntil + barMs, delayMs: timing.barDelayMs }
    const state = feedState(
      now,
      topics.map(topic => this.#isConnected(topic)),
      next,
    )
    return this.#state.set(state, now)
  }

  #status(bars: number): LiveUpdate['status'] {
    const { source, topics } = this.#options
    const count = (topic: LiveTopic) => this.#recorders.get(topic)?.count ?? 0
    const connected = Object.fromEntries(topics.map(topic => [topic, this.#isConnected(topic)]))
    this.#checkState()
    const disconnected = topics.filter(topic => !connected[topic])
    const parts = [
      this.#state.text,
      `${countText(bars, 'bar')} closed`,
      ...[...this.#recorders.keys()].map(topic => `${count(topic)} ${topic}`),
      ...(disconnected.length > 0 ? [`connecting: ${disconnected.join(', ')}`] : []),
    ]
    return {
      ...this.#state.current,
      connected,
      bars,
      trades: count('trades'),
      liquidations: count('liquidations'),
      duplicates: [...this.#recorders.values()].reduce((sum, { duplicates }) => sum + duplicates, 0),
      notes: [...this.#notes],
      text: `Live ${source.symbol} ${source.timeframe}, ${source.exchange}: ${parts.join(', ')}`,
    }
  }
}
