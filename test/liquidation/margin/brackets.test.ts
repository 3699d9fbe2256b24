/** Brackets: bundled tables, given ones, and those that exchanges serve. */
import { describe, expect, it } from 'vitest'
import { DataError, OptionError } from '../../../src/common/errors.ts'
import { binanceBrackets, hyperliquidBrackets } from '../../../src/liquidation/margin/bracket-tables.ts'
import { type Bracket, type BracketRow, bracketTable } from '../../../src/liquidation/margin/brackets.ts'
import { bracketsFromTiers } from '../../../src/liquidation/margin/brackets-from-tiers.ts'
import { binanceMargin } from '../../../src/liquidation/margin/margin-models.ts'
import type { LeverageTier } from '../../../src/market/leverage-tier.ts'
import { existing } from '../helpers.ts'

describe('bracketTable', () => {
  it('derives the amounts that Binance publishes', () => {
    const amounts = (symbol: string) =>
      binanceBrackets(symbol).brackets.map(({ maintenanceAmount: c }) => Math.round(c))
    expect(amounts('BTC/USDT:USDT')).toEqual([
      0, 50, 950, 11_450, 131_450, 481_450, 2_981_450, 14_481_450, 26_481_450, 41_481_450, 121_481_450, 421_481_450,
    ])
    expect(amounts('SOL/USDT:USDT')).toEqual([
      0, 30, 380, 8380, 28_380, 228_380, 2_228_380, 4_228_380, 16_728_380, 66_728_380,
    ])
  })

  it('has no step in the requirement', () => {
    for (const symbol of ['BTC', 'ETH', 'SOL']) {
      const { brackets } = binanceBrackets(symbol)
      for (const [row, { cap, maintenanceRate, maintenanceAmount }] of brackets.slice(0, -1).entries()) {
        const next = existing(brackets[row + 1])
        const step = next.maintenanceRate * cap - next.maintenanceAmount - (maintenanceRate * cap - maintenanceAmount)
        expect(Math.abs(step)).toBeLessThan(1e-12 * cap)
      }
    }
  })

  it('allows equal rates and an open last bracket', () => {
    const brackets = bracketTable([
      [10, 0.01, 50],
      [20, 0.01, 20],
      [Infinity, 0.02, 10],
    ])
    expect(brackets.map(({ maintenanceAmount }) => maintenanceAmount)).toEqual([0, 0, 0.2])
  })

  const bad: [string, BracketRow[], RegExp][] = [
    ['an empty table', [], /^liq.brackets.table: brackets: \[\], but expected at least one row/],
    [
      'caps that do not rise',
      [
        [10, 0.1, 5],
        [10, 0.2, 4],
      ],
      /^liq.brackets.table: brackets\[1\]\.cap: 10, but expected more than the floor 10/,
    ],
    [
      'rates that fall',
      [
        [10, 0.1, 5],
        [20, 0.05, 4],
      ],
      /^liq.brackets.table: brackets\[1\]\.maintenanceRate: 0.05, but expected at least the 0.1 of row 0/,
    ],
    ['a rate of 0', [[10, 0, 5]], /^liq.brackets.table: brackets\[0\]\.maintenanceRate: 0, /],
    ['a rate of 1', [[10, 1, 5]], /^liq.brackets.table: brackets\[0\]\.maintenanceRate: 1, /],
    [
      'a rate in percent',
      [
        [10, 0.4, 5],
        [20, 50, 4],
      ],
      /^liq.brackets.table: brackets\[1\]\.maintenanceRate: 50, /,
    ],
    [
      'a NaN cap',
      [
        [10, 0.1, 5],
        [Number.NaN, 0.2, 4],
      ],
      /^liq.brackets.table: brackets\[1\]\.cap: NaN/,
    ],
    [
      'an infinite cap before the last row',
      [
        [Infinity, 0.1, 5],
        [20, 0.2, 4],
      ],
      /^liq.brackets.table: brackets\[0\]\.cap: Infinity/,
    ],
    ['a leverage of 0', [[10, 0.1, 0]], /^liq.brackets.table: brackets\[0\]\.maxLeverage: 0/],
    ['a NaN leverage', [[10, 0.1, Number.NaN]], /^liq.brackets.table: brackets\[0\]\.maxLeverage: NaN/],
    ['a leverage without end', [[10, 0.1, Infinity]], /^liq.brackets.table: brackets\[0\]\.maxLeverage: Infinity/],
    [
      'a row that is no list',
      [[10, 0.1, 5], { cap: 20 } as never],
      /^liq.brackets.table: brackets\[1\]: \{"cap":20\}, but expected \[cap, maintenanceRate, maxLeverage\]/,
    ],
    [
      'a row that is left out',
      // biome-ignore lint/suspicious/noSparseArray: what a missing value between two commas gives
      [[10, 0.1, 5], , [30, 0.2, 3]] as never,
      /^liq.brackets.table: brackets\[1\]: undefined, but expected \[cap, /,
    ],
  ]
  it.each(bad)('refuses %s', (_, rows, message) => {
    expect(() => bracketTable(rows)).toThrow(message)
  })
})

describe('brackets given in full', () => {
  const good = bracketTable([
    [100, 0.01, 50],
    [200, 0.02, 20],
    [300, 0.05, 10],
  ])
  const changed = (row: number, change: Partial<Bracket>) => good.map((b, i) => (i === row ? { ...b, ...change } : b))

  it('are used unchanged', () => {
    expect(binanceMargin(good).brackets).toEqual(good)
  })

  const bad: [string, Bracket[], RegExp][] = [
    [
      'a gap',
      changed(2, { floor: 210 }),
      /^liq.margin.binance: brackets\[2\]\.floor: 210, but expected 200, where row 1 ends \(a gap\)/,
    ],
    ['an overlap', changed(1, { floor: 90 }), /^liq.margin.binance: brackets\[1\]\.floor: 90, .* \(an overlap\)/],
    [
      'a first floor above 0',
      changed(0, { floor: 1 }),
      /^liq.margin.binance: brackets\[0\]\.floor: 1, but expected 0, where the brackets begin/,
    ],
    [
      'a NaN floor',
      changed(1, { floor: Number.NaN }),
      /^liq.margin.binance: brackets\[1\]\.floor: NaN, but expected 100, where row 0 ends$/,
    ],
    [
      'a wrong amount',
      changed(2, { maintenanceAmount: 8 }),
      /^liq.margin.binance: brackets\[2\]\.maintenanceAmount: 8, but expected 7 .*200/,
    ],
    [
      'a first amount',
      changed(0, { maintenanceAmount: 1 }),
      /^liq.margin.binance: brackets\[0\]\.maintenanceAmount: 1, but expected 0/,
    ],
    [
      'a NaN amount',
      changed(1, { maintenanceAmount: Number.NaN }),
      /^liq.margin.binance: brackets\[1\]\.maintenanceAmount: NaN/,
    ],
    [
      'a row of a list',
      [[10, 0.1, 5] as never],
      /^liq.margin.binance: brackets\[0\]: \[10,0.1,5\], but expected an object with floor, cap and rates/,
    ],
  ]
  it.each(bad)('are refused for %s', (_, brackets, message) => {
    expect(() => binanceMargin(brackets)).toThrow(message)
  })
})

describe('published tables', () => {
  it('are named after their coin', () => {
    expect(binanceBrackets('ETH/USDT:USDT').name).toBe('Binance ETHUSDT, October 2024')
    expect(binanceBrackets('SOLUSDT').name).toMatch(/SOLUSDT/)
    expect(binanceBrackets('WIF/USDT:USDT').name).toMatch(/BTCUSDT/)
    expect(binanceBrackets('BTCUSDT-perp').name).toMatch(/BTCUSDT/)
    expect(binanceBrackets('ETHUSDC').name).toMatch(/ETHUSDT/)
  })

  it('Hyperliquid: 1/(2·max), one bracket for a number, two tiers for a coin', () => {
    expect(hyperliquidBrackets(50)).toEqual([
      { floor: 0, cap: Infinity, maintenanceRate: 0.01, maintenanceAmount: 0, maxLeverage: 50 },
    ])
    expect(hyperliquidBrackets('ETH/USDC:USDC').map(({ cap, maxLeverage }) => [cap, maxLeverage])).toEqual([
      [100e6, 25],
      [Infinity, 15],
    ])
    expect(hyperliquidBrackets(1)[0]?.maintenanceRate).toBe(1 / 2)
    for (const market of [0, 0.99, Infinity, Number.NaN])
      expect(() => hyperliquidBrackets(market)).toThrow(
        `liq.brackets.hyperliquid: market: ${market}, but expected a maximum leverage of 1 or more`,
      )
    expect(() => hyperliquidBrackets('PURR')).toThrow(
      /market: "PURR", but expected a maximum leverage, or a coin with bundled margin tiers/,
    )
  })

  it('need a symbol', () => {
    expect(() => binanceBrackets(undefined as never)).toThrow(
      /^liq.brackets.binance: symbol: undefined, but expected a symbol such as BTC\/USDT:USDT/,
    )
  })
})

describe('bracketsFromTiers', () => {
  /** As ccxt's fetchMarketLeverageTiers returns them for binanceusdm. */
  const binance = [
    tier(1, 0, 50_000, 0.004, 125, { cum: '0.0' }),
    tier(2, 50_000, 600_000, 0.005, 100, { cum: '50.0' }),
    tier(3, 600_000, 3_000_000, 0.0065, 75, { cum: '950.0' }),
  ] as const satisfies readonly LeverageTier[]
  function tier(
    n: number,
    min: number,
    max: number,
    rate: number,
    maxLeverage: number,
    info: object = {},
  ): LeverageTier {
    return { tier: n, minNotional: min, maxNotional: max, maintenanceMarginRate: rate, maxLeverage, info }
  }

  it('builds the bundled table from the tiers that Binance serves', () => {
    expect(bracketsFromTiers(binance)).toEqual(binanceBrackets('BTC').brackets.slice(0, 3))
  })

  it('reads Bybit’s deduction, and needs none', () => {
    const amounts = (info: unknown) =>
      bracketsFromTiers([tier(1, 0, 200, 0.005, 100), { ...tier(2, 200, 400, 0.01, 50), info }]).map(
        ({ maintenanceAmount }) => maintenanceAmount,
      )
    expect(() => amounts({ mmDeduction: '1.5' })).toThrow(/: 1.5, but expected 1 /)
    for (const info of [{ mmDeduction: '1' }, { mmDeduction: '' }, { mmDeduction: null }, {}, null, undefined, 'row'])
      expect(amounts(info)).toEqual([0, 1])
  })

  it('closes the gap of one contract between OKX’s tiers with lot 1', () => {
    const okx = [tier(1, 0, 2000, 0.01, 75), tier(2, 2001, 4000, 0.015, 50)]
    expect(bracketsFromTiers(okx, { lot: 1 })[1]?.floor).toBe(2000)
    expect(() => bracketsFromTiers(okx)).toThrow(
      /^liq.brackets.fromTiers: tiers\[1\]\.minNotional: 2001, but expected 2000.*gap/,
    )
  })

  function without(name: keyof LeverageTier, row: LeverageTier): Partial<LeverageTier> {
    const { [name]: _, ...others } = row
    return others
  }

  const bad: [string, Partial<LeverageTier>[], RegExp][] = [
    ['no tiers', [], /^liq.brackets.fromTiers: tiers: \[\], but expected at least one row/],
    [
      'a tier that is no object',
      [binance[0], null as never],
      /^liq.brackets.fromTiers: tiers\[1\]: null, but expected an object with minNotional, maxNotional/,
    ],
    ['a missing cap', [without('maxNotional', binance[0])], /^liq.brackets.fromTiers: tiers\[0\]\.maxNotional: NaN/],
    [
      'a missing rate',
      [binance[0], without('maintenanceMarginRate', binance[1])],
      /^liq.brackets.fromTiers: tiers\[1\]\.maintenanceMarginRate: NaN/,
    ],
    [
      'an overlap',
      [binance[0], { ...binance[1], minNotional: 40_000 }],
      /^liq.brackets.fromTiers: tiers\[1\]\.minNotional: 40000, .*overlap/,
    ],
    ['tiers out of order', [binance[1], binance[0]], /^liq.brackets.fromTiers: tiers\[0\]\.minNotional: 50000/],
    [
      'an amount that makes a step',
      [binance[0], { ...binance[1], info: { cum: '70' } }],
      /^liq.brackets.fromTiers: tiers\[1\]\.info\.cum: 70, but expected 50/,
    ],
    [
      'an amount that is not a number',
      [binance[0], { ...binance[1], info: { cum: 'x' } }],
      /^liq.brackets.fromTiers: tiers\[1\]\.info\.cum: NaN/,
    ],
  ]
  it.each(bad)('refuses %s', (_, tiers, message) => {
    expect(() => bracketsFromTiers(tiers)).toThrow(message)
  })

  it('refuses undefined, as the tiers of a wrong symbol are', () => {
    expect(() => bracketsFromTiers(undefined as never)).toThrow(
      /^liq.brackets.fromTiers: tiers: undefined, but expected the tiers of one symbol/,
    )
  })

  it('refuses a negative or endless lot', () => {
    for (const lot of [-1, Infinity])
      expect(() => bracketsFromTiers(binance, { lot })).toThrow(`liq.brackets.fromTiers: lot: ${lot}`)
  })
})

describe('a wrong table', () => {
  it('is an option where a user writes it, and data where an exchange serves it', () => {
    const row = { minNotional: 0, maxNotional: 10, maintenanceMarginRate: 0, maxLeverage: 5 }
    for (const rows of [undefined, [], [5], [[10, 0, 5]]])
      expect(() => bracketTable(rows as never)).toThrow(OptionError)
    for (const tiers of [undefined, [], [5], [row]]) expect(() => bracketsFromTiers(tiers as never)).toThrow(DataError)
    const [bracket] = bracketTable([[10, 0.1, 5]])
    expect(() => binanceMargin([{ ...existing(bracket), maintenanceAmount: 1 }])).toThrow(OptionError)
  })
})
