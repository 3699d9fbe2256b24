/** Tests of the quickstart notebook. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { equal, expect, ok } from '../expect.mjs'
import { assertPainted } from './running.mjs'

const EXPLORER = 'application/vnd.liqnb.explorer+json'
const STUDY = 'application/vnd.liqnb.study+json'
const FIGURE = 'application/vnd.plotly.v1+json'
const TABLE = 'application/vnd.dataresource+json'
const RUN_TIMEOUT_MS = 180_000

export const quickstart = [
  {
    name: 'the quickstart runs top to bottom and paints its heatmap',
    async run({ workbench, workspace, screenshot, note }) {
      const notebook = await workbench.openNotebook('quickstart.liqnb')
      const start = performance.now()
      await workbench.command('Notebook: Run All')
      await workbench.kernelBecomes('busy')
      await workbench.kernelSettles(RUN_TIMEOUT_MS)
      note(`run all: ${((performance.now() - start) / 1000).toFixed(1)} s`)
      await workbench.save()

      const { cells } = JSON.parse(readFileSync(join(workspace, 'quickstart.liqnb'), 'utf8'))
      const code = cells.filter(cell => cell.cell_type === 'code')
      const errors = code.flatMap(cell => cell.outputs).filter(output => output.output_type === 'error')
      equal(errors.map(error => `${error.ename}: ${error.evalue}`).join(), '', 'errors in the notebook')
      const silent = code.filter(cell => cell.outputs.length === 0 && !cell.metadata.tags?.includes('parameters'))
      equal(silent.map(cell => cell.source.join('')).join(), '', 'cells that show nothing')
      const mimes = new Set(code.flatMap(cell => cell.outputs.flatMap(output => Object.keys(output.data ?? {}))))
      for (const mime of [EXPLORER, STUDY, TABLE, 'text/plain']) ok(mimes.has(mime), `an output is ${mime}`)
      ok(!mimes.has(FIGURE), 'a map is saved in one form')

      await assertPainted(notebook, workbench, 'canvas[data-layer=map]')
      await screenshot('quickstart-heatmap')

      // A window tall enough for VS Code to draw the whole notebook at once.
      const outputsOf = mime => code.flatMap(cell => cell.outputs).filter(({ data = {} }) => mime in data).length
      const size = workbench.page.viewportSize()
      await workbench.page.setViewportSize({ width: size?.width ?? 1400, height: 6000 })
      try {
        const frame = await notebook.outputs()
        const drawn = selector => frame.locator(selector).count()
        await expect('all maps, studies and tables are drawn', async () => {
          const maps = await drawn('canvas[data-layer=map]')
          const studies = await drawn('[role=grid][aria-label=Trades]')
          const tables = await drawn('table[aria-rowcount], .liqnb-table table')
          return maps >= outputsOf(EXPLORER) && studies >= outputsOf(STUDY) && tables >= outputsOf(TABLE)
        })
        await screenshot('quickstart-whole')
      } finally {
        if (size) await workbench.page.setViewportSize(size)
      }
    },
  },
]
