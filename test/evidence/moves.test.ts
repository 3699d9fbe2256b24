/** Moves, pairs and volatility against their definitions, bar by bar and level by level. */
import { describe, expect, it } from 'vitest'
import { barMoves } from '../../src/evidence/bar-moves.ts'
import { resolveEvidence } from '../../src/evidence/evidence-options.ts'
import { ewmaVolatility } from '../../src/evidence/ewma-volatility.ts'
import { levelPairs, placeboPairs } from '../../src/evidence/level-pairs.ts'
import { createScope } from '../../src/evidence/scope.ts'
import { varianceRatio } from '../../src/evidence/variance-ratio.ts'
import type { Market } from '../../src/market/market.ts'
import type { Level, LevelSource } from '../../src/sfp/levels/level-source.ts'
import { random } from '../../src/stats/random.ts'
import { marketOf, prefix } from '../market/fixtures.ts'

/** A random walk of 1 % an hour, with wicks. */
function walk(seed: number, bars: number): Market {
  const rng = random(seed)
  let price = 100
  return marketOf(
    Array.from({ length: bars }, () => {
      const open = price
      price *= Math.exp(0.01 * rng.normal())
      const wick = () => Math.exp(0.004 * Math.abs(rng.normal()))
      return [open, Math.max(open, price) * wick(), Math.min(open, price) / wick(), price]
    }),
  )
}

/** New zones at random distances on both sides of each close, some of which meet more than one tier. */
function zones(bars: Market): LevelSource {
  return {
    name: 'zones',
    forEachBar(visit) {
      for (let t = 0; t < bars.length; t++) {
        const rng = random(t + 1)
        const level = (kind: Level['kind']): Level => {
          const sign = kind === 'high' ? 1 : -1
          const inner = bars.close[t]! * Math.exp(sign * (0.002 + 0.06 * rng.uniform()))
          const outer = inner * Math.exp(sign * 0.008 * rng.uniform())
          return { kind, inner, outer, strength: 0.5 + rng.uniform(), convergence: rng.integer(4), since: t }
        }
        visit(t, [level('high'), level('low'), ...(t % 3 === 0 ? [level('high'), level('low')] : [])])
      }
    },
  }
}

const horizon = 6
const market = walk(3, 420)
const settings = resolveEvidence({ levels: zones, horizon, reach: [0.3, 2] })
const scope = createScope(market, 0, settings)
const { record, sigma, brightness } = scope

/** Rows of the record that are known at the close of bar t. */
const rowsAt = (t: number) =>
  Array.from({ length: record.offset[t + 1]! - record.offset[t]! }, (_, k) => record.offset[t]! + k).map(i => ({
    i,
    id: record.levelId[i]!,
    sign: record.sign[i]!,
    inner: record.inner[i]!,
    outer: record.outer[i]!,
    strength: record.strength[i]!,
    convergence: record.convergence[i]!,
    brightness: brightness[i]!,
    consumed: record.consumed[i] === 1,
  }))
const ln = (series: Float64Array, t: number) => Math.log(series[t]!)

describe('volatility', () => {
  it('is the root of the mean square of returns, of which half the weight is forgotten in 48 bars', () => {
    for (const t of [1, 2, 60, 419]) {
      let squares = 0
      let weights = 0
      for (let k = 1; k <= t; k++) {
        const weight = 0.5 ** ((t - k) / 48)
        squares += weight * (ln(market.close, k) - ln(market.close, k - 1)) ** 2
        weights += weight
      }
      expect(sigma[t]).toBeCloseTo(Math.sqrt(squares / weights), 12)
    }
    expect(sigma[0]).toBeNaN()
    expect(ewmaVolatility(prefix(market, 200))).toEqual(sigma.slice(0, 200))
  })
})

