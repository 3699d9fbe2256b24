/** The strategy `liquidity-sweep` by name, against a slow reading of its words. */
import { describe, expect, it } from 'vitest'
import { type LiquidationMap, liq, type Market, type Signal } from '../../src/liqnb.ts'
import { resample } from '../../src/market/resample.ts'
import { assertSfpOptions, withPreset } from '../../src/sfp/sfp-options.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { prefix } from '../market/fixtures.ts'

const HOUR = 3_600_000
const market = simulateMarket({ seed: 11, bars: 2500, timeframe: '1h', volatility: 1.2 })

interface Zone {
  kind: 'high' | 'low'
  inner: number
  outer: number
  strength: number
}

/** The first converging cluster of each side at each close of the map's bars: by the table that users see. */
function brightest(
  map: LiquidationMap & { clusters: ReturnType<typeof liq.heatmap>['clusters'] },
): Map<number, Zone[]> {
  const zones = new Map<number, Zone[]>()
  const rows = map.clusters({ at: 'all', maxDistance: 0.1, rankBy: 'brightest' }).objects() as Record<string, never>[]
  const total = map.options.tiers.reduce((sum, tier) => sum + tier.weight, 0)
  for (const row of rows) {
    const takesPart = [25, 50, 100].every(leverage => {
      const { weight } = map.options.tiers.find(tier => tier.leverage === leverage)!
      const share = Number(row[`x${leverage}`]) / Number(row.notional)
      return share > 0 && share >= (0.5 * weight) / total
    })
    if (!takesPart) continue
    const close = Number(row.time) + map.market.barMs
    const kind = row.side === 'short' ? 'high' : 'low'
    const [inner, outer] = kind === 'high' ? [row.low, row.high] : [row.high, row.low]
    const others = zones.get(close) ?? []
    // The rows of a side are in order of rank.
    if (others.some(other => other.kind === kind)) continue
    others.push({ kind, inner: Number(inner), outer: Number(outer), strength: Number(row.peakNotional) })
    zones.set(close, others)
  }
  return zones
}

/** The signals by the preset's words, with a loop over all bars and all levels. */
function slowSignals(m: Market): Pick<Signal, 'bar' | 'side' | 'sweepBar' | 'extreme'>[] {
  const atr = liq.atr(m)
  const byTimeframe = [4, 24].map(hours => {
    const longer = resample(m, hours * HOUR)
    const closes = Array.from(longer.time, time => time + longer.barMs)
    return { closes, zones: brightest(liq.heatmap(longer)), known: [] as Zone[] }
  })
  const found: Pick<Signal, 'bar' | 'side' | 'sweepBar' | 'extreme'>[] = []
  const pending: { high: (Zone & { at: number; extreme: number }) | null; low: typeof pending.high } = {
    high: null,
    low: null,
  }
  for (let t = 1; t < m.length; t++) {
    // Known at the close of the bar before, and not entered by a bar since the long close.
    for (const frame of byTimeframe) {
      const now = m.time[t]!
      if (frame.closes.includes(now)) frame.known = [...(frame.zones.get(now) ?? [])]
      else
        frame.known = frame.known.filter(z =>
          z.kind === 'high' ? m.high[t - 1]! <= z.inner : m.low[t - 1]! >= z.inner,
        )
    }
    const here: typeof found = []
    for (const kind of ['high', 'low'] as const) {
      const sign = kind === 'high' ? 1 : -1
      const extreme = kind === 'high' ? m.high[t]! : m.low[t]!
      const old = pending[kind]
      if (old && sign * (extreme - old.extreme) > 0) old.extreme = extreme
      const swept = byTimeframe
        .flatMap(frame => frame.known)
        .filter(
          z =>
            z.kind === kind &&
            sign * (extreme - z.inner) > 0 &&
            sign * (m.open[t]! - z.inner) < 0 &&
            sign * (extreme - m.close[t - 1]!) >= atr[t - 1]! &&
            Math.min(1, Math.abs(extreme - z.inner) / Math.abs(z.outer - z.inner)) >= 0.1,
        )
        .sort((a, b) => b.strength - a.strength)[0]
      const sweep = swept ? { ...swept, at: t, extreme } : old
      pending[kind] = sweep
      if (!sweep) continue
      const close = m.close[t]!
      if (sign * (sweep.inner - close) > 0) {
        here.push({ bar: t, side: kind === 'high' ? 'short' : 'long', sweepBar: sweep.at, extreme: sweep.extreme })
        pending[kind] = null
      } else if (sign * (close - sweep.outer) > atr[t]! || sign * (close - m.open[t]!) >= atr[t]! || t - sweep.at >= 1)
        pending[kind] = null
    }
    if (here.length === 1) found.push(...here)
  }
  return found
}

const shown = ({ bar, side, sweepBar, extreme }: Signal) => ({ bar, side, sweepBar, extreme })

