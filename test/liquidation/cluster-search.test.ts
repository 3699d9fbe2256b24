/** The search of clusters at every bar against the plain rule, which reads the whole book anew. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aggregateMaps } from '../../src/liquidation/aggregate.ts'
import type { BookView, LayeredBook } from '../../src/liquidation/book/level-book.ts'
import { type Cluster, ClusterSearch, clusterRuleOptions, tierWeights } from '../../src/liquidation/clusters.ts'
import { type LiquidationMap, liquidationMap, type MapOptions } from '../../src/liquidation/map.ts'
import { resample } from '../../src/market/resample.ts'
import { type ClusterLevelOptions, clusterLevels } from '../../src/sfp/levels/clusters.ts'
import { toLevelColumns } from '../../src/sfp/levels/level-source.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { prefix } from '../market/fixtures.ts'
import { seeds } from './helpers.ts'
import { plainClusters, plainView } from './plain-clusters.ts'

const SIDES = ['long', 'short'] as const

const rules = fc.record({
  maxDistance: fc.constantFrom(0.02, 0.3, 1),
  brightness: fc.constantFrom(0.2, 1, 1.5, 3, 6),
  gap: fc.constantFrom(0, 1, 4, 50),
  minShare: fc.constantFrom(0, 0.02, 0.2),
  tierShare: fc.constantFrom(0, 0.15, 0.5, 1.3),
  rankBy: fc.constantFrom('brightest' as const, 'largest' as const),
})

const mapOptions: fc.Arbitrary<MapOptions> = fc.oneof(
  fc.record({
    binWidth: fc.constantFrom(0.0005, 0.001, 0.01),
    halfLife: fc.constantFrom('3h', '2d', Infinity),
    triggerDepth: fc.constantFrom(0, 0.002),
    flow: fc.constantFrom<NonNullable<MapOptions['flow']>>(
      {},
      { from: 'volume' },
      { from: 'openInterest', entry: 'close' },
    ),
    extraMargin: fc.constantFrom<NonNullable<MapOptions['extraMargin']>>({ 0: 1 }, { 0: 0.5, 1: 0.3, 3: 0.2 }),
  }),
  fc.record({ maxAge: fc.constantFrom('6h', '3d'), halfLife: fc.constantFrom('1h', '7d') }),
)

/** Calls back at every bar with the book of a single map, as readers see it and without caches. */
function forEachBook(map: LiquidationMap, visit: (t: number, book: LayeredBook, plain: BookView) => void): void {
  const run = map.parts[0]!.start()
  while (run.step()) visit(run.bar, run.book, plainView(run.book))
}

describe('the search at every bar', () => {
  it('finds the clusters of the plain rule to the last bit, with any option (property)', () => {
    let found = 0
    fc.assert(
      fc.property(seeds, mapOptions, rules, fc.integer({ min: 1, max: 3 }), (seed, options, rule, every) => {
        const map = liquidationMap(simulateMarket({ seed, bars: 150, volatility: 1.5 }), options)
        const { binWidth } = map.options
        const weights = tierWeights(map)
        const search = new ClusterSearch(weights, binWidth, rule)
        const brightest = new ClusterSearch(weights, binWidth, rule, 1)
        forEachBook(map, (t, book, plain) => {
          // Readers may skip bars, and then several bars' changes are due at once.
          if (t % every !== 0) return
          for (const side of SIDES) {
            const close = map.market.close[t]!
            const expected = plainClusters(plain, side, close, binWidth, weights, rule)
            expect(search.clusters(book, side, close)).toEqual(expected)
            expect(brightest.clusters(book, side, close)).toEqual(expected.slice(0, 1))
            found += expected.length
          }
        })
      }),
      { numRuns: 20 },
    )
    expect(found).toBeGreaterThan(2000)
  })

  it('finds them also after the stored values were renormalised, and in the sum of several maps', () => {
    const market = simulateMarket({ seed: 3, bars: 400 })
    // 400 hours are 800 half-lives: the stored values are renormalised twice.
    const fading = liquidationMap(market, { halfLife: '30m' })
    const rule = { ...clusterRuleOptions.defaults, brightness: 1.5 }
    const { binWidth } = fading.options
    const weights = tierWeights(fading)
    const search = new ClusterSearch(weights, binWidth, rule)
    let epochs = 0
    forEachBook(fading, (t, book, plain) => {
      for (const side of SIDES)
        expect(search.clusters(book, side, market.close[t]!)).toEqual(
          plainClusters(plain, side, market.close[t]!, binWidth, weights, rule),
        )
      epochs = book.epoch
    })
    expect(epochs).toBeGreaterThan(1)
    const maps = [liquidationMap(market), liquidationMap(resample(market, 4 * market.barMs))]
    aggregateMaps(maps).replay((t, book) => {
      for (const side of SIDES)
        expect(search.clusters(book, side, market.close[t]!)).toEqual(
          plainClusters(book, side, market.close[t]!, binWidth, weights, rule),
        )
    })
  })
})

