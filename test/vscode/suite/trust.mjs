/** Tests in an untrusted workspace: `figures.liqnb` has saved outputs, and a cell that would write `ran.txt`. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { equal, expect, ok } from '../expect.mjs'
import { assertPainted } from './running.mjs'

export const trust = [
  {
    name: 'untrusted: controls show their saved values, and why they are disabled',
    async run({ workbench, screenshot }) {
      const notebook = await workbench.openNotebook('saved-controls.liqnb')
      await notebook.reveal('.liqnb-controls')
      const controls = (await notebook.outputs()).locator('.liqnb-controls')
      const slider = controls.locator('input[type=range]')
      await expect('the saved value', async () => (await slider.inputValue()) === '7')
      equal(await slider.isEnabled(), false, 'the slider is enabled')
      await notebook.shows(/This workspace is not trusted/)
      equal(await controls.getByRole('button', { name: 'Run the cell' }).isVisible(), false, 'Run the cell is offered')
      await screenshot('untrusted-controls')
    },
  },
  {
    name: 'untrusted: the notebook shows its saved figure and table',
    async run({ workbench, screenshot }) {
      const notebook = await workbench.openNotebook('figures.liqnb')
      await assertPainted(notebook, workbench)
      equal(await (await notebook.outputs()).locator('table').count(), 1, 'tables')
      await screenshot('untrusted')
    },
  },
  {
    name: 'untrusted: no code runs and no kernel is offered',
    async run({ workbench, workspace, screenshot }) {
      const notebook = workbench.notebook
      equal(await workbench.offers('Liqnb: Restart Kernel'), false, 'Restart is offered')
      equal(await workbench.offers('Liqnb: Export as HTML…'), true, 'Export is offered')
      await notebook.run(0)
      const dialog = workbench.page.locator('.monaco-dialog-box', { hasText: 'Do you trust the authors' })
      await dialog.waitFor()
      await screenshot('untrusted-run')
      await dialog.getByRole('button', { name: 'Cancel' }).click()
      await dialog.waitFor({ state: 'detached' })
      equal(await notebook.state(0), 'none', 'the cell')
      equal(await workbench.kernelStatus.count(), 0, 'kernel status items')
      ok(!existsSync(join(workspace, 'ran.txt')), 'the cell has not run')
    },
  },
  {
    name: 'untrusted, then trusted: visible outputs ask at once to run their cell',
    async run({ workbench }) {
      const notebook = await workbench.openNotebook('saved-controls.liqnb')
      await notebook.reveal('.liqnb-controls')
      await notebook.shows(/not trusted/)
      // A cell without controls. VS Code asks for a kernel, or uses the only one.
      await notebook.run(1)
      await workbench.page.getByRole('button', { name: 'Trust Folder & Continue' }).click()
      await notebook.shows(/not connected to a kernel: run the cell again/)
      await workbench.page.keyboard.press('Escape')
    },
  },
  {
    name: 'untrusted, then trusted: a kernel is available at once',
    async run({ workbench, workspace, screenshot }) {
      const notebook = await workbench.openNotebook('figures.liqnb')
      await notebook.run(0)
      await notebook.becomes(0, 'success')
      await expect('the cell has run', () => existsSync(join(workspace, 'ran.txt')))
      await screenshot('trusted')
    },
  },
]
