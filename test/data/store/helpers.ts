import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { SeriesKey } from '../../../src/data/store/key.ts'
import type { Records } from '../../../src/data/store/schema.ts'

export const HOUR = 3_600_000
export const KEY: SeriesKey = { series: 'candles', exchange: 'binanceusdm', symbol: 'BTC/USDT:USDT', timeframe: '1h' }
export const at = (text: string) => Date.parse(`${text}Z`)

/** An empty folder for each test. */
export function useFolder(): { path: string } {
  const folder = { path: '' }
  beforeEach(async () => {
    folder.path = await mkdtemp(join(tmpdir(), 'liqnb-store-'))
  })
  afterEach(() => rm(folder.path, { recursive: true, force: true }))
  return folder
}

/** Candles that open at these times; all that they hold follows from the time and `shift`. */
export function candlesAt(times: readonly number[], shift = 0): Records {
  const time = Float64Array.from(times)
  const column = (add: number) => time.map(t => 100 + ((t / HOUR) % 97) + add + shift)
  return {
    time,
    columns: { open: column(0), high: column(2), low: column(-2), close: column(1), volume: column(0.123) },
  }
}

/** The opens of all bars in [from, to). */
export function opens(from: number, to: number, step = HOUR): number[] {
  const times: number[] = []
  for (let time = Math.ceil(from / step) * step; time < to; time += step) times.push(time)
  return times
}