describe('moves of bars', () => {
  const moves = barMoves(scope, settings)

  it('are those of each bar after the warm-up, up to one horizon before the end', () => {
    const expected: object[] = []
    for (let t = 100; t < market.length - horizon; t++)
      for (const sign of [1, -1]) {
        const before = ln(market.close, t - 1)
        const extreme = sign === 1 ? ln(market.high, t) : ln(market.low, t)
        if (sign * (extreme - before) <= 0) continue
        const unit = sigma[t - 1]!
        const close = ln(market.close, t)
        const reached = rowsAt(t - 1).filter(
          ({ sign: side, consumed, inner }) => side === sign && !consumed && sign * extreme >= sign * inner,
        )
        const swept = reached.filter(({ inner, outer }) => sign * extreme >= (sign * (inner + outer)) / 2)
        const contact = swept.length > 0 ? 'swept' : reached.length > 0 ? 'touched' : 'none'
        expected.push({
          bar: t,
          sign,
          move: expect.closeTo((sign * (extreme - before)) / unit, 9),
          closeMove: expect.closeTo((sign * (close - before)) / unit, 9),
          logSigma: expect.closeTo(Math.log(unit), 9),
          momentum: expect.closeTo(
            (sign * (before - ln(market.close, t - 1 - horizon))) / unit / Math.sqrt(horizon),
            9,
          ),
          contact,
          closedBeyond: swept.some(({ outer }) => sign * close > sign * outer),
          convergence: Math.max(0, ...swept.map(level => level.convergence)),
          brightness: Math.max(-Infinity, ...swept.map(level => level.brightness)),
          futureReturn: expect.closeTo(
            (sign * (ln(market.close, t + horizon) - close)) / sigma[t]! / Math.sqrt(horizon),
            9,
          ),
        })
      }
    expect(moves).toEqual(expected)
    for (const contact of ['swept', 'touched', 'none'])
      expect(moves.filter(move => move.contact === contact).length).toBeGreaterThan(10)
    expect(moves.some(move => move.closedBeyond)).toBe(true)
  })

  it('begin after a whole horizon where that is longer than the warm-up', () => {
    const long = resolveEvidence({ levels: zones, horizon: 150 })
    expect(barMoves(scope, long)[0]!.bar).toBe(151)
    expect(levelPairs(scope, { ...long, horizon: 60 }).pairs[0]!.bar).toBeGreaterThanOrEqual(240)
  })

  it('begin with the bar after the first with a level, and end with the bar after the last', () => {
    const some = (bars: Market): LevelSource => ({
      name: 'some',
      forEachBar(visit) {
        const level = (t: number): Level => ({
          ...{ kind: 'high', inner: bars.close[t]! * 1.02, outer: bars.close[t]! * 1.03 },
          ...{ strength: 1, convergence: 0, since: t },
        })
        for (let t = 0; t < bars.length; t++) visit(t, t >= 200 && t <= 300 ? [level(t)] : [])
      },
    })
    const moves = barMoves(createScope(market, 0, { ...settings, levels: some }), settings).map(({ bar }) => bar)
    expect([Math.min(...moves), Math.max(...moves)]).toEqual([201, 301])
  })

  it('leave out bars whose volatility is 0', () => {
    const flat = marketOf(Array.from({ length: 200 }, () => [100, 101, 99, 100]))
    const still = createScope(flat, 0, settings)
    expect(barMoves(still, settings)).toEqual([])
    expect(levelPairs(still, settings)).toEqual({ pairs: [], levels: 0, unpaired: 0 })
  })

  it('reach a level at its exact edge, and sweep it at half of its depth', () => {
    const contact = (inner: number, outer: number) => {
      const one = (bars: Market): LevelSource => ({
        name: 'one',
        forEachBar(visit) {
          for (let t = 0; t < bars.length; t++)
            visit(t, t === 149 ? [{ kind: 'high', inner, outer, strength: 1, convergence: 0, since: t }] : [])
        },
      })
      const at = createScope(market, 0, { ...settings, levels: one })
      const move = barMoves(at, settings).find(({ bar, sign }) => bar === 150 && sign === 1)
      return move!.contact
    }
    const high = market.high[150]!
    expect(high).toBeGreaterThan(market.close[149]! * 1.0005)
    expect(contact(high, high)).toBe('swept')
    expect(contact(high, high * 1.01)).toBe('touched')
    expect(contact(high * 1.0001, high * 1.01)).toBe('none')
    // Half of the depth in ln(price).
    const depth = (share: number) => contact(high * Math.exp(-0.0004), high * Math.exp(-0.0004 + 0.0004 / share))
    expect(depth(0.51)).toBe('swept')
    expect(depth(0.49)).toBe('touched')
  })
})

/** What happens to a price and its mirror image, as the claim says it. */
function pairAt(t: number, price: number) {
  const from = ln(market.close, t)
  const sign = price > from ? 1 : -1
  const mirror = 2 * from - price
  const touches = (level: number) => {
    for (let k = t + 1; k <= t + horizon; k++)
      if (level > from ? ln(market.high, k) >= level : ln(market.low, k) <= level) return true
    return false
  }
  const unit = sigma[t]! * Math.sqrt(horizon)
  return {
    bar: t,
    sign,
    distance: expect.closeTo(Math.abs(price - from) / unit, 9),
    momentum: expect.closeTo((sign * (from - ln(market.close, t - horizon))) / unit, 9),
    trend: expect.closeTo((sign * (from - ln(market.close, t - 4 * horizon))) / (2 * unit), 9),
    touched: touches(price),
    mirrorTouched: touches(mirror),
  }
}

