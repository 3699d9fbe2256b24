import { afterEach, describe, expect, it } from 'vitest'
import { explorerPayload } from '../../src/charts/explorer.ts'
import { EXPLORER_MIME, type ExplorerChoice, type ExplorerPayload } from '../../src/charts/explorer-payload.ts'
import { DAY } from '../../src/common/duration.ts'
import { liq } from '../../src/liqnb.ts'
import { liquidationMap, type MapOptions } from '../../src/liquidation/map.ts'
import { createMarket } from '../../src/market/market.ts'
import { EXPLORER_MIME as PAGE_MIME } from '../../src/notebook/mime.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { bundleOf } from './helpers.ts'

const CHANNEL = Symbol.for('liqnb.channel')
const host = globalThis as { [key: symbol]: unknown }
// A coin that every bundled table has.
const market = createMarket(simulateMarket({ seed: 5, bars: 300 }), { symbol: 'BTC/USDT:USDT', source: 'simulated' })

interface Bundle {
  [mime: string]: unknown
  [EXPLORER_MIME]: ExplorerPayload
}

const choiceOf = ({ choices }: ExplorerPayload, name: string) => choices!.find(choice => choice.name === name)!
const labels = (choice: ExplorerChoice) => choice.options.map(option => option.label)

/** The market with leverage tiers that its exchange served. */
function served(source: string) {
  const tiers = [
    { tier: 1, minNotional: 0, maxNotional: 2e6, maintenanceMarginRate: 0.005, maxLeverage: 100 },
    { tier: 2, minNotional: 2e6, maxNotional: 1e9, maintenanceMarginRate: 0.01, maxLeverage: 50 },
  ]
  return { ...market, source, leverageTiers: tiers }
}

/** The part of the kernel's channel host that a heatmap uses. */
function openChannels(): ((message: unknown) => ExplorerPayload)[] {
  const handlers: ((message: unknown) => ExplorerPayload)[] = []
  host[CHANNEL] = { open: (handler: (message: unknown) => ExplorerPayload) => `channel ${handlers.push(handler)}` }
  return handlers
}
afterEach(() => {
  delete host[CHANNEL]
})

describe('the explorer bundle', () => {
  it('has the explorer, a figure for other readers and text; small enough to be saved', () => {
    const bundle = bundleOf<Bundle>(liq.heatmap(market))
    expect(Object.keys(bundle)).toEqual([EXPLORER_MIME, 'application/vnd.plotly.v1+json', 'text/plain'])
    expect(EXPLORER_MIME).toBe(PAGE_MIME)
    expect(JSON.stringify(bundle).length).toBeLessThan(300_000)
    expect(bundle[EXPLORER_MIME].channel).toBeUndefined()
  })

  it('is the same for the same map', () => {
    const once = () => JSON.stringify(explorerPayload(liquidationMap(market), { columns: 50, rows: 40 }))
    expect(once()).toBe(once())
  })

  it('treats an undefined option as left out', () => {
    const map = liquidationMap(market, { binWidth: 0.0002 })
    const undefinedSize = { columns: undefined, rows: undefined, weights: undefined } as object
    expect(explorerPayload(map, undefinedSize)).toEqual(explorerPayload(map))
  })

  it('reduces presets to the tiers of the map', () => {
    const { presets, tiers } = bundleOf<Bundle>(liq.heatmap(market, { leverage: { 10: 1, 50: 3, 80: 0 } }))[
      EXPLORER_MIME
    ]
    expect(tiers).toEqual([
      { leverage: 10, weight: 0.25 },
      { leverage: 50, weight: 0.75 },
      { leverage: 80, weight: 0 },
    ])
    const retail = presets.find(({ name }) => name === 'retail')!
    expect(retail.shares.map(share => +share.toFixed(3))).toEqual([0.6, 0.4, 0])
  })

  it('has a layer for a tier of weight 0, so that its slider has an effect', () => {
    const turned = bundleOf<Bundle>(liq.heatmap(market, { leverage: { 10: 1, 50: 0 } }))[EXPLORER_MIME]
    const even = bundleOf<Bundle>(liq.heatmap(market, { leverage: { 10: 0.5, 50: 0.5 } }))[EXPLORER_MIME]
    expect(turned.levels.floor / even.levels.floor).toBeCloseTo(1, 4)
    expect(Math.abs(turned.data.length / even.data.length - 1)).toBeLessThan(0.03)
  })

  it('says what its amounts are: USD, or relative where nothing ties them to open interest', () => {
    const shown = (options: MapOptions) => {
      const bundle = bundleOf<Bundle & Record<string, { layout: unknown; data: unknown }>>(liq.heatmap(market, options))
      const { subject, unit } = bundle[EXPLORER_MIME]
      return { subject: subject.long, unit, figure: JSON.stringify(bundle['application/vnd.plotly.v1+json']) }
    }
    const real = shown({})
    expect(real).toMatchObject({ subject: 'Estimated long liquidations', unit: 'USD' })
    expect(real.figure).toContain('"text":"USD"')
    const relative = shown({ flow: { from: 'volume' } })
    expect(relative).toMatchObject({ subject: 'Estimated long liquidations, relative scale', unit: 'relative' })
    expect(relative.figure).not.toContain('USD<extra>')
    expect(relative.figure).toContain('"text":"relative"')
    expect(shown({ flow: { from: 'volume' }, scale: 0.01 }).unit).toBe('USD')
    expect(shown({ flow: { openInterest: 1e9 } }).unit).toBe('USD')
    expect(shown({ survival: { 0.5: 0.5 }, layer: 'stops' }).subject).toBe('Estimated long stops')
  })

  it('has its own columns for a part', () => {
    const map = liq.heatmap(market)
    const all = bundleOf<Bundle>(map)[EXPLORER_MIME]
    const part = bundleOf<Bundle>(map.explore({ from: 100 }))[EXPLORER_MIME]
    expect([all.grid.columns, part.grid.columns, part.id]).toEqual([300, 200, all.id])
  })
})

