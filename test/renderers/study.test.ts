import { deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { downsampleCandles, priceRange } from '../../renderers/plot/candles.ts'
import { SvgContext } from '../../renderers/plot/draw-context.ts'
import { valueRange, visibleLine } from '../../renderers/plot/lines.ts'
import { createScales } from '../../renderers/plot/scales.ts'
import { panZoomSpan } from '../../renderers/plot/time-span.ts'
import { Unpacker } from '../../renderers/shared/unpacker.ts'
import { createColumns, tradesCsv } from '../../renderers/study/columns.ts'
import { drawSelected } from '../../renderers/study/draw-trades.ts'
import { filterTrades, sortedTrades } from '../../renderers/study/filter-trades.ts'
import { clampSpan, createLayout, focusedRange, tradeSpan } from '../../renderers/study/geometry.ts'
import { closeTime, fullSpan, openTime } from '../../renderers/study/model.ts'
import { readHeader } from '../../renderers/study/payload.ts'
import { tradeSentence } from '../../renderers/study/readout.ts'
import { computeStatistics, createHistogram, drawdown, equityCurve } from '../../renderers/study/results.ts'
import { initialState, isUnfiltered, NO_FILTERS, restoreState } from '../../renderers/study/state.ts'
import { createStudyStyles } from '../../renderers/study/styles.ts'
import { sfp } from '../../src/api/study.ts'
import { Packer } from '../../src/charts/pack.ts'
import { STUDY_MIME } from '../../src/charts/study-payload.ts'
import { STUDY_MIME as PAGE_MIME } from '../../src/notebook/mime.ts'
import type { Level, LevelSource } from '../../src/sfp/levels/level-source.ts'
import { marketOf } from '../market/fixtures.ts'
import { market, modelOf, payloadOf, study } from './study-model.ts'
import { lightTheme } from './theme.ts'

const payload = payloadOf()
const model = await modelOf(payload)
const { trades } = model
const columns = createColumns(model)
const rowText = (trade: number) =>
  columns
    .map(column => column.text(trade))
    .join(' ')
    .toLowerCase()
const everything = Int32Array.from(trades.r.keys())

describe('the packed study', () => {
  it('keeps integers and sums exactly', () => {
    const numbers = fc.array(fc.integer({ min: -(2 ** 51), max: 2 ** 51 }))
    fc.assert(
      fc.property(numbers, fc.integer({ min: 0, max: 4_000_000 }), (values, usual) => {
        const small = values.map(value => value % 1e12)
        const bytes = new Packer()
          .integers(values.length, i => values[i]!)
          .steps(small.length, i => small[i]!, usual)
          .bytes(2, i => 300 * i)
          .concat()
        const data = new Unpacker(new Uint8Array(bytes))
        expect([...data.integers(values.length)]).toEqual(values.map(value => value + 0))
        expect([...data.sums(small.length, usual)]).toEqual(small.map(value => value + 0))
        expect([...data.bytes(2)]).toEqual([0, 255])
        data.end()
      }),
      { numRuns: 60 },
    )
  })

  it('has every column of the backtest’s trades', () => {
    const own = study.trades
    const column = (value: (trade: (typeof own)[number]) => number) => own.map(value)
    const float = (value: (trade: (typeof own)[number]) => number) => own.map(trade => Math.fround(value(trade)))
    expect(trades.count).toBe(own.length)
    expect(own.length).toBeGreaterThan(30)
    expect([...trades.entryBar]).toEqual(column(trade => trade.entryBar))
    expect([...trades.exitBar]).toEqual(column(trade => trade.exitBar))
    expect([...trades.signalBar]).toEqual(column(trade => trade.signal.bar))
    expect([...trades.sweepBar]).toEqual(column(trade => trade.signal.sweepBar))
    expect([...trades.since]).toEqual(column(trade => trade.signal.level.since))
    expect(trades.since[0]).toBe(-1)
    for (const name of ['r', 'net', 'mae', 'mfe'] as const)
      expect([...trades[name]], name).toEqual(float(trade => trade[name]))
    // To a hundredth of a basis point.
    const expectPrices = (found: Float32Array, prices: number[]) => {
      expect(found.length).toBe(prices.length)
      for (const [i, price] of prices.entries())
        if (Number.isNaN(price)) expect(found[i]).toBeNaN()
        else expect(Math.abs(Math.log(found[i]! / price))).toBeLessThan(6e-7)
    }
    for (const name of ['entry', 'exit', 'stop', 'target'] as const)
      expectPrices(
        trades[name],
        column(trade => trade[name]),
      )
    expectPrices(
      trades.inner,
      column(trade => trade.signal.level.inner),
    )
    expectPrices(
      trades.outer,
      column(trade => trade.signal.level.outer),
    )
    expectPrices(
      trades.extreme,
      column(trade => trade.signal.extreme),
    )
    expectPrices(
      trades.fillPrice,
      own.flatMap(trade => trade.exits.map(({ price }) => price)),
    )
    expect([...trades.depth]).toEqual(float(trade => trade.signal.depth))
    expect([...trades.short]).toEqual(column(trade => Number(trade.side === 'short')))
    expect([...trades.convergence]).toEqual(column(trade => trade.signal.level.convergence))
    expect([...trades.reason].map(index => payload.reasons[index])).toEqual(own.map(trade => trade.reason))
    const exits = own.map((_, i) => Array.from(trades.fillBar.subarray(trades.fillStart[i]!, trades.fillStart[i + 1]!)))
    expect(exits).toEqual(own.map(trade => trade.exits.map(({ bar }) => bar)))
    expect(Math.max(...exits.map(each => each.length))).toBe(2)
  })

  it('has exact times, prices within half a step, equity within half a unit', () => {
    expect([...model.time]).toEqual([...market.time])
    expect([...model.candles.time]).toEqual([...market.time])
    expect(model.candles.end.at(-1)).toBe(market.time.at(-1)! + market.barMs)
    for (const name of ['open', 'high', 'low', 'close'] as const)
      for (let t = 0; t < market.length; t++)
        expect(Math.abs(Math.log(model.candles[name][t]! / market[name][t]!))).toBeLessThan(0.51 * payload.priceStep)
    for (let t = 0; t < market.length; t++)
      expect(Math.abs(model.equity[t]! - study.equity[t]!)).toBeLessThan(0.51 * payload.equityStep)
  })

  it('is shown with a figure and text; the same study has the same view', () => {
    const shown = sfp(market, { levels: 'pivots' }).backtest()
    const bundle = () => shown[Symbol.for('Jupyter.display') as never] as () => Record<string, { id: string }>
    const made = bundle().call(shown)
    expect(Object.keys(made)).toEqual([STUDY_MIME, 'application/vnd.plotly.v1+json', 'text/plain'])
    expect(STUDY_MIME).toBe(PAGE_MIME)
    expect(made[STUDY_MIME]).toMatchObject({ trades: shown.trades.length, bars: market.length, version: 2 })
    expect(made[STUDY_MIME]!.id).toBe(bundle().call(shown)[STUDY_MIME]!.id)
  })
})

it('reads a study whose first sweep has no depth in ATR, after a market without moves', async () => {
  const still = [100, 100, 100, 100]
  const flat = marketOf([still, still, [100, 107, 99, 101], ...Array.from({ length: 9 }, () => [101, 102, 98, 100])])
  const level: Level = { kind: 'high', inner: 105, outer: 105, strength: 1, convergence: 0, since: 0 }
  const levels: LevelSource = {
    name: 'own',
    forEachBar(visit) {
      for (let t = 0; t < flat.length; t++) visit(t, [level])
    },
  }
  const shown = sfp(flat, { levels, minMove: 0 }).backtest()
  expect(shown.trades.length).toBe(1)
  const display = shown[Symbol.for('Jupyter.display') as never] as () => Record<string, unknown>
  const read = await modelOf(JSON.parse(JSON.stringify(display.call(shown)[STUDY_MIME])))
  expect([...read.trades.depth]).toEqual([Number.NaN])
  expect(
    createColumns(read)
      .find(({ key }) => key === 'depth')!
      .text(0),
  ).toBe('')
})

describe('an invalid payload', () => {
  const problemOf = (change: object) =>
    modelOf({ ...payload, ...change }).then(
      () => 'accepted',
      error => String(error.message),
    )
  const repacked = (change: (bytes: Buffer) => Buffer) => {
    const bytes = change(inflateRawSync(Buffer.from(payload.data, 'base64')))
    return { bytes: bytes.length, data: deflateRawSync(bytes).toString('base64') }
  }

  it.each([
    [{ version: 3 }, 'version: expected 2 (update Liqnb or run the cell again), found 3'],
    [{ bars: -1 }, 'bars: expected a whole number from 1 to 5000000, found -1'],
    [{ bars: 1e12 }, 'bars: expected a whole number from 1 to 5000000, found 1000000000000'],
    [{ candles: 0 }, 'candles: expected a whole number from 1 to'],
    [{ candles: payload.bars + 1 }, 'candles: expected a whole number from 1 to'],
    [{ equityStep: 2 * payload.start }, 'equityStep: expected a number from'],
    [{ trades: '9' }, 'trades: expected a whole number from 0 to 200000, found "9"'],
    [{ trades: Number.NaN }, 'trades: expected a whole number from 0 to 200000, found NaN'],
    [{ bytes: 1e9 }, 'bytes: expected a whole number from 0 to'],
    [{ priceStep: 0 }, 'priceStep: expected a number from 1e-9 to 0.1, found 0'],
    [{ start: Number.POSITIVE_INFINITY }, 'start: expected a number from 1e-9 to 1000000000000000000, found Infinity'],
    [{ reasons: 'stop' }, 'reasons: expected an array of at most 64 items, found "stop"'],
    [{ reasons: [] }, 'reasons: entry 0'],
    [{ title: 7 }, 'title: expected text, found 7'],
    [{ assumptions: [{}] }, 'assumptions[0]: expected text, found an object'],
    [{ data: null }, 'data: expected base64 text, found null'],
    [{ data: '%%%' }, '"data" is not base64'],
    [{ data: payload.data.slice(0, -400) }, '"data"'],
    [{ bytes: payload.bytes - 1 }, '"data" holds more than'],
    [{ trades: payload.trades + 1 }, ''],
    [{ fills: payload.fills - 1 }, ''],
  ])('is refused: %j', async (change, message) => {
    const problem = await problemOf(change)
    expect(problem).not.toBe('accepted')
    expect(problem).toContain(message)
  })

  it('is refused with a cut column, extra bytes, or no object at all', async () => {
    expect(await problemOf(repacked(bytes => bytes.subarray(0, 2000)))).toContain('"data" ends within a column')
    expect(await problemOf(repacked(bytes => Buffer.concat([bytes, Buffer.alloc(3)])))).toContain('3 bytes too many')
    expect(() => readHeader([])).toThrow('expected an object, found an array of 0 items')
  })

  it('never leads to a bar that does not exist, whatever byte is changed', async () => {
    const raw = inflateRawSync(Buffer.from(payload.data, 'base64'))
    await fc.assert(
      fc.asyncProperty(fc.nat(raw.length - 1), fc.integer({ min: 0, max: 255 }), async (at, byte) => {
        const change = repacked(bytes => Buffer.from(bytes).fill(byte, at, at + 1))
        const made = await modelOf({ ...payload, ...change }).catch(error => {
          expect(error.name).toBe('PayloadError')
          return null
        })
        if (!made) return
        for (const name of ['entryBar', 'exitBar', 'signalBar', 'sweepBar', 'fillBar'] as const)
          for (const bar of made.trades[name]) expect(made.time[bar], name).toBeDefined()
        for (const reason of made.trades.reason) expect(payload.reasons[reason]).toBeDefined()
      }),
      { numRuns: 25 },
    )
  })
})

describe('the trade list', () => {
  it('has the trades that pass every filter', () => {
    const filters = fc.record({
      side: fc.constantFrom('both' as const, 'long' as const, 'short' as const),
      reason: fc.option(fc.constantFrom(...new Set(trades.reason))),
      rFrom: fc.option(fc.double({ min: -2, max: 2, noNaN: true })),
      rTo: fc.option(fc.double({ min: -2, max: 3, noNaN: true })),
      convergence: fc.nat(4),
      text: fc.constantFrom('', 'long', 'LONG stop', '2024-01', 'nothing says that'),
    })
    fc.assert(
      fc.property(filters, given => {
        const filtered = new Set(filterTrades(trades, rowText, given))
        for (const [i, trade] of study.trades.entries()) {
          const words = given.text.toLowerCase().split(' ')
          const passes =
            (given.side === 'both' || given.side === trade.side) &&
            (given.reason === null || payload.reasons[given.reason] === trade.reason) &&
            (given.rFrom === null || Math.fround(trade.r) >= given.rFrom) &&
            (given.rTo === null || Math.fround(trade.r) <= given.rTo) &&
            trade.signal.level.convergence >= given.convergence &&
            words.every(word => rowText(i).includes(word))
          expect(filtered.has(i)).toBe(passes)
        }
      }),
    )
  })

  it('sorts by a column in both directions; missing values come last', () => {
    const byR = sortedTrades(everything, columns, { column: 'r', descending: false })
    for (let k = 1; k < byR.length; k++) expect(trades.r[byR[k]!]!).toBeGreaterThanOrEqual(trades.r[byR[k - 1]!]!)
    const bySide = sortedTrades(everything, columns, { column: 'side', descending: true })
    expect(trades.short[bySide[0]!]).toBe(1)
    expect(bySide[0]!).toBeLessThan(bySide[1]!)
    const gaps = columns.map(column =>
      column.key === 'r' ? { ...column, value: (i: number) => (i % 2 === 0 ? Number.NaN : i) } : column,
    )
    for (const descending of [false, true]) {
      const order = [...sortedTrades(everything, gaps, { column: 'r', descending })]
      expect(order.slice(-Math.ceil(trades.count / 2)).every(i => i % 2 === 0)).toBe(true)
    }
    expect(sortedTrades(everything, columns, { column: 'none', descending: false })).toBe(everything)
  })
})

describe('results', () => {
  it('have an equity curve that ends at start plus all net results, and equals the backtest’s while no trade is open', () => {
    const { value } = equityCurve(model, everything)
    const net = study.trades.reduce((sum, trade) => sum + trade.net, 0)
    expect(value.at(-1)).toBeCloseTo(payload.start + net, 2)
    expect(value.at(-1)).toBeCloseTo(study.equity.at(-1)!, 1)
    expect([...drawdown(Float64Array.of(110, 99, 120), 100)].map(fall => +fall.toFixed(6))).toEqual([0, -10, 0])
    expect(drawdown(Float64Array.of(90), 100)[0]).toBeCloseTo(-10)
  })

  it('have the statistics counted by hand', () => {
    const longs = filterTrades(trades, rowText, { ...NO_FILTERS, side: 'long' })
    const own = study.trades.filter(trade => trade.side === 'long')
    const figures = computeStatistics(model, longs)
    const sum = (value: (trade: (typeof own)[number]) => number) =>
      own.reduce((total, trade) => total + value(trade), 0)
    expect(figures.trades).toBe(own.length)
    expect(figures.winRate).toBeCloseTo(own.filter(trade => trade.net > 0).length / own.length, 12)
    expect(figures.meanR).toBeCloseTo(sum(trade => trade.r) / own.length, 5)
    expect(figures.net).toBeCloseTo(
      sum(trade => trade.net),
      1,
    )
    expect(figures.profitFactor).toBeCloseTo(
      sum(trade => Math.max(0, trade.net)) / -sum(trade => Math.min(0, trade.net)),
      4,
    )
    expect(figures.meanBars).toBeCloseTo(sum(trade => trade.exitBar - trade.entryBar + 1) / own.length, 9)
    expect(figures.maxDrawdown).toBeLessThan(0)
    expect(computeStatistics(model, new Int32Array(0))).toMatchObject({
      trades: 0,
      winRate: Number.NaN,
      maxDrawdown: 0,
    })
  })

  it('are each counted once in the histogram, on the right side of 0', () => {
    const losers = filterTrades(trades, rowText, { ...NO_FILTERS, rTo: -0.000001 })
    const { from, width, all, filtered } = createHistogram(trades, losers)
    const total = (bins: Int32Array) => bins.reduce((sum, count) => sum + count, 0)
    expect(total(all)).toBe(trades.count)
    expect(total(filtered)).toBe(losers.length)
    for (let bin = 0; bin < all.length; bin++)
      if (from + bin * width >= -1e-9) expect(filtered[bin]).toBe(0)
      else expect(filtered[bin]).toBe(all[bin])
    expect(createHistogram({ ...trades, r: new Float32Array(0) }, new Int32Array(0)).all.length).toBe(1)
  })

  it('are saved as CSV: one line per listed trade, no formulas', () => {
    const lines = tradesCsv(model, [2, 0]).trimEnd().split('\n')
    expect(lines.length).toBe(3)
    expect(lines[1]).toMatch(/^3,2024-01-0\dT\d\d:00:00\.000Z,/)
    expect(lines[1]!.split(',').length).toBe(lines[0]!.split(',').length)
    const hostile = { ...model, header: { ...model.header, reasons: model.header.reasons.map(() => '=1+1,"') } }
    expect(tradesCsv(hostile, [0])).toContain('"\'=1+1,"""')
  })
})

describe('the chart', () => {
  it('keeps the lowest and highest value of a line at any width', () => {
    const [from, to] = fullSpan(model)
    const line = { time: model.candles.end, value: model.equity }
    for (const pixels of [1, 7, 100, 5000]) {
      const { time, value } = visibleLine(line, from, to, pixels)
      expect(Math.min(...value)).toBe(Math.min(...model.equity))
      expect(Math.max(...value)).toBe(Math.max(...model.equity))
      expect(time.length).toBeLessThanOrEqual(Math.max(4 * pixels + 8, 4))
      for (let i = 1; i < time.length; i++) expect(time[i]!).toBeGreaterThanOrEqual(time[i - 1]!)
    }
    expect(valueRange([{ time: line.time, value: Float64Array.of(3, 5) }], 1)[0]).toBeLessThan(1)
  })

  it('combines candles: first open, highest high, lowest low, last close', () => {
    const { candles } = model
    const [from, to] = fullSpan(model)
    for (const pixels of [1, 40, 333]) {
      const few = downsampleCandles(candles, from, to, pixels)
      expect(few.time.length).toBeLessThanOrEqual(pixels + 1)
      expect(Math.max(...few.high)).toBe(Math.max(...candles.high))
      expect(Math.min(...few.low)).toBe(Math.min(...candles.low))
      expect(few.open[0]).toBe(candles.open[0])
      expect(few.close.at(-1)).toBe(candles.close.at(-1))
      expect(few.end.at(-1)).toBe(candles.end.at(-1))
    }
    expect(downsampleCandles(candles, from, to, 5000).time.length).toBe(candles.time.length)
  })

  it('clamps the span to the study and zooms about a point', () => {
    const [first, last] = fullSpan(model)
    const share = fc.double({ min: -3, max: 3, noNaN: true })
    fc.assert(
      fc.property(share, share, (a, b) => {
        const [from, to] = clampSpan(model, [first + a * (last - first), first + (a + Math.abs(b)) * (last - first)])
        expect(from).toBeGreaterThanOrEqual(first)
        expect(to).toBeLessThanOrEqual(last + 1)
        expect(to - from).toBeGreaterThan(11 * market.barMs)
      }),
    )
    const [from, to] = panZoomSpan([0, 100], { zoom: 0.5, at: 0.2 })
    expect([from + 0.2 * (to - from), to - from]).toEqual([20, 50])
    const [low, high] = priceRange(model.candles, [first, last], [1e5])
    expect(low).toBeLessThan(Math.min(...model.candles.low))
    expect(high).toBeGreaterThan(1e5)
  })

  it('shows a selected trade with its level, not squeezed by a later crash', () => {
    for (let i = 0; i < trades.count; i++) {
      const [from, to] = tradeSpan(model, i)
      expect(from).toBeLessThan(openTime(model, Math.max(0, trades.since[i]!)))
      expect(to).toBeGreaterThan(closeTime(model, trades.exitBar[i]!))
    }
    const prices = (values: number[]) => Float32Array.from(values)
    const hours = (from: number) => Float64Array.from({ length: 4 }, (_, k) => (from + k) * 3_600_000)
    const flat = prices([100, 100, 100, 20])
    const candles = {
      time: hours(0),
      end: hours(1),
      open: flat,
      high: flat.map(price => price * 1.01),
      low: flat,
      close: flat,
    }
    const span = [0, 4 * 3_600_000] as const
    expect(priceRange(candles, span, [99])[0]).toBeLessThan(20)
    const [low, high] = focusedRange(candles, span, [0, 2 * 3_600_000], [99])
    expect(low).toBeGreaterThan(96)
    expect(low).toBeLessThan(99)
    expect(high).toBeGreaterThan(101)
  })

  it('stacks its panels without overlap at any size', () => {
    for (const [width, height] of [
      [400, 460],
      [1600, 560],
      [10, 10],
    ] as const) {
      const { price, equity, drawdown } = createLayout(width, height)
      expect(price.top + price.height).toBeLessThan(equity.top)
      expect(equity.top + equity.height).toBeLessThan(drawdown.top)
      for (const box of [price, equity, drawdown]) expect(Math.min(box.width, box.height)).toBeGreaterThan(0)
      if (height > 100) expect(drawdown.top + drawdown.height).toBeLessThan(height)
    }
  })

  it('labels a trade once at the line where it ended, and no label covers a candle of the trade or another label', () => {
    const styles = createStudyStyles(lightTheme)
    const { trades, header, candles } = model
    const ends = new Set<string>()
    for (let i = 0; i < trades.count; i++) {
      const ctx = new SvgContext(text => 7 * text.length)
      const span = tradeSpan(model, i)
      const { price: box } = createLayout(1000, 560)
      const focus = [openTime(model, trades.entryBar[i]!), closeTime(model, trades.exitBar[i]!)] as const
      const prices = [trades.stop[i]!, trades.target[i]!, trades.extreme[i]!]
      const [low, high] = focusedRange(candles, span, focus, prices)
      const scales = createScales(box, { timeFrom: span[0], timeTo: span[1], low, high }, false)
      drawSelected(ctx, box, scales, model, i, styles)
      const svg = ctx.toSvg(1000, 560)
      const texts = [...svg.matchAll(/<text[^>]*>([^<]+)</g)].map(([, text]) => text!)
      const boxes = [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="14"/g)]
        .map(([, ...numbers]) => numbers.map(Number))
        .map(([left = 0, top = 0, width = 0], k) => ({ left, top, width, text: texts[k]! }))
      expect(boxes.length).toBe(texts.length)
      const reason = header.reasons[trades.reason[i]!]!
      ends.add(reason)
      // The mean of several exits may lie between the lines.
      const line = { target: trades.target[i]!, stop: trades.stop[i]! }[reason] ?? Number.NaN
      const isApart = Math.abs(scales.y(trades.exit[i]!) - scales.y(line)) >= 14
      const said = texts.filter(text => text.startsWith(reason))
      expect(said.filter(text => / −?\d+\.\d\d R$/.test(text)).length).toBe(1)
      expect(said.length).toBe(isApart ? 2 : 1)
      const after = boxes.filter(({ text }) => !['level', 'sweep'].includes(text))
      for (const [k, a] of after.entries())
        for (const b of after.slice(k + 1))
          expect(a.left + a.width <= b.left || b.left + b.width <= a.left || Math.abs(a.top - b.top) >= 14).toBe(true)
      for (const { left, top, width, text } of after)
        for (let k = 0; k < candles.time.length; k++) {
          const [x, end] = [scales.x(candles.time[k]!), scales.x(candles.end[k]!)]
          // Of the trade, but for the bar of the exit.
          if (candles.time[k]! < focus[0] || candles.end[k]! >= focus[1] || x > left + width || end < left) continue
          const covers = scales.y(candles.high[k]!) < top + 14 && scales.y(candles.low[k]!) > top
          expect(covers, `${text} of trade ${i + 1}`).toBe(false)
        }
    }
    expect(ends).toContain('target')
    expect(ends).toContain('stop')
  })

  it('places bars after a gap at their own times, and bars after the end by their length', () => {
    expect(openTime(model, 700)).toBe(market.time[700])
    expect(closeTime(model, 699)).toBe(market.time[699]! + market.barMs)
    expect(openTime(model, market.length)).toBe(market.time.at(-1)! + market.barMs)
    expect(openTime(model, -1)).toBe(market.time[0])
  })

  it('describes a trade in a sentence', () => {
    expect(tradeSentence(model, 1)).toMatch(
      /^Trade 2: short at [\d,.]+ on 2024-01-\d\d \d\d:00 UTC, swept the high [\d,.]+ to [\d,.]+; stop [\d,.]+, target [\d,.]+; out by [a-z ]+ at [\d,.]+ after \d+ bars?: −?[\d.]+ R, −?[\d,.]+ USD$/,
    )
  })
})

