/** A market that grows by closed bars. */
import { extendFunding } from '../../market/funding.ts'
import {
  CANDLE_FIELDS,
  createMarket,
  FLOW_FIELDS,
  type FlowField,
  inheritedNotes,
  type Market,
  type MarketColumns,
} from '../../market/market.ts'
import type { SeriesChunk } from '../exchange/series.ts'

/** The columns of a bar beside its candle. */
export type BarFlow = Partial<Record<FlowField, number>>

/** A market that grows by closed bars. A bar that is in the market never changes, so that results can be repeated. */
export class GrowingMarket {
  readonly #history: Market
  readonly #columns: Record<string, Float64Array> = {}
  #time: Float64Array
  #length: number
  #market: Market

  /** @param extra columns that new bars get beside those of the history; NaN in the history */
  constructor(history: Market, extra: readonly FlowField[]) {
    this.#history = history
    this.#length = history.length
    this.#time = history.time
    for (const field of [...CANDLE_FIELDS, ...FLOW_FIELDS] as const) {
      const values = history[field] ?? (extra.includes(field as FlowField) ? nanColumn(history.length) : undefined)
      if (values) this.#columns[field] = values
    }
    this.#market = this.#createMarket()
  }

  /** The same object until a bar is added. */
  get market(): Market {
    return this.#market
  }

  /** Open of the last bar. */
  get lastOpen(): number {
    return this.#time[this.#length - 1] ?? Number.NaN
  }

  /**
   * Adds the bars of the chunk that open after the last one.
   * @returns how many were added, and how many of the earlier ones differ from the bars of this market
   * @throws DataError if a value is invalid
   */
  add({ time, columns }: SeriesChunk, flowAt: (open: number) => BarFlow): { added: number; revised: number } {
    const firstNew = time.findIndex(open => open > this.lastOpen)
    const from = firstNew < 0 ? time.length : firstNew
    const revised = this.#countRevised(time.subarray(0, from), columns)
    const added = time.length - from
    if (added === 0) return { added, revised }
    this.#reserve(added)
    for (let i = from; i < time.length; i++) {
      const open = time[i]!
      const flow = flowAt(open)
      this.#time[this.#length] = open
      for (const [name, column] of Object.entries(this.#columns))
        column[this.#length] = columns[name]?.[i] ?? flow[name as FlowField] ?? Number.NaN
      this.#length++
    }
    this.#market = this.#createMarket()
    return { added, revised }
  }

  #countRevised(time: Float64Array, columns: SeriesChunk['columns']): number {
    let revised = 0
    for (const [i, open] of time.entries()) {
      const row = this.#time.subarray(0, this.#length).lastIndexOf(open)
      if (row >= 0 && CANDLE_FIELDS.some(field => this.#columns[field]?.[row] !== columns[field]?.[i])) revised++
    }
    return revised
  }

  #reserve(bars: number): void {
    if (this.#length + bars <= this.#time.length) return
    const size = Math.ceil((this.#length + bars) * 1.5)
    const enlarge = (column: Float64Array) => {
      const larger = new Float64Array(size)
      larger.set(column.subarray(0, this.#length))
      return larger
    }
    this.#time = enlarge(this.#time)
    for (const [name, column] of Object.entries(this.#columns)) this.#columns[name] = enlarge(column)
  }

  #createMarket(): Market {
    const columns = Object.entries({ time: this.#time, ...this.#columns })
    const entries = columns.map(([name, column]) => [name, column.slice(0, this.#length)])
    const bars = Object.fromEntries(entries) as MarketColumns
    const { funding, length } = this.#history
    const payments =
      funding && bars.fundingRate && extendFunding(funding, { ...bars, fundingRate: bars.fundingRate }, length)
    const meta = { ...this.#history, notes: inheritedNotes(this.#history), ...(payments && { funding: payments }) }
    return createMarket(bars, meta)
  }
}

function nanColumn(length: number): Float64Array {
  return new Float64Array(length).fill(Number.NaN)
}
