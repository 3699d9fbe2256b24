/** Tests of what a live map tells the user in the window. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
]
