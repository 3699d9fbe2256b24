/** Tests of keys of exchanges: how they are stored, who gets them, and that they do not come out again. */
import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundleForNode } from '../../bundle.mjs'
import { equal, expect, ok } from '../expect.mjs'
import { ARTIFACTS } from '../session.mjs'
import { notebook as notebookText } from '../workspace.mjs'

const KEY = {
  apiKey: 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A',
  secret: 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j',
}
const FILE = 'keys.liqnb'
const HIDDEN = '[hidden: key of binance]'
const SERVER = fileURLToPath(new URL('../../exchange-server/server.ts', import.meta.url))

/** An exchange on this machine, and a notebook that asks it for what needs a key. */
async function prepare(workspace) {
  const folder = join(workspace, '../exchange')
  await bundleForNode({ server: SERVER }, folder)
  const { startExchange } = await import(pathToFileURL(join(folder, 'server.mjs')).href)
  const exchange = await startExchange()
  writeFileSync(
    join(workspace, FILE),
    notebookText([
      `const market = await liq.market({
  exchange: 'binanceusdm', symbol: 'BTC/USDT:USDT', timeframe: '1h', since: Date.now() - 86_400_000, with: ['brackets'],
  ccxt: ${JSON.stringify(exchange.ccxt)},
})
market.leverageTiers.length + ' tiers'`,
      `const key = await liq.exchangeKey('binanceusdm')
console.log(key, 'kept: ' + key.apiKey)
throw new Error('not authorized: ' + key.secret)`,
    ]),
  )
  return exchange
}

/** Types into the input box that is open. */
async function enter(page, title, text) {
  const box = page.locator('.quick-input-widget', { hasText: title })
  await box.waitFor()
  await box.locator('input').first().fill(text)
  await page.keyboard.press('Enter')
  await box.waitFor({ state: 'hidden' }).catch(() => undefined)
}

/** The files below a folder that hold a text. */
const filesWith = (text, folder) =>
  execFileSync('sh', ['-c', 'grep -rlF -e "$0" "$1" || true', text, folder]).toString().trim()

export const exchangeKeys = [
  {
    name: 'keys: a cell that needs one offers to store it, and gets it after a question',
    async run({ workbench, workspace, page, screenshot }) {
      const exchange = await prepare(workspace)
      try {
        const notebook = await workbench.openNotebook(FILE)
        await notebook.run(0)
        await notebook.becomes(0, 'error')
        await notebook.shows(/no key of binance is stored/)
        const offer = page.locator('.notification-toast', { hasText: 'A cell needs a key of binance' })
        await offer.waitFor()
        await screenshot('keys-offer')
        await offer.getByRole('button', { name: 'Set Exchange Key…' }).click()
        await enter(page, 'Key of binance (1 of 3)', KEY.apiKey)
        await enter(page, 'Key of binance (2 of 3)', KEY.secret)
        await enter(page, 'Key of binance (3 of 3)', '')
        await page.locator('.notification-toast', { hasText: 'is stored in VS Code' }).waitFor()

        await notebook.run(0)
        const question = page.locator('.monaco-dialog-box', { hasText: 'Give this notebook the key of binance?' })
        await question.waitFor()
        ok((await question.textContent()).includes(new URL(exchange.url).host), 'the question names the server')
        await screenshot('keys-question')
        await question.getByRole('button', { name: 'Cancel' }).click()
        await notebook.becomes(0, 'error')
        await notebook.shows(/you did not give this notebook the key of binance/)
        equal(exchange.requestsTo('brackets').length, 0, 'requests without consent')

        await notebook.run(0)
        await question.getByRole('button', { name: 'Give the Key' }).click()
        await notebook.becomes(0, 'success')
        await notebook.shows('4 tiers')
        const [request] = exchange.requestsTo('brackets')
        equal(request.headers['x-mbx-apikey'], KEY.apiKey, 'the key in the header')
        const [signed, signature] = request.queryText.split('&signature=')
        equal(signature, createHmac('sha256', KEY.secret).update(signed).digest('hex'), 'the signature')
      } finally {
        await exchange.close()
      }
    },
  },
  {
    name: 'keys: the notebook is not asked again, and neither screen nor files hold a key',
    async run({ workbench, workspace, page, screenshot }) {
      const { notebook } = workbench
      await notebook.run(1)
      await notebook.becomes(1, 'error')
      await notebook.shows(`kept: ${HIDDEN}`)
      const shown = await notebook.shows(`not authorized: ${HIDDEN}`)
      await screenshot('keys-hidden')
      await workbench.save()
      ok(readFileSync(join(workspace, FILE), 'utf8').includes(HIDDEN), 'the saved notebook says that a key is hidden')
      for (const value of Object.values(KEY)) {
        ok(!shown.includes(value) && !(await page.content()).includes(value), 'no key is on the screen')
        // The workspace, what the server keeps and logs, and the suite's own logs.
        equal(filesWith(value, join(workspace, '..')), '', 'files with a key')
        equal(filesWith(value, ARTIFACTS), '', 'logs with a key')
      }
    },
  },
  {
    name: 'keys: they are listed without their values, and removed',
    async run({ workbench, page, screenshot }) {
      await workbench.command('Liqnb: List Exchange Keys')
      const list = page.locator('.quick-input-widget')
      await list.locator('.monaco-list-row', { hasText: 'binance' }).waitFor()
      await screenshot('keys-list')
      const text = await list.textContent()
      for (const value of Object.values(KEY)) ok(!text.includes(value.slice(0, 8)), 'no value is listed')
      await page.keyboard.press('Escape')
      await workbench.command('Liqnb: Remove Exchange Key…')
      await workbench.pick('binance')
      await page.locator('.notification-toast', { hasText: 'The key of binance is removed' }).waitFor()
      await workbench.notebook.run(1)
      await workbench.notebook.shows(/no key of binance is stored/)
      await expect('no key is left', async () => {
        await workbench.command('Liqnb: Remove Exchange Key…')
        return (await page.locator('.notification-toast', { hasText: 'No key of an exchange is stored' }).count()) > 0
      })
    },
  },
]
