/** Tests of debugging a cell with VS Code's JavaScript debugger. */
import { equal, expect } from '../expect.mjs'

/** The text of the line on which the debugger stands, without white space and the marks inside it. */
const pausedLine = async row => {
  const highlight = row.locator('.debug-top-stack-frame-line')
  if ((await highlight.count()) === 0) return undefined
  const top = (await highlight.first().boundingBox())?.y
  for (const line of await row.locator('.view-lines .view-line').all())
    if (Math.abs(((await line.boundingBox())?.y ?? -1) - top) < 3)
      return (await line.textContent()).replace(/[^\x21-\x7e]/g, '')
  return undefined
}

export const debugging = [
  {
    name: 'debugging: a cell pauses at a breakpoint, shows its variables, steps and finishes',
    async run({ workbench, screenshot, note }) {
      const { page } = workbench
      const notebook = await workbench.openNotebook('debug.liqnb')
      await notebook.run(0)
      await notebook.becomes(0, 'success')
      const row = notebook.row(1)
      await row.locator('.view-lines').getByText('level.price / 2').click()
      await page.keyboard.press('F9')
      await row.locator('.codicon-debug-breakpoint, .codicon-debug-breakpoint-unverified').first().waitFor()
      await screenshot('debug-breakpoint')
      const start = performance.now()
      await workbench.command('Liqnb: Debug Cell')
      const pausesAt = text =>
        expect(`paused at ${text}`, async () => {
          const line = await pausedLine(row)
          if (line !== text) throw new Error(String(line))
          return true
        })
      await pausesAt('constprice=level.price/2')
      note(`command to paused line: ${Math.round(performance.now() - start)} ms`)
      await screenshot('debug-paused')
      await workbench.command('Debug: Step Over')
      await pausesAt('returnprice')
      const variables = page.locator('.debug-variables')
      await expect('the value of price', async () => /price\W*21/.test(await variables.textContent()))
      const stack = page.locator('.debug-call-stack')
      await expect('the call stack names the cell', async () => /half[\s\S]*Cell 2/.test(await stack.textContent()))
      await screenshot('debug-stepped')
      await workbench.command('Debug: Continue')
      await notebook.becomes(1, 'success')
      await notebook.shows("'result is 22'")
      await expect('the debugger has gone', async () => (await page.locator('.debug-toolbar:visible').count()) === 0)
      await workbench.kernelBecomes('idle')
      await screenshot('debug-finished')
      equal(await notebook.executionOrder(1), '[2]', 'the same kernel')
    },
  },
  {
    name: 'debugging: a run without the debugger does not pause, and an interrupt ends a paused cell',
    async run({ workbench, screenshot }) {
      const { page, notebook } = workbench
      await notebook.run(1)
      await expect('it runs through', async () => (await notebook.executionOrder(1)) === '[3]')
      await notebook.becomes(1, 'success')
      const row = notebook.row(1)
      await row.locator('.view-lines').getByText('level.price / 2').click()
      await workbench.command('Liqnb: Debug Cell')
      await expect('paused', async () => (await pausedLine(row)) === 'constprice=level.price/2')
      await workbench.command('Liqnb: Interrupt Kernel')
      await expect('the debugger has gone', async () => (await page.locator('.debug-toolbar:visible').count()) === 0)
      await expect('the cell has ended', async () => ['success', 'error'].includes(await notebook.state(1)))
      await workbench.kernelBecomes('idle')
      equal((await notebook.shows('result is 22')).includes('ws://'), false, 'the address of the debugger is shown')
      await screenshot('debug-interrupted')
    },
  },
]
