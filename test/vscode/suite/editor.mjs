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
    name: 'editor: a mistyped option is underlined, explained and corrected',
    async run({ workbench, screenshot }) {
      const notebook = await workbench.openNotebook('type-errors.liqnb')
      const { page } = workbench
      await notebook.type(1, "liq.heatmap(market, { halfLive: '3d' })")
      await page.keyboard.press('Escape')
      const squiggles = index => notebook.row(index).locator('.squiggly-error').count()
      await expect('the option is underlined', async () => (await squiggles(1)) > 0, SERVER_TIMEOUT_MS)
      for (const index of [0, 2, 3]) equal(await squiggles(index), 0, `errors in cell ${index}`)
      const code = notebook.row(1).locator('.cell-editor-container .view-lines')
      const option = code.getByText('halfLive').last()
      const hover = page.locator('.monaco-hover:visible')
      await expect('the message', async () => {
        await page.mouse.move(5, 5)
        await option.hover()
        return /Did you mean to write 'halfLife'\?/.test((await hover.first().textContent({ timeout: 3000 })) ?? '')
      })
      await screenshot('editor-type-error')
      await page.mouse.move(5, 5)
      await code.click()
      const fix = page.locator('.action-widget .monaco-list-row', { hasText: "Change spelling to 'halfLife'" })
      await expect('the fix is offered', async () => {
        await page.keyboard.press('Control+.')
        await fix.waitFor({ timeout: 5000 })
        return true
      })
      await screenshot('editor-quick-fix')
      await fix.click()
      await expect('the option is right', async () => (await squiggles(1)) === 0)
      const text = (await code.innerText()).replaceAll('\u00a0', ' ')
      ok(text.includes("{ halfLife: '3d' }"), text)
    },
  },
  {
    name: 'editor: a hover shows an example',
    async run({ workbench, screenshot }) {
      const { page, notebook } = workbench
      const hover = page.locator('.monaco-hover:visible')
      await expect('the example', async () => {
        await page.mouse.move(5, 5)
        await notebook.row(3).getByText('heatmap').last().hover()
        return /@example/.test((await hover.first().textContent({ timeout: 3000 })) ?? '')
      })
      await screenshot('editor-hover')
      await page.mouse.move(5, 5)
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
