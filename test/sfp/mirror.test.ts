/**
 * Up and down are alike: about a price, the mirror image of a market has the mirror images of its signals and trades, shorts for longs.
 * Prices are whole numbers, so that they often meet a level, a stop or a target exactly.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { backtest } from '../../src/sfp/backtest.ts'
import type { BacktestOptions } from '../../src/sfp/backtest-options.ts'
import { detectSfp, type NearMiss, type Signal } from '../../src/sfp/detect.ts'
import type { DetectOptions } from '../../src/sfp/detect-options.ts'
import type { Level } from '../../src/sfp/levels/level-source.ts'
import { marketOf } from '../market/fixtures.ts'
import { createLevel, createSignal, fixedLevels } from './helpers.ts'

const mirror = (price: number) => 200 - price
const other = { high: 'low', low: 'high', short: 'long', long: 'short' } as const
const oneOf = <const T>(...values: readonly T[]) => fc.constantFrom(...values)
const whole = (min: number, max: number) => fc.integer({ min, max })

/** Rows of open, high, low, close and volume. */
const rows = fc.array(
  fc
    .tuple(whole(95, 105), whole(0, 6), whole(0, 6), whole(95, 105), whole(1, 9))
    .map(([open, up, down, close, volume]) => [
      ...[open, Math.max(open, close) + up, Math.min(open, close) - down, close],
      volume,
    ]),
  { minLength: 6, maxLength: 20 },
)

function mirrorRows(bars: readonly number[][]): number[][] {
  return bars.map(([open, high, low, close, volume]) => [...[open!, low!, high!, close!].map(mirror), volume!])
}

function mirrorLevel({ kind, inner, outer, ...rest }: Level): Level {
  return { ...rest, kind: other[kind], inner: mirror(inner), outer: mirror(outer) }
}

const text = (...values: number[]) => values.map(value => value.toFixed(6)).join(' ')

it('the detector finds the mirrored signals and near misses (property)', () => {
  const level = fc
    .record({ kind: oneOf('high', 'low'), inner: whole(93, 107), width: whole(0, 4), strength: whole(1, 3) })
    .map(({ kind, inner, width, strength }) => ({
      ...createLevel(kind, inner, kind === 'high' ? inner + width : inner - width),
      strength,
    }))
  const options = fc.record({
    ...{ reclaimWithin: whole(0, 2), confirmation: whole(0, 2), openInside: fc.boolean() },
    ...{ minMove: oneOf(0, 0.5), minSweepDepth: oneOf(0, 0.5), minReclaim: oneOf(0, 0.25) },
    ...{ closePosition: oneOf(0, 0.5), minVolumeOutside: oneOf(0, 0.1), volumePeriod: oneOf(3) },
    ...{ trend: oneOf('any', 'with', 'against'), trendPeriod: oneOf(3), atrPeriod: oneOf(3) },
    ...{ invalidation: oneOf(0.5, 9), impulse: oneOf(1, Infinity), both: oneOf('none', 'short', 'long') },
  })
  /** Signals and near misses in one order, without the depth in %, which is of another price in the mirror. */
  const found = (bars: number[][], levels: Level[], rule: DetectOptions) => {
    const misses: NearMiss[] = []
    const signals = detectSfp(marketOf(bars), fixedLevels(...levels), rule, miss => misses.push(miss))
    return { signals, misses }
  }
  const lines = ({ signals, misses }: ReturnType<typeof found>) =>
    [
      ...misses.map(
        ({ bar, side, sweepBar, level: { inner }, condition, value, needed }) =>
          `${bar} ${side} ${sweepBar} ${inner}: ${condition} ${text(value, needed)}`,
      ),
      ...signals.map(
        ({ bar, side, sweepBar, level: { inner }, extreme, opposite, ...measured }) =>
          `${bar} ${side} ${sweepBar} ${inner}: ${text(extreme, opposite, measured.move, measured.sweepDepth, measured.depth, measured.volumeOutside)}`,
      ),
    ].sort()
  let count = 0
  fc.assert(
    fc.property(rows, fc.array(level, { minLength: 1, maxLength: 4 }), options, (bars, levels, rule) => {
      const { signals, misses } = found(bars, levels, rule)
      const expected = lines({
        signals: signals.map(signal => ({
          ...signal,
          side: other[signal.side],
          level: mirrorLevel(signal.level),
          extreme: mirror(signal.extreme),
          opposite: mirror(signal.opposite),
        })),
        misses: misses.map(miss => ({ ...miss, side: other[miss.side], level: mirrorLevel(miss.level) })),
      })
      const both = rule.both === 'none' ? 'none' : other[rule.both]
      expect(lines(found(mirrorRows(bars), levels.map(mirrorLevel), { ...rule, both }))).toEqual(expected)
      count += expected.length
    }),
    { numRuns: 100 },
  )
  expect(count).toBeGreaterThan(0)
})

