/** Tests of stale cells, of running what depends on what, and of reactive mode. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { equal, expect, ok } from '../expect.mjs'
import { setTheme } from '../workspace.mjs'

/** The mark of a stale cell; undefined if it has none. */
const markOf = async (notebook, index) =>
  /stale: [^$]*?(?=TypeScript|$)/.exec(await notebook.statusBarOf(index))?.[0].trim()

async function marksBecome(notebook, marks) {
  for (const [index, mark] of Object.entries(marks))
    await expect(`the mark of cell ${index}`, async () => {
      const now = await markOf(notebook, Number(index))
      if (now !== mark) throw new Error(String(now))
      return true
    })
}

export const stale = [
  {
    name: 'stale: an edited cell is marked, and its dependents when it has run',
    async run({ workbench, workspace, screenshot }) {
      const notebook = await workbench.openNotebook('stale.liqnb')
      await workbench.command('Notebook: Run All')
      await notebook.becomes(5, 'success')
      await marksBecome(notebook, { 0: undefined, 2: undefined, 3: undefined })
      await notebook.type(0, '0')
      await marksBecome(notebook, { 0: 'stale: edited', 2: undefined })
      await workbench.page.keyboard.press('Backspace')
      await marksBecome(notebook, { 0: undefined })
      await workbench.page.keyboard.type(' + 1')
      await notebook.run(0)
      await marksBecome(notebook, {
        0: undefined,
        2: 'stale: market changed',
        3: 'stale: map is stale',
        4: undefined,
        5: 'stale: map is stale',
      })
      await screenshot('stale-marks')
      const mark = notebook.row(2).locator('.cell-statusbar-container .cell-status-item', { hasText: 'stale:' })
      await mark.hover()
      const hover = workbench.page.locator('.monaco-hover:visible')
      await hover.filter({ hasText: 'market is not what this cell has read: cell 1 defines it.' }).waitFor()
      for (const theme of ['Dark', 'Light']) {
        setTheme(workspace, `Default ${theme} Modern`)
        const type = theme === 'Dark' ? 'vs-dark' : 'vs'
        await workbench.page.locator(`.monaco-workbench.${type}`).waitFor()
        await screenshot(`stale-${theme.toLowerCase()}`)
      }
    },
  },
  {
    name: 'stale: a click on the mark runs the cell and what it needs',
    async run({ workbench }) {
      const { notebook, page } = workbench
      await page.mouse.move(0, 0)
      // Cell 3 needs cell 2, which is stale itself.
      await notebook.row(3).locator('.cell-statusbar-container .cell-status-item', { hasText: 'stale:' }).click()
      await notebook.shows("'map is 20'")
      equal(await notebook.executionOrder(2), '[7]', 'the cell that is needed')
      equal(await notebook.executionOrder(3), '[8]', 'the cell itself')
      equal(await notebook.executionOrder(4), '[4]', 'a cell that is not needed')
      await marksBecome(notebook, { 2: undefined, 3: undefined, 5: 'stale: map changed' })
    },
  },
  {
    name: 'stale: Run Stale Cells runs the rest, Run Dependents all that depend on a cell',
    async run({ workbench, screenshot }) {
      const { notebook } = workbench
      await workbench.page.locator('.notebook-toolbar-container').getByText('Run Stale').click()
      await marksBecome(notebook, { 5: undefined })
      await notebook.becomes(5, 'success')
      equal(await notebook.executionOrder(5), '[9]', 'the stale cell')
      await expect('the button has gone', async () => {
        const text = await workbench.page.locator('.notebook-toolbar-container').textContent()
        return !text.includes('Run Stale')
      })
      await notebook.row(0).locator('.cell-focus-indicator-left').click()
      await workbench.command('Liqnb: Run Dependents')
      await notebook.becomes(5, 'success')
      await expect('they run in order', async () => (await notebook.executionOrder(5)) === '[12]')
      equal(await notebook.executionOrder(2), '[10]', 'the first dependent')
      equal(await notebook.executionOrder(0), '[6]', 'the cell itself')
      const row = notebook.row(3)
      await notebook.focus(3)
      // VS Code's own: run all above, and from here on.
      for (const icon of ['above', 'below']) await row.locator(`.codicon-notebook-execute-${icon}`).waitFor()
      await row.locator('.run-button-container .codicon-chevron-down').click()
      const menu = workbench.page.locator('.monaco-menu')
      for (const label of ['Run Cell and What It Needs', 'Run Dependents']) await menu.getByText(label).waitFor()
      await screenshot('stale-menu')
      await workbench.page.keyboard.press('Escape')
    },
  },
  {
    name: 'stale: an interrupted run leaves its dependents stale, and a restart clears the marks',
    async run({ workbench }) {
      const { notebook } = workbench
      await notebook.type(0, '000')
      await notebook.run(0)
      await marksBecome(notebook, { 2: 'stale: market changed' })
      await workbench.command('Liqnb: Run Stale Cells')
      await notebook.becomes(5, 'executing')
      await workbench.command('Liqnb: Interrupt Kernel')
      await notebook.becomes(5, 'error')
      await marksBecome(notebook, { 2: undefined, 3: undefined })
      await notebook.run(0)
      await marksBecome(notebook, { 2: 'stale: market changed' })
      await workbench.command('Liqnb: Restart Kernel')
      await marksBecome(notebook, { 2: undefined })
    },
  },
  {
    name: 'stale: in reactive mode, running a cell and moving a control run the dependents',
    async run({ workbench, workspace, screenshot, note }) {
      const notebook = await workbench.openNotebook('reactive.liqnb')
      await workbench.command('Liqnb: Toggle Reactive Mode')
      const warning = workbench.page.locator('.notification-toast', { hasText: 'Reactive mode is on, but' })
      await warning.filter({ hasText: 'several cells declare "again"' }).waitFor()
      await expect('the cells say so', async () =>
        (await notebook.statusBarOf(3)).includes('again is also declared in cell 5'),
      )
      await screenshot('reactive-double')
      await workbench.command('Notifications: Clear All Notifications')
      // The kernel is new: cell 1 needs cell 0, and cell 2 needs cell 1.
      await notebook.run(1)
      // One by one: VS Code keeps outputs in the order in which it drew them.
      await notebook.shows("'twice is 4'")
      await notebook.shows("'four times is 8'")
      equal(await notebook.executionOrder(0), '[1]', 'what is needed')
      equal(await notebook.executionOrder(2), '[3]', 'the dependent')
      equal(await notebook.state(3), 'none', 'another cell')
      const slider = (await notebook.outputs()).locator('.liqnb-controls input[type=range]')
      await notebook.reveal('.liqnb-controls')
      await expect('the slider is enabled', () => slider.isEnabled())
      const start = performance.now()
      for (let i = 0; i < 3; i++) await slider.press('ArrowRight')
      await notebook.shows("'twice is 10'")
      await notebook.shows("'four times is 20'")
      note(`three keys to the last dependent: ${Math.round(performance.now() - start)} ms`)
      equal(await notebook.executionOrder(0), '[1]', 'the cell of the control')
      await screenshot('reactive')
      await workbench.save()
      const { metadata } = JSON.parse(readFileSync(join(workspace, 'reactive.liqnb'), 'utf8'))
      equal(metadata.liqnb.reactive, true, 'in the file')
      await workbench.statusbar.locator('.statusbar-item', { hasText: 'Reactive' }).click()
      await slider.press('ArrowRight')
      await marksBecome(notebook, { 1: 'stale: c changed', 2: 'stale: twice is stale' })
      ok((await notebook.shows("'twice is 10'")).includes("'four times is 20'"), 'nothing runs by itself')
    },
  },
]
