import { setTimeout as sleep } from 'node:timers/promises'
import { barOpen } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import type { Task } from '../../common/task.ts'
import type { FlowField, Market } from '../../market/market.ts'
import { type Connection, connect } from '../exchange/connect.ts'
import { fetchSeries } from '../exchange/fetch.ts'
import type { SeriesChunk } from '../exchange/series.ts'
import type { SeriesKey } from '../store/key.ts'
import { Store } from '../store/store.ts'
import { type Flow, GrowingMarket, joinChunks } from './bars.ts'
import type { Forming } from './forming.ts'
import type { Pace } from './pace.ts'
import type { Recorder } from './recorder.ts'
import type { Topic } from './socket.ts'
import type { LiveSource } from './types.ts'

export interface ClosedBarsOptions {
  source: LiveSource
  connection: Connection
  history: Market
  /** Columns that bars get beside their candles. */
  extra: readonly FlowField[]
  barMs: number
  /** Of the store; null: nothing is kept. */
  path: string | null
  pace: Pace
  /** For the requests of every bar, whose progress would only flicker. */
  quiet: Task
  signal: AbortSignal
  forming: Forming
  recorders: ReadonlyMap<Topic, Recorder>
  say(text: string): void
  /** At least one bar was added. */
  closed(): void
}

/** How often a bar is asked for again that does not look like what was streamed of it. */
const SECOND_LOOKS = 2
const LONGEST_WAIT_MS = 15_000

/** The market that grows with every bar that closes. */
export class ClosedBars {
  readonly #options: ClosedBarsOptions
  readonly #growing: GrowingMarket
  readonly #store: Store | null
  /** Months that bars were added to, in their large form until the end. */
  readonly #parts = new Set<string>()
  connection: Connection
  /** Up to here all closed bars are known. */
  knownTo: number
  /** Bars since the history. */
  count = 0

  constructor(options: ClosedBarsOptions) {
    this.#options = options
    this.connection = options.connection
    this.#growing = new GrowingMarket(options.history, options.extra)
    this.#store = options.path === null ? null : new Store(options.path)
    this.knownTo = this.#growing.lastOpen + options.barMs
  }

  get market(): Market {
    return this.#growing.market
  }

  /** Brings the months in the store into their small form. */
  async close(): Promise<void> {
    const { exchange, symbol, timeframe } = this.#options.source
    await this.#store?.compact({ series: 'candles', exchange, symbol, timeframe }, this.#parts)
  }

  /** Asks for each bar once it is over: streams tell neither everything of a bar nor surely its end. */
  async follow(): Promise<void> {
    const { pace, barMs } = this.#options
    let failures = 0
    while (await this.#pause(pace.pollMs)) {
      const end = this.knownTo + barMs
      const now = this.connection.now()
      const over = now >= end + pace.settleMs || (now >= end && this.#options.forming.hasBegun(end))
      if (!over) continue
      try {
        if (await this.#takeBars()) failures = 0
        else failures++
      } catch (error) {
        if (!(error instanceof DataError) || this.#options.signal.aborted) throw error
        failures++
        this.#options.say(`bars: ${error.message}`)
      }
      if (failures > 0) await this.#pause(Math.min(LONGEST_WAIT_MS, pace.settleMs * 2 ** (failures - 1)))
    }
  }

  /** True when more is known than before. */
  async #takeBars(): Promise<boolean> {
    const { source, pace, barMs } = this.#options
    this.connection = await connect(source, this.#options.quiet, pace.patience)
    const { chunk, range } = await this.#fetchBars()
    const last = chunk.time.at(-1)
    if (last !== undefined && last > this.#growing.lastOpen) await this.#flowOf(last)
    if (this.#store) {
      const { exchange, symbol, timeframe } = source
      const key: SeriesKey = { series: 'candles', exchange, symbol, timeframe }
      const { parts } = await this.#store.write(key, chunk, range, true)
      for (const part of parts) this.#parts.add(part)
    }
    const { added, revised } = this.#growing.add(chunk, open => this.#flow(open))
    if (revised > 0)
      this.#options.say(
        'bars: the exchange has changed a bar after its close; the store has the new values, this market those that were seen',
      )
    const before = this.knownTo
    this.knownTo = Math.max(before, barOpen(range[1], barMs), this.#growing.lastOpen + barMs)
    this.count += added
    if (added > 1) this.#options.say(`bars: ${added} closed at once`)
    for (const { tally } of this.#options.recorders.values()) tally.forgetBefore(this.knownTo)
    this.#options.forming.forgetBefore(this.knownTo)
    if (added > 0) this.#options.closed()
    return this.knownTo > before
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
        this.#options.quiet,
        pace.patience,
      )
      const chunk = joinChunks(chunks)
      // Right after its close a bar may come without its last trades.
      if (look === SECOND_LOOKS || this.#options.forming.agrees(chunk, since)) return { chunk, range: [since, until] }
      await this.#pause(pace.settleMs / 2)
    }
  }

  /** Waits a moment for what belongs to a bar and is still on its way. */
  async #flowOf(open: number): Promise<void> {
    const { pace } = this.#options
    const end = performance.now() + 2 * pace.lagMs + pace.pollMs
    for (const recorder of this.#options.recorders.values()) {
      let probed = 0
      while (recorder.expects(open) && performance.now() < end) {
        // On a quiet connection nothing would tell for long that there was nothing.
        if (performance.now() - probed > pace.lagMs / 4) {
          recorder.probe()
          probed = performance.now()
        }
        if (!(await this.#pause(Math.min(pace.pollMs, 50)))) return
        recorder.seal()
      }
    }
  }

  #flow(open: number): Flow {
    const trades = this.#options.recorders.get('trades')?.tally.of(open)
    const liquidations = this.#options.recorders.get('liquidations')?.tally.of(open)
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
}