it('the backtest trades them as mirrored trades (property)', () => {
  const signal = fc
    .record({
      bar: whole(0, 12),
      side: oneOf('long', 'short'),
      far: whole(1, 6),
      inner: whole(96, 104),
      width: whole(0, 2),
      opposite: whole(0, 8),
    })
    .map(({ bar, side, far, inner, width, opposite }) => {
      const sign = side === 'long' ? 1 : -1
      return createSignal(bar, {
        side,
        level: createLevel(side === 'long' ? 'low' : 'high', inner, inner - sign * width),
        extreme: inner - sign * (width + far),
        opposite: opposite === 0 ? Number.NaN : inner + sign * opposite,
      })
    })
  const options = fc.record({
    target: oneOf<NonNullable<BacktestOptions['target']>>(
      false,
      { r: 0.5 },
      { r: 1, from: 'signal' },
      [
        { r: 1, share: 0.25 },
        { r: 2, share: 0.5 },
      ],
      { opposite: true, minR: 0.5, elseR: 1 },
    ),
    trailingStop: oneOf<NonNullable<BacktestOptions['trailingStop']>>(false, { atr: 1 }, { r: 0.5, after: 0.5 }),
    trendExit: oneOf<NonNullable<BacktestOptions['trendExit']>>(false, 0.5, { beyond: 0, impulse: 0.5 }),
    ...{ breakeven: fc.boolean(), entry: oneOf('open', 'limit'), limitBars: whole(1, 3), latency: whole(0, 1) },
    ...{ maxBars: oneOf(2, Infinity), maxOpen: whole(1, 3), maxPerSide: oneOf(1, Infinity) },
    ...{ fill: oneOf('touch', 'through'), intrabar: oneOf('pessimistic', 'optimistic') },
    ...{ minRisk: oneOf(0, 0.5), stopBufferAtr: oneOf(0, 0.5) },
  })
  // Costs in % of the price, and sizes in USD, are other ones in the mirror. With an ATR of two bars all prices are exact.
  const free: BacktestOptions = { takerFee: 0, slippageBps: 0, stopBuffer: 0, notional: 1, atrPeriod: 2 }
  const lines = (bars: number[][], signals: Signal[], rule: BacktestOptions, price: (at: number) => number) => {
    const { trades, skipped, rejected, ruined } = backtest(marketOf(bars), signals, { ...rule, ...free })
    const each = trades.map(({ signal, entryBar, entry, stop, target, exits, r, mae, mfe, ambiguous }) => [
      `${signal.bar} ${entryBar}: ${text(price(entry), price(stop), price(target), r, mae, mfe)} ${ambiguous}`,
      ...exits.map(fill => `${fill.bar} ${fill.reason} ${text(price(fill.price), fill.size * entry)}`),
    ])
    return { trades: each, skipped, rejected, ruined }
  }
  let count = 0
  fc.assert(
    fc.property(rows, fc.array(signal, { minLength: 1, maxLength: 6 }), options, (bars, signals, rule) => {
      const mirrored = signals.map(each => ({
        ...each,
        side: other[each.side],
        level: mirrorLevel(each.level),
        extreme: mirror(each.extreme),
        opposite: mirror(each.opposite),
      }))
      const expected = lines(bars, signals, rule, price => price)
      expect(lines(mirrorRows(bars), mirrored, rule, mirror)).toEqual(expected)
      count += expected.trades.length
    }),
    { numRuns: 100 },
  )
  expect(count).toBeGreaterThan(0)
})