describe('the levels of clusters', () => {
  const levelOptions: fc.Arbitrary<ClusterLevelOptions> = fc.record({
    brightness: fc.constantFrom(1, 1.5, 3),
    gap: fc.constantFrom(0, 1, 3),
    brightest: fc.constantFrom(1, 2, Infinity),
    minConvergence: fc.constantFrom(0, 1, 2),
    tiers: fc.constantFrom<readonly number[]>([], [50], [50, 100]),
    converging: fc.constantFrom<readonly number[]>([], [25, 50, 100]),
    rankBy: fc.constantFrom('brightest' as const, 'largest' as const),
    side: fc.constantFrom<NonNullable<ClusterLevelOptions['side']>>('both', 'long', 'short'),
  })

  it('are the plain rule’s, filtered, and the same whether or not the data continues (property)', () => {
    fc.assert(
      fc.property(seeds, levelOptions, fc.integer({ min: 40, max: 160 }), (seed, options, bars) => {
        const market = simulateMarket({ seed, bars: 160, volatility: 1.5 })
        const map = liquidationMap(market)
        const { binWidth, tiers } = map.options
        const rule = { ...clusterRuleOptions.defaults, ...options }
        const packed = toLevelColumns(clusterLevels(map, options), market)
        const takesPart = (leverage: number, { byTier, notional }: Pick<Cluster, 'byTier' | 'notional'>) => {
          const tier = tiers.findIndex(other => other.leverage === leverage)
          return byTier[tier]! > 0 && byTier[tier]! >= rule.tierShare * tiers[tier]!.weight * notional
        }
        const counted = (cluster: Cluster) =>
          options.converging!.length > 0
            ? options.converging!.filter(leverage => takesPart(leverage, cluster)).length
            : cluster.convergence
        let id = 0
        forEachBook(map, (t, _, plain) => {
          for (const side of SIDES) {
            if (options.side !== 'both' && options.side !== side) continue
            const expected = plainClusters(plain, side, market.close[t]!, binWidth, tierWeights(map), rule)
              .filter(cluster => counted(cluster) >= options.minConvergence!)
              .filter(cluster => options.tiers!.every(leverage => takesPart(leverage, cluster)))
              .slice(0, options.brightest)
            for (const cluster of expected) {
              const { low, high, notional, peakNotional, byBin } = cluster
              expect(packed.inner[id]).toBe(side === 'short' ? low : high)
              expect(packed.outer[id]).toBe(side === 'short' ? high : low)
              expect(packed.strength[id]).toBe(options.rankBy === 'largest' ? notional : peakNotional)
              expect(packed.convergence[id]).toBe(counted(cluster))
              expect(packed.since[id]).toBe(t)
              const outwards = side === 'short' ? byBin : byBin.toReversed()
              const total = byBin.reduce((sum, usd) => sum + usd, 0)
              let sum = 0
              const profile = Float32Array.from(outwards, usd => {
                sum += usd
                return sum / total
              })
              expect(packed.profile.subarray(packed.profileStarts[id], packed.profileStarts[id + 1])).toEqual(profile)
              id++
            }
          }
          expect(packed.starts[t + 1]).toBe(id)
        })
        const shorter = prefix(market, bars)
        const early = toLevelColumns(clusterLevels(liquidationMap(shorter), options), shorter)
        expect(early.starts).toEqual(packed.starts.slice(0, bars + 1))
        for (const name of ['inner', 'outer', 'strength', 'convergence', 'since', 'profile'] as const)
          expect(early[name]).toEqual(packed[name].slice(0, early[name].length))
      }),
      { numRuns: 25 },
    )
  })
})
