/** The unpacked study: bars, candles, equity and trades. */
import { type Candles, firstEndingAfter } from '../plot/candles.ts'
import type { Header } from './payload.ts'

export type Side = 'long' | 'short'

/** Columns of the trades, in order of their entries. Bars are indices of {@link StudyModel.time}. */
export interface Trades {
  count: number
  /** 1 for a short. */
  short: Uint8Array
  /** Bar at whose close the level became known. */
  since: Int32Array
  sweepBar: Int32Array
  signalBar: Int32Array
  entryBar: Int32Array
  exitBar: Int32Array
  entry: Float32Array
  exit: Float32Array
  stop: Float32Array
  /** NaN: none. */
  target: Float32Array
  /** Edges of the swept level, the one nearer to the price first; equal for a line. */
  inner: Float32Array
  outer: Float32Array
  /** Extreme price of the sweep, and its depth beyond the level in ATR. */
  extreme: Float32Array
  depth: Float32Array
  /** Net results in multiples of the risk, and in USD. */
  r: Float32Array
  net: Float32Array
  mae: Float32Array
  mfe: Float32Array
  /** Index into the header's reasons. */
  reason: Uint8Array
  convergence: Uint8Array
  /** 1 where the order of stop and target within a bar was assumed. */
  ambiguous: Uint8Array
  /** Exits of trade i are `fillBar[fillStart[i]]` … `fillBar[fillStart[i + 1] − 1]`. */
  fillStart: Int32Array
  fillBar: Int32Array
  fillPrice: Float32Array
}

export interface StudyModel {
  header: Header
  /** Opens of all bars, epoch ms. */
  time: Float64Array
  candles: Candles
  /** USD at the candles' ends. */
  equity: Float64Array
  trades: Trades
}

export const sideOf = ({ short }: Trades, trade: number): Side => (short[trade] ? 'short' : 'long')

/** Open time of a bar; also for bars after the end. */
export function openTime({ time, header }: StudyModel, bar: number): number {
  const last = time.length - 1
  return bar <= last ? time[Math.max(0, bar)]! : time[last]! + (bar - last) * header.barMs
}

export const closeTime = (model: StudyModel, bar: number): number => openTime(model, bar) + model.header.barMs

/** The candle at a moment; the last one after the end. */
export function candleAt({ candles }: StudyModel, time: number): number {
  return Math.min(candles.end.length - 1, firstEndingAfter(candles.end, time))
}

export const candleTime = (model: StudyModel, time: number): number => model.candles.time[candleAt(model, time)]!

/** First and last moment of the study. */
export function fullSpan({ candles }: StudyModel): [from: number, to: number] {
  return [candles.time[0]!, candles.end[candles.end.length - 1]!]
}
