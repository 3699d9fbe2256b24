/** Every function of `liq` has an example in its doc comment, and the examples run. */
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from '@typescript/typescript6'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessionLedger } from '../../src/evidence/ledger.ts'
import { aq, liq, type Market } from '../../src/liqnb.ts'
import { root } from '../build.mjs'
import { accountAddress } from '../exchange-server/accounts.ts'
import { type LocalExchange, startExchange, type VenueId } from '../exchange-server/server.ts'
import { withOptional } from '../optional/modules.ts'
import { SIMULATE } from '../samples/positions-file.ts'

interface Example {
  /** Path of the member, e.g. `margin.binance`. */
  name: string
  code: string | undefined
}

/** The functions of `liq` and of its groups, with the first example of each. */
function examples(): Example[] {
  const entry = join(root, 'src/liqnb.ts')
  const program = ts.createProgram([entry], {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    lib: ['lib.es2023.d.ts'],
  })
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(entry)!
  const declaration = checker
    .getExportsOfModule(checker.getSymbolAtLocation(source)!)
    .find(symbol => symbol.name === 'liq')!
  const members = (symbol: ts.Symbol, path: string, depth: number): Example[] =>
    checker
      .getTypeOfSymbolAtLocation(symbol, source)
      .getProperties()
      .flatMap(property => {
        const name = `${path}${property.name}`
        const type = checker.getTypeOfSymbolAtLocation(property, source)
        if (property.name.startsWith('__')) return []
        const signature = type.getCallSignatures()[0]
        if (signature === undefined) return depth > 0 ? members(property, `${name}.`, depth - 1) : []
        const comments = [
          ...type.getCallSignatures().flatMap(call => call.getJsDocTags()),
          ...property.getJsDocTags(checker),
        ]
        const example = comments.find(tag => tag.name === 'example')
        return [{ name, code: ts.displayPartsToString(example?.text) || undefined }]
      })
  return members(declaration, '', 1)
}

const EXAMPLES = examples()
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (
  ...args: string[]
) => (...values: unknown[]) => Promise<unknown>

const duckdb = withOptional('@duckdb/node-api')
let folder = ''
const exchanges: LocalExchange[] = []
const before = { folder: process.cwd(), store: process.env.LIQNB_STORE }
/** What the examples take as given. */
const given: Record<string, unknown> = {}

/** As a cell sees it, but with local exchanges, and an end for what runs until it is stopped. */
function localLiq(): typeof liq {
  const local = { ...liq } as Record<string, unknown>
  for (const name of ['market', 'live', 'positions', 'recordPositions', 'tradeFlow'] as const) {
    const original = liq[name] as unknown as (source: Record<string, unknown>) => unknown
    local[name] = (source: Record<string, unknown>) => {
      const exchange = exchanges.find(({ venue }) => venue === source.exchange)
      if (exchange === undefined) return original(source)
      const endless = name === 'live' || name === 'recordPositions'
      return original({
        ...source,
        ccxt: exchange.ccxt,
        ...(endless ? { store: true, for: '1s' } : {}),
        ...(name === 'live' ? { history: '2h' } : {}),
      })
    }
  }
  return local as typeof liq
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'liqnb-examples-'))
  process.env.LIQNB_STORE = join(folder, 'store')
  process.env.LIQNB_BINANCE_API_KEY = 'a-key-of-binance'
  process.env.LIQNB_BINANCE_SECRET = 'its-secret'
  for (const venue of ['binanceusdm', 'hyperliquid'] satisfies VenueId[]) exchanges.push(await startExchange({ venue }))
  const btc: Market = await liq.market({ simulate: SIMULATE })
  const time = (t: number) => new Date(btc.time[t]!).toISOString()
  const rows = Array.from({ length: 50 }, (_, t) => [
    time(t),
    btc.open[t],
    btc.high[t],
    btc.low[t],
    btc.close[t],
    btc.volume[t],
  ])
  writeFileSync(join(folder, 'btc.csv'), ['date,open,high,low,close,volume', ...rows, ''].join('\n'))
  const trades = Array.from({ length: 200 }, (_, i) => [
    btc.time[0]! + i * 60_000,
    100 + (i % 7),
    1,
    i % 2 ? 'buy' : 'sell',
  ])
  writeFileSync(join(folder, 'btc-trades-2024.csv'), ['timestamp,price,amount,side', ...trades, ''].join('\n'))
  writeFileSync(join(folder, 'addresses.txt'), Array.from({ length: 5 }, (_, i) => `${accountAddress(i)}\n`).join(''))
  copyFileSync(join(root, 'samples/positions-synthetic.jsonl.gz'), join(folder, 'positions.jsonl.gz'))
  const positions = await liq.positions({ file: join(folder, 'positions.jsonl.gz') })
  const { time: times, open, high, low, close, volume } = btc
  Object.assign(given, {
    aq,
    btc,
    binance: btc,
    bybit: btc,
    eth: { ...btc, time: btc.time.slice(), symbol: 'ETH/USDT:USDT' },
    daily: liq.resample(btc, '1d'),
    map: liq.heatmap(btc),
    observed: liq.observedMap(positions, btc, { tiers: [5, 10, 25, 50] }),
    symbol: 'BTC/USDT:USDT',
    brackets: liq.brackets.table([
      [50_000, 0.004, 125],
      [Infinity, 0.0065, 75],
    ]),
    // As ccxt returns them.
    exchange: {
      fetchMarketLeverageTiers: async () => [
        { tier: 1, minNotional: 0, maxNotional: 50_000, maintenanceMarginRate: 0.004, maxLeverage: 125 },
      ],
    },
    ...{ time: times, open, high, low, close, volume },
    entry: Float64Array.of(60_000),
    size: Float64Array.of(0.1),
    leverage: Float64Array.of(25),
    display: () => undefined,
  })
  // As a user who has installed DuckDB beside the notebook.
  if (duckdb !== undefined) symlinkSync(join(duckdb, 'node_modules'), join(folder, 'node_modules'))
  process.chdir(folder)
})

afterAll(async () => {
  // The example of `liq.ledger` has opened a file in the folder.
  sessionLedger.clear()
  process.chdir(before.folder)
  delete process.env.LIQNB_BINANCE_API_KEY
  delete process.env.LIQNB_BINANCE_SECRET
  if (before.store === undefined) delete process.env.LIQNB_STORE
  else process.env.LIQNB_STORE = before.store
  await Promise.all(exchanges.map(exchange => exchange.close()))
  rmSync(folder, { recursive: true, force: true })
})

it('finds the functions', () => {
  expect(EXAMPLES.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['market', 'levels.pivots', 'margin.binance', 'store.list']),
  )
})

describe.each(EXAMPLES)('liq.$name', ({ name, code }) => {
  it.skipIf(name === 'sql' && duckdb === undefined)('has an example that runs', async () => {
    expect(code, `an @example in the doc comment of liq.${name}`).toBeDefined()
    expect(code).toContain(`liq.${name}`)
    // A block, as an example may declare the names that another takes as given.
    const run = new AsyncFunction('liq', ...Object.keys(given), `{ ${code ?? ''}\n}`)
    const done = run(localLiq(), ...Object.values(given))
    // The page on controls runs it in a cell.
    if (name === 'interact') await expect(done).rejects.toThrow('works only in a cell')
    else await done
  })
})
