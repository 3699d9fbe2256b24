/** What the strings of a cell name, and what they are completed with. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { seriesFolder } from '../../src/data/store/series-key.ts'
import { commonSymbols, storedMarkets } from '../../src/extension/known-markets.ts'
import { escapeForString, pathForCell } from '../../src/extension/relative-path.ts'
import { exchangeIn, fileStrings, stringContext } from '../../src/extension/string-context.ts'

describe('the subject of a string', () => {
  it.each([
    ["liq.market({ file: 'BTC|' })", 'file', 'BTC'],
    ["liq.market({ file: ['a.csv', 'b|'] })", 'file', 'b'],
    ["const file = '|'", 'file', ''],
    ["const symbol: string = 'BTC|/USDT'", 'symbol', 'BTC'],
    ['liq.market({ exchange: "by|", symbol })', 'exchange', 'by'],
    ["liq.market({ sample: true, timeframe: '4|' })", 'timeframe', '4'],
    ["liq.resample(btc, '|')", 'timeframe', ''],
  ])('%s', (text, subject, before) => {
    const column = text.indexOf('|')
    const line = text.replace('|', '')
    const context = stringContext(line, column)
    expect(context).toMatchObject({ subject, before, start: column - before.length })
    expect(line[context!.end]).toBe(context!.quote)
  })

  it.each([
    "liq.market({ file: 'a' |})",
    "const profile = '|'",
    "liq.heatmap(btc, { halfLife: '|' })",
    'file |',
    "f('|')",
  ])('none: %s', text => {
    expect(stringContext(text.replace('|', ''), text.indexOf('|'))).toBeUndefined()
  })

  it('has the exchange that the nearest cell names last', () => {
    expect(exchangeIn(["liq.market({ exchange: 'okx' }); x({ exchange: 'bybit' })", "const exchange = 'bitget'"])).toBe(
      'bybit',
    )
    expect(exchangeIn(['1', "const exchange: string = 'bitget'"])).toBe('bitget')
    expect(exchangeIn(['const exchange = other'])).toBeUndefined()
  })
})

it('file strings are found with the place between their quotes', () => {
  const text = "const file = ''\nliq.market({ file: \"a'b.csv\" }); profile = 'no'"
  expect(fileStrings(text).map(({ start, end }) => text.slice(start, end))).toEqual(['', "a'b.csv"])
})

it('a path is relative to the notebook, with slashes and escaped quotes', () => {
  expect(pathForCell('/work', '/work/data/a.csv')).toBe('data/a.csv')
  expect(pathForCell('/work/notebooks', '/work/data/a.csv')).toBe('../data/a.csv')
  expect(pathForCell('/work/a/b/c', '/data/a.csv')).toBe('/data/a.csv')
  expect(escapeForString("it's \\", "'")).toBe("it\\'s \\\\")
})

it('symbols are those of the venue and those that the store holds', async () => {
  expect(commonSymbols('hyperliquid')[0]).toBe('BTC/USDC:USDC')
  expect(commonSymbols(undefined)).toContain('ETH/USDT:USDT')
  const store = mkdtempSync(join(tmpdir(), 'liqnb-store-'))
  try {
    const key = { series: 'candles', exchange: 'okx', symbol: "A'B/USDT:USDT", timeframe: '1h' } as const
    mkdirSync(join(store, seriesFolder(key)), { recursive: true })
    mkdirSync(join(store, 'series=candles/exchange=okx/symbol=%E0%A4%A'))
    expect(await storedMarkets(store)).toEqual([{ exchange: 'okx', symbol: "A'B/USDT:USDT" }])
    expect(await storedMarkets(join(store, 'none'))).toEqual([])
  } finally {
    rmSync(store, { recursive: true })
  }
})
