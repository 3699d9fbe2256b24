/** Tests of outputs that send requests to the kernel: controls, long tables, and their saved states. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { equal, expect, ok } from '../expect.mjs'

const SAVED = { n: 4, on: true }

export const interactiveOutputs = [
  {
    name: 'interactive outputs: moving a control updates its output in place',
    async run({ workbench, note, screenshot }) {
      const notebook = await workbench.openNotebook('interactive.liqnb')
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
    name: 'interactive outputs: undo reverts a control and its output',
    async run({ workbench }) {
      const notebook = workbench.notebook
      const slider = (await notebook.outputs()).locator('.liqnb-controls input[type=range]')
      // Moves in quick succession are one gesture, and one undo step.
      await workbench.page.waitForTimeout(1500)
      await slider.press('ArrowRight')
      await notebook.shows("'n is 5'")
      // The document is edited after the end of the gesture.
      await workbench.page.waitForTimeout(1500)
      await notebook.row(0).locator('.cell-focus-indicator-left').click()
      await workbench.page.keyboard.press('Control+z')
      await notebook.shows("'n is 4'")
      equal(await slider.inputValue(), '4', 'the slider')
    },
  },
  {
    name: 'interactive outputs: a long table is sorted in the kernel',
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
    name: 'interactive outputs: all rows of a long table are exported as CSV',
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
    name: 'interactive outputs: values and view states are saved, channels are not',
    async run({ workbench, workspace }) {
      await workbench.save()
      const { cells } = JSON.parse(readFileSync(join(workspace, 'interactive.liqnb'), 'utf8'))
      const views = cells.map(cell => cell.metadata.liqnb?.views)
      equal(JSON.stringify(views[0]), JSON.stringify({ 'controls:n,on': { values: SAVED } }), 'the saved values')
      equal(views[1]['table:n,side'].sort.direction, 'descending', 'the saved order')
      const text = JSON.stringify(cells.map(cell => cell.outputs))
      ok(!text.includes('"channel"'), 'no channel in the file')
      ok(text.includes("'n is 4'"), 'the last drawing is in the file')
    },
  },
  {
    name: 'interactive outputs: without a kernel they show the saved state and a note',
    async run({ workbench, screenshot }) {
      await workbench.closeAll()
      await workbench.reload()
      const notebook = await workbench.openNotebook('interactive.liqnb')
      await notebook.reveal('.liqnb-controls')
      const frame = await notebook.outputs()
      const slider = frame.locator('.liqnb-controls input[type=range]')
      await expect('the saved value', async () => (await slider.inputValue()) === '4')
      equal(await slider.isEnabled(), false, 'the slider is enabled')
      await notebook.shows(/not connected to a kernel: run the cell again/)
      await notebook.reveal('.liqnb-table')
      const table = frame.locator('.liqnb-table')
      await expect('the rows of the output, in the saved order', async () => {
        const [status, order] = [
          await table.getByRole('status').textContent(),
          await table.locator('[aria-sort]').count(),
        ]
        return status === '1–10 of 1,000' && order === 1
      })
      await notebook.shows(/first 1,000 of 5,000 rows shown/)
      await screenshot('interactive-reopened')
      ok(!(await workbench.isDirty()), 'opening changes nothing')
    },
  },
  {
    name: 'interactive outputs: a button runs the cell with the saved values',
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
      equal(await slider.isEnabled(), false, 'the slider of an ended kernel is enabled')
    },
  },
]
