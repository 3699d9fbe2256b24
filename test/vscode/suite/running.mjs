/** Tests of running cells: results, figures, tables, text, errors. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { equal, expect, ok } from '../expect.mjs'
import { colours } from '../png.mjs'

export const running = [
  {
    name: 'the first result of a cold kernel',
    async run({ workbench, note }) {
      const notebook = await workbench.openNotebook('first.liqnb')
      // The output frame exists once the Markdown cell is drawn, so that only the kernel is timed.
      await notebook.outputs()
      const start = performance.now()
      await notebook.run(1)
      await notebook.shows('2')
      note(`run to result on screen: ${Math.round(performance.now() - start)} ms`)
      await notebook.becomes(1, 'success')
      equal(await notebook.executionOrder(1), '[1]', 'execution order')
      ok(/\d+\.\d+s/.test(await notebook.statusBarOf(1)), 'the time that the cell took is shown')
      note(`VS Code's clock of the cell: ${/[\d.]+s/.exec(await notebook.statusBarOf(1))?.[0]}`)
      await workbench.kernelBecomes('idle')
    },
  },
  {
    name: 'a heatmap and a table are drawn',
    async run({ workbench, workspace, screenshot }) {
      const notebook = await workbench.openNotebook('figures.liqnb')
      await workbench.command('Notebook: Run All')
      await notebook.becomes(2, 'success')
      ok(existsSync(join(workspace, 'ran.txt')), 'the first cell wrote its file beside the notebook')

      await assertPainted(notebook, workbench)
      await screenshot('figures')
    },
  },
  {
    name: 'a table sorts by its header',
    async run({ workbench, screenshot }) {
      const notebook = workbench.notebook
      const frame = await notebook.outputs()
      const table = frame.locator('table').first()
      await notebook.reveal('table')
      const firstCells = () => table.locator('tbody tr td:last-child').allTextContents()
      equal((await firstCells())[1], '7,000', 'unsorted second row')
      const header = table.locator('thead th').last()
      const click = async () => (await header.locator('button').or(header).first()).click()
      await click()
      await expect('ascending', async () => /^0\b/.test((await firstCells())[0]) && (await firstCells())[1] === '1,000')
      await click()
      await expect('descending', async () => (await firstCells())[0] === '24,000')
      await screenshot('table')
    },
  },
  {
    name: 'text streams in order, a display is updated in place, progress and late text are shown',
    async run({ workbench, screenshot }) {
      const notebook = await workbench.openNotebook('display.liqnb')
      await workbench.command('Notebook: Run All')
      await notebook.becomes(3, 'executing')
      await expect('progress', async () => (await notebook.statusBarOf(3)).includes('50 %  counting bars'))
      await notebook.shows("'new'")
      const text = await notebook.shows('updated')
      ok(/one\s+two\s+three/.test(text), `streams in order: ${text}`)
      ok(!text.includes("'old'"), `display updated in place: ${text}`)
      await screenshot('progress')
      await workbench.command('Liqnb: Interrupt Kernel')
      await notebook.becomes(3, 'error')
      ok(!(await notebook.statusBarOf(3)).includes('counting'), 'progress is removed when the cell has ended')
      await notebook.shows('later')
      await notebook.becomes(2, 'success')
      equal(await notebook.executionOrder(2), '[3]', 'execution order of the cell whose timer went off')
    },
  },
  {
    name: "an error names the cell's own line and stops the rest",
    async run({ workbench, screenshot }) {
      const notebook = await workbench.openNotebook('error.liqnb')
      await workbench.command('Notebook: Run All')
      await notebook.becomes(1, 'error')
      await notebook.shows(/TypeError: Cannot read properties of undefined[\s\S]*Cell 2:3/)
      equal(await notebook.state(0), 'success', 'the previous cell')
      equal(await notebook.state(2), 'none', 'the next cell')
      await screenshot('error')
    },
  },
  {
    name: 'tagged cells may fail or are left out, and a cell may end the kernel',
    async run({ workbench, screenshot }) {
      const notebook = await workbench.openNotebook('tagged.liqnb')
      await workbench.command('Notebook: Run All')
      await notebook.becomes(3, 'success')
      equal(await notebook.state(0), 'error', 'the cell that may fail')
      equal(await notebook.state(1), 'none', 'the cell that is left out')
      equal(await notebook.state(2), 'success', 'the cell of namespaces and decorators')
      await notebook.shows(/before the exit[\s\S]*The cell called process\.exit\(0\)/)
      await screenshot('tagged')
      await notebook.run(1)
      await notebook.shows("'never'")
    },
  },
]

/** Checks the pixels of the figure, not its nodes: many colours, and no dominant one. */
export async function assertPainted(notebook, workbench, selector = '.js-plotly-plot') {
  const clip = await notebook.reveal(selector)
  await expect('the figure is painted', async () => {
    const seen = colours(await workbench.page.screenshot({ clip }))
    if (seen.distinct > 60 && seen.commonest < 0.75 && seen.vivid > 0.1) return true
    throw new Error(JSON.stringify(seen))
  })
}
