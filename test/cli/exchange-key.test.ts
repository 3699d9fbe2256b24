/** Keys of exchanges on the command line, as it ships: from the environment to the exchange, and nowhere else. */
import { execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { ensureBuilt, root } from '../build.mjs'
import { startExchange } from '../exchange-server/server.ts'
import { useFolder } from './harness.ts'

const folder = useFolder()
beforeAll(ensureBuilt, 240_000)

const KEY = {
  LIQNB_BINANCE_API_KEY: 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A',
  LIQNB_BINANCE_SECRET: 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j',
}

function liqnb(args: string[], env: Record<string, string>): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [join(root, 'dist/cli.mjs'), ...args], {
    cwd: folder.path,
    env: { ...process.env, LIQNB_STORE: folder.at('store'), ...env },
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
  return new Promise(resolve => child.on('close', code => resolve({ code, text })))
}

it('a run signs with the key of the environment, and no file and no text holds it', async () => {
  const exchange = await startExchange()
  onTestFinished(() => exchange.close())
  const call = `const market = await liq.market({
  exchange: 'binanceusdm', symbol: 'BTC/USDT:USDT', timeframe: '1h', since: Date.now() - 86_400_000, with: ['brackets'], store: ${JSON.stringify(folder.at('store'))},
  ccxt: ${JSON.stringify(exchange.ccxt)},
})`
  await folder.write(
    'key.liqnb',
    `${call}\nmarket.leverageTiers.length`,
    "const key = await liq.exchangeKey('binance')\nconsole.log(key, process.env)\nkey",
    "throw new Error('refused: ' + key.secret)",
  )
  const { code, text } = await liqnb(['run', 'key.liqnb', '-v', '-o', 'out.liqnb', '--html', 'out.html'], KEY)
  expect(text).toContain('[hidden: key of binance]')
  expect(code).toBe(1)
  expect((await folder.outputTexts('out.liqnb'))[0]).toBe('4')
  expect(exchange.requestsTo('brackets')[0]?.headers['x-mbx-apikey']).toBe(KEY.LIQNB_BINANCE_API_KEY)
  for (const value of Object.values(KEY)) {
    expect(text).not.toContain(value)
    const found = execFileSync('sh', ['-c', 'grep -rlF "$0" . || true', value], { cwd: folder.path })
    expect(found.toString()).toBe('')
  }
})

it('without a key the error names the variables', async () => {
  const exchange = await startExchange()
  onTestFinished(() => exchange.close())
  await folder.write(
    'key.liqnb',
    `await liq.market({ exchange: 'binanceusdm', symbol: 'BTC/USDT:USDT', timeframe: '1h', since: Date.now() - 86_400_000, with: ['brackets'], ccxt: ${JSON.stringify(exchange.ccxt)} })`,
  )
  const { code, text } = await liqnb(['run', 'key.liqnb'], {})
  expect(code).toBe(1)
  expect(text).toContain('set the environment variables LIQNB_BINANCE_API_KEY and LIQNB_BINANCE_SECRET')
})
