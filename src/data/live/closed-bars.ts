/** Fetches each bar once it is over and adds it to the live market. */
import { setTimeout as sleep } from 'node:timers/promises'
import { barOpen, formatTime } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import type { Task } from '../../common/host.ts'
import type { FlowField, Market } from '../../market/market.ts'
import { type Connection, connect } from '../exchange/connect.ts'
import { fetchSeries } from '../exchange/fetch-series.ts'
import { joinChunks, type SeriesChunk } from '../exchange/series.ts'
import type { SeriesKey } from '../store/series-key.ts'
import { Store } from '../store/store.ts'
import type { FormingBars } from './forming-bars.ts'
import { type BarFlow, GrowingMarket } from './growing-market.ts'
import type { Recorder } from './recorder.ts'
import type { LiveTiming } from './timing.ts'
import type { FollowedMarket, LiveTopic } from './types.ts'

interface ClosedBarsOptions {
  source: FollowedMarket
  connection: Connection
  history: Market
  /** Columns that bars get beside their candles. */
  extra: readonly FlowField[]
  barMs: number
  /** Null if nothing is stored. */
  storePath: string | null
  timing: LiveTiming
  /** For the requests of every bar, whose progress would only flicker. */
  silentTask: Task
  signal: AbortSignal
  forming: FormingBars
  recorders: ReadonlyMap<LiveTopic, Recorder>
  note(text: string): void
  /** At least one bar was added. */
  onClosed(): void
}

/** How often a bar is fetched again that differs from what was streamed. */
const MAX_REFETCHES = 2
const MAX_RETRY_DELAY_MS = 15_000
/** How often a wait for events of a bar looks for them. */
const FLOW_POLL_MS = 50

/** The market that grows with every bar that closes. */
export class ClosedBars {
  readonly #options: ClosedBarsOptions
  readonly #growing: GrowingMarket
  readonly #key: SeriesKey
  readonly #store: Store | null
  /** Months that bars were added to; they are compacted at the end. */
  readonly #parts = new Set<string>()
  connection: Connection
  /** Up to here all closed bars are known. */
  closedUntil: number
  /** Bars that closed since the history. */
  count = 0

  constructor(options: ClosedBarsOptions) {
    const { exchange, symbol, timeframe } = options.source
    this.#options = options
    this.connection = options.connection
    this.#growing = new GrowingMarket(options.history, options.extra)
    this.#key = { series: 'candles', exchange, symbol, timeframe }
    this.#store = options.storePath === null ? null : new Store(options.storePath)
    this.closedUntil = this.#growing.lastOpen + options.barMs
  }

  get market(): Market {
    return this.#growing.market
  }

  /** Compacts the months that bars were added to. */
  async close(): Promise<void> {
    await this.#store?.compact(this.#key, this.#parts)
  }

  /** Fetches each bar once it is over, because a stream may miss parts of a bar or its end. */
  async follow(): Promise<void> {
    const { timing, barMs, forming, signal, note } = this.#options
    let failures = 0
    while (await this.#pause(timing.pollMs)) {
      const end = this.closedUntil + barMs
      const now = this.connection.now()
      const isOver = now >= end + timing.barDelayMs || (now >= end && forming.hasOpened(end))
      if (!isOver) continue
      try {
        if (await this.#addBars()) failures = 0
        else failures++
      } catch (error) {
        if (!(error instanceof DataError) || signal.aborted) throw error
        failures++
        note(`bars: ${error.message}`)
      }
      if (failures > 0) await this.#pause(Math.min(MAX_RETRY_DELAY_MS, timing.barDelayMs * 2 ** (failures - 1)))
    }
  }

  /** Returns whether more bars are known than before. */
  async #addBars(): Promise<boolean> {
    const { source, timing, barMs, silentTask, forming, recorders, note, onClosed } = this.#options
    this.connection = await connect(source, silentTask, timing.retryPolicy)
    const { chunk, range } = await this.#fetchBars()
    const last = chunk.time.at(-1)
    if (last !== undefined && last > this.#growing.lastOpen) await this.#waitForFlow(last)
    if (this.#store) {
      const { parts } = await this.#store.write(this.#key, chunk, range, true)
      for (const part of parts) this.#parts.add(part)
    }
    const { added, revised } = this.#growing.add(chunk, open => this.#flowAt(open))
    if (revised > 0)
      note(
        'bars: the exchange has changed a bar after its close; the store has the new values, this market keeps those it has shown',
      )
    const before = this.closedUntil
    this.closedUntil = Math.max(before, barOpen(range[1], barMs), this.#growing.lastOpen + barMs)
    this.count += added
    if (added > 1) note(`bars: ${added} closed at once`)
    const missing = Math.round((this.closedUntil - before) / barMs) - added
    if (missing > 0)
      note(
        `bars: ${missing} of those from ${formatTime(before)} to ${formatTime(this.closedUntil)} are missing at the exchange`,
      )
    for (const { sums } of recorders.values()) sums.dropBefore(this.closedUntil)
    forming.dropBefore(this.closedUntil)
    if (added > 0) onClosed()
    return this.closedUntil > before
  }

  /** From the last known bar, which may have been revised, to the last one that is over. */
  async #fetchBars(): Promise<{ chunk: SeriesChunk; range: [number, number] }> {
    const { source, timing, silentTask, forming } = this.#options
    const since = this.#growing.lastOpen
    for (let refetches = 0; ; refetches++) {
      const chunks: SeriesChunk[] = []
      const { until } = await fetchSeries(
        { ...source, kind: 'candles', since, until: Infinity },
        chunk => void chunks.push(chunk),
        silentTask,
        timing.retryPolicy,
      )
      if (chunks.length === 0) throw new DataError('The exchange gave no response about its candles')
      const chunk = joinChunks(chunks)
      // Right after its close a bar may come without its last trades.
      if (refetches === MAX_REFETCHES || forming.matches(chunk, since)) return { chunk, range: [since, until] }
      await this.#pause(timing.barDelayMs / 2)
    }
  }

  /** Waits a moment for events of a bar that are still on their way. */
  async #waitForFlow(open: number): Promise<void> {
    const { timing, recorders } = this.#options
    const end = performance.now() + 2 * timing.maxLagMs + timing.pollMs
    for (const recorder of recorders.values()) {
      let probedAt = 0
      while (recorder.expects(open) && performance.now() < end) {
        // On a quiet connection only the answer to a ping shows soon that there was nothing.
        if (performance.now() - probedAt > timing.maxLagMs / 4) {
          recorder.probe()
          probedAt = performance.now()
        }
        if (!(await this.#pause(Math.min(timing.pollMs, FLOW_POLL_MS)))) return
        recorder.seal()
      }
    }
  }

  #flowAt(open: number): BarFlow {
    const trades = this.#options.recorders.get('trades')?.sums.sumOf(open)
    const liquidations = this.#options.recorders.get('liquidations')?.sums.sumOf(open)
    return {
      ...(trades && { takerBuyVolume: trades.flagged }),
      ...(liquidations && { longLiquidations: liquidations.flagged, shortLiquidations: liquidations.other }),
    }
  }

  /** Resolves with false at the end of the session. */
  async #pause(ms: number): Promise<boolean> {
    const { signal } = this.#options
    await sleep(ms, undefined, { signal }).catch(() => undefined)
    return !signal.aborted
  }
}
