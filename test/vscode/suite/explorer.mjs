/** Tests of the explorer between its cell, its kernel and the window: alerts, code, full screen. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { equal, expect, ok } from '../expect.mjs'
import { notebook as notebookText } from '../workspace.mjs'

const FILE = 'explorer.liqnb'
const CELLS = [
  // Positions open in the first bar alone, at 100 with 10x: longs are liquidated near 90.4, which the last low is in.
  `const rows = [[100, 100, 100, 100, 1000], [100, 100, 100, 100, 0], [100, 100, 92, 92, 0], [92, 92, 90.3, 92, 0]]
const column = (i: number) => Float64Array.from(rows, row => row[i])
const few = liq.createMarket(
  { time: Float64Array.from(rows, (_, t) => Date.UTC(2024, 0, 1, t)), open: column(0), high: column(1), low: column(2), close: column(3), volume: column(4) },
  { symbol: 'ROWS', source: 'rows' },
)
liq.alerts(liq.heatmap(few, { leverage: { 10: 1 }, halfLife: Infinity }), { brightness: 1, near: { percent: 2 }, deliver: 'always' })`,
  'const market = await liq.market({ simulate: { seed: 3, bars: 400 } })',
  'liq.heatmap(market, { leverage: { 5: 0.5, 50: 0.5 } })',
]

export const explorer = [
  {
    name: 'explorer: an alert of a cell is a notification, which leads to the cell',
    async run({ workbench, workspace, page, screenshot }) {
      writeFileSync(join(workspace, FILE), notebookText(CELLS))
      const notebook = await workbench.openNotebook(FILE)
      await notebook.run(0)
      const toast = page.locator('.notification-toast', { hasText: 'swept' })
      await toast.waitFor()
      await notebook.becomes(0, 'success')
      await notebook.shows('Alert 2024-01-01 04:00 UTC')
      await screenshot('alert')
      await workbench.open('README.md')
      await toast.getByRole('button', { name: 'Show Cell' }).click()
      await page.locator('.tabs-container .tab.active', { hasText: FILE }).waitFor()
      await workbench.command('Notifications: Clear All Notifications')
    },
  },
  {
    name: 'explorer: its mix is written into the cell, and it fills what is in sight until Escape',
    async run({ workbench, workspace, page, screenshot }) {
      const notebook = await workbench.openNotebook(FILE)
      await notebook.run(1)
      await notebook.becomes(1, 'success')
      await notebook.run(2)
      await notebook.becomes(2, 'success')
      await notebook.reveal('.liqnb-x-chart')
      const map = (await notebook.outputs()).locator('.liqnb-x')
      const height = async () => (await map.locator('.liqnb-x-chart').boundingBox()).height
      await expect('the map is drawn', () => map.locator('canvas[data-layer=map]').count())
      const button = name => map.getByRole('button', { name, exact: true })

      const usual = await height()
      // By keyboard: the button may be below what the window shows.
      await button('Full screen').press('Enter')
      await expect('the map is higher', async () => (await height()) > usual)
      await screenshot('explorer-full')
      await map.locator('.liqnb-x-chart').focus()
      await page.keyboard.press('Escape')
      await expect('the map is as before', async () => (await height()) === usual)

      const slider = map.getByLabel('Share of 50×', { exact: true })
      await notebook.reveal('.liqnb-x-code')
      await slider.fill('100')
      await button('Apply to the cell').click()
      await expect('it is said', async () =>
        /Written\. Run the cell/.test(await map.locator('.liqnb-x-code').innerText()),
      )
      await workbench.save()
      await screenshot('explorer-applied')
      const { cells } = JSON.parse(readFileSync(join(workspace, FILE), 'utf8'))
      const source = [cells[2].source].flat().join('')
      ok(/liq\.heatmap\(market, \{\s*leverage: \{ 5: 0?\.?\d+, 50: [\d.]+ \}/.test(source), `the call: ${source}`)
      equal(source === CELLS[2], false, 'the cell is as before')
    },
  },
]
