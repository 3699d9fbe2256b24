/** Tests of themes and of the activation time. */
import { expect } from '../expect.mjs'
import { setTheme } from '../workspace.mjs'
import { assertPainted } from './running.mjs'

const THEMES = [
  { name: 'dark', theme: 'Default Dark Modern', body: 'vscode-dark' },
  { name: 'high-contrast', theme: 'Default High Contrast', body: 'vscode-high-contrast' },
  { name: 'light', theme: 'Default Light Modern', body: 'vscode-light' },
]
const REST_MS = 1500

export const appearance = [
  {
    name: 'figures follow the theme',
    async run({ workbench, workspace, screenshot }) {
      const notebook = await workbench.openNotebook('figures.liqnb')
      for (const { name, theme, body } of THEMES) {
        setTheme(workspace, theme)
        const frame = await notebook.outputs()
        await expect(`outputs are ${name}`, () => frame.evaluate(mode => document.body.classList.contains(mode), body))
        await assertPainted(notebook, workbench)
        await screenshot(`theme-${name}`)
      }
    },
  },
  {
    name: 'VS Code reports the activation time',
    async run({ workbench, note, screenshot }) {
      await workbench.closeAll()
      await workbench.reload()
      await waitForStartup(workbench)
      await workbench.command('Liqnb: New Notebook')
      await workbench.pick('Empty Notebook')
      await workbench.notebook.row(0).waitFor()
      note(`activation: ${await activationTime(workbench, screenshot)} ms`)
    },
  },
]

/** Waits until VS Code has activated its startup extensions; until then, extensions wait for each other. */
async function waitForStartup(workbench) {
  await workbench.command('Developer: Show Running Extensions')
  const rows = workbench.page.locator('.runtime-extensions-editor .extension')
  let seen = -1
  await expect('no further extension is activated', async () => {
    const before = seen
    await workbench.page.waitForTimeout(REST_MS)
    seen = await rows.count()
    return seen > 0 && seen === before
  })
  await closeRunningExtensions(workbench)
}

/** The list opens over the editors and takes the keyboard focus. */
async function closeRunningExtensions(workbench) {
  await workbench.page.keyboard.press('Escape')
  await workbench.closeAll()
}

/** The activation time that VS Code shows for the extension: loading its code and running `activate`, in ms. */
async function activationTime(workbench, screenshot) {
  const row = workbench.page.locator('.runtime-extensions-editor .extension', { hasText: 'Liqnb' }).first()
  const time = await expect('the activation time is shown', async () => {
    // The new notebook may take the focus late, which closes the list.
    if ((await row.count()) === 0) {
      await workbench.command('Developer: Show Running Extensions')
      await row.waitFor({ timeout: 5000 })
    }
    const ms = /(\d+) ?ms/.exec((await row.locator('.activation-time').textContent({ timeout: 3000 })) ?? '')
    return ms ? Number(ms[1]) : undefined
  })
  await screenshot('activation')
  await closeRunningExtensions(workbench)
  return time
}
