import { expect, it } from 'vitest'
import { gridColumns } from '../../renderers/board/layout.ts'
import { type SmallMap, unpackBoard } from '../../renderers/board/model.ts'
import { readBoard } from '../../renderers/board/payload.ts'
import { restoreState } from '../../renderers/board/state.ts'
import { heatGrid } from '../../src/liquidation/grid.ts'
import { boardOf, scan } from './board-model.ts'

const payload = boardOf()
const { maps } = await unpackBoard(readBoard(payload))

it('has a map for each market and timeframe, by market', () => {
  const names = maps.map(({ header }) => `${header.symbol} ${header.timeframe}`)
  expect(names).toHaveLength(4)
  const first = names[0]!.split(' ')[0]!
  const second = first === 'BTC/USDT:USDT' ? 'ETH/USDT:USDT' : 'BTC/USDT:USDT'
  expect(names).toEqual([`${first} 1h`, `${first} 4h`, `${second} 1h`, `${second} 4h`])
})

it('has the newest bars as they are, and the book at the close of each', () => {
  const [{ header, candles, edges, columns, rows, usd }] = maps as [SmallMap]
  const map = scan.maps.find(({ market }) => market.symbol === header.symbol && market.timeframe === '1h')!
  const { market } = map
  expect(columns).toBe(160)
  for (const k of [0, 77, 159]) {
    const t = market.length - 160 + k
    expect(candles.time[k]).toBe(market.time[t])
    expect(edges[k]).toBe(market.time[t]! + market.barMs)
    for (const name of ['open', 'high', 'low', 'close'] as const)
      expect(candles[name][k]! / market[name][t]!).toBeCloseTo(1, 4)
  }
  expect(header.price).toBe(market.close.at(-1))
  // Within the rows at the edges.
  const [low, high] = [header.grid.low * 1.00001, header.grid.high / 1.00001]
  const grid = heatGrid(map, { from: market.length - 160, columns: 160, rows: 72, low, high })
  expect(grid.rows).toBe(rows)
  const sums = grid.long.map((value, i) => value + grid.short[i]!)
  const largest = Math.max(...sums)
  // A quarter of an octave, and the steps of the levels.
  for (let i = 0; i < sums.length; i += 7)
    if (sums[i]! > largest / 1000) expect(Math.abs(Math.log2(usd[i]! / sums[i]!))).toBeLessThan(0.125 + 1 / 16)
})

it('tags the first cluster of each side as the table does', () => {
  const rows = scan.objects() as Record<string, number | string | null>[]
  for (const { header } of maps) {
    const row = rows.find(({ symbol, timeframe }) => symbol === header.symbol && timeframe === header.timeframe)!
    for (const side of ['long', 'short'] as const) {
      const cluster = header.clusters.find(tag => tag.side === side)
      expect(cluster?.peak ?? null).toBe(row[`${side}Peak`])
      expect(cluster?.notional ?? null).toBe(row[`${side}Notional`])
    }
  }
})

it('keeps the timeframes of a symbol together in a row', () => {
  expect(gridColumns(390, maps)).toBe(1)
  expect(gridColumns(600, maps)).toBe(2)
  // Three would fit, but there are two timeframes.
  expect(gridColumns(1000, maps)).toBe(2)
  expect(gridColumns(1600, maps)).toBe(4)
  expect(gridColumns(1600, maps.slice(0, 1))).toBe(1)
})

it('is refused with what is wrong', async () => {
  const [map] = payload.maps
  const refused = async (change: object) => unpackBoard(readBoard({ ...payload, maps: [{ ...map, ...change }] }))
  await expect(refused({ unit: 'EUR' })).rejects.toThrow('maps[0].unit')
  await expect(refused({ grid: { ...map.grid, high: map.grid.low } })).rejects.toThrow('not above the lowest')
  await expect(refused({ bytes: 5 })).rejects.toThrow('more than the 5 bytes')
  await expect(refused({ levels: { ...map.levels, filled: 3 } })).rejects.toThrow()
  await expect(refused({ levels: { ...map.levels, top: 3 } })).rejects.toThrow('"levels.top" is 3')
})

it('restores what it can of a saved state', () => {
  expect(restoreState({ look: { palette: 'magma', candles: 'x' } }).look).toEqual({
    palette: 'magma',
    candles: 'greenRed',
    background: 'theme',
  })
  expect(restoreState(null).look.palette).toBe('viridis')
})
