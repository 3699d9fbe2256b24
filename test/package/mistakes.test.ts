/** What the likely mistakes of a newcomer print, with the real kernel and the real library: each says what to write instead. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { createSession, type Session } from '../../src/kernel/session.ts'
import type { ErrorOutput } from '../../src/notebook/types.ts'
import { type LocalExchange, startExchange } from '../exchange-server/server.ts'

const HEADER = 'time,open,high,low,close,volume\n'
const HOUR = 3_600_000
const candle = (bar: number, close: number | string = 100) =>
  `${1_672_531_200_000 + bar * HOUR},100,101,99,${close},5\n`

const FILES: Record<string, string> = {
  'BTCUSDT-1h.csv': HEADER + Array.from({ length: 100 }, (_, bar) => candle(bar)).join(''),
  'empty.csv': '',
  'header.csv': HEADER,
  'no-close.csv': HEADER.replace('close', 'last') + candle(0),
  'bad.csv': HEADER + candle(0) + candle(1, 'n/a'),
}

/** The mistake, its code, and what the error must say. */
const MISTAKES: [mistake: string, code: string, says: RegExp][] = [
  [
    'a misspelt option',
    'liq.heatmap(btc, { levrage: { 10: 1 } })',
    /levrage is not one of its options \(did you mean leverage\?\)/,
  ],
  [
    'an option of another name',
    'liq.sfp(btc, { levels: map }).backtest({ fee: 0.0005 })',
    /did you mean takerFee or makerFee\?/,
  ],
  [
    'a value of the wrong type',
    'liq.heatmap(btc, { leverage: 25 })',
    /leverage: 25, but expected shares by value, e\.g\. \{ 10: 0\.5, 50: 0\.5 \}/,
  ],
  [
    'a fee in percent',
    'liq.sfp(btc, { levels: map }).backtest({ takerFee: 5 })',
    /takerFee: 5, but expected a fraction such as 0\.0005/,
  ],
  ['a misspelt choice', "map.figure({ side: 'longs' })", /expected both, long or short \(did you mean long\?\)/],
  ['misspelt levels', "liq.sfp(btc, { levels: 'pivot' })", /did you mean pivots\?/],
  ['no options', 'liq.sfp(btc)', /liq\.sfp: no options, but expected options: \{ levels: … \}/],
  ['a misspelt member of liq', 'liq.heatmp(btc)', /^→ liq has no heatmp \(did you mean liq\.heatmap\?\)$/m],
  ['a misspelt method of a map', 'map\n  .cluster()', /^→ map has no cluster \(did you mean map\.clusters\?\)$/m],
  ['a misspelt column of a market', 'btc.closes.length', /^→ btc has no closes \(did you mean btc\.close\?\)$/m],
  [
    'a misspelt column of a table',
    "map.clusters().select('side', 'notionl')",
    /select: there is no column notionl \(did you mean notional\?\); there are .*side, low, high/,
  ],
  [
    'a misspelt column in an expression',
    'map.clusters().filter(d => d.convergance > 2)',
    /there is no column convergance \(did you mean convergence\?\)/,
  ],
  ['a misspelt column to sort by', "map.clusters().orderby(aq.desc('notionl'))", /there is no column notionl/],
  [
    'a variable in an expression',
    'const least = 2; map.clusters().filter(d => d.convergence > least)',
    /uses least of the notebook, but sees only the row\. Write filter\(aq\.escape/,
  ],
  [
    'a verb of another library',
    "map.clusters().sort('notional')",
    /^→ A table has no sort: write \.orderby\('column'\)$/m,
  ],
  ['liq left out', 'heatmap(btc)', /^→ Did you mean liq\.heatmap\?$/m],
  ['a misspelt variable', 'btcs.length', /^→ Did you mean btc\?$/m],
  ['a cell that has not run', 'daily.close.length', /^→ No cell that has run declares daily: run the cell that does/m],
  [
    'await left out of an argument',
    'liq.heatmap(liq.market({ sample: true }))',
    /got a Promise: write `await liq\.market\(…\)`/,
  ],
  [
    'await left out, then used',
    'const late = liq.market({ sample: true })\nlate.close.length',
    /^→ late is a Promise: write `await`/m,
  ],
  ['a name declared twice', 'const a = 1\nconst a = 2', /^→ A cell may declare a name once/m],
  ['Python', 'import pandas as pd', /^→ This looks like Python, but cells are TypeScript\.$/m],
  ['a word of Python', 'const closed = True', /^→ Write true/m],
  ['a package that is not installed', "import _ from 'lodash'\n_.sum([1])", /Install it there: npm install lodash/],
  [
    'a misspelt file',
    "await liq.market({ file: 'BTCUSDT_1h.csv' })",
    /There is no file .*BTCUSDT_1h\.csv \(did you mean BTCUSDT-1h\.csv\?\)/,
  ],
  ['an empty file', "await liq.market({ file: 'empty.csv' })", /empty\.csv: The file is empty/],
  [
    'a file without rows',
    "await liq.market({ file: 'header.csv' })",
    /header\.csv: The file has column names, but no bars/,
  ],
  [
    'a file with other columns',
    "await liq.market({ file: 'no-close.csv' })",
    /Its columns are .* Name the right one with columns: \{ close: '…' \}/,
  ],
  [
    'a row that is no number',
    "await liq.market({ file: 'bad.csv' })",
    /bad\.csv: Row 2, close: "n\/a", but expected a number/,
  ],
  [
    'a file name instead of options',
    "await liq.market('BTCUSDT-1h.csv')",
    /Write liq\.market\(\{ file: "BTCUSDT-1h\.csv" \}\)/,
  ],
  [
    'a file name instead of a market',
    "liq.heatmap('BTCUSDT-1h.csv')",
    /Load it first: await liq\.market\(\{ file: "BTCUSDT-1h\.csv" \}\)/,
  ],
  [
    'no source',
    "await liq.market({ symbol: 'BTC/USDT:USDT' })",
    /no source, but expected exactly one of file, exchange, sample or simulate/,
  ],
  [
    "a chart's timeframe",
    "await liq.market({ file: 'BTCUSDT-1h.csv', timeframe: '60' })",
    /timeframe: "60".* \(did you mean 1h\?\)/,
  ],
  ['a timeframe in capitals', "await liq.market({ file: 'BTCUSDT-1h.csv', timeframe: '4H' })", /did you mean 4h\?/],
  ['a timeframe in words', "liq.resample(btc, '4 hours')", /did you mean 4h\?/],
  ['a local date', "await liq.market({ ...source, since: '01/02/2023' })", /did you mean 2023-01-02 or 2023-02-01\?/],
  [
    'a start in the future',
    "await liq.market({ ...source, since: '2199-01-01' })",
    /since: "2199-01-01", but expected a time in the past/,
  ],
  ['a misspelt exchange', "await liq.market({ ...source, exchange: 'binance-futures' })", /did you mean binanceusdm\?/],
  [
    'a spot symbol',
    "await liq.market({ ...source, symbol: 'BTC/USDT' })",
    /symbol: "BTC\/USDT", but expected a symbol of binanceusdm \(did you mean BTC\/USDT:USDT\?\)/,
  ],
  [
    "a symbol as the exchange's site shows it",
    "await liq.market({ ...source, symbol: 'btcusdt' })",
    /did you mean BTC\/USDT:USDT\?/,
  ],
  [
    'a series of another name',
    "await liq.market({ ...source, with: ['oi'] })",
    /with\[0\]: "oi", but expected openInterest, funding/,
  ],
  [
    'a market without open interest',
    "liq.heatmap(await liq.market({ file: 'BTCUSDT-1h.csv' }), { flow: { from: 'openInterest' } })",
    /a series that the market has: BTCUSDT has no openInterest/,
  ],
  [
    'offline, with another symbol stored',
    "await liq.market({ ...stored, offline: true, symbol: 'ETH/USDT:USDT' })",
    /not stored, .*\. There is binanceusdm BTC\/USDT:USDT 1h candles$/m,
  ],
  [
    'no network',
    'await liq.market({ ...source, ccxt: unreachable })',
    /this machine seems to be offline .*Check the network and run it again; offline: true takes what is stored/,
  ],
]

let session: Session
let exchange: LocalExchange
const folder = mkdtempSync(join(tmpdir(), 'liqnb-mistakes-'))

beforeAll(async () => {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text)
  exchange = await startExchange()
  const entry = join(inject('consumer'), 'node_modules/liqnb/dist/kernel.mjs')
  session = createSession({ entry, cwd: folder, notebookDir: folder })
  const ccxt = JSON.stringify(exchange.ccxt)
  const failure = await errorOf(`
    const btc = await liq.market({ simulate: { seed: 1, bars: 400 } })
    const map = liq.heatmap(btc)
    const since = Math.floor(Date.now() / 3600e3 - 50) * 3600e3
    const source = { exchange: 'binanceusdm', symbol: 'BTC/USDT:USDT', timeframe: '1h', since, store: false, ccxt: ${ccxt} }
    const stored = { ...source, store: ${JSON.stringify(join(folder, 'store'))} }
    const unreachable = ${ccxt.replaceAll('127.0.0.1', 'exchange.invalid')}
    await liq.market(stored)`)
  expect(failure).toBeUndefined()
})
afterAll(async () => {
  await session.dispose()
  await exchange.close()
  rmSync(folder, { recursive: true, force: true })
})

async function errorOf(code: string): Promise<ErrorOutput | undefined> {
  let error: ErrorOutput | undefined
  await session.execute(code, 7, {
    onOutput(output) {
      if (output.output_type === 'error') error = output
    },
  })
  return error
}

it.each(MISTAKES)('%s', async (_, code, says) => {
  const error = await errorOf(code)
  const text = error?.traceback.join('\n') ?? 'no error'
  expect(text).toMatch(says)
  // The line of the cell is named.
  expect(text).toMatch(/\bCell 7:\d+:\d+/)
  expect(text).not.toMatch(/\.mjs/)
})
