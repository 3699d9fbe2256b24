/** What a worker thread does with a task: runs its variants on a market in shared memory. */
import type { Market } from '../../market/market.ts'
import type { LevelColumns } from '../levels/level-source.ts'
import { packOutcomes } from './packed-outcomes.ts'
import { runVariant } from './run-variant.ts'
import { receiveMarket, type Shared, type SharedMarket } from './shared-market.ts'
import type { WorkerReply, WorkerTask } from './worker-messages.ts'

export class TaskRunner {
  readonly #markets = new Latest(receiveMarket)
  readonly #lowerTimeframes = new Latest(receiveMarket)
  readonly #levels = new Latest((columns: LevelColumns) => columns)

  /** The outcomes in the order of the variants, or the error of the first that has one. */
  run({ id, market, lowerTimeframe, levels, variants, keep }: WorkerTask): WorkerReply {
    try {
      const bars = this.#markets.of(market)
      const lower = lowerTimeframe && this.#lowerTimeframes.of(lowerTimeframe)
      const columns = this.#levels.of(levels)
      const outcomes = variants.map(({ detect, backtest }) => {
        const options = { detect, backtest: lower ? { ...backtest, lowerTimeframe: lower } : backtest }
        return runVariant(bars, columns, options, keep)
      })
      return { id, outcomes: packOutcomes(outcomes) }
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error))
      return { id, error: { name, message } }
    }
  }
}

/**
 * The last of the shared values. Each message wraps the same memory in new arrays, but caches are by array, so the first ones are
 * kept.
 */
class Latest<S extends SharedMarket | LevelColumns, T extends Market | LevelColumns> {
  readonly #receive: (value: S) => T
  #id: number | null = null
  #received: T | null = null

  constructor(receive: (value: S) => T) {
    this.#receive = receive
  }

  of({ id, value }: Shared<S>): T {
    if (this.#received === null || this.#id !== id) this.#received = this.#receive(value)
    this.#id = id
    return this.#received
  }
}
