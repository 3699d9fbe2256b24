/** The colours of candles on a page: what a map shows, studies show too. The outputs of a notebook share a page. */
import { type CandleColours, DEFAULT_LOOK } from '../../src/common/look.ts'

let current: CandleColours = DEFAULT_LOOK.candles
const listeners = new Set<() => void>()

export const pageCandles = (): CandleColours => current

export function setPageCandles(candles: CandleColours): void {
  if (candles === current) return
  current = candles
  for (const listener of listeners) listener()
}

/** @returns stops it */
export function watchPageCandles(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
