/** What files in published layouts are written with. */
import type { FileOptions } from '../../../src/data/import/file-options.ts'

/** 2024-06-19 21:00 UTC. */
export const START = Date.UTC(2024, 5, 19, 21)
const HOUR = 3_600_000
export const at = (hour: number) => START + hour * HOUR
export const iso = (hour: number) => new Date(at(hour)).toISOString()
export const day = (hour: number) => iso(hour).slice(0, 10)
export const clock = (hour: number) => iso(hour).slice(11, 19)
/** Three hours. */
export const rows = <Row>(row: (hour: number) => Row): Row[] => [0, 1, 2].map(row)
export const json = (row: (hour: number) => unknown) => JSON.stringify([0, 1, 2].map(row))

export interface PublishedFile {
  /** Venue, series and layout. */
  venue: string
  series: string
  layout: string
  documentation: string
  /** What its amounts count. */
  unit: string
  file: string
  text: string
  options?: FileOptions
  /** By series of the market: one value per bar. Of trades: the volume of the bar that they make. */
  expected: Record<string, number[]>
  /** The contract that is recognized. */
  instrument: string
}