describe('preset liquidity-sweep', () => {
  const sfp = liq.sfp(market, { preset: 'liquidity-sweep' })

  it('finds what a slow reading of its words finds', () => {
    const slow = slowSignals(market)
    expect(slow.length).toBeGreaterThan(8)
    expect(sfp.signals.map(shown)).toEqual(slow)
  })

  it('says the same of the past when the data ends earlier, in the middle of a day and of a 4h bar', () => {
    for (const bars of [1201, 1810, 2222]) {
      const early = liq.sfp(prefix(market, bars), { preset: 'liquidity-sweep' }).signals
      expect(early.length).toBeGreaterThan(2)
      expect(early).toEqual(sfp.signals.filter(({ bar }) => bar < bars))
    }
  })

  it('sets the exits of the backtest, which options override', () => {
    const study = sfp.backtest()
    expect(study.options.trendExit).toEqual({ beyond: 0, impulse: 1 })
    expect(study.options.targets).toEqual([{ r: 2 }])
    expect(sfp.backtest({ trendExit: false, target: { r: 3 } }).options).toMatchObject({
      trendExit: false,
      targets: [{ r: 3 }],
    })
    expect(study.summary.text).toContain('preset liquidity-sweep\n')
  })

  it('gives way to options beside it, and says which', () => {
    const loose = liq.sfp(market, { preset: 'liquidity-sweep', minConvergence: 0, target: { r: 1 } })
    expect(loose.signals.length).toBeGreaterThan(sfp.signals.length)
    const study = loose.backtest()
    expect(study.options.targets).toEqual([{ r: 1 }])
    expect(study.summary.text).toContain('preset liquidity-sweep, but with other minConvergence, target')
  })

  it('works in a sweep', async () => {
    const grid = { minConvergence: [0, 3] }
    const sweep = await liq.sweep(market, { preset: 'liquidity-sweep', grid })
    const trades = (minConvergence: number) =>
      liq.sfp(market, { preset: 'liquidity-sweep', minConvergence }).backtest().trades.length
    expect([...sweep.table().array('trades')]).toEqual([trades(0), trades(3)])
  })

  it('uses those of its timeframes that the bars divide, and refuses longer bars', () => {
    const daily = resample(market, 24 * HOUR)
    expect(liq.sfp(daily, { preset: 'liquidity-sweep' }).levels.name).toMatch(/1d$/)
    expect(() => liq.sfp(resample(market, 48 * HOUR), { preset: 'liquidity-sweep' })).toThrow(
      'liq.sfp: market: "2d", but expected bars that divide 1d',
    )
  })

  it('is refused by another name', () => {
    expect(() => liq.sfp(market, { preset: 'liquidity-sweeps' as never })).toThrow(
      'liq.sfp: preset: "liquidity-sweeps", but expected liquidity-sweep (did you mean liquidity-sweep?)',
    )
    expect(() => liq.sfp(market, {})).toThrow('liq.sfp: levels: undefined, but expected a heatmap')
    expect(() => assertSfpOptions({ levels: 'pivots', minmove: 1 } as never)).toThrow('minmove')
    expect(() => assertSfpOptions({ levels: 'pivots', stopBuffer: -1 })).toThrow('liq.sfp: stopBuffer: -1')
  })

  it('leaves alone what is set beside it, and a study without it', () => {
    const own = withPreset(market, { preset: 'liquidity-sweep', levels: 'pivots', stopBuffer: 0.001 }, 'liq.sfp')
    expect(own.options).toMatchObject({ levels: 'pivots', stopBuffer: 0.001, minMove: 1 })
    expect(own.trade).toMatchObject({ stopBuffer: 0.001, target: { r: 2 } })
    const none = { levels: 'pivots', target: { r: 3 } } as const
    expect(withPreset(market, none, 'liq.sfp')).toEqual({ options: none, trade: { target: { r: 3 } }, assumptions: [] })
  })
})

describe('levels of longer timeframes', () => {
  it('are those of maps made by hand', () => {
    const maps = liq.timeframes(market, ['4h', '1d'], { halfLife: '3d' })
    const byHand = liq.sfp(market, { levels: maps, minMove: 0.5 }).signals
    expect(byHand.length).toBeGreaterThan(5)
    const levels = { timeframes: ['4h', '1d'], map: { halfLife: '3d' } }
    expect(liq.sfp(market, { levels, minMove: 0.5 }).signals).toEqual(byHand)
  })

  it('refuse what is no timeframe of the market, and unknown options', () => {
    expect(() => liq.sfp(market, { levels: { timeframes: ['15m'] } })).toThrow(/levels: timeframe: 15m, but expected/)
    expect(() => liq.sfp(market, { levels: { timeframes: [] } })).toThrow(/levels: timeframes: \[\], but expected/)
    expect(() => liq.sfp(market, { levels: { timeframes: ['4h'], maps: {} } as never })).toThrow(/maps/)
  })
})