describe('the saved state', () => {
  const keys = columns.map(({ key }) => key)

  it('is restored as far as it fits', () => {
    const saved = {
      filters: { ...NO_FILTERS, side: 'short', rFrom: -1, text: 'stop' },
      sorting: { column: 'net', descending: true },
      selected: 3,
      range: [1, 2],
      candles: 'blueOrange',
    }
    expect(restoreState(model, keys, JSON.parse(JSON.stringify(saved)))).toEqual(saved)
    expect(isUnfiltered(restoreState(model, keys, saved).filters)).toBe(false)
  })

  it('keeps the valid parts of a partly invalid state', () => {
    const saved = { filters: { side: 'long', reason: 1e9, text: 7 }, sorting: { column: 'net' }, range: [2, 1] }
    expect(restoreState(model, keys, saved)).toEqual({
      ...initialState(),
      filters: { ...NO_FILTERS, side: 'long' },
      sorting: { column: 'net', descending: false },
    })
  })

  it('ignores an invalid state', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (a, b, c) => {
        const state = restoreState(model, keys, { filters: a, sorting: b, selected: c, range: [b, c] })
        expect(filterTrades(trades, rowText, state.filters).length).toBeLessThanOrEqual(trades.count)
        if (state.selected !== null) expect(trades.entryBar[state.selected]).toBeDefined()
      }),
    )
    for (const saved of [undefined, null, 7, [], { selected: 1e9, sorting: { column: '__proto__' }, range: [5, 1] }])
      expect(restoreState(model, keys, saved)).toEqual(initialState())
  })
})
