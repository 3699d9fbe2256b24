/** Fitting a map to observed positions whose weights can be worked out by hand. */
import { describe, expect, it } from 'vitest'
import { liquidationMap, type MapOptions } from '../../../src/liquidation/map.ts'
import {
  calibrateToObserved,
  type ObservedCalibrateOptions,
} from '../../../src/liquidation/observed/calibrate-observed.ts'
import { observedMap } from '../../../src/liquidation/observed/observed-map.ts'
import { inCell } from '../../common/in-cell.ts'
import { marketOf } from '../../market/fixtures.ts'
import { existing } from '../helpers.ts'
import { observe } from './positions.ts'

const WIDTH = 0.001
/** 10 coins open at 100 and 30 at 102, on each side; then nothing opens, and no bar reaches a level. */
const ENTRIES = [
  { price: 100, coins: 10 },
  { price: 102, coins: 30 },
]
const BARS = 42
const market = marketOf(
  Array.from({ length: BARS }, (_, t) => [100, 103, 97, ENTRIES[t]?.price ?? 100, ENTRIES[t]?.coins ?? 0]),
  { openInterest: new Float64Array(BARS).fill(80) },
)
const FLOW = { from: 'volume', openShare: 1, entry: 'close', split: 'even' } as const
const base: MapOptions = { flow: FLOW, halfLife: Infinity, triggerDepth: 0 }

/** Liquidation price in bracket one of a position at the middle of its entry's bin: (1 ∓ 1/leverage)/(1 ∓ 0.004). */
function levelOf(side: 'long' | 'short', entry: number, leverage: number): number {
  const sign = side === 'long' ? -1 : 1
  const distance = Math.log((1 + sign / leverage) / (1 + sign * 0.004)) / WIDTH
  const bin = Math.floor(Math.floor(Math.log(entry) / WIDTH) + 0.5 + distance)
  return Math.exp((bin + 0.5) * WIDTH)
}

/** @param account index of the account, of those at one level */
type Coins = (side: 'long' | 'short', entry: number, leverage: number, account: number) => number

/** Accounts at each level of both tiers share its coins; they are read by the third close, and one without positions by every later one. */
function seen(
  coins: Coins,
  { accounts = 5, shown = (leverage: number, _account: number) => leverage, growth = 1, orders = false } = {},
) {
  const held = (hour: number, factor: (leverage: number) => number) =>
    (['long', 'short'] as const).flatMap(side =>
      [5, 10].flatMap(leverage =>
        ENTRIES.flatMap(({ price: entry }) =>
          Array.from({ length: accounts }, (_, k) => {
            const size = (coins(side, entry, leverage, k) * factor(leverage)) / accounts
            const price = levelOf(side, entry, leverage)
            const row = { size: side === 'long' ? size : -size, price, leverage: shown(leverage, k) }
            return { hour, account: `${side}${leverage}:${entry}:${k}`, rows: size === 0 ? [] : [row] }
          }),
        ),
      ),
    )
  const clock = (hour: number) => ({ hour, account: 'clock', orders })
  const readings = [...held(2.5, () => 1), ...Array.from({ length: BARS - 3 }, (_, k) => clock(k + 3.5))]
  // Half of the way through the fitted part those of 5x have grown.
  if (growth !== 1)
    readings.splice(
      readings.findIndex(({ hour }) => hour > 12),
      0,
      ...held(12, x => (x === 5 ? growth : 1)),
    )
  const layer = orders ? ('both' as const) : ('liquidations' as const)
  return observedMap(observe(market.time[0]!, readings), market, { tiers: [5, 10], maxAge: Infinity, layer })
}

const opened = (entry: number): number => existing(ENTRIES.find(({ price }) => price === entry)).coins
/** Half of what a map of 25 % at 5x and 75 % at 10x holds. */
const half: Coins = (_, entry, leverage) => 0.5 * (leverage === 5 ? 0.25 : 0.75) * opened(entry)
const fitTo = (to: ReturnType<typeof seen>, options: Partial<ObservedCalibrateOptions> = {}) =>
  calibrateToObserved(market, { to, within: 0.3, resamples: 20, base, ...options })
