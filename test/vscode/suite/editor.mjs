/** Tests of the editor: `editor.liqnb` has an import in its first cell, an empty cell and one with invalid TypeScript. */
import { equal, expect, ok } from '../expect.mjs'

// VS Code starts its TypeScript server with the first cell that is opened.
const SERVER_TIMEOUT_MS = 180_000

export const editor = [
  {
    name: 'editor: completions list the library with its documentation',
    async run({ workbench, screenshot }) {
      const notebook = await workbench.openNotebook('editor.liqnb')
      await notebook.type(2, 'liq.')
      // The list shows a dozen names at a time.
      const names = await suggestions(workbench, 'calibrate')
      ok(names.includes('aggregate') && names.includes('brackets'), `the names of liq: ${names}`)
      await choose(workbench, 'heatmap')
      const details = workbench.page.locator('.suggest-details')
      await expect('the chosen name is explained', async () => {
        if (!(await details.isVisible())) {
          // The same key hides them again, so wait first.
          await workbench.page.keyboard.press('Control+Space')
          await details.waitFor({ timeout: 5000 })
        }
        return /force-closed/.test((await details.textContent({ timeout: 1000 })) ?? '')
      })
      await screenshot('editor-completion')
      await workbench.page.keyboard.press('Escape')
    },
  },
  {
    name: 'editor: signatures are shown, and variables of a cell with imports',
    async run({ workbench, screenshot }) {
      await workbench.page.keyboard.type('heatmap(')
      const hints = workbench.page.locator('.parameter-hints-widget.visible')
      await expect('the signature', async () => /market: Market/.test((await hints.textContent()) ?? ''))
      await screenshot('editor-signature')
      await workbench.page.keyboard.type('bars.')
      const names = await suggestions(workbench, 'close')
      equal(names.join(), 'close', 'completions after `bars.`')
      await screenshot('editor-variables')
      await workbench.page.keyboard.press('Escape')
    },
  },
  {
    name: 'editor: errors are underlined, names of other cells are not',
    async run({ workbench }) {
      const { notebook } = workbench
      const squiggles = index => notebook.row(index).locator('.squiggly-error').count()
      await expect('the cell with invalid TypeScript', async () => (await squiggles(3)) > 0)
      for (const index of [0, 1]) equal(await squiggles(index), 0, `errors in cell ${index}`)
    },
  },
  {
    name: 'editor: open notebooks do not share variables',
    async run({ workbench }) {
      const notebook = await workbench.openNotebook('editor-too.liqnb', { keepOthers: true })
      await notebook.type(1, 'bars.')
      const names = await suggestions(workbench, 'at')
      ok(!names.includes('close'), `completions in the other notebook: ${names}`)
      await workbench.page.keyboard.press('Escape')
    },
  },
]

/** Waits until the completion list has the name, and returns the visible names. */
async function suggestions(workbench, name) {
  const labels = workbench.page.locator('.suggest-widget.visible .monaco-list-row .label-name')
  return expect(
    `${name} is suggested`,
    async () => {
      const names = await labels.allTextContents()
      if (names.includes(name)) return names
      throw new Error(JSON.stringify(names))
    },
    SERVER_TIMEOUT_MS,
  )
}

/** Moves down the completion list to the name. */
async function choose(workbench, name) {
  const focused = workbench.page.locator('.suggest-widget.visible .monaco-list-row.focused .label-name')
  await expect(`${name} is chosen`, async () => {
    if ((await focused.textContent()) === name) return true
    await workbench.page.keyboard.press('ArrowDown')
    return false
  })
}
