/** A store in a temporary folder, and candles for it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { HOUR } from '../../../src/common/duration.ts'
import type { SeriesRecords } from '../../../src/data/store/schema.ts'
import type { SeriesKey } from '../../../src/data/store/series-key.ts'

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

/** Candles that open at these times, with values that depend on the time and `shift`. */
export function candlesAt(times: readonly number[], shift = 0): SeriesRecords {
  const time = Float64Array.from(times)
  const column = (add: number) => time.map(t => 100 + ((t / HOUR) % 97) + add + shift)
  return {
    time,
    columns: { open: column(0), high: column(2), low: column(-2), close: column(1), volume: column(0.123) },
  }
}

/** Open times of all bars in [from, to). */
export function opens(from: number, to: number, step = HOUR): number[] {
  const times: number[] = []
  for (let time = Math.ceil(from / step) * step; time < to; time += step) times.push(time)
  return times
}
