/** What the terminal shows of an error of the library, with the real kernel and the real library. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, it } from 'vitest'
import { newCodeCell, newNotebook } from '../../src/notebook/create.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'
import { startExchange } from '../exchange-server/server.ts'

const consumer = inject('consumer')

/** The errors of a notebook whose second cell has this code. */
function errorsOf(name: string, code: string): Promise<string> {
  const path = join(consumer, `${name}.liqnb`)
  writeFileSync(path, serializeNotebook(newNotebook([newCodeCell('a', '1'), newCodeCell('b', code)])))
  const cli = join(consumer, 'node_modules/liqnb/dist/cli.mjs')
  const child = spawn(process.execPath, [cli, 'run', path], { cwd: consumer, stdio: ['ignore', 'ignore', 'pipe'] })
  let text = ''
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  return new Promise(resolve => child.on('close', () => resolve(text.slice(text.indexOf(' cell 2')))))
}

it('an exchange that cannot be reached names the waiting line, and no line of the library', async () => {
  const exchange = await startExchange()
  // RFC 6761 guarantees that this name never resolves.
  const ccxt = JSON.stringify(exchange.ccxt).replaceAll('127.0.0.1', 'exchange.invalid')
  await exchange.close()
  const source = `{ exchange: 'binanceusdm', symbol: 'BTC/USDT:USDT', timeframe: '1h', since: 0, store: false, ccxt }`
  const text = await errorsOf('network', `const ccxt = ${ccxt}\nconst b = await liq.market(${source})`)
  expect(text).toMatch(/^> 2 \| const b = await liq\.market/m)
  expect(text).toMatch(/^DataError: binanceusdm: list of markets: the exchange cannot be reached/m)
  expect(text).toMatch(/^ {4}at async Cell 2:2:11$/m)
  expect(text).toMatch(/^Caused by: NetworkError: .*ENOTFOUND/m)
  expect(text).not.toMatch(/\.mjs/)
})

it('a refused request names the waiting line too', async () => {
  const exchange = await startExchange({ faults: [{ fault: { kind: 'status', status: 403 } }] })
  const source = `{ exchange: 'binanceusdm', symbol: 'BTC/USDT:USDT', timeframe: '1h', since: Date.now() - 1e7, store: false, ccxt: ${JSON.stringify(exchange.ccxt)} }`
  const text = await errorsOf('refused', `const b =\n  await liq.market(${source})`)
  await exchange.close()
  expect(text).toMatch(/^DataError: binanceusdm: candles of BTC\/USDT:USDT from .*403/m)
  expect(text).toMatch(/^ {4}at async Cell 2:2:3$/m)
  expect(text).not.toMatch(/\.mjs/)
})

it('an error that no cell waits for has no line of the library either', async () => {
  const code = "void liq.market({ file: 'none.csv' })\nawait new Promise(resolve => setTimeout(resolve, 500))"
  const text = await errorsOf('unawaited', code)
  expect(text).toMatch(/^DataError: There is no file .*none\.csv$/m)
  expect(text).not.toMatch(/\.mjs/)
})
