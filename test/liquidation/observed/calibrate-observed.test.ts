/** Fitting a map to observed positions. */
import { describe, expect, it } from 'vitest'
import { displayMethod } from '../../../src/common/host.ts'
import { lazy } from '../../../src/common/lazy.ts'
import { liq } from '../../../src/liqnb.ts'
import { liquidationMap, type MapOptions } from '../../../src/liquidation/map.ts'
import {
  calibrateToObserved,
  type ObservedCalibrateOptions,
} from '../../../src/liquidation/observed/calibrate-observed.ts'
import { observedMap } from '../../../src/liquidation/observed/observed-map.ts'
import { booksAt, groupShape } from '../../../src/liquidation/observed/price-groups.ts'
import { seenPositions } from '../../../src/liquidation/observed/seen-positions.ts'
import type { Market } from '../../../src/market/market.ts'
import { type ObservedPositions, ObservedPositionsBuilder } from '../../../src/market/observed-positions.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { simulatedPositions } from '../../../src/simulate/simulated-positions.ts'
import { random } from '../../../src/stats/random.ts'
import { existing } from '../helpers.ts'

const tiers = [10, 25, 50]
const planted = [0.4, 0.35, 0.25]
const mix = { 10: 0.4, 25: 0.35, 50: 0.25 }
const few = { resamples: 200, flows: [{ from: 'turnover', openShare: 0.07 }] } as const
const base: MapOptions = { triggerDepth: 0 }

/** Traders whose positions stay open until they are liquidated, so that shares of what is open are shares of what opened. */
const market = simulateMarket({
  seed: 3,
  bars: 480,
  population: { leverage: mix, extraMargin: { 0: 1 }, stopShare: 0, positionsPerBar: 15, holding: '2000d' },
})
const observed = observedMap(simulatedPositions(market, { everyBars: 12 }), market, { tiers })
const fitByDistance = lazy(() => liq.calibrate(market, { to: observed, base, ...few }))

/** Positions drawn from the book of a map: a share of its levels, at random, each an account of its own. */
function drawn(
  ofMarket: Market,
  options: MapOptions,
  { share, seed, openInterest = true }: { share: number; seed: number; openInterest?: boolean },
): ObservedPositions {
  const builder = new ObservedPositionsBuilder()
  const map = liquidationMap(ofMarket, options)
  const { binWidth } = map.options
  const rng = random(seed)
  const shape = groupShape(1, binWidth, binWidth)
  const bars = Array.from({ length: 60 }, (_, k) => 20 + 6 * k)
  const books = booksAt(map, bars, shape, [...map.options.tiers.keys()])
  for (const [k, bar] of bars.entries()) {
    const time = ofMarket.time[bar]! + ofMarket.barMs
    const close = ofMarket.close[bar]!
    const closeBin = Math.floor(Math.log(close) / binWidth)
    if (openInterest)
      builder.add({ time, kind: 'market', account: '', coin: 'SYNTH', size: ofMarket.openInterest![bar]! })
    for (const side of ['long', 'short'] as const)
      for (let group = 0; group < shape.groups; group++) {
        const account = `${side}${group}`
        builder.add({ time, kind: 'account', account })
        for (const [tier, { leverage }] of map.options.tiers.entries()) {
          const usd = books[k]![side].byTier[tier]![group]! * share * rng.exponential()
          if (!(usd > 0)) continue
          const bin = side === 'long' ? closeBin - 1 - group : closeBin + 1 + group
          const price = Math.exp((bin + 0.5) * binWidth)
          builder.add({
            time,
            kind: 'position',
            account,
            coin: 'SYNTH',
            size: ((side === 'long' ? 1 : -1) * usd) / close,
            price,
            leverage,
            entry: close,
          })
        }
      }
  }
  return builder.build({ exchange: 'drawn', source: 'a map', synthetic: true, notes: [] })
}

