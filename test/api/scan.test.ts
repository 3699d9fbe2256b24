/** `liq.scan`. */
import { afterEach, expect, it } from 'vitest'
import { BOARD_MIME, type BoardPayload } from '../../src/charts/board-payload.ts'
import { EXPLORER_MIME } from '../../src/charts/explorer-payload.ts'
import { toMimeBundle } from '../../src/kernel/display.ts'
import { liq, type Market } from '../../src/liqnb.ts'
import { BOARD_MIME as PAGE_MIME } from '../../src/notebook/mime.ts'
import { bundleOf, decode } from '../charts/helpers.ts'

const CHANNEL = Symbol.for('liqnb.channel')
const host = globalThis as { [key: symbol]: unknown }
afterEach(() => {
  delete host[CHANNEL]
})

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

interface Bundle {
  [mime: string]: unknown
  [BOARD_MIME]: BoardPayload
}

it('is shown as a board, with the text of its table', async () => {
  host[CHANNEL] = { open: () => 'channel', close() {} }
  const one = await liq.market({ simulate: { seed: 4, bars: 600 } })
  const scan = await liq.scan([one], { timeframes: ['1h', '4h'] })
  const bundle = toMimeBundle(scan) as Bundle
  expect(Object.keys(bundle)).toEqual([BOARD_MIME, 'text/plain'])
  expect(BOARD_MIME).toBe(PAGE_MIME)
  const table = toMimeBundle(scan.table()) as Bundle
  expect(bundle['text/plain']).toBe(table['text/plain'])
  // The table of the board is that of the kernel, but for its name.
  const { view: _, ...own } = table['application/vnd.dataresource+json'] as { view: string }
  const { view, ...shown } = bundle[BOARD_MIME].table as { view: string }
  expect(JSON.parse(JSON.stringify(shown))).toEqual(JSON.parse(JSON.stringify(own)))
  expect(view).toBe(`${bundle[BOARD_MIME].view}:table`)
})

it('has its maps as a figure, which other readers of a portable notebook get beside the table', async () => {
  const one = await liq.market({ simulate: { seed: 4, bars: 600 } })
  const scan = await liq.scan([one, { file: 'missing.csv' }], { timeframes: ['4h', '1h'] })
  const { figure } = scan.figure()
  const maps = figure.data.filter(({ type }) => type === 'heatmap')
  const candles = figure.data.filter(({ type }) => type === 'candlestick')
  expect((figure.layout.annotations as { text: string }[]).map(({ text }) => text)).toEqual([
    'SYNTH/USDT:USDT 1h (synthetic)',
    'SYNTH/USDT:USDT 4h (synthetic)',
  ])
  // 600 bars of 1h are 150 of 4h; the last column is known at the last close, and as wide as a bar.
  expect(maps.map(({ z }) => (z as { shape: string }).shape)).toEqual([
    expect.stringMatching(/, 160$/),
    expect.stringMatching(/, 150$/),
  ])
  for (const [i, timeframe] of ['1h', '4h'].entries()) {
    const map = scan.maps.find(({ market }) => market.timeframe === timeframe)!
    const { length, time, barMs, close } = map.market
    const { x, y, z } = maps[i]!
    const [times, prices, usd] = [decode(x), decode(y), decode(z)]
    expect(times.slice(-2)).toEqual([time[length - 1]! + barMs, time[length - 1]! + 2 * barMs])
    expect(decode(candles[i]!.close).at(-1)).toBeCloseTo(close[length - 1]!, 2)
    // The same cells as of the map's own figure in these bars and prices.
    const own = map.figure({
      from: length - times.length + 1,
      columns: times.length - 1,
      rows: 72,
      low: prices[0]! * 1.000001,
      high: prices.at(-1)! / 1.000001,
    }).figure.data[0]!
    expect(decode(own.z)).toEqual(usd)
    expect(Math.max(...usd)).toBeGreaterThan(0)
  }
  expect(bundleOf(scan)).toMatchObject({ 'application/vnd.plotly.v1+json': figure })
  expect(bundleOf(scan.figure())['text/plain']).toBe('Estimated liquidations: SYNTH/USDT:USDT 1h, SYNTH/USDT:USDT 4h')
  const none = await liq.scan([{ file: 'missing.csv' }])
  expect(none.figure().figure).toMatchObject({ data: [], layout: { title: { subtitle: { text: 'No map' } } } })
  expect(Object.keys(bundleOf(none))).not.toContain('application/vnd.plotly.v1+json')
})

