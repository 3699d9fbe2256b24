/** Tests of what tells a user how a run goes and how it ended. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { equal, expect, ok } from '../expect.mjs'
import { notebook as notebookText } from '../workspace.mjs'

const FILE = 'comfort.liqnb'
const CELLS = [
  'const kept = 42\nkept',
  "for (let i = 0; i < 60; i++) { progress('counting bars', i / 60); await new Promise(done => setTimeout(done, 100)) }",
  'kept + 1',
]

/** Changes a setting of the workspace, and returns a function that restores the file. */
function withSetting(workspace, name, value) {
  const file = join(workspace, '.vscode/settings.json')
  const before = readFileSync(file, 'utf8')
  writeFileSync(file, JSON.stringify({ ...JSON.parse(before), [name]: value }, null, 2))
  return () => writeFileSync(file, before)
}

const toast = (page, text) => page.locator('.notification-toast', { hasText: text })

export const comfort = [
  {
    name: 'comfort: a running cell shows progress and what is left, and the status bar the memory',
    async run({ workbench, workspace, screenshot }) {
      writeFileSync(join(workspace, FILE), notebookText(CELLS))
      const notebook = await workbench.openNotebook(FILE)
      await notebook.run(1)
      await expect('progress with the time that is left', async () =>
        /█+░+ \d+ % {2}counting bars {2}about \d s left/.test(
          (await notebook.statusBarOf(1)).replaceAll('\u00a0', ' '),
        ),
      )
      ok(/Liqnb: busy\s+[\d.]+ MB/.test(await workbench.kernelStatus.textContent()), 'the memory is shown')
      await screenshot('comfort-progress')
      await notebook.becomes(1, 'success')
    },
  },
  {
    name: 'comfort: a long run is announced if its notebook is not in front',
    async run({ workbench, workspace, page, screenshot }) {
      const restore = withSetting(workspace, 'liqnb.notifyAfter', 2)
      try {
        const { notebook } = workbench
        await notebook.run(1)
        await notebook.becomes(1, 'success')
        equal(await toast(page, FILE).count(), 0, 'announcements of a notebook in front')
        await notebook.run(1)
        await notebook.becomes(1, 'executing')
        await workbench.open('README.md')
        await toast(page, `${FILE}: cell 2 finished after`).waitFor()
        await screenshot('comfort-announcement')
        await toast(page, FILE).getByRole('button', { name: 'Show' }).click()
        await page.locator('.tabs-container .tab.active', { hasText: FILE }).waitFor()
      } finally {
        restore()
      }
    },
  },
  {
    name: 'comfort: after a crash the reason is shown, with an offer to run all again',
    async run({ workbench, page, screenshot }) {
      const notebook = await workbench.openNotebook('crash.liqnb')
      await notebook.run(0)
      await notebook.becomes(0, 'success')
      const first = await notebook.executionOrder(0)
      await notebook.run(1)
      await notebook.becomes(1, 'error')
      const offer = toast(page, 'crash.liqnb: The kernel exited with code 3.')
      await offer.waitFor()
      await screenshot('comfort-crash')
      await offer.getByRole('button', { name: 'Restart', exact: true }).click()
      await workbench.kernelBecomes('idle')
      await notebook.run(0)
      await expect('the order starts again', async () => (await notebook.executionOrder(0)) === first)
      await workbench.command('Notifications: Clear All Notifications')
    },
  },
  {
    name: 'comfort: after a reload it is said that the variables are gone, and which cell to run',
    async run({ workbench, page, screenshot }) {
      let notebook = await workbench.openNotebook(FILE)
      await notebook.run(0)
      await notebook.becomes(0, 'success')
      await workbench.save()
      await workbench.reload()
      // The window opens it again; closing it first would tell that its kernel has ended.
      notebook = await workbench.openNotebook(FILE, { keepOthers: true })
      await workbench.kernelStatus.filter({ hasText: 'Liqnb: gone' }).waitFor()
      await notebook.shows('42')
      await expect('the cell is marked', async () =>
        (await notebook.statusBarOf(0)).replaceAll('\u00a0', ' ').includes('from before the reload'),
      )
      await screenshot('comfort-gone')
      await notebook.run(2)
      await notebook.becomes(2, 'error')
      await notebook.shows('kept was defined before the window was reloaded: run cell 1, which declares it.')
      await screenshot('comfort-missing')
      await notebook.run(0)
      await notebook.becomes(0, 'success')
      await expect('the mark is gone', async () => !(await notebook.statusBarOf(0)).includes('before'))
      await notebook.run(2)
      await notebook.becomes(2, 'success')
      await page.keyboard.press('Escape')
    },
  },
]
