import { setTimeout as sleep } from 'node:timers/promises'
import { formatTime } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import type { Task } from '../../common/task.ts'
import type { FlowField } from '../../market/market.ts'
import type { Connection } from '../exchange/connect.ts'
import { downloadMarket } from '../exchange/download.ts'
import { fetchSeries } from '../exchange/fetch.ts'
import { cachedSeries } from '../store/cached.ts'
import { Store } from '../store/store.ts'
import { CandleFeed } from './candle-feed.ts'
import { ClosedBars } from './closed-bars.ts'
import { type LiveEvent, liquidationsOf, tradeOf } from './events.ts'
import { tradesFill } from './fill.ts'
import { follow } from './follow.ts'
import { Forming } from './forming.ts'
import type { Pace } from './pace.ts'
import { recordedLiquidations } from './recorded.ts'
import { Recorder } from './recorder.ts'
import { openSocket, type Topic } from './socket.ts'
import type { LiveSource, LiveUpdate } from './types.ts'

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
/** So many times as long as the last write took passes before the next one. */
const FLUSH_SHARE = 50

/** Everything that runs while a market is followed, and the state that the next update is made of. */
export class LiveSession {
  readonly #options: SessionOptions
  /** Requests of every bar: their progress would only flicker. */
  readonly #quiet: Task
  readonly #recorders = new Map<Topic, Recorder>()
  readonly #forming: Forming
  /** Once the history is there. */
  #bars: ClosedBars | undefined
  readonly #candles: CandleFeed
  #closed = true
  #trades: LiveEvent[] = []
  #liquidations: LiveEvent[] = []
  readonly #notes: string[] = []
  #dirty = true
  #wake: () => void = () => {}
  #error: unknown
  #running: Promise<unknown>[] = []
  #closing: Promise<void> | undefined

  constructor(options: SessionOptions) {
    const { signal, topics, barMs } = options
    this.#options = options
    this.#quiet = { signal, progress() {} }
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
    this.#bars = new ClosedBars({
      source,
      connection: this.#options.connection,
      history,
      extra,
      barMs,
      path,
      pace,
      quiet: this.#quiet,
      signal,
      forming: this.#forming,
      recorders: this.#recorders,
      say: text => this.#say(text),
      closed: () => {
        this.#closed = true
        this.#change()
      },
    })
    this.#throwIfFailed()
    this.#run(this.#bars.follow())
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
    const bars = this.#bars
    if (bars === undefined) throw new Error('A live market was asked for its state before it had one')
    const update: LiveUpdate = {
      market: bars.market,
      closed: this.#closed,
      bar: this.#forming.since(bars.knownTo),
      trades: this.#trades.map(({ flag, ...trade }) => ({ ...trade, buy: flag })),
      liquidations: this.#liquidations.map(({ time, price, amount, flag }) => ({ time, price, amount, long: flag })),
      status: this.#status(bars.count),
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
      now: () => (this.#bars?.connection ?? connection).now(),
      say: text => this.#say(text),
      heard: gathered,
      fail: error => this.#fail(error),
    })
  }

  #follow(topic: Topic): Promise<void> {
    const { source, connection, pace, signal } = this.#options
    const recorder = this.#recorders.get(topic)
    const own = recorder ?? this.#candles
    let refused = false
    return follow(
      async hearing => {
        const socket = await openSocket(source, connection, topic, source.timeframe, pace.keepAliveMs, hearing)
        if (recorder) recorder.probe = socket.probe
        return socket
      },
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
        if (now - (flushed.get(topic) ?? 0) < (recorder.hasNews ? every : pace.idleFlushMs)) continue
        await recorder.flush()
        // A day of millions of trades takes long to write: never more than a small share of the time.
        flushed.set(topic, now + FLUSH_SHARE * (performance.now() - now))
        if (signal.aborted) return
      }
    }
  }

  /** False when it is over. */
  async #pause(ms: number): Promise<boolean> {
    const { signal } = this.#options
    await sleep(ms, undefined, { signal }).catch(() => undefined)
    return !signal.aborted
  }

  #status(bars: number): LiveUpdate['status'] {
    const { source, topics } = this.#options
    const count = (topic: Topic) => this.#recorders.get(topic)?.count ?? 0
    const connected = Object.fromEntries(
      topics.map(topic => [topic, this.#recorders.get(topic)?.connectedNow ?? this.#candles.connectedNow]),
    )
    const away = topics.filter(topic => !connected[topic])
    const said = [
      `${bars} ${bars === 1 ? 'bar' : 'bars'} closed`,
      ...[...this.#recorders.keys()].map(topic => `${count(topic)} ${topic}`),
      ...(away.length > 0 ? [`connecting: ${away.join(', ')}`] : []),
    ]
    return {
      connected,
      bars,
      trades: count('trades'),
      liquidations: count('liquidations'),
      twice: [...this.#recorders.values()].reduce((sum, { twice }) => sum + twice, 0),
      notes: [...this.#notes],
      text: `Live ${source.symbol} ${source.timeframe}, ${source.exchange}: ${said.join(', ')}`,
    }
  }
}
