import { expect, ok } from '../expect.mjs'
import { setTheme } from '../workspace.mjs'
import { assertPainted } from './running.mjs'

const THEMES = [
  { name: 'dark', theme: 'Default Dark Modern', body: 'vscode-dark' },
  { name: 'high-contrast', theme: 'Default High Contrast', body: 'vscode-high-contrast' },
  { name: 'light', theme: 'Default Light Modern', body: 'vscode-light' },
]
const ACTIVATION_LIMIT_MS = 50

/** How it looks, and what it costs to be there. */
export const looks = [
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
    name: `activation takes less than ${ACTIVATION_LIMIT_MS} ms`,
    async run({ workbench, note, screenshot }) {
      await workbench.closeAll()
      await workbench.command('Developer: Show Running Extensions')
      const row = workbench.page.locator('.runtime-extensions-editor .extension', { hasText: 'Liqnb' }).first()
      const text = await expect('the activation time is shown', async () => {
        const shown = await row.locator('.activation-time').textContent()
        return /\d+ ?ms/.test(shown ?? '') && shown
      })
      await screenshot('activation')
      note(`VS Code says: ${text}`)
      ok(Number(/(\d+) ?ms/.exec(text)?.[1]) < ACTIVATION_LIMIT_MS, text)
      await workbench.closeAll()
    },
  },
]
