/** Files in published layouts: what is right to read from them, and the table of them. */
import { describe, expect, it } from 'vitest'
import { LAYOUTS } from '../../../src/data/import/layouts/all.ts'
import { readMarketFile } from '../../../src/data/load-file.ts'
import { loadTradeFlow } from '../../../src/data/trades/load-trade-flow.ts'
import type { Market } from '../../../src/market/market.ts'
import { scratch } from './helpers.ts'
import { CANDLE_FILES, CANDLES, type PublishedFile, RECORD_FILES, TRADE_FILES } from './published-files.ts'

const { write } = scratch()
const named = ({ venue, series, layout }: PublishedFile) => `${venue}: ${series}, ${layout}`

function expectSeries(market: Pick<Market, 'time'> & Partial<Record<string, unknown>>, expected: Record<string, number[]>) {
  for (const [field, values] of Object.entries(expected)) {
    const read = [...(market[field] as Float64Array)]
    expect(read.length, field).toBe(values.length)
    for (const [i, value] of values.entries()) expect(read[i], `${field}[${i}]`).toBeCloseTo(value, 12)
  }
}

describe('candles of', () => {
  for (const file of CANDLE_FILES)
    it(named(file), async () => {
      const market = await readMarketFile({ file: write(file.text, file.file.split('/').at(-1)), ...file.options })
      expectSeries(market as never, file.expected)
      expect(market.symbol).toBe(file.instrument)
    })
})

describe('records beside candles of', () => {
  for (const file of RECORD_FILES)
    it(named(file), async () => {
      const entry = { file: write(file.text, file.file), ...file.options }
      const market = await readMarketFile({ file: [write(CANDLES, 'candles.csv'), entry] })
      expectSeries(market as never, file.expected)
    })
})

describe('trades of', () => {
  for (const file of TRADE_FILES)
    it(named(file), async () => {
      const flow = await loadTradeFlow({ file: write(file.text, file.file), timeframe: '1h', ...file.options })
      expectSeries(flow as never, file.expected)
    })
})

describe('a layout', () => {
  it('is documented', () => {
    expect(LAYOUTS.filter(({ documentation }) => !documentation.startsWith('https://'))).toEqual([])
  })

  it('has the columns that it reads', () => {
    const wrong = LAYOUTS.filter(({ columns, cells, fields, sameTrades }) => {
      const used = [...Object.values(fields), ...(sameTrades ? [sameTrades.coins, sameTrades.quote] : [])]
      return cells === undefined ? columns === undefined : used.some(name => !(Number(name) <= cells.length))
    })
    expect(wrong.map(({ name }) => name)).toEqual([])
  })
})
