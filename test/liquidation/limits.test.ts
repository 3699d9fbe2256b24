/** The range of each option of maps, clusters, alerts and grids: its ends are taken, what lies beyond is not. */
import { describe, expect, it } from 'vitest'
import { defineOptions } from '../../src/common/options.ts'
import { alertOptions } from '../../src/liquidation/alert-options.ts'
import { flowOption } from '../../src/liquidation/book/position-flow.ts'
import { resolveStops, stopOption } from '../../src/liquidation/book/stop-places.ts'
import { clusterRuleOptions } from '../../src/liquidation/clusters.ts'
import { gridOptions } from '../../src/liquidation/grid.ts'
import { mapOptions } from '../../src/liquidation/map.ts'
import { type GroupOptions, groupOptions } from '../../src/liquidation/observed/price-groups.ts'
import { barBootstrapOptions } from '../../src/liquidation/validation/bar-bootstrap.ts'
import { above0, holdLimits, type Limits, named, share, whole } from '../option-limits.ts'

const INF = Infinity
const NAN = Number.NaN

const rule: readonly Limits[] = [
  above0('maxDistance', 3),
  above0('brightness'),
  whole('gap', 0),
  share('minShare'),
  ['tierShare', [0, 100], [-0.1, 100.1, NAN]],
  named('rankBy', 'brightest', 'largest'),
]

describe('options of a map', () => {
  it('have their range', () => {
    holdLimits(mapOptions.check, [
      ['halfLife', ['1d', INF, 1], ['a while', 0, -1, NAN]],
      ['maxAge', ['1d', INF, 1], ['a while', 0, -1, NAN]],
      ['triggerDepth', [0, 0.1], [-1e-9, 0.1001, NAN, '0']],
      ['binWidth', [1e-5, 0.1], [0.9e-5, 0.1001, NAN, '0.01']],
      [
        'positionNotional',
        [1, 1e9, { 1000: 0.5, 2000: 0.5 }],
        [0, -1, INF, NAN, '5', {}, { 0: 1 }, { 5: -1 }, { 5: 0 }],
      ],
      ['extraMargin', [{ 0: 1 }, { 0: 0.5, 3: 0.5 }], [1, {}, { 0: 0 }, { '-1': 1 }]],
      named('layer', 'liquidations', 'stops', 'both'),
      [
        'scale',
        [1e-9, 1e9, { value: 2, low: NAN, high: 3, to: 'x' }],
        [0, -1, INF, NAN, '1', { value: 0 }, { value: INF }, { value: 1, low: '1' }, { value: 1, to: 5 }],
      ],
      ['margin', [], ['binance', 5, {}]],
    ])
  })

  it('of what opens have their range', () => {
    holdLimits(flowOption, [
      [
        'from',
        ['turnover', 'volume', 'openInterest', 'trades', 'constant', { volume: 1 }, { volume: 0, openInterest: 0.1 }],
        ['other', 5, null, {}, { volume: 0 }, { volume: -1 }, { volume: INF }, { volume: NAN }, { other: 1 }],
      ],
      [
        'openInterest',
        [1, 1e12, { ofDailyVolume: 0.4 }],
        [0, -1, INF, NAN, '5', {}, { ofDailyVolume: 0 }, { ofDailyVolume: INF }, { ofDailyVolume: '1' }],
      ],
      ['openInterest', [], [null, { ofDailyVolume: 1, more: 1 }]],
      above0('openShare', 1),
      named('split', 'taker', 'even'),
      named('entry', 'path', 'range', 'typical', 'close'),
      ['minNotional', [0, 1e9], [-1, NAN, '5']],
      ['maxNotional', [1, INF], [0, -1, NAN]],
    ])
  })

  it('of stops have their range and the documented defaults', () => {
    holdLimits(stopOption, [
      named('at', 'survival', 'swings', 'rounds', 'both'),
      ['offset', [0, 0.05], [-1e-9, 0.0501, NAN]],
      whole('swingBars', 1),
      ['digits', [1, 10], [0, 11, 1.5]],
    ])
    expect(resolveStops({})).toEqual({ at: 'survival', offset: 0.001, swingBars: 10, digits: 2 })
    expect(resolveStops({ at: 'rounds', offset: 0, swingBars: 3, digits: 3 })).toEqual({
      ...{ at: 'rounds', offset: 0, swingBars: 3, digits: 3 },
    })
  })

  it('have the documented defaults', () => {
    expect(mapOptions.resolve({})).toEqual({
      leverage: 'inverseRoot',
      flow: {},
      maxAge: INF,
      binWidth: 0.001,
      positionNotional: 10_000,
      extraMargin: { 0: 1 },
      survival: {},
      layer: 'liquidations',
      stops: {},
      scale: 1,
    })
  })
})

describe('options of clusters and of what is made of them', () => {
  it('have their range', () => {
    holdLimits(clusterRuleOptions.check, rule)
    holdLimits(alertOptions.check, [
      ...rule,
      whole('brightest', 1),
      named('side', 'long', 'short', 'both'),
      ['kinds', [['near'], ['near', 'sweep', 'reclaim']], ['near', ['other']]],
      [
        'near',
        [{ atr: 1 }, { percent: 0.5 }, { atr: 1e-9 }, { percent: 1e-9 }],
        [1, {}, null, { atr: 0 }, { percent: 0 }, { atr: 1, percent: 1 }, { atr: INF }, { percent: NAN }],
      ],
      ['leave', [1, 50], [0.999, INF, NAN, '2']],
      whole('cooldown', 0),
      share('minSweepDepth'),
      whole('reclaimWithin', 0),
    ])
    holdLimits(gridOptions.check, [
      whole('from', 0),
      whole('to', 0),
      ['columns', [1, 10_000], [0, 10_001, 1.5]],
      ['rows', [1, 10_000], [0, 10_001, 1.5]],
      ['padding', [0, 5], [-1e-9, NAN]],
      above0('low'),
      above0('high'),
      share('threshold'),
    ])
    holdLimits(defineOptions<GroupOptions>('groups', groupOptions).check, [
      above0('within', 2),
      above0('binWidth', 0.5),
    ])
    holdLimits(barBootstrapOptions.check, [whole('blockBars', 1), whole('resamples', 1), ['seed', [0, -1], [0.5, NAN]]])
  })

  it('have the documented defaults', () => {
    const defaults = { maxDistance: 0.3, brightness: 2, gap: 1, minShare: 0.02, tierShare: 0.5, rankBy: 'brightest' }
    expect(clusterRuleOptions.resolve({})).toEqual(defaults)
    expect(alertOptions.resolve({})).toMatchObject({
      ...defaults,
      brightest: 2,
      side: 'both',
      kinds: ['sweep', 'reclaim', 'near'],
      near: { atr: 1 },
      leave: 2,
      cooldown: 24,
      minSweepDepth: 0.1,
      reclaimWithin: 3,
    })
    expect(gridOptions.resolve({})).toEqual({ columns: 480, rows: 240, padding: 0.15, threshold: 0 })
  })
})