const shares = ({ mix }: Awaited<ReturnType<typeof fitTo>>) => mix.map(({ leverage, share }) => [leverage, share.mean])
const near = (value: number, digits = 9) => expect.closeTo(value, digits)

describe('the fit to observed positions, by hand,', () => {
  it('finds the mix, and as the scale what was seen over the share of open interest that was', async () => {
    const result = await fitTo(seen(half), { train: 0.25, base: { ...base, leverage: { 10: 1 } } })
    expect(shares(result)).toEqual([
      [5, near(0.25)],
      [10, near(0.75)],
    ])
    // 20 of 80 coins were seen on each side, half of the 40 that the map has: 0.5 / 0.25.
    expect(result.coverage).toBeCloseTo(0.25, 12)
    expect(result.scale?.mean).toBeCloseTo(2, 9)
    expect(result.train).toBeCloseTo(1, 9)
    // Accounts were read by the closes of bars 2 to 41; the first quarter is to fit on.
    expect([result.trainBars, result.testBars]).toEqual([
      [2, 11],
      [12, 41],
    ])
    const leverage = { 5: near(0.25), 10: near(0.75) }
    expect(result.options).toMatchObject({ ...base, binWidth: WIDTH, leverage })
    expect(result.options.scale).toMatchObject({ value: near(2), to: 'observed positions of test' })
    for (const side of ['long', 'short'] as const) {
      const { test, before } = result
      expect([test[side].snapshots, before[side].snapshots]).toEqual([30, 30])
      // The scaled map holds 80 coins against the 20 that were seen, in the same places.
      expect([test[side].overlap.mean, test[side].ratio.mean]).toEqual([near(1), near(4)])
      // That of `base` holds 40, and nothing where the quarter of 5x lies.
      expect([before[side].overlap.mean, before[side].ratio.mean]).toEqual([near(0.75), near(2)])
    }
  })

  it('is compared with the default mix unless `base` has one', async () => {
    const { before } = await fitTo(seen(half))
    // In inverse proportion to the root of the leverage: of 40 longs 0.346 at 5x and 0.245 at 10x, of shares that sum to 1.001. Of the 10
    // from 100 also 0.155 at 25x, which lie at 96.4. The lows of 97 took all others.
    const [five, ten, twentyFive] = [40 * 0.346, 40 * 0.245, 10 * 0.155]
    const all = five + ten + twentyFive
    expect(before.long.ratio.mean).toBeCloseTo(all / 1.001 / 20, 9)
    expect(before.long.overlap.mean).toBeCloseTo(0.25 + ten / all, 9)
  })

  it('weighs each price group by the inverse of what it expects there, and an empty one by 2 % of the mean', async () => {
    const drawn = { long: { 100: 9, 102: 12 }, short: { 100: 2, 102: 15 } }
    const coins: Coins = (side, entry, leverage) => (leverage === 5 ? 0 : drawn[side][entry as 100 | 102])
    const result = await fitTo(seen(coins, { accounts: 10 }), { tiers: [10], within: 0.15 })
    // 30 groups of 0.005 a side, 80 coins in four of them.
    const floor = (0.02 * 80) / 60
    const term = (observed: number, expected: number) => (observed * expected) / (expected + floor)
    const weight = (term(9, 10) + term(12, 30) + term(2, 10) + term(15, 30)) / (2 * (term(10, 10) + term(30, 30)))
    expect(shares(result)).toEqual([[10, 1]])
    expect(existing(result.scale).mean * result.coverage).toBeCloseTo(weight, 9)
    // About what was seen in all over what is expected in all, which is best where counts vary as their mean.
    expect(weight).toBeCloseTo(38 / 80, 2)
    // By level the map has shares of 1/8 and 3/8 on each side, the positions 9, 12, 2 and 15 of 38.
    expect(result.train).toBeCloseTo(1 / 8 + 12 / 38 + 2 / 38 + 3 / 8, 9)
  })

  it('holds each tier against the positions of its own leverage, if that is what tells tiers', async () => {
    // One in five of the accounts at the distance of 5x shows 10x, as after adding margin.
    const to = seen(half, { shown: (leverage, account) => (account === 0 ? 10 : leverage) })
    expect(shares(await fitTo(to))).toEqual([
      [5, near(0.25)],
      [10, near(0.75)],
    ])
    const result = await fitTo(to, { by: 'leverage' })
    expect(shares(result)).toEqual([
      [5, near(0.2 / 0.95)],
      [10, near(0.75 / 0.95)],
    ])
    expect(result.scale?.mean).toBeCloseTo((0.5 * 0.95) / 0.25, 9)
    expect(result.train).toBeCloseTo(0.95, 9)
  })

  it('has intervals over accounts as wide as drawing 40 of 40 makes them', async () => {
    const { mix, scale } = await fitTo(seen(half), { resamples: 1000 })
    // Of eight levels with five accounts each: by how much a tier of four, weighed 1 : 3 : 1 : 3, varies is √0.0375, with a covariance of
    // −0.025 between tiers. The share of one of two tiers then has a standard error of 0.25 · 0.75 · √(2 · 0.0375 + 2 · 0.025).
    // Student's quantile for 20 snapshots, 2.093, is widened by √(20/19).
    const width = 0.25 * 0.75 * Math.sqrt(0.125) * 2.093 * Math.sqrt(20 / 19)
    const [five, ten] = mix.map(({ share }) => share)
    expect(five!.high - five!.low).toBeGreaterThan(1.8 * width)
    expect(five!.high - five!.low).toBeLessThan(2.2 * width)
    expect([ten!.low, ten!.high]).toEqual([near(1 - five!.high), near(1 - five!.low)])
    // What was seen and its share of open interest change alike with the accounts, so the scale hardly does.
    const { low, high } = existing(scale)
    expect([low, high]).toEqual([near(2, 1), near(2, 1)])
  })

  it('draws blocks of a fifth of the fitted snapshots, as many and as seeded, unless told', async () => {
    const to = seen(half, { growth: 3 })
    const low = async (options: Partial<ObservedCalibrateOptions> = {}) => (await fitTo(to, options)).mix[0]!.share.low
    const usual = await low()
    expect(await low({ block: 4, seed: 1 })).toBe(usual)
    for (const other of [{ block: 1 }, { seed: 2 }, { resamples: 3 }]) expect(await low(other)).not.toBe(usual)
  })

  it('takes the flow that overlaps most, the first of equals, and leaves out one that opens nothing there', async () => {
    const to = seen(half)
    // At the typical price, (103 + 97 + 102)/3, those from 102 would lie in other groups. Without a change of open interest nothing opens.
    const flows = [{ entry: 'typical' }, { from: 'openInterest' }, { openShare: 1 }, { openShare: 0.5 }] as const
    const steps: unknown[] = []
    const progress = (...step: unknown[]) => void steps.push(step)
    const result = await inCell({ progress }, () => fitTo(to, { flows, tiers: [10, 5] }))
    expect(steps).toEqual([1, 3, 4].map(k => [`Calibrating: ${k} of 4 flows`, k / 4]))
    expect(result.options.flow).toEqual(FLOW)
    expect(shares(result).map(([leverage]) => leverage)).toEqual([5, 10])
    const rows = result.trials.objects() as Record<string, unknown>[]
    expect(rows.slice(0, 2)).toEqual(
      [1, 0.5].map(openShare => ({ train: near(1), flow: '"volume"', openShare, x5: near(0.25), x10: near(0.75) })),
    )
    // Only those from 100 are where they were seen: a quarter.
    expect(rows.slice(2)).toMatchObject([{ train: near(0.25, 3), openShare: 1 }])
    const reversed = await fitTo(to, { flows: [{ openShare: 0.5 }, { openShare: 1 }] })
    expect(reversed.options.flow).toMatchObject({ openShare: 0.5 })
    expect(reversed.scale?.mean).toBeCloseTo(4, 9)
  })

  it('tries shares of the volume that open with a known open interest, unless the base has a flow', async () => {
    const { flow: _, ...rest } = base
    const { trials } = await fitTo(seen(half), { base: rest })
    expect((trials.array('openShare') as number[]).sort()).toEqual([0.1, 0.25, 0.5, 1])
    expect((await fitTo(seen(half))).trials.numRows()).toBe(1)
  })

  it('stops when the cell is cancelled', async () => {
    const stop = new AbortController()
    stop.abort()
    await expect(inCell({ signal: stop.signal }, () => fitTo(seen(half)))).rejects.toThrow(/abort/)
  })

  it('needs thirty accounts, three price groups a tier, and ten snapshots of each part', async () => {
    const some = (accounts: number, coins: Coins) => fitTo(seen(coins, { accounts }))
    const six: Coins = (side, entry, leverage) =>
      side === 'short' && entry === 102 ? 0 : half(side, entry, leverage, 0)
    await expect(some(5, six)).resolves.toBeDefined()
    const oneLess: Coins = (...at) => (at[0] === 'long' && at[1] === 100 && at[2] === 5 && at[3] === 0 ? 0 : six(...at))
    await expect(some(5, oneLess)).rejects.toThrow(
      'liq.calibrate: positions of 29 accounts were observed in the fitted snapshots, but expected at least 30',
    )
    await expect(some(6, (...at) => (at[0] === 'short' && at[2] === 5 ? 0 : six(...at)))).rejects.toThrow(
      'liq.calibrate: positions were observed in 5 price groups of the fitted snapshots, but expected at least 6 to tell 2 tiers apart',
    )
    const to = seen(half)
    await expect(fitTo(to, { train: 0.75 })).resolves.toBeDefined()
    for (const [train, parts] of [
      [0.225, '9 to fit on and 31 to score'],
      [0.775, '31 to fit on and 9 to score'],
    ] as const)
      await expect(fitTo(to, { train })).rejects.toThrow(
        `accounts were read in 40 bars: ${parts}, but expected at least 10`,
      )
    const { trainBars, testBars } = await fitTo(to, { snapshots: 20 })
    // Twenty of 40, evenly spread: every 39/19 bars.
    expect([trainBars, testBars]).toEqual([
      [2, 20],
      [23, 41],
    ])
  })

  it('refuses what is no map of observed liquidations, and what does not fit to it', async () => {
    const to = seen(half)
    const expected = 'but expected a map of observed positions, as liq.observedMap returns it'
    for (const wrong of [null, 5, { isObserved: true }, { coverage: to.coverage }, liquidationMap(market, base)])
      await expect(fitTo(wrong as typeof to)).rejects.toThrow(expected)
    await expect(fitTo(seen(half, { orders: true }))).rejects.toThrow(
      `to: "both", ${expected}, of the layer liquidations`,
    )
    await expect(fitTo(to, { tiers: [10, 200] })).rejects.toThrow(
      /^liq.calibrate: tiers: \[10,200\], .*: they cap 200x$/,
    )
    await expect(fitTo(to, { tiers: [50] })).rejects.toThrow(
      'liq.calibrate: the map has no level where positions were observed',
    )
    await expect(fitTo(to, { base: { ...base, binWidth: 0.002 } })).rejects.toThrow('binWidth of the map: 0.002')
    const shorter = marketOf([[100, 101, 99, 100]])
    await expect(calibrateToObserved(shorter, { to, base })).rejects.toThrow('the bars of the two maps differ')
    for (const [option, value] of [
      ['train', 0],
      ['train', 1],
      ['by', 'size'],
      ['tiers', [1]],
      ['tiers', [Infinity]],
      ['snapshots', 19],
      ['block', 0.99],
      ['block', Infinity],
      ['resamples', 0],
      ['seed', 0.5],
      ['within', 0],
      ['base', { leverage: {} }],
      ['flows', [{ from: 'x' }]],
    ])
      await expect(fitTo(to, { [option as string]: value })).rejects.toThrow(`liq.calibrate: ${option}`)
  })
})
