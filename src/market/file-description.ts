/** What a file of market data is taken for. */
import type { Instrument } from './instrument.ts'

export interface DescribedColumn {
  name: string
  /** The series or part that it is read as; null if it is not read. */
  field: string | null
  /** What it counts: coins by their name, the quote currency, contracts of a size; null where it is no amount. */
  unit: string | null
  /** Its first values, as they stand in the file. */
  samples: readonly string[]
}

export interface FileDescription {
  file: string
  /** `candles`, `records`, `liquidations` or `trades`; null if the file cannot be read as it is. */
  kind: string | null
  /** The published layout; null for a table that is read by the names of its columns. */
  layout: string | null
  documentation: string | null
  instrument: Instrument
  /** Zone of times without one; null if none is assumed. */
  assumedZone: string | null
  /** What the times are: of the open or the close of what a row covers, or of a moment. */
  stamp: 'open' | 'close' | 'moment' | null
  rows: number
  /** Length of a bar, or the usual time between records; null for single events. */
  timeframe: string | null
  /** Opens of the first and the last bar, or times of the first and the last row; epoch ms. */
  first: number | null
  last: number | null
  columns: readonly DescribedColumn[]
  /** Conversions, repairs, gaps, and what is not known. */
  odd: readonly string[]
}
