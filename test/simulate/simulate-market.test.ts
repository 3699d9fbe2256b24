import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { loadMarket } from '../../src/data/load-market.ts'
import { CANDLE_FIELDS, FLOW_FIELDS, type Market } from '../../src/market/market.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import type { SimulateOptions } from '../../src/simulate/simulate-options.ts'
import { facts, flowFacts, fundingQuantiles, settled } from './facts.ts'

const CANDLES = ['time', ...CANDLE_FIELDS] as const

/** Hash of all values of a market. */
function digest(market: Market): string {
  const hash = createHash('sha256')
  for (const field of ['time', ...CANDLE_FIELDS, ...FLOW_FIELDS] as const)
    hash.update(new Uint8Array(market[field]!.buffer, market[field]!.byteOffset, market[field]!.byteLength))
  return hash.digest('hex').slice(0, 16)
}

describe('determinism', () => {
  it('the same seed gives the same market, and another seed another market', () => {
    const a = digest(simulateMarket({ seed: 5, bars: 300 }))
    expect(digest(simulateMarket({ seed: 5, bars: 300 }))).toBe(a)
    expect(digest(simulateMarket({ seed: 6, bars: 300 }))).not.toBe(a)
  })

  it('the embedded sample and a market with effects are bit-identical on every machine', async () => {
    expect(digest(await loadMarket({ sample: true }))).toBe('5ab96c6459e04d77')
    const planted = { magnet: 0.3, reversal: 0.3, continuation: 0.3, convergence: 0.3, cascades: 1 }
    expect(digest(simulateMarket({ seed: 7, bars: 1000, timeframe: '15m', ...planted }))).toBe('80ef854685af796c')
  })

  it('a longer market starts with the bars of the shorter one, with and without effects', () => {
    for (const options of [{}, { magnet: 0.5, reversal: 0.5, continuation: 0.5, convergence: 1, cascades: 1 }]) {
      const short = simulateMarket({ seed: 5, bars: 200, ...options })
      const long = simulateMarket({ seed: 5, bars: 500, ...options })
      for (const field of [...CANDLES, ...FLOW_FIELDS]) expect(long[field]!.slice(0, 200)).toEqual(short[field])
      expect(long.truth!.at(199)).toEqual(short.truth!.at(199))
    }
  })
})

describe('the embedded sample', () => {
  it('is marked as synthetic and without effects', async () => {
    const sample = await loadMarket({ sample: true })
    expect(sample.synthetic).toBe(true)
    expect(sample.source).toBe('synthetic')
    expect(sample.notes.join()).toMatch(/Not a real market; no liquidation level influences its price/)
    expect(sample.openInterest!.slice(24).every(value => value > 0)).toBe(true)
  })

  it('convergence alone has no effect, and the note says so', () => {
    const market = simulateMarket({ bars: 300, convergence: 1 })
    expect(market.notes.join()).toMatch(/no liquidation level influences/)
    expect(digest(market)).toBe(digest(simulateMarket({ bars: 300 })))
  })

  it('a note names the effects of a market', () => {
    expect(simulateMarket({ bars: 10, magnet: 0.2, cascades: 1 }).notes.join()).toMatch(
      /planted effects: magnet 0.2, cascades 1/,
    )
  })
})

describe('stylised facts', () => {
  it('hourly returns, volume and flow are in the range of BTC and ETH', () => {
    const markets = [11, 12, 13].map(seed => settled(simulateMarket({ seed, bars: 8760 })))
    for (const market of markets) {
      const f = facts(market)
      expect(f.annualVolatility).toBeGreaterThan(0.3)
      expect(f.annualVolatility).toBeLessThan(1.1)
      expect(f.kurtosis).toBeGreaterThan(6)
      expect(f.kurtosis).toBeLessThan(60)
      expect(f.hill).toBeGreaterThan(2.4)
      expect(f.hill).toBeLessThan(5.5)
      // Heteroscedastic returns: the standard error exceeds 1/√n by about the root of kurtosis/3.
      expect(Math.abs(f.acf1)).toBeLessThan((3.5 * Math.sqrt(f.kurtosis / 3)) / Math.sqrt(market.length))
      expect(f.absAcf1).toBeGreaterThan(0.15)
      expect(f.absAcf5).toBeGreaterThan(0.08)
      expect(f.absAcf5).toBeLessThan(f.absAcf1)
      expect(f.absAcf24).toBeGreaterThan(0.03)
      expect(f.volumeAcf1).toBeGreaterThan(0.4)
      expect(f.rangeToReturn).toBeGreaterThan(1.85)
      expect(f.rangeToReturn).toBeLessThan(2.25)
      expect(f.volumeWithRange).toBeGreaterThan(0.7)
      const flow = flowFacts(market)
      expect(flow.takerSd).toBeGreaterThan(0.03)
      expect(flow.takerSd).toBeLessThan(0.06)
      expect(flow.takerWithReturn).toBeGreaterThan(0.35)
      expect(flow.takerWithReturn).toBeLessThan(0.7)
      expect(flow.openInterestToVolume).toBeGreaterThan(5)
      expect(flow.openInterestToVolume).toBeLessThan(14)
      expect(flow.liquidatedShare).toBeGreaterThan(0.001)
      expect(flow.liquidatedShare).toBeLessThan(0.03)
      expect(flow.liquidatedTop1).toBeGreaterThan(0.15)
      expect(flow.liquidatedTop10).toBeGreaterThan(0.5)
    }
  })

  it('funding is due every 8 hours, mostly at the interest rate, and follows the balance of the positions', () => {
    const market = simulateMarket({ seed: 3, bars: 8760 })
    const due = market.time.map(time => (time % (8 * 3_600_000) === 0 ? 1 : 0))
    expect(market.fundingRate!.filter((_, t) => due[t] === 0).every(rate => rate === 0)).toBe(true)
    const rates = market.fundingRate!.filter((_, t) => due[t] === 1)
    expect(rates).toHaveLength(1095)
    const quantiles = fundingQuantiles(rates)
    expect(quantiles.q50).toBe(1)
    expect(quantiles.q5).toBeLessThan(1)
    expect(quantiles.q95).toBeGreaterThan(1)
    expect(Math.max(...rates)).toBeLessThan(0.005)
    const days = simulateMarket({ seed: 3, bars: 100, timeframe: '1d' }).fundingRate!
    expect(days[0]).toBeCloseTo(0.0003, 9)
    expect(new Set(days).size).toBeGreaterThan(1)
  })

  it('prices have few digits at any size, and candles stay consistent in extreme markets', () => {
    expect(
      simulateMarket({ bars: 50 }).close.every(price => Math.abs(price * 10 - Math.round(price * 10)) < 1e-6),
    ).toBe(true)
    for (const options of [
      { price: 0.00012, volatility: 5 },
      { price: 3e6, volatility: 3, timeframe: '1d' },
      { price: 1, volatility: 0.01, timeframe: '1m', cascades: 10, magnet: 3 },
      { bars: 1 },
    ]) {
      // createMarket checks every candle.
      const { high, low, close } = simulateMarket({ seed: 2, bars: 400, ...options })
      expect(high.some((value, t) => value > low[t]!)).toBe(true)
      expect(close.every(value => value > 0)).toBe(true)
    }
  })
})

