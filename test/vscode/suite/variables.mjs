/** Tests of the view of variables. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { equal, expect, ok } from '../expect.mjs'
import { notebook as notebookText, setTheme } from '../workspace.mjs'

const FILE = 'variables.liqnb'

/** The view, in the panel below the editors. */
const viewOf = page => page.locator('.part.panel')

/** A row by the start of what a screen reader says of it. */
const rowOf = (page, label) => viewOf(page).locator(`.monaco-list-row[aria-label^="${label}"]`).first()

/** Waits for a row, and returns what a screen reader says of it. */
async function labelOf(page, name) {
  const row = rowOf(page, name)
  await row.waitFor()
  return row.getAttribute('aria-label')
}

/** What the table viewer shows. */
const viewerFrame = page =>
  expect('the frame of the table viewer', async () => {
    for (const frame of page.frames())
      if (
        (await frame
          .locator('#table table')
          .count()
          .catch(() => 0)) > 0
      )
        return frame
    return undefined
  })

export const variables = [
  {
    name: 'variables: the view follows the cells, by groups',
    async run({ workbench, workspace, page, screenshot }) {
      writeFileSync(
        join(workspace, FILE),
        notebookText([
          `const btc = await liq.market({ sample: true, timeframe: '4h' }), map = liq.heatmap(btc)
const trades = aq.table({ n: Int32Array.from({ length: 1_000_000 }, (_, i) => i), side: Array.from({ length: 1_000_000 }, (_, i) => i % 3 ? 'long' : 'short') })
const options = { fee: 0.0005, tiers: [10, 25, 50], get secret() { throw new Error('ran') } }
const answer = 42`,
          "const answer = 'changed'\nconst later = [1, 2, 3]",
        ]),
      )
      const notebook = await workbench.openNotebook(FILE)
      await workbench.command('Liqnb: Show Variables')
      await viewOf(page).getByText('No variables yet: run a cell.').waitFor()
      await notebook.run(0)
      await notebook.becomes(0, 'success')
      equal(await labelOf(page, 'answer'), 'answer, number, ≈ 8 B, 42', 'what is said of a number')
      ok(/^trades, Table 1,000,000 × 2, ≈ [\d.]+ MB, n, side$/.test(await labelOf(page, 'trades')), 'a table')
      ok(/^btc, Market [\d,]+ bars, ≈ [\d.]+ [kM]B, SYNTH\/USDT:USDT 4h, /.test(await labelOf(page, 'btc')), 'a market')
      ok(/^map, Heatmap \d+ tiers, /.test(await labelOf(page, 'map')), 'a map')
      for (const group of ['Tables, 1', 'Markets, 1', 'Maps, 1', 'Other, 2']) await labelOf(page, group)
      await screenshot('variables-light')
      await notebook.run(1)
      await rowOf(page, "answer, string, ≈ 31 B, 'changed'").waitFor()
      await rowOf(page, 'later, Array(3)').waitFor()
    },
  },
  {
    name: 'variables: a value expands by keyboard and copies as an expression',
    async run({ workbench, page, screenshot }) {
      await workbench.command('View: Toggle Maximized Panel')
      await rowOf(page, 'options').click()
      await page.keyboard.press('ArrowRight')
      await rowOf(page, 'secret, getter, is not run').waitFor()
      await rowOf(page, 'tiers, Array(3)').click()
      await page.keyboard.press('ArrowRight')
      await rowOf(page, '2, number').waitFor()
      await rowOf(page, '2, number').click()
      await screenshot('variables-expanded')
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      await page.keyboard.press('Control+c')
      await expect('the expression is copied', async () => {
        const text = await page.evaluate(() => navigator.clipboard.readText())
        return text === 'options.tiers[2]'
      })
      await workbench.command('View: Toggle Maximized Panel')
    },
  },
  {
    name: 'variables: a table of a million rows opens in the viewer and is sorted there',
    async run({ workbench, workspace, page, screenshot }) {
      await rowOf(page, 'trades').click()
      const frame = await viewerFrame(page)
      await expect('the rows', async () => (await frame.locator('body').innerText()).includes('1,000,000'))
      await frame.locator('th', { hasText: 'n' }).first().getByRole('button').first().click()
      await expect('the largest or smallest row is first', async () => {
        const first = await frame.locator('tbody tr').first().innerText()
        if (/999,?999|(^|\t)0(\t|$)/.test(first)) return true
        throw new Error(first)
      })
      await screenshot('variables-viewer')
      setTheme(workspace, 'Default Dark Modern')
      await page.locator('.monaco-workbench.vs-dark').waitFor()
      await screenshot('variables-viewer-dark')
      setTheme(workspace, 'Default Light Modern')
      await page.locator('.monaco-workbench.vs').waitFor()
      await workbench.command('View: Hide Panel')
    },
  },
]
