/** Alerts of clusters. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AlertOptions } from '../../src/liquidation/alert-options.ts'
import type { Alert } from '../../src/liquidation/alert-watch.ts'
import { findAlerts } from '../../src/liquidation/alerts.ts'
import { clusterTable } from '../../src/liquidation/clusters.ts'
import { type LiquidationMap, liquidationMap } from '../../src/liquidation/map.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { HOUR, marketOf, prefix, START } from '../market/fixtures.ts'
import { existing, map, market, seeds } from './helpers.ts'
import { binEdge, type ScriptedBar, scriptedMap } from './scripted-map.ts'

/** Many alerts from few bars. */
const busy = { at: 'all', brightness: 1.2, brightest: 10, near: { atr: 3 } } as const

/** Positions open in the first bar alone, at 100 with 10x: longs are liquidated near 90.4, shorts near 109.6. */
function path(...rows: [low: number, high: number, close: number][]) {
  const bars = [[100, 100, 100, 100, 1000], ...rows.map(([low, high, close]) => [close, high, low, close, 0])]
  return liquidationMap(marketOf(bars), { leverage: { 10: 1 }, halfLife: Infinity, triggerDepth: 0.02 })
}
const rule: AlertOptions = { at: 'all', brightness: 1, near: { percent: 2 }, side: 'long' }
const kindsOf = (levels: ReturnType<typeof path>, options: AlertOptions = {}) =>
  findAlerts(levels, { ...rule, ...options }).map(({ bar, kind }) => `${bar} ${kind}`)

