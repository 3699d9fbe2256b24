import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { equal, expect, ok } from '../expect.mjs'

const KEPT = { n: 4, on: true }

/** Outputs that talk to the kernel: controls, long tables, and what is kept of them. */
export const talking = [
  {
    name: 'outputs that talk: a moved control redraws its output in place',
    async run({ workbench, note, screenshot }) {
      const notebook = await workbench.openNotebook('talking.liqnb')
      await notebook.run(0)
      await notebook.shows("'n is 2'")
      await notebook.becomes(0, 'success')
      await notebook.reveal('.liqnb-controls')
      const slider = (await notebook.outputs()).locator('.liqnb-controls input[type=range]')
      await expect('the slider is enabled', () => slider.isEnabled())
      const times = []
      for (const n of [3, 4]) {
        const start = performance.now()
        await slider.press('ArrowRight')
        const text = await notebook.shows(`'n is ${n}'`)
        times.push(Math.round(performance.now() - start))
        ok(!text.includes(`'n is ${n - 1}'`), `the drawing is replaced: ${text}`)
      }
      note(`key to drawing: ${times.join(', ')} ms`)
      await notebook.becomes(0, 'success')
      await screenshot('controls')
    },
  },
  {
    name: 'outputs that talk: undo takes a moved control back, and its drawing with it',
    async run({ workbench }) {
      const notebook = workbench.notebook
      const slider = (await notebook.outputs()).locator('.liqnb-controls input[type=range]')
      // Moves that follow each other closely are one gesture, and one step to undo.
      await workbench.page.waitForTimeout(1500)
      await slider.press('ArrowRight')
      await notebook.shows("'n is 5'")
      // Written into the document once the gesture is over.
      await workbench.page.waitForTimeout(1500)
      await notebook.row(0).locator('.cell-focus-indicator-left').click()
      await workbench.page.keyboard.press('Control+z')
      await notebook.shows("'n is 4'")
      equal(await slider.inputValue(), '4', 'the slider')
    },
  },
  {
    name: 'outputs that talk: a long table sorts in the kernel',
    async run({ workbench, screenshot }) {
      const notebook = workbench.notebook
      await notebook.run(1)
      await notebook.becomes(1, 'success')
      await notebook.reveal('.liqnb-table')
      const table = (await notebook.outputs()).locator('.liqnb-table')
      await expect(
        'all rows are there',
        async () => (await table.getByRole('status').textContent()) === '1–10 of 5,000',
      )
      const header = table.getByRole('columnheader', { name: 'n' }).getByRole('button')
      await header.click()
      await header.click()
      const first = () => table.locator('tbody td').first().textContent()
      await expect('descending, beyond the rows of the output', async () => (await first()) === '4,999')
      await screenshot('table-kernel')
    },
  },
  {
    name: 'outputs that talk: all rows of a long table are written as CSV',
    async run({ workbench, workspace }) {
      const table = (await workbench.notebook.outputs()).locator('.liqnb-table')
      await table.getByRole('button', { name: 'CSV' }).click()
      const path = workbench.page.locator('.quick-input-widget input[type=text]')
      await expect('the dialog suggests a name', async () => (await path.inputValue()).endsWith('table.csv'))
      await path.press('Enter')
      await expect('the table says so', async () => (await table.textContent()).includes('Wrote table.csv.'))
      const lines = readFileSync(join(workspace, 'table.csv'), 'utf8').trimEnd().split('\n')
      equal(lines.length, 5001, 'lines')
      equal(lines[1].split(',')[0], '4999', 'the first row, in the order on the screen')
    },
  },
  {
    name: 'outputs that talk: values and views are kept in the file, channels are not',
    async run({ workbench, workspace }) {
      await workbench.save()
      const { cells } = JSON.parse(readFileSync(join(workspace, 'talking.liqnb'), 'utf8'))
      const views = cells.map(cell => cell.metadata.liqnb?.views)
      equal(JSON.stringify(views[0]), JSON.stringify({ 'controls:n,on': { values: KEPT } }), 'the kept values')
      equal(views[1]['table:n,side'].sort.direction, 'descending', 'the kept order')
      const text = JSON.stringify(cells.map(cell => cell.outputs))
      ok(!text.includes('"channel"'), 'no channel in the file')
      ok(text.includes("'n is 4'"), 'the last drawing is in the file')
    },
  },
  {
    name: 'outputs that talk: reopened without a kernel, they show what was kept and say so',
    async run({ workbench, screenshot }) {
      await workbench.closeAll()
      await workbench.reload()
      const notebook = await workbench.openNotebook('talking.liqnb')
      await notebook.reveal('.liqnb-controls')
      const frame = await notebook.outputs()
      const slider = frame.locator('.liqnb-controls input[type=range]')
      await expect('the kept value', async () => (await slider.inputValue()) === '4')
      equal(await slider.isEnabled(), false, 'the slider is enabled')
      await notebook.shows(/not connected to a kernel: run the cell again/)
      await notebook.reveal('.liqnb-table')
      const table = frame.locator('.liqnb-table')
      await expect('the rows of the output, in the kept order', async () => {
        const [status, order] = [
          await table.getByRole('status').textContent(),
          await table.locator('[aria-sort]').count(),
        ]
        return status === '1–10 of 1,000' && order === 1
      })
      await notebook.shows(/first 1,000 of 5,000 rows shown/)
      await screenshot('talking-reopened')
      ok(!(await workbench.isDirty()), 'looking changes nothing')
    },
  },
  {
    name: 'outputs that talk: the way on runs the cell, with the kept values',
    async run({ workbench }) {
      const notebook = workbench.notebook
      await notebook.reveal('.liqnb-controls')
      const controls = (await notebook.outputs()).locator('.liqnb-controls')
      await controls.getByRole('button', { name: 'Run the cell' }).click()
      await notebook.becomes(0, 'success')
      await notebook.shows("'n is 4'")
      const slider = (await notebook.outputs()).locator('.liqnb-controls input[type=range]')
      await expect('the slider is enabled', () => slider.isEnabled())
      await slider.press('ArrowLeft')
      await notebook.shows("'n is 3'")
      await workbench.command('Liqnb: Restart Kernel')
      await notebook.shows(/kernel of this notebook is not running|no longer holds this output/)
      equal(await slider.isEnabled(), false, 'the slider of a kernel that is gone is enabled')
    },
  },
]