describe('pairs of a level and its mirror image', () => {
  it('are one per level, at the first close at which it is in reach and has no rival', () => {
    const expected: object[] = []
    const done = new Set<number>()
    const seen = new Set<number>()
    for (let t = 100; t < market.length - horizon; t++) {
      const from = ln(market.close, t)
      const unit = sigma[t]! * Math.sqrt(horizon)
      for (const level of rowsAt(t)) {
        const distance = Math.abs(level.inner - from) / unit
        if (level.consumed || done.has(level.id) || distance < 0.3 || distance > 2) continue
        seen.add(level.id)
        const image = [2 * from - level.inner, 2 * from - level.outer].sort((a, b) => a - b) as [number, number]
        const rival = rowsAt(t).some(other => {
          const zone = [other.inner, other.outer].sort((a, b) => a - b) as [number, number]
          return (
            other.sign !== level.sign &&
            !other.consumed &&
            other.strength >= level.strength &&
            zone[0] <= image[1] &&
            zone[1] >= image[0]
          )
        })
        if (rival) continue
        done.add(level.id)
        expected.push({ ...pairAt(t, level.inner), brightness: level.brightness, convergence: level.convergence })
      }
    }
    const { pairs, levels, unpaired } = levelPairs(scope, settings)
    expect(pairs).toEqual(expected)
    expect([levels, unpaired]).toEqual([seen.size, seen.size - done.size])
    expect(unpaired).toBeGreaterThan(3)
    for (const outcome of ['touched', 'mirrorTouched'] as const)
      expect(new Set(pairs.map(pair => pair[outcome])).size).toBe(2)
  })
})

describe('placebo pairs', () => {
  const real = levelPairs(scope, settings).pairs
  const placebos = placeboPairs(scope, settings, real)

  it('are prices at the distances of real pairs, every fourth bar, clear of levels on both sides', () => {
    expect(placebos.length).toBeGreaterThan(20)
    expect(new Set(placebos.map(({ sign }) => sign))).toEqual(new Set([1, -1]))
    const distances = real.map(({ distance }) => distance)
    for (const { bar, sign, distance, ...pair } of placebos) {
      expect((bar - 100) % 4).toBe(0)
      expect(bar).toBeLessThan(market.length - horizon)
      expect(Math.min(...distances.map(each => Math.abs(each - distance)))).toBeLessThan(1e-9)
      expect(pair.brightness).toBeNaN()
      expect(pair.convergence).toBe(0)
      const from = ln(market.close, bar)
      const unit = sigma[bar]! * Math.sqrt(horizon)
      const price = from + sign * distance * unit
      for (const [side, at] of [
        [sign, price],
        [-sign, 2 * from - price],
      ] as const)
        for (const level of rowsAt(bar).filter(row => row.sign === side)) {
          const [low, high] = [level.inner, level.outer].sort((a, b) => a - b) as [number, number]
          expect(at < low - 0.1 * unit * (1 - 1e-9) || at > high + 0.1 * unit * (1 - 1e-9)).toBe(true)
        }
      const { touched, mirrorTouched } = pairAt(bar, price)
      expect([pair.touched, pair.mirrorTouched]).toEqual([touched, mirrorTouched])
    }
    expect(placebos.some(({ bar }) => bar === 100 || bar === 104)).toBe(true)
  })

  it('are drawn from the seed, and there are none without real ones', () => {
    expect(placeboPairs(scope, settings, real)).toEqual(placebos)
    expect(placeboPairs(scope, { ...settings, seed: 2 }, real)).not.toEqual(placebos)
    expect(placeboPairs({ ...scope, index: 1 }, settings, real)).not.toEqual(placebos)
    expect(placeboPairs(scope, settings, [])).toEqual([])
  })

  it('leave out no bar that is clear', () => {
    // Without levels each fourth bar has a pair on each side.
    const clear = { ...scope, record: { ...record, offset: new Int32Array(market.length + 1) } }
    const bars = placeboPairs(clear, settings, real).map(({ bar, sign }) => [bar, sign])
    const expected: number[][] = []
    for (let t = 100; t < market.length - horizon; t += 4) expected.push([t, 1], [t, -1])
    expect(bars).toEqual(expected)
  })
})

describe('the variance ratio', () => {
  it('of a worked example', () => {
    // Log returns in σ: 1, 3, −2, 2 with mean 1; deviations 0, 2, −3, 1, whose squares are 14.
    const close = [0, 1, 4, 2, 4].map(value => Math.exp(0.01 * value))
    const sigma = new Float64Array(5).fill(0.01)
    // Sums of two: 2, −1, −2, with squares 9; count 2 · 3 · (1 − 2/4) = 3.
    const { ratio, standardError } = varianceRatio(close, sigma, 2)
    expect(ratio).toBeCloseTo(9 / 3 / (14 / 3), 12)
    expect(standardError).toBeCloseTo(Math.sqrt((2 * 3 * 1) / (3 * 2 * 4)), 12)
    // Where σ is not known, the return is left out.
    const padded = varianceRatio([7, 1, ...close], Float64Array.of(Number.NaN, Number.NaN, ...sigma), 2)
    expect(padded.ratio).toBeCloseTo(ratio, 12)
    expect(varianceRatio(close, sigma, 3).ratio).toBeNaN()
    expect(varianceRatio(close, sigma, 1)).toEqual({ ratio: Number.NaN, standardError: Number.NaN })
  })
})
