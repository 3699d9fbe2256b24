/** Every code block of the documentation runs: cells in a notebook, commands in a shell, as they ship. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { liq } from '../../src/liqnb.ts'
import { newCodeCell, newNotebook } from '../../src/notebook/create.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'
import { ensureBuilt, root } from '../build.mjs'
import { accountAddress } from '../exchange-server/accounts.ts'
import { type LocalExchange, startExchange, type VenueId } from '../exchange-server/server.ts'
import { blocks, PAGES, type Page } from './pages.ts'

const run = promisify(execFile)
const cli = join(root, 'dist/cli.mjs')

/** Commands that set up a machine: the tests of the repository, the package and the extension run these. */
const SET_UP = /^(npm (ci|run|test|start)|code |git |echo |npx liqnb)/

/**
 * Sends what names an exchange to the local one, and ends what would run for hours. Everything else, ccxt included, is as it is.
 */
const LOCAL = `{
  const hosts = JSON.parse(process.env.LIQNB_DOCS_EXCHANGES)
  for (const name of ['market', 'live', 'positions', 'recordPositions', 'tradeFlow']) {
    const original = liq[name]
    liq[name] = (source, ...others) =>
      original(source?.exchange ? { ...(name === 'live' || name === 'market' ? { store: true } : {}), ...source, ccxt: hosts[source.exchange], ...(source.for ? { for: '2s' } : {}) } : source, ...others)
  }
}
undefined`

let folder = ''
const exchanges: LocalExchange[] = []

beforeAll(async () => {
  ensureBuilt()
  folder = mkdtempSync(join(tmpdir(), 'liqnb-docs-'))
  for (const venue of ['binanceusdm', 'bybit', 'hyperliquid'] satisfies VenueId[])
    exchanges.push(await startExchange({ venue }))
  await writeFiles()
})

afterAll(async () => {
  await Promise.all(exchanges.map(exchange => exchange.close()))
  rmSync(folder, { recursive: true, force: true })
})

/** The files of the recipes. */
async function writeFiles() {
  const market = await liq.market({ sample: true, timeframe: '4h' })
  const csv = (names: readonly string[], columns: readonly (ArrayLike<number | string> | undefined)[]) =>
    [names, ...Array.from(market.time, (_, t) => columns.map(column => column?.[t]))]
      .map(row => `${row.join()}\n`)
      .join('')
  const date = Array.from(market.time, time => new Date(time).toISOString())
  const { open, high, low, close, volume, openInterest } = market
  const candles = [date, open, high, low, close, volume]
  writeFileSync(join(folder, 'btc.csv'), csv(['date', 'open', 'high', 'low', 'close', 'volume'], candles))
  writeFileSync(join(folder, 'btc-open-interest.csv'), csv(['date', 'openInterest'], [date, openInterest]))
  writeFileSync(join(folder, 'odd.csv'), csv(['Period', 'O', 'H', 'L', 'C', 'Vol'], candles))
  writeFileSync(join(folder, 'addresses.txt'), Array.from({ length: 20 }, (_, i) => `${accountAddress(i)}\n`).join(''))
  const sweep = PAGES.filter(({ path }) => path.endsWith('cluster.md')).flatMap(page => cellsOf(page).slice(0, 1))
  writeFileSync(
    join(folder, 'sweep.liqnb'),
    serializeNotebook(newNotebook(sweep.map((code, i) => newCodeCell(`sweep-${i}`, code)))),
  )
  writeFileSync(
    join(folder, 'study.liqnb'),
    serializeNotebook(newNotebook([newCodeCell('first', 'const market = await liq.market({ sample: true })')])),
  )
  writeFileSync(
    join(folder, 'notebook.liqnb'),
    serializeNotebook(newNotebook([newCodeCell('first', 'liq.controls({ halfLife: ["3d", "7d"] })')])),
  )
}

const environment = () => ({
  ...process.env,
  LIQNB_STORE: join(folder, 'store'),
  LIQNB_DOCS_EXCHANGES: JSON.stringify(Object.fromEntries(exchanges.map(({ venue, ccxt }) => [venue, ccxt]))),
})

const liqnb = (args: readonly string[], cwd: string) =>
  run(process.execPath, [cli, ...args], { cwd, env: environment(), maxBuffer: 1e8 })

/** The words of a command. */
const words = (line: string) => [...line.matchAll(/'([^']*)'|(\S+)/g)].map(match => match[1] ?? match[2] ?? '')

const cellsOf = (page: Page) => blocks(page, 'ts').filter(code => !/^import /m.test(code))
const commandsOf = (page: Page) =>
  blocks(page, 'sh')
    .flatMap(block => block.split('\n'))
    .map(line => line.replace(/ +#.*$/, '').trim())
    .filter(line => line !== '' && !SET_UP.test(line))
const having = (of: (page: Page) => string[]) => PAGES.filter(page => of(page).length > 0)

it('finds cells and commands', () => {
  expect(having(cellsOf).length).toBeGreaterThan(10)
  expect(having(commandsOf).length).toBeGreaterThan(3)
})

describe.each(having(cellsOf))('$path', page => {
  it('runs cell by cell', async () => {
    const cells = cellsOf(page)
    const name = page.path.replaceAll(/\W/g, '-')
    const notebook = newNotebook([LOCAL, ...cells].map((code, i) => newCodeCell(`cell-${i}`, code)))
    writeFileSync(join(folder, `${name}.liqnb`), serializeNotebook(notebook))
    await liqnb(['run', `${name}.liqnb`, '-o', `${name}-done.liqnb`, '--quiet'], folder)
    const done = JSON.parse(await readFile(join(folder, `${name}-done.liqnb`), 'utf8')) as {
      cells: { outputs: object[] }[]
    }
    expect(done.cells).toHaveLength(cells.length + 1)
  })
})

describe.each(having(commandsOf))('$path', page => {
  it('has commands that work', async () => {
    for (const line of commandsOf(page)) {
      const [program, ...args] = words(line)
      expect(program, line).toBe('liqnb')
      const local = args[1] === 'get' ? ['--ccxt', JSON.stringify(exchanges[0]?.ccxt)] : []
      // Samples are written from the root of the repository; all else in the folder of the files.
      const cwd = args.some(argument => argument.startsWith('samples/')) ? root : folder
      await expect(liqnb([...args, ...local], cwd), line).resolves.toBeDefined()
    }
  })
})
