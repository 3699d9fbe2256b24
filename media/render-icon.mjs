/** Draws icon.svg into the 128 px icon.png that the manifest names: `node media/render-icon.mjs [chromium]`. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const here = name => fileURLToPath(new URL(name, import.meta.url))
const browser = await chromium.launch({
  executablePath: process.argv[2] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
const page = await browser.newPage({ viewport: { width: 128, height: 128 } })
await page.setContent(`<style>body{margin:0}svg{display:block}</style>${await readFile(here('icon.svg'), 'utf8')}`)
await page.screenshot({ path: here('icon.png'), omitBackground: true })
await browser.close()
