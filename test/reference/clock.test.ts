import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readMarketFile } from '../../src/data/load-file.ts'
import { referenceData } from './data.ts'

const file = referenceData === null ? null : join(referenceData, 'ETHUSDT-perp-1h-2024-06-08-flow.csv.gz')
const HOUR = 3_600_000

describe.skipIf(file === null)('with LIQNB_REFERENCE_DATA: the clock of real open interest', () => {
  const dir = mkdtempSync(join(tmpdir(), 'liqnb-clock-'))
  afterAll(() => rmSync(dir, { recursive: true }))

  it('fits when stamped at the close of bars, and gets a note when stamped at their open', async () => {
    const market = await readMarketFile({ file: file! })
    const { time, open, high, low, close, volume, openInterest } = market
    const candles = join(dir, 'candles.json')
    writeFileSync(
      candles,
      JSON.stringify(Array.from(time, (ms, t) => [ms, open[t], high[t], low[t], close[t], volume[t]])),
    )
    for (const [offset, word] of [
      [HOUR, null],
      [0, "shift: '1h'"],
      [HOUR * 9, "shift: '-8h'"],
    ] as const) {
      const records = join(dir, `oi-${offset}.jsonl`)
      writeFileSync(
        records,
        Array.from(time, (ms, t) => JSON.stringify({ time: ms + offset, openInterest: openInterest![t] })).join('\n'),
      )
      const { notes } = await readMarketFile({ file: [candles, records] })
      const clockNotes = notes.filter(note => note.includes('clock'))
      if (word === null) expect(clockNotes).toEqual([])
      else expect(clockNotes.join()).toContain(word)
    }
  })
})