describe('a market that runs away', () => {
  it('is an error that says when, and what to change', () => {
    const noTraders = { population: { positionsPerBar: 0 } }
    expect(() => simulateMarket({ bars: 60_000, volatility: 20, ...noTraders })).toThrow(
      /simulate: by bar \d+ of 60000 the price has gone from 60000 to \d.*; use a lower volatility/,
    )
    expect(() => simulateMarket({ bars: 2000, cascades: 1e6 })).toThrow(/simulate: by bar \d+ of 2000/)
  })

  it('moves by at most half per step, however strong the effects are', () => {
    const { open, close, low } = simulateMarket({ bars: 500, magnet: 1e6 })
    const steps = close.map((price, t) => Math.abs(Math.log(price / open[t]!)) / 12)
    // Rounded prices may exceed it slightly.
    expect(Math.max(...steps)).toBeLessThan(Math.log(2) + 0.001)
    expect(Math.max(...steps)).toBeGreaterThan(0.1)
    expect(low.every(price => price > 0)).toBe(true)
  })
})

describe('options', () => {
  const wrong: [SimulateOptions, RegExp][] = [
    [{ seed: 1.5 }, /seed: 1.5, but expected a whole number/],
    [{ bars: 0 }, /bars: 0/],
    [{ price: -1 }, /price: -1/],
    [{ volatility: 0 }, /volatility: 0/],
    [{ price: 1e300 }, /price: 1e\+300, but expected 1e-9 to 1e9/],
    [{ volatility: 1e6 }, /volatility: 1000000, but expected above 0 to 100/],
    [{ turnover: Number.NaN }, /turnover: NaN/],
    [{ timeframe: 'x' }, /timeframe: "x"/],
    [{ start: 'yesterday' }, /start: "yesterday"/],
    [{ magnet: -0.1 }, /magnet: -0.1, but expected 0 \(off\)/],
    [{ cascades: Number.NaN }, /cascades: NaN/],
    [
      { population: { leverage: { 300: 1 } } },
      /population.leverage: 300, but expected more than 1 and an initial margin above the maintenance rate of 0.004/,
    ],
    [
      { population: { leverage: Object.fromEntries(Array.from({ length: 257 }, (_, i) => [2 + i / 10, 1])) } },
      /population.leverage: .*, but expected at most 256 tiers/,
    ],
    [
      { population: { leverage: { 10: 0 } } },
      /population.leverage: \{"10":0\}, but expected at least one share above 0/,
    ],
    [
      { population: { extraMargin: { 1: -1 } } },
      /population.extraMargin\[1\]: -1, but expected values and shares of 0 or more/,
    ],
    [{ population: { openShare: 2 } }, /population.openShare: 2/],
    [{ population: { stopShare: -1 } }, /population.stopShare: -1/],
    [{ population: { holding: '1y' } }, /population.holding: "1y"/],
    [{ population: { positionsPerBar: 1.5 } }, /population.positionsPerBar: 1.5/],
    [{ population: { maintenanceRate: 0.5 } }, /population.maintenanceRate: 0.5/],
  ]
  for (const [options, message] of wrong)
    it(`refuses ${JSON.stringify(options).slice(0, 80)}`, () => expect(() => simulateMarket(options)).toThrow(message))
})