describe('findAlerts', () => {
  it('tells when a close is near, when a low sweeps, and when a close is back', () => {
    const levels = path([100, 100, 100], [92, 100, 92], [90.3, 92, 90.35], [90.3, 92, 92])
    const [near, sweep, reclaim, ...more] = findAlerts(levels, rule)
    expect(more).toEqual([])
    expect(existing(near)).toMatchObject({ kind: 'near', bar: 2, closedAt: START + 3 * HOUR, side: 'long', price: 92 })
    const { high, notional } = existing(near)
    expect(high).toBeGreaterThan(90.3)
    expect(high).toBeLessThan(91)
    expect(near!.distance).toBeCloseTo((high / 92 - 1) * 100, 12)
    expect(near!.text).toContain(
      `price 92.0000 is near longs of ${(notional / 1000).toPrecision(3).replace(/\.?0+$/, '')}k`,
    )
    expect(sweep).toMatchObject({ kind: 'sweep', bar: 3, high, notional })
    expect(sweep!.text).toContain('the low of 90.3000 swept longs of')
    expect(reclaim).toMatchObject({ kind: 'reclaim', bar: 4, high, notional })
    expect(reclaim!.text).toContain('closed at 92.0000, back above longs of')
    expect(reclaim!.text).toContain('swept in the bar of 2024-01-01 03:00')
  })

  it('are those of the last bar unless told, of any bar, or since one, also when it goes on from an earlier close', () => {
    const levels = path([100, 100, 100], [92, 100, 92], [90.3, 92, 90.35], [90.3, 92, 92])
    // A rule of its own, so that nothing was found with it before.
    const own = { ...rule, cooldown: 23 }
    const kinds = (at: number | undefined, since?: number) =>
      findAlerts(levels, { ...own, at } as AlertOptions, since).map(({ bar, kind }) => `${bar} ${kind}`)
    expect(kinds(undefined)).toEqual(['4 reclaim'])
    expect(kinds(2)).toEqual(['2 near'])
    // From the close of bar 2 on, whose own alert is known.
    expect(kinds(2)).toEqual(['2 near'])
    expect(kinds(3)).toEqual(['3 sweep'])
    expect(kinds(3, 2)).toEqual(['2 near', '3 sweep'])
    expect(kinds(3, 3)).toEqual(['3 sweep'])
    expect(kinds(4, 3)).toEqual(['3 sweep', '4 reclaim'])
    expect(kinds(4, 9)).toEqual(['4 reclaim'])
    expect(kinds(1, 0)).toEqual([])
  })

  it('mirrors all of it for shorts', () => {
    const shorts = path([100, 100, 100], [100, 108, 108], [108, 109.7, 109.65], [108, 109.7, 108])
    expect(kindsOf(shorts, { side: 'short' })).toEqual(['2 near', '3 sweep', '4 reclaim'])
    expect(existing(findAlerts(shorts, { ...rule, side: 'short' })[2]).text).toContain('back below shorts of')
    expect(kindsOf(shorts)).toEqual([])
  })

  it('alerts once, and again only when price has left by `leave` times `near`', () => {
    const [at92, at94] = [[92, 92, 92] as const, [94, 94, 94] as const]
    const stays = path([100, 100, 100], [...at92], [...at92], [93, 93, 93], [...at92])
    expect(kindsOf(stays)).toEqual(['2 near'])
    // The near edge is within 2 % of 92 and 3 to 4 % from 94.
    const leaves = path([100, 100, 100], [...at92], [...at94], [...at92])
    expect(kindsOf(leaves)).toEqual(['2 near'])
    expect(kindsOf(leaves, { leave: 1.5, cooldown: 0 })).toEqual(['2 near', '4 near'])
    expect(kindsOf(leaves, { leave: 1.5, cooldown: 1 })).toEqual(['2 near'])
  })

  it('reclaims in the same bar, and not later than `reclaimWithin`', () => {
    const inOne = path([100, 100, 100], [90.3, 100, 99])
    expect(kindsOf(inOne, { reclaimWithin: 0 })).toEqual(['2 sweep', '2 reclaim'])
    const late = path([100, 100, 100], [90.3, 100, 90.35], [90.3, 91, 90.35], [90.3, 91, 91])
    expect(kindsOf(late, { reclaimWithin: 1 })).toEqual(['2 sweep'])
    expect(kindsOf(late, { reclaimWithin: 2 })).toEqual(['2 sweep', '4 reclaim'])
  })

  it('sweeps from `minSweepDepth` of the width on', () => {
    const [cluster] = clusterTable(path([100, 100, 100]), { brightness: 1 }).objects() as {
      low: number
      high: number
    }[]
    const { low, high } = existing(cluster)
    const half = path([100, 100, 100], [(low + high) / 2, 100, 100])
    expect(kindsOf(half, { minSweepDepth: 0.49, kinds: ['sweep'] })).toEqual(['2 sweep'])
    expect(kindsOf(half, { minSweepDepth: 0.51, kinds: ['sweep'] })).toEqual([])
  })

  it('watches what the cluster table ranks first at the close before', () => {
    const alerts = findAlerts(map, { ...busy, brightest: 4 })
    expect(new Set(alerts.map(({ kind }) => kind))).toEqual(new Set(['near', 'sweep', 'reclaim']))
    expect(new Set(alerts.map(({ id }) => id)).size).toBe(alerts.length)
    for (const { kind, bar, side, low, high, notional, distanceAtr } of alerts) {
      if (kind === 'reclaim') continue
      const table = clusterTable(map, { brightness: busy.brightness, at: kind === 'near' ? bar : bar - 1 })
      const rows = table.objects() as { side: string; rank: number; low: number; notional: number }[]
      const cluster = existing(rows.find(row => row.side === side && Math.abs(row.low / low - 1) < 1e-9))
      expect(cluster.rank).toBeLessThanOrEqual(4)
      expect(notional).toBeCloseTo(cluster.notional, 6)
      if (kind === 'near') expect(Math.abs(distanceAtr)).toBeLessThanOrEqual(3)
      else if (side === 'long') expect(market.low[bar]!).toBeLessThan(high)
      else expect(market.high[bar]!).toBeGreaterThan(low)
    }
  })

  it('never changes when the data goes on (prefix invariance)', () => {
    let count = 0
    fc.assert(
      fc.property(seeds, fc.integer({ min: 20, max: 199 }), (seed, cut) => {
        const whole = simulateMarket({ seed, bars: 200, volatility: 1.5 })
        const all = findAlerts(liquidationMap(whole), busy)
        const cutMap = liquidationMap(prefix(whole, cut))
        const atCut = { ...busy, at: cut - 1 }
        expect(findAlerts(cutMap, busy)).toEqual(all.filter(({ bar }) => bar < cut))
        expect(findAlerts(cutMap, atCut)).toEqual(all.filter(({ bar }) => bar === cut - 1))
        expect(findAlerts(liquidationMap(whole), atCut)).toEqual(findAlerts(cutMap, atCut))
        count += all.length
      }),
      { numRuns: 15 },
    )
    expect(count).toBeGreaterThan(15 * 10)
  })

  it('gives the same when it goes on from an earlier close, and notices another map', () => {
    const whole = simulateMarket({ seed: 5, bars: 120, volatility: 1.5 })
    const all = findAlerts(liquidationMap(whole), busy)
    const live: unknown[] = []
    for (let bars = 1; bars <= 120; bars++) {
      const now = liquidationMap(prefix(whole, bars))
      const raised = findAlerts(now, { ...busy, at: bars - 1 })
      expect(findAlerts(now, { ...busy, at: bars - 1 })).toEqual(raised)
      live.push(...raised)
      if (bars === 60)
        findAlerts(liquidationMap(prefix(whole, bars), { leverage: { 40: 1 } }), { ...busy, at: bars - 1 })
    }
    expect(live).toEqual(all)
    expect(all.length).toBeGreaterThan(10)
    expect(findAlerts(liquidationMap(whole), { ...busy, at: 119 }, 80)).toEqual(all.filter(({ bar }) => bar >= 80))
  })

  it.each([
    [{ near: 1 }, 'near: 1, but expected a distance above 0'],
    [{ near: { percent: 0 } }, 'near'],
    [{ near: { percent: 1, atr: 1 } }, 'near'],
    [{ kinds: ['nears'] }, 'kinds[0]'],
    [{ leave: 0.5 }, 'leave: 0.5'],
    [{ at: 400 }, 'a bar from 0 to 399'],
    [{ nearby: 1 }, 'did you mean near'],
  ])('refuses %j', (options, message) => {
    expect(() => findAlerts(map, options as AlertOptions)).toThrow(message)
  })
})

