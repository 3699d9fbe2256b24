/** Tests of the ways in: samples, templates, files, parameters, and errors whose places are links. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { equal, expect, ok } from '../expect.mjs'
import { notebook as notebookText, setTheme } from '../workspace.mjs'

const RUN_TIMEOUT_MS = 180_000
/** VS Code starts its TypeScript server, which takes the keys of the first completion. */
const SERVER_TIMEOUT_MS = 180_000

const MAY_FAIL = { metadata: { tags: ['raises-exception'] } }

export const waysIn = [
  {
    name: 'ways in: an untitled copy of a sample opens',
    async run({ workbench, screenshot }) {
      await workbench.closeAll()
      await workbench.command('Liqnb: Open Sample')
      const rows = workbench.page.locator('.quick-input-list .monaco-list-row')
      await expect('the samples are listed', async () => (await rows.count()) === 6)
      await screenshot('ways-in-sample')
      await workbench.pick('Positions')
      const { notebook } = workbench
      await notebook.rows.first().waitFor({ state: 'attached', timeout: RUN_TIMEOUT_MS })
      ok(
        await workbench.page.locator('.tabs-container .tab.active', { hasText: /Untitled/ }).isVisible(),
        'an untitled copy',
      )
      await expect('the data is named by its place', async () =>
        /positions-synthetic\.jsonl\.gz/.test((await notebook.editor.textContent()) ?? ''),
      )
      await workbench.closeAll()
    },
  },
  {
    name: 'ways in: a template runs as it is',
    async run({ workbench, screenshot }) {
      await workbench.command('Liqnb: New Notebook')
      await screenshot('ways-in-templates')
      await workbench.pick('My CSV')
      const { notebook } = workbench
      await notebook.row(1).waitFor()
      await expect('the lenses are above the cell', async () =>
        (await lenses(workbench, 1)).join().includes('Choose a file'),
      )
      await workbench.command('Notebook: Run All')
      await workbench.kernelBecomes('busy')
      await workbench.kernelSettles(RUN_TIMEOUT_MS)
      await notebook.becomes(3, 'success')
    },
  },
  {
    name: 'ways in: a click on "Choose a file…" writes the path into the cell, and one undo takes it back',
    async run({ workbench, workspace, screenshot }) {
      const candles = Array.from(
        { length: 60 },
        (_, i) => `${1_700_000_000_000 + i * 3_600_000},100,${101 + (i % 3)},99,100,5`,
      )
      writeFileSync(join(workspace, "it's BTC-1h.csv"), `time,open,high,low,close,volume\n${candles.join('\n')}\n`)
      writeFileSync(
        join(workspace, 'ways-in.liqnb'),
        notebookText(
          [
            "const file = ''\nconst timeframe = '1h'\nconst days = 60",
            "await liq.market({ exchange: 'okx', symbol: '' })",
          ],
          [{ metadata: { tags: ['parameters'] } }],
        ),
      )
      const notebook = await workbench.openNotebook('ways-in.liqnb')
      await notebook.row(0).waitFor()
      const { page } = workbench
      await notebook.row(0).locator('.codelens-decoration a', { hasText: 'Choose a file' }).click()
      const input = page.locator('.quick-input-widget input[type=text]')
      await input.waitFor()
      await screenshot('ways-in-dialog')
      await input.fill(join(workspace, "it's BTC-1h.csv"))
      await page.keyboard.press('Enter')
      await expect('the path is in the cell', async () =>
        (await textOf(notebook, 0)).includes("const file = 'it\\'s BTC-1h.csv'"),
      )
      await screenshot('ways-in-file')
      await notebook.focus(0)
      await page.keyboard.press('Control+Z')
      await expect('the path is gone', async () => (await textOf(notebook, 0)).includes("const file = ''"))
    },
  },
  {
    name: 'ways in: the form changes parameters by their types in one edit',
    async run({ workbench, screenshot }) {
      const { page, notebook } = workbench
      await notebook.row(0).locator('.codelens-decoration a', { hasText: 'Edit parameters' }).click()
      await workbench.pick('days')
      const input = page.locator('.quick-input-widget input[type=text]')
      await input.fill('many')
      await expect('a number is asked for', async () =>
        /A number, as 60 was/.test((await page.locator('.quick-input-message').textContent()) ?? ''),
      )
      await screenshot('ways-in-form-problem')
      await input.fill('90')
      await page.keyboard.press('Enter')
      await workbench.pick('timeframe')
      await workbench.pick('4h')
      await expect('the form shows the new values', async () =>
        /90 \(was 60\)/.test((await page.locator('.quick-input-list').textContent()) ?? ''),
      )
      await screenshot('ways-in-form')
      await workbench.pick('Write the values into the cell')
      await expect('the values are written', async () => {
        const text = await textOf(notebook, 0)
        return text.includes('const days = 90') && text.includes("const timeframe = '4h'")
      })
      await notebook.focus(0)
      await page.keyboard.press('Control+Z')
      await expect('one undo takes both back', async () => {
        const text = await textOf(notebook, 0)
        return text.includes('const days = 60') && text.includes("const timeframe = '1h'")
      })
    },
  },
  {
    name: 'ways in: symbols and files are completed inside strings',
    async run({ workbench, screenshot }) {
      const { page, notebook } = workbench
      await notebook.focus(1)
      await page.keyboard.press('Control+End')
      for (let i = 0; i < "' })".length; i++) await page.keyboard.press('ArrowLeft')
      const listed = async name => {
        const labels = page.locator('.suggest-widget.visible .monaco-list-row .label-name')
        await expect(
          `${name} is suggested`,
          async () => {
            if ((await labels.count()) === 0) {
              await page.keyboard.press('Control+Space')
              await page.waitForTimeout(1500)
            }
            return (await labels.allTextContents()).some(label => label.includes(name))
          },
          SERVER_TIMEOUT_MS,
        )
      }
      await listed('BTC/USDT:USDT')
      await screenshot('ways-in-symbols')
      await page.keyboard.press('Enter')
      await expect('the symbol is written', async () => (await textOf(notebook, 1)).includes("symbol: 'BTC/USDT:USDT'"))
      await notebook.focus(0)
      await page.keyboard.press('Control+Home')
      await page.keyboard.press('End')
      await page.keyboard.press('ArrowLeft')
      await listed("it's BTC-1h.csv")
      await screenshot('ways-in-files')
      await page.keyboard.press('Escape')
    },
  },
  {
    name: 'ways in: an introduction leads through the first steps, with pictures',
    async run({ workbench, workspace, screenshot }) {
      await workbench.closeAll()
      await workbench.command('Welcome: Open Walkthrough...')
      await workbench.pick('Get Started with Liqnb')
      const { page } = workbench
      // In a narrow editor VS Code leaves the pictures out.
      const size = page.viewportSize() ?? { width: 1400, height: 1000 }
      await page.setViewportSize({ ...size, width: 2000 })
      const steps = page.locator('.getting-started-step:visible')
      await expect('the steps are listed', async () => (await steps.count()) === 6)
      const picture = page.locator('.getting-started-media img, .getting-started-media-container img').first()
      await expect('the picture is loaded', () => picture.evaluate(image => image.naturalWidth > 100))
      await screenshot('ways-in-walkthrough')
      setTheme(workspace, 'Default Dark Modern')
      await steps.nth(3).click()
      await page.waitForTimeout(1500)
      await screenshot('ways-in-walkthrough-dark')
      await page.setViewportSize(size)
      setTheme(workspace, 'Default Light Modern')
      await workbench.closeAll()
    },
  },
  {
    name: 'ways in: an error says what to do, and its place is a link to the cell',
    async run({ workbench, workspace, screenshot }) {
      writeFileSync(
        join(workspace, 'mistake.liqnb'),
        notebookText(
          [
            '# Mistakes',
            'function first(rows) {\n  return rows.clos[0]\n}',
            'const one = { close: [1] }\n\nfirst(one)',
            'liq.heatmp(one)',
            "liq.heatmap(await liq.market({ sample: true, timeframe: '1d' }), { levrage: 1 })",
          ],
          [{}, {}, MAY_FAIL, MAY_FAIL, {}],
        ),
      )
      const notebook = await workbench.openNotebook('mistake.liqnb')
      await workbench.command('Notebook: Run All')
      await notebook.becomes(4, 'error')
      await notebook.shows(/liq has no heatmp \(did you mean liq\.heatmap\?\)/)
      for (const theme of ['Default Dark Modern', 'Default High Contrast', 'Default Light Modern']) {
        setTheme(workspace, theme)
        await workbench.page.waitForTimeout(2000)
        await screenshot(
          `ways-in-errors-${theme.split(' ')[1].toLowerCase()}${theme.includes('High') ? '-contrast' : ''}`,
        )
      }
      const frame = await notebook.outputs()
      const errors = frame.locator('.liqnb-error')
      equal(await errors.count(), 3, 'errors that are drawn')
      const long = errors.nth(2)
      const { scroll, client } = await long.evaluate(node => ({ scroll: node.scrollWidth, client: node.clientWidth }))
      ok(scroll <= client + 1, `the long message wraps: ${scroll} of ${client} px`)
      const link = errors.first().getByRole('link').first()
      // Outputs are moved while cells above them are drawn, so a click can miss.
      await expect('the link leads to cell 2', async () => {
        await link.click({ timeout: 5000 })
        await workbench.page.waitForTimeout(500)
        return /Cell 2 of 5/.test((await workbench.statusbar.textContent()) ?? '')
      })
      await screenshot('ways-in-link')
      // Exactly where the name ends that lacks a letter.
      await expect('the cursor is at the place', async () => {
        await workbench.page.keyboard.type('e')
        return (await textOf(notebook, 1)).includes('rows.close[0]')
      })
    },
  },
]

const textOf = async (notebook, index) =>
  ((await notebook.row(index).locator('.view-lines').first().textContent()) ?? '').replaceAll('\u00a0', ' ')

async function lenses(workbench, index) {
  return workbench.notebook.row(index).locator('.codelens-decoration a').allTextContents()
}
