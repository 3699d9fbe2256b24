import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { OptionError } from '../../src/common/errors.ts'
import { findFiles } from '../../src/data/import/find-files.ts'
import { resolveEvidence } from '../../src/evidence/evidence-options.ts'
import { liq } from '../../src/liqnb.ts'
import { resolveBacktest } from '../../src/sfp/backtest-options.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { scratch } from '../data/import/helpers.ts'
import { marketOf } from '../market/fixtures.ts'

const { dir } = scratch()
const market = simulateMarket({ seed: 5, bars: 600, volatility: 1.5 })
const map = liq.heatmap(market)

describe('an undefined option counts as left out', () => {
  it('in a backtest, which keeps the options of its signals', async () => {
    const signals = liq.sfp(market, { levels: 'pivots', leftBars: 4, minMove: 0, target: { r: 5 }, stopBuffer: 0.01 })
    const { options, trades } = signals.backtest({ target: undefined, stopBuffer: undefined } as never)
    expect(trades.length).toBeGreaterThan(0)
    expect(options).toMatchObject({ targets: [{ r: 5 }], stopBuffer: 0.01 })
    const base = { levels: 'pivots', leftBars: 4, target: { r: 5 }, grid: { minMove: [0] } } as const
    const [plain, withUndefined] = await Promise.all([
      liq.sweep(market, base),
      liq.sweep(market, { ...base, backtest: { target: undefined } as never }),
    ])
    expect(withUndefined.table().objects()).toEqual(plain.table().objects())
    const trailingStop = { atr: 2, after: undefined } as never
    expect(resolveBacktest({ trailingStop }).trailingStop).toMatchObject({ atr: 2, after: 0 })
  })

  it('in clusters, evidence and a calibration', async () => {
    const rule = { gap: undefined, brightness: 4 } as never
    expect(map.clusters(rule).objects()).toEqual(map.clusters({ brightness: 4 }).objects())
    const options = { alpha: undefined, seed: undefined, clusters: { brightest: undefined }, matters: { r: undefined } }
    expect(resolveEvidence(options as never)).toEqual(resolveEvidence({}))
    const flat = marketOf(Array.from({ length: 50 }, () => [100, 101, 99, 100]))
    await expect(liq.calibrate(flat, { train: undefined, tiers: undefined } as never)).rejects.toThrow(/liquidations/i)
  })

  it('for one of several files', async () => {
    const file = join(dir, 'oi.csv')
    writeFileSync(file, 'time,openInterest\n')
    expect(await findFiles([{ file, shift: undefined } as never], { shift: '1h' }, 'liq.market')).toEqual([
      { file, shift: '1h' },
    ])
  })

  it('for the source of trades', async () => {
    const trades = [
      { time: Float64Array.of(1), price: Float64Array.of(100), amount: Float64Array.of(2), buy: Uint8Array.of(1) },
    ]
    const flow = await liq.tradeFlow({ trades, file: undefined, exchange: undefined, timeframe: '1h' } as never)
    expect(flow.volume[0]).toBe(2)
    const file = join(dir, 'trades.csv')
    writeFileSync(file, 'time,price,amount,side\n2024-01-01T00:00:00Z,100,3,buy\n')
    const fromFile = await liq.tradeFlow({ file, trades: undefined, timeframe: '1h' } as never)
    expect(fromFile.volume[0]).toBe(3)
  })
})