describe('alerts of clusters that are written down', () => {
  // Every bin that is not empty is bright, and 3 % are near: three bins of the price.
  const ANY = { brightness: 1e-9, gap: 0, minShare: 0, brightest: 10, near: { percent: 3 }, at: 'all' } as const
  const alerts = (bars: ScriptedBar[], options: AlertOptions = {}) =>
    findAlerts(scriptedMap(bars), { ...ANY, ...options })
  const kinds = (bars: ScriptedBar[], options?: AlertOptions) =>
    alerts(bars, options).map(({ bar, kind }) => `${bar} ${kind}`)
  const run = (from: number, to: number, usd = 1) =>
    Object.fromEntries(Array.from({ length: to - from + 1 }, (_, i) => [from + i, usd]))

  it('has the cluster as it was known, its distance, and an id of its market, bar and brightest bin', () => {
    const bars = [
      { low: 0.2, high: 0.8, long: { [-3]: 2, [-2]: 5 }, short: { 3: 4 } },
      { low: 0.2, high: 3.5, long: { [-3]: 2, [-2]: 5 } },
    ]
    const [long, short, sweep, reclaim] = alerts(bars) as [Alert, Alert, Alert, Alert]
    const close = binEdge(0.5)
    const range = binEdge(0.8) - binEdge(0.2)
    const closedAt = START + HOUR
    expect(long).toMatchObject({
      kind: 'near',
      bar: 0,
      closedAt,
      side: 'long',
      notional: 7,
      unit: 'relative',
      price: close,
    })
    expect(long).toMatchObject({ low: binEdge(-3), high: binEdge(-1), peak: binEdge(-1.5) })
    expect(long.id).toBe('X/USDT:USDT 1h near long 2024-01-01T01:00:00.000Z -2')
    expect(long.distance).toBeCloseTo(100 * (binEdge(-1) / close - 1), 12)
    expect(long.distanceAtr).toBeCloseTo((binEdge(-1) - close) / range, 12)
    expect(short).toMatchObject({ kind: 'near', bar: 0, side: 'short', notional: 4, low: binEdge(3), high: binEdge(4) })
    expect(short.distance).toBeCloseTo(100 * (binEdge(3) / close - 1), 12)
    expect(short.distanceAtr).toBeCloseTo((binEdge(3) - close) / range, 12)
    // The cluster of before the sweep, which consumed it.
    for (const alert of [sweep, reclaim]) expect(alert).toMatchObject({ bar: 1, side: 'short', notional: 4 })
    expect([sweep.kind, reclaim.kind]).toEqual(['sweep', 'reclaim'])
    expect(sweep.text).toContain('1h: the high of 1.0356 swept shorts of 4 (relative) at 1.0305–1.0408')
    expect(reclaim.text).toMatch(/ in the same bar$/)
    // Without any range there is no ATR to measure by.
    expect(alerts([{ long: run(-2, -2) }])[0]!.distanceAtr).toBeNaN()
  })

  it('come in the order of what happened, and the largest first', () => {
    const long = { [-2]: 1, [-4]: 9 }
    const short = { 3: 5, 5: 5, 8: 1 }
    const bars = [
      { long, short: { ...short, 5: 6 } },
      { long, short },
      { low: -3.5, high: 5.5, long, short: { ...short, 12: 7 } },
    ]
    const told = alerts(bars, { near: { percent: 20 } }).filter(({ bar }) => bar === 2)
    expect(told.map(({ kind, notional, peak }) => [kind, notional, Math.floor(100 * Math.log(peak))])).toEqual([
      ['sweep', 9, -4],
      ['sweep', 5, 3],
      ['sweep', 5, 5],
      ['sweep', 1, -2],
      ['reclaim', 9, -4],
      ['reclaim', 5, 3],
      ['reclaim', 5, 5],
      ['reclaim', 1, -2],
      ['near', 7, 12],
    ])
  })

  it('sweep from any depth above 0 on, and from exactly the share of the width that is told', () => {
    const long = run(-9, -6)
    const swept = (low: number, minSweepDepth: number) =>
      kinds([{ long }, { low, long }], { minSweepDepth, kinds: ['sweep'] }).length
    expect([swept(-4.9, 0), swept(-5, 0), swept(-5.001, 0)]).toEqual([0, 0, 1])
    expect([swept(-8.999, 1), swept(-9, 1)]).toEqual([0, 1])
    const short = run(6, 9)
    const sweptUp = (high: number, minSweepDepth: number) =>
      kinds([{ short }, { high, short }], { minSweepDepth, kinds: ['sweep'] }).length
    expect([sweptUp(6, 0), sweptUp(6.001, 0), sweptUp(9.999, 1), sweptUp(10, 1)]).toEqual([0, 1, 0, 1])
  })

  it('sweep once until it is settled, and a reclaim is of one part of what split', () => {
    const long = run(-12, -7)
    const told = { kinds: ['sweep', 'reclaim'] as const }
    const still = [{ long }, { low: -8, close: -6.5, long }, { low: -9, close: -6.5, long }, { low: -6.5 }]
    expect(kinds(still, told)).toEqual(['1 sweep', '3 reclaim'])
    const split = [{ long }, { low: -8, close: -6.2, long: { ...run(-12, -11), ...run(-9, -8) } }, { low: -6.2 }]
    expect(kinds(split, told)).toEqual(['1 sweep', '2 reclaim'])
    // It is not forgotten while a reclaim may come, however far the price goes.
    const far = [{ long }, { low: -21, close: -20.5 }, { close: -20.5 }, { low: -20.5 }]
    expect(kinds(far, { ...told, cooldown: 0 })).toEqual(['1 sweep', '3 reclaim'])
  })

  it('reclaim at a close beyond the edge, not at it, and once', () => {
    const bars = (close: number) => [
      { long: run(-9, -6) },
      { low: -7, close: -6.5 },
      { close, low: -6.5 },
      { close: 0.5 },
    ]
    const told = { kinds: ['reclaim'] as const }
    expect(kinds(bars(-4.99), told)).toEqual(['2 reclaim'])
    expect(kinds(bars(-5), told)).toEqual(['3 reclaim'])
    const up = (close: number) => [{ short: run(6, 9) }, { high: 8, close: 7.5 }, { close, high: 7.5 }, { close: 0.5 }]
    expect(kinds(up(5.99), told)).toEqual(['2 reclaim'])
    expect(kinds(up(6), told)).toEqual(['3 reclaim'])
    expect(kinds(up(6), { ...told, reclaimWithin: 1 })).toEqual([])
    expect(kinds(up(6), { ...told, reclaimWithin: 2 })).toEqual(['3 reclaim'])
  })

  it('are said once of a cluster, also where it moves or splits, and again of another', () => {
    const at = (long: ScriptedBar['long']) => ({ ...(long && { long }) })
    expect(kinds([at(run(-4, -2)), at(run(-3, -1)), at(run(-2, -1))])).toEqual(['0 near'])
    expect(kinds([at(run(-4, -1)), at({ ...run(-4, -4), ...run(-2, -1) })])).toEqual(['0 near'])
    expect(kinds([at(run(-4, -3)), at({ ...run(-4, -3), ...run(-1, -1) })])).toEqual(['0 near', '1 near'])
    // What neighbours it is another.
    expect(kinds([at(run(-4, -3)), at(run(-2, -1))])).toEqual(['0 near', '1 near'])
    // Where the longs lay, shorts lie when the price has passed.
    const passed = [at(run(-4, -3)), { close: -6.5, short: run(-4, -3) }]
    expect(kinds(passed, { kinds: ['near'] })).toEqual(['0 near', '1 near'])
    // It goes on in the one that it overlaps most, of equals the first: here one far away, or the one that was near.
    const two = at({ ...run(-14, -11), ...run(-4, -3) })
    expect(kinds([two, at(run(-14, -3))])).toEqual(['0 near', '1 near'])
    expect(kinds([two, at(run(-12, -3))])).toEqual(['0 near', '1 near'])
    expect(kinds([two, at(run(-11, -3))])).toEqual(['0 near'])
    // Not in one that was gone.
    expect(kinds([two, at(run(-4, -3)), at(run(-14, -3))])).toEqual(['0 near'])
    // It is remembered while the price is near, also where it was not seen for a while.
    expect(kinds([at(run(-4, -2)), {}, {}, at(run(-4, -2))])).toEqual(['0 near'])
    expect(kinds([at(run(-4, -2)), {}, { close: 20.5 }, at(run(-4, -2))], { cooldown: 0 })).toEqual([
      '0 near',
      '3 near',
    ])
  })

  it('wait for `cooldown` bars after the last, and for `leave` times `near`', () => {
    const long = run(-3, -2)
    const path = (...closes: number[]) => closes.map(close => ({ close, long }))
    // From the near edge at −1 to a close at 5: 6.1 % of 1, which are 1.94 times 3 % of the close.
    expect(kinds(path(0.5, 5, 0.5), { leave: 1.9, cooldown: 0 })).toEqual(['0 near', '2 near'])
    expect(kinds(path(0.5, 5, 0.5), { leave: 2, cooldown: 0 })).toEqual(['0 near'])
    const away = path(0.5, 11, 11, 0.5)
    expect(kinds(away, { cooldown: 1 })).toEqual(['0 near', '3 near'])
    expect(kinds(away, { cooldown: 2 })).toEqual(['0 near'])
  })

  it('are near within a multiple of the ATR, or a share of the close, of the nearest edge', () => {
    const long = run(-4, -3)
    // From the close to −2: 2.5 bins. The ATR is the range of these two bars.
    const ranging = (high: number, atr: number) =>
      kinds(
        [1, 2].map(() => ({ low: 0, high, close: 0.5, long })),
        { near: { atr } },
      )
    expect(ranging(2.4, 1)).toEqual([])
    expect(ranging(2.6, 1)).toEqual(['0 near'])
    expect(ranging(1.3, 2)).toEqual(['0 near'])
    expect(kinds([{ long }], { near: { percent: 2.4 } })).toEqual([])
    expect(kinds([{ long }], { near: { percent: 2.5 } })).toEqual(['0 near'])
    const short = run(3, 4)
    expect(kinds([{ short }], { near: { percent: 2.5 } })).toEqual([])
    expect(kinds([{ short }], { near: { percent: 2.6 } })).toEqual(['0 near'])
  })

  it('say prices with as many digits as tell the edges apart', () => {
    const text = (bars: ScriptedBar[], options?: AlertOptions) => alerts(bars, options).map(alert => alert.text)
    // Edges e^-0.03 and e^-0.01 are 0.02 apart; e^10.95 and e^10.97 are 1151 apart.
    expect(text([{ long: { [-3]: 2, [-2]: 5 } }])).toEqual([
      'X/USDT:USDT 1h: price 1.0050 is near longs of 7 (relative) at 0.9704–0.9900, −1.49 % away',
    ])
    // From a price of 1000 on, to the cent at most: e^7.599 and e^7.5991.
    const fine = scriptedMap([{ close: 76_009.5, long: { 75990: 5 } }], { binWidth: 0.0001, scale: 2 })
    expect(findAlerts(fine, ANY).map(alert => [alert.unit, alert.text])).toEqual([
      ['USD', 'X/USDT:USDT 1h: price 2,000.10 is near longs of 5 USD at 1,996.20–1,996.40, −0.18 % away'],
    ])
    expect(text([{ close: 1100.5, long: { 1095: 234_567, 1096: 1e6 } }], { near: { percent: 5 } })).toEqual([
      'X/USDT:USDT 1h: price 60,174 is near longs of 1.23M (relative) at 56,954–58,105, −3.44 % away',
    ])
  })
  it('go on from the last close that was asked of, unless another map is asked', () => {
    const bars: ScriptedBar[] = [
      { long: { [-2]: 5, [-4]: 4 } },
      { long: { [-2]: 4, [-4]: 5 }, short: { 3: 1 } },
      { long: { [-2]: 4, [-4]: 5 } },
      { low: -3.5, long: { [-8]: 1 } },
    ]
    // A rule of its own, so that nothing was found with it before.
    const own = { ...ANY, cooldown: 17 }
    let reads = 0
    const at = (script: readonly ScriptedBar[], bar: number, rule = own, map = scriptedMap(script)) => {
      const counting: LiquidationMap = {
        ...map,
        replay: (visit, options) =>
          map.replay((t, book) => {
            const readColumn: typeof book.readColumn = (...args) => {
              reads++
              return book.readColumn(...args)
            }
            visit(t, { ...book, readColumn })
          }, options),
      }
      reads = 0
      return findAlerts(counting, { ...rule, at: bar }).map(({ kind, side, notional }) => `${kind} ${side} ${notional}`)
    }
    // Both sides of bars 0 to 2.
    expect([at(bars, 2), reads]).toEqual([[], 6])
    // Both sides of bar 2, to see that the map is the same, and of bar 3. One cluster is gone, but remembered.
    const swept = ['sweep long 5', 'sweep long 4', 'reclaim long 5', 'reclaim long 4']
    expect([at(bars, 3), reads]).toEqual([swept, 4])
    expect([at(bars, 3), reads]).toEqual([swept, 2])
    // It keeps the last 32 rules that were asked of.
    for (let cooldown = 100; cooldown < 131; cooldown++) at(bars, 1, { ...own, cooldown })
    expect([at(bars, 3), reads]).toEqual([swept, 2])
    for (let cooldown = 200; cooldown < 232; cooldown++) at(bars, 1, { ...own, cooldown })
    expect([at(bars, 3), reads]).toEqual([swept, 8])
    // The same closes, and as many clusters elsewhere.
    expect(at(bars, 2)).toEqual([])
    const other = [...bars.slice(0, 2), { long: { [-2]: 4, [-6]: 5 } }, bars[3]!]
    expect([at(other, 3), reads]).toEqual([['sweep long 4', 'reclaim long 4'], 10])
    // The same clusters at another close, or at another time: the price comes near only now.
    const [long, away] = [{ [-2]: 5 }, { close: 20.5 }]
    const near = () => at([{ long }, { long }], 1)
    expect(near()).toEqual([])
    expect(at([away, { long, close: 0.4 }], 1)).toEqual(['near long 5'])
    expect(near()).toEqual([])
    const later = scriptedMap([away, { long }])
    const time = later.market.time.map((open, t) => open + t * HOUR)
    expect(at([], 1, own, { ...later, market: { ...later.market, time } })).toEqual(['near long 5'])
  })
})
