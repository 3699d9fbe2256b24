import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { equal, expect, ok } from '../expect.mjs'
import { assertPainted } from './running.mjs'

/** A workspace that nobody has vouched for: `figures.liqnb` holds saved outputs, and a cell that would write `ran.txt`. */
export const trust = [
  {
    name: 'untrusted: the notebook opens and draws its saved figure and table',
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
      await notebook.row(0).locator('.cell-editor-container .view-lines').click()
      await workbench.page.keyboard.press('Control+Enter')
      // VS Code looks for a kernel and asks which; there is none of ours to choose.
      const picker = workbench.page.locator('.quick-input-widget')
      await picker.waitFor()
      await screenshot('untrusted-run')
      ok(!(await picker.textContent())?.includes('TypeScript, in a process'), 'our kernel is not among them')
      await workbench.page.keyboard.press('Escape')
      equal(await notebook.state(0), 'none', 'the cell')
      equal(await workbench.kernelStatus.count(), 0, 'kernel status items')
      ok(!existsSync(join(workspace, 'ran.txt')), 'the cell has not run')
    },
  },
  {
    name: 'untrusted, then trusted: the kernel is there at once',
    async run({ workbench, workspace, screenshot }) {
      await workbench.command('Workspaces: Manage Workspace Trust')
      await workbench.page
        .locator('.workspace-trust-editor')
        .getByRole('button', { name: /^Trust$/ })
        .first()
        .click()
      await workbench.page.locator('.workspace-trust-editor.trusted').waitFor()
      const notebook = await workbench.openNotebook('figures.liqnb')
      await notebook.run(0)
      await notebook.becomes(0, 'success')
      await expect('the cell has run', () => existsSync(join(workspace, 'ran.txt')))
      await screenshot('trusted')
    },
  },
]
