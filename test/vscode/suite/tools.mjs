/** Tests of the language-model tools, called by another extension as an agent would. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { equal, expect, ok } from '../expect.mjs'

/** Calls a tool; the answer comes when the user has answered the question, if there is one. */
async function callTool({ workbench, workspace }, name, input, answerQuestion) {
  const answer = join(workspace, 'tool-answer.json')
  rmSync(answer, { force: true })
  writeFileSync(join(workspace, 'tool-request.json'), JSON.stringify({ name: `liqnb_${name}`, input }))
  await workbench.command('Driver: Call Tool')
  await answerQuestion?.()
  await expect(`the tool ${name} answers`, () => existsSync(answer) && readFileSync(answer, 'utf8') !== '')
  return JSON.parse(readFileSync(answer, 'utf8'))
}

const dialog = page => page.locator('.monaco-dialog-box')

export const tools = [
  {
    name: 'language-model tools list notebooks and cells',
    async run(context) {
      const { text, tools } = await callTool(context, 'list_notebooks', {})
      ok(text.includes('first.liqnb · 2 cells'), text)
      ok(text.includes('truncated.liqnb · cannot be read'), text)
      equal(tools.length, 7, 'all tools are announced')
      const cells = await callTool(context, 'list_cells', { notebook: 'first.liqnb', sources: true })
      ok(/cell 2 · id cell-1 · code.*\n1 \+ 1/.test(cells.text), cells.text)
      const { error } = await callTool(context, 'list_cells', { notebook: '../first.liqnb' })
      ok(error?.includes('there is no notebook'), error)
    },
  },
  {
    name: 'a language-model tool runs a cell only after the user has agreed',
    async run(context) {
      const { workbench, page, screenshot } = context
      await workbench.openNotebook('first.liqnb')
      const refused = await callTool(context, 'run_cell', { notebook: 'first.liqnb', cell: 2 }, async () => {
        await dialog(page).waitFor()
        ok((await dialog(page).textContent()).includes('Run cell 2'), 'the dialog names the cell')
        await screenshot('tool-question')
        await page.keyboard.press('Escape')
      })
      ok(refused.error !== undefined, 'a cancelled run is an error')
      equal(await workbench.notebook.state(1), 'none', 'the cell did not run')
      const { text, error } = await callTool(context, 'run_cell', { notebook: 'first.liqnb', cell: 2 }, async () => {
        await dialog(page).waitFor()
        await page.keyboard.press('Enter')
      })
      ok(text?.includes('\n2\n'), text ?? error)
      await workbench.notebook.becomes(1, 'success')
      await screenshot('tool-ran')
      await workbench.closeAll()
    },
  },
  {
    name: 'a language-model tool queries a long table in the kernel and explains an error',
    async run(context) {
      const { workbench, page } = context
      const yes = async () => {
        await dialog(page).waitFor()
        await page.keyboard.press('Enter')
      }
      await callTool(context, 'run_cell', { notebook: 'interactive.liqnb', cell: 2 }, yes)
      const query = {
        notebook: 'interactive.liqnb',
        cell: 2,
        filters: [{ column: 'n', filter: '>4996' }],
        columns: ['n'],
      }
      const { text, error } = await callTool(context, 'query_table', { ...query, sort: { column: 'n' } })
      ok(text?.includes('3 of 5000 rows match') && text.includes('\n4997\n4998\n4999\n'), text ?? error)
      const run = await callTool(context, 'run_notebook', { notebook: 'error.liqnb' }, yes)
      ok(run.text?.includes('failed in cell 2'), run.text ?? run.error)
      const explained = await callTool(context, 'explain_error', { notebook: 'error.liqnb' })
      ok(explained.text?.includes('place: line 3, column 8'), explained.text ?? explained.error)
      await workbench.closeAll()
    },
  },
]
