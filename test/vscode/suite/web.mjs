/** Tests of the extension in a browser's worker, without a process. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { equal, expect } from '../expect.mjs'
import { notebook as notebookText } from '../workspace.mjs'

const CLI = fileURLToPath(new URL('../../../dist/cli.mjs', import.meta.url))
const MAP = ["liq.heatmap(await liq.market({ sample: true, timeframe: '4h' }), { leverage: { 10: 0.5, 50: 0.5 } })"]

export const web = [
  {
    name: 'in a browser, a saved notebook opens, draws its outputs, is saved, and says why nothing runs',
    async run({ workbench, page, workspace, screenshot }) {
      const notebook = await workbench.openNotebook('saved-outputs.liqnb')
      await notebook.shows(/side[\s\S]*usd[\s\S]*short/)
      await notebook.shows('n is 7')
      await workbench.command('Liqnb: Open Sample')
      await page.getByText('A browser shows Liqnb notebooks').first().waitFor()
      await screenshot('web')
      await notebook.type(2, ' + 1')
      await workbench.save()
      const [, , cell] = JSON.parse(readFileSync(join(workspace, 'saved-outputs.liqnb'), 'utf8')).cells
      equal(cell.source.join(''), 'n + 1', 'the edit is in the file')
      equal(cell.outputs[0].data['text/plain'].join(''), 'n is 7', 'its output stays')
    },
  },
  {
    name: 'in a browser, a saved map is drawn, and its sliders mix it',
    async run({ workbench, workspace, screenshot }) {
      writeFileSync(join(workspace, 'only-the-map.liqnb'), notebookText(MAP))
      execFileSync(process.execPath, [CLI, 'run', 'only-the-map.liqnb', '-o', 'only-the-map.liqnb', '--quiet'], {
        cwd: workspace,
      })
      const notebook = await workbench.openNotebook('only-the-map.liqnb')
      const map = (await notebook.outputs()).locator('.liqnb-x')
      await expect('the map is drawn', () => map.locator('canvas[data-layer=map]').count())
      const share = map.locator('.liqnb-x-side output').first()
      const before = await share.innerText()
      await map.getByLabel('Share of 50×', { exact: true }).fill('0')
      await expect('the mix changes', async () => (await share.innerText()) !== before)
      await screenshot('web-map')
    },
  },
]