describe('calibrateToObserved', () => {
  it('recovers mix and scale of a map that positions were drawn from, within the intervals', async () => {
    const truth: MapOptions = { leverage: mix, flow: { from: 'turnover', openShare: 0.25 } }
    const seen = observedMap(drawn(market, truth, { share: 0.3, seed: 5 }), market, { tiers, maxAge: '6h' })
    const flows = [0.1, 0.25, 1].map(openShare => ({ from: 'turnover', openShare }) as const)
    const result = await calibrateToObserved(market, { to: seen, flows, resamples: 200 })
    expect(result.options.flow).toEqual({ from: 'turnover', openShare: 0.25 })
    for (const [k, { share }] of result.mix.entries()) {
      expect(share.low).toBeLessThan(planted[k]!)
      expect(share.high).toBeGreaterThan(planted[k]!)
      expect(Math.abs(share.mean - planted[k]!)).toBeLessThan(0.05)
    }
    // 0.3 of the map was seen; it is divided by the share of open interest that was.
    const scale = existing(result.scale)
    expect(scale.mean * result.coverage).toBeGreaterThan(0.27)
    expect(scale.mean * result.coverage).toBeLessThan(0.33)
    expect(result.test.long.overlap.mean).toBeGreaterThan(result.before.long.overlap.mean)
  })

  it('recovers the mix of simulated traders from the leverage of their positions', async () => {
    const {
      mix: fitted,
      testBars,
      trainBars,
    } = await calibrateToObserved(market, { to: observed, base, by: 'leverage', ...few })
    for (const [k, { share }] of fitted.entries()) {
      expect(share.low).toBeLessThan(planted[k]!)
      expect(share.high).toBeGreaterThan(planted[k]!)
    }
    expect(testBars[0]).toBeGreaterThan(trainBars[1])
  })

  it('is nearer to later snapshots than the map that it started from, by distance alone', async () => {
    const { test, before, mix: fitted } = await fitByDistance()
    for (const side of ['long', 'short'] as const)
      expect(test[side].overlap.mean).toBeGreaterThan(before[side].overlap.mean + 0.05)
    expect(fitted.map(({ share }) => share.mean).every((share, k) => Math.abs(share - planted[k]!) < 0.15)).toBe(true)
  })

  it('says on the map what it is calibrated to', async () => {
    const { options, scale } = await fitByDistance()
    const { mean, low, high } = existing(scale)
    const digits = (value: number) => +value.toPrecision(3)
    expect(liquidationMap(market, options).assumptions).toContain(
      `scale: calibrated to observed positions of simulated (×${digits(mean)}, ${digits(low)}–${digits(high)})`,
    )
  })

  it('gives no scale where the share that was seen is not known', async () => {
    const { openInterest: _, ...bare } = market
    const unknown = observedMap(drawn(market, { leverage: mix }, { share: 0.3, seed: 5, openInterest: false }), bare, {
      tiers,
    })
    const result = await calibrateToObserved(bare, { to: unknown, resamples: 20 })
    expect(result.scale).toBeNull()
    expect(result.coverage).toBeNaN()
    expect(result.options.scale).toBeUndefined()
    expect(liquidationMap(bare, result.options).assumptions.join()).toContain('scale: relative')
  })

  it('fits without looking at the scored part', async () => {
    const run = (bars: number) => {
      const rows = simulatedPositions(market, { everyBars: 12 })
      const cut = rows.rows.time.findIndex(time => time > market.time[bars - 1]! + market.barMs)
      const columns = Object.entries(rows.rows).filter(([, column]) => column instanceof Float64Array)
      const part = Object.fromEntries(columns.map(([name, column]) => [name, (column as Float64Array).slice(0, cut)]))
      return calibrateToObserved(market, {
        to: observedMap({ ...rows, rows: { length: cut, ...part } as typeof rows.rows }, market, {
          tiers,
          maxAge: '12h',
        }),
        train: 240 / bars,
        base,
        ...few,
      })
    }
    const [a, b] = [await run(360), await run(456)]
    expect(a.trainBars).toEqual(b.trainBars)
    expect(a.testBars).not.toEqual(b.testBars)
    expect(b.mix).toEqual(a.mix)
    expect(b.scale).toEqual(a.scale)
  })

  it('sums accounts as the observed book does', () => {
    const bars = [100, 203, 311]
    const shape = groupShape(0.2, 0.005, 0.001)
    const seen = seenPositions(observed, bars, shape)
    for (const [k, { long, short }] of booksAt(observed, bars, shape, []).entries()) {
      const sum = seen.sum(Uint32Array.of(k))
      expect(sum.some(usd => usd > 0)).toBe(true)
      for (const [i, usd] of [...long.all, ...short.all].entries()) expect(sum[i]).toBeCloseTo(usd, 3)
    }
  })

  it('refuses what tells too little, and what is no observed map', async () => {
    const attempt = (options: Partial<ObservedCalibrateOptions>) =>
      calibrateToObserved(market, { to: observed, ...few, ...options })
    await expect(attempt({ train: 0.9 })).rejects.toThrow(
      /liq.calibrate: accounts were read in 40 bars: 36 to fit on and 4 to score, .* at least 10/,
    )
    const some = observedMap(simulatedPositions(market, { everyBars: 12, share: 0.001 }), market, { tiers })
    await expect(attempt({ to: some })).rejects.toThrow(/positions of \d+ accounts were observed .* at least 30/)
    await expect(attempt({ to: liquidationMap(market) })).rejects.toThrow(
      /liq.calibrate: to: .* a map of observed positions/,
    )
    await expect(attempt({ tiers: [10, 200] })).rejects.toThrow(
      /liq.calibrate: tiers: \[10,200\], .* allow: they cap 200x/,
    )
    await expect(attempt({ base: { binWidth: 0.002 } })).rejects.toThrow(/binWidth of the map: 0.002/)
  })
})

describe('liq.calibrate', () => {
  it('fits to observed positions with `to`, and displays mix, scale and score', async () => {
    const result = await fitByDistance()
    const text = (existing(displayMethod(result)).call(result) as Record<string, string>)['text/plain']!
    expect(text).toMatch(/Share of 25x\s+0\.\d+ \(0\.\d+ to 0\.\d+\)/)
    expect(text).toMatch(/Scale\s+[\d.]+× \(/)
    expect(text).toContain('scored on bars')
  })
})