describe('a misspelt option is refused by', () => {
  /** An option that no function has. */
  const wrong = { unknownOption: 1 } as never
  const contract = { exchange: 'binanceusdm', symbol: 'BTC/USDT:USDT', timeframe: '1h' }
  const exchange = { ...contract, since: '2024-01-01' }
  const levels = () => liq.levels.pivots(market, 4)
  const grid = { minMove: [1] }
  const inverse = { contractSize: 1 }

  const calls: [caller: string, call: () => unknown][] = [
    ['liq.market', () => liq.market({ file: 'x.csv', ...(wrong as object) } as never)],
    ['liq.market', () => liq.market({ ...exchange, ...(wrong as object) } as never)],
    ['liq.market', () => liq.market({ sample: true, ...(wrong as object) } as never)],
    ['liq.market', () => liq.market({ simulate: {}, ...(wrong as object) } as never)],
    ['simulate', () => liq.market({ simulate: wrong })],
    ['liq.live', () => liq.live({ ...contract, ...(wrong as object) } as never).next()],
    ['liq.tradeFlow', () => liq.tradeFlow({ file: 'x.csv', timeframe: '1h', ...(wrong as object) } as never)],
    ['liq.tradeFlow', () => liq.tradeFlow({ ...exchange, ...(wrong as object) } as never)],
    ['liq.createMarket', () => liq.createMarket(market, { symbol: 'X', source: 'test', ...(wrong as object) })],
    ['liq.positions', () => liq.positions({ file: 'x.json', ...(wrong as object) } as never)],
    ['liq.positions', () => liq.positions({ market, ...(wrong as object) } as never)],
    ['liq.positions', () => liq.positions({ exchange: 'hyperliquid', addresses: [], ...(wrong as object) } as never)],
    [
      'liq.positions',
      () => liq.positions({ exchange: 'hyperliquid', since: '2024-01-01', ...(wrong as object) } as never),
    ],
    ['liq.recordPositions', () => liq.recordPositions({ exchange: 'hyperliquid', ...(wrong as object) } as never)],
    ['liq.observedMap', async () => liq.observedMap(await liq.positions({ market }), market, wrong)],
    [
      'liq.compare',
      async () => {
        const observed = liq.observedMap(await liq.positions({ market }), market)
        return liq.compare(observed, observed, wrong)
      },
    ],
    ['liq.store.list', () => liq.store.list(wrong)],
    ['liq.store.verify', () => liq.store.verify(wrong)],
    ['liq.store.remove', () => liq.store.remove(wrong)],
    ['liq.heatmap', () => liq.heatmap(market, wrong)],
    ['liq.timeframes', () => liq.timeframes(market, ['4h'], wrong)],
    ['liq.timeframeClusters', () => liq.timeframeClusters([map], wrong)],
    ['liq.heatGrid', () => liq.heatGrid(map, wrong)],
    ['liq.tierGrids', () => liq.tierGrids(map, wrong)],
    ['liq.score', () => liq.score(map, market, wrong)],
    ['liq.truth', () => liq.truth(map, market, wrong)],
    ['liq.calibrate', () => liq.calibrate(market, wrong)],
    ['map.clusters', () => map.clusters(wrong)],
    ['map.history', () => map.history(wrong)],
    ['map.curve', () => map.curve(wrong)],
    ['map.coinglass', () => map.coinglass(wrong)],
    ['map.explore', () => map.explore(wrong)],
    ['map.figure', () => map.figure(wrong)],
    ['liq.sfp', () => liq.sfp(market, { levels: 'pivots', ...(wrong as object) })],
    ['liq.sfp', () => liq.sfp(market, { levels: { placebo: 'random', of: 'pivots', ...(wrong as object) } })],
    ['liq.backtest', () => liq.sfp(market, { levels: 'pivots' }).backtest(wrong)],
    ['liq.backtest', () => liq.backtest(market, [], wrong)],
    ['liq.levels.clusters', () => liq.levels.clusters(market, map, wrong)],
    ['liq.levels.round', () => liq.levels.round(market, wrong)],
    ['liq.sweep', () => liq.sweep(market, { levels: 'pivots', grid, ...(wrong as object) })],
    ['liq.walkForward', () => liq.walkForward(market, { levels: 'pivots', grid, ...(wrong as object) })],
    ['sweep.figure', async () => (await liq.sweep(market, { levels: 'pivots', grid })).figure(wrong)],
    ['sweep.realityCheck', async () => (await liq.sweep(market, { levels: 'pivots', grid })).realityCheck(wrong)],
    ['liq.evidence', () => liq.evidence(market, wrong)],
    ['liq.audit', () => liq.audit(market, levels, wrong)],
    ['liq.margin.binanceCoin', () => liq.margin.binanceCoin([], { ...inverse, ...(wrong as object) })],
    ['liq.margin.bybit', () => liq.margin.bybit([], wrong)],
    ['liq.margin.bybitInverse', () => liq.margin.bybitInverse([], wrong)],
    ['liq.margin.gate', () => liq.margin.gate([], wrong)],
    ['liq.margin.bitget', () => liq.margin.bitget([], wrong)],
    ['liq.margin.okx', () => liq.margin.okx([], wrong)],
    ['liq.margin.okxInverse', () => liq.margin.okxInverse([], { ...inverse, ...(wrong as object) })],
    ['liq.brackets.fromTiers', () => liq.brackets.fromTiers([], wrong)],
    ['liq.controls', () => liq.controls({ x: { type: 'range', value: 1, min: 0, max: 2, ...(wrong as object) } })],
  ]
  for (const [index, [caller, call]] of calls.entries())
    it(`${caller} (${index})`, async () => {
      const error = await (async () => call())().then(
        () => undefined,
        (reason: unknown) => reason,
      )
      expect(error).toBeInstanceOf(OptionError)
      expect(String(error)).toContain('unknownOption is not one of its options')
      expect(String(error)).toContain(`: ${caller}`)
    })

  const nested: [expected: string, call: () => unknown][] = [
    ['simulate: population.unknownOption', () => liq.market({ simulate: { population: wrong } })],
    ['liq.heatmap: flow.unknownOption', () => liq.heatmap(market, { flow: wrong })],
    ['liq.evidence: matters.unknownOption', () => liq.evidence(market, { matters: wrong })],
    ['liq.evidence: clusters.unknownOption', () => liq.evidence(market, { clusters: wrong })],
    ['liq.evidence: map.unknownOption', () => liq.evidence(market, { map: wrong })],
    ['liq.evidence: detect.unknownOption', () => liq.evidence(market, { detect: wrong })],
    ['liq.evidence: trade.unknownOption', () => liq.evidence(market, { trade: wrong })],
  ]
  for (const [expected, call] of nested)
    it(expected, async () => {
      await expect((async () => call())()).rejects.toThrow(expected)
    })
})