it('takes at most 10 kB for each map in a file', async () => {
  const markets = await Promise.all([1, 2, 3].map(seed => liq.market({ simulate: { seed, bars: 4000 } })))
  const scan = await liq.scan(markets, { timeframes: ['1h', '4h', '1d'] })
  const { maps, more } = bundleOf<Bundle>(scan)[BOARD_MIME]
  expect(maps).toHaveLength(9)
  expect(more).toBe(0)
  expect(Math.max(...maps.map(map => JSON.stringify(map).length))).toBeLessThan(10_000)
})

it('has at most 48 maps on its board; all are in the table', async () => {
  const one = await liq.market({ simulate: { seed: 4, bars: 200 } })
  const scan = await liq.scan(Array.from({ length: 50 }, () => one))
  const board = bundleOf<Bundle>(scan)[BOARD_MIME]
  expect(board.maps).toHaveLength(48)
  expect(board.more).toBe(2)
  // Packed as the kernel packs its tables.
  const own = (toMimeBundle(scan.table()) as Bundle)['application/vnd.dataresource+json']
  expect(board.table).toMatchObject({ totalRows: 50, packed: (own as { packed: object }).packed })
  expect((board.table as { data: unknown[] }).data).toHaveLength(10)
})

it('answers with the explorer of a map, and keeps only the last one connected', async () => {
  const handlers: ((message: unknown) => { symbol: string; timeframe: string; channel: string })[] = []
  const closed: string[] = []
  host[CHANNEL] = {
    open: (handler: (typeof handlers)[number]) => `channel ${handlers.push(handler)}`,
    close: (id: string) => closed.push(id),
  }
  const one = await liq.market({ simulate: { seed: 4, bars: 600 } })
  const board = bundleOf<Bundle>(await liq.scan([one], { timeframes: ['4h', '1h'], map: { halfLife: '3d' } }))[
    BOARD_MIME
  ]
  expect(board.channel).toBe('channel 1')
  const [answer] = handlers
  const [first, second] = [answer!({ map: 0 }), answer!({ map: 1 })]
  expect([first.timeframe, second.timeframe]).toEqual(board.maps.map(({ timeframe }) => timeframe))
  expect([first.channel, second.channel]).toEqual(['channel 2', 'channel 3'])
  expect(closed).toEqual(['channel 2'])
  // The same explorer as of the map itself.
  const own = bundleOf<Record<string, { halfLife: unknown }>>(liq.heatmap(one, { halfLife: '3d' }))[EXPLORER_MIME]
  expect({ ...first, channel: 0 }).toEqual({ ...own, channel: 0 })
  expect(() => answer!({ map: 2 })).toThrow('liq.scan: map: expected a whole number from 0 to 1, found 2')
})

it('keeps the timeframes of a market together, also where another has its symbol', async () => {
  const markets = await Promise.all([1, 2].map(seed => liq.market({ simulate: { seed, bars: 300 } })))
  const { maps } = bundleOf<Bundle>(await liq.scan(markets, { timeframes: ['4h', '1h'] }))[BOARD_MIME]
  expect(maps.map(({ timeframe }) => timeframe)).toEqual(['1h', '4h', '1h', '4h'])
  expect(maps[0]!.price).toBe(maps[1]!.price)
  expect(maps[0]!.price).not.toBe(maps[2]!.price)
})
