/** Tests of notebook files: saving, reopening, and what must not be overwritten. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { equal, expect, ok } from '../expect.mjs'
import { assertPainted } from './running.mjs'

export const files = [
  {
    name: 'saved outputs are shown without a kernel',
    async run({ workbench, workspace, screenshot }) {
      const path = join(workspace, 'figures.liqnb')
      let notebook = await workbench.openNotebook('figures.liqnb')
      await workbench.command('Notebook: Run All')
      await notebook.becomes(2, 'success')
      await workbench.save()
      const saved = JSON.parse(readFileSync(path, 'utf8'))
      equal(saved.cells.map(cell => cell.outputs.length).join(), '0,1,1', 'outputs in the file')
      ok(
        saved.cells.every(cell => cell.execution_count === null),
        'no execution counts in the file',
      )
      ok(
        !/"execution|duration|timestamp/.test(readFileSync(path, 'utf8').replaceAll('execution_count', '')),
        'no timings',
      )

      await workbench.closeAll()
      await workbench.reload()
      notebook = await workbench.openNotebook('figures.liqnb')
      await workbench.kernelBecomes('stopped')
      await assertPainted(notebook, workbench)
      ok(!(await workbench.isDirty()), 'opening changes nothing')
      await screenshot('reopened')
    },
  },
  {
    name: 'a truncated file opens as an error and is not overwritten',
    async run({ workbench, workspace, screenshot }) {
      const path = join(workspace, 'truncated.liqnb')
      const before = readFileSync(path)
      await workbench.closeAll()
      await workbench.open('truncated.liqnb')
      const dialog = workbench.page.locator('.monaco-dialog-box')
      await dialog.waitFor()
      const message = await dialog.textContent()
      ok(/line \d+, column \d+/.test(message ?? ''), `the message says where: ${message}`)
      await screenshot('truncated')
      await dialog.getByRole('button', { name: 'Cancel' }).click()
      equal(await workbench.notebook.rows.count(), 0, 'cells shown')
      await workbench.page.keyboard.press('Control+s')
      await workbench.closeAll()
      ok(readFileSync(path).equals(before), 'the file is as it was')
    },
  },
  {
    name: 'a saved notebook keeps every byte that was not edited',
    async run({ workbench, workspace }) {
      const path = join(workspace, 'exact.liqnb')
      const before = readFileSync(path, 'utf8')
      const notebook = await workbench.openNotebook('exact.liqnb')
      await notebook.type(0, '2')
      await workbench.save()
      equal(
        readFileSync(path, 'utf8'),
        before.replace(/"source": \[\n +"1"/, match => `${match.slice(0, -1)}2"`),
        'the file',
      )
    },
  },
  {
    name: 'repeated cell ids are repaired and said',
    async run({ workbench, workspace, screenshot }) {
      await workbench.openNotebook('no-ids.liqnb')
      const toast = workbench.page.locator('.notification-toast', { hasText: 'Cell ids of a notebook were repaired' })
      await toast.waitFor()
      ok(/cells\[1\]\.id: cell ids must be unique/.test(await toast.textContent()), 'the message says which')
      await screenshot('repaired')
      await workbench.command('Notifications: Clear All Notifications')
      ok(!(await workbench.isDirty()), 'opening changes nothing')
      await workbench.notebook.type(0, '2')
      await workbench.save()
      const ids = JSON.parse(readFileSync(join(workspace, 'no-ids.liqnb'), 'utf8')).cells.map(cell => cell.id)
      ok(ids[0] === 'same' && ids[1] !== 'same', `ids: ${ids}`)
    },
  },
  {
    name: 'a pasted copy of a cell gets a new id',
    async run({ workbench, workspace }) {
      const notebook = await workbench.openNotebook('pasted.liqnb')
      await notebook.focus(0)
      await workbench.page.keyboard.press('Escape')
      await workbench.command('Notebook: Copy Cell Down')
      await notebook.row(1).waitFor()
      await workbench.save()
      const ids = JSON.parse(readFileSync(join(workspace, 'pasted.liqnb'), 'utf8')).cells.map(cell => cell.id)
      equal(ids[0], 'cell-0', 'the original keeps its id')
      ok(ids.length === 2 && ids[1] !== ids[0], `two ids: ${ids}`)
    },
  },
  {
    name: 'a new notebook opens with a cell and runs',
    async run({ workbench }) {
      await workbench.closeAll()
      await workbench.command('Liqnb: New Notebook')
      await workbench.pick('Empty Notebook')
      const notebook = workbench.notebook
      await notebook.focus(0)
      await workbench.page.keyboard.type('6 * 7')
      await workbench.page.keyboard.press('Control+Enter')
      await notebook.shows('42')
    },
  },
  {
    name: 'a new notebook keeps its kernel when it is saved and saved as another file',
    async run({ workbench }) {
      const { page, notebook } = workbench
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a cell.
      await notebook.type(0, '; globalThis.times = (globalThis.times ?? 0) + 1; `run ${times} in ${process.pid}`')
      await page.keyboard.press('Control+Enter')
      const pid = /run 1 in (\d+)/.exec(await notebook.shows(/run 1 in \d+/))[1]

      await workbench.command('File: Save')
      const path = page.locator('.quick-input-widget input[type=text]')
      await expect('the path is proposed', async () => (await path.inputValue()).endsWith('Untitled-1.liqnb'))
      await path.press('Enter')
      await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'Untitled-1.liqnb' }).click()
      await notebook.run(0)
      await notebook.shows(`run 2 in ${pid}`)

      await workbench.save()
      await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'Untitled-1.liqnb' }).click()
      await page.keyboard.press('F2')
      await page.locator('.explorer-item-edited input').fill('named.liqnb')
      await page.keyboard.press('Enter')
      await page.locator('.tabs-container .tab.active', { hasText: 'named.liqnb' }).waitFor()
      await notebook.row(0).waitFor()
      await notebook.run(0)
      await notebook.shows(`run 3 in ${pid}`)
    },
  },
  {
    name: 'export as HTML writes one page',
    async run({ workbench, workspace, screenshot }) {
      await workbench.openNotebook('figures.liqnb')
      await workbench.command('Liqnb: Export as HTML…')
      const input = workbench.page.locator('.quick-input-widget input[type=text]')
      await expect('the path is proposed', async () => (await input.inputValue()).endsWith('figures.html'))
      await input.press('Enter')
      const path = join(workspace, 'figures.html')
      await expect('the page is written', () => existsSync(path))
      await workbench.page.locator('.notification-toast', { hasText: 'Exported figures.html' }).waitFor()
      const html = readFileSync(path, 'utf8')
      ok(
        html.includes('Content-Security-Policy') && html.includes('application/vnd.plotly.v1+json'),
        'the page holds the figure',
      )
      await screenshot('exported')
      await workbench.command('Notifications: Clear All Notifications')
    },
  },
]