it('a view of a heatmap refuses an unknown side', () => {
  expect(() => map.figure({ side: 'longs' as never })).toThrow('side: "longs", but expected both, long or short')
})

describe('a value of another type is refused, in one line, by', () => {
  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  const sweep = liq.sweep(market, { levels: 'pivots', workers: 1, grid: { minMove: [0.5, 1] } })
  const source = liq.levels.pivots(market)
  const wrong = (value: unknown) => value as never
  const calls: [expected: string, call: () => unknown][] = [
    [
      'liq.sfp: levels[0]: [object Array], but expected levels that do not',
      () => liq.sfp(market, wrong({ levels: cyclic })),
    ],
    ['liq.backtest: null, but expected options', () => liq.sfp(market, { levels: 'pivots' }).backtest(wrong(null))],
    ['liq.backtest: signals: null', () => liq.backtest(market, wrong(null))],
    ['liq.backtest: signals: [null]', () => liq.backtest(market, wrong([null]))],
    ['liq.backtest expects a market', () => liq.backtest(wrong({}), [])],
    [
      'liq.sweep: grid: undefined, but expected at least one option',
      () => liq.sweep(market, wrong({ levels: 'pivots' })),
    ],
    [
      'liq.sweep: backtest: null',
      () => liq.sweep(market, wrong({ levels: 'pivots', grid: { minMove: [1] }, backtest: null })),
    ],
    ['liq.market: "btc.csv", but expected an object with one of file', () => liq.market(wrong('btc.csv'))],
    ['liq.market: shift: 1e+308', () => liq.market({ file: 'x', shift: 1e308 })],
    ['liq.market: where: [object Map]', () => liq.market({ file: 'x', where: wrong(new Map([['a', 'b']])) })],
    ['liq.market: since: 1e+300', () => liq.market({ exchange: 'okx', symbol: 'A', timeframe: '1h', since: 1e300 })],
    [
      'liq.market: timeframe: 0.5, but expected a minute or more',
      () => liq.market(wrong({ sample: true, timeframe: 0.5 })),
    ],
    [
      'simulate: timeframe: 1e+308, but expected at most 366d',
      () => liq.market({ simulate: wrong({ timeframe: 1e308 }) }),
    ],
    [
      'simulate: bars: 1000000000000000, but expected a whole number from 1',
      () => liq.market({ simulate: { bars: 1e15 } }),
    ],
    ['liq.evidence: resamples: 1000000000000000', () => liq.evidence(market, map, { resamples: 1e15 })],
    ['sweep.realityCheck: resamples: 1000000000000000', async () => (await sweep).realityCheck({ resamples: 1e15 })],
    ['sweep.deflatedSharpe: variant: [0]', async () => (await sweep).deflatedSharpe(wrong([0]))],
    ['liq.resample: timeframe: [null] is not a duration', () => liq.resample(market, wrong([Symbol('a')]))],
    ['liq.statistics expects a backtest', () => liq.statistics(market, wrong({}))],
    ['liq.statistics expects a market', () => liq.statistics(wrong(null), wrong({}))],
    ['liq.studyFigure expects a backtest', () => liq.studyFigure(market, wrong(null))],
    ['liq.atr expects a market', () => liq.atr(wrong({}))],
    ['liq.asOf expects a market', () => liq.asOf(market, wrong(null))],
    ['liq.asOf: series: undefined values', () => liq.asOf(market, market, wrong(null))],
    ['liq.heatGrid expects a heatmap', () => liq.heatGrid(wrong(market))],
    ['liq.levels.pivots expects a market', () => liq.levels.pivots(wrong(null))],
    ['liq.levels.clusters expects a heatmap', () => liq.levels.clusters(market, wrong(market))],
    ['liq.levels.mirrored: source: undefined', () => liq.levels.mirrored(market, wrong(undefined))],
    ['liq.levels.combined: sources: 3', () => liq.levels.combined(market, wrong(3))],
    ['liq.levels.random: seed: {}', () => liq.levels.random(market, source, wrong({ toString: () => '1' }))],
    ['liq.brackets.binance: symbol: 5', () => liq.brackets.binance(wrong(5))],
    ['liq.brackets.fromTiers: tiers: "tiers"', () => liq.brackets.fromTiers(wrong('tiers'))],
    ['liq.brackets.table: brackets[0]: 1, but', () => liq.brackets.table(wrong([1]))],
    ['liq.brackets.fromTiers: tiers[0]: null, but', () => liq.brackets.fromTiers(wrong([null]))],
    ['liq.margin.bybit: brackets[0]: undefined, but', () => liq.margin.bybit(wrong([undefined]))],
    ['liq.margin.bybit: brackets: "x"', () => liq.margin.bybit(wrong('x'))],
    ['liq.margin.hyperliquid: market: Symbol(x)', () => liq.margin.hyperliquid(wrong(Symbol('x')))],
    ['liq.controls: a: type: Symbol(x)', () => liq.controls({ a: wrong({ type: Symbol('x') }) })],
  ]
  for (const [index, [expected, call]] of calls.entries())
    it(`${expected} (${index})`, async () => {
      const error: unknown = await (async () => call())().catch(reason => reason)
      expect(String((error as Error).message)).toContain(expected)
      expect((error as Error).name).toMatch(/^(Option|Data)Error$/)
      expect((error as Error).message).not.toContain('\n')
    })
})