describe('while the kernel runs', () => {
  it('offers parameters with their present values', () => {
    openChannels()
    const cell = bundleOf<Bundle>(liq.heatmap(market, { halfLife: '5d', flow: { from: 'openInterest' } }))[
      EXPLORER_MIME
    ]
    expect(cell.channel).toBe('channel 1')
    expect(cell.choices!.map(({ label }) => label)).toEqual([
      'Half-life',
      'Flow',
      'Margin',
      'Bins',
      'Timeframe',
      'Tiers',
    ])
    expect(choiceOf(cell, 'halfLifeMs').value).toBe(5 * DAY)
    expect(labels(choiceOf(cell, 'halfLifeMs'))).toEqual(['12h', '1d', '3d', '5d', '7d', '14d', '30d', '90d', 'none'])
    expect(choiceOf(cell, 'halfLifeMs').options.at(-1)).toEqual({ label: 'none', value: null })
    const week = choiceOf(
      bundleOf<Bundle>(liq.heatmap(market, { flow: { from: 'volume' } }))[EXPLORER_MIME],
      'halfLifeMs',
    )
    expect(week.options.filter(option => option.value === week.value)).toEqual([{ label: '7d', value: 7 * DAY }])
    expect(choiceOf(cell, 'flow').value).toBe('openInterest')
    expect(labels(choiceOf(cell, 'flow'))).toEqual(['turnover', 'volume', 'openInterest', 'constant'])
    expect(choiceOf(cell, 'timeframe').value).toBe('1h')
    expect(labels(choiceOf(cell, 'timeframe'))).toEqual(['1h', '4h'])
    expect(choiceOf(cell, 'binWidth').options[0]).toEqual({ label: '5 bp', value: 0.0005 })
  })

  it('keeps the options in their order, whatever is chosen: the cell’s own value is among them', () => {
    const handlers = openChannels()
    const cell = bundleOf<Bundle>(liq.heatmap(market, { halfLife: '5d', binWidth: 0.003 }))[EXPLORER_MIME]
    const chosen = handlers[0]!({ halfLifeMs: DAY, binWidth: 0.001, margin: 'Hyperliquid', tiers: [2, 10] })
    const frame = ({ choices }: ExplorerPayload) => choices!.map(({ name, options }) => ({ name, options }))
    expect(frame(chosen)).toEqual(frame(cell))
    expect(labels(choiceOf(chosen, 'binWidth'))).toEqual(['5 bp', '10 bp', '20 bp', '30 bp', '50 bp'])
    const values = (payload: ExplorerPayload) => payload.choices!.map(({ value }) => value)
    expect(values(cell)).toEqual([5 * DAY, 'turnover', null, 0.003, '1h', []])
    expect(values(chosen)).toEqual([DAY, 'turnover', 'Hyperliquid', 0.001, '1h', [2, 10]])
  })

  it.each([
    ['the bundled brackets', market, undefined, 'Binance BTCUSDT, October 2024'],
    ['the tiers that Bybit served', served('bybit'), undefined, 'Bybit linear, tiers from the exchange'],
    ['the brackets that Binance served', served('binanceusdm'), undefined, 'Binance, brackets from the exchange'],
    ['the rule of the cell', market, liq.margin.hyperliquid(50), 'Hyperliquid 50x'],
  ])('names the margin rule that is used: %s', (_, data, margin, name) => {
    openChannels()
    const cell = bundleOf<Bundle>(liq.heatmap(data, margin ? { margin } : {}))[EXPLORER_MIME]
    const { value, options } = choiceOf(cell, 'margin')
    expect(value).toBeNull()
    expect(options[0]).toEqual({ label: name, value: null })
    expect(cell.assumptions.join()).toContain(name)
    expect(new Set(options.map(option => option.label)).size).toBe(options.length)
  })

  it('rebuilds the map with the requested parameters', () => {
    const handlers = openChannels()
    bundleOf<Bundle>(liq.heatmap(market))
    const rebuilt = handlers[0]!({
      halfLifeMs: DAY,
      flow: 'openInterest',
      binWidth: 0.002,
      margin: 'Hyperliquid',
      timeframe: '4h',
    })
    const options = {
      halfLife: '1d',
      flow: { from: 'openInterest' },
      binWidth: 0.002,
      margin: liq.margin.hyperliquid(market.symbol),
    } as const
    const direct = explorerPayload(liq.timeframes(market, ['4h'], options)[0]!, { compression: 2 })
    expect(rebuilt.data).toBe(direct.data)
    expect(rebuilt.assumptions).toEqual(direct.assumptions)
    expect(choiceOf(rebuilt, 'timeframe').value).toBe('4h')
  })

  it('adds tiers, and builds a part in full detail', () => {
    const handlers = openChannels()
    bundleOf<Bundle>(liq.heatmap(market, { leverage: { 10: 1, 30: 1 } }))
    const tiers = handlers[0]!({ tiers: [2, 10, 100] }).tiers
    expect(tiers.map(({ leverage, weight }) => [leverage, weight])).toEqual([
      [2, 0],
      [10, 0.5],
      [30, 0.5],
      [100, 0],
    ])
    const range = [market.time[100]!, market.time[199]!]
    expect(handlers[0]!({ range }).grid.columns).toBe(100)
    expect(handlers[0]!({ range, timeframe: '4h' }).grid.columns).toBe(25)
  })

  it.each([
    [null, 'expected an object, found null'],
    [{ halfLifeMs: '<b>' }, 'halfLifeMs: expected a number, found "<b>"'],
    [{ halfLifeMs: 0 }, 'halfLifeMs: expected >0, found 0'],
    [{ halfLife: '7d' }, 'halfLife: not a known property'],
    [
      { flow: 'guess' },
      'flow: expected "turnover" or "volume" or "openInterest" or "trades" or "constant", found "guess"',
    ],
    [{ margin: 'constructor' }, 'margin: expected "Binance" or "Hyperliquid", found "constructor"'],
    [{ tiers: [10, 1] }, 'tiers[1]: expected a whole number from 2 to 1000, found 1'],
    [{ range: [2, 1] }, 'range: expected two moments'],
    [{ range: [1, '2'] }, 'range[1]: expected two moments'],
    [{ timeframe: '90m' }, 'explorer: timeframe: 90m, but expected a multiple of 1h'],
    [{ timeframe: 'soon' }, 'explorer: timeframe: "soon" is not a duration'],
    [{ binWidth: 0 }, 'explorer: binWidth: 0'],
    [{ column: 5 }, 'explorer: column: no bar closes at 5'],
  ])('refuses %j', (message, reason) => {
    const handlers = openChannels()
    bundleOf<Bundle>(liq.heatmap(market))
    expect(() => handlers[0]!(message)).toThrow(reason)
  })

  it('offers nothing for a sum of maps, which cannot be rebuilt', () => {
    openChannels()
    const map = liq.heatmap(market)
    expect(bundleOf<Bundle>(liq.aggregate([map, map]))[EXPLORER_MIME].channel).toBeUndefined()
  })
})
