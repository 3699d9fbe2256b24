/** `liq.scan`. */
import { expect, it } from 'vitest'
import { liq, type Market } from '../../src/liqnb.ts'

const rowsOf = async (...args: Parameters<typeof liq.scan>) =>
  (await liq.scan(...args)).objects() as Record<string, number | string | null>[]

it('has the figures of each map, and failures as rows at the end', async () => {
  const one = await liq.market({ simulate: { seed: 4, bars: 600 } })
  const scan = await liq.scan([{ file: 'missing.csv' }, one, 'X/Y' as string, null as unknown as Market], {
    timeframes: ['1h', '4h', '90m'],
    within: 3,
    brightness: 1.5,
  })
  const rows = scan.objects() as Record<string, unknown>[]
  expect(rows).toHaveLength(6)
  expect(rows.slice(0, 2).map(row => row.error)).toEqual([null, null])
  expect(rows.slice(2).every(row => typeof row.error === 'string')).toBe(true)
  expect(rows.find(row => row.symbol === 'missing.csv')?.error).toContain('missing.csv')
  expect(scan.maps.map(map => map.market.timeframe)).toEqual(rows.slice(0, 2).map(row => row.timeframe))

  for (const [index, map] of scan.maps.entries()) {
    const row = rows[index]!
    const clusters = map.clusters({ brightness: 1.5 }).objects() as Record<string, number | string>[]
    const curve = map.curve({ brightness: 1.5 })
    for (const side of ['long', 'short'] as const) {
      const first = clusters.find(cluster => cluster.side === side && cluster.rank === 1)
      expect(row[`${side}Peak`]).toBe(first?.peak ?? null)
      expect(row[`${side}Notional`]).toBe(first?.notional ?? null)
      expect(row[`${side}Distance`]).toBe(first?.distance ?? null)
      expect(row[`${side}MaxPain`]).toBe(curve.maxPain[side])
      // The cumulative curve at the last bin within 3 %.
      const bins = curve.table.objects() as { side: string; price: number; cumulative: number }[]
      const inside = bins.filter(bin => bin.side === side && Math.abs(bin.price / curve.close - 1) <= 0.03)
      expect(row[`${side}Within`]).toBeCloseTo(Math.max(...inside.map(bin => bin.cumulative)), 3)
    }
  }
})

it('sorts by distance or by notional', async () => {
  const markets = await Promise.all([1, 2, 3, 4].map(seed => liq.market({ simulate: { seed, bars: 300 } })))
  const near = (await rowsOf(markets)).map(row =>
    Math.min(...[row.longDistance, row.shortDistance].flatMap(x => (x === null ? [] : Math.abs(x as number)))),
  )
  expect(near).toEqual([...near].sort((a, b) => a - b))
  const size = (await rowsOf(markets, { sortBy: 'notional' })).map(row =>
    Math.max(Number(row.longNotional), Number(row.shortNotional)),
  )
  expect(size).toEqual([...size].sort((a, b) => b - a))
})

it('names a wrong option', async () => {
  await expect(liq.scan([], { within: 0 })).rejects.toThrow('liq.scan: within: 0')
  await expect(liq.scan('BTC' as never)).rejects.toThrow('liq.scan: markets')
  await expect(liq.scan([], { timeframe: '1h' } as never)).rejects.toThrow('did you mean timeframes')
})
