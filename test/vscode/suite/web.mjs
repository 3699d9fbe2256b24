/** Tests of the extension in a browser's worker, without a process. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { equal } from '../expect.mjs'

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
]
