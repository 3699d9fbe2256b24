import { DataError } from '../../common/errors.ts'
import {
  CANDLE_FIELDS,
  createMarket,
  FLOW_FIELDS,
  type FlowField,
  type Market,
  type MarketColumns,
  notesToKeep,
} from '../../market/market.ts'
import type { SeriesChunk } from '../exchange/series.ts'

/** What is known of a bar beside its candle. */
export type Flow = Partial<Record<FlowField, number>>

/**
 * A market that grows by closed bars. A bar that was once in it never changes, so that what was seen of it can be seen again.
 */
export class GrowingMarket {
  readonly #meta: Market
  readonly #columns: Record<string, Float64Array> = {}
  #length: number
  #market: Market

  /** The history, and the columns that bars get from now on beside its own: NaN before. */
  constructor(history: Market, extra: readonly FlowField[]) {
    this.#meta = history
    this.#length = history.length
    for (const field of ['time', ...CANDLE_FIELDS, ...FLOW_FIELDS] as const) {
      const values = history[field] ?? (extra.includes(field as FlowField) ? nothing(history.length) : undefined)
      if (values) this.#columns[field] = values
    }
    this.#market = this.#build()
  }

  /** The same object until a bar is added. */
  get market(): Market {
    return this.#market
  }

  /** Open of the last bar. */
  get lastOpen(): number {
    return this.#columns.time![this.#length - 1]!
  }

  /**
   * Adds the bars of the chunk that open after the last one.
   * @returns how many those were, and how many of the others are not what they were
   * @throws DataError when a value cannot be right
   */
  add({ time, columns }: SeriesChunk, flowOf: (open: number) => Flow): { added: number; revised: number } {
    const from = time.findIndex(open => open > this.lastOpen)
    const first = from < 0 ? time.length : from
    const revised = this.#revised(time.subarray(0, first), columns)
    const added = time.length - first
    if (added === 0) return { added, revised }
    this.#grow(added)
    for (let i = first; i < time.length; i++) {
      const flow = flowOf(time[i]!)
      for (const [name, column] of Object.entries(this.#columns))
        column[this.#length] =
          name === 'time' ? time[i]! : (columns[name]?.[i] ?? flow[name as FlowField] ?? Number.NaN)
      this.#length++
    }
    this.#market = this.#build()
    return { added, revised }
  }

  #revised(time: Float64Array, columns: SeriesChunk['columns']): number {
    let revised = 0
    for (let i = 0; i < time.length; i++) {
      const row = this.#columns.time!.subarray(0, this.#length).lastIndexOf(time[i]!)
      if (row >= 0 && CANDLE_FIELDS.some(field => this.#columns[field]![row] !== columns[field]?.[i])) revised++
    }
    return revised
  }

  #grow(by: number): void {
    if (this.#length + by <= this.#columns.time!.length) return
    const size = Math.ceil((this.#length + by) * 1.5)
    for (const [name, column] of Object.entries(this.#columns)) {
      const larger = new Float64Array(size)
      larger.set(column.subarray(0, this.#length))
      this.#columns[name] = larger
    }
  }

  #build(): Market {
    const entries = Object.entries(this.#columns).map(([name, column]) => [name, column.slice(0, this.#length)])
    const meta = { ...this.#meta, notes: notesToKeep(this.#meta) }
    return createMarket(Object.fromEntries(entries) as MarketColumns, meta)
  }
}

function nothing(length: number): Float64Array {
  return new Float64Array(length).fill(Number.NaN)
}

/** Chunks that follow each other, as one. @throws DataError when there is none */
export function joinChunks(chunks: readonly SeriesChunk[]): SeriesChunk {
  const [first] = chunks
  if (first === undefined) throw new DataError('The exchange gave no answer about its candles')
  const join = (parts: readonly Float64Array[]) => Float64Array.from(parts.flatMap(part => Array.from(part)))
  const columns = Object.keys(first.columns).map(name => [name, join(chunks.map(chunk => chunk.columns[name]!))])
  return { time: join(chunks.map(chunk => chunk.time)), columns: Object.fromEntries(columns) }
}
