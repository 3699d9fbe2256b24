import { describe, expect, it } from 'vitest'
import { groupCandles } from '../../src/charts/candles.ts'
import { explorerPayload } from '../../src/charts/explorer.ts'
import { recordedByCandle, recordedTable, recordedUsd } from '../../src/charts/recorded.ts'
import { recordedTraces } from '../../src/charts/recorded-traces.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { createMarket, type MarketColumns } from '../../src/market/market.ts'

const HOUR = 3_600_000
const none = Number.NaN
const columns = (flow: Partial<MarketColumns> = {}): MarketColumns => ({
  time: Float64Array.from([0, 1, 2, 3], t => t * HOUR),
  open: Float64Array.of(100, 110, 90, 100),
  high: Float64Array.of(120, 115, 105, 104),
  low: Float64Array.of(95, 85, 88, 97),
  close: Float64Array.of(110, 90, 100, 100),
  volume: Float64Array.of(10, 10, 10, 10),
  ...flow,
})
const market = (flow?: Partial<MarketColumns>) => createMarket(columns(flow), { symbol: 'A/USDT:USDT', source: 'test' })
const recorded = market({
  longLiquidations: Float64Array.of(2, 0, none, 1),
  shortLiquidations: Float64Array.of(none, 3, none, 0),
})

describe('liquidations on record', () => {
  it('are USD at the close of their bar; NaN where nothing was recorded', () => {
    const { long, short } = recordedUsd(recorded)!
    expect([...long]).toEqual([220, 0, none, 100])
    expect([...short]).toEqual([none, 270, none, 0])
    expect(recordedUsd(market())).toBeUndefined()
    expect(recordedUsd(market({ longLiquidations: new Float64Array(4).fill(none) }))).toBeUndefined()
  })

  it('are summed over the recorded bars of a candle', () => {
    const candles = groupCandles(recorded, 0, 3, 2)
    expect([...candles.time]).toEqual([0, 2 * HOUR])
    const { long, short } = recordedByCandle(recorded, candles)!
    expect([...long]).toEqual([220, 100])
    expect([...short]).toEqual([270, 0])
    const part = recordedByCandle(recorded, groupCandles(recorded, 2, 3, 4))!
    expect([...part.long]).toEqual([none, 100])
  })

  it('are a table with one row for each bar, and the prices between which they happened', () => {
    expect(recordedTable(recorded).objects()).toEqual([
      { time: new Date(0), long: 220, short: null, low: 95, high: 120 },
      { time: new Date(HOUR), long: 0, short: 270, low: 85, high: 115 },
      { time: new Date(2 * HOUR), long: null, short: null, low: 88, high: 105 },
      { time: new Date(3 * HOUR), long: 100, short: 0, low: 97, high: 104 },
    ])
    expect(recordedTable(market()).array('long')).toEqual([null, null, null, null])
  })

  it('are traces that the legend toggles: longs at the low, shorts at the high, areas by USD', () => {
    const numbers = (value: unknown) => {
      const bytes = Buffer.from((value as { bdata: string }).bdata, 'base64')
      return [...new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))]
    }
    const [long, short] = recordedTraces(recorded, 0, 3, 'both') as Record<string, unknown>[]
    expect([long!.showlegend, short!.showlegend]).toEqual([true, true])
    expect(numbers(long!.x)).toEqual([HOUR / 2, 3.5 * HOUR])
    expect(numbers(long!.y)).toEqual([95, 97])
    expect(numbers(short!.y)).toEqual([115])
    expect(numbers(long!.customdata)).toEqual([220, 100])
    const [large, small] = numbers((long!.marker as { size: unknown }).size) as [number, number]
    expect((large / small) ** 2).toBeCloseTo(2.2, 9)
    expect(numbers((short!.marker as { size: unknown }).size)).toEqual([22])
    expect(recordedTraces(recorded, 0, 3, 'short').map(({ name }) => name)).toEqual(['shorts liquidated, on record'])
    expect(recordedTraces(market(), 0, 3, 'both')).toEqual([])
  })

  it('are in the payload only where there is a record', () => {
    const payloadOf = (data: typeof recorded) => explorerPayload(liquidationMap(data), { columns: 4, rows: 10 })
    expect(payloadOf(recorded).recorded).toBe('bars')
    expect(payloadOf(market()).recorded).toBeUndefined()
  })
})
